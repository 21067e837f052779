"""Recording visits: what took place, what did not, and correcting either."""

from __future__ import annotations

import datetime as dt
import uuid as uuids
from collections.abc import Collection
from typing import Any, Required, TypedDict, Unpack

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import london_date
from betterstart.transitions.machine import MoveRefused
from families.actions.support import move_support
from families.actions.visit_rules import (
    Findings,
    StaleVisit,
    VisitRefused,
    ask_if_elsewhere,
    ask_if_long,
    check_happened,
    check_may_write,
    check_minutes,
    check_present,
    check_support,
    check_worker,
    coordinates,
)
from families.models import (
    FamilyMember,
    NotDeliveredReason,
    Support,
    SupportState,
    Visit,
    VisitMode,
    VisitPresence,
    VisitPurpose,
    VisitState,
)
from families.models.visit import VISIT_MACHINE


class Facts(TypedDict, total=False):
    """What is recorded of a visit that took place. `actual_start` is an aware moment; people belong to the family."""

    worker: Required[User]
    actual_start: Required[dt.datetime]
    duration_minutes: Required[int]
    mode: str
    purpose: str
    travel_minutes: int | None
    present: Collection[FamilyMember]
    someone_else: str
    what_happened: str
    kinds_of_support: Collection[str]


OPTIONAL_FACTS: dict[str, Any] = {
    "mode": VisitMode.HOME.value,
    "purpose": VisitPurpose.ORDINARY.value,
    "travel_minutes": None,
    "someone_else": "",
    "what_happened": "",
    "kinds_of_support": (),
}


def lock_support(support: Support) -> Support:
    """The support as it stands, held until the end of the transaction: visits of one support are written in turn."""
    rows = Support.objects.select_related("service", "family").select_for_update(of=("self",))
    return rows.get(pk=support.pk)


def lock_visit(visit: Visit, version: int | None) -> Visit:
    """The visit as it stands, held. Raises StaleVisit if it is no longer the version somebody was looking at."""
    stored = (
        Visit.objects.select_related("family", "worker", "recorded_by").select_for_update(of=("self",)).get(pk=visit.pk)
    )
    if version is not None and stored.version != version:
        raise StaleVisit(stored)
    return stored


def already_saved(support: Support, uuid: uuids.UUID | None) -> Visit | None:
    """The visit that an earlier sending of the same form made, unless it was withdrawn since."""
    return support.visits.exclude(state=VisitState.WITHDRAWN).filter(uuid=uuid).first() if uuid else None


def insert(visit: Visit) -> None:
    """Save a new visit. A form id that is taken by a visit elsewhere is refused and says nothing about it."""
    try:
        with transaction.atomic():
            visit.save(force_insert=True)
    except IntegrityError as error:
        if "visit_uuid" not in str(error):
            raise
        refused = Findings()
        refused.refuse("uuid", "used_before", _("This form was used before. Please send it once more."))
        raise VisitRefused(dict(refused.errors)) from error


@transaction.atomic
def log_visit(
    *,
    by: User,
    support: Support,
    visit: Visit | None = None,
    uuid: uuids.UUID | None = None,
    version: int | None = None,
    confirmed: Collection[str] = (),
    **facts: Unpack[Facts],
) -> Visit:
    """Record that a visit took place: a planned one (`visit`), or one nobody had planned.

    `uuid` makes sending the same form twice give one row; `version` is what the person was looking at; `confirmed`
    holds the questions answered with yes. The first contact with a family whose support is still offered moves that
    support to "getting to know". Raises VisitRefused, VisitNeedsAnswer, StaleVisit, or MoveRefused.
    """
    support = lock_support(support)
    if visit is None and (saved := already_saved(support, uuid)):
        return saved
    if visit is not None:
        visit = lock_visit(visit, version)
        if visit.support_id != support.pk:
            raise MoveRefused(VISIT_MACHINE.refusal)
    _check_facts(by, support, facts, besides=visit.pk if visit else None, confirmed=confirmed)
    fields = _fields(facts) | {"recorded_by": by, "recorded_at": timezone.now()}
    if visit is None:
        visit = Visit(family=support.family, support=support, state=VisitState.DELIVERED, **fields)
        visit.uuid = uuid or visit.uuid
        insert(visit)
        VISIT_MACHINE.note_start(visit, by=by)
    else:
        VISIT_MACHINE.move(visit, to=VisitState.DELIVERED, by=by, version=visit.version + 1, **fields)
    _write_presence(visit, facts.get("present", ()))
    record_visit("visit.logged", visit, by)
    if support.state == SupportState.OFFERED:
        move_support(by=by, support=support, to=SupportState.GETTING_TO_KNOW, reason="first_contact")
    return visit


@transaction.atomic
def edit_visit(
    *, by: User, visit: Visit, version: int, confirmed: Collection[str] = (), **facts: Unpack[Facts]
) -> Visit:
    """Correct a visit that took place.

    Coordinators of the service always may; whoever recorded it may for the days the service allows, until the
    coordinator has read the check-in. Raises VisitRefused, VisitNeedsAnswer, StaleVisit, or MoveRefused.
    """
    support = lock_support(visit.support)
    visit = lock_visit(visit, version)
    if not visit.was_delivered:
        raise MoveRefused(VISIT_MACHINE.refusal)
    if not may_edit(by, visit, support):
        findings = Findings()
        findings.refuse(
            "what_happened", "closed_to_you", _("You can no longer change this visit. Ask your coordinator.")
        )
        findings.settle(())
    _check_facts(by, support, facts, besides=visit.pk, confirmed=confirmed)
    for name, value in _fields(facts).items():
        setattr(visit, name, value)
    visit.version += 1
    visit.save()
    _write_presence(visit, facts.get("present", ()))
    record_visit("visit.edited", visit, by)
    return visit


def may_edit(by: User, visit: Visit, support: Support | None = None) -> bool:
    """Whether this person may still correct what was recorded of this visit."""
    support = support or visit.support
    if coordinates(by, support):
        return True
    if visit.recorded_by_id != by.pk or visit.state == VisitState.SEEN or visit.recorded_at is None:
        return False
    return timezone.now() - visit.recorded_at <= dt.timedelta(days=support.service.check_in_edit_days)


def _check_facts(by: User, support: Support, facts: Facts, *, besides: int | None, confirmed: Collection[str]) -> None:
    start, minutes, worker = facts["actual_start"], facts["duration_minutes"], facts["worker"]
    day, leads = london_date(start), coordinates(by, support)
    findings = Findings()
    check_may_write(findings, by=by, leads=leads, worker=worker)
    check_support(findings, support=support, days=[day], field="actual_start")
    check_happened(findings, support=support, leads=leads, start=start, field="actual_start")
    check_minutes(findings, support=support, minutes=minutes)
    check_worker(findings, support=support, worker=worker, days=[day])
    check_present(findings, support=support, present=facts.get("present", ()), day=day)
    ask_if_long(findings, support=support, minutes=minutes)
    ask_if_elsewhere(findings, worker=worker, starts=[start], minutes=minutes, planned=False, besides=besides)
    findings.settle(confirmed)


def _fields(facts: Facts) -> dict[str, Any]:
    fields = OPTIONAL_FACTS | {name: value for name, value in facts.items() if name != "present"}
    return fields | {"kinds_of_support": list(fields["kinds_of_support"])}


def _write_presence(visit: Visit, present: Collection[FamilyMember]) -> None:
    wanted = {member.pk for member in present}
    visit.presences.exclude(member__in=wanted).delete()
    there = set(visit.presences.values_list("member_id", flat=True))
    VisitPresence.objects.bulk_create(
        VisitPresence(visit=visit, member_id=pk, family_id=visit.family_id) for pk in sorted(wanted - there)
    )


def record_visit(verb: str, visit: Visit, by: User, **details: object) -> None:
    record(
        by=by,
        verb=verb,
        target=visit,
        label=visit.family.reference,
        family_id=visit.family_id,
        details={"support": visit.support_id, "worker": visit.worker_id, **details},
    )


@transaction.atomic
def mark_not_delivered(
    *,
    by: User,
    visit: Visit,
    reason: str,
    note: str = "",
    rebooked: bool | None = None,
    version: int | None = None,
    and_later: bool = False,
) -> list[Visit]:
    """Record that a planned visit did not, or will not, take place; with `and_later` also the rest of its series.

    Gives back the visits concerned, this one first. Raises VisitRefused, StaleVisit, or MoveRefused.
    """
    support = lock_support(visit.support)
    visit = lock_visit(visit, version)
    findings = Findings()
    check_may_write(findings, by=by, leads=coordinates(by, support), worker=visit.worker)
    _check_reason(findings, reason, visit.planned_start)
    findings.settle(())
    visits = [visit]
    if and_later and visit.series:
        visits += later_in_series(visit).order_by("planned_start").select_for_update()
    for row in visits:
        changes: dict[str, Any] = {"not_delivered_reason": reason, "recorded_by": by, "recorded_at": timezone.now()}
        if row is visit:
            changes |= {"what_happened": note, "rebooked": rebooked}
        VISIT_MACHINE.move(row, to=VisitState.NOT_DELIVERED, by=by, reason=reason, version=row.version + 1, **changes)
        record_visit("visit.not_delivered", row, by, reason=reason)
    return visits


@transaction.atomic
def log_not_delivered(
    *,
    by: User,
    support: Support,
    worker: User,
    planned_start: dt.datetime,
    minutes: int,
    reason: str,
    mode: str = VisitMode.HOME,
    purpose: str = VisitPurpose.ORDINARY,
    note: str = "",
    rebooked: bool | None = None,
    uuid: uuids.UUID | None = None,
) -> Visit:
    """Record a try that nobody had planned and that did not reach the family, for example a knock at the door.

    Raises VisitRefused.
    """
    support = lock_support(support)
    if saved := already_saved(support, uuid):
        return saved
    day, leads = london_date(planned_start), coordinates(by, support)
    findings = Findings()
    check_may_write(findings, by=by, leads=leads, worker=worker)
    check_support(findings, support=support, days=[day], field="planned_start")
    check_happened(findings, support=support, leads=leads, start=planned_start, field="planned_start")
    check_minutes(findings, support=support, minutes=minutes)
    check_worker(findings, support=support, worker=worker, days=[day])
    _check_reason(findings, reason, planned_start)
    findings.settle(())
    visit = Visit(
        family=support.family,
        support=support,
        worker=worker,
        state=VisitState.NOT_DELIVERED,
        mode=mode,
        purpose=purpose,
        planned_start=planned_start,
        planned_end=planned_start + dt.timedelta(minutes=minutes),
        not_delivered_reason=reason,
        what_happened=note,
        rebooked=rebooked,
        recorded_by=by,
        recorded_at=timezone.now(),
    )
    visit.uuid = uuid or visit.uuid
    insert(visit)
    VISIT_MACHINE.note_start(visit, by=by, reason=reason)
    record_visit("visit.not_delivered", visit, by, reason=reason)
    return visit


def later_in_series(visit: Visit) -> models.QuerySet[Visit]:
    """The visits of the same series and worker that are planned after this one."""
    later = Visit.objects.planned().filter(series=visit.series, worker=visit.worker)
    return later.filter(planned_start__gt=visit.planned_start)


def _check_reason(findings: Findings, reason: str, planned_start: dt.datetime | None) -> None:
    if reason not in NotDeliveredReason.values:
        findings.refuse("reason", "unknown", _("Choose why the visit did not happen."))
    elif reason == NotDeliveredReason.FAMILY_NOT_AVAILABLE and planned_start and planned_start > timezone.now():
        findings.refuse("reason", "not_yet", _("The time of this visit has not come yet. Choose another reason."))


@transaction.atomic
def reopen_visit(*, by: User, visit: Visit, version: int | None = None) -> Visit:
    """Take back "did not happen": the visit is planned again, and can be recorded anew. For coordinators.

    Raises VisitRefused, StaleVisit, or MoveRefused.
    """
    support = lock_support(visit.support)
    visit = lock_visit(visit, version)
    if not coordinates(by, support):
        findings = Findings()
        findings.refuse("state", "not_yours", _("Only a coordinator can take this back."))
        findings.settle(())
    VISIT_MACHINE.move(
        visit,
        to=VisitState.PLANNED,
        by=by,
        reason="reopened",
        not_delivered_reason="",
        rebooked=None,
        version=visit.version + 1,
    )
    record_visit("visit.reopened", visit, by)
    return visit


@transaction.atomic
def withdraw_visit(*, by: User, visit: Visit, note: str, version: int | None = None) -> Visit:
    """Take out a visit that was entered by mistake, for example for the wrong family, and say why in `note`.

    The row stays, and what was said about it; it counts nowhere any more. What the visit moved on (its support) stays
    as it is, for a person to decide. Writes "visit.withdrawn". Raises VisitRefused, StaleVisit, or MoveRefused.
    """
    support = lock_support(visit.support)
    visit = lock_visit(visit, version)
    findings = Findings()
    if not may_withdraw(by, visit, support):
        findings.refuse("state", "closed_to_you", _("You can no longer take this visit out. Ask your coordinator."))
    if not note.strip():
        findings.refuse("note", "why_missing", _("Write in a few words what went wrong."))
    findings.settle(())
    came_from, reason = visit.state, "entered_by_mistake"
    VISIT_MACHINE.move(
        visit, to=VisitState.WITHDRAWN, by=by, reason=reason, note=note.strip(), version=visit.version + 1
    )
    record_visit("visit.withdrawn", visit, by, reason=reason, **{"from": came_from})
    return visit


def may_withdraw(by: User, visit: Visit, support: Support | None = None) -> bool:
    """Whether this person may say that a visit on record was entered by mistake.

    Coordinators of the service may; and whoever recorded a visit that nobody had planned, while they may correct it.
    """
    support = support or visit.support
    return coordinates(by, support) or (visit.planned_start is None and may_edit(by, visit, support))
