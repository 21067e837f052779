"""What volunteers say that a coordinator should hear today. Registered with Today in `apps.py`."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.models import User
from betterstart.clock import at_london, day_in_words, london_date, moment_in_words
from families.models import Assignment, VisitState
from families.reports.needs import Found, Need, Urgency
from families.reports.replies import LATE_AFTER, VERY_LATE_AFTER, working_days
from volunteers.models import CallRequest, CheckIn, CheckInNote, Volunteer, Worry
from volunteers.models.check_in import FROM_THE_AUTHOR, MOST_HEAVY, NoteKind

# How many rows there are, counted before the limit, so that a provider asks once.
IN_ALL = models.Window(models.Count("pk"))
UNREAD_FOR = dt.timedelta(days=3)


def asked(user: User, today: dt.date, limit: int) -> Found:
    """Check-ins with a worry, a "not sure", a very heavy visit, an answer that nobody has read, or a question that the
    volunteer has not answered for two working days: in one query.
    """
    notes = CheckInNote.objects.filter(check_in=models.OuterRef("pk")).order_by("pk")
    old = notes.open_questions((*FROM_THE_AUTHOR, NoteKind.REPLY)).filter(
        created_at__lt=_before_working_days(today, LATE_AFTER)
    )
    # Who is not with the family any more cannot answer.
    here = Assignment.objects.in_force().filter(worker=models.OuterRef("author"), support=models.OuterRef("support"))
    mine = CheckIn.objects.visible_to(user).coordinated_by(user).with_urgency()
    rows: Any = mine.annotate(
        more_at=models.Subquery(notes.unread_from_author().values("created_at")[:1]),
        question_at=models.Subquery(old.values("created_at")[:1]),
    ).filter(
        models.Q(seen_at=None, worry__in=[Worry.YES, Worry.NOT_SURE])
        | models.Q(seen_at=None, heaviness=MOST_HEAVY)
        | models.Q(more_at__isnull=False)
        | models.Q(models.Exists(here), question_at__isnull=False) & ~models.Q(visit__state=VisitState.WITHDRAWN)
    )
    shown = rows.annotate(total=IN_ALL).order_by("urgency", "recorded_at", "pk")
    return _found([(_about(row, today), row) for row in shown.select_related("visit", "family", "author")[:limit]])


def _before_working_days(today: dt.date, days: int) -> dt.datetime:
    """What was written before this moment has waited at least so many working days."""
    day = today
    while working_days(day, today) < days:
        day -= dt.timedelta(days=1)
    return at_london(day + dt.timedelta(days=1), dt.time())


def _found(pairs: list[tuple[Need, Any]]) -> Found:
    return Found([need for need, _row in pairs], pairs[0][1].total if pairs else 0)


def _about(row: Any, today: dt.date) -> Need:
    name, unread = row.author.display_name, row.seen_at is None
    since, urgency, detail = row.recorded_at, Urgency.ASKED, ""
    if unread and row.worry == Worry.YES:
        reason, urgency, icon = _("Worried: {name}, {when}"), Urgency.WORRY, "concern"
    elif unread and row.worry == Worry.NOT_SURE:
        reason, icon = _("“Not sure, talk to me”: {name}, {when}"), "message"
    elif unread and row.heaviness == MOST_HEAVY:
        reason, icon = _("A very heavy visit for {name}, {when}"), "heavy"
    elif row.more_at:
        reason, icon, since = _("{name} wrote more, {when}"), "message", row.more_at
        detail = _waits_for_you(since, today)
    else:
        reason, icon, since = _("Your question to {name} of {when} has no answer yet"), "message", row.question_at
        urgency, detail = Urgency.PROMISE, _waits_for_them(since, today)
    if row.visit.state == VisitState.WITHDRAWN:
        detail = _("the visit was entered by mistake")
    return Need(
        reason=reason.format(name=name, when=moment_in_words(since)),
        family=row.family,
        since=since,
        url=reverse("volunteers:check-in", args=[row.pk]),
        action=_("Read"),
        urgency=urgency,
        icon=icon,
        detail=detail,
    )


def _waits_for_you(since: dt.datetime, today: dt.date) -> str:
    """Somebody wrote back, and nobody has read it: said after two working days, and after five what they may think."""
    days = working_days(london_date(since), today)
    if days < LATE_AFTER:
        return ""
    words = ngettext("has waited {n} working day", "has waited {n} working days", days).format(n=days)
    return words if days < VERY_LATE_AFTER else _("{waited}: they may think that nobody reads it").format(waited=words)


def _waits_for_them(since: dt.datetime, today: dt.date) -> str:
    days = working_days(london_date(since), today)
    words = ngettext("{n} working day", "{n} working days", days).format(n=days)
    return words if days < VERY_LATE_AFTER else _("{waited}: ring rather than write again").format(waited=words)


def calls(user: User, today: dt.date, limit: int) -> Found:
    """Volunteers who would like to be called."""
    rows = CallRequest.objects.open().filter(volunteer__in=Volunteer.objects.supervised_by(user))
    shown = rows.annotate(total=IN_ALL).select_related("volunteer__user", "check_in__visit__family")
    return _found([(_call(row), row) for row in shown.order_by("asked_at")[:limit]])


def _call(call: CallRequest) -> Need:
    return Need(
        reason=_("{name} would like a call, asked {when}").format(
            name=call.volunteer.display_name, when=moment_in_words(call.asked_at)
        ),
        family=call.check_in.visit.family if call.check_in else None,
        since=call.asked_at,
        url=reverse("volunteers:volunteer", args=[call.volunteer_id]),
        action=_("Call"),
        urgency=Urgency.ASKED,
        icon="phone",
        detail=call.words,
    )


def unread(user: User, today: dt.date, limit: int) -> Found:
    """Check-ins that nobody has read for some days: one line for all of them."""
    mine = CheckIn.objects.visible_to(user).coordinated_by(user).standing().unseen()
    old = mine.filter(recorded_at__lt=timezone.now() - UNREAD_FOR, worry=Worry.NO)
    found = old.aggregate(n=models.Count("pk"), oldest=models.Min("recorded_at"))
    if not found["n"]:
        return Found([], 0)
    sentence = ngettext(
        "{n} check-in waits to be read, from {day}", "{n} check-ins wait to be read, the oldest from {day}", found["n"]
    )
    need = Need(
        reason=sentence.format(n=found["n"], day=day_in_words(found["oldest"])),
        family=None,
        since=found["oldest"] + UNREAD_FOR,
        url=reverse("volunteers:check-in-list"),
        action=_("Read"),
        icon="check-in",
    )
    return Found([need], 1)
