"""Holding a colleague's Today while they are away. Nobody's rights widen: who holds it sees those families anyway."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import Membership, Service, User, UserQuerySet
from betterstart.access.roles import Role
from betterstart.audit.record import record
from betterstart.clock import at_london, day_in_words, london_today
from families.models import Cover
from families.models.cover import SETTERS

LONGEST = dt.timedelta(weeks=12)
FURTHEST = dt.timedelta(days=365)


class CoverRefused(ValidationError):
    """This cover cannot be. `error_dict` has a sentence for each field."""


@transaction.atomic
def arrange_cover(
    *, by: User, away: User, held_by: User, starts_on: dt.date, ends_on: dt.date, note: str = ""
) -> Cover:
    """Ask a colleague to hold one's own Today, or (as a manager or safeguarding lead) settle it for somebody.

    What one asks for oneself waits for a yes; what is settled counts at once. Writes "cover.asked" or "cover.set".
    Raises CoverRefused.
    """
    # Taken in one order: two who ask each other at the same moment do so one after the other.
    with connection.cursor() as cursor:
        for pk in sorted({away.pk, held_by.pk}):
            cursor.execute("select pg_advisory_xact_lock(18, %s)", [pk])
    _check_days(starts_on, ends_on)
    _check_people(by, away, held_by, ends_on)
    _check_others(away, held_by, starts_on, ends_on)
    own = by.pk == away.pk
    cover = Cover.objects.create(
        away=away,
        held_by=held_by,
        starts_on=starts_on,
        ends_on=ends_on,
        note=note,
        asked_by=by,
        agreed_at=None if own else timezone.now(),
    )
    _record(by, cover, "cover.asked" if own else "cover.set")
    return cover


@transaction.atomic
def answer_cover(*, by: User, cover: Cover, agrees: bool) -> Cover:
    """Say yes or no to what a colleague asked. Writes "cover.agreed" or "cover.declined". Raises CoverRefused."""
    cover = Cover.objects.select_for_update().get(pk=cover.pk)
    if cover.held_by_id != by.pk or cover.agreed_at or cover.declined_at or cover.ended_at:
        raise CoverRefused({"__all__": _("This was answered, or taken back.")})
    if agrees:
        if cover.ends_on < london_today():
            raise CoverRefused({"__all__": _("These days are over.")})
        _check_people(cover.away, cover.away, by, cover.ends_on)
        _check_others(cover.away, by, cover.starts_on, cover.ends_on, besides=cover.pk)
    setattr(cover, "agreed_at" if agrees else "declined_at", timezone.now())
    cover.save()
    _record(by, cover, "cover.agreed" if agrees else "cover.declined")
    return cover


@transaction.atomic
def end_cover(*, by: User, cover: Cover) -> Cover:
    """End a cover from now on, or take it back before it begins. Writes "cover.ended". Raises CoverRefused."""
    cover = Cover.objects.select_for_update().get(pk=cover.pk)
    if cover.ended_at or cover.declined_at or cover.ends_on < london_today():
        raise CoverRefused({"__all__": _("This cover is over.")})
    cover.ended_at = timezone.now()
    cover.save()
    _record(by, cover, "cover.ended")
    return cover


def coordinated(people: list[int], until: dt.date) -> dict[int, set[int]]:
    """The services each of these people coordinates now and through that day."""
    end = at_london(until + dt.timedelta(days=1), dt.time())
    held = list(Membership.objects.active().filter(role=Role.COORDINATOR, user__in=people))
    held = [each for each in held if each.ends_at is None or each.ends_at >= end]
    services = Service.objects.filter(organisation__in={each.organisation_id for each in held})
    here = list(services.values_list("pk", "organisation_id"))
    found: dict[int, set[int]] = {pk: set() for pk in people}
    for each in held:
        whole = {pk for pk, organisation in here if organisation == each.organisation_id}
        found[each.user_id] |= {each.service_id} if each.service_id else whole
    return found


def settable(by: User) -> UserQuerySet:
    """Coordinators of the organisations in which this person may settle who stands in for whom."""
    here = [held.organisation_id for held in by.active_memberships if held.role in SETTERS]
    held = Membership.objects.active().filter(role=Role.COORDINATOR, organisation__in=here)
    return User.objects.filter(pk__in=held.values("user")).order_by("display_name")


def _check_days(starts_on: dt.date, ends_on: dt.date) -> None:
    today = london_today()
    if starts_on < today:
        raise CoverRefused({"starts_on": _("This day is over. Begin today or later.")})
    if starts_on > today + FURTHEST:
        raise CoverRefused({"starts_on": _("This is more than a year ahead. Please check the year.")})
    if ends_on < starts_on:
        raise CoverRefused({"ends_on": _("This is before the first day.")})
    if ends_on - starts_on > LONGEST:
        raise CoverRefused({"ends_on": _("For longer than twelve weeks, ask an administrator to give the role on.")})


def _check_people(by: User, away: User, held_by: User, until: dt.date) -> None:
    field = "held_by"
    if away.pk == held_by.pk:
        raise CoverRefused({field: _("Choose somebody else: nobody can stand in for themselves.")})
    theirs = coordinated([away.pk], london_today())[away.pk]
    if by.pk != away.pk and not settable(by).filter(pk=away.pk).exists():
        raise CoverRefused({"away": _("Choose a coordinator of your organisation.")})
    if not theirs:
        raise CoverRefused({"away": _("{name} coordinates no service.").format(name=away.display_name)})
    if not theirs <= coordinated([held_by.pk], until)[held_by.pk]:
        words = _("{name} does not coordinate all these services until then. An administrator can give them the role.")
        raise CoverRefused({field: words.format(name=held_by.display_name)})


def _check_others(away: User, held_by: User, starts_on: dt.date, ends_on: dt.date, besides: int | None = None) -> None:
    others = Cover.objects.meets(starts_on, ends_on).exclude(pk=besides or 0).select_related("held_by", "away")
    for other in others.filter(away__in=[away, held_by]) | others.filter(held_by=away):
        days = {"first": day_in_words(other.starts_on), "last": day_in_words(other.ends_on)}
        if other.away_id == away.pk:
            words = _("{name} is asked to hold it from {first} to {last}. End that first, or choose other days.")
            raise CoverRefused({"starts_on": words.format(name=other.held_by.display_name, **days)})
        if other.away_id == held_by.pk:
            words = _("{name} is away from {first} to {last}.")
            raise CoverRefused({"held_by": words.format(name=held_by.display_name, **days)})
        words = _("{away} holds the Today of {name} from {first} to {last}. That must end first.")
        names = {"away": away.display_name, "name": other.away.display_name}
        raise CoverRefused({"starts_on": words.format(**names, **days)})


def _record(by: User, cover: Cover, verb: str) -> None:
    days = {"from": cover.starts_on.isoformat(), "until": cover.ends_on.isoformat()}
    record(by=by, verb=verb, target=cover, label=f"{cover.starts_on}", details={"by": cover.held_by_id, **days})
