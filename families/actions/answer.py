"""What an adult of a family answers: to be supported, to a use of what they told, to sharing. Asked, or by themselves.

`by` is who asked; None where the adult answers alone, on their own page.
"""

from __future__ import annotations

import datetime as dt
import uuid as uuids
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Organisation, Service, User
from betterstart.audit.record import record
from betterstart.clock import at_london, london_date, london_today
from families.actions.sharing import take_effect
from families.models import Family, FamilyMember, Kin, MemberRole, Relationship, Support
from families.models.answer import (
    Answer,
    DataChoice,
    FamilyAnswer,
    HowAnswered,
    InterpretedBy,
    SharingPermission,
    SupportAgreement,
    What,
)
from families.models.sharing import SPEAK_FOR_THEMSELVES, To, a_year_from
from families.models.wording import AGREEMENT, SHARING, Purpose, Shown, Wording, Words

Row = TypeVar("Row", bound=FamilyAnswer)
LONGEST = 200
SENT_TWICE_WITHIN = dt.timedelta(minutes=1)


class AnswerRefused(ValidationError):
    """This cannot be written down so. `error_dict` has a sentence for each field."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """How an answer came about. Nothing of it is assumed."""

    answer: str
    """An Answer: a yes, a no, or that a yes is taken back."""
    how: str = ""
    """A HowAnswered; by themselves where nobody asked."""
    child: FamilyMember | None = None
    """On whose behalf, where it is not about the adult."""
    on: dt.date | None = None
    """The day it was said; None for now. A yes counts from the beginning of a past day, a no until its end."""
    language: str = ""
    interpreter: str = ""
    """An InterpretedBy."""
    interpreted_by: FamilyMember | None = None
    """Where it was somebody of the family: kindly refused for a child or a partner."""
    read: int | None = None
    """The version of the words they read or heard. None: whichever hold now."""
    evidence: str = ""
    uuid: uuids.UUID | None = None
    """The same twice is one answer."""


@transaction.atomic
def give_agreement(*, by: User | None, adult: FamilyMember, support: Support, **told: Any) -> SupportAgreement:
    """An adult agrees to be supported in this support, does not, or stops. `told` are the fields of Told.

    The day on the support is that of the first agreement in force, none once nobody agrees. Nothing ends by itself: a
    coordinator talks with the family. Writes "agreement.given", "agreement.refused" or "agreement.withdrawn". Raises
    AnswerRefused, PermissionDenied.
    """
    if support.family_id != adult.family_id:
        raise PermissionDenied
    with _seeing_all(by):
        new = SupportAgreement(support=support, **_whose(by, adult, support.service.organisation_id))
        row = _write(by, new, Told(**told), AGREEMENT, "agreement")
        _keep_on_support(support)
    return row


@transaction.atomic
def give_choice(
    *, by: User | None, adult: FamilyMember, organisation: Organisation, purpose: str, **told: Any
) -> DataChoice:
    """An adult says yes or no to one use of what they told an organisation, or takes a yes back: from now on.

    Only where that organisation asks for it. Writes "choice.given", "choice.refused" or "choice.withdrawn". Raises
    AnswerRefused, PermissionDenied.
    """
    if purpose not in Purpose.values:
        raise AnswerRefused({"purpose": _("Choose what for.")})
    with _seeing_all(by):
        new = DataChoice(purpose=purpose, **_whose(by, adult, organisation.pk))
        return _write(by, new, Told(**told), purpose, "choice")


@transaction.atomic
def give_permission(
    *,
    by: User | None,
    adult: FamilyMember,
    organisation: Organisation,
    to: To,
    what: str,
    until: dt.date | None = None,
    **told: Any,
) -> SharingPermission:
    """An adult lets something about them be shared with one recipient who is named, does not, or takes a yes back.

    A yes holds for a year, or until the sooner day `until`. A no holds at once: what is under way to that recipient is
    taken back in the same transaction, and what waits to be sent does not go. Writes "permission.given",
    "permission.refused" or "permission.withdrawn". Raises AnswerRefused, PermissionDenied.
    """
    said = Told(**told)
    if what not in What.values:
        raise AnswerRefused({"what": _("Choose what for.")})
    with _seeing_all(by):
        new = SharingPermission(what=what, **to.columns, **_whose(by, adult, organisation.pk))
        _check_recipient(new.family, organisation.pk, to)
        if said.answer == Answer.GIVEN:
            new.expires_at = _end(said, until)
        row = _write(by, new, said, SHARING, "permission")
        take_effect(by=by, row=row)
    return row


def _seeing_all(by: User | None) -> AbstractContextManager[None]:
    """An adult on their own page sees next to nothing, and a no counts wherever it was said: rights come first."""
    return acting_as(Scope.ALL, by.pk if by else None)


def who_may_answer(family: Family) -> Any:
    """The adults who are part of the family now: each answers for themselves, and for the children."""
    return family.members.current().filter(role__in=SPEAK_FOR_THEMSELVES)


def _whose(by: User | None, adult: FamilyMember, organisation_id: int) -> dict[str, Any]:
    """Whose answer it is, and to whom. Raises PermissionDenied for somebody who does not coordinate this there."""
    supported = Support.objects.filter(family=adult.family_id, service__organisation=organisation_id)
    if by:
        supported = supported.filter(service__in=Service.objects.coordinated_by(by))
    if not supported.exists():
        raise PermissionDenied
    return {"family": adult.family, "member": adult, "organisation_id": organisation_id, "asked_by": by}


def _write(by: User | None, new: Row, told: Told, about: str, noun: str) -> Row:
    """Check it, and add it; the same once more is the one that is there."""
    Family.objects.select_for_update(no_key=True).get(pk=new.family_id)  # answers about one family take turns
    rows: Any = type(new).objects
    if told.uuid and (same := rows.filter(uuid=told.uuid, member=new.member_id).first()):
        return same
    words = Words(new.organisation_id)
    _check(new, told, words, about)
    new.answer, new.child, new.language = told.answer, told.child, told.language
    new.how = told.how if by else HowAnswered.ONLINE
    new.interpreter, new.evidence = told.interpreter, told.evidence[:LONGEST]
    new.uuid = told.uuid or new.uuid
    new.happened_at = _moment(told)
    last = _newest_like(new)
    if new.answer != Answer.GIVEN and last and not last.is_yes:
        return last  # a no said again is the no that is there
    if new.answer == Answer.WITHDRAWN and last is None:
        new.answer = Answer.REFUSED  # nothing was given that could be taken back; it is a no all the same
    new.wording = _kept(new.organisation_id, words.about(about, told.language or "en"))
    new.save(force_insert=True)
    details = {"adult": str(new.member.uuid), "how": new.how}
    label = new.family.reference
    record(by=by, verb=f"{noun}.{new.answer}", target=new, label=label, family_id=new.family_id, details=details)
    return new


def _newest_like(new: FamilyAnswer) -> Any:
    """The answer to the same question that would hold at the moment of the new one."""
    rows: Any = type(new).objects.filter(family=new.family_id, member=new.member_id)
    before = [row for row in rows.filter(happened_at__lte=new.happened_at) if row.key == new.key]
    return max(before, key=lambda row: row.order, default=None)


def _check(new: FamilyAnswer, told: Told, words: Words, about: str) -> None:
    errors: dict[str, str] = {}
    if sentence := _no_answer_of(new.member, new.family):
        errors["member"] = sentence
    if told.answer not in Answer.values:
        errors["answer"] = _("Choose what they said.")
    if new.asked_by and told.how not in {HowAnswered.SPOKEN, HowAnswered.SIGNED}:
        errors["how"] = _("Say how they answered.")
    if told.child and not new.family.members.current().filter(pk=told.child.pk, role__in=CHILDREN).exists():
        errors["child"] = _("Choose a child who is part of this family.")
    if told.on and told.on > london_today():
        errors["on"] = _("This day has not come yet.")
    if sentence := _no_interpreter(new.member, told):
        errors["interpreter"] = sentence
    if errors:
        raise AnswerRefused(errors)
    if not words.is_asked(about):
        raise AnswerRefused(_("This is not put as a question: families are told why it is needed."))
    if told.answer == Answer.GIVEN and told.read not in {None, words.about(about, told.language or "en").version}:
        raise AnswerRefused(_("These words have changed since. Please read them once more before you answer."))


CHILDREN = (MemberRole.CHILD, MemberRole.UNBORN)


def _no_answer_of(adult: FamilyMember, family: Family) -> str:
    if adult.is_child:
        return _("A child is not asked to decide this. Please ask an adult of the family.")
    if not who_may_answer(family).filter(pk=adult.pk).exists():
        words = _("{name} is no longer part of this family, or does not live there, and cannot answer for it.")
        return words.format(name=adult)
    return ""


def _no_interpreter(adult: FamilyMember, told: Told) -> str:
    """Nobody interprets for their parent or partner: it is a burden for them, and not a free answer."""
    if told.interpreter not in InterpretedBy.values:
        return _("Say who interpreted.")
    person = told.interpreted_by
    if person is None:
        return ""
    if person.is_child:
        return _("A child should not have to interpret. Please come back with an interpreter, and ask again.")
    partners = Q(person=adult, relative=person) | Q(person=person, relative=adult)
    kin = Relationship.objects.filter(partners, kind__in=[Kin.PARTNER, Kin.FORMER_PARTNER])
    if person.pk == adult.pk or person.role == MemberRole.PARENT or kin.exists():
        return _("A partner should not interpret for the other. Please come back with an interpreter, and ask again.")
    return ""


def _moment(told: Told) -> dt.datetime:
    """When it counts from. Of a day alone the hour is not known: a no is then the last word of it, a yes the first."""
    if told.on is None or told.on == london_today():
        return timezone.now()
    if told.answer == Answer.GIVEN:
        return at_london(told.on, dt.time())
    return at_london(told.on + dt.timedelta(days=1), dt.time()) - dt.timedelta(microseconds=1)


def _end(told: Told, until: dt.date | None) -> dt.datetime:
    latest = a_year_from(_moment(told))
    if latest <= timezone.now():
        raise AnswerRefused({"on": _("This is more than a year ago. Please ask the family again.")})
    if until is None:
        return latest
    end = at_london(until, dt.time())
    if not timezone.now() < end <= latest:
        raise AnswerRefused({"until": _("Choose a day after today, at most a year after they said yes.")})
    return end


def _check_recipient(family: Family, organisation_id: int, to: To) -> None:
    """One, and one this organisation knows of: its own agency, its own referral of this family, another service."""
    named = [value for value in to.columns.values() if value]
    if len(named) != 1 or len(to.named) > LONGEST:
        raise AnswerRefused({"recipient": _("Choose one whom it is shared with.")})
    owned = to.agency is None or (to.agency.family_id, to.agency.organisation_id) == (family.pk, organisation_id)
    asked = to.referral is None or (to.referral.family_id, to.referral.service.organisation_id) == (
        family.pk,
        organisation_id,
    )
    if not (owned and asked):
        raise PermissionDenied


def _kept(organisation_id: int, shown: Shown) -> Wording:
    """The words as a row that stays. Our own become one the first time somebody answers them."""
    key = {
        "organisation_id": organisation_id,
        "about": shown.about,
        "is_question": shown.is_question,
        "language": shown.language,
        "version": shown.version,
    }
    return Wording.objects.get_or_create(**key, defaults={"words": shown.words})[0]


def _keep_on_support(support: Support) -> None:
    """The support's own day of agreement follows what the adults said."""
    adults = set(who_may_answer(support.family).values_list("pk", flat=True))
    held: dict[Any, SupportAgreement] = {}
    for row in sorted(support.agreements.filter(child=None, member__in=adults), key=lambda row: row.order):
        held[row.key] = row
    yes = [row.happened_at for row in held.values() if row.is_yes]
    day = london_date(min(yes)) if yes else None
    Support.objects.filter(pk=support.pk).exclude(agreed_on=day).update(agreed_on=day)
