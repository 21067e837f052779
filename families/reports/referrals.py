"""Referrals as coordinators look at them: what waits, what one of them holds, and what Today must tell of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.utils.translation import ngettext

from betterstart.access.models import User
from betterstart.clock import at_london, day_in_words
from betterstart.transitions.machine import MoveRefused
from betterstart.transitions.models import Transition
from families.models import (
    Address,
    ContactMethod,
    FamilyMember,
    MemberRole,
    Referral,
    ReferralQuestion,
    ReferralState,
    ReferralTry,
)
from families.models.referral import DECIDED_STATES, REFERRAL_MACHINE, WAITING_STATES, NotAcceptedReason
from families.reports.duplicates import LookAlikes, look_alikes
from families.reports.needs import Found, Need, Urgency

R = ReferralState
PAGE = 50
# Days before the promise runs out from which on Today tells of a referral, and from which on its list presses.
TELL_DAYS, PRESS_DAYS = 7, 4
DAY = dt.timedelta(days=1)
LOOKS: dict[str, tuple[str, str]] = {
    R.RECEIVED: ("info", "inbox"),
    R.MORE_INFORMATION: ("people", "message"),
    R.ACCEPTED: ("ok", "check"),
    R.REDIRECTED: ("people", "send"),
}


@dataclass(frozen=True)
class Row:
    """A referral in a list, with the reason to look at it."""

    referral: Referral
    answered: bool = False

    @property
    def tone(self) -> str:
        return LOOKS.get(self.referral.state, ("still", "end"))[0]

    @property
    def drawing(self) -> str:
        return LOOKS.get(self.referral.state, ("still", "end"))[1]

    @property
    def pressing(self) -> str:
        """How near the promise is: "stop" once it has run out, "warn" near its end, else "ok"."""
        left = self.referral.days_left
        return "stop" if left < 0 else "warn" if left <= PRESS_DAYS else "ok"

    @property
    def clock(self) -> str:
        """ "answer due in 3 days", "answer due today", "answer 2 days late"."""
        left = self.referral.days_left
        if left == 0:
            return _("answer due today")
        if left < 0:
            return ngettext("answer {n} day late", "answer {n} days late", -left).format(n=-left)
        return ngettext("answer due in {n} day", "answer due in {n} days", left).format(n=left)

    @property
    def age(self) -> str:
        """ "day 9 of 14"."""
        return _("day {n} of {most}").format(
            n=self.referral.days_waited, most=self.referral.service.referral_answer_days
        )

    @property
    def filled(self) -> int:
        """The part of the promised time that has passed, for the strip."""
        return max(0, min(self.referral.days_waited, self.referral.service.referral_answer_days))

    @property
    def who_asked(self) -> str:
        return _("asked for by {who}").format(who=self.referral.asked_by)

    @property
    def outcome(self) -> str:
        return _reason_words(self.referral.decision_reason)


def waiting_rows(user: User) -> tuple[list[Row], int]:
    """What waits for a decision, the oldest promise first; and how many there are."""
    referrals = Referral.objects.visible_to(user).waiting().select_related("service__organisation")
    unseen = ReferralQuestion.objects.filter(referral=models.OuterRef("pk"), answered_at__isnull=False, seen_at=None)
    rows = list(referrals.annotate(answered=models.Exists(unseen))[: PAGE + 1])
    total = len(rows) if len(rows) <= PAGE else referrals.count()
    return [Row(row, row.answered) for row in rows[:PAGE]], total


def other_rows(user: User, which: str, before: int | None) -> tuple[list[Row], int | None]:
    """What was decided, or set aside: the newest first, and the key of the next page if there is one."""
    referrals: Any = Referral.objects.visible_to(user)
    referrals = referrals.set_aside() if which == "set-aside" else referrals.decided()
    if before:
        referrals = referrals.filter(pk__lt=before)
    rows = list(referrals.select_related("service__organisation", "family")[: PAGE + 1])
    return [Row(row) for row in rows[:PAGE]], rows[PAGE - 1].pk if len(rows) > PAGE else None


@dataclass(frozen=True)
class Option:
    """A decision that can be taken from here."""

    to: str
    title: str
    means: str
    drawing: str
    url: str
    missing: str = ""


WORDS: dict[str, tuple[Any, Any, str]] = {
    R.MORE_INFORMATION: (later("Ask for more"), later("A question by email, with a link to answer."), "message"),
    R.NOT_ACCEPTED: (later("Say no"), later("With a reason, and what could help instead."), "close"),
    R.COULD_NOT_REACH: (later("Could not reach them"), later("After several tries on different days."), "no-message"),
    R.REDIRECTED: (later("Pass it on"), later("To another service, if the family agreed."), "send"),
    R.WITHDRAWN_BY_FAMILY: (later("The family takes it back"), later("They need no reason."), "leaving"),
    R.WITHDRAWN_BY_REFERRER: (later("The referrer takes it back"), later("The family may still ask us."), "undo"),
}


def options_of(referral: Referral) -> list[Option]:
    """Every decision but the yes that leads on from here; asking again is always possible while it waits."""
    if referral.set_aside_because:
        return []
    targets = {move.to for move in REFERRAL_MACHINE.allowed(referral.state)}
    if referral.state == R.MORE_INFORMATION:
        targets.add(R.MORE_INFORMATION)
    if referral.is_self_referral:
        targets.discard(R.WITHDRAWN_BY_REFERRER)
    return [option_of(referral, to) for to in WORDS if to in targets]


def option_of(referral: Referral, to: str) -> Option:
    title, means, drawing = WORDS[to]
    move = REFERRAL_MACHINE.find(referral.state, to)
    missing = ""
    if move and move.guard and to in {R.COULD_NOT_REACH, R.WITHDRAWN_BY_FAMILY}:
        try:
            move.guard(referral)
        except MoveRefused as refused:
            missing = str(refused)
    url = reverse("families:referral-decide", args=[referral.uuid, to])
    return Option(to, str(title), str(means), drawing, url, missing)


@dataclass(frozen=True)
class Person:
    member: FamilyMember

    @property
    def facts(self) -> str:
        """ "14 months", "due Tuesday 4 August"."""
        if self.member.role == MemberRole.UNBORN and self.member.due_date:
            return _("due {day}").format(day=day_in_words(self.member.due_date))
        return self.member.age_in_words()

    @property
    def disc(self) -> str:
        return {MemberRole.CHILD: "child", MemberRole.UNBORN: "unborn"}.get(MemberRole(self.member.role), "")


@dataclass(frozen=True)
class Step:
    """A line of its history."""

    when: dt.datetime
    words: str
    who: str
    note: str


@dataclass(frozen=True)
class ReferralPage:
    row: Row
    people: list[Person]
    contacts: list[ContactMethod]
    where: str
    similar: LookAlikes
    questions: Sequence[ReferralQuestion]
    tries: Sequence[ReferralTry]
    steps: list[Step]
    options: list[Option]
    age_note: str


def referral_page(user: User, referral: Referral) -> ReferralPage:
    """All that a coordinator needs to decide. Similar families are proposed only while there is something to decide."""
    similar = LookAlikes()
    if referral.state in WAITING_STATES:
        postcode = (referral.address or {}).get("postcode", "")
        similar = look_alikes(user, people=referral.people, contacts=referral.contacts, postcode=postcode)
    moves = Transition.objects.of(REFERRAL_MACHINE.name, referral.pk).select_related("by")
    steps = [
        Step(
            move.happened_at,
            str(R(move.to_state).label),
            move.by.display_name if move.by else "",
            " · ".join(filter(None, [_reason_words(move.reason), move.note])),
        )
        for move in moves
    ]
    return ReferralPage(
        Row(referral),
        [Person(FamilyMember(**person)) for person in referral.people],
        [ContactMethod(**contact) for contact in referral.contacts],
        str(Address(**referral.address)) if referral.address else "",
        similar,
        list(referral.questions.select_related("asked_by")),
        list(referral.tries.select_related("by")),
        steps,
        options_of(referral),
        age_note(referral),
    )


def _reason_words(reason: str) -> str:
    return str(NotAcceptedReason(reason).label) if reason in NotAcceptedReason.values else ""


def _youngest(referral: Referral) -> tuple[int | None, bool]:
    """The age in months of the youngest child, and whether a baby is on the way."""
    children = [FamilyMember(**each) for each in referral.people if each["role"] != MemberRole.PARENT]
    ages = [age for child in children if (age := child.age_in_months()) is not None]
    return min(ages, default=None), any(child.role == MemberRole.UNBORN for child in children)


def age_note(referral: Referral) -> str:
    """What the ages of the children say about the limits of the service, for a person to judge."""
    service, (age, expecting) = referral.service, _youngest(referral)
    if expecting and service.pregnancy_from_week is not None:
        return _("A baby is on the way; this service begins in week {week}.").format(week=service.pregnancy_from_week)
    if age is None:
        return _("No child’s age is known.")
    words = _("Look again: the youngest is {age} months old, and this service is for {low} to {high} months.")
    if service.age_from_months <= age < service.age_until_months:
        words = _("The youngest is {age} months old; this service is for {low} to {high} months.")
    return words.format(age=age, low=service.age_from_months, high=service.age_until_months)


def public_state(referral: Referral) -> str:
    """The three words that the page behind a link knows: "received", "looked at", "answered"."""
    if referral.state in DECIDED_STATES:
        return "answered"
    looked_at = referral.state != R.RECEIVED or referral.tries.exists()
    return "looked at" if looked_at else "received"


def waiting_needs(user: User, today: dt.date, limit: int) -> Found:
    """Referrals Today must tell of: urgent or answered ones at once, others from a week before the promise runs out,
    and those that were decided while nobody told whoever asked."""
    moment = models.DateTimeField()
    promise = ExpressionWrapper(F("received_at") + F("service__referral_answer_days") * Value(DAY), output_field=moment)
    unseen = ReferralQuestion.objects.filter(referral=models.OuterRef("pk"), answered_at__isnull=False, seen_at=None)
    referrals: Any = Referral.objects.visible_to(user).filter(told_at=None, set_aside_because="")
    referrals = referrals.annotate(promise=promise, answered=models.Exists(unseen)).annotate(
        since=Case(
            When(state__in=WAITING_STATES, answered=True, then=Now()),
            When(state__in=WAITING_STATES, then=F("promise")),
            default=F("decided_at"),
            output_field=moment,
        )
    )
    soon = at_london(today, dt.time()) + (TELL_DAYS + 1) * DAY
    due = referrals.filter(
        Q(state__in=WAITING_STATES) & (Q(promise__lt=soon) | Q(is_urgent=True) | Q(answered=True))
        | Q(state__in=DECIDED_STATES)
    )
    due = due.annotate(total=models.Window(models.Count("*"))).select_related("service").order_by("since", "pk")
    rows = list(due[:limit])
    return Found([_need(row) for row in rows], rows[0].total if rows else 0)


def _need(referral: Any) -> Need:
    row = Row(referral, referral.answered)
    waits = referral.state in WAITING_STATES
    if not waits:
        words = _("{name}: decided, and {who} has not been told yet")
    elif row.answered:
        words = _("{name}: your question about the referral is answered")
    else:
        words = _("{name}: referral, {clock}")
    details = [row.who_asked, str(referral.service)]
    return Need(
        reason=words.format(name=referral.carer_name, who=referral.asked_by, clock=row.clock),
        detail=" · ".join(details if not (waits and referral.is_urgent) else [_("cannot wait"), *details]),
        family=None,
        since=referral.since,
        url=reverse("families:referral", args=[referral.uuid]),
        action=_("Decide") if waits else _("Tell them"),
        urgency=Urgency.ASKED if waits and (row.answered or referral.is_urgent) else Urgency.PROMISE,
        icon="inbox",
    )
