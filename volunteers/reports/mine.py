"""What a volunteer gave, in sums of their own. It is theirs: no coordinator's page shows it, nobody is compared."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.clock import at_london
from families.models import Visit
from volunteers.models import Volunteer


@dataclass(frozen=True)
class Given:
    since: dt.date
    months: int
    """Whole months with us."""
    visits: int
    families: int
    hours: int
    """Hours with families, rounded to whole ones; travel apart."""
    travel_hours: int
    hours_this_year: int


@dataclass(frozen=True)
class Door:
    page: str
    name: str | Promise
    about: str | Promise
    icon: str

    @property
    def url(self) -> str:
        return reverse(self.page)


DOORS = (
    Door("volunteers:my-offers", _("Families you are asked about"), _("A no needs no reason."), "joining"),
    Door("volunteers:my-profile", _("About me, and when I can come"), _("What matching may know of you."), "person"),
    Door("volunteers:my-checks", _("My training and checks"), _("What is done, and until when it holds."), "shield"),
    Door("volunteers:my-supervision", _("Talks about my visits"), _("What you talked of and agreed."), "message"),
    Door("volunteers:my-load", _("How heavy it was"), _("Your own line, for you."), "heavy"),
    Door("volunteers:my-thanks", _("Thanks"), _("What people said to you."), "quote"),
    Door("volunteers:my-expenses", _("What I spent"), _("Miles, fares and receipts; and what was paid."), "inbox"),
    Door("families:my-calendar", _("My calendar"), _("Your visits in the calendar of your phone."), "calendar"),
)


def given(user: User, volunteer: Volunteer, today: dt.date) -> Given:
    """Everything the person gave so far, with families they are no longer with too: sums, nothing about a family."""
    first_of_year = at_london(dt.date(today.year, 1, 1), dt.time())
    minutes = Coalesce(models.Sum("duration_minutes"), 0)
    with acting_as(Scope.ALL, user.pk):
        sums = Visit.objects.delivered().filter(worker=user).aggregate(
            visits=models.Count("pk"),
            families=models.Count("family", distinct=True),
            minutes=minutes,
            travel=Coalesce(models.Sum("travel_minutes"), 0),
            this_year=Coalesce(models.Sum("duration_minutes", filter=models.Q(actual_start__gte=first_of_year)), 0),
        )  # fmt: skip
    joined = volunteer.joined_on
    months = (today.year - joined.year) * 12 + today.month - joined.month - (today.day < joined.day)
    return Given(
        since=joined,
        months=max(months, 0),
        visits=sums["visits"],
        families=sums["families"],
        hours=round(sums["minutes"] / 60),
        travel_hours=round(sums["travel"] / 60),
        hours_this_year=round(sums["this_year"] / 60),
    )
