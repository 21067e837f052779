"""One question before anything about a family leaves an organisation: may this be shared with them, for that, now?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Service
from betterstart.clock import LONDON, at_london, day_in_words, london_date
from families.models.answer import Answer, DataChoice, SharingPermission, What
from families.models.around import MayContact, OtherAgency
from families.models.family import Family
from families.models.member import FamilyMember, MemberRole
from families.models.referral import Referral
from families.models.support import Named, Support
from families.models.wording import Words

SPEAK_FOR_THEMSELVES = (MemberRole.PARENT, MemberRole.OTHER_ADULT)
"""Whose answers count, as long as they are part of the family."""


def a_year_from(moment: dt.datetime) -> dt.datetime:
    """When a yes of this moment is over: at midnight in London, as the same day of the next year begins."""
    day = london_date(moment)
    is_leap_day = (day.month, day.day) == (2, 29)
    return at_london(day.replace(year=day.year + 1, day=28 if is_leap_day else day.day), dt.time())


class Because(StrEnum):
    YES = "yes"
    NOT_ASKED = "not_asked"
    SAID_NO = "said_no"
    TAKEN_BACK = "taken_back"
    OVER = "over"
    NOT_THEIRS = "not_theirs"
    NO_QUESTION = "no_question"


@dataclass(frozen=True)
class Verdict:
    """May it be shared, and why in a sentence. `until` is when this yes ends by itself."""

    allowed: bool
    because: Because
    reason: str
    until: dt.datetime | None = None

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True)
class Said:
    """One answer, as far as it decides: who, for which child if any, what, when, until when."""

    member: int
    child: int | None
    answer: str
    happened_at: dt.datetime
    order: tuple[Any, ...]
    expires_at: dt.datetime | None = None

    @classmethod
    def of(cls, row: Any) -> Said:
        end = getattr(row, "expires_at", None)
        return cls(row.member_id, row.child_id, row.answer, row.happened_at, row.order, end)

    def state(self, at: dt.datetime) -> Because:
        if self.answer != Answer.GIVEN:
            return Because.SAID_NO if self.answer == Answer.REFUSED else Because.TAKEN_BACK
        return Because.OVER if self.expires_at and self.expires_at <= at else Because.YES


NO = (Because.SAID_NO, Because.TAKEN_BACK)


def newest(answers: Iterable[Said], at: dt.datetime) -> dict[tuple[int, int | None], Said]:
    """Of each person, for themselves and for each child, the answer that holds at this moment."""
    held: dict[tuple[int, int | None], Said] = {}
    for said in answers:
        key = (said.member, said.child)
        if said.happened_at <= at and (key not in held or held[key].order < said.order):
            held[key] = said
    return held


def judge(
    answers: Iterable[Said],
    *,
    adults: Mapping[int, str],
    children: Mapping[int, str],
    about: Sequence[int] = (),
    at: dt.datetime,
) -> Verdict:
    """What these answers to one question come to at this moment.

    `adults` and `children` are the names of those who are part of the family now; the words of nobody else count.
    `about`: whom it is about. Each adult among them must have said yes themselves; for each child an adult must have,
    and none may have said no. Without it, it is about the family: one adult's yes is needed, and nobody's no.
    """
    held = {key: said for key, said in newest(answers, at).items() if key[0] in adults}
    if not about:
        return _together(held, adults, at)
    verdicts = [_about(held, each, adults, children, at) for each in about]
    return next((verdict for verdict in verdicts if not verdict), _soonest(verdicts))


def _soonest(verdicts: Collection[Verdict]) -> Verdict:
    return min(verdicts, key=lambda verdict: (verdict.until is None, verdict.until or timezone.now()))


def _longest(verdicts: Collection[Verdict], at: dt.datetime) -> Verdict:
    """Of yeses that do not need each other the one that lasts longest; where there is none, any."""
    return max(verdicts, key=lambda verdict: (verdict.allowed, verdict.until is None, verdict.until or at))


def _together(held: Mapping[tuple[int, int | None], Said], adults: Mapping[int, str], at: dt.datetime) -> Verdict:
    if no := next((said for said in held.values() if said.state(at) in NO), None):
        return _verdict(no, adults, at)
    own = [_verdict(said, adults, at) for (_member, child), said in held.items() if child is None]
    if any(own):
        return _longest(own, at)
    return next(iter(own), Verdict(False, Because.NOT_ASKED, _("Nobody in the family has been asked yet.")))


def _about(
    held: Mapping[tuple[int, int | None], Said],
    person: int,
    adults: Mapping[int, str],
    children: Mapping[int, str],
    at: dt.datetime,
) -> Verdict:
    if person in adults:
        if (person, None) in held:
            return _verdict(held[person, None], adults, at)
        words = _("{name} has not been asked yet, and answers for themselves.")
        return Verdict(False, Because.NOT_ASKED, words.format(name=adults[person]))
    if person not in children:
        return Verdict(False, Because.NOT_THEIRS, _("This is about somebody who is no longer part of the family."))
    for_child = [_verdict(said, adults, at) for (_member, child), said in held.items() if child == person]
    if no := [verdict for verdict in for_child if verdict.because in NO]:
        return no[0]
    if for_child:
        return _longest(for_child, at)
    words = _("Nobody has been asked on behalf of {name} yet.")
    return Verdict(False, Because.NOT_ASKED, words.format(name=children[person]))


def _verdict(said: Said, adults: Mapping[int, str], at: dt.datetime) -> Verdict:
    state = said.state(at)
    words = {
        Because.YES: _("{name} said yes on {day}."),
        Because.SAID_NO: _("{name} said no on {day}."),
        Because.TAKEN_BACK: _("{name} took the yes back on {day}."),
        Because.OVER: _("The yes of {name} was for a time that is over since {day}. Please ask again."),
    }[state]
    day = said.expires_at if state == Because.OVER and said.expires_at else said.happened_at
    reason = words.format(name=adults[said.member], day=day_in_words(day.astimezone(LONDON)))
    return Verdict(state == Because.YES, state, reason, said.expires_at if state == Because.YES else None)


@dataclass(frozen=True)
class To:
    """With whom: exactly one. `others` are the other services that are with the family, about this support."""

    service: Service | None = None
    agency: OtherAgency | None = None
    referral: Referral | None = None
    named: str = ""
    others: Support | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """As a permission names it."""
        return {"service": self.service, "agency": self.agency, "referral": self.referral, "named": self.named}


class Outcome(StrEnum):
    """Shared for other reasons than those a permission is asked for."""

    NAMED = "named"
    """That we are with the family, and nothing else."""
    FORWARD = "forward"
    """What a referral told, to another service, before there is a record."""
    ANSWER = "answer"
    """To whoever referred them: what became of it, without a word about the family."""


def may_share(
    *,
    family: Family | None,
    organisation_id: int,
    to: To,
    what: What | Outcome,
    about: Sequence[FamilyMember] = (),
    at: dt.datetime | None = None,
) -> Verdict:
    """May this organisation share something about this family with `to`, for `what`, now? And why, in a sentence.

    `about`: the people it is about, each of whom answers for themselves; without it, the family as a whole (see
    `judge`). Looks at every answer whoever asks, so that nothing is shared because a "no" could not be seen. Everything
    that leaves asks this in the transaction that lets it go, and again when it is sent.
    """
    at = at or timezone.now()
    if what == Outcome.NAMED:
        return _may_be_named(to.others)
    if what == Outcome.FORWARD:
        return _may_be_passed_on(to.referral, at)
    with acting_as(Scope.ALL, None):
        answers = answers_to(family, organisation_id, to, what)
        adults, children = people_of(family)
    verdict = judge(answers, adults=adults, children=children, about=[each.pk for each in about], at=at)
    if what == Outcome.ANSWER:
        return _may_be_answered(verdict)
    return _by_agency(to.agency, verdict, bool(about), at) if to.agency else verdict


def answers_to(family: Family | None, organisation_id: int, to: To, what: What | Outcome) -> list[Said]:
    """Every answer to this one question in this organisation."""
    asked = SharingPermission.objects.filter(family=family, organisation=organisation_id, **to.columns)
    return [Said.of(row) for row in asked.filter(what=What.TALK if what == Outcome.ANSWER else what)]


def people_of(family: Family | None) -> tuple[dict[int, str], dict[int, str]]:
    """The adults whose answers count now, and the children, by id with their names."""
    people = list(family.members.current()) if family else []
    adults = {each.pk: str(each) for each in people if each.role in SPEAK_FOR_THEMSELVES}
    return adults, {each.pk: str(each) for each in people if each.is_child}


def _may_be_named(support: Support | None) -> Verdict:
    """The family's word on this is kept with the support itself."""
    if support is None or support.may_be_named == Named.NOT_ASKED or not support.named_asked_on:
        words = _("Ask the family first whether other services may know that you are with them.")
        return Verdict(False, Because.NOT_ASKED, words)
    day = day_in_words(support.named_asked_on)
    if support.may_be_named == Named.NO:
        words = _("The family said on {day} that other services may not know that you are with them.")
        return Verdict(False, Because.SAID_NO, words.format(day=day))
    return Verdict(True, Because.YES, _("The family said yes on {day}.").format(day=day))


def _may_be_passed_on(referral: Referral | None, at: dt.datetime) -> Verdict:
    """Before there is a record, who agreed and when is kept with the referral itself."""
    if referral is None or not referral.sharing_agreed_by or not referral.sharing_agreed_on:
        words = _("Say who in the family agreed that this is passed on, and when.")
        return Verdict(False, Because.NOT_ASKED, words)
    said = at_london(referral.sharing_agreed_on, dt.time())
    name, day = referral.sharing_agreed_by, day_in_words(referral.sharing_agreed_on)
    if not said <= at < a_year_from(said):
        words = _("The yes of {name} was for a time that is over. Please ask again.")
        return Verdict(False, Because.OVER, words.format(name=name))
    return Verdict(True, Because.YES, _("{name} said yes on {day}.").format(name=name, day=day), a_year_from(said))


def _may_be_answered(verdict: Verdict) -> Verdict:
    """Whoever asked for the family hears what became of it, unless somebody said that they should hear nothing."""
    if verdict or verdict.because in NO:
        return verdict
    words = _("The answer says what became of the referral, and nothing about the family.")
    return Verdict(True, Because.NO_QUESTION, words)


def _by_agency(agency: OtherAgency, verdict: Verdict, is_about_somebody: bool, at: dt.datetime) -> Verdict:
    """What the family said of an agency is kept with the agency. Whom we know by name is asked besides."""
    if agency.may_contact == MayContact.NOT_ASKED or agency.asked_on is None:
        if verdict or verdict.because != Because.NOT_ASKED:
            return verdict
        return Verdict(False, Because.NOT_ASKED, _("Ask the family first whether we may contact them."))
    said, day = at_london(agency.asked_on, dt.time()), day_in_words(agency.asked_on)
    if agency.may_contact == MayContact.NO:
        return Verdict(False, Because.SAID_NO, _("The family said no on {day}.").format(day=day))
    if verdict or verdict.because in NO or is_about_somebody:
        return verdict
    if at >= a_year_from(said):
        words = _("The family’s yes of {day} was for a year, which is over. Please ask again.")
        return Verdict(False, Because.OVER, words.format(day=day))
    return Verdict(True, Because.YES, _("The family said yes on {day}.").format(day=day), a_year_from(said))


def may_contact_agencies(family: Family, agencies: Iterable[OtherAgency]) -> dict[int, Verdict]:
    """The same question for many agencies of one family, by their ids, in two queries."""
    agencies, at = list(agencies), timezone.now()
    with acting_as(Scope.ALL, None):
        rows = list(SharingPermission.objects.filter(family=family, agency__in=agencies, what=What.TALK))
        adults, children = people_of(family)
    verdicts = {}
    for agency in agencies:
        said = [Said.of(row) for row in rows if row.agency_id == agency.pk]
        verdict = judge(said, adults=adults, children=children, at=at)
        verdicts[agency.pk] = _by_agency(agency, verdict, False, at)
    return verdicts


def may_be_named(support: Support) -> Verdict:
    """May other services know that this one is with the family?"""
    return may_share(
        family=None, organisation_id=support.service.organisation_id, to=To(others=support), what=Outcome.NAMED
    )


def may_use(*, adult: FamilyMember, organisation_id: int, purpose: str, at: dt.datetime | None = None) -> Verdict:
    """May this organisation use what this adult told it for this purpose now? And why, in a sentence."""
    at = at or timezone.now()
    with acting_as(Scope.ALL, None):
        words = Words(organisation_id)
        if not words.is_asked(purpose):
            return Verdict(True, Because.NO_QUESTION, words.about(purpose).words)
        rows = DataChoice.objects.filter(family=adult.family_id, organisation=organisation_id, purpose=purpose)
        answers = [Said.of(row) for row in rows.filter(member=adult, child=None)]
        adults, children = people_of(adult.family)
    return judge(answers, adults=adults, children=children, about=[adult.pk], at=at)
