"""What must not be done, at the top of every page about a family: before anybody calls, writes or visits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONObject

from betterstart.access.models import User
from betterstart.clock import london_today
from families.models import (
    Address,
    AddressKind,
    ContactChange,
    ContactMethod,
    Family,
    FamilyMember,
    KeptApart,
    Safe,
    Support,
)
from families.models.contact_change import RULES, known_contacts
from families.models.safe_contact import asked_until
from families.reports.reach import changes_beside, changes_read

TEMPLATE = "families/_contact_banner.html"
ABOUT = ("family", "page", "support", "visit", "check_in", "match")
"""What pages call the thing they are about, in this order."""
WAY_FACTS = ("channel", "value", *RULES, "review_on", "told_on", "valid_to")
DAYS, HOURS = ("review_on", "told_on", "valid_to"), ("safe_from", "safe_until")
APART_FACTS = ("name", "relation", "never_contact", "never_tell", "state")


@dataclass(frozen=True)
class ContactBanner:
    family: Any
    apart: list[KeptApart]
    hidden_address: bool
    ways: list[ContactMethod]
    """Those that could harm if used without thinking, the forbidden first."""
    to_ask_again: list[ContactMethod]
    """What they said is safe was said too long ago."""

    @property
    def waits_for_lead(self) -> bool:
        return any(row.waits for row in self.apart)

    @property
    def says_something(self) -> bool:
        return bool(self.apart or self.hidden_address or self.ways or self.to_ask_again)


def banner_of(context: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Of a page about a family for somebody who works with us: what to draw, or nothing."""
    user, about = context.get("user"), _family_of(context)
    if about is None or user is None or not user.is_authenticated:
        return None
    banner = getattr(context.get("page"), "contact_banner", None) or contact_banner(user, about)
    return (TEMPLATE, {"banner": banner}) if banner and banner.says_something else None


def _family_of(context: Mapping[str, Any]) -> int | None:
    for name in ABOUT:
        row = context.get(name)
        about = getattr(row, "family", None) if name == "page" else row
        family = getattr(about, "family_id", None)
        if isinstance(family, int):
            return family
    return None


def apart_beside(user: User) -> ArraySubquery:
    """Of families: whom somebody keeps away. For `banner_with`."""
    apart = KeptApart.objects.visible_to(user).in_force().filter(family=OuterRef("pk"))
    return ArraySubquery(apart.values_list(JSONObject(**{name: name for name in APART_FACTS})))


def contact_banner(user: User, family_id: int) -> ContactBanner | None:
    """Read in one question, as the services of this reader use it; nothing of a family they may not see."""
    contacts = ContactMethod.objects.visible_to(user).filter(family=OuterRef("pk"))
    asked = ContactChange.objects.visible_to(user).under_way().filter(contact=OuterRef("pk"))
    contacts = contacts.filter(Q(valid_to=None) | Exists(asked))
    facts = JSONObject(
        id="pk", member_id="member_id", name="member__display_name", known_as="member__known_as",
        **{name: name for name in WAY_FACTS},
    )  # fmt: skip
    supports = Support.objects.visible_to(user).open().filter(family=OuterRef("pk"))
    hidden = Address.objects.visible_to(user).current().filter(family=OuterRef("pk"), kind=AddressKind.CONFIDENTIAL)
    family: Any = (
        Family.objects.visible_to(user)
        .filter(pk=family_id)
        .annotate(
            contacts=ArraySubquery(contacts.values_list(facts)),
            changes=changes_beside(user),
            open_supports=ArraySubquery(supports.values_list("pk")),
            apart=apart_beside(user),
            hidden=Exists(hidden),
            coordinates=Exists(Support.objects.coordinated_by(user).filter(family=OuterRef("pk"))),
        )
        .first()
    )
    if family is None:
        return None
    supports_open = set(family.open_supports)
    known = known_contacts(
        [_way(family, facts) for facts in family.contacts], changes_read(family, supports_open), supports_open
    )
    return banner_with(family, [each.contact for each in known], hidden_address=family.hidden)


def _way(family: Family, facts: dict[str, Any]) -> ContactMethod:
    member = FamilyMember(pk=facts.pop("member_id"), display_name=facts.pop("name"), known_as=facts.pop("known_as"))
    for name in DAYS:
        facts[name] = dt.date.fromisoformat(facts[name]) if facts[name] else None
    for name in HOURS:
        facts[name] = dt.time.fromisoformat(facts[name]) if facts[name] else None
    return ContactMethod(family=family, member=member, **facts)


def banner_with(family: Any, ways: Sequence[ContactMethod], *, hidden_address: bool) -> ContactBanner:
    """What to say of a family that carries `apart` (`apart_beside`), `coordinates`, and of what was read of it."""
    today, harmful = london_today(), [way for way in ways if way.can_harm]
    return ContactBanner(
        family=family,
        apart=[KeptApart(**facts) for facts in family.apart],
        hidden_address=hidden_address,
        ways=sorted(harmful, key=lambda way: not way.is_forbidden),
        to_ask_again=[way for way in ways if way.safe == Safe.YES and asked_until(way) < today],
    )
