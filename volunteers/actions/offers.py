"""From a suggestion to two answers: each side is asked apart, without names, and answers apart."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from families.models import FamilyMember, Support
from volunteers.actions.anonymous import check_description
from volunteers.actions.pairing import MatchRefused, check_pair, check_volunteer, hold_match, hold_pair, move_match, say
from volunteers.models import (
    MATCH_MACHINE,
    FamilyOffer,
    Match,
    MatchState,
    Reply,
    Side,
    Told,
    Volunteer,
    VolunteerOffer,
)
from volunteers.models.match import HOLDING, Kind

M = MatchState
ASKED = (M.OFFERED_TO_VOLUNTEER, M.OFFERED_TO_FAMILY)


@transaction.atomic
def suggest_match(
    *, by: User, support: Support, volunteer: Volunteer, kind: str = Kind.ORDINARY, beside: Match | None = None
) -> Match:
    """Put down that these two could meet, and give the match: nobody has been asked yet.

    `kind` and `beside`: a cover for a match that is paused, or a handover from one that holds. Writes
    "match.suggested". Raises MatchRefused when the asker does not coordinate the service, the support neither waits
    nor runs, the volunteer is not ready or has no place, the two are together or asked already, or one said never.
    """
    support, volunteer = hold_pair(by, support, volunteer)
    check_pair(by, support, volunteer)
    if (kind == Kind.ORDINARY) != (beside is None):
        raise MatchRefused(_("A cover or a handover stands beside another match."))
    if beside and (beside.support_id != support.pk or beside.state not in HOLDING):
        raise MatchRefused(_("A cover or a handover stands beside a match of this support that holds."))
    match = Match.objects.create(
        family=support.family, support=support, volunteer=volunteer, state=M.SUGGESTED, kind=kind, beside=beside
    )
    MATCH_MACHINE.note_start(match, by=by)
    say(by, "match.suggested", match, kind=kind)
    return match


@transaction.atomic
def offer_match(*, by: User, match: Match, side: str, description: str) -> Match:
    """Ask one side, in words that name nobody, and give the match. The volunteer finds it on their own page.

    Both may be asked at once or one after the other. From here on the volunteer's place is taken. Asked again with
    other words before there was an answer, the newer words stand. Writes "match.offered". Raises MatchRefused as
    `suggest_match` does, where the words tell who somebody is, and where this side has answered.
    """
    support, volunteer = hold_pair(by, match.support, match.volunteer)
    match = hold_match(by, match)
    if match.state not in {M.SUGGESTED, *ASKED}:
        raise MatchRefused(_("This match has moved on. Open it again to see where it stands now."))
    check_pair(by, support, volunteer, match)
    check_description(description, family=support.family, volunteer=volunteer)
    told = {"family": support.family, "support": support, "description": description, "asked_by": by}
    if side == Side.VOLUNTEER:
        _ask(VolunteerOffer, match, told | {"volunteer": volunteer})
    elif side == Side.FAMILY:
        _ask(FamilyOffer, match, told)
    else:
        raise MatchRefused(_("Choose whom you ask."))
    to = M.OFFERED_TO_FAMILY if side == Side.FAMILY else M.OFFERED_TO_VOLUNTEER
    if match.state != to and MATCH_MACHINE.find(match.state, to):
        move_match(by, match, to)
    say(by, "match.offered", match, side=side)
    return match


def _ask(model: type[VolunteerOffer] | type[FamilyOffer], match: Match, told: dict[str, object]) -> None:
    stored = model._base_manager.select_for_update(of=("self",)).filter(match=match).first()
    if stored and stored.answer:
        raise MatchRefused(_("They have answered already."))
    model._base_manager.update_or_create(match=match, defaults=told)


@transaction.atomic
def answer_offer(*, by: User, offer: VolunteerOffer, answer: str, words: str = "") -> VolunteerOffer:
    """Keep what the volunteer themselves answers, and give the offer; a no needs no reason.

    The family's answer is not looked at and not told. Writes "match.answered". Raises MatchRefused where the offer
    is not theirs, is closed, or was answered otherwise.
    """
    if not VolunteerOffer.objects.asked_of(by).filter(pk=offer.pk).exists():
        raise MatchRefused(_("This was not asked of you."))
    # A volunteer sees the match itself only once it has begun.
    with acting_as(Scope.ALL, by.pk):
        rows = Match.objects.select_for_update(of=("self",)).select_related("support__service", "family")
        match = rows.select_related("volunteer__user").get(pk=offer.match_id)
        stored = VolunteerOffer.objects.select_for_update().get(pk=offer.pk)
        if stored.closed_at or (match.state not in ASKED and not stored.answer):
            raise MatchRefused(_("This is not asked any more. Thank you for thinking about it."))
        if answer == Reply.YES:
            check_volunteer(match.support, match.volunteer)
        _keep(by, match, stored, answer, Told.THEMSELVES, words)
    stored.refresh_from_db()
    return stored


@transaction.atomic
def record_answer(
    *, by: User, match: Match, side: str, answer: str, told: str, words: str = "", said_by: FamilyMember | None = None
) -> Match:
    """Write down what a side told the coordinator, and give the match: the family's answer, or the volunteer's.

    `told`: face to face, by phone or in a message; `said_by`: which adult of the family. Writes "match.answered".
    Raises MatchRefused for a field that is missing, and where nobody was asked or the answer stands already.
    """
    match = hold_match(by, match)
    offer: VolunteerOffer | FamilyOffer | None
    if side == Side.VOLUNTEER:
        offer = VolunteerOffer.objects.select_for_update().filter(match=match).first()
    else:
        offer = FamilyOffer.objects.select_for_update().filter(match=match).first()
    if offer is None or match.state not in ASKED:
        raise MatchRefused(_("There is nothing to answer now. Open the match again to see where it stands."))
    if told not in {Told.FACE_TO_FACE, Told.BY_PHONE, Told.MESSAGE}:
        raise MatchRefused({"told": _("Choose how they told you.")})
    if isinstance(offer, FamilyOffer):
        ours = match.family.members.current().filter(pk=said_by.pk if said_by else 0)
        if said_by is None or not ours.exists():
            raise MatchRefused({"said_by": _("Choose who of the family answered.")})
        offer.said_by = said_by
    _keep(by, match, offer, answer, told, words)
    return match


def _keep(by: User, match: Match, offer: VolunteerOffer | FamilyOffer, answer: str, told: str, words: str) -> None:
    if answer not in {Reply.YES, Reply.NO}:
        raise MatchRefused({"answer": _("Choose yes or no. Both are fine.")})
    if offer.answer:
        if offer.answer == answer:
            return
        raise MatchRefused(_("There is an answer already. Please talk with each other about it."))
    offer.answer, offer.told, offer.words = answer, told, words
    offer.answered_at, offer.recorded_by = timezone.now(), by
    offer.save()
    side = Side.VOLUNTEER if isinstance(offer, VolunteerOffer) else Side.FAMILY
    if answer == Reply.NO:
        move_match(by, match, M.DECLINED_BY_VOLUNTEER if side == Side.VOLUNTEER else M.DECLINED_BY_FAMILY)
        close_offer(match)
    say(by, "match.answered", match, side=side, answer=answer)


def close_offer(match: Match) -> None:
    """What the volunteer was asked is over; their page says that it did not come about, and not why."""
    open_now = VolunteerOffer.objects.filter(match=match, closed_at=None)
    open_now.update(closed_at=timezone.now(), updated_at=timezone.now())


@transaction.atomic
def withdraw_match(*, by: User, match: Match, words: str = "") -> Match:
    """Take a match back before it began, and give it; nobody is at fault. Writes "match.withdrawn".

    Visits to introduce the two that are still planned stay planned: the family may expect somebody. Raises
    MatchRefused where it has begun, or is over.
    """
    match = hold_match(by, match)
    move_match(by, match, M.WITHDRAWN, note=words)
    close_offer(match)
    say(by, "match.withdrawn", match)
    return match
