"""A person's visits in the calendar they use anyway: an address of their own that a program reads."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from betterstart.access.models import User
from betterstart.links.actions import give_token, take_back_links

CALENDAR_LINK = "calendar"
LASTS = dt.timedelta(days=400)


@transaction.atomic
def give_calendar(*, by: User) -> str:
    """A new address for one's own calendar, and the token in it; the address there was stops working.

    Writes "link.taken_back" and "link.given".
    """
    take_back_calendar(by=by)
    return give_token(by=by, purpose=CALENDAR_LINK, subject_id=by.pk, lasts=LASTS)


@transaction.atomic
def take_back_calendar(*, by: User) -> int:
    """The address of one's own calendar stops working now. Gives how many there were. Writes "link.taken_back"."""
    return take_back_links(by=by, purpose=CALENDAR_LINK, subject_id=by.pk)
