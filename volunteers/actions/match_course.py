"""While two are together: a pause, going on, and a goodbye that is planned or not. Each side is asked apart."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import london_today
from families.models import Assignment, FamilyMember, SupportState
from families.models.support import CLOSED_STATES
from volunteers.actions.introductions import assign
from volunteers.actions.offers import close_offer
from volunteers.actions.pairing import MatchRefused, check_never, check_volunteer, hold_match, move_match, say
from volunteers.models import (
    LookingBack,
    Match,
    MatchEndReason,
    MatchFeedback,
    MatchState,
    Side,
    Told,
    Volunteer,
)

M = MatchState
SUSPENDED = "suspended"
LONGEST_PAUSE = dt.timedelta(weeks=26)


@transaction.atomic
def pause_match(*, by: User, match: Match, until: dt.date, words: str = "") -> Match:
    """The two rest until a day, and give the match. They stay together, and the volunteer keeps what they may see.

    Writes "match.paused". Raises MatchRefused where the asker does not coordinate the service, the match is not
    active, or the day is not ahead, or more than half a year.
    """
    match = hold_match(by, match)
    if not london_today() < until <= london_today() + LONGEST_PAUSE:
        raise MatchRefused({"until": _("Choose a day after today, at most half a year ahead.")})
    move_match(by, match, M.PAUSED, note=words, paused_until=until)
    say(by, "match.paused", match, until=until.isoformat())
    return match


@transaction.atomic
def suspend_matches(*, by: User, volunteer: Volunteer) -> list[Match]:
    """A volunteer is suspended: everything with families stops at once. Gives the matches that stopped.

    Matches that hold are paused with no day of going on, and the access they gave is gone in this transaction; what
    had not begun is taken back. Called in the transaction of the suspension, by whoever may suspend; visits stay
    planned, and wait on the coordinators' Today. Writes "match.paused" and "match.withdrawn".
    """
    with acting_as(Scope.ALL, by.pk):
        rows = Match.objects.open().filter(volunteer=volunteer).select_for_update(of=("self",))
        matches = list(rows.select_related("family", "volunteer").order_by("pk"))
        for match in matches:
            _stop(by, match)
    return matches


def _stop(by: User, match: Match) -> None:
    if not match.holds:
        move_match(by, match, M.WITHDRAWN, reason=SUSPENDED)
        close_offer(match)
        say(by, "match.withdrawn", match, reason=SUSPENDED)
        return
    if match.state == M.ACTIVE:
        move_match(by, match, M.PAUSED, reason=SUSPENDED, paused_until=None)
        say(by, "match.paused", match, reason=SUSPENDED)
    let_go(match, london_today())


def let_go(match: Match, on: dt.date) -> None:
    """From this day on the volunteer of this match no longer sees the family."""
    held = Assignment.objects.filter(match=match).exclude(ends_on__lte=on)
    held.update(ends_on=Greatest("starts_on", on), updated_at=timezone.now())


@transaction.atomic
def resume_match(*, by: User, match: Match) -> Match:
    """The two go on after a pause, or after all where an ending was planned, and give the match.

    A volunteer whose access was taken gets it anew from today. Writes "match.resumed". Raises MatchRefused where the
    volunteer cannot be with families now, the support is over, or the match neither rests nor ends.
    """
    match = hold_match(by, match)
    check_volunteer(match.support, match.volunteer)
    check_never(by, match.support, match.volunteer)
    if match.support.state in CLOSED_STATES:
        raise MatchRefused(_("The support has ended. End this match, too."))
    changes: dict[str, Any] = {"paused_until": None, "ending_on": None, "end_reason": ""}
    if not Assignment.objects.in_force().filter(match=match).exists():
        changes["assignment"] = assign(match.support, match.volunteer, london_today())
    move_match(by, match, M.ACTIVE, **changes)
    MatchFeedback.objects.waiting().filter(match=match).delete()
    say(by, "match.resumed", match)
    return match


@transaction.atomic
def plan_match_ending(*, by: User, match: Match, reason: str, ending_on: dt.date, words: str = "") -> Match:
    """Agree with both on a goodbye: why, and the day of the last visit. Gives the match.

    Each side is asked apart how it was. Writes "match.ending_planned". Raises MatchRefused where the match is not
    active or paused, the reason is not one of ours, or the day has passed; for safety nothing is planned.
    """
    match = hold_match(by, match)
    if reason == MatchEndReason.SAFETY:
        raise MatchRefused({"reason": _("End it now: access goes at once.")})
    if ending_on < london_today():
        raise MatchRefused({"ending_on": _("Choose today or a day ahead.")})
    if reason not in MatchEndReason.values:
        raise MatchRefused({"reason": _("Choose why it ends.")})
    move_match(
        by, match, M.ENDING, reason=reason, note=words, ending_on=ending_on, end_reason=reason, paused_until=None
    )
    ask_looking_back(match, reason)
    say(by, "match.ending_planned", match, ending_on=ending_on.isoformat(), reason=reason)
    return match


def ask_looking_back(match: Match, reason: str) -> None:
    """Ask both sides, apart, how it was; nobody where it ends for safety, and no family that is left in peace."""
    if reason == MatchEndReason.SAFETY:
        return
    of = {"match": match, "family": match.family, "support": match.support}
    MatchFeedback.objects.get_or_create(match=match, side=Side.VOLUNTEER, defaults=of | {"volunteer": match.volunteer})
    if match.family.silent_since is None:
        MatchFeedback.objects.get_or_create(match=match, side=Side.FAMILY, defaults=of)


@transaction.atomic
def end_match(*, by: User, match: Match, reason: str, note: str = "") -> Match:
    """End a match today, with its reason. Gives the match back.

    The volunteer sees the family until the day is over, so that a visit of today can be written down; at once not any
    more where it ends for safety, or where the volunteer has no access as one. Both sides are asked apart how it was,
    if they were not yet.

    Visits already planned stay planned, because the family may be expecting somebody: they wait on the coordinator's
    Today until each is moved or called off. Writes the audit event `match.ended`. Raises MatchRefused when the asker
    does not coordinate the service, the match does not hold, or the reason is not one of ours.
    """
    match = hold_match(by, match)
    if reason not in MatchEndReason.values:
        raise MatchRefused({"reason": _("Choose why it ends.")})
    if match.state == M.ENDED:
        raise MatchRefused(_("This match has already ended."))
    planned = was_planned(match, reason)
    ended = {"ended_on": london_today(), "end_reason": reason, "was_planned": planned, "paused_until": None}
    move_match(by, match, M.ENDED, reason=reason, note=note, **ended)
    let_go(match, _first_day_without(match, reason))
    ask_looking_back(match, reason)
    say(by, "match.ended", match, reason=reason, planned=planned)
    return match


def _first_day_without(match: Match, reason: str) -> dt.date:
    """From when on the volunteer of a match that ends today no longer sees the family."""
    keeps_today = reason != MatchEndReason.SAFETY and match.volunteer.account.is_active
    if keeps_today and Match.objects.with_role().filter(pk=match.pk, has_role=True).exists():
        return london_today() + dt.timedelta(days=1)
    return london_today()


def was_planned(match: Match, reason: str) -> bool:
    """Whether a goodbye was prepared: an ending had been agreed, the goals were met, or the support ends as planned.

    An ending for safety is never a planned one.
    """
    if reason == MatchEndReason.SAFETY:
        return False
    support_planned = match.support.state in {SupportState.ENDING, SupportState.ENDED_PLANNED}
    return (
        match.state == M.ENDING
        or reason == MatchEndReason.GOALS_MET
        or (reason == MatchEndReason.SUPPORT_ENDED and support_planned)
    )


@transaction.atomic
def look_back(*, by: User, feedback: MatchFeedback, answer: str, words: str = "") -> MatchFeedback:
    """Keep what a volunteer says of a match that ends or ended, and give it; said again, the newest counts.

    Writes "match.looked_back", without the answer. Raises MatchRefused.
    """
    stored = MatchFeedback.objects.asked_of(by).select_for_update(of=("self",)).filter(pk=feedback.pk).first()
    if stored is None:
        raise MatchRefused(_("This was not asked of you."))
    return _said(by, stored, answer, words, Told.THEMSELVES)


@transaction.atomic
def record_looking_back(
    *, by: User, feedback: MatchFeedback, answer: str, told: str, words: str = "", said_by: FamilyMember | None = None
) -> MatchFeedback:
    """Write down how a side found it, as they told the coordinator, and give it. `said_by`: an adult of the family.

    Writes "match.looked_back", without the answer. Raises MatchRefused for a field that is missing.
    """
    match = hold_match(by, feedback.match)
    stored = MatchFeedback.objects.select_for_update(of=("self",)).get(pk=feedback.pk)
    if told not in {Told.FACE_TO_FACE, Told.BY_PHONE, Told.MESSAGE}:
        raise MatchRefused({"told": _("Choose how they told you.")})
    if stored.side == Side.FAMILY:
        if said_by is None or not match.family.members.all().filter(pk=said_by.pk).exists():
            raise MatchRefused({"said_by": _("Choose who of the family said it.")})
        stored.said_by = said_by
    return _said(by, stored, answer, words, told)


def _said(by: User, feedback: MatchFeedback, answer: str, words: str, told: str) -> MatchFeedback:
    if answer not in LookingBack.values:
        raise MatchRefused({"answer": _("Choose what comes closest.")})
    feedback.answer, feedback.words, feedback.told = answer, words, told
    feedback.answered_at, feedback.recorded_by = timezone.now(), by
    feedback.save()
    # A volunteer whose match has ended does not see the family any more: its row is named by its number alone.
    record(by=by, verb="match.looked_back", target=feedback, family_id=feedback.family_id)
    return feedback


@transaction.atomic
def note_talked(*, by: User, match: Match) -> Match:
    """The coordinator has rung: after the first visit, or both sides after a goodbye that nobody planned.

    Gives the match. Writes "match.talked". Raises MatchRefused where no such call waits.
    """
    match = hold_match(by, match)
    field = "after_call_on" if match.state == M.ENDED else "first_call_on"
    if match.state not in {M.ENDED, M.ACTIVE, M.PAUSED, M.ENDING} or getattr(match, field):
        raise MatchRefused(_("No call waits here."))
    setattr(match, field, london_today())
    match.save(update_fields=[field, "updated_at"])
    say(by, "match.talked", match, about=field)
    return match
