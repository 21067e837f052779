"""One value as one cell: text that no spreadsheet takes for a formula, and its way back."""

import datetime as dt
import math
import re
from decimal import Decimal
from typing import TypeAlias

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

Value: TypeAlias = str | Promise | int | float | Decimal | dt.date | dt.time | None
Cell: TypeAlias = str | int | float | Decimal | dt.date | dt.time | None

# What starts a formula, with its full-width, small and raised twins, which some programs read as the plain sign.
_SIGNS = "=+\\-@＝＋－＠﹦﹢﹣﹫⁼⁺₌₊"
# What a program may skip before it looks for a sign: blanks, controls, marks without width.
_UNSEEN = (
    r"\s\x00-\x1f\x7f-\x9f"
    r"\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
_RISKY = re.compile(f"'*(?:[{_UNSEEN}]*[{_SIGNS}]|[\t\r\n])")


def guarded(text: str) -> str:
    """`text` with an apostrophe before it, if a spreadsheet could take it for a formula or a new cell.

    Text that already begins like guarded text gets one too, so that `unguarded` gives back exactly `text`.
    """
    return f"'{text}" if _RISKY.match(text) else text


def unguarded(text: str) -> str:
    """`text` without the apostrophe that `guarded` put before it, and otherwise as it is. For every import."""
    return text[1:] if text.startswith("'") and _RISKY.match(text[1:]) else text


def cell(value: Value) -> Cell:
    """`value` in the form in which it is written: numbers and dates as they are, text guarded.

    Moments are told in the time of the place, without a zone; a figure that is not finite is an empty cell.
    """
    if value is None or isinstance(value, bool):
        return {None: None, True: _("yes"), False: _("no")}[value]
    if isinstance(value, int | float | Decimal):
        return value if math.isfinite(value) else None
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if isinstance(value, dt.date | dt.time):
        return value
    return guarded(str(value))
