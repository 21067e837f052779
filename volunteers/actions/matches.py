"""Who visits whom: a match begins and ends, and the access it gives begins and ends with it."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import day_in_words, london_today
from betterstart.transitions.machine import MoveRefused
from families.models import Assignment, Support, SupportState
from volunteers.models import MATCH_MACHINE, Match, MatchEndReason, MatchState, Volunteer

MATCHED_STATES = (SupportState.WAITING, SupportState.ACTIVE)


class MatchRefused(ValidationError):
    """The match cannot start or end like this. `error_dict` has the sentences by field."""


def families_now(volunteer: Volunteer, by: User) -> int:
    """How many families a volunteer is with or has been offered, also those the asker may not see."""
    with acting_as(Scope.ALL, by.pk):
        return Match.objects.taking_a_place().filter(volunteer=volunteer).count()


@transaction.atomic
def start_match(
    *, by: User, support: Support, volunteer: Volunteer, started_on: dt.date | None = None, agreed_time: str = ""
) -> Match:
    """Pair a volunteer with a family for one support, from a day (today by default), and give the match.

    Creates the assignment that gives the volunteer access, and the match; the support stays where it is, because the
    introduction visit starts it. Writes the audit event `match.started`. Raises MatchRefused when the asker does not
    coordinate the service, the support does not wait or run, the volunteer is not available or already visits as many
    families as agreed, the day lies ahead or before the support, or the two are together already.
    """
    started_on = started_on or london_today()
    if not Support.objects.coordinated_by(by).filter(pk=support.pk).exists():
        raise MatchRefused(_("You do not coordinate this service."))
    support = Support.objects.select_for_update(of=("self",)).select_related("service", "family").get(pk=support.pk)
    volunteer = Volunteer.objects.select_for_update(of=("self",)).select_related("user").get(pk=volunteer.pk)
    _check_pair(by, support, volunteer, started_on)
    _goodbye_today(support, volunteer, started_on)
    assignment = _assign(support, volunteer, started_on)
    match = Match.objects.create(
        family=support.family,
        support=support,
        volunteer=volunteer,
        assignment=assignment,
        state=MatchState.ACTIVE,
        started_on=started_on,
        agreed_time=agreed_time,
    )
    MATCH_MACHINE.note_start(match, by=by)
    record(
        by=by,
        verb="match.started",
        target=match,
        label=support.family.reference,
        family_id=support.family_id,
        details={"volunteer": volunteer.user_id, "started_on": started_on.isoformat()},
    )
    return match


def _check_pair(by: User, support: Support, volunteer: Volunteer, started_on: dt.date) -> None:
    name = volunteer.display_name
    if support.state not in MATCHED_STATES:
        sentence = _("A match begins while a family waits for a volunteer or is visited. This support is: {now}.")
        raise MatchRefused(sentence.format(now=support.get_state_display()))
    if not Volunteer.objects.available_to(support.service).filter(pk=volunteer.pk).exists():
        raise MatchRefused({"volunteer": _("{name} does not volunteer with this organisation now.").format(name=name)})
    if started_on > london_today():
        raise MatchRefused({"started_on": _("Choose today or an earlier day. Access begins with the match.")})
    if started_on < support.accepted_on:
        sentence = _("This support began on {day}. A match cannot be earlier than that.")
        raise MatchRefused({"started_on": sentence.format(day=day_in_words(support.accepted_on))})
    now = families_now(volunteer, by)
    if now >= volunteer.most_families:
        sentence = ngettext(
            "{name} visits {n} family already, as many as agreed.",
            "{name} visits {n} families already, as many as agreed.",
            now,
        )
        raise MatchRefused({"volunteer": sentence.format(name=name, n=now)})


def _assign(support: Support, volunteer: Volunteer, started_on: dt.date) -> Assignment:
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


def _goodbye_today(support: Support, volunteer: Volunteer, started_on: dt.date) -> None:
    """Where the two parted today and begin again today, the earlier spell ends as the new one begins."""
    parting = support.assignments.filter(
        worker=volunteer.account, match__state=MatchState.ENDED, starts_on__lte=started_on, ends_on__gt=started_on
    )
    parting.filter(match__ended_on=started_on).update(ends_on=started_on, updated_at=timezone.now())


def _first_day_without(match: Match, reason: str) -> dt.date:
    """From when on the volunteer of a match that ends today no longer sees the family."""
    keeps_today = reason != MatchEndReason.SAFETY and match.volunteer.account.is_active
    if keeps_today and Match.objects.with_role().filter(pk=match.pk, has_role=True).exists():
        return london_today() + dt.timedelta(days=1)
    return london_today()


@transaction.atomic
def end_match(*, by: User, match: Match, reason: str, note: str = "") -> Match:
    """End a match today, with its reason. Gives the match back.

    The volunteer sees the family until the day is over, so that a visit of today can be written down; at once not any
    more where it ends for safety, or where the volunteer has no access as one.

    Visits already planned stay planned, because the family may be expecting somebody: they wait on the coordinator's
    Today until each is moved or called off. Writes the audit event `match.ended`. Raises MatchRefused when the asker
    does not coordinate the service, the match has ended, or the reason is not one of ours.
    """
    if not Match.objects.coordinated_by(by).filter(pk=match.pk).exists():
        raise MatchRefused(_("You do not coordinate this service."))
    if reason not in MatchEndReason.values:
        raise MatchRefused({"reason": _("Choose why it ends.")})
    today = london_today()
    try:
        MATCH_MACHINE.move(
            match, to=MatchState.ENDED, by=by, reason=reason, note=note, ended_on=today, end_reason=reason
        )
    except MoveRefused as refusal:
        over = Match.objects.filter(pk=match.pk, state=MatchState.ENDED).exists()
        raise MatchRefused(_("This match has already ended.") if over else str(refusal)) from refusal
    assignment = Assignment.objects.select_for_update(of=("self",)).get(match=match)
    first_day_without = _first_day_without(match, reason)
    if assignment.ends_on is None or assignment.ends_on > first_day_without:
        assignment.ends_on = first_day_without
        assignment.save(update_fields=["ends_on", "updated_at"])
    record(
        by=by,
        verb="match.ended",
        target=match,
        label=match.family.reference,
        family_id=match.family_id,
        reason=reason,
        details={"volunteer": match.volunteer.user_id},
    )
    return match
