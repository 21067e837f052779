"""What several services with one family know of each other: who may be named, the lead contact, what waits."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Func, Min, OuterRef, Q, Subquery
from django.db.models.fields.json import JSONField
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _

from betterstart.access.models import Membership, User
from betterstart.access.roles import Role
from betterstart.clock import day_in_words, london_date
from families.models import ChangeState, Family, LeadContact, Named, Support
from families.reports.needs import Found, Need
from families.reports.waiting import TOTAL


def named_beside() -> Func:
    """Of families: services that are with them and that the reader does not see, where the family agreed.

    The database alone knows them (migration 0019): each with service, organisation, support, and the lead contact.
    """
    return Func(F("pk"), function="families_named_beside", output_field=JSONField())


def lead_here(user: User) -> Subquery:
    """Of families: their lead contact, if that is somebody of a service the reader sees."""
    leads = LeadContact.objects.visible_to(user).in_force().filter(family=OuterRef("pk"))
    facts = JSONObject(pk="pk", name="person__display_name", person="person_id", service="support__service__name")
    return Subquery(leads.values_list(facts)[:1])


def lead_beside(service: dict[str, Any]) -> dict[str, Any]:
    """The same of a service that is named."""
    return {"pk": None, "name": service["lead"], "person": service["support"], "service": service["service"]}


@dataclass(frozen=True)
class Together:
    """What a reader may know of the services with one family, to choose who it tells its story to."""

    lead: dict[str, Any] | None
    asked: LeadContact | None
    """A service was asked and has not answered."""
    asked_name: str
    """Which service asked, or was asked, if it may be named."""
    beside: list[dict[str, Any]]
    mine: list[Support]
    """Open supports that the reader coordinates and that others may know of."""
    not_named: list[Support]
    """Those of which the family has not agreed that others know."""
    may_answer: bool
    may_take_back: bool


def together(user: User, family: Family) -> Together:
    """Four questions to the database."""
    facts: Any = (
        Family.objects.visible_to(user)
        .annotate(beside=named_beside(), lead=lead_here(user))
        .values("beside", "lead")
        .get(pk=family.pk)
    )
    supports = list(Support.objects.open().coordinated_by(user).filter(family=family).select_related("service"))
    numbers = {support.pk for support in supports}
    names = {each["support"]: each["service"] for each in facts["beside"]}
    names |= {support.pk: support.service.name for support in supports}
    asked = LeadContact.objects.visible_to(user).asked().filter(family=family, support__in=list(names))
    lead = asked.first()
    other = lead and (lead.asked_from_id if lead.support_id in numbers else lead.support_id)
    return Together(
        lead=facts["lead"] or next((lead_beside(each) for each in facts["beside"] if each["lead"]), None),
        asked=lead,
        asked_name=names.get(other, "") if other else "",
        beside=facts["beside"],
        mine=[support for support in supports if support.may_be_named == Named.YES],
        not_named=[support for support in supports if support.may_be_named != Named.YES],
        may_answer=bool(lead and lead.support_id in numbers),
        may_take_back=bool(lead and lead.asked_from_id in numbers),
    )


def coordinators_of(supports: list[Support]) -> dict[int, list[User]]:
    """By support, who coordinates its service, in the order of their names."""
    held = Membership.objects.active().filter(role=Role.COORDINATOR).select_related("user")
    organisations = {support.service.organisation_id for support in supports}
    rows = list(held.filter(organisation__in=organisations).order_by("user__display_name", "user_id"))
    return {
        support.pk: list(
            dict.fromkeys(
                row.user
                for row in rows
                if row.organisation_id == support.service.organisation_id
                and (row.service_id or support.service_id) == support.service_id
            )
        )
        for support in supports
    }


def changed_elsewhere(user: User, today: dt.date, limit: int) -> Found:
    """Families of which another organisation was told a number or an address, and this coordinator has not answered."""
    waits = Q(contact_changes__state=ChangeState.UNANSWERED)
    supports: Any = Support.objects.open().coordinated_by(user).filter(waits)
    supports = supports.annotate(since=Min("contact_changes__changed_at", filter=waits), total=TOTAL)
    rows = list(supports.select_related("family").order_by("since", "pk")[:limit])
    return Found([_changed(row) for row in rows], rows[0].total if rows else 0)


def _changed(support: Any) -> Need:
    return Need(
        reason=_("a newer number or address was told"),
        detail=_("since {day}; yours holds until you have looked").format(day=day_in_words(london_date(support.since))),
        family=support.family,
        since=support.since,
        url=reverse("families:contact-changes", args=[support.family.reference]),
        action=_("Compare"),
        icon="phone",
    )


def lead_asked(user: User, today: dt.date, limit: int) -> Found:
    """Families of which another service asks this coordinator to be the one they tell their story to."""
    leads: Any = LeadContact.objects.waiting().answered_by(user).annotate(total=TOTAL).select_related("family")
    rows = list(leads.order_by("asked_at", "pk")[:limit])
    return Found([_asked(row) for row in rows], rows[0].total if rows else 0)


def _asked(lead: LeadContact) -> Need:
    return Need(
        reason=_("would you be the one they tell their story to?"),
        detail=_("asked on {day}").format(day=day_in_words(london_date(lead.asked_at))),
        family=lead.family,
        since=lead.asked_at,
        url=reverse("families:lead", args=[lead.family.reference]),
        action=_("Answer"),
        icon="two-voices",
    )
