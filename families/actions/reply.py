"""What an adult says back, and how it is answered: you said, we did."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.limits import too_often_about
from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import london_today
from betterstart.transitions.machine import MoveRefused
from families.actions.editing import save_edit
from families.models import (
    FamilyMember,
    FamilyReply,
    HowHeard,
    HowSaid,
    RecordPart,
    ReplyKind,
    ReplyOutcome,
    ReplyState,
    Support,
    SupportState,
    Transfer,
    TransferState,
    Visit,
    VisitState,
)
from families.models.own_words import VOICES
from families.models.reply import (
    ANSWERED_UNTIL,
    CORRECTED_KINDS,
    NEED_WORDS,
    NOTE_KINDS,
    REPLY_MACHINE,
    WAITING_REPLIES,
)
from families.models.visit import SET_ASIDE_STATES

MOST_AN_HOUR = 30
MOST_STEPS = 20


class ReplyRefused(ValidationError):
    """This cannot be said or answered so. `error_dict` has a sentence for each field."""


@transaction.atomic
def say_back(
    *,
    by: User | None,
    adult: FamilyMember,
    kind: str,
    words: str = "",
    language: str = "",
    visit: Visit | None = None,
    visit_version: int = 0,
    support: Support | None = None,
    about: str = "",
    coordinator_only: bool = False,
    follows: uuids.UUID | None = None,
    uuid: uuids.UUID | None = None,
) -> FamilyReply:
    """Keep what an adult says, and give the row: beside a note (`visit`), or to a service that is with them.

    `by` None: they wrote it on their own page, which acts as their own database role; else this person wrote down
    what they were told. `visit_version`: of the note, as they read it. `support` may be left out where only one can be
    meant. `follows`: the id of what they said before, whose answer they go on from. `uuid` makes sending twice one row,
    and a wish that still waits is not asked for twice. Writes "reply.said". Raises ReplyRefused.
    """
    if uuid and (sent := FamilyReply.objects.said_by(adult).filter(uuid=uuid).first()):
        return sent
    if visit and kind == ReplyKind.CORRECTION:
        about = RecordPart.NOTE
    _check_words(kind, words, about, visit)
    if adult.role not in VOICES or (adult.left_on and by is None):
        raise ReplyRefused(_("Only an adult of the family can say this."))
    before = FamilyReply.objects.said_by(adult).filter(uuid=follows).first() if follows else None
    if follows and before is None:
        raise ReplyRefused(_("This form was used before. Please open a new one."))
    if by is None and too_often_about("reply", str(adult.uuid), most=MOST_AN_HOUR):
        raise ReplyRefused(_("That was a lot for one hour. Your words are still here: please send them later."))
    with acting_as(Scope.ALL, by.pk if by else None):
        if visit:
            visit = _note(adult, visit)
        meant = support.pk if support else before.support_id if before else None
        answers = _who_answers(adult, visit, meant)
    if by and not Support.objects.coordinated_by(by).filter(pk=answers.pk).exists():
        raise ReplyRefused(_("You do not coordinate this service."))
    if kind == ReplyKind.OTHER_VOLUNTEER:
        if not answers.is_open:
            raise ReplyRefused({"kind": _("Nobody visits you with this service now.")})
        asked = FamilyReply.objects.said_by(adult).waiting().filter(kind=kind, support=answers)
        if wish := asked.first():
            return wish
    row = FamilyReply(
        uuid=uuid or uuids.uuid4(),
        family_id=adult.family_id,
        support=answers,
        member=adult,
        visit=visit,
        visit_version=min(visit_version or visit.version, visit.version) if visit else None,
        kind=kind,
        about=about,
        words=words,
        language=language,
        coordinator_only=coordinator_only and kind in NOTE_KINDS,
        how=HowSaid.TOLD if by else HowSaid.OWN_PAGE,
        written_by=by,
        follows=before,
        state=ReplyState.KEPT if kind == ReplyKind.RIGHT and not words else ReplyState.SAID,
    )
    return _add(by, row)


def _add(by: User | None, row: FamilyReply) -> FamilyReply:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if sent := FamilyReply.objects.said_by(row.member).filter(uuid=row.uuid).first():
            return sent  # two taps in the same moment
        raise ReplyRefused(_("This form was used before. Please open a new one.")) from None
    with acting_as(Scope.ALL, by.pk if by else None):
        _record(by, row, "reply.said", kind=row.kind, adult=str(row.member.uuid))
    return row


def _check_words(kind: str, words: str, about: str, visit: Visit | None) -> None:
    errors: dict[str, Any] = {}
    if kind not in ReplyKind.values:
        errors["kind"] = _("Choose what comes closest.")
    elif kind in NOTE_KINDS and visit is None:
        errors["kind"] = _("Say this beside the note it is about.")
    elif kind == ReplyKind.OTHER_VOLUNTEER and visit is not None:
        errors["kind"] = _("This is not about one visit.")
    if kind in NEED_WORDS and not words.strip():
        errors["words"] = _("Write a few words, in any language.")
    if (about and about not in RecordPart.values) or (kind == ReplyKind.CORRECTION and not about):
        errors["about"] = _("Choose what comes closest.")
    if errors:
        raise ReplyRefused(errors)


def _note(adult: FamilyMember, visit: Visit) -> Visit:
    """The visit as it stands now: an adult on their own page sees only part of it."""
    now = Visit.objects.filter(pk=visit.pk, family=adult.family_id).exclude(state=VisitState.PLANNED)
    note = now.exclude(state__in=SET_ASIDE_STATES).first()
    if note is None:
        raise ReplyRefused(_("This note is not there any more. Your words are still here."))
    return note


def _who_answers(adult: FamilyMember, visit: Visit | None, support: int | None) -> Support:
    """The support under which this is answered. Needs to see every support of the family."""
    about = visit.support_id if visit else support
    mine = Support.objects.select_related("service__organisation")
    begun = mine.get(pk=about) if about else _only_one(adult)
    answers = _goes_on_in(begun, keeps_note=visit is not None)
    if answers.family_id != adult.family_id:
        raise ReplyRefused(_("Choose who it is for."))
    if answers.ended_on and answers.ended_on < london_today() - ANSWERED_UNTIL:
        raise ReplyRefused(
            _("This was more than a year ago. Please ring or write to {organisation}; they must answer you.").format(
                organisation=answers.service.organisation
            )
        )
    return answers


def _only_one(adult: FamilyMember) -> Support:
    mine = Support.objects.filter(family=adult.family_id).select_related("service")
    here = list(mine.open()[:2])
    if len(here) > 1:
        raise ReplyRefused({"support": _("Choose who it is for.")})
    last = here[0] if here else mine.order_by("-ended_on", "-pk").first()
    if last is None:
        raise ReplyRefused(_("No service is with you now."))
    return last


def _goes_on_in(support: Support, *, keeps_note: bool) -> Support:
    """Where a support moved to another service, that one. A note is answered for by the organisation that keeps it."""
    for _step in range(MOST_STEPS):
        if support.state != SupportState.TRANSFERRED:
            break
        moves = Transfer.objects.filter(support=support, state=TransferState.ACCEPTED)
        if keeps_note:
            moves = moves.filter(to_service__organisation=support.service.organisation_id)
        move = moves.select_related("new_support__service").first()
        if move is None or move.new_support is None:
            break
        support = move.new_support
    return support


@transaction.atomic
def mark_seen(*, by: User, reply: FamilyReply) -> FamilyReply:
    """A coordinator of the service opened it: the adult can see that it was read. Twice is the same as once.

    Writes "reply.seen". Raises ReplyRefused.
    """
    _must_answer_for(by, reply)
    if reply.state == ReplyState.SAID:
        try:
            REPLY_MACHINE.move(reply, to=ReplyState.SEEN, by=by, seen_at=timezone.now(), seen_by=by)
        except MoveRefused:  # a colleague was quicker
            reply.refresh_from_db(fields=["state", "seen_at", "seen_by"])
            return reply
        _record(by, reply, "reply.seen")
    return reply


@transaction.atomic
def answer_reply(
    *,
    by: User,
    reply: FamilyReply,
    answer: str,
    heard: str,
    outcome: str = "",
    did: str = "",
    answer_in_theirs: str = "",
) -> FamilyReply:
    """Say back what became of it; only this closes a reply, and the adult can read it, or was told.

    "We changed it" about a note needs the note to be changed first. Writes "reply.answered". Raises ReplyRefused,
    MoveRefused (somebody else answered, or the answer could not be heard).
    """
    _must_answer_for(by, reply)
    errors: dict[str, Any] = {}
    if not answer.strip():
        errors["answer"] = _("Write what you say back to {name}.").format(name=reply.first_name)
    if heard not in HowHeard.values:
        errors["heard"] = _("Say how {name} hears of it.").format(name=reply.first_name)
    if reply.kind in CORRECTED_KINDS and outcome not in ReplyOutcome.values:
        errors["outcome"] = _("Say what became of it.")
    elif outcome == ReplyOutcome.CHANGED and not _was_changed(reply):
        errors["outcome"] = _("The note is as it was when they wrote. Change it first, or choose what else holds.")
    if errors:
        raise ReplyRefused(errors)
    facts: dict[str, Any] = {"answer": answer, "answer_in_theirs": answer_in_theirs, "did": did, "heard": heard}
    facts |= {"outcome": outcome if reply.kind in CORRECTED_KINDS else ""}
    REPLY_MACHINE.move(reply, to=ReplyState.ANSWERED, by=by, answered_at=timezone.now(), answered_by=by, **facts)
    _record(by, reply, "reply.answered", kind=reply.kind, outcome=reply.outcome, heard=heard)
    return reply


def _was_changed(reply: FamilyReply) -> bool:
    """Of a note we know; of other parts of the record whoever answers does."""
    if reply.visit_id is None or reply.visit_version is None:
        return True
    now = Visit.objects.filter(pk=reply.visit_id).values_list("version", "state").first()
    return now is not None and (now[0] > reply.visit_version or now[1] == VisitState.WITHDRAWN)


@transaction.atomic
def translate_reply(*, by: User, reply: FamilyReply, version: int, translation: str, translated_by: str) -> FamilyReply:
    """Put a translation beside the words, with who made it; the words stay as they are.

    Writes "reply.translated". Raises ReplyRefused, StaleEdit.
    """
    _must_answer_for(by, reply)
    if translation.strip() and not translated_by.strip():
        raise ReplyRefused({"translated_by": _("Say who translated it.")})
    if save_edit(reply, version=version, translation=translation, translated_by=translated_by):
        _record(by, reply, "reply.translated")
    return reply


def hand_on_replies(*, support: Support, new: Support) -> int:
    """A support went on in another service: what waits there for an answer goes along within one organisation, and
    stays with whom it was told beyond it. Gives how many went. Needs `Scope.ALL` and a transaction.
    """
    if support.service.organisation_id != new.service.organisation_id:
        return 0
    waiting = FamilyReply.objects.filter(support=support, state__in=WAITING_REPLIES)
    return waiting.update(support=new)


def _must_answer_for(by: User, reply: FamilyReply) -> None:
    if not FamilyReply.objects.coordinated_by(by).filter(pk=reply.pk).exists():
        raise ReplyRefused(_("You do not coordinate this service."))


def _record(by: User | None, row: FamilyReply, verb: str, **details: Any) -> None:
    """Never what was said."""
    record(by=by, verb=verb, target=row, label=row.member.family.reference, family_id=row.family_id, details=details)
