"""Groups and their sessions: planning, changing, cancelling, finishing."""

from __future__ import annotations

import datetime as dt
import uuid as uuids
from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Membership, Service, User
from betterstart.audit.record import record
from betterstart.clock import at_london, london_today
from families.actions.editing import save_edit
from families.actions.family import NotYourService
from families.actions.visit_plan import no_such_hour
from families.models import BookingState, GroupAttendance, GroupBooking, GroupSeries, GroupSession
from families.models.booking import BOOKING_MACHINE, OPEN_BOOKINGS, came, people_booked
from families.models.group import MOST_SESSIONS, RUNNING_ROLES


class GroupRefused(ValidationError):
    """This cannot be so. `error_dict` has a sentence for each field."""


class NotYourGroup(Exception):
    """Only a coordinator of its service plans, books and cancels."""


def may_run(service: Service) -> Any:
    """People who may be named to run a group of this service: coordinators and volunteers there."""
    held = Membership.objects.active().filter(role__in=RUNNING_ROLES, organisation=service.organisation_id)
    here = held.filter(Q(service=service) | Q(service=None) | Q(role="volunteer"))
    return User.objects.filter(is_active=True, pk__in=here.values("user"))


def weekly_sessions(day: dt.date, starts: dt.time, ends: dt.time, weeks: int) -> list[tuple[dt.datetime, dt.datetime]]:
    """One session each week at the same clock time. Raises GroupRefused for what cannot be planned."""
    if day < london_today():
        raise GroupRefused({"day": _("This day has passed. Plan sessions that are still to come.")})
    if ends <= starts:
        raise GroupRefused({"ends": _("The end comes before the start. Check both times.")})
    if not 1 <= weeks <= MOST_SESSIONS:
        raise GroupRefused({"weeks": _("Plan from 1 to {most} weeks at a time.").format(most=MOST_SESSIONS)})
    spans = []
    for week in range(weeks):
        on = day + dt.timedelta(weeks=week)
        try:
            spans.append((at_london(on, starts), at_london(on, ends)))
        except ValueError as error:
            raise GroupRefused({"starts": no_such_hour(on, starts)}) from error
    if spans[0][0] <= timezone.now():
        raise GroupRefused({"starts": _("This hour has passed. Plan sessions that are still to come.")})
    return spans


@transaction.atomic
def create_group(
    *,
    by: User,
    uuid: uuids.UUID,
    service: Service,
    facilitators: Collection[User],
    sessions: Sequence[tuple[dt.datetime, dt.datetime]],
    **fields: Any,
) -> GroupSeries:
    """Plan a group with its sessions, and give it. The same `uuid` again gives the same group.

    Writes "group.planned". Raises NotYourService, GroupRefused.
    """
    if not Service.objects.coordinated_by(by).filter(pk=service.pk).exists():
        raise NotYourService
    if saved := GroupSeries.objects.coordinated_by(by).filter(uuid=uuid).first():
        return saved
    series = GroupSeries(uuid=uuid, service=service, created_by=by, **fields)
    _check(series, facilitators, len(sessions))
    series.save()
    _name(series, facilitators)
    _add(series, sessions)
    _record(by, series, "group.planned", sessions=len(sessions), run_by=sorted(each.pk for each in facilitators))
    return series


@transaction.atomic
def edit_group(
    *, by: User, series: GroupSeries, version: int, facilitators: Collection[User], **fields: Any
) -> GroupSeries:
    """Change what a group is, where, for whom, who runs it. Writes "group.changed".

    Raises NotYourGroup, GroupRefused (fewer places than are booked, say, or finished), StaleEdit.
    """
    series = _still_running(lock_group(by, series))
    for name, value in fields.items():
        setattr(series, name, value)
    _check(series, facilitators, series.sessions.standing().count())
    _check_places(by, series)
    changed = save_edit(series, version=version, **fields)
    before = set(series.named.values_list("user", flat=True))
    now = {each.pk for each in facilitators}
    if now != before:
        series.named.exclude(user__in=now).delete()
        _name(series, [each for each in facilitators if each.pk not in before])
        changed.append("facilitators")
    if changed:
        _record(by, series, "group.changed", fields=changed, run_by=sorted(now))
    return series


@transaction.atomic
def add_sessions(
    *, by: User, series: GroupSeries, sessions: Sequence[tuple[dt.datetime, dt.datetime]]
) -> list[GroupSession]:
    """Plan more sessions. Those planned already stay as they are. Writes "group.sessions_added".

    Raises NotYourGroup, GroupRefused for a group that is finished.
    """
    series = _still_running(lock_group(by, series))
    there = set(series.sessions.standing().values_list("starts_at", flat=True))
    new = [span for span in sessions if span[0] not in there]
    _add(series, new)
    _record(by, series, "group.sessions_added", sessions=len(new))
    return list(series.sessions.standing())


@transaction.atomic
def cancel_session(*, by: User, session: GroupSession, reason: str) -> GroupSession:
    """A session that does not take place. Again is harmless. Writes "group.session_cancelled".

    Raises NotYourGroup; GroupRefused without a reason, where somebody is signed in, or once the group is finished.
    """
    _still_running(lock_group(by, session.series))
    session = GroupSession.objects.select_related("series").get(pk=session.pk)
    if session.cancelled_at:
        return session
    if not reason.strip():
        raise GroupRefused({"reason": _("Say why, so that the families can be told.")})
    with acting_as(Scope.ALL, by.pk):
        attended = GroupAttendance.objects.standing().filter(session=session).exists()
    if attended:
        raise GroupRefused({"reason": _("People are signed in at this session, so it took place.")})
    session.cancelled_at, session.cancelled_reason = timezone.now(), reason
    session.save(update_fields=["cancelled_at", "cancelled_reason", "updated_at"])
    _record(by, session.series, "group.session_cancelled", session=session.starts_at.isoformat())
    return session


@transaction.atomic
def finish_group(*, by: User, series: GroupSeries) -> GroupSeries:
    """After the last session: each booking becomes "came" or "did not come", and who still waited is let go.

    Again is harmless. Writes "group.finished". Raises NotYourGroup, GroupRefused while the group still meets.
    """
    series = lock_group(by, series)
    if series.finished_at:
        return series
    if series.sessions.ahead().exists():
        raise GroupRefused(_("This group still meets. Finish it after its last session."))
    with acting_as(Scope.ALL, by.pk):
        families = GroupAttendance.objects.of(series).values("family").distinct().count()
        for booking in GroupBooking.objects.filter(series=series, state__in=OPEN_BOOKINGS):
            _settle(by, booking)
    series.finished_at = timezone.now()
    series.save(update_fields=["finished_at", "updated_at"])
    _record(by, series, "group.finished", families=families)
    return series


def _settle(by: User, booking: GroupBooking) -> None:
    if booking.state != BookingState.BOOKED:
        BOOKING_MACHINE.move(booking, to=BookingState.CANCELLED, by=by, reason="group_over")
    else:
        to = BookingState.ATTENDED if came(booking) else BookingState.NOT_ATTENDED
        BOOKING_MACHINE.move(booking, to=to, by=by)


def lock_group(by: User, series: GroupSeries) -> GroupSeries:
    """The group as it stands, held until the end. Raises NotYourGroup."""
    if not GroupSeries.objects.coordinated_by(by).filter(pk=series.pk).exists():
        raise NotYourGroup
    return hold(series.pk)


def hold(pk: int) -> GroupSeries:
    """The group's row, locked: whatever belongs to one group (sessions, bookings, taps) is written in turn."""
    return GroupSeries.objects.select_related("service__organisation").select_for_update(of=("self",)).get(pk=pk)


def _still_running(series: GroupSeries) -> GroupSeries:
    if series.finished_at:
        raise GroupRefused(_("This group is finished. Plan a new one."))
    return series


def _check(series: GroupSeries, facilitators: Collection[User], sessions: int) -> None:
    errors: dict[str, str] = {}
    if series.age_until_months <= series.age_from_months:
        errors["age_until_months"] = _("This must be more than the age it starts from.")
    if series.places == 0:
        errors["places"] = _("At least one place, or leave it empty for no limit.")
    if series.sessions_to_complete and series.sessions_to_complete > sessions and not series.is_drop_in:
        words = _("There are {n} sessions. Nobody could come to {most}.")
        errors["sessions_to_complete"] = words.format(n=sessions, most=series.sessions_to_complete)
    strangers = {each.pk for each in facilitators} - set(may_run(series.service).values_list("pk", flat=True))
    if strangers:
        errors["facilitators"] = _("Choose people who work or volunteer here.")
    if errors:
        raise GroupRefused(errors)


def _check_places(by: User, series: GroupSeries) -> None:
    with acting_as(Scope.ALL, by.pk):
        booked = people_booked(series).count()
    if series.places is not None and series.places < booked:
        words = _("{n} people are booked already. Cancel a booking first, or leave {n} places.")
        raise GroupRefused({"places": words.format(n=booked)})


def _name(series: GroupSeries, people: Collection[User]) -> None:
    for person in people:
        series.named.create(user=person)


def _add(series: GroupSeries, spans: Sequence[tuple[dt.datetime, dt.datetime]]) -> None:
    GroupSession.objects.bulk_create(GroupSession(series=series, starts_at=start, ends_at=end) for start, end in spans)


def _record(by: User, series: GroupSeries, verb: str, **details: Any) -> None:
    record(by=by, verb=verb, target=series, label=series.name, details=details)
