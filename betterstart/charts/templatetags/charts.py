from django import template

from betterstart.charts.chart import Chart

register = template.Library()


@register.inclusion_tag("components/chart.html")
def chart(chart: Chart) -> dict[str, Chart]:
    """The whole frame: finding, picture, caption, notes, and the figures behind "Show the figures"."""
    return {"chart": chart}


@register.inclusion_tag("components/chart_picture.html")
def chart_picture(chart: Chart) -> dict[str, Chart]:
    """The picture alone, for a row of a list; its words are its name and description."""
    return {"chart": chart}
