"""What every chart function returns."""

from dataclasses import dataclass

from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Note:
    """A sentence about the chart, with the sign (if any) that the sentence explains."""

    text: str
    sign: SafeString | str = ""


@dataclass(frozen=True)
class Chart:
    """A picture with its words and its figures.

    `title` is the finding, `subtitle` the measure and its unit, `caption` the reading in a sentence or two. `svg` is
    drawn for a desk and `svg_narrow` for a phone; the style sheet shows one of them. Both are empty when there is
    nothing to draw. `columns` and `rows` are the figures behind the picture, as people read them.
    """

    title: str
    subtitle: str
    caption: str
    svg: SafeString | str
    svg_narrow: SafeString | str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[Note, ...] = ()
