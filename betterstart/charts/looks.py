"""A few looks at one thing, side by side: what somebody said first, last time and now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from betterstart.charts.chart import Chart
from betterstart.charts.scales import Scale, runs
from betterstart.charts.svg import drawing, element, mark, path

WIDTH, HEIGHT, SIDE, TOP, FOOT = 210, 78, 30, 18, 20


@dataclass(frozen=True)
class Look:
    """What was said at one moment; no value where nothing was said, which is never a nought."""

    label: str
    value: int | None
    on: date | None = None


def looks(name: str, most: int, said: Sequence[Look]) -> Chart:
    """The looks from left to right on one scale from 0 to `most`, each with its number.

    More is drawn higher, and that is all: no colour says that higher is better. A moment of which nothing was said
    says so, and no line is drawn across it. Raises ValueError for a number that is not on the scale.
    """
    if any(look.value is not None and not 0 <= look.value <= most for look in said):
        raise ValueError("not a number of this scale")
    told = ", ".join(f"{look.label.lower()} {_told(look)}" for look in said)
    title = _("%(name)s: %(looks)s") % {"name": name, "looks": told}
    caption = _("From 0 to %(most)s, as they said it themselves.") % {"most": most}
    return Chart(
        title=title,
        subtitle=_("0 to %(most)s") % {"most": most},
        caption=caption,
        svg=(svg := drawing(WIDTH, HEIGHT, title, caption, _parts(most, said), kind="looks")),
        svg_narrow=svg,
        columns=(_("When"), _("What they said"), _("Day")),
        rows=tuple((look.label, _told(look), date_format(look.on, "j F Y") if look.on else "") for look in said),
    )


def _told(look: Look) -> str:
    return _("not said") if look.value is None else str(look.value)


def _parts(most: int, said: Sequence[Look]) -> list[str]:
    x = Scale(0, max(len(said) - 1, 1), SIDE, WIDTH - SIDE)
    y = Scale(0, most, HEIGHT - FOOT, TOP)
    floor = [(8, HEIGHT - FOOT), (WIDTH - 8, HEIGHT - FOOT)]
    parts: list[str] = [element("path", d=path(floor), class_="chart-axis")]
    points = [None if look.value is None else (x(i), y(look.value)) for i, look in enumerate(said)]
    parts += [element("path", d=path(run), class_="chart-line") for run in runs(points) if len(run) > 1]
    for i, (look, point) in enumerate(zip(said, points, strict=True)):
        is_last = i == len(said) - 1
        if point is None:
            words = _("not said")
            parts.append(element("text", words, x=x(i), y=HEIGHT - FOOT - 8, text_anchor="middle", class_="chart-tick"))
        else:
            parts.append(mark("dot", *point, 4 if is_last else 3, class_="chart-point"))
            figure = {"x": point[0], "y": point[1] - 7, "text_anchor": "middle", "class_": "chart-look"}
            parts.append(element("text", str(look.value), **figure))
        parts.append(element("text", look.label, x=x(i), y=HEIGHT - 5, text_anchor="middle", class_="chart-tick"))
    return parts
