import re
from datetime import date, timedelta

import pytest
from django.utils import translation

from betterstart.charts.measure import Measure
from betterstart.charts.xmr import xmr_chart
from kindness_metrics.measures.spc import Options, xmr
from tests.charts.reading import both, of_class, texts

VISITS = Measure("Visits", "Visits each week")
STEADY = [20, 23, 19, 22, 21, 18, 22, 20, 23, 19, 21, 22]
BASELINE = Options(baseline=12)


def weeks(values, start=date(2025, 1, 6)):
    return [start + timedelta(weeks=n) for n in range(len(values))]


def chart(values, *, options=None, good="none", measure=VISITS, **more):
    return xmr_chart(measure, weeks(values), xmr(values, options=options, good=good), **more)


def notes(drawn):
    return [note.text for note in drawn.notes]


def test_steady_series_says_so_with_its_usual_range():
    drawn = chart(STEADY)

    assert drawn.title == "Visits held steady"
    assert drawn.caption == "Every week lies within what is usual here (14 to 28). The average is 21."
    assert drawn.notes == ()


def test_one_high_week_is_the_finding_and_gets_a_diamond_a_figure_and_a_sentence():
    drawn = chart([*STEADY, 44, 21, 20])

    assert drawn.title == "Visits rose above the usual range in the week of 31 March"
    assert drawn.caption.startswith("Every week but one lies within what is usual here (")
    assert notes(drawn) == ["Week of 31 March: 44, above the usual range."]
    for svg in both(drawn):
        assert [part.get("d").count("L") for part in of_class(svg, "chart-signal")] == [3]
        assert [part.text for part in of_class(svg, "chart-figure")] == ["44"]


@pytest.mark.parametrize(
    ("after", "title"),
    [
        ([5], "Visits fell below the usual range in the week of 31 March"),
        ([40, 41], "Visits stood above the usual range from 31 March to 7 April"),
        ([2, 1], "Visits stood below the usual range from 31 March to 7 April"),
        ([22] * 7, "Visits ran above the average from 31 March on"),
        ([20] * 7, "Visits ran below the average from 24 March on"),
        ([*[22] * 7, 20], "Visits ran above the average from 31 March to 12 May"),
        ([27, 20.9, 27, 21, 27, 27], "Visits came close to the top of the usual range in the week of 5 May"),
        ([14, 13.9, 20, 21.5], "Visits came close to the bottom of the usual range in the week of 7 April"),
        ([18, 20.2, 20.4, 20.6, 22, 22.1, 22.3], "Visits rose without a break from 31 March to 12 May"),
        ([22.3, 22.1, 22, 20.6, 20.4, 20.2, 20], "Visits fell without a break from 31 March to 12 May"),
    ],
)
def test_finding_names_the_latest_signal(after, title):
    assert chart([*STEADY[:9], 21, 22, 19, *after], options=BASELINE).title == title


def test_signal_long_ago_is_no_longer_the_finding():
    drawn = chart([*STEADY, 44, *[20, 22] * 5], options=BASELINE)

    assert drawn.title == "Visits held steady from 7 April on"
    assert notes(drawn) == ["Week of 31 March: 44, above the usual range."]


def test_each_rule_has_a_shape_of_its_own_in_picture_and_sentence():
    drawn = chart([*STEADY, 44, 27, 20, 27, 27, *[22] * 7, 20.1, 20.2, 20.3, 20.4, 20.5, 20.6, 20.7], options=BASELINE)

    assert len({note.sign for note in drawn.notes if note.sign}) == 4
    for svg in both(drawn):
        assert {signal.tag.rpartition("}")[2] for signal in of_class(svg, "chart-signal")} == {"path", "circle"}


@pytest.mark.parametrize(("good", "ending"), [("up", ", as hoped."), ("down", ", not as hoped."), ("none", "range.")])
def test_sentence_says_whether_a_signal_was_hoped_for(good, ending):
    assert notes(chart([*STEADY, 44], good=good))[0].endswith(ending)


def test_missing_weeks_break_the_line_and_are_marked_and_told():
    drawn = chart([*STEADY, None, None, 21, 22])

    assert notes(drawn) == ["Two weeks have no figure: the line is broken there and a cross stands at the foot."]
    assert [row[1] for row in drawn.rows[12:14]] == ["no figure", "no figure"]
    for svg in both(drawn):
        assert len(of_class(svg, "chart-line")) == 2
        assert len(of_class(svg, "chart-missing")) == 2
        assert len(of_class(svg, "chart-point")) == 14


def test_figure_between_two_missing_weeks_is_a_dot_however_long_the_series():
    values = [20, 22] * 70
    values[9:12] = [None, 22, None]

    assert len(of_class(chart(values).svg, "chart-point")) == 1


def test_limits_below_the_floor_are_drawn_at_the_floor():
    values = [3, 0, 5, 1, 6, 0, 4, 2, 5, 0, 6, 1]
    drawn = chart(values)

    assert xmr(values).phases[0].lpl < 0
    assert "(0 to " in drawn.caption
    band, axis = of_class(drawn.svg, "chart-band")[0], of_class(drawn.svg, "chart-axis")[0]
    foot = float(re.findall(r"[\d.]+", axis.get("d"))[1])
    assert float(band.get("y")) + float(band.get("height")) == pytest.approx(foot, abs=0.11)


def test_higher_figures_stand_higher_and_later_ones_further_right():
    points = of_class(chart(STEADY).svg, "chart-point")
    across, up = [float(p.get("cx")) for p in points], [-float(p.get("cy")) for p in points]

    assert across == sorted(across)
    assert [sorted(up).index(y) for y in up] == [sorted(STEADY).index(value) for value in STEADY]


def test_a_new_phase_has_its_own_band_a_reason_and_its_own_caption():
    values = [*STEADY, *[value + 20 for value in STEADY]]
    drawn = chart(values, options=Options(phases=(0, 12)), reasons={12: "a second coordinator started."})

    assert drawn.title == "Visits held steady"
    assert drawn.caption == (
        "Every week lies within what is usual here (34 to 48). The average is 41. Counted from 31 March on."
    )
    assert notes(drawn) == ["From 31 March on, what is usual is worked out afresh: a second coordinator started."]
    assert len(of_class(drawn.svg, "chart-band")) == 2
    assert len(of_class(drawn.svg, "chart-line")) == 2


def test_trial_limits_are_drawn_and_told_as_a_first_estimate():
    drawn = chart(STEADY[:8])

    assert notes(drawn) == ["The usual range is a first estimate until 12 weeks have a figure."]
    assert len(of_class(drawn.svg, "trial")) == 1


def test_fewer_than_six_weeks_are_drawn_without_limits():
    drawn = chart([12, 18, None, 9])

    assert drawn.title == "Visits: too early to say what is usual"
    assert drawn.caption == "What is usual can be told from six weeks with a figure; so far there are three."
    assert of_class(drawn.svg, "chart-band") == []
    assert len(of_class(drawn.svg, "chart-point")) == 3


@pytest.mark.parametrize("values", [[], [None, None]])
def test_no_figures_at_all_draw_nothing_and_say_so(values):
    drawn = chart(values)

    assert (drawn.svg, drawn.svg_narrow) == ("", "")
    assert (drawn.title, drawn.caption) == ("Visits: nothing to show yet", "There are no figures for this time yet.")


def test_table_holds_every_figure_with_what_stands_out():
    drawn = chart([*STEADY, 44])

    assert drawn.columns == ("Week of", "Visits each week", "What stands out")
    assert [row[1] for row in drawn.rows] == [str(value) for value in [*STEADY, 44]]
    assert drawn.rows[0] == ("6 January", "20", "")
    assert drawn.rows[-1] == ("31 March", "44", "above the usual range")


def test_many_signals_show_the_latest_and_count_the_rest():
    drawn = chart([*STEADY, *[60, 21] * 8], options=BASELINE)

    assert notes(drawn)[-1].endswith(" earlier signals are in the figures.")
    assert len([note for note in drawn.notes if note.sign]) == 5


def test_months_are_named_as_months_with_their_year():
    months = [date(2024 + n // 12, n % 12 + 1, 1) for n in range(14)]
    values = [92, 95, 90, 94, 91, 93, 94, 92, 93, 91, 95, 92, 94, 60]
    drawn = xmr_chart(Measure("Same face", "Percent", period="month", ceiling=100), months, xmr(values))

    assert drawn.title == "Same face fell below the usual range in February 2025"
    assert drawn.caption.startswith("Every month but one lies within what is usual here (")
    assert drawn.rows[0][0] == "January 2024"
    assert {"2024", "2025"} <= set(texts(drawn.svg))


def test_series_over_the_new_year_writes_the_year_in_its_table():
    values = STEADY
    drawn = xmr_chart(VISITS, weeks(values, date(2024, 12, 2)), xmr(values))

    assert drawn.rows[0][0] == "2 December 2024"


def test_small_averages_keep_a_decimal_place():
    assert "The average is 2.5." in chart([2, 3] * 6).caption


def test_constant_series_has_a_range_of_one_figure():
    assert chart([5] * 12).caption == "Every week lies within what is usual here (5). The average is 5.0."


def test_lines_are_named_at_their_ends_and_never_overlap():
    drawn = chart([5] * 11 + [6], measure=Measure("Visits", "Visits", floor=None))
    ends = of_class(drawn.svg, "chart-end")

    assert [part.text.rsplit(" ", 1)[0] for part in ends] == ["usual up to", "average", "usual from"]
    heights = [float(part.get("y")) for part in ends]
    assert heights[1] - heights[0] >= 14.9
    assert heights[2] - heights[1] >= 14.9


def test_own_title_replaces_the_finding():
    assert chart(STEADY, title="Spring was calm").title == "Spring was calm"


def test_dates_that_do_not_match_the_figures_are_refused():
    with pytest.raises(ValueError, match="one date"):
        xmr_chart(VISITS, weeks([1, 2]), xmr([1, 2, 3]))


def test_months_follow_the_language_of_the_reader():
    with translation.override("pl"):
        assert "lut" in {text.lower()[:3] for text in texts(chart(STEADY).svg)}
