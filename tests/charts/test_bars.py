import pytest
from django.utils import translation

from betterstart.charts.bars import Bar, bar_list
from tests.charts.reading import both, of_class

FELT = [
    Bar("calm", 22),
    Bar("understood", 31),
    Bar("tired", 14),
    Bar("left out", None, "fewer than five"),
    Bar("sad", 0),
]


def chart(bars=FELT, **more):
    return bar_list(bars, subtitle="How it felt", caption="Forty-one people chose.", unit="People", **more)


def widths(svg):
    return [float(bar.get("width")) for bar in of_class(svg, "chart-bar") if "hidden" not in bar.get("class")]


def test_words_stand_in_falling_order_and_hidden_ones_last():
    assert chart().rows == (
        ("understood", "31"),
        ("calm", "22"),
        ("tired", "14"),
        ("sad", "0"),
        ("left out", "fewer than five"),
    )


def test_equal_words_keep_the_order_given():
    assert [row[0] for row in chart([Bar("b", 3), Bar("a", 3), Bar("c", 4)]).rows] == ["c", "b", "a"]


def test_length_is_in_proportion_to_the_people_who_chose():
    for svg in both(chart()):
        longest, second, third = widths(svg)
        assert (second / longest, third / longest) == pytest.approx((22 / 31, 14 / 31), abs=0.01)


def test_hidden_number_has_a_length_that_tells_nothing():
    drawn = [
        chart([Bar("calm", 40), Bar("sad", None, "fewer than five")]),
        chart([Bar("calm", 9), Bar("sad", None, "c")]),
    ]

    hidden = [of_class(one.svg, "hidden")[0].get("width") for one in drawn]
    shown = [widths(one.svg)[0] for one in drawn]
    assert float(hidden[0]) / shown[0] == pytest.approx(float(hidden[1]) / shown[1], abs=0.01)


@pytest.mark.parametrize(
    ("bars", "title"),
    [
        (FELT, "Chosen most: understood"),
        ([Bar("calm", 3), Bar("tired", 3)], "Chosen most: calm and tired"),
        ([Bar("calm", 0)], "No words have been chosen yet"),
        ([Bar("calm", None, "c")], "No words have been chosen yet"),
        ([], "No words have been chosen yet"),
    ],
)
def test_finding_names_the_words_chosen_most(bars, title):
    assert chart(bars).title == title


def test_no_words_draw_nothing():
    assert (chart([]).svg, chart([]).svg_narrow, chart([]).rows) == ("", "", ())


def test_long_word_is_shortened_in_the_picture_and_whole_in_the_table():
    long = "overwhelmed by everything that has to be done before Monday"
    drawn = chart([Bar(long, 3)])

    assert of_class(drawn.svg_narrow, "chart-word")[0].text.endswith("…")
    assert drawn.rows == ((long, "3"),)


def test_bars_grow_from_the_right_in_a_language_read_from_the_right():
    left = of_class(chart().svg, "chart-bar")[0]
    with translation.override("ur"):
        right = of_class(chart().svg, "chart-bar")[0]

    assert float(right.get("x")) + float(right.get("width")) == pytest.approx(640 - float(left.get("x")), abs=0.2)
