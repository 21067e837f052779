"""Writing down what an adult of a family says, in the support it was said in. It is theirs: nobody changes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import day_in_words, london_today
from families.actions.editing import save_edit
from families.actions.family import NotYourService
from families.models import (
    ChoiceAnswer,
    ChoiceKind,
    Family,
    FamilyMember,
    Kin,
    OwnWords,
    PlanChoice,
    Relationship,
    Sayable,
    Support,
)
from families.models.family import fold
from families.models.own_words import VOICES
from families.models.plan_choice import ANSWERS

PARTNERS = (Kin.PARTNER, Kin.FORMER_PARTNER)


class PlanRefused(ValidationError):
    """This cannot be written into the plan. `error_dict` has a sentence for each field."""


def listen(*, by: User | None, support: Support, adult: FamilyMember, on: dt.date | None) -> dt.date:
    """Whether this may be written down for this adult in this support, and the day it was said on.

    `by` is whoever writes it down for them; None where they write it themselves, on their own page. Raises
    NotYourService, PlanRefused.
    """
    day = day_it_was_said(by=by, support=support, on=on)
    if adult.family_id != support.family_id or adult.role not in VOICES:
        raise PlanRefused(_("Only an adult of the family says this, in their own words."))
    if adult.left_on is not None and adult.left_on < day:
        raise PlanRefused(_("{name} is no longer part of this family.").format(name=adult))
    return day


def day_it_was_said(*, by: User | None, support: Support, on: dt.date | None) -> dt.date:
    """Whether something may be written down in this support, and the day it was said on. Raises as `listen` does."""
    day = on or london_today()
    if by is not None and not Support.objects.coordinated_by(by).filter(pk=support.pk).exists():
        raise NotYourService
    if not support.is_open:
        raise PlanRefused(_("This support has ended. What they say now belongs to a new one."))
    if day > london_today():
        raise PlanRefused({"happened_on": _("This day has not come yet.")})
    if day < support.accepted_on:
        sentence = _("This support began on {day}. This cannot be earlier.").format(
            day=day_in_words(support.accepted_on)
        )
        raise PlanRefused({"happened_on": sentence})
    return day


def write_words(
    *,
    by: User | None,
    support: Support,
    adult: FamilyMember,
    kind: str,
    words: str,
    language: str,
    day: dt.date,
    is_ours: bool = False,
    interpreter: str = "",
) -> OwnWords:
    """One row of an adult's words, as they are. Raises PlanRefused without words or a language, or for an interpreter
    who is too close. The caller has asked `listen`.
    """
    if not words.strip():
        raise PlanRefused({"words": _("Please write down what they said.")})
    if not language:
        raise PlanRefused({"language": _("Choose the language they said it in.")})
    refuse_close_interpreter(adult, interpreter)
    return OwnWords.objects.create(
        support=support,
        family_id=support.family_id,
        member=adult,
        kind=kind,
        words=words,
        language=language,
        happened_on=day,
        is_ours=is_ours,
        interpreter=interpreter,
        recorded_by=by,
    )


def refuse_close_interpreter(adult: FamilyMember, name: str) -> None:
    """A child or a partner is not asked to interpret: neither can say everything, nor should they hear it all.

    Raises PlanRefused. Who it is, is known by the name they go by.
    """
    if not (wanted := fold(name)):
        return
    people = FamilyMember.objects.of_family(Family(pk=adult.family_id)).exclude(pk=adult.pk)
    ties = Relationship.objects.filter(models.Q(person=adult) | models.Q(relative=adult), kind__in=PARTNERS)
    partners = {pk for pair in ties.values_list("person", "relative") for pk in pair}
    for person in people:
        called = {fold(person.display_name), fold(person.known_as), fold(person.display_name).split(" ")[0]} - {""}
        if wanted in called and person.is_child:
            raise PlanRefused({"interpreter": too_young(person)})
        if wanted in called and (person.pk in partners or person.role == "parent"):
            raise PlanRefused({"interpreter": too_close(person)})


def too_young(person: FamilyMember) -> str:
    return _(
        "{name} is a child of this family. It is kind of them to offer, and too much for a child to carry. "
        "Please arrange an interpreter, and come back to this then."
    ).format(name=person)


def too_close(person: FamilyMember) -> str:
    return _(
        "{name} is their partner. Some things are easier to say without somebody so close. "
        "Please arrange an interpreter, and come back to this then."
    ).format(name=person)


@transaction.atomic
def say(
    *,
    by: User | None,
    support: Support,
    adult: FamilyMember,
    kind: str,
    words: str,
    language: str,
    is_ours: bool = False,
    interpreter: str = "",
    happened_on: dt.date | None = None,
) -> OwnWords:
    """Write down what an adult said. What they said of the same before stays. Writes "words.said".

    Raises NotYourService, PlanRefused.
    """
    day = listen(by=by, support=support, adult=adult, on=happened_on)
    row = write_words(
        by=by, support=support, adult=adult, kind=Sayable(kind), words=words, language=language, day=day,
        is_ours=is_ours, interpreter=interpreter,
    )  # fmt: skip
    note(by, row, "words.said", kind=row.kind)
    return row


@transaction.atomic
def translate_words(
    *, by: User, said: OwnWords, version: int, translation: str, into: str, translator: str
) -> OwnWords:
    """Put a translation beside what somebody said, with who translated. Writes "words.translated".

    Raises NotYourService, PlanRefused, StaleEdit.
    """
    if not Support.objects.coordinated_by(by).filter(pk=said.support_id).exists():
        raise NotYourService
    if not translation.strip():
        raise PlanRefused({"translation": _("Please write the translation.")})
    if not translator.strip():
        raise PlanRefused({"translator": _("Say who translated it.")})
    if into == said.language:
        raise PlanRefused({"into": _("They said it in this language.")})
    try:
        refuse_close_interpreter(said.member, translator)
    except PlanRefused as refused:
        raise PlanRefused({"translator": refused.message_dict["interpreter"]}) from refused
    save_edit(
        said, version=version, translation=translation, translated_into=into, translator=translator,
        translated_at=timezone.now(), translation_by=by,
    )  # fmt: skip
    note(by, said, "words.translated", into=into)
    return said


@transaction.atomic
def take_back_words(*, by: User, said: OwnWords) -> OwnWords:
    """They would rather not have it kept: no page shows it any more. Writes "words.taken_back".

    Raises NotYourService.
    """
    if not Support.objects.coordinated_by(by).filter(pk=said.support_id).exists():
        raise NotYourService
    if said.taken_back_at is None:
        save_edit(said, version=said.version, taken_back_at=timezone.now())
        note(by, said, "words.taken_back", kind=said.kind)
    return said


@transaction.atomic
def choose(
    *,
    by: User | None,
    support: Support,
    adult: FamilyMember,
    kind: str,
    answer: str,
    detail: str = "",
    words: str = "",
    language: str = "",
    happened_on: dt.date | None = None,
) -> PlanChoice:
    """Write down what an adult answered when asked how things should be; it counts at once, before what they said
    earlier. The same again changes nothing. Writes "choice.made". Raises NotYourService, PlanRefused.
    """
    day = listen(by=by, support=support, adult=adult, on=happened_on)
    if answer not in ANSWERS[ChoiceKind(kind)]:
        raise PlanRefused({"answer": _("Choose one of the answers.")})
    if kind == ChoiceKind.INTERPRETER:
        refuse_close_interpreter(adult, detail)
        if answer != ChoiceAnswer.SAME_LANGUAGE and not detail.strip():
            raise PlanRefused({"interpreter": _("Write who interpreted, or the service they came from.")})
    now = PlanChoice.objects.now().filter(support=support, member=adult, kind=kind).first()
    if now and (now.answer, now.detail) == (answer, detail) and not words.strip():
        return now
    said = None
    if words.strip():
        said = write_words(
            by=by, support=support, adult=adult, kind=Sayable.VOLUNTEER, words=words, language=language, day=day
        )
    row = PlanChoice.objects.create(
        support=support, family_id=support.family_id, member=adult, kind=kind, answer=answer, detail=detail, said=said,
        happened_on=day, recorded_by=by,
    )  # fmt: skip
    note(by, row, "choice.made", kind=kind, answer=answer)
    return row


def note(by: User | None, row: Any, verb: str, **details: Any) -> None:
    """The audit event of an entry: of whom, never what they said."""
    record(
        by=by,
        verb=verb,
        target=row,
        label=row.support.family.reference,
        family_id=row.family_id,
        details={"adult": str(row.member.uuid), **details},
    )


def adults_of(family: Family) -> Sequence[FamilyMember]:
    """Who of this family has a voice in its record now."""
    return list(FamilyMember.objects.of_family(family).current().filter(role__in=VOICES, family=family))
