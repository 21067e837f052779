"""What a volunteer is asked, and where they first meet a family that both said yes to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from families.models import Visit, VisitPurpose
from volunteers.models import MatchFeedback, MatchState, VolunteerOffer
from volunteers.models.match import BEFORE

KEPT_FOR = dt.timedelta(days=60)
MOST_OVER = 10


@dataclass(frozen=True)
class Meeting:
    """The first meeting that is planned: all a volunteer knows of the family until it begins."""

    offer: VolunteerOffer
    starts_at: dt.datetime | None
    with_whom: str
    """The coordinator who comes along."""


@dataclass(frozen=True)
class MyOffers:
    waiting: list[VolunteerOffer]
    """Asked, and not answered yet; the oldest first."""
    said_yes: list[VolunteerOffer]
    meetings: list[Meeting]
    over: list[VolunteerOffer]
    """Answered with a no, or not come about, lately."""
    looking_back: list[MatchFeedback]

    @property
    def asks(self) -> bool:
        """Whether something here waits for the volunteer, or is ahead of them."""
        return bool(self.waiting or self.meetings)


def my_offers(user: User) -> MyOffers:
    """Everything a volunteer is asked, in a fixed number of questions to the database."""
    rows = list(VolunteerOffer.objects.asked_of(user).filter(updated_at__gte=timezone.now() - KEPT_FOR).order_by("pk"))
    open_now = [row for row in rows if not row.closed_at]
    yes = [row for row in open_now if row.says_yes]
    meetings, began = _meetings(user, yes)
    met = {meeting.offer.pk for meeting in meetings}
    return MyOffers(
        waiting=[row for row in open_now if row.is_open],
        said_yes=[row for row in yes if row.pk not in met and row.pk not in began],
        meetings=meetings,
        over=[row for row in rows if row.closed_at][-MOST_OVER:],
        looking_back=list(MatchFeedback.objects.asked_of(user).waiting().order_by("pk")[:3]),
    )


def _meetings(user: User, yes: list[VolunteerOffer]) -> tuple[list[Meeting], set[int]]:
    """The planned first meetings of these offers, and the offers whose match has begun.

    The visit itself opens to a volunteer only with the family, so that its time is read here for them.
    """
    if not yes:
        return [], set()
    with acting_as(Scope.ALL, user.pk):
        states = dict(VolunteerOffer.objects.filter(pk__in=[row.pk for row in yes]).values_list("pk", "match__state"))
        planned = Visit.objects.planned().filter(
            purpose=VisitPurpose.INTRODUCTION,
            planned_end__gt=timezone.now(),
            support__in=[row.support_id for row in yes],
        )
        times = {
            support: (start, who)
            for support, start, who in planned.order_by("-planned_start").values_list(
                "support_id", "planned_start", "worker__display_name"
            )
        }
    booked = [row for row in yes if states.get(row.pk) == MatchState.INTRODUCTION_BOOKED and row.support_id in times]
    began = {pk for pk, state in states.items() if state not in BEFORE}
    return [Meeting(row, *times[row.support_id]) for row in booked], began
