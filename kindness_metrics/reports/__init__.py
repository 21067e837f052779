from kindness_metrics.reports.circles import circle_figures
from kindness_metrics.reports.equity import GROUPINGS, Equity, Grouping, GroupLine, ShownShare, equity
from kindness_metrics.reports.two_languages import PERIODS, Line, Period, TwoLanguages, managed_services, two_languages

__all__ = [
    "GROUPINGS",
    "PERIODS",
    "Equity",
    "GroupLine",
    "Grouping",
    "Line",
    "Period",
    "ShownShare",
    "TwoLanguages",
    "circle_figures",
    "equity",
    "managed_services",
    "two_languages",
]
