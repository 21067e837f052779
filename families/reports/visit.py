"""What a visit form starts with."""

from __future__ import annotations

import datetime as dt
import uuid as uuids
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from betterstart.access.models import User
from betterstart.clock import LONDON, london_date, london_today
from families.models import Family, Support, SupportState, Visit, VisitMode, VisitPurpose
from families.models.support import VISITED_STATES

STARTS_WITH_INITIAL = (SupportState.OFFERED, SupportState.GETTING_TO_KNOW)


def support_to_offer(supports: Sequence[Support], wanted: str = "") -> Support | None:
    """The one somebody asked for, else the first that is visited, else the first."""
    chosen = [row for row in supports if str(row.pk) == wanted]
    visited = [row for row in supports if row.state in VISITED_STATES]
    return next(iter([*chosen, *visited, *supports]), None)


def usual_visit(family: Family, support: Support | None, user: User) -> dict[str, Any]:
    """The most likely answers for a visit that has just ended: as last time, of the usual length."""
    minutes = support.service.usual_visit_minutes if support else 60
    last = support.visits.delivered().order_by("-actual_start").first() if support else None
    return {
        "uuid": uuids.uuid4(),
        "support": support.pk if support else None,
        "worker": user.pk,
        **day_and_time(_quarter_before(timezone.now() - dt.timedelta(minutes=minutes))),
        "minutes": minutes,
        "mode": last.mode if last else VisitMode.HOME,
        "purpose": likely_purpose(support),
        "present": _usually_there(family, last),
    }


def next_visit(support: Support | None, user: User) -> dict[str, Any]:
    """The most likely answers for planning: a week after the last one planned or held, same person, same time."""
    visits: Any = support.visits.standing() if support else Visit.objects.none()
    last = visits.with_happened_at().order_by("-happened_at").first()
    initial: dict[str, Any] = {"uuid": uuids.uuid4(), "support": support and support.pk, "worker": user.pk}
    initial |= {"purpose": likely_purpose(support), "minutes": support.service.usual_visit_minutes if support else 60}
    initial |= {"mode": VisitMode.HOME, "repeat": "once", "weeks": 6}
    if last:
        when = timezone.localtime(last.happened_at, LONDON)
        weeks = max(1, (london_today() - when.date()).days // 7 + 1)
        initial |= {"worker": last.worker_id, "mode": last.mode}
        initial |= {"day": when.date() + dt.timedelta(weeks=weeks), "time": when.time().replace(second=0)}
    return initial


def likely_purpose(support: Support | None) -> str:
    if support is None or support.state not in STARTS_WITH_INITIAL:
        return VisitPurpose.ORDINARY.value
    had_one = support.visits.delivered().filter(purpose=VisitPurpose.INITIAL).exists()
    return (VisitPurpose.ORDINARY if had_one else VisitPurpose.INITIAL).value


def _usually_there(family: Family, last: Visit | None) -> list[int]:
    if last:
        return list(last.presences.values_list("member_id", flat=True))
    people = family.members.current().exclude(role="unborn")
    return [member.pk for member in people if member.is_main_carer or member.is_child]


def _quarter_before(moment: dt.datetime) -> dt.datetime:
    return moment.replace(minute=moment.minute - moment.minute % 15, second=0, microsecond=0)


def day_and_time(moment: dt.datetime) -> dict[str, Any]:
    """A moment as the form's fields; in the hour that comes twice also which of the two it is."""
    local = timezone.localtime(moment, LONDON)
    which = "second" if local.fold else "first"
    return {"day": local.date(), "time": local.time().replace(second=0, microsecond=0, fold=0), "which": which}


def planned_minutes(visit: Visit) -> int | None:
    if visit.planned_start is None or visit.planned_end is None:
        return None
    return (visit.planned_end - visit.planned_start) // dt.timedelta(minutes=1)


def as_planned(visit: Visit) -> dict[str, Any]:
    """A planned visit as the fields of a form that records, moves or cancels it."""
    last = visit.support.visits.delivered().order_by("-actual_start").first()
    return {
        "uuid": uuids.uuid4(),
        "version": visit.version,
        "worker": visit.worker_id,
        **day_and_time(visit.planned_start or timezone.now()),
        "minutes": planned_minutes(visit) or visit.support.service.usual_visit_minutes,
        "mode": visit.mode,
        "purpose": _purpose_of(visit),
        "present": _usually_there(visit.family, last),
    }


def _purpose_of(visit: Visit) -> str:
    """What was planned; on the day on which an ending was agreed, the last visit."""
    is_goodbye = (
        visit.purpose == VisitPurpose.ORDINARY
        and visit.support.state == SupportState.ENDING
        and visit.planned_start is not None
        and london_date(visit.planned_start) == visit.support.ending_on
    )
    return VisitPurpose.LAST.value if is_goodbye else visit.purpose


def as_recorded(visit: Visit) -> dict[str, Any]:
    """A visit that took place as the fields of the form that corrects it."""
    return {
        "uuid": visit.uuid,
        "version": visit.version,
        "worker": visit.worker_id,
        **day_and_time(visit.actual_start or timezone.now()),
        "minutes": visit.duration_minutes,
        "mode": visit.mode,
        "purpose": visit.purpose,
        "present": list(visit.presences.values_list("member_id", flat=True)),
        "someone_else": visit.someone_else,
        "what_happened": visit.what_happened,
        "kinds_of_support": visit.kinds_of_support,
        "travel_minutes": visit.travel_minutes,
    }
