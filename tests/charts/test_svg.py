import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from betterstart.charts.bars import Bar, bar_list
from betterstart.charts.measure import Measure
from betterstart.charts.sparkline import sparkline
from betterstart.charts.strip import Knot, Window, family_strip
from betterstart.charts.svg import element, number
from betterstart.charts.xmr import NARROW, WIDE, xmr_chart
from kindness_metrics.measures.spc import Options, xmr
from tests.charts.reading import SVG, both, parsed, texts

WEEKS = [date(2025, 1, 6) + timedelta(weeks=n) for n in range(30)]
HOSTILE = "<script>alert(1)</script> \"'&\x00\x0b\N{RIGHT-TO-LEFT OVERRIDE}]]>\ud800"


def every_chart(name="Visits"):
    values = [20, 22, 21, 19, None, 23, 20, 21, 44, 20, 19, 22, 21, *[25] * 8, 30, 31, 32, 33, 34, 35, 36, None, 36]
    result = xmr(values, options=Options(phases=(0, 13)), good="up")
    today = date(2025, 7, 30)
    knots = [Knot(today - timedelta(days=days)) for days in (160, 150, 90, 83, 30)]
    window = Window(today - timedelta(weeks=26), today + timedelta(weeks=2), today)
    return {
        "xmr": xmr_chart(Measure(name, name), WEEKS, result, reasons={13: name}),
        "strip": family_strip(
            name,
            [*knots, Knot(today - timedelta(days=10), "missed"), Knot(today + timedelta(days=3), "planned")],
            window=window,
            since=today - timedelta(days=170),
            months=True,
        ),
        "bars": bar_list(
            [Bar(name, 12), Bar("calm", 3), Bar("sad", None, name)], subtitle=name, caption=name, unit=name
        ),
        "sparkline": sparkline(Measure(name, name), WEEKS, values),
    }


@pytest.mark.parametrize("kind", ["xmr", "strip", "bars", "sparkline"])
def test_drawing_is_one_named_and_described_image(kind):
    chart = every_chart()[kind]

    for svg in both(chart):
        image = parsed(svg)
        assert (image.tag, image.get("role"), image.get("direction")) == (f"{SVG}svg", "img", "ltr")
        assert (image[0].tag, image[0].text) == (f"{SVG}title", chart.title)
        assert (image[1].tag, image[1].text) == (f"{SVG}desc", chart.caption)
        assert image.get("aria-label") == chart.title


@pytest.mark.parametrize("kind", ["xmr", "strip", "bars", "sparkline"])
def test_drawing_carries_no_style_script_or_identifier(kind):
    for svg in both(every_chart()[kind]):
        for part in parsed(svg).iter():
            assert part.tag not in {f"{SVG}style", f"{SVG}script", f"{SVG}foreignObject"}
            assert not {name for name in part.attrib if name in {"style", "id", "href"} or name.startswith("on")}


@pytest.mark.parametrize("kind", ["xmr", "strip", "bars", "sparkline"])
def test_hostile_words_stay_words(kind):
    chart = every_chart(HOSTILE)[kind]

    for svg in both(chart):
        assert "<script" not in svg
        assert "<script>alert(1)</script>" in parsed(svg)[0].text + parsed(svg)[1].text + "".join(texts(svg))


@pytest.mark.parametrize("kind", ["xmr", "strip", "bars", "sparkline"])
def test_every_class_of_a_drawing_has_a_look(kind):
    css = (Path(settings.BASE_DIR) / "static" / "css" / "charts.css").read_text()
    looks = set(re.findall(r"\.([a-z][a-z-]*)", css))

    for svg in both(every_chart()[kind]):
        used = {name for part in parsed(svg).iter() for name in part.get("class", "").split()}
        assert used - {f"chart-{kind}"} <= looks


def test_type_of_a_drawing_is_at_least_11_pixels_where_it_is_smallest():
    css = (Path(settings.BASE_DIR) / "static" / "css" / "charts.css").read_text()
    sizes = {
        bool(narrow): float(size)
        for narrow, size in re.findall(r"(\.narrow )?\.chart-svg \.chart-tick \{[^}]*font-size: ([\d.]+)px", css)
    }
    switch = float(re.search(r"@container \(min-width: (\d+)px\)", css).group(1))
    # A card on a phone of 320 pixels leaves 248 of them to the drawing.
    assert sizes[True] * 248 / NARROW.width >= 11
    assert sizes[False] * switch / WIDE.width >= 11


@pytest.mark.parametrize("kind", ["xmr", "strip", "bars", "sparkline"])
def test_everything_drawn_lies_inside_the_picture(kind):
    for svg in both(every_chart()[kind]):
        width, height = (float(side) for side in parsed(svg).get("viewBox").split()[2:])
        for part in parsed(svg).iter():
            for name, most in (("x", width), ("cx", width), ("y", height), ("cy", height)):
                assert 0 <= float(part.get(name, 0)) <= most
            for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", part.get("d", "")):
                assert 0 <= float(x) <= width
                assert 0 <= float(y) <= height


@given(st.text(max_size=40))
def test_any_text_makes_a_drawing_that_can_be_read(text):
    assert parsed(element("svg", text, aria_label=text, xmlns="http://www.w3.org/2000/svg")) is not None


@pytest.mark.parametrize(
    ("value", "written"), [(3, "3"), (3.0, "3"), (3.14159, "3.1"), (-0.25, "-0.2"), (120.96, "121")]
)
def test_coordinate_is_written_to_a_tenth(value, written):
    assert number(value) == written
