"""A planned ending, step by step; how it is taken back; and the word with the family some weeks later."""

from __future__ import annotations

import datetime as dt
import uuid as uuids
from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import at_london, day_in_words, london_date, london_today
from betterstart.reminders.actions import say
from betterstart.reminders.models import Audience
from betterstart.transitions.models import Transition
from families.actions.answer import AnswerRefused, give_permission
from families.actions.editing import StaleEdit
from families.actions.family import NotYourService
from families.actions.sharing import may_tell_referrer, referrer_of
from families.actions.support import edit_support, move_support
from families.actions.visit_plan import no_such_hour, plan_visit
from families.actions.visit_rules import VisitRefused
from families.models import (
    Address,
    Answer,
    Channel,
    ContactMethod,
    EndingReason,
    EndingStep,
    FamilyMember,
    FollowUp,
    FollowUpOutcome,
    HowAnswered,
    MemberRole,
    PostedLetter,
    Score,
    Stage,
    StepKind,
    StepOutcome,
    Support,
    SupportState,
    TurnTo,
    Visit,
    VisitPurpose,
    Way,
    What,
)
from families.models.contact_change import changes_of, known_addresses, ways_used_by
from families.models.posted_letter import Posting, where_to_post
from families.models.reaching import people_to_reach
from families.models.safe_contact import Content, Person, Verdict, may_contact

S = SupportState
USUAL_NOTICE = dt.timedelta(weeks=4)
FURTHEST_ENDING = dt.timedelta(weeks=26)
FOLLOW_UP_FROM, FOLLOW_UP_BY = dt.timedelta(weeks=6), dt.timedelta(weeks=8)
# Later than this a call would surprise more than it helps: the family is no longer asked.
FOLLOW_UP_GONE = dt.timedelta(weeks=12)
# After these nobody is asked some weeks later how it is going.
NOT_FOLLOWED_UP = (EndingReason.DEATH, EndingReason.CHILD_REMOVED, EndingReason.LOST_TOUCH, EndingReason.UNSAFE)
# What may still be given to the family once the support has ended.
AFTERWARDS = (StepKind.TURN_TO, StepKind.LETTER, StepKind.REFERRER, StepKind.KEEPSAKE)


class EndingRefused(ValidationError):
    """A step of an ending cannot be taken like this. `error_dict` has the sentences by field."""


class EndingNeedsAnswer(Exception):
    """Unusual, not impossible: `questions` maps "soon" to a sentence. The same call with it `confirmed` goes on."""

    def __init__(self, questions: dict[str, str]) -> None:
        super().__init__(", ".join(questions))
        self.questions = questions


@transaction.atomic
def agree_ending(
    *, by: User, support: Support, ending_on: dt.date, reason: str, note: str = "", confirmed: Collection[str] = ()
) -> Support:
    """Agree the day of the last visit, or another day for an ending that is being prepared, and give the support.

    Sooner than four weeks is asked, not refused. Writes "support.moved" or "support.changed". Raises NotYourService,
    EndingRefused, EndingNeedsAnswer, MoveRefused, SupportRefused.
    """
    support = _held(by, support)
    today = london_today()
    if not today <= ending_on <= today + FURTHEST_ENDING:
        sentence = _("Choose a day from today on, at most half a year away.")
        raise EndingRefused({"ending_on": sentence})
    moved_nearer = support.ending_on is None or ending_on < support.ending_on
    if ending_on < today + USUAL_NOTICE and moved_nearer and "soon" not in confirmed:
        sentence = _("Yes, the family knows and agrees that it is sooner than four weeks: {day}.")
        raise EndingNeedsAnswer({"soon": sentence.format(day=day_in_words(ending_on))})
    if support.state != S.ENDING:
        return move_support(by=by, support=support, to=S.ENDING, reason=reason, note=note, ending_on=ending_on)
    return edit_support(by=by, support=support, version=support.version, ending_on=ending_on, ending_reason=reason)


@transaction.atomic
def plan_ending_visits(
    *,
    by: User,
    support: Support,
    worker: User,
    days: Sequence[dt.date],
    time: dt.time,
    minutes: int,
    mode: str,
    uuid: uuids.UUID,
    confirmed: Collection[str] = (),
) -> list[Visit]:
    """Plan visits on these days at the same time; the one on the agreed last day is the last visit.

    All or nothing; the same `uuid` again gives the same visits. Raises what `plan_visit` raises.
    """
    support = _held(by, support)
    planned = []
    for day in sorted(days):
        try:
            start = at_london(day, time)
        except ValueError as error:
            raise VisitRefused({"time": no_such_hour(day, time)}) from error
        is_last = day == support.ending_on
        planned.append(
            plan_visit(
                by=by,
                support=support,
                worker=worker,
                planned_start=start,
                minutes=minutes,
                mode=mode,
                purpose=VisitPurpose.LAST if is_last else VisitPurpose.ORDINARY,
                uuid=uuids.uuid5(uuid, day.isoformat()),
                confirmed=confirmed,
            )
        )
    return planned


@transaction.atomic
def take_step(
    *,
    by: User,
    support: Support,
    kind: str,
    outcome: str,
    version: int | None = None,
    words: str = "",
    way: str = "",
    happened_on: dt.date | None = None,
    to: str = "",
    agreed_by: FamilyMember | None = None,
) -> EndingStep:
    """Note what became of one step of an ending, and give it. A letter or a word by email goes out with it.

    `version` is that of the step the person saw, None where there was none. Final scores are written to the support
    too, where the machine asks for them. Whoever referred them is told only with a permission: one that holds, or what
    `agreed_by` says now, which is written down ("permission.given"). Writes "ending.step_taken". Raises
    NotYourService, EndingRefused, StaleEdit.
    """
    support = _held(by, support)
    _check_step(support, kind, outcome, way, happened_on or london_today(), words)
    step = EndingStep.objects.standing().filter(support=support, kind=kind).first()
    if (step.version if step else None) != version:
        if step is None:
            raise EndingRefused(_("This ending was taken back meanwhile. Look at it again."))
        raise StaleEdit(step)
    if kind == StepKind.REFERRER and outcome == StepOutcome.DONE:
        _check_permission(by, support, agreed_by)
    is_sent_before = step is not None and step.outcome == StepOutcome.DONE
    fields: dict[str, Any] = {"outcome": outcome, "words": words, "way": way, "by": by}
    fields["happened_on"] = happened_on or london_today()
    if step is None:
        step = EndingStep(support=support, family=support.family, kind=kind)
    else:
        fields["version"] = step.version + 1
    for name, value in fields.items():
        setattr(step, name, value)
    step.save()
    if kind == StepKind.SCORES:
        _write_scores(by, support, step)
    if kind == StepKind.LETTER and way == Way.POST and outcome == StepOutcome.DONE:
        _post(by, support, step)
    if way == Way.EMAIL and outcome == StepOutcome.DONE and not is_sent_before:
        _send(by, support, step, to)
    _record(by, support, "ending.step_taken", step=kind, outcome=outcome, way=way)
    return step


def _check_step(support: Support, kind: str, outcome: str, way: str, happened_on: dt.date, words: str = "") -> None:
    afterwards = support.state == S.ENDED_PLANNED and kind in AFTERWARDS
    if support.state != S.ENDING and not afterwards:
        raise EndingRefused(_("Steps of an ending are taken once the day of the last visit is agreed."))
    if happened_on > london_today():
        raise EndingRefused({"happened_on": _("This day has not come yet.")})
    if kind == StepKind.SCORES and outcome == StepOutcome.DONE and not final_scores(support).exists():
        raise EndingRefused({"outcome": _("Write down their own numbers first, or that they preferred not to.")})
    if kind == StepKind.LETTER and outcome == StepOutcome.DONE and way not in safe_ways(support):
        raise EndingRefused({"way": _("There is no way on record to send it that is safe for the family.")})
    if kind == StepKind.LETTER and outcome == StepOutcome.DONE and way == Way.EMAIL:
        verdict = _may_get(letter_reader(support), Channel.EMAIL, words)
        if not verdict.may_later:
            raise EndingRefused({"words": verdict.why})
    if kind == StepKind.REFERRER and way == Way.EMAIL and support.family.silent_since:
        raise EndingRefused({"way": _("Nothing is sent about this family at the moment. Speak with them instead.")})


def letter_reader(support: Support) -> Person | None:
    """Whom a letter at the end is for: who does most of the caring. None where the record names nobody."""
    adults = support.family.members.current().filter(role=MemberRole.PARENT).order_by("-is_main_carer", "pk")
    reader = adults.values_list("pk", flat=True).first()
    return people_to_reach([reader])[reader] if reader else None


def final_scores(support: Support) -> models.QuerySet[Score]:
    """What the adults of a family answered at the end, since this ending was agreed."""
    agreed = Transition.objects.of("support", support.pk).filter(to_state=S.ENDING).order_by("-id").first()
    rows = Score.objects.filter(support=support, stage=Stage.END).said()
    return rows.filter(happened_on__gte=london_date(agreed.happened_at)) if agreed else rows


def safe_ways(support: Support) -> dict[str, ContactMethod | None]:
    """How a letter may reach its reader, with the contact to use: by hand always; sent only where they said yes.

    Whether it may is asked again when it is sent. What another service was told and this one has not answered is not
    used.
    """
    ways: dict[str, ContactMethod | None] = {Way.BY_HAND.value: None}
    reader = letter_reader(support)
    used = {(known.contact.channel, known.contact.value) for known in ways_used_by(support, support.family)}
    for channel, way in ((Channel.EMAIL, Way.EMAIL), (Channel.POST, Way.POST)):
        found = _may_get(reader, channel)
        if not (found.may_later and found.way and (found.way.channel, found.way.value) in used):
            continue
        if channel == Channel.EMAIL or posting(support, reader).envelope:
            ways[way.value] = found.way
    return ways


def posting(support: Support, reader: Person | None = None) -> Posting:
    """The envelope of a letter to its reader, or why none goes by post: asked anew each time it is looked at."""
    reader = reader or letter_reader(support)
    if reader is None:
        return Posting(None, _("The record names nobody to write to."))
    rows = Address.objects.current().filter(family=support.family)
    homes, moved = known_addresses(rows, changes_of(support), {support.pk}, support.family)
    if moved:
        return Posting(None, _("Another service was told that they live elsewhere. Answer that first."))
    return where_to_post(reader, homes, timezone.now())


def _may_get(reader: Person | None, channel: str, words: str = "") -> Verdict:
    if reader is None:
        return Verdict(may=False, why=_("The record names nobody to write to."))
    content = Content.of(_("A letter for you"), words, is_automatic=channel == Channel.EMAIL)
    return may_contact(reader, channel, timezone.now(), content)


def _check_permission(by: User, support: Support, agreed_by: FamilyMember | None) -> None:
    if agreed_by:
        if agreed_by.family_id != support.family_id:
            raise EndingRefused({"agreed_by": _("Choose an adult of this family.")})
        said: dict[str, Any] = {"what": What.TALK, "answer": Answer.GIVEN, "how": HowAnswered.SPOKEN}
        organisation = support.service.organisation
        try:
            give_permission(by=by, adult=agreed_by, organisation=organisation, to=referrer_of(support), **said)
        except AnswerRefused as refusal:
            raise EndingRefused({"agreed_by": refusal.messages}) from refusal
    if not (may := may_tell_referrer(support)):
        raise EndingRefused({"agreed_by": may.reason})


def _post(by: User, support: Support, step: EndingStep) -> None:
    """Where it went, so that it is known if that address is hidden one day."""
    reader = letter_reader(support)
    envelope = posting(support, reader).envelope
    if reader and envelope and not PostedLetter.objects.filter(step=step).exists():
        facts = {"member": reader.member, "address": envelope.address, "posted_by": by}
        PostedLetter.objects.create(family=support.family, support=support, step=step, **facts)


def _write_scores(by: User, support: Support, step: EndingStep) -> None:
    declined = step.outcome == StepOutcome.NOT_NEEDED
    edit_support(
        by=by,
        support=support,
        version=support.version,
        final_scores_on=None if declined else step.happened_on,
        final_scores_declined=declined,
    )


def _send(by: User, support: Support, step: EndingStep, to: str) -> None:
    """By the outbox. The subject says nothing of us; whether it may go is asked again when it is sent."""
    person = None
    if step.kind == StepKind.LETTER and (contact := safe_ways(support)[Way.EMAIL]):
        to, person = contact.value, contact.member_id
    if not to:
        raise EndingRefused({"to": _("Write the email address it goes to.")})
    say(
        by=by,
        key=f"ending-{step.kind}-{step.pk}",
        kind=f"ending.{step.kind}",
        to=to,
        subject=_("A letter for you") if step.kind == StepKind.LETTER else _("About somebody you referred to us"),
        body=step.words,
        audience=Audience.FAMILY if step.kind == StepKind.LETTER else Audience.PROFESSIONAL,
        family_id=support.family_id,
        person_id=person,
    )


@transaction.atomic
def add_turn_to(*, by: User, support: Support, name: str, about: str = "") -> TurnTo:
    """Add somebody the family can turn to. Writes "ending.turn_to_added". Raises NotYourService, EndingRefused."""
    support = _held(by, support)
    _check_step(support, StepKind.TURN_TO, StepOutcome.BEGUN, "", london_today())
    if same := TurnTo.objects.standing().filter(support=support, name=name, about=about).first():
        return same  # sent twice
    row = TurnTo.objects.create(support=support, family=support.family, name=name, about=about, added_by=by)
    _record(by, support, "ending.turn_to_added")
    return row


@transaction.atomic
def remove_turn_to(*, by: User, row: TurnTo) -> None:
    """Take a line from the list; it stays in the history. Writes "ending.turn_to_removed". Raises NotYourService."""
    support = _held(by, row.support)
    if TurnTo.objects.standing().filter(pk=row.pk).update(removed_at=timezone.now()):
        _record(by, support, "ending.turn_to_removed")


@transaction.atomic
def record_follow_up(
    *, by: User, support: Support, outcome: str, words: str = "", happened_on: dt.date | None = None
) -> FollowUp:
    """Note how the family was some weeks after its support ended: once. Writes "follow_up.recorded".

    Raises NotYourService, and EndingRefused where the support has not ended or not long enough ago, the family is
    left in silence, the ending was one after which nobody is asked, or it was recorded before.
    """
    support, happened_on = _held(by, support), happened_on or london_today()
    if sentence := no_follow_up(support):
        raise EndingRefused(sentence)
    if outcome not in FollowUpOutcome.values:
        raise EndingRefused({"outcome": _("Choose how it went.")})
    if support.ended_on and not support.ended_on <= happened_on <= london_today():
        raise EndingRefused({"happened_on": _("Choose a day between the end of the support and today.")})
    try:
        with transaction.atomic():
            row = FollowUp.objects.create(
                support=support, family=support.family, outcome=outcome, words=words, happened_on=happened_on, by=by
            )
    except IntegrityError as error:
        raise EndingRefused(_("Somebody has recorded this already. A family is asked once.")) from error
    _record(by, support, "follow_up.recorded", outcome=outcome)
    return row


def no_follow_up(support: Support) -> str:
    """Why nobody asks this family how it is, in a sentence; nothing where somebody may."""
    if support.state not in {S.ENDED_PLANNED, S.ENDED_UNPLANNED} or support.ended_on is None:
        return _("The support has not ended.")
    if support.family.silent_since:
        return _("This family is left in silence: nobody asks them.")
    if support.ending_reason in NOT_FOLLOWED_UP:
        return _("After an ending like this one the family is not asked.")
    due = support.ended_on + FOLLOW_UP_FROM
    if due > london_today():
        return _("Give the family time. It is due from {day} on.").format(day=day_in_words(due))
    return ""


def _held(by: User, support: Support) -> Support:
    """The support as it stands, held until the end of the transaction."""
    if not Support.objects.coordinated_by(by).filter(pk=support.pk).exists():
        raise NotYourService
    rows = Support.objects.select_related("service", "family").select_for_update(of=("self",))
    return rows.get(pk=support.pk)


def _record(by: User, support: Support, verb: str, **details: Any) -> None:
    record(
        by=by, verb=verb, target=support, label=support.family.reference, family_id=support.family_id, details=details
    )
