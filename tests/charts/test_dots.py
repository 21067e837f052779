from betterstart.charts.dots import Dot, dot_plot
from tests.charts.reading import both, of_class

DOTS = [Dot("One", "30 in 100", 0.3, 0.2, 0.5), Dot("Few", "too few to show"), Dot("Two", "60 in 100", 0.6, 0.4, 0.7)]


def chart(dots=DOTS):
    return dot_plot(dots, title="Waited", subtitle="shares", caption="Lines.", unit="share", heading="Group")


def test_every_group_is_in_the_table_in_the_order_given():
    assert chart().rows == (("One", "30 in 100"), ("Few", "too few to show"), ("Two", "60 in 100"))


def test_dots_stand_in_proportion_and_a_hidden_group_has_none():
    for svg in both(chart()):
        first, second = (float(dot.get("cx")) for dot in of_class(svg, "chart-knot"))
        start = float(of_class(svg, "chart-axis")[0].get("d")[1:].split()[0])
        assert abs((second - start) / (first - start) - 2) < 0.02
        assert len(of_class(svg, "chart-span")) == 2


def test_nothing_is_drawn_where_every_group_is_hidden():
    assert (chart([Dot("Few", "too few to show")]).svg, chart([]).svg) == ("", "")
