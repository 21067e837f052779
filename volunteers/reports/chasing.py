"""What waits about the checks and the training of volunteers: a line each."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.clock import at_london, day_in_words, london_date
from families.reports.needs import Found, Need, Urgency
from volunteers.models import DbsCheck, Match, Reference, Volunteer, VolunteerState
from volunteers.models.dbs import StatusResult
from volunteers.models.readiness import SOON
from volunteers.models.reference import CHASE_AFTER
from volunteers.models.volunteer import OVER

WITH_US = (VolunteerState.READY, VolunteerState.ON_BREAK)
A_MONTH = dt.timedelta(days=30)
"""From how long before training, an agreement or a year of the Update Service ends somebody is told (R15, R16)."""


def checks_waiting(user: User, today: dt.date, limit: int) -> Found:
    """References to ask after or to read, and evidence of those with us that has run out or soon does.

    One query, and one more where something runs out. It is asked with the whole scope, of those this person keeps, and
    sifted here: said once more as conditions, the same subqueries cost more to put together than to run.
    """
    with acting_as(Scope.ALL, user.pk):
        rows = [row for row in _annotated(user, today) if _waits(row, today)]
        doubtful = [row.pk for row in rows if not row.stays_in_date]
        lasting = Volunteer.objects.filter(pk__in=doubtful).in_date(today).values_list("pk", flat=True)
        in_date = set(lasting) if doubtful else set()
    for row in rows:
        row.is_in_date = row.stays_in_date or row.pk in in_date
    rows.sort(key=lambda row: (_urgency(row), _since(row, today), row.pk))
    return Found([_need(row, today) for row in rows[:limit]], len(rows))


def _waits(row: Any, today: dt.date) -> bool:
    if row.asked_at or row.came_at:
        return True
    if row.state not in WITH_US:
        return False
    due = row.look_again and row.look_again <= today + SOON
    return not row.stays_in_date or due or bool(row.renew_by and row.renew_by <= today + A_MONTH)


def _annotated(user: User, today: dt.date) -> models.QuerySet[Any]:
    open_ones = Reference.objects.open().filter(volunteer=models.OuterRef("pk"))
    asked = open_ones.filter(answered_at=None, asked_at__lt=timezone.now() - CHASE_AFTER).order_by("asked_at")
    came = open_ones.filter(answered_at__isnull=False).order_by("answered_at")
    newest = DbsCheck.objects.newest().filter(volunteer=models.OuterRef("pk")).with_look_again()
    together = Match.objects.holding().filter(volunteer=models.OuterRef("pk")).order_by().values("volunteer")
    stays = Volunteer.objects.in_date(today + A_MONTH).values("pk")
    rows = Volunteer.objects.kept_by(user).exclude(state__in=OVER).select_related("user")
    no = DbsCheck.objects.says_no().filter(volunteer=models.OuterRef("pk"))
    return rows.only("state", "name", "user__display_name").annotate(
        stopped=models.Subquery(no.values("stopped")[:1]),
        stopped_at=models.Subquery(no.values("stopped_at")[:1]),
        asked_at=models.Subquery(asked.values("asked_at")[:1]),
        came_at=models.Subquery(came.values("answered_at")[:1]),
        look_again=models.Subquery(newest.values("look_again")[:1]),
        renew_by=models.Subquery(newest.values("update_service_until")[:1]),
        stays_in_date=models.Case(models.When(pk__in=stays, then=models.Value(True)), default=models.Value(False)),
        families=Coalesce(models.Subquery(together.annotate(n=models.Count("pk")).values("n")), 0),
    )


def stopped_in_words(why: str) -> str:
    """Why somebody with us may not be with families, by `DbsCheck.says_no`; nobody is told what stands on a check."""
    if why == StatusResult.CHANGED:
        return _("the Update Service said that something changed: decide")
    return _("a manager decided: not with families")


def _urgency(row: Any) -> Urgency:
    """A worry where somebody is with families who must not be."""
    return Urgency.WORRY if row.stopped and row.state in WITH_US and row.families else Urgency.PROMISE


def _need(row: Any, today: dt.date) -> Need:
    parts = _parts(row, today)
    has_lapsed = row.state in WITH_US and not row.is_in_date
    if has_lapsed and row.families:
        words = ngettext("with {n} family now", "with {n} families now", row.families)
        parts.insert(1, words.format(n=row.families))
    return Need(
        reason=f"{row.display_name}: {parts[0]}",
        family=None,
        since=_since(row, today),
        url=reverse("volunteers:checks", args=[row.pk]),
        action=_("Decide") if has_lapsed else _("Open"),
        icon="shield",
        urgency=_urgency(row),
        detail=" · ".join(parts[1:]),
    )


def _since(row: Any, today: dt.date) -> dt.datetime:
    """The moment the first of it was due: the day a check runs out, or from when one is told that it will."""
    if row.state in WITH_US and row.stopped:
        return row.stopped_at
    days = [row.came_at, row.asked_at and row.asked_at + CHASE_AFTER]
    if row.state in WITH_US and row.look_again:
        lapsed = row.look_again <= today
        days.append(at_london(row.look_again if lapsed else row.look_again - SOON, dt.time()))
    return min((day for day in days if day and day <= timezone.now()), default=timezone.now())


def _parts(row: Any, today: dt.date) -> list[str]:
    """What is so, the most pressing first."""
    with_us = row.state in WITH_US
    parts = []
    if with_us and row.stopped:
        parts.append(stopped_in_words(row.stopped))
    elif with_us and row.look_again and row.look_again <= today:
        parts.append(_("the check ran out on {day}: decide").format(day=day_in_words(row.look_again)))
    elif with_us and not row.is_in_date:
        parts.append(_("something is missing or has run out: decide"))
    if row.came_at:
        parts.append(_("a reference has come: read it"))
    if row.asked_at:
        days = (today - london_date(row.asked_at)).days
        parts.append(_("asked for a reference {n} days ago, no answer").format(n=days))
    if with_us and row.look_again and today < row.look_again <= today + SOON:
        parts.append(_("the check is to be looked at again by {day}").format(day=day_in_words(row.look_again)))
    elif with_us and row.is_in_date and not row.stays_in_date:
        parts.append(_("training or an agreement runs out within a month"))
    if with_us and row.renew_by and row.renew_by <= today + A_MONTH:
        parts.append(_("the Update Service is to be renewed by {day}").format(day=day_in_words(row.renew_by)))
    return parts
