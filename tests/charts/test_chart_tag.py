from datetime import date, timedelta

from django.template import engines

from betterstart.charts.measure import Measure
from betterstart.charts.xmr import xmr_chart
from kindness_metrics.measures.spc import xmr


def rendered(markup, **context):
    return engines["django"].from_string("{% load charts %}" + markup).render(context)


def chart(name="Visits", values=(20, 22, 21, 19, 20, 23, 44, 20, 22, 21, 20, 19)):
    dates = [date(2025, 1, 6) + timedelta(weeks=n) for n in range(len(values))]
    return xmr_chart(Measure(name, f"{name} each week"), dates, xmr(values))


def test_chart_tag_shows_picture_caption_notes_and_figures():
    drawn = chart()
    page = rendered("{% chart drawn %}", drawn=drawn)

    assert page.count('<svg xmlns="http://www.w3.org/2000/svg"') == 2
    assert f'<p class="chart-title">{drawn.title}</p>' in page
    assert drawn.caption in page
    assert "Week of 17 February: 44, above the usual range." in page
    assert "<summary>Show the figures</summary>" in page
    assert page.count("<tr>") == 13
    assert " style=" not in page


def test_chart_tag_without_figures_shows_words_only():
    page = rendered("{% chart drawn %}", drawn=chart(values=()))

    assert "<svg" not in page
    assert "<table" not in page
    assert "There are no figures for this time yet." in page


def test_chart_tag_escapes_names():
    page = rendered("{% chart drawn %}", drawn=chart(name="<b>Visits</b>"))

    assert "<b>" not in page
    assert "&lt;b&gt;Visits&lt;/b&gt;" in page


def test_picture_tag_shows_the_two_drawings_alone():
    page = rendered("{% chart_picture drawn %}", drawn=chart())

    assert page.count('role="img"') == 2
    assert "<table" not in page
