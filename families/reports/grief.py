"""A quiet line on Today, for the coordinators of a family in which somebody died or a pregnancy ended."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from betterstart.access.models import Membership, User
from betterstart.access.roles import Role
from betterstart.clock import day_in_words, london_date
from families.models import Family, Personal, SharedCare, Visit
from families.reports.needs import Found, Need
from families.reports.waiting import TOTAL

# A line that nobody acted on for so long tells more about the line than about the family.
SHOWN_FOR = dt.timedelta(days=90)


def grief(user: User, today: dt.date, limit: int) -> Found:
    """Families in silence since which no coordinator has visited or called, the longest ago first: after a death or a
    loss, whichever organisation wrote it down.

    The line does not say what happened: that is read in the record, by those who were told.
    """
    coordinators = Membership.objects.active().filter(role=Role.COORDINATOR).values("user_id")
    since = Visit.objects.delivered().filter(family=OuterRef("pk"), worker__in=coordinators)
    noted = Personal.objects.visible_to(user).grieved().filter(grief_noted_at__gt=Now() - SHOWN_FOR)
    shared = SharedCare.objects.in_force().filter(member__in=noted.values("member"))
    families: Any = Family.objects.coordinated_by(user).filter(silent_since__isnull=False)
    families = families.filter(
        Q(silent_since__gt=Now() - SHOWN_FOR) | Q(pk__in=noted.values("family")) | Q(pk__in=shared.values("family"))
    )
    families = families.annotate(nobody_since=~Exists(since.filter(actual_start__gt=OuterRef("silent_since")))).filter(
        nobody_since=True
    )
    rows = list(families.annotate(total=TOTAL).order_by("silent_since", "pk")[:limit])
    return Found([_need(row) for row in rows], rows[0].total if rows else 0)


def _need(family: Family) -> Need:
    noted_at = family.silent_since
    assert noted_at is not None  # noqa: S101  (the query asks for it)
    return Need(
        reason=_("a quiet word: please open the record before anything else"),
        detail=_("nothing automatic is sent since {day}").format(day=day_in_words(london_date(noted_at))),
        family=family,
        since=noted_at,
        url=family.page,
        action=_("Open the record"),
        icon="heavy",
    )
