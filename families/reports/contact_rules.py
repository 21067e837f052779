"""Whether each person of a family may be reached now, by every way, and what was kept back: for one page, and Today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.clock import at_london, day_in_words, moment_in_words
from betterstart.reminders.models import Message
from families.models import Channel, ContactMethod, Family, FamilyMember, KeptApart, Safe, Support
from families.models.member import ADULT_ROLES
from families.models.reaching import people_to_reach
from families.models.safe_contact import ASKED_HOLDS, Content, Person, Verdict, asked_until, may_contact, must_be_asked
from families.reports.needs import Found, Need
from families.reports.waiting import TOTAL, found_among

BY_A_PERSON, BY_ITSELF = Content(is_automatic=False), Content()
MESSAGES_SHOWN = 10
PAGE = 50


@dataclass(frozen=True)
class Way:
    contact: ContactMethod
    for_us: Verdict
    """If one of us does it now."""
    by_itself: Verdict | None
    """If a message goes out by itself; None for what never does."""
    ask_by: dt.date
    is_overdue: bool

    @property
    def may_be_confirmed(self) -> bool:
        return self.contact.safe != Safe.UNKNOWN

    @property
    def later(self) -> str:
        return moment_in_words(self.by_itself.not_before) if self.by_itself and self.by_itself.not_before else ""


@dataclass(frozen=True)
class Reachable:
    member: FamilyMember
    ways: list[Way]


@dataclass(frozen=True)
class KeptBackMessage:
    name: str
    written_at: dt.datetime
    why: str
    until: str
    """When it is tried again, in words; empty where it never is."""


@dataclass(frozen=True)
class ContactRules:
    people: list[Reachable]
    apart: list[KeptApart]
    lifted: list[KeptApart]
    messages: list[KeptBackMessage]
    """What did not reach them, for those who coordinate."""


def contact_rules(user: User, family: Any) -> ContactRules:
    """A fixed number of questions. `family.coordinates` says whether the reader coordinates."""
    members = list(FamilyMember.objects.visible_to(user).of_family(family))
    adults = [member for member in members if member.gone_on is None and member.role in ADULT_ROLES]
    people, now = people_to_reach([member.pk for member in adults]), timezone.now()
    apart = list(KeptApart.objects.visible_to(user).filter(family=family).select_related("written_by", "decided_by"))
    return ContactRules(
        people=[Reachable(member, _ways(people[member.pk], now)) for member in adults],
        apart=[row for row in apart if row.is_in_force],
        lifted=[row for row in apart if not row.is_in_force],
        messages=_not_sent(user, family, members) if family.coordinates else [],
    )


def _ways(person: Person, now: dt.datetime) -> list[Way]:
    return [_way(person, contact, now) for contact in person.ways if contact.valid_to is None]


def _way(person: Person, contact: ContactMethod, now: dt.datetime) -> Way:
    sends = contact.channel in {Channel.TEXT, Channel.EMAIL}
    only = Person(**{**vars(person), "ways": [contact], "alike": [*person.alike, *person.ways]})
    return Way(
        contact=contact,
        for_us=may_contact(only, contact.channel, now, BY_A_PERSON),
        by_itself=may_contact(only, contact.channel, now, BY_ITSELF) if sends else None,
        ask_by=asked_until(contact),
        is_overdue=must_be_asked(contact, now.date()),
    )


def _not_sent(user: User, family: Family, members: Sequence[FamilyMember]) -> list[KeptBackMessage]:
    """The newest that wait for a better hour or were kept back; those of the family whoever had them written."""
    names = {member.pk: str(member) for member in members}
    with acting_as(Scope.ALL, user.pk):
        rows = Message.objects.filter(family_id=family.pk, sent_at=None, person_id__in=names)
        rows = rows.filter(Q(refused_at__isnull=False) | Q(not_before__isnull=False))
        newest = list(rows.order_by("-created_at", "-pk")[:MESSAGES_SHOWN])
    return [
        KeptBackMessage(
            names[row.person_id],  # type: ignore[index]
            row.created_at,
            row.refused_because or row.waits_because,
            moment_in_words(row.not_before) if row.not_before and row.refused_at is None else "",
        )
        for row in newest
    ]


def to_look_at(user: User, *, after: str = "") -> dict[str, Any]:
    """What a safeguarding lead has not decided, the oldest first, page by page; and the newest decisions."""
    rows = KeptApart.objects.to_look_at(user).select_related("written_by", "decided_by")
    waiting = rows.filter(state="waiting")
    if after.isdecimal():
        waiting = waiting.filter(pk__gt=int(after[:18]))
    found = list(waiting.order_by("pk")[: PAGE + 1])
    return {
        "waiting": found[:PAGE],
        "more": found[PAGE - 1].pk if len(found) > PAGE else None,
        "decided": list(rows.exclude(state="waiting").order_by("-decided_at", "-pk")[:MESSAGES_SHOWN]),
    }


def reference_of(user: User, row: KeptApart) -> str:
    """The reference of its family, which a safeguarding lead does not see otherwise, to ask its coordinators by."""
    with acting_as(Scope.ALL, user.pk):
        return Family.objects.values_list("reference", flat=True).get(pk=row.family_id)


def to_ask_again(user: User, today: dt.date, limit: int) -> Found:
    """Families in which somebody said what is safe so long ago that they must be asked again."""
    until = Coalesce("review_on", Cast(F("told_on") + ASKED_HOLDS, models.DateField()))
    ways = ContactMethod.objects.current().filter(family=OuterRef("family"), safe=Safe.YES, member__left_on=None)
    ways = ways.annotate(until=until).filter(until__lt=today).order_by("until")
    supports: Any = Support.objects.open().coordinated_by(user).filter(family__silent_since=None)
    supports = supports.annotate(until=Subquery(ways.values("until")[:1])).filter(until__isnull=False)
    rows = list(supports.annotate(total=TOTAL).select_related("family").order_by("until", "pk")[:limit])
    return found_among([_ask_again(row) for row in rows], rows)


def _ask_again(support: Any) -> Need:
    return Need(
        reason=_("ask again how they may be reached safely"),
        detail=_("what they said counted until {day}").format(day=day_in_words(support.until)),
        family=support.family,
        since=at_london(support.until, dt.time()),
        url=reverse("families:contact-rules", args=[support.family.reference]),
        action=_("Look at it"),
        icon="shield",
    )
