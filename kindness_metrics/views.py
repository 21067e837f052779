from __future__ import annotations

import uuid as uuids

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from betterstart.audit.record import record_read
from betterstart.charts.bars import Bar, bar_list
from betterstart.charts.chart import Chart
from betterstart.charts.dots import Dot, dot_plot
from betterstart.charts.measure import Measure
from betterstart.charts.xmr import xmr_chart
from betterstart.clock import london_today
from betterstart.lexicon.feelings import words_by_key
from families.models import Circle
from families.reports.pressing import pressing
from kindness_metrics.forms import GroupForm, LookForm
from kindness_metrics.indicators import INDICATORS
from kindness_metrics.measures.disclosure import percent_display
from kindness_metrics.measures.spc import xmr
from kindness_metrics.reports import (
    Equity,
    Line,
    Period,
    ShownShare,
    TwoLanguages,
    circle_figures,
    equity,
    two_languages,
)


@require_safe
@require(Permission.METRICS_VIEW)
def two_languages_page(request: HttpRequest) -> HttpResponse:
    form = LookForm(request.GET, user=request.user)
    services, period = form.chosen()
    report = two_languages(request.user, services, Period.named(period, london_today()))
    line, another = _line(report, request.GET.get("line", ""))
    happened, planned = report.happened, report.planned
    return render(
        request,
        "kindness_metrics/two_languages.html",
        {
            "form": form,
            "services": services,
            "report": report,
            "share": percent_display(happened, planned) if happened is not None and planned else None,
            "weekly": _weekly_chart(report),
            "feelings": _feelings_chart(report),
            "line": line,
            "another_line": another,
            "pressing": pressing(request.user),
            "indicators": {key.replace("-", "_"): indicator for key, indicator in INDICATORS.items()},
        },
    )


@require_safe
@require(Permission.METRICS_VIEW)
def definitions(request: HttpRequest) -> HttpResponse:
    return render(request, "kindness_metrics/definitions.html", {"indicators": INDICATORS.values()})


@require_safe
@require(Permission.METRICS_VIEW)
def equity_page(request: HttpRequest) -> HttpResponse:
    """Who waits, and who is offered a volunteer: groups side by side."""
    form = GroupForm(request.GET, user=request.user)
    service, grouping = form.chosen()
    report = equity(request.user, service, grouping, london_today())
    charts = [
        _shares(report, "long_waits", _("Waited longer than four weeks")),
        _shares(report, "offered", _("Were offered a volunteer")),
        _shares(report, "accepted", _("Said yes, of those who were offered one")),
        _shares(report, "early", _("Ended early, of the matches that began")),
    ]
    context = {"form": form, "service": service, "report": report, "charts": charts}
    return render(request, "kindness_metrics/equity.html", context)


@require_safe
@require(Permission.FAMILY_VIEW)
def circle_panel(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """The panel beside a circle of support: what it tells, with everyone and without us."""
    circles = Circle.objects.visible_to(request.user).standing().select_related("family", "member")
    circle = get_object_or_404(circles, uuid=uuid)
    family = circle.family
    if not request.htmx:
        record_read(by=request.user, family_id=family.pk, family_reference=family.reference, page="circle")
    template = "kindness_metrics/_circle_panel.html" if request.htmx else "kindness_metrics/circle_panel.html"
    context = {"circle": circle, "family": family, "figures": circle_figures(request.user, circle)}
    return render(request, template, context)


def _line(report: TwoLanguages, wanted: str) -> tuple[Line | None, int | None]:
    """The shared line to show, and the number of the next one if there is another."""
    if not report.lines:
        return None, None
    number = int(wanted) % len(report.lines) if wanted.isdecimal() and len(wanted) < 6 else 0
    return report.lines[number], number + 1 if len(report.lines) > 1 else None


def _weekly_chart(report: TwoLanguages) -> Chart:
    measure = Measure(name=_("Visits"), unit=_("visits that happened each week, Monday to Sunday"))
    return xmr_chart(measure, report.weeks, xmr([float(visits) for visits in report.weekly_visits]))


def _feelings_chart(report: TwoLanguages) -> Chart:
    words = words_by_key(get_language())
    bars = [Bar(words.get(key, key), times) for key, times in report.feelings]
    return bar_list(
        bars,
        subtitle=_("words families chose after visits, and how often"),
        caption=_("Chosen by the family, up to three words a visit. Words chosen fewer than five times are not shown."),
        unit=_("times chosen"),
        heading=_("Feeling"),
    )


def _shares(report: Equity, which: str, what: str) -> Chart:
    dots, shown = [], []
    for line in report.lines:
        share: ShownShare = getattr(line, which)
        if share.percent is None:
            dots.append(Dot(line.label, _("too few to show")))
        else:
            words = _("{n} in 100").format(n=share.percent)
            dots.append(Dot(line.label, words, share.p, share.low, share.high))
            shown.append(share.percent)
    return dot_plot(
        dots,
        title=_finding(what, shown),
        subtitle=_("the share of families, and what its numbers bear"),
        caption=_("The dot is the share, the line where it lies 95 times in 100. A long line means few families.")
        if shown
        else _("No group has enough families to be drawn."),
        unit=_("share"),
        heading=str(report.grouping.name),
    )


def _finding(what: str, shown: list[int]) -> str:
    if not shown:
        return _("{what}: too few families to say").format(what=what)
    low, high = min(shown), max(shown)
    if low == high:
        return _("{what}: {n} in 100").format(what=what, n=low)
    return _("{what}: {low} to {high} in 100").format(what=what, low=low, high=high)
