"""The needs this app knows of: promises that ran out, visits without a record, doors that stayed closed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Case, ExpressionWrapper, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.models import Membership, User
from betterstart.access.roles import Role
from betterstart.clock import at_london, day_in_words, london_date, moment_in_words
from families.models import NotDeliveredReason, Support, SupportState, Visit
from families.reports.needs import Found, Need
from families.reports.promise import Promise
from families.reports.today import with_next_visit

S = SupportState
PAUSE_NOTICE_DAYS = 7
SIX_WEEKS = dt.timedelta(weeks=6)
SO_OFTEN_IN_SIX_WEEKS = 3
NEVER = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
LONG_AGO = dt.timedelta(days=90)
TOTAL = models.Window(models.Count("*"))


def _days(expression: Any) -> ExpressionWrapper:
    return ExpressionWrapper(expression, output_field=models.DateField())


def _found(needs: list[Need], rows: list[Any]) -> Found:
    return Found(needs, rows[0].total if rows else 0)


def promises(user: User, today: dt.date, limit: int) -> Found:
    """Supports that somebody should look at: each state has its own day from which on.

    Offered and nobody in touch: at once, unless a visit is planned. Waiting: after the promised touch. Started: after
    the days without contact at which the service tells the coordinator, or the promise if that is longer. Paused: a
    week before it starts again. Ending: after the agreed last day.
    """
    quiet = _days(F("counted_from") + Greatest("service__no_contact_days", "promised_every"))
    supports = with_next_visit(Support.objects.open().coordinated_by(user).with_promise())
    supports = supports.annotate(
        look_from=Case(
            When(Q(state=S.OFFERED, next_planned=None), then=F("accepted_on")),
            When(state=S.OFFERED, then=None),
            When(state=S.PAUSED, then=_days(F("paused_until") - Value(PAUSE_NOTICE_DAYS))),
            When(state=S.ENDING, ending_on__lt=today, then=F("ending_on")),
            When(state=S.WAITING, then=F("due_on")),
            default=quiet,
            output_field=models.DateField(),
        ),
        ran_out_on=Case(
            When(state=S.OFFERED, then=F("accepted_on")),
            When(state=S.ENDING, ending_on__lt=today, then=F("ending_on")),
            default=F("due_on"),
            output_field=models.DateField(),
        ),
    )
    late = supports.filter(Q(look_from__lt=today) | Q(look_from=today, state__in=[S.OFFERED, S.PAUSED]))
    rows = late.annotate(total=TOTAL).select_related("family", "service").order_by("ran_out_on", "pk")[:limit]
    return _found([_promise_need(row, today) for row in rows], list(rows))


def _promise_need(support: Any, today: dt.date) -> Need:
    need: dict[str, Any] = {"reason": Promise.of(support).sentence, "url": _plan(support), "action": _("Plan a visit")}
    family = reverse("families:family", args=[support.family.reference])
    if support.state == S.OFFERED:
        days = (today - support.accepted_on).days
        words = ngettext(
            "offered {n} day ago, no first contact yet", "offered {n} days ago, no first contact yet", days
        )
        need |= {
            "reason": words.format(n=days) if days else _("offered today, no first contact yet"),
            "icon": "joining",
        }
    elif support.state == S.PAUSED:
        need |= {"url": family, "action": _("Look"), "icon": "pause"}
    elif support.state == S.ENDING and support.ending_on and support.ending_on < today:
        words = _("the ending was agreed for {day}, and the last steps are open")
        need |= {"reason": words.format(day=day_in_words(support.ending_on)), "url": family}
        need |= {"action": _("Look"), "icon": "leaving"}
    elif support.state == S.WAITING:
        need |= {"icon": "waiting"}
    if support.next_planned:
        need["detail"] = _("next visit {when}").format(when=moment_in_words(support.next_planned))
    return Need(family=support.family, since=at_london(support.ran_out_on, dt.time()), **need)


def _offered(today: dt.date, accepted_on: dt.date) -> str:
    days = (today - accepted_on).days
    if days < 1:
        return _("offered today, no first contact yet")
    words = ngettext("offered {n} day ago, no first contact yet", "offered {n} days ago, no first contact yet", days)
    return words.format(n=days)


def unrecorded(user: User, today: dt.date, limit: int) -> Found:
    """Planned visits whose time has passed: one's own at once, those of others when their check-in is due."""
    now = timezone.now()
    due = ExpressionWrapper(
        F("planned_end") + F("support__service__check_in_due_hours") * Value(dt.timedelta(hours=1)),
        output_field=models.DateTimeField(),
    )
    visits = Visit.objects.planned().filter(
        support__in=Support.objects.open().coordinated_by(user), planned_end__lt=now
    )
    late = visits.annotate(due=due).filter(Q(worker=user) | Q(due__lt=now))
    late = late.annotate(total=TOTAL).select_related("family", "worker").order_by("planned_end", "pk")
    rows = list(late[:limit])
    return _found([_unrecorded_need(row, user) for row in rows], rows)


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


def closed_doors(user: User, today: dt.date, limit: int) -> Found:
    """Families not available so many times in a row, or three times in six weeks.

    A row ends with a visit, or with the family cancelling: somebody spoke. Three in six weeks is answered by a visit
    or call of a coordinator afterwards.
    """
    mine: Any = Visit.objects.filter(support=OuterRef("pk")).with_happened_at()
    shut = mine.filter(not_delivered_reason=NotDeliveredReason.FAMILY_NOT_AVAILABLE)
    spoke = Q(actual_start__isnull=False) | Q(not_delivered_reason=NotDeliveredReason.CANCELLED_BY_FAMILY)
    coordinators = Membership.objects.active().filter(role=Role.COORDINATOR).values("user")
    recently = Visit.objects.filter(not_delivered_reason=NotDeliveredReason.FAMILY_NOT_AVAILABLE)
    recently = recently.filter(planned_start__gt=timezone.now() - LONG_AGO)
    supports = Support.objects.open().coordinated_by(user).filter(pk__in=recently.values("support"))
    supports = supports.annotate(
        last_at=_latest(shut),
        spoke_at=Coalesce(_latest(mine.filter(spoke)), NEVER),
        looked_at=Greatest(
            _latest(mine.filter(actual_start__isnull=False, worker__in=coordinators)), timezone.now() - SIX_WEEKS
        ),
    ).annotate(
        in_row=_count(shut.filter(planned_start__gt=OuterRef("spoke_at"))),
        in_weeks=_count(shut.filter(planned_start__gt=OuterRef("looked_at"))),
    )
    shut_out = supports.filter(
        Q(in_row__gte=F("service__not_available_in_a_row")) | Q(in_weeks__gte=SO_OFTEN_IN_SIX_WEEKS)
    )
    ordered = shut_out.annotate(total=TOTAL).select_related("family", "service").order_by("last_at", "pk")
    rows = list(ordered[:limit])
    return _found([_closed_need(row) for row in rows], rows)


def _latest(visits: Any) -> models.Subquery:
    return models.Subquery(visits.order_by("-happened_at").values("happened_at")[:1])


def _count(visits: models.QuerySet[Visit]) -> Coalesce:
    grouped = visits.order_by().values("support").annotate(n=models.Count("pk")).values("n")
    return Coalesce(models.Subquery(grouped), 0)


def _closed_need(support: Any) -> Need:
    if support.in_row >= support.service.not_available_in_a_row:
        count = support.in_row
        words = ngettext("not available {n} time", "not available {n} times in a row", count)
    else:
        count = support.in_weeks
        words = ngettext("not available {n} time in six weeks", "not available {n} times in six weeks", count)
    last = day_in_words(london_date(support.last_at))
    return Need(
        reason=words.format(n=count),
        detail=_("last on {day}; it may mean nothing, and it is worth asking").format(day=last),
        family=support.family,
        since=support.last_at,
        url=_plan(support),
        action=_("Plan a visit"),
        icon="home",
    )


def _plan(support: Support) -> str:
    return f"{reverse('families:visit-plan', args=[support.family.reference])}?support={support.pk}"
