from datetime import date, timedelta

import pytest

from betterstart.charts.strip import Knot, Window, family_strip
from tests.charts.reading import both, of_class

TODAY = date(2025, 8, 5)
WINDOW = Window(TODAY - timedelta(weeks=26), TODAY + timedelta(weeks=2), TODAY)


def ago(*days, kind="visit"):
    return [Knot(TODAY - timedelta(days=day), kind) for day in days]


def strip(knots, *, since=170, until=None, **more):
    return family_strip(
        "Amina",
        knots,
        window=WINDOW,
        since=TODAY - timedelta(days=since),
        until=None if until is None else TODAY - timedelta(days=until),
        **more,
    )


def plain(text):
    return text.replace("\N{FIRST STRONG ISOLATE}", "").replace("\N{POP DIRECTIONAL ISOLATE}", "")


@pytest.mark.parametrize(
    ("knots", "title"),
    [
        ([], "Amina: not seen yet"),
        (ago(0), "Amina: seen today"),
        (ago(1), "Amina: seen 1 day ago"),
        (ago(60, 24), "Amina: seen 24 days ago"),
        (ago(24) + ago(3, kind="missed"), "Amina: seen 24 days ago"),
    ],
)
def test_finding_says_when_the_family_was_last_seen(knots, title):
    assert plain(strip(knots).title) == title


def test_finding_of_an_ended_support_names_the_last_day():
    assert plain(strip(ago(60, 50), until=40).title) == "Amina: last seen 16 June 2025"


def test_knots_are_told_apart_by_shape():
    drawn = strip([*ago(20, 10), *ago(15, kind="missed"), Knot(TODAY + timedelta(days=5), "planned")])

    for svg in both(drawn):
        assert len(of_class(svg, "chart-knot")) == 3
        assert len(of_class(svg, "hollow")) == 1
        assert len(of_class(svg, "chart-missing")) == 1
    assert [row[1] for row in drawn.rows] == ["Visit", "Did not happen", "Visit", "Planned"]


def test_knots_stand_in_proportion_to_their_days():
    places = [float(knot.get("cx")) for knot in of_class(strip(ago(100, 60, 20)).svg, "chart-knot")]

    assert places[1] - places[0] == pytest.approx(places[2] - places[1], abs=0.2)


def test_gap_in_the_past_and_the_open_gap_are_drawn_and_named():
    drawn = strip(ago(170, 160, 100, 93, 30))
    gaps = of_class(drawn.svg, "gap")

    assert ["open" in gap.get("class") for gap in gaps] == [False, False, True]
    assert [part.text for part in of_class(drawn.svg, "chart-figure")] == ["30 days"]
    assert {"eight weeks", "nine weeks"} <= {part.text for part in of_class(drawn.svg, "chart-tick")}
    assert drawn.caption == "Five visits in 24 weeks; the longest gap is nine weeks."


def test_regular_visits_have_one_unbroken_thread():
    drawn = strip(ago(*range(1, 170, 14)), gap_after_days=14)

    assert of_class(drawn.svg, "gap") == []
    assert drawn.caption.endswith("with no long gap.")


def test_gap_as_long_as_agreed_is_no_gap_and_a_day_more_is_one():
    assert of_class(strip(ago(170, 163, 21, *range(28, 163, 7))).svg, "open") == []
    assert len(of_class(strip(ago(170, 163, 22, *range(28, 163, 7))).svg, "open")) == 1


def test_ended_support_has_no_open_gap():
    drawn = strip(ago(100, 93), until=60)

    assert of_class(drawn.svg, "open") == []
    assert of_class(drawn.svg, "chart-figure") == []
    assert len(of_class(drawn.svg, "chart-stop")) == 2


def test_visit_before_the_window_is_not_drawn_and_its_gap_is():
    drawn = strip(ago(300, 100), since=400)

    assert len(of_class(drawn.svg, "chart-knot")) == 1
    assert len(of_class(drawn.svg, "gap")) == 2
    assert len(drawn.rows) == 1


def test_visit_before_the_support_began_is_on_the_thread():
    drawn = strip(ago(20, 10), since=15)

    assert len(of_class(drawn.svg, "chart-knot")) == 2
    assert of_class(drawn.svg, "gap") == []


def test_family_not_seen_yet_is_told_since_when():
    assert strip([], since=30).caption == "No visit yet; the support began on 6 July 2025."
    assert len(of_class(strip([], since=30).svg, "open")) == 1


def test_family_that_starts_today_is_drawn():
    drawn = strip([], since=0)

    assert of_class(drawn.svg, "gap") == []
    assert drawn.rows == ()


def test_months_are_named_only_when_asked_for():
    named = {part.text for part in of_class(strip(ago(10), months=True).svg, "chart-tick")}
    bare = {part.text for part in of_class(strip(ago(10)).svg, "chart-tick")}

    assert {"March", "May", "July"} <= named or {"Mar", "May", "Jul"} <= {name[:3] for name in named}
    assert "May" not in bare


def test_name_in_another_script_does_not_turn_the_sentence():
    drawn = family_strip("عائلة نور", ago(3), window=WINDOW, since=TODAY - timedelta(days=9))

    assert drawn.title == "\N{FIRST STRONG ISOLATE}عائلة نور\N{POP DIRECTIONAL ISOLATE}: seen 3 days ago"


def test_window_without_days_is_refused():
    with pytest.raises(ValueError, match="two days"):
        Window(TODAY, TODAY, TODAY)
