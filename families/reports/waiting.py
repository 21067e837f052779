"""The needs this app knows of: promises that ran out, visits without a record, doors that stayed closed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import Greatest, Least
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.models import Membership, User
from betterstart.access.roles import Role
from betterstart.clock import at_london, day_in_words, london_date, moment_in_words
from families.models import Cover, GroupBooking, GroupSession, NotDeliveredReason, Support, SupportState, Visit
from families.models.support import BEFORE_START
from families.models.wait import AGE_MARKS, waits_since
from families.reports.needs import Found, Need
from families.reports.promise import Promise

S = SupportState
PAUSE_NOTICE_DAYS = 7
SIX_WEEKS = dt.timedelta(weeks=6)
SO_OFTEN_IN_SIX_WEEKS = 3
NEVER = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
LONG_AGO = dt.timedelta(days=90)
TOTAL = models.Window(models.Count("*"))


def _days(expression: Any) -> ExpressionWrapper:
    return ExpressionWrapper(expression, output_field=models.DateField())


def found_among(needs: list[Need], rows: list[Any]) -> Found:
    """Needs made of rows that carry their TOTAL."""
    return Found(needs, rows[0].total if rows else 0)


def promises(user: User, today: dt.date, limit: int) -> Found:
    """Supports that somebody should look at: each state has its own day from which on.

    Until it starts, on the day somebody agreed to be in touch. Where nobody did: offered and nobody in touch at once,
    unless a visit is planned or a group expects them; waiting after the promised touch, and at each mark of its age
    with no contact since. Started: after the days without contact at which the service tells the coordinator, or the
    promise if that is longer. Paused: a week before it starts again. Ending: after the agreed last day.
    """
    supports = _dated(Support.objects.open().coordinated_by(user).with_promise(), today)
    at_once = Q(look_from=today, state__in=[S.OFFERED, S.PAUSED]) | Q(touch_on__lte=today)
    late = supports.filter(Q(look_from__lt=today) | at_once | Q(mark_on__lte=today))
    ahead = Visit.objects.planned().filter(planned_start__gt=timezone.now())
    meets = GroupSession.objects.standing().filter(ends_at__gt=timezone.now()).values("series")
    places = GroupBooking.objects.booked().filter(series__in=meets)
    expected = Q(pk__in=ahead.values("support")) | Q(pk__in=places.values("support"))
    only_old = Q(mark_on__lte=today, look_from__gte=today)
    late = late.exclude(expected, Q(state=S.OFFERED) | only_old)
    late = late.annotate(total=TOTAL).select_related("family", "service").order_by("ran_out_on", "pk")
    rows = list(late[:limit])
    nearest = ahead.filter(support__in=rows).values_list("support").annotate(models.Min("planned_start"))
    planned = dict(nearest.order_by())
    return found_among([_promise_need(row, planned.get(row.pk), today) for row in rows], rows)


def _dated(supports: Any, today: dt.date) -> Any:
    """`look_from`: after this day somebody should look. `mark_on`: the mark of its age that a wait has passed with no
    contact since. `ran_out_on`: the day that puts it in order."""
    quiet = _days(F("counted_from") + Greatest("service__no_contact_days", "promised_every"))
    passed = [
        When(since__lte=today - dt.timedelta(weeks=mark), then=_days(F("since") + Value(mark * 7)))
        for mark in reversed(AGE_MARKS)
    ]
    day = models.DateField()
    waits = Q(state__in=BEFORE_START, touch_on=None, passed__gt=F("counted_from"))
    return supports.annotate(
        since=waits_since(),
        passed=Case(*passed, output_field=day),
        mark_on=Case(When(waits, then=F("passed")), output_field=day),
        look_from=Case(
            When(touch_on__isnull=False, then=F("touch_on")),
            When(state=S.OFFERED, then=F("accepted_on")),
            When(state=S.PAUSED, then=_days(F("paused_until") - Value(PAUSE_NOTICE_DAYS))),
            When(state=S.ENDING, ending_on__lt=today, then=F("ending_on")),
            When(state=S.WAITING, then=F("due_on")),
            default=quiet,
            output_field=day,
        ),
        ran_out_on=Case(
            When(touch_on__isnull=False, then=F("touch_on")),
            When(state=S.OFFERED, then=F("accepted_on")),
            When(state=S.ENDING, ending_on__lt=today, then=F("ending_on")),
            default=Least("due_on", "mark_on"),
            output_field=day,
        ),
    )


def _promise_need(support: Any, next_planned: dt.datetime | None, today: dt.date) -> Need:
    promise, family = Promise.of(support), support.family
    need: dict[str, Any] = {"reason": promise.sentence, "url": _plan(support), "action": _("Plan a visit")}
    if support.state in BEFORE_START:
        need |= {"url": _touch(support), "action": _("Get in touch"), "icon": "waiting"}
    if support.state == S.OFFERED:
        need |= {"reason": _offered(today, support), "icon": "joining"}
        if support.last_contact_at:
            need |= {"url": reverse("families:support", args=[family.reference, support.pk]), "action": _("Decide")}
    elif support.mark_on and not promise.is_broken:
        weeks = (support.mark_on - support.since).days // 7
        words = _("waiting for {weeks} weeks by now · {last}")
        need["reason"] = words.format(weeks=weeks, last=promise.contact_words)
    elif support.state == S.PAUSED:
        where = reverse("families:support", args=[family.reference, support.pk])
        need |= {"url": where, "action": _("Decide"), "icon": "pause"}
    elif support.state == S.ENDING and support.ending_on and support.ending_on < today:
        words = _("the ending was agreed for {day}, and the last steps are open")
        need |= {"reason": words.format(day=day_in_words(support.ending_on)), "icon": "leaving"}
        need |= {"url": reverse("families:ending", args=[family.reference, support.pk]), "action": _("Finish it")}
    if next_planned:
        need["detail"] = _("next visit {when}").format(when=moment_in_words(next_planned))
    return _quietly(Need(family=family, since=at_london(support.ran_out_on, dt.time()), **need))


def _quietly(need: Need) -> Need:
    """With a family in grief somebody reads the record first; nothing on Today hurries them into a visit."""
    if need.family is None or need.family.silent_since is None:
        return need
    return replace(need, url=need.family.page, action=_("Open the record"), icon="heavy")


def _offered(today: dt.date, support: Any) -> str:
    days = (today - support.accepted_on).days
    if support.last_contact_at:
        words = ngettext("offered {n} day ago, and seen since", "offered {n} days ago, and seen since", days)
        return words.format(n=days)
    if days < 1:
        return _("offered today, no first contact yet")
    words = ngettext("offered {n} day ago, no first contact yet", "offered {n} days ago, no first contact yet", days)
    return words.format(n=days)


def unrecorded(user: User, today: dt.date, limit: int) -> Found:
    """Planned visits whose time has passed: one's own, and those of whom one stands in for, at once; others when their
    check-in is due."""
    now = timezone.now()
    due = ExpressionWrapper(
        F("planned_end") + F("support__service__check_in_due_hours") * Value(dt.timedelta(hours=1)),
        output_field=models.DateTimeField(),
    )
    visits = Visit.objects.planned().filter(
        support__in=Support.objects.open().coordinated_by(user), planned_end__lt=now
    )
    late = visits.annotate(due=due).filter(Q(worker=user) | Q(worker__in=_covered(user, today)) | Q(due__lt=now))
    late = late.annotate(total=TOTAL).select_related("family", "worker").order_by("planned_end", "pk")
    rows = list(late[:limit])
    return found_among([_unrecorded_need(row, user) for row in rows], rows)


def _covered(user: User, today: dt.date) -> Any:
    """Whose own visits this person minds besides: those who are away and whose Today they hold."""
    return Cover.objects.in_force(today).filter(held_by=user).values("away")


def _unrecorded_need(visit: Any, user: User) -> Need:
    words = (
        _("your visit of {when} has no record yet")
        if visit.worker_id == user.pk
        else _("no word yet about {worker}’s visit of {when}")
    )
    return Need(
        reason=words.format(when=moment_in_words(visit.planned_start), worker=visit.worker.display_name),
        family=visit.family,
        since=visit.planned_end,
        url=reverse("families:visit-record", args=[visit.uuid]),
        action=_("Record it"),
        icon="check-in",
    )


@dataclass
class Doors:
    """How often a family was not available lately, told by its visits in order."""

    row: int = 0
    """In a row: it ends with a visit, or with the family cancelling, for then somebody spoke."""
    in_six_weeks: int = 0
    """It starts again once a coordinator visited or called."""
    last_at: dt.datetime = NEVER


def closed_doors(user: User, today: dt.date, limit: int) -> Found:
    """Families not available so many times in a row, or three times in six weeks, the longest ago first."""
    supports = Support.objects.open().coordinated_by(user)
    recent = Visit.objects.standing().filter(support__in=supports, planned_start__gt=timezone.now() - LONG_AGO)
    shut = recent.filter(not_delivered_reason=NotDeliveredReason.FAMILY_NOT_AVAILABLE).values("support")
    counted: defaultdict[int, Doors] = defaultdict(Doors)
    # The last 90 days of the few families with a closed door in them.
    often = shut.annotate(n=models.Count("pk")).filter(n__gte=2).values("support")
    visits: Any = Visit.objects.standing().filter(support__in=often)
    visits = visits.with_happened_at().filter(happened_at__gt=timezone.now() - LONG_AGO).order_by("happened_at")
    visits = list(visits.only("support_id", "worker_id", "actual_start", "planned_start", "not_delivered_reason"))
    coordinators = _coordinators({visit.worker_id for visit in visits})
    for visit in visits:
        _count(counted[visit.support_id], visit, coordinators)
    limits = dict(supports.filter(pk__in=counted).values_list("pk", "service__not_available_in_a_row"))
    found = [
        (doors.last_at, pk, doors)
        for pk, doors in counted.items()
        if doors.row >= limits[pk] or doors.in_six_weeks >= SO_OFTEN_IN_SIX_WEEKS
    ]
    shown = sorted(found, key=lambda entry: entry[:2])[:limit]
    rows = supports.select_related("family", "service").in_bulk([pk for _at, pk, _doors in shown])
    return Found([_closed_need(rows[pk], doors) for _at, pk, doors in shown], len(found))


def _coordinators(workers: set[int]) -> set[int]:
    memberships = Membership.objects.active().filter(role=Role.COORDINATOR, user__in=workers)
    return set(memberships.values_list("user_id", flat=True))


def _count(doors: Doors, visit: Visit, coordinators: set[int]) -> None:
    if visit.not_delivered_reason == NotDeliveredReason.FAMILY_NOT_AVAILABLE and visit.planned_start:
        doors.row += 1
        doors.in_six_weeks += visit.planned_start > timezone.now() - SIX_WEEKS
        doors.last_at = visit.planned_start
    elif visit.actual_start or visit.not_delivered_reason == NotDeliveredReason.CANCELLED_BY_FAMILY:
        doors.row = 0
    if visit.actual_start and visit.worker_id in coordinators:
        doors.in_six_weeks = 0


def _closed_need(support: Support, doors: Doors) -> Need:
    if doors.row >= support.service.not_available_in_a_row:
        words = ngettext("not available {n} time", "not available {n} times in a row", doors.row).format(n=doors.row)
    else:
        n = doors.in_six_weeks
        words = ngettext("not available {n} time in six weeks", "not available {n} times in six weeks", n).format(n=n)
    last = day_in_words(london_date(doors.last_at))
    need = Need(
        reason=words,
        detail=_("last on {day}; it may mean nothing, and it is worth asking").format(day=last),
        family=support.family,
        since=doors.last_at,
        url=_plan(support),
        action=_("Plan a visit"),
        icon="home",
    )
    return _quietly(need)


def _plan(support: Support) -> str:
    return f"{reverse('families:visit-plan', args=[support.family.reference])}?support={support.pk}"


def _touch(support: Support) -> str:
    return f"{reverse('families:touch', args=[support.family.reference, support.pk])}?from=today"
