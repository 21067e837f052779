"""Families handed on from one service to another, as each of the two sees them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.utils.translation import ngettext

from betterstart.access.models import Service, User
from betterstart.clock import at_london, day_in_words, london_today
from betterstart.transitions.models import Transition
from families.models import Family, FamilyMember, Support, Transfer, TransferQuestion, TransferState
from families.models.transfer import ANSWERED_TRANSFERS, OPEN_TRANSFERS, TransferDeclineReason
from families.reports.needs import Found, Need
from families.reports.waiting import TOTAL, found_among

T = TransferState
PAGE = 50
# So long may one take to talk with the family before Today asks; and so near the end it tells again.
TALK_DAYS, LAST_DAYS = 7, 3
LOOKS: dict[str, tuple[str, str]] = {
    T.PROPOSED: ("info", "draft"),
    T.AGREED: ("people", "check"),
    T.SENT: ("warn", "waiting"),
    T.ACCEPTED: ("ok", "check"),
    T.DECLINED: ("still", "close"),
    T.LAPSED: ("still", "clock"),
    T.WITHDRAWN: ("still", "undo"),
}
MOVED: dict[str, Any] = {
    T.PROPOSED: later("Another service could go on: {service}"),
    T.AGREED: later("The family agreed that {service} is asked"),
    T.SENT: later("{service} was asked"),
    T.ACCEPTED: later("{service} said yes"),
    T.DECLINED: later("{service} said that it is not possible"),
    T.LAPSED: later("{service} did not answer in time"),
    T.WITHDRAWN: later("Taken back: {service} is not asked any more"),
}


@dataclass(frozen=True)
class Row:
    """A transfer in a list. `family` is None for a service that has not said yes."""

    transfer: Transfer
    family: Family | None

    @property
    def tone(self) -> str:
        return LOOKS[self.transfer.state][0]

    @property
    def drawing(self) -> str:
        return LOOKS[self.transfer.state][1]

    @property
    def title(self) -> str:
        if self.family:
            return self.family.in_words
        return _("A family of {service}").format(service=self.transfer.from_service.name)

    @property
    def state_word(self) -> str:
        waits = self.family is None and self.transfer.state == T.SENT
        return _("Waits for your answer") if waits else self.transfer.get_state_display()

    @property
    def way(self) -> str:
        """ "from Home visiting, Bowling Families, to Doula support, Manningham Families"."""
        places = (self.transfer.from_service, self.transfer.to_service)
        start, end = (f"{service.name}, {service.organisation.name}" for service in places)
        return _("from {start}, to {end}").format(start=start, end=end)

    @property
    def sent_in_words(self) -> str:
        """ "asked by Nasreen Kaur on Sunday 22 November"."""
        transfer = self.transfer
        if not (transfer.sent_by and transfer.sent_on):
            return ""
        return _("asked by {who} on {day}").format(who=transfer.sent_by, day=day_in_words(transfer.sent_on))

    @property
    def clock(self) -> str:
        """ "answer by Tuesday 8 December, 3 days left"; nothing where nobody waits."""
        last = self.transfer.last_day_to_answer
        if self.transfer.state != T.SENT or last is None:
            return ""
        left = (last - london_today()).days
        if left < 0:
            return _("the last day to answer has passed")
        days = ngettext("{n} day left", "{n} days left", left).format(n=left) if left else _("the last day")
        return _("answer by {day}, {left}").format(day=day_in_words(last), left=days)


def coming(user: User) -> tuple[list[Row], int]:
    """What other services ask of this person's, the first to lapse first; and how many there are."""
    waiting = Transfer.objects.waiting_for(user)
    return _rows(user, waiting.order_by("lapses_on", "pk")), waiting.count()


def going(user: User) -> tuple[list[Row], int]:
    """What this person's services ask of others: what is open, and answers that nobody has read."""
    asked = Transfer.objects.sent_by(user)
    asked = asked.filter(Q(state__in=OPEN_TRANSFERS) | Q(state__in=ANSWERED_TRANSFERS, noted_at=None))
    return _rows(user, asked), asked.count()


def past(user: User, before: int | None) -> tuple[list[Row], int | None]:
    """What is over, the newest first, and the key of the next page if there is one."""
    over = Transfer.objects.visible_to(user).exclude(state__in=OPEN_TRANSFERS)
    over = over.filter(pk__lt=before) if before else over
    rows = _rows(user, over, PAGE + 1)
    return rows[:PAGE], rows[PAGE - 1].transfer.pk if len(rows) > PAGE else None


def _rows(user: User, transfers: Any, most: int = PAGE) -> list[Row]:
    related = ("from_service__organisation", "to_service__organisation", "sent_by")
    found = list(transfers.select_related(*related)[:most])
    families = Family.objects.visible_to(user).in_bulk([transfer.family_id for transfer in found])
    return [Row(transfer, families.get(transfer.family_id)) for transfer in found]


@dataclass(frozen=True)
class Step:
    """A line of its history, for the service that asked."""

    happened_at: dt.datetime
    words: str
    by: str
    note: str


@dataclass(frozen=True)
class TransferPage:
    row: Row
    sends: bool
    receives: bool
    agreed_by: FamilyMember | None
    """Told only to those who know the family."""
    questions: list[TransferQuestion]
    steps: list[Step]

    @property
    def may_answer(self) -> bool:
        return self.receives and self.row.transfer.waits

    @property
    def question_waits(self) -> bool:
        return any(question.replied_at is None for question in self.questions)

    @property
    def answer_unread(self) -> bool:
        transfer = self.row.transfer
        return self.sends and transfer.state in ANSWERED_TRANSFERS and transfer.noted_at is None


def transfer_page(user: User, transfer: Transfer, family: Family | None) -> TransferPage:
    """What this person may read of it. Steps are the sender's; the database keeps them from anybody else."""
    both = Service.objects.coordinated_by(user).filter(pk__in=[transfer.from_service_id, transfer.to_service_id])
    held = set(both.values_list("pk", flat=True))
    people = FamilyMember.objects.visible_to(user) if family else FamilyMember.objects.none()
    questions = TransferQuestion.objects.visible_to(user).filter(transfer=transfer)
    return TransferPage(
        row=Row(transfer, family),
        sends=transfer.from_service_id in held,
        receives=transfer.to_service_id in held,
        agreed_by=people.filter(pk=transfer.agreed_by_id or 0).first(),
        questions=list(questions.select_related("asked_by", "replied_by")),
        steps=[step_of(move, transfer) for move in moves_of([transfer])] if family else [],
    )


def moves_of(transfers: Iterable[Transfer]) -> QuerySet[Transition]:
    """Every move of these, the newest first."""
    moves = Transition.objects.filter(machine="transfer", subject_id__in=[transfer.pk for transfer in transfers])
    return moves.select_related("by").order_by("-id")


def step_of(move: Transition, transfer: Transfer) -> Step:
    words = str(MOVED[move.to_state]).format(service=transfer.to_service.name)
    reason = dict(TransferDeclineReason.choices).get(move.reason)
    words = f"{words}: {reason}" if reason else words
    return Step(move.happened_at, words, move.by.display_name if move.by else "", move.note)


def of_support(user: User, support: Support) -> list[Transfer]:
    """Those that would lead or led this support on, and that by which it came; the newest first."""
    transfers = Transfer.objects.visible_to(user).filter(Q(support=support) | Q(new_support=support))
    return list(transfers.select_related("from_service__organisation", "to_service__organisation"))


def asked(user: User, today: dt.date, limit: int) -> Found:
    """For Today: services that ask for an answer. One whose own question waits comes again near its last day."""
    unanswered = TransferQuestion.objects.filter(transfer=OuterRef("pk"), replied_at=None)
    waiting: Any = Transfer.objects.waiting_for(user).annotate(asks=models.Exists(unanswered))
    waiting = waiting.filter(Q(asks=False) | Q(lapses_on__lte=today + dt.timedelta(days=LAST_DAYS)))
    waiting = waiting.annotate(total=TOTAL).select_related("from_service__organisation")
    rows = list(waiting.order_by("sent_on", "pk")[:limit])
    return found_among([_asked_need(row) for row in rows], rows)


def _asked_need(transfer: Transfer) -> Need:
    words = _("{service} asks whether you can go on with a family")
    return Need(
        reason=words.format(service=transfer.from_service.name),
        detail=" · ".join([transfer.from_service.organisation.name, Row(transfer, None).clock]),
        family=None,
        since=at_london(transfer.sent_on, dt.time()) if transfer.sent_on else timezone.now(),
        url=reverse("families:transfer", args=[transfer.pk]),
        action=_("Answer"),
        icon="joining",
    )


def to_see_to(user: User, today: dt.date, limit: int) -> Found:
    """For Today: answers and questions that came, what may be sent, and what was begun a week ago."""
    question = TransferQuestion.objects.filter(transfer=OuterRef("pk"), replied_at=None).values("asked_at")[:1]
    talked = timezone.now() - dt.timedelta(days=TALK_DAYS)
    mine: Any = Transfer.objects.sent_by(user).annotate(asked_at=Subquery(question))
    mine = mine.filter(
        Q(state__in=ANSWERED_TRANSFERS, noted_at=None)
        | Q(state=T.SENT, asked_at__isnull=False)
        | Q(state=T.AGREED)
        | Q(state=T.PROPOSED, created_at__lt=talked)
    )
    rows = list(mine.annotate(total=TOTAL).select_related("family", "to_service").order_by("updated_at", "pk")[:limit])
    return found_among([_own_need(row) for row in rows], rows)


WAITS: dict[str, tuple[Any, Any, str]] = {
    T.PROPOSED: (later("has the family agreed that {service} is asked?"), later("Look"), "draft"),
    T.AGREED: (later("the family agreed: now ask {service}"), later("Ask"), "send"),
    T.SENT: (later("{service} asks something before it answers"), later("Answer"), "message"),
    T.ACCEPTED: (later("{service} said yes and goes on with them"), later("Read it"), "leaving"),
    T.DECLINED: (later("{service} said that it is not possible: you go on"), later("Read it"), "info"),
    T.LAPSED: (later("{service} did not answer in time: you go on"), later("Read it"), "clock"),
}


def _own_need(transfer: Any) -> Need:
    words, action, icon = WAITS[transfer.state]
    return Need(
        reason=str(words).format(service=transfer.to_service.name),
        family=transfer.family,
        since=transfer.asked_at or transfer.updated_at,
        url=reverse("families:transfer", args=[transfer.pk]),
        action=str(action),
        icon=icon,
    )
