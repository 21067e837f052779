"""Coordinators who go: a line on their Today that leads to the families' handovers, in time."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from betterstart.access.models import Membership, User
from betterstart.access.roles import Role
from betterstart.clock import day_in_words, london_date
from families.reports.needs import Found, Need

LEAVES_WITHIN = dt.timedelta(days=28)


def changes_of_coordinator(user: User, today: dt.date, limit: int) -> Found:
    """A role as coordinator that ends within four weeks and goes on in no other. Asks the database nothing."""
    held = [each for each in user.active_memberships if each.role == Role.COORDINATOR]
    lasting = {(each.organisation_id, each.service_id) for each in held if each.ends_at is None}
    leaving = [each for each in held if each.ends_at and (each.organisation_id, each.service_id) not in lasting]
    needs = [need for each in leaving if (need := _leaving(each, today))]
    return Found(needs[:limit], len(needs))


def _leaving(membership: Membership, today: dt.date) -> Need | None:
    assert membership.ends_at is not None  # noqa: S101  (asked for just above)
    last = london_date(membership.ends_at)
    if last > today + LEAVES_WITHIN:
        return None
    words = _("you coordinate {place} until {day}: look through what is passed on")
    return Need(
        reason=words.format(place=membership.service or membership.organisation, day=day_in_words(last)),
        detail=_("each family has a handover, on the page of its support"),
        family=None,
        since=membership.ends_at,
        url=reverse("families:list"),
        action=_("To the families"),
        icon="key",
    )
