"""Who came: signed in at the door by whoever runs the group.

A volunteer at the door may not open the families' records. Each act here checks first that the person runs the
session, then works as Scope.ALL on the people who were tapped.
"""

from __future__ import annotations

import datetime as dt
import uuid as uuids
from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import ServiceKind, User
from betterstart.audit.record import record
from betterstart.clock import day_in_words, london_today
from families.actions.contact import add_address
from families.actions.group import hold
from families.actions.member import add_member
from families.actions.support import move_support
from families.models import (
    BookingPerson,
    BookingState,
    Family,
    FamilyMember,
    GroupAttendance,
    GroupSeries,
    GroupSession,
    MemberRole,
    SharedCare,
    Support,
    SupportState,
)
from families.models.group import SIGN_IN_DAYS
from families.models.support import SUPPORT_MACHINE

S = SupportState
HAD_A_PLACE = (BookingState.BOOKED, BookingState.ATTENDED, BookingState.NOT_ATTENDED)
# Whoever did not come to a drop-in for so long is no longer on its list.
REGULAR_WEEKS = 12


class SignInRefused(ValidationError):
    """Nobody can be signed in here now; the message says why."""


class NotYourSession(Exception):
    """Only those who run the group open its door."""


def why_closed(by: User, session: GroupSession) -> str:
    """Why nobody can be signed in at this session now, in a sentence; empty while the list is open to this person."""
    today = london_today()
    if session.cancelled_at:
        return _("This session was cancelled.")
    if session.series.finished_at:
        return _("This group is finished, and its lists are closed.")
    if session.day > today:
        return _("The list opens on {day}.").format(day=day_in_words(session.day))
    if today >= session.day + dt.timedelta(days=SIGN_IN_DAYS) and not coordinates(by, session):
        return _("This list is closed. Your coordinator can still change it.")
    return ""


def coordinates(by: User, session: GroupSession) -> bool:
    return GroupSeries.objects.coordinated_by(by).filter(pk=session.series_id).exists()


@transaction.atomic
def sign_in(*, by: User, session: GroupSession, people: Collection[uuids.UUID]) -> list[GroupAttendance]:
    """Note that these people are here; again is harmless, also from two tablets at once.

    The family's support in the group's service starts with the first session. Writes "group.signed_in" for each.
    Raises NotYourSession, SignInRefused; FamilyMember.DoesNotExist if one is not on this list, and nobody is noted.
    """
    session = _open(by, session)
    with acting_as(Scope.ALL, by.pk):
        listed = on_the_list(session)
        members = list(FamilyMember.objects.filter(uuid__in=people, pk__in=listed))
        if len(members) < len(set(people)):
            raise FamilyMember.DoesNotExist
        families = Family.objects.in_bulk(listed[member.pk] for member in members)
        return [_arrive(by, session, member, families[listed[member.pk]]) for member in members]


@transaction.atomic
def undo_sign_in(*, by: User, session: GroupSession, person: uuids.UUID) -> None:
    """A tap too many: this person was not here. Again is harmless. Writes "group.sign_in_undone".

    Raises NotYourSession, SignInRefused. What the first tap began (a support that started) stays: a coordinator
    decides about that.
    """
    session = _open(by, session)
    with acting_as(Scope.ALL, by.pk):
        attendance = session.attendances.standing().filter(member__uuid=person).select_related("family").first()
        if attendance is None:
            return
        attendance.undone_at = timezone.now()
        attendance.save(update_fields=["undone_at", "updated_at"])
        _record(by, attendance, "group.sign_in_undone")


@transaction.atomic
def sign_in_someone_new(
    *,
    by: User,
    session: GroupSession,
    uuid: uuids.UUID,
    name: str,
    children: list[dict[str, Any]],
    address: dict[str, Any] | None = None,
) -> Family:
    """A family nobody here knows yet, with the least that is needed, and signed in: at a drop-in only.

    `uuid` is chosen by the form, so that sending it twice makes one family. Writes "family.registered" and a
    "group.signed_in" for each of them. Raises NotYourSession, SignInRefused, MemberRefused.
    """
    session = _open(by, session)
    if not session.series.is_drop_in:
        raise SignInRefused(_("People are booked into this group. Ask your coordinator to add them."))
    service = session.series.service
    with acting_as(Scope.ALL, by.pk):
        family, is_new = Family.objects.get_or_create(
            uuid=uuid, defaults={"organisation": service.organisation, "name": name, "created_by": by}
        )
        if not is_new:
            return family
        details = {"service": service.name, "at": session.series.name}
        record(by=by, verb="family.registered", target=family, label=family.reference, family_id=family.pk,
               details=details)  # fmt: skip
        people = [add_member(by=by, family=family, role="parent", display_name=name, is_main_carer=True)]
        people += [add_member(by=by, family=family, role="child", **child) for child in children]
        if address:
            add_address(by=by, family=family, organisation_id=service.organisation_id, **address)
        family.refresh_search_text()
        for person in people:
            _arrive(by, session, person, family)
    return family


def on_the_list(session: GroupSession) -> dict[int, int]:
    """Who may be tapped at this session: each person's key, and that of the family they come with. Needs Scope.ALL.

    Those who have a place. At a drop-in also whoever was here within the last weeks, and the parents and children of
    their families: a sister comes along another time. A child of two families is there once.
    """
    persons = BookingPerson.objects.coming().filter(booking__series=session.series, booking__state__in=HAD_A_PLACE)
    pairs = list(persons.order_by("pk").values_list("member", "family"))
    if session.series.is_drop_in:
        since = session.starts_at - dt.timedelta(weeks=REGULAR_WEEKS)
        came = GroupAttendance.objects.of(session.series).filter(session__starts_at__gte=since).order_by("-pk")
        own = FamilyMember.objects.filter(left_on=None).order_by("pk")
        pairs += came.filter(member__in=own, member__family=F("family")).values_list("member", "family")
        own = own.filter(role__in=(MemberRole.PARENT, MemberRole.CHILD), family__in=came.values("family"))
        pairs += own.values_list("pk", "family")
        shared = SharedCare.objects.in_force().filter(family__in=came.values("family"), member__left_on=None)
        pairs += shared.exclude(member__role=MemberRole.UNBORN).order_by("pk").values_list("member", "family")
    # The first that names a person counts.
    return dict(reversed(pairs))


def _open(by: User, session: GroupSession) -> GroupSession:
    """The session, with its group held, so that two taps come one after the other."""
    if not GroupSession.objects.visible_to(by).filter(pk=session.pk).exists():
        raise NotYourSession
    series = hold(session.series_id)
    session = GroupSession.objects.get(pk=session.pk)
    session.series = series
    if words := why_closed(by, session):
        raise SignInRefused(words)
    return session


def _arrive(by: User, session: GroupSession, member: FamilyMember, family: Family) -> GroupAttendance:
    there = session.attendances.filter(member=member).first()
    if there and there.undone_at is None:
        return there
    support = _support(by, family, session)
    now = timezone.now()
    fields = {
        "family": family,
        "support": support,
        "arrived_at": now if session.starts_at <= now <= session.ends_at else session.starts_at,
        "undone_at": None,
        "recorded_by": by,
    }
    attendance, _new = session.attendances.update_or_create(member=member, defaults=fields)
    _start(by, support, session)
    _record(by, attendance, "group.signed_in")
    return attendance


def _support(by: User, family: Family, session: GroupSession) -> Support:
    """The family's open support in the group's service; a new one where there is none."""
    service = session.series.service
    open_ones = Support.objects.open().filter(family=family, service=service)
    if support := open_ones.first():
        return support
    try:
        with transaction.atomic():
            accepted = min(session.day, london_today())
            support = Support.objects.create(family=family, service=service, accepted_on=accepted)
    except IntegrityError:  # somebody else offered it in this moment
        return open_ones.get()
    SUPPORT_MACHINE.note_start(support, by=by)
    record(by=by, verb="support.offered", target=support, label=family.reference, family_id=family.pk,
           details={"service": service.name})  # fmt: skip
    return support


def _start(by: User, support: Support, session: GroupSession) -> None:
    """The first session attended is the first contact, and (where no volunteer is needed) the start."""
    if support.state == S.OFFERED:
        move_support(by=by, support=support, to=S.GETTING_TO_KNOW, reason="first_contact")
    needs_volunteer = session.series.service.kind == ServiceKind.HOME_VISITING
    if support.state in {S.GETTING_TO_KNOW, S.WAITING} and not needs_volunteer:
        started = max(support.accepted_on, session.day)
        move_support(by=by, support=support, to=S.ACTIVE, reason="first_session", started_on=started)


def _record(by: User, attendance: GroupAttendance, verb: str) -> None:
    record(
        by=by,
        verb=verb,
        target=attendance,
        label=attendance.family.reference,
        family_id=attendance.family_id,
        details={"session": attendance.session.starts_at.isoformat()},
    )
