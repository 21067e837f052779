"""What families say back: what waits for an answer, what stands beside a note, and one adult's own, with answers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.models import User
from betterstart.clock import day_in_words, london_date, london_today, moment_in_words
from families.actions.visit import may_edit
from families.models import Family, FamilyMember, FamilyReply, ReplyKind, Support, SupportState, Visit
from families.models.reply import NOTE_KINDS, FamilyReplyQuerySet
from families.reports.needs import Found, Need, Urgency
from families.reports.support import move_option
from families.reports.timeline.said import ASKS

MOST_LISTED = 100
WEEK = 7
FRIDAY = 4
LATE_AFTER, VERY_LATE_AFTER = 2, 5
"""Working days after which Today says how long somebody has waited, and that they may think nobody reads it."""

ICONS = {ReplyKind.OTHER_VOLUNTEER: "volunteers", ReplyKind.CALL: "phone", ReplyKind.CORRECTION: "edit"}


def working_days(since: dt.date, until: dt.date) -> int:
    """How many days from Monday to Friday lie after the first day, up to and with the second."""
    weeks, rest = divmod(max(0, (until - since).days), WEEK)
    return 5 * weeks + sum((since.weekday() + day) % WEEK <= FRIDAY for day in range(1, rest + 1))


def wait_in_words(said_at: dt.datetime, today: dt.date) -> str:
    """What Today says of how long somebody has waited for an answer."""
    days = working_days(london_date(said_at), today)
    if days < LATE_AFTER:
        return _("said on {when}").format(when=moment_in_words(said_at))
    words = ngettext(
        "has waited {n} working day for an answer", "has waited {n} working days for an answer", days
    ).format(n=days)
    return words if days < VERY_LATE_AFTER else _("{waited}: they may think that nobody reads it").format(waited=words)


def to_answer(user: User, today: dt.date, limit: int) -> Found:
    """What families said to the services this person coordinates, and nobody has answered yet: in one query."""
    rows: Any = FamilyReply.objects.waiting().filter(support__in=Support.objects.coordinated_by(user))
    rows = rows.select_related("family", "member").annotate(total=models.Window(models.Count("*")))
    found = list(rows.order_by("said_at", "pk")[:limit])
    return Found([_need(row, today) for row in found], found[0].total if found else 0)


def _need(row: FamilyReply, today: dt.date) -> Need:
    return Need(
        reason=str(ASKS[row.kind]).format(name=row.first_name),
        detail=wait_in_words(row.said_at, today),
        family=row.family,
        since=row.said_at,
        url=reverse("families:reply", args=[row.family.reference, row.uuid]),
        action=_("Answer"),
        urgency=Urgency.ASKED,
        icon=ICONS.get(ReplyKind(row.kind), "quote"),
    )


def replies_of(user: User, family: Family) -> list[FamilyReply]:
    """What this person may read of one family's, what waits for an answer first, then the latest."""
    rows = with_people(FamilyReply.objects.visible_to(user).filter(family=family)).order_by("-said_at", "-pk")
    return sorted(rows[:MOST_LISTED], key=lambda row: not row.waits)


def beside_note(user: User, visit: Visit) -> list[FamilyReply]:
    """What was said about this visit, in the order in which it was said, as far as this person may read it."""
    rows = with_people(FamilyReply.objects.visible_to(user).filter(visit=visit))
    return list(rows.order_by("said_at", "pk")[:MOST_LISTED])


def with_people(rows: FamilyReplyQuerySet) -> FamilyReplyQuerySet:
    people = ("family", "member", "visit", "support__service", "answered_by", "seen_by", "written_by")
    return rows.select_related(*people)


def said_to(worker: User, since: dt.datetime) -> FamilyReplyQuerySet:
    """What families said lately about this person's own notes."""
    rows = FamilyReply.objects.visible_to(worker).filter(visit__worker=worker, kind__in=NOTE_KINDS, said_at__gte=since)
    return with_people(rows.exclude(coordinator_only=True)).order_by("-said_at", "-pk")


def own_replies(adult: FamilyMember) -> list[FamilyReply]:
    """Everything one adult said and was answered, the latest first: for their own page and nobody else's.

    Each with `answered_name` and `seen_name`, which is all they may know of a person.
    """
    names = {"answered_name": models.F("answered_by__display_name"), "seen_name": models.F("seen_by__display_name")}
    rows = FamilyReply.objects.said_by(adult).annotate(**names)
    return list(rows.order_by("-said_at", "-pk")[:MOST_LISTED])


def own_words_by_visit(replies: list[FamilyReply]) -> dict[int, list[FamilyReply]]:
    """Of one adult's own those that stand beside a note, by its visit, in the order in which they were said."""
    found: dict[int, list[FamilyReply]] = {}
    for reply in reversed(replies):
        if reply.visit_id:
            found.setdefault(reply.visit_id, []).append(reply)
    return found


def promised_by() -> str:
    """By when an adult may expect an answer: two working days from today."""
    day = london_today()
    while working_days(london_today(), day) < LATE_AFTER:
        day += dt.timedelta(days=1)
    return day_in_words(day)


def reply_page(user: User, reply: FamilyReply) -> dict[str, Any]:
    """What stands around one reply: the note, what they said before and after, and what may be done about it."""
    chain = FamilyReply.objects.visible_to(user).filter(member=reply.member_id).exclude(pk=reply.pk)
    chain = chain.filter(models.Q(pk=reply.follows_id) | models.Q(follows=reply.pk))
    wishes_another = reply.kind == ReplyKind.OTHER_VOLUNTEER and reply.support.state == SupportState.ACTIVE
    rematch = wishes_another and move_option(reply.support, SupportState.WAITING)
    return {
        "reply": reply,
        "visit": reply.visit,
        "beside": beside_note(user, reply.visit) if reply.visit else [],
        "chain": list(with_people(chain).order_by("said_at")),
        "is_of_older_note": bool(reply.visit and reply.visit_version and reply.visit.version > reply.visit_version),
        "may_correct": reply.visit is not None and reply.visit.was_delivered and may_edit(user, reply.visit),
        "rematch": rematch or None,
        "reads_answers": True,
    }
