"""The two meet, with a coordinator there; and if it feels right, they begin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.clock import day_in_words, london_today
from families.actions.support import move_support
from families.actions.visit_plan import plan_series, plan_visit
from families.actions.visit_rules import coordinators_of
from families.models import Assignment, Support, SupportState, Visit, VisitMode, VisitPurpose
from volunteers.actions.offers import close_offer
from volunteers.actions.pairing import MatchRefused, check_pair, hold_match, hold_pair, move_match, say
from volunteers.models import Match, MatchState, Volunteer, VolunteerOffer

M = MatchState


@transaction.atomic
def book_introduction(
    *,
    by: User,
    match: Match,
    attends: User,
    planned_start: dt.datetime,
    minutes: int,
    who: str,
    where: str,
    mode: str = VisitMode.HOME,
    confirmed: Collection[str] = (),
) -> Visit:
    """Plan the visit on which the two first meet, with the coordinator who comes along, and give the visit.

    `who` and `where` are what the volunteer is told, and all they are told: the family's record opens to them when
    the match begins. Booked again where the first time did not hold. Writes "match.introduction_booked". Raises
    MatchRefused where the two have not both said yes, an introduction of this support is under way, or no coordinator
    of the service attends; VisitRefused and VisitNeedsAnswer as planning does.
    """
    support, volunteer = hold_pair(by, match.support, match.volunteer)
    match = hold_match(by, match)
    check_pair(by, support, volunteer, match)
    if not coordinators_of(support).filter(pk=attends.pk).exists():
        raise MatchRefused({"attends": _("A coordinator of this service comes along. Choose who.")})
    missing = {"who": who, "where": where}
    if errors := {name: _("Please fill this in.") for name, words in missing.items() if not words.strip()}:
        raise MatchRefused(errors)
    _one_at_a_time(support, match)
    if match.state != M.INTRODUCTION_BOOKED:
        move_match(by, match, M.INTRODUCTION_BOOKED)
    told = VolunteerOffer.objects.filter(match=match)
    told.update(meet_who=who, meet_where=where, updated_at=timezone.now())
    visit = plan_visit(
        by=by,
        support=support,
        worker=attends,
        planned_start=planned_start,
        minutes=minutes,
        mode=mode,
        purpose=VisitPurpose.INTRODUCTION,
        confirmed=confirmed,
    )
    say(by, "match.introduction_booked", match, attends=attends.pk)
    return visit


def _one_at_a_time(support: Support, match: Match) -> None:
    """A family meets one volunteer after the other: whom it met is then never in doubt."""
    if support.visits.planned().filter(purpose=VisitPurpose.INTRODUCTION).exists():
        raise MatchRefused(_("An introduction is planned already. Move it, or call it off first."))
    others = Match.objects.filter(support=support, state=M.INTRODUCTION_BOOKED).exclude(pk=match.pk)
    if other := others.select_related("volunteer__user").first():
        sentence = _("{name} and this family have an introduction. Say first what came of it, on their match.")
        raise MatchRefused(sentence.format(name=other.volunteer.display_name))


@transaction.atomic
def say_not_suitable(*, by: User, match: Match, words: str = "") -> Match:
    """After they met, or instead: it does not feel right to somebody. Nobody is at fault, nobody has to explain.

    Gives the match. Writes "match.not_suitable". Raises MatchRefused.
    """
    match = hold_match(by, match)
    move_match(by, match, M.NOT_SUITABLE, note=words)
    close_offer(match)
    say(by, "match.not_suitable", match)
    return match


@dataclass(frozen=True)
class Weekly:
    """The visits that are planned when two begin: from a day on, each week at the same time."""

    first_day: dt.date
    time: dt.time
    minutes: int
    weeks: int

    @property
    def in_words(self) -> str:
        """ "Tuesday, 10:00"."""
        return f"{date_format(self.first_day, 'l')}, {self.time:%H:%M}"


@transaction.atomic
def begin_match(
    *,
    by: User,
    match: Match,
    weekly: Weekly,
    ground_rules: Sequence[str],
    agreed_time: str = "",
    review_on: dt.date | None = None,
    confirmed: Collection[str] = (),
) -> Match:
    """The two have met and it feels right: they are together from today on. Gives the match.

    Makes the assignment that gives the volunteer access, moves a waiting support on, with the day agreed for the first
    look together, and plans the weekly visits. `ground_rules`: what they agreed on, as it was said. Writes
    "match.started". Raises MatchRefused where the introduction has not taken place, nothing was agreed, or the
    volunteer cannot be with families now; MoveRefused, VisitRefused, VisitNeedsAnswer.
    """
    support, volunteer = hold_pair(by, match.support, match.volunteer)
    match = hold_match(by, match)
    check_pair(by, support, volunteer, match)
    if not ground_rules:
        raise MatchRefused({"ground_rules": _("Agree on at least one ground rule together.")})
    if support.state == SupportState.WAITING and review_on is None and support.service.review_every_weeks:
        raise MatchRefused({"review_on": _("Agree on the day on which you look together.")})
    today = london_today()
    goodbye_today(support, volunteer, today)
    changes: dict[str, Any] = {
        "assignment": assign(support, volunteer, today),
        "started_on": today,
        "agreed_time": agreed_time or weekly.in_words,
        "ground_rules": "\n".join(ground_rules),
    }
    move_match(by, match, M.ACTIVE, **changes)
    if support.state == SupportState.WAITING:
        move_support(by=by, support=support, to=SupportState.ACTIVE, review_on=review_on)
    plan_series(
        by=by,
        support=support,
        worker=volunteer.account,
        first_day=weekly.first_day,
        time=weekly.time,
        minutes=weekly.minutes,
        weeks=weekly.weeks,
        confirmed=confirmed,
    )
    say(by, "match.started", match, started_on=today.isoformat())
    return match


def assign(support: Support, volunteer: Volunteer, started_on: dt.date) -> Assignment:
    """The row that gives access. Raises MatchRefused where the two have one already."""
    try:
        with transaction.atomic():
            return Assignment.objects.create(
                support=support, family=support.family, worker=volunteer.account, starts_on=started_on
            )
    except IntegrityError as error:
        if "assignment_no_overlap" not in str(error):
            raise
        together = support.assignments.filter(worker=volunteer.account).order_by("-starts_on").first()
        since = day_in_words(together.starts_on) if together else ""
        sentence = _("{name} has been with this family since {day}. Choose a day after that match ended.")
        raise MatchRefused({"volunteer": sentence.format(name=volunteer.display_name, day=since)}) from error


def goodbye_today(support: Support, volunteer: Volunteer, started_on: dt.date) -> None:
    """Where the two parted today and begin again today, the earlier spell ends as the new one begins."""
    parting = support.assignments.filter(
        worker=volunteer.account, match__state=M.ENDED, starts_on__lte=started_on, ends_on__gt=started_on
    )
    parting.filter(match__ended_on=started_on).update(ends_on=started_on, updated_at=timezone.now())
