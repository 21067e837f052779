"""SVG by hand: escaped elements, coordinates, and shapes. No style attributes; looks are in static/css/charts.css."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from django.utils.html import format_html
from django.utils.safestring import SafeString

# XML allows no control characters (and no lone surrogates), not even escaped.
_NOT_XML = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_DROPPED = re.compile(_NOT_XML)
_TO_MEND = re.compile(f"[&<>\"']|{_NOT_XML}")

Point = tuple[float, float]


def clean(text: object) -> SafeString:
    """`text` fit for XML: escaped, without characters that XML does not know."""
    words = str(text)
    # A page of strips writes thousands of attributes, nearly all of them plain.
    return SafeString(escape(_DROPPED.sub("", words)) if _TO_MEND.search(words) else words)


def number(value: float) -> str:
    """A coordinate, to a tenth of a unit."""
    return f"{value:.1f}".removesuffix(".0")


def element(tag: str, *children: object, **attributes: object) -> SafeString:
    """`<tag ...>children</tag>`; `class_` and `text_anchor` are written class and text-anchor, None is left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{number(value) if isinstance(value, int | float) else clean(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(child if isinstance(child, SafeString) else clean(child) for child in children)
    return SafeString(f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>")


def drawing(width: int, height: int, title: str, description: str, parts: Iterable[str], *, kind: str) -> SafeString:
    """The whole picture: one image to a screen reader, with its name and description.

    Time and numbers run from left to right in every language, so the direction is set and not inherited.
    """
    return element(
        "svg",
        element("title", title),
        element("desc", description),
        SafeString("".join(parts)),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_label=title,
        direction="ltr",
        class_=f"chart-svg chart-{kind}",
    )


def path(points: Sequence[Point], *, closed: bool = False) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + ("Z" if closed else "")


def mark(shape: str, x: float, y: float, size: float, hover: str = "", **attributes: object) -> SafeString:
    """A sign drawn by its shape: diamond, up, down, square, ring, cross or dot, `size` from the middle to the edge."""
    corners: dict[str, list[Point]] = {
        "diamond": [(x, y - size), (x + size, y), (x, y + size), (x - size, y)],
        "up": [(x, y - size), (x + size, y + size * 0.8), (x - size, y + size * 0.8)],
        "down": [(x, y + size), (x + size, y - size * 0.8), (x - size, y - size * 0.8)],
        "square": [(x - a, y - b) for a, b in ((size, size), (-size, size), (-size, -size), (size, -size))],
    }
    if shape == "cross":
        arms = path([(x - size, y - size), (x + size, y + size)]) + path([(x - size, y + size), (x + size, y - size)])
        return element("path", hover, d=arms, **attributes)
    if shape in corners:
        return element("path", hover, d=path(corners[shape], closed=True), **attributes)
    return element("circle", hover, cx=x, cy=y, r=size, **attributes)


def key_mark(shape: str, class_: str) -> SafeString:
    """The same sign, small enough to stand before the sentence that explains it."""
    return format_html(
        '<svg class="chart-key" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>',
        mark(shape, 8, 8, 6.5 if shape == "diamond" else 5, class_=class_),
    )
