"""Who holds whose Today, and which of the needs on a list are a colleague's who is away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from betterstart.access.models import Membership, Service, User
from betterstart.access.roles import Role
from betterstart.clock import at_london, day_in_words
from families.models import Assignment, Cover, LeadContact, Support
from families.reports.needs import Found, Need, Urgency


@dataclass(frozen=True)
class Covers:
    """What stands for one person, today or later."""

    away: list[Cover]
    """Their own absences."""
    held: list[Cover]
    """Those they hold, or are asked to hold."""

    @property
    def holding(self) -> list[Cover]:
        """Those they hold today."""
        return [cover for cover in self.held if cover.is_in_force]

    @property
    def agreed_away(self) -> list[Cover]:
        return [cover for cover in self.away if cover.agreed_at]


def covers_of(user: User, today: dt.date) -> Covers:
    mine = Cover.objects.not_over(today).filter(models.Q(away=user) | models.Q(held_by=user))
    rows = list(mine.select_related("away", "held_by", "asked_by"))
    return Covers([row for row in rows if row.away_id == user.pk], [row for row in rows if row.held_by_id == user.pk])


@dataclass(frozen=True)
class Shown:
    """A need, and whose it is in the first place if that is a colleague who is away."""

    need: Need
    cover: Cover | None

    @property
    def words(self) -> str:
        """ "for Martha, until Friday 4 December"."""
        if self.cover is None:
            return ""
        name = self.cover.away.display_name.split()[0]
        return _("for {name}, until {day}").format(name=name, day=day_in_words(self.cover.ends_on))


def with_covers(user: User, needs: Sequence[Need], holding: Sequence[Cover]) -> list[Shown]:
    """A family is a colleague's if it tells its story to them, if they are with it, or if nobody else than they and
    the reader coordinates what it is in. What a team shares stays the team's, and is not marked.
    """
    whose = _families_of(user, [need.family.pk for need in needs if need.family], holding) if holding else {}

    def of(need: Need) -> Cover | None:
        if need.family is None:
            return None
        return whose.get(need.family.pk)

    return [Shown(need, of(need)) for need in needs]


def _families_of(user: User, families: list[int], holding: Sequence[Cover]) -> dict[int, Cover]:
    away = {cover.away_id: cover for cover in holding}
    found: dict[int, Cover] = {}
    alone = _coordinated_alone(user, holding)
    supports = Support.objects.open().coordinated_by(user).filter(family__in=families, service__in=alone)
    for family, service in supports.values_list("family_id", "service_id"):
        found[family] = alone[service]
    together = Assignment.objects.in_force().filter(worker__in=away, family__in=families)
    for family, worker in together.values_list("family_id", "worker_id"):
        found[family] = away[worker]
    leads = LeadContact.objects.in_force().filter(person__in=away, family__in=families)
    return found | {family: away[person] for family, person in leads.values_list("family_id", "person_id")}


def _coordinated_alone(user: User, holding: Sequence[Cover]) -> dict[int, Cover]:
    """Services that nobody else than a colleague who is away and the reader coordinates."""
    services = dict(Service.objects.coordinated_by(user).values_list("pk", "organisation_id"))
    held: Any = Membership.objects.active().filter(role=Role.COORDINATOR, organisation__in=set(services.values()))
    people: dict[int, set[int]] = {pk: set() for pk in services}
    for person, service, organisation in held.values_list("user_id", "service_id", "organisation_id"):
        for pk, here in services.items():
            if pk == service or (service is None and here == organisation):
                people[pk].add(person)
    return {
        pk: cover for cover in holding for pk, who in people.items() if cover.away_id in who <= {cover.away_id, user.pk}
    }


def asked_to_hold(user: User, today: dt.date, limit: int) -> Found:
    """Colleagues who asked this person to hold their Today and wait for an answer."""
    asked = Cover.objects.not_over(today).filter(held_by=user, agreed_at=None).select_related("away")
    rows: list[Any] = list(asked.annotate(total=models.Window(models.Count("*"))).order_by("created_at")[:limit])
    return Found([_need(row) for row in rows], rows[0].total if rows else 0)


def _need(cover: Cover) -> Need:
    words = _("{name} asks you to hold their Today from {first} to {last}")
    return Need(
        reason=words.format(
            name=cover.away.display_name, first=day_in_words(cover.starts_on), last=day_in_words(cover.ends_on)
        ),
        family=None,
        since=min(cover.created_at, at_london(cover.starts_on, dt.time())),
        url=reverse("families:cover"),
        action=_("Answer"),
        urgency=Urgency.ASKED,
        icon="calendar",
        detail=cover.note,
    )


def colleagues(user: User) -> models.QuerySet[User]:
    """Who might stand in for this person: the other coordinators of the organisations they coordinate in."""
    here = [held.organisation_id for held in user.active_memberships if held.role == Role.COORDINATOR]
    held = Membership.objects.active().filter(role=Role.COORDINATOR, organisation__in=here).exclude(user=user)
    return User.objects.filter(pk__in=held.values("user")).order_by("display_name", "pk")
