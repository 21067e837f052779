"""Planning visits: one, a weekly series, or another time for a planned one."""

from __future__ import annotations

import datetime as dt
import uuid as uuids
from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.clock import at_london, day_in_words, london_date
from families.actions.visit import already_saved, insert, lock_support, lock_visit, record_visit
from families.actions.visit_rules import (
    Findings,
    ask_if_elsewhere,
    check_may_write,
    check_minutes,
    check_planned,
    check_support,
    check_worker,
    coordinates,
)
from families.models import Support, Visit, VisitMode, VisitPurpose, VisitState
from families.models.visit import VISIT_MACHINE

LONGEST_SERIES_WEEKS = 52


@transaction.atomic
def plan_visit(
    *,
    by: User,
    support: Support,
    worker: User,
    planned_start: dt.datetime,
    minutes: int,
    mode: str = VisitMode.HOME,
    purpose: str = VisitPurpose.ORDINARY,
    uuid: uuids.UUID | None = None,
    confirmed: Collection[str] = (),
) -> Visit:
    """Plan one visit. Raises VisitRefused or VisitNeedsAnswer. The same `uuid` again gives the same visit."""
    support = lock_support(support)
    if saved := already_saved(support, uuid):
        return saved
    findings = Findings()
    _check(findings, by=by, support=support, worker=worker, starts=[planned_start], minutes=minutes)
    findings.settle(confirmed)
    visit = _planned(support, worker, planned_start, minutes, mode, purpose)
    visit.uuid = uuid or visit.uuid
    insert(visit)
    VISIT_MACHINE.note_start(visit, by=by)
    record_visit("visit.planned", visit, by)
    return visit


@transaction.atomic
def plan_series(
    *,
    by: User,
    support: Support,
    worker: User,
    first_day: dt.date,
    time: dt.time,
    minutes: int,
    weeks: int | None = None,
    until: dt.date | None = None,
    mode: str = VisitMode.HOME,
    purpose: str = VisitPurpose.ORDINARY,
    uuid: uuids.UUID | None = None,
    confirmed: Collection[str] = (),
) -> list[Visit]:
    """Plan a visit each week at the same clock time, for so many `weeks` or up to and including `until`.

    `purpose` is that of the first one.

    All or nothing: a day that cannot be planned is named and nothing is saved. Clocks going forward or back do not
    move the time. The same `uuid` again gives the same visits. Raises VisitRefused or VisitNeedsAnswer.
    """
    support = lock_support(support)
    if uuid and (saved := list(support.visits.filter(series=uuid).order_by("planned_start"))):
        return saved
    series = uuid or uuids.uuid4()
    findings = Findings()
    starts = _starts(findings, _days(findings, first_day, weeks, until), time)
    if starts:
        _check(findings, by=by, support=support, worker=worker, starts=starts, minutes=minutes)
    findings.settle(confirmed)
    visits = [_planned(support, worker, start, minutes, mode, VisitPurpose.ORDINARY) for start in starts]
    visits[0].purpose = purpose
    for visit in visits:
        visit.series = series
    Visit.objects.bulk_create(visits)
    for visit in visits:
        VISIT_MACHINE.note_start(visit, by=by)
    record_visit("visit.series_planned", visits[0], by, visits=len(visits), until=day_key(visits[-1]))
    return visits


def no_such_hour(day: dt.date, time: dt.time) -> str:
    sentence = _("There is no {time} on {day}: the clocks go forward that night. Choose another time.")
    return sentence.format(time=time.strftime("%H:%M"), day=day_in_words(day))


def _days(findings: Findings, first: dt.date, weeks: int | None, until: dt.date | None) -> list[dt.date]:
    if until is not None:
        weeks = (until - first).days // 7 + 1
    if not weeks or weeks < 1:
        findings.refuse("until", "before_first", _("Choose a day on or after the first visit."))
        return []
    if weeks > LONGEST_SERIES_WEEKS:
        sentence = _("Plan at most {weeks} weeks at a time. You can add more later.")
        findings.refuse("until" if until else "weeks", "too_many", sentence.format(weeks=LONGEST_SERIES_WEEKS))
        return []
    return [first + dt.timedelta(weeks=number) for number in range(weeks)]


def _starts(findings: Findings, days: list[dt.date], time: dt.time) -> list[dt.datetime]:
    starts = []
    for day in days:
        try:
            starts.append(at_london(day, time))
        except ValueError:
            findings.refuse("planned_start", "no_such_hour", no_such_hour(day, time))
    return starts


@transaction.atomic
def move_visit(
    *,
    by: User,
    visit: Visit,
    planned_start: dt.datetime,
    minutes: int,
    worker: User | None = None,
    mode: str = "",
    uuid: uuids.UUID | None = None,
    version: int | None = None,
    confirmed: Collection[str] = (),
) -> Visit:
    """Give a planned visit another time, and if wanted another worker or place. Gives back the visit now planned.

    Another time makes a new planned visit; the old one is kept as moved and points at it, so that the two count once.
    Where the time stays, the plan is changed in place. Raises VisitRefused, VisitNeedsAnswer, StaleVisit, MoveRefused.
    """
    support = lock_support(visit.support)
    if saved := already_saved(support, uuid):
        return saved
    visit = lock_visit(visit, version)
    worker, mode = worker or visit.worker, mode or visit.mode
    findings = Findings()
    check_may_write(findings, by=by, leads=coordinates(by, support), worker=visit.worker)
    _check(findings, by=by, support=support, worker=worker, starts=[planned_start], minutes=minutes, besides=visit.pk)
    findings.settle(confirmed)
    if visit.state == VisitState.PLANNED and visit.planned_start == planned_start:
        return _change_in_place(by, visit, planned_start, minutes, worker, mode)
    new = _planned(support, worker, planned_start, minutes, mode, visit.purpose)
    new.uuid, new.series = uuid or new.uuid, visit.series
    insert(new)
    VISIT_MACHINE.note_start(new, by=by, reason="moved")
    VISIT_MACHINE.move(visit, to=VisitState.MOVED, by=by, moved_to=new, version=visit.version + 1)
    record_visit("visit.moved", visit, by, to=day_key(new), new_visit=new.pk)
    return new


def _change_in_place(by: User, visit: Visit, start: dt.datetime, minutes: int, worker: User, mode: str) -> Visit:
    visit.worker, visit.mode = worker, mode
    visit.planned_end = start + dt.timedelta(minutes=minutes)
    visit.version += 1
    visit.save(update_fields=["worker", "mode", "planned_end", "version", "updated_at"])
    record_visit("visit.replanned", visit, by)
    return visit


def _check(
    findings: Findings,
    *,
    by: User,
    support: Support,
    worker: User,
    starts: Sequence[dt.datetime],
    minutes: int,
    besides: int | None = None,
) -> None:
    days = [london_date(start) for start in starts]
    check_may_write(findings, by=by, leads=coordinates(by, support), worker=worker)
    check_support(findings, support=support, days=days, field="planned_start")
    check_planned(findings, support=support, starts=starts)
    check_minutes(findings, support=support, minutes=minutes)
    check_worker(findings, support=support, worker=worker, days=days)
    ask_if_elsewhere(findings, worker=worker, starts=starts, minutes=minutes, planned=True, besides=besides)


def _planned(support: Support, worker: User, start: dt.datetime, minutes: int, mode: str, purpose: str) -> Visit:
    return Visit(
        family=support.family,
        support=support,
        worker=worker,
        mode=mode,
        purpose=purpose,
        planned_start=start,
        planned_end=start + dt.timedelta(minutes=minutes),
    )


def day_key(visit: Visit) -> str:
    return visit.planned_start.isoformat() if visit.planned_start else ""
