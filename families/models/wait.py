"""What a family waits for before its support starts, and when somebody is in touch again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import models
from django.db.models import Case, F, When
from django.utils.translation import gettext_lazy as _

# Weeks of waiting at which somebody should think again: tags, Today and a manager's page name them.
AGE_MARKS = (6, 9, 12)
FIRST_MARK = dt.timedelta(weeks=AGE_MARKS[0])


class WaitsBecause(models.TextChoices):
    NO_VOLUNTEER = "no_volunteer", _("no volunteer is free yet")
    LANGUAGE = "language", _("nobody yet who speaks their language")
    DAYS_AND_PLACE = "days_and_place", _("days, times or distance do not fit yet")
    NO_PLACE = "no_place", _("no place is free yet")
    FAMILY_ASKED = "family_asked", _("the family asked to wait")
    NOT_REACHED = "not_reached", _("we have not reached them yet")
    OTHER = "other", _("something else")


class Wait(models.Model):
    """Where a support stands while it waits. Each contact is a visit; the audit trail keeps what was agreed with it."""

    next_touch_on = models.DateField(null=True, editable=False)
    waits_because = models.CharField(max_length=20, choices=WaitsBecause, blank=True, editable=False)

    class Meta:
        abstract = True


def agreed_touch(states: Collection[str]) -> Case:
    """In these states the next contact that somebody agreed, unless there was one since. Needs `counted_from`."""
    agreed = When(state__in=states, next_touch_on__gt=F("counted_from"), then=F("next_touch_on"))
    return Case(agreed, output_field=models.DateField())


def waits_since() -> Case:
    """The day a wait is counted from: accepted, or (for another volunteer) when it last began to wait."""
    again = When(started_on__isnull=False, waiting_since__isnull=False, then=F("waiting_since"))
    return Case(again, default=F("accepted_on"), output_field=models.DateField())
