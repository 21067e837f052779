"""Whatever two families have: joined and taken apart again, every row is as it was."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from betterstart.access.acting import Scope, acting_as
from betterstart.clock import london_today
from families.actions.merge import merge_families, separate_families
from families.actions.merge_rows import columns_that_move
from families.models import Family, FamilyMember, HouseholdFlag, OtherAgency, Personal, Relationship, SharedCare
from families.models.contact import as_reached
from families.reports.compare import may_be_one
from tests import factories

TODAY = london_today()
NAMES = st.sampled_from(["Amina", "Ameena", "Zayn", "Zoë", "آمنہ", "Ngozi"])
DAYS = st.none() | st.dates(dt.date(1990, 1, 1), dt.date(2025, 12, 31))
CONTACTS = st.fixed_dictionaries(
    {
        "way": st.sampled_from(
            [
                ("phone", "07700 900123"),
                ("phone", "+44 7700 900123"),
                ("text", "07700 900123"),
                ("phone", "07700 900124"),
                ("email", "a@example.org"),
                ("email", "A@example.org"),
            ]
        ),
        "safe": st.sampled_from(["yes", "no", "unknown"]),
        "may_leave_message": st.booleans(),
        "may_say_who_we_are": st.booleans(),
        "shared_device": st.booleans(),
        "safe_days": st.lists(st.integers(1, 7), max_size=3, unique=True).map(sorted),
        "valid_to": st.none() | st.just(dt.date(2026, 1, 1)),
    }
)
PEOPLE = st.fixed_dictionaries(
    {
        "name": NAMES,
        "role": st.sampled_from(["parent", "child", "helper"]),
        "date_of_birth": DAYS,
        "pronouns": st.sampled_from(["", "she"]),
        "external_reference": st.sampled_from(["", "", "1"]),
        "contacts": st.lists(CONTACTS, max_size=2),
        "ethnic_group": st.sampled_from(["", "not_asked", "18"]),
        "is_shared": st.booleans(),
    }
)
FAMILIES = st.fixed_dictionaries(
    {
        "name": NAMES,
        "language": st.sampled_from(["", "en", "ur"]),
        "safety_notes": st.sampled_from(["", "Dog.", "Stairs."]),
        "people": st.lists(PEOPLE, min_size=1, max_size=3),
        "visits": st.integers(0, 2),
        "homes": st.lists(st.sampled_from(["BD7 2AA", "BD3 9AB"]), max_size=2),
        "is_silent": st.booleans(),
        "midwife": st.sampled_from(["", "yes", "no"]),
        "flag": st.sampled_from([None, "", "confirmed"]),
    }
)
CAREFUL_FIRST = ["no", "unknown", "yes"]


def build(cast, facts: dict[str, Any], third: Family) -> Family:
    family = factories.family(
        cast.home,
        facts["name"],
        state="ended_planned",
        language=facts["language"],
        safety_notes=facts["safety_notes"],
        silent_since=dt.datetime(2026, 1, 1, tzinfo=dt.UTC) if facts["is_silent"] else None,
    )
    used = set()
    for person in facts["people"]:
        fields = {name: person[name] for name in ("date_of_birth", "pronouns", "external_reference")}
        if fields["external_reference"] in used:
            fields["external_reference"] = ""
        used.add(fields["external_reference"])
        member = factories.member(family, person["name"], person["role"], **fields)
        _closer(member, person, third)
        for contact in person["contacts"]:
            channel, value = contact["way"]
            rules = {name: rule for name, rule in contact.items() if name != "way"}
            factories.contact(member, channel, value, **rules)
    for postcode in facts["homes"]:
        factories.address(family, postcode=postcode)
    for number in range(facts["visits"]):
        visit = factories.visit(family, cast.volunteer, days_ago=number + 1, state="checked_in")
        visit.presences.create(member=family.members.first(), family=family)
        factories.check_in(visit)
    one, *others = family.members.all()
    for other in others:
        Relationship.objects.create(family=family, person=one, relative=other, kind="relative")
    if asked := facts["midwife"]:
        OtherAgency.objects.create(
            family=family, organisation=cast.here, role="midwife", may_contact=asked, asked_on=TODAY
        )
    if facts["flag"] is not None:
        told = {
            "flag": "lone_parent",
            "source": "Midwife",
            "told_on": TODAY,
            "answer": facts["flag"],
            "organisation": cast.here,
        }
        HouseholdFlag.objects.create(family=family, answered_on=TODAY if facts["flag"] else None, **told)
    family.refresh_search_text()
    return family


def _closer(member: FamilyMember, person: dict[str, Any], third: Family) -> None:
    if person["ethnic_group"]:
        whose = {"family": member.family, "organisation": member.family.organisation}
        Personal.objects.create(member=member, ethnic_group=person["ethnic_group"], **whose)
    if person["is_shared"] and member.role == "child":
        SharedCare.objects.create(member=member, family=third)
        FamilyMember.objects.filter(pk=member.pk).update(is_shared=True)


def rows(cast) -> dict[str, list[dict[str, Any]]]:
    """Every row that may move, without what every change counts up."""
    with acting_as(Scope.ALL, cast.coordinator.pk):
        models = {model for model, _column in [*columns_that_move(Family), *columns_that_move(FamilyMember)]}
    found = {}
    for model in {*models, Family}:
        if model.__name__ != "FamilyMerge":
            every = model._base_manager.order_by("pk").values()
            dropped = {"version", "updated_at", "silent_since"}
            found[model.__name__] = [{k: v for k, v in row.items() if k not in dropped} for row in every]
    return json.loads(json.dumps(found, default=str))


@pytest.mark.django_db
@given(one=FAMILIES, other=FAMILIES, pairing=st.randoms(use_true_random=False))
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_joined_and_taken_apart_gives_back_the_same_rows(cast, one, other, pairing):
    savepoint = transaction.savepoint()
    third = factories.family(cast.home, "Cleo", state="ended_planned")
    kept, merged = build(cast, one, third), build(cast, other, third)
    before, silent = rows(cast), one["is_silent"] or other["is_silent"]
    theirs = list(merged.members.all())
    pairing.shuffle(theirs)
    pairs = [(a.pk, b.pk) for a, b in zip(kept.members.all(), theirs, strict=False) if may_be_one(a, b)]
    strictest = strictest_rules(kept, merged)

    merge = merge_families(
        by=cast.coordinator, kept=kept, merged=merged, name=merged.name, reason="The same.", same_people=pairs
    )

    assert Family.objects.coordinated_by(cast.coordinator).filter(pk__in=[kept.pk, merged.pk]).count() == 1
    assert kept.members.count() == len(one["people"]) + len(other["people"]) + 2 - len(pairs)
    assert kept.visits.count() == one["visits"] + other["visits"]
    assert bool(Family.objects.get(pk=kept.pk).silent_since) == silent
    assert third.members.count() == 1 + len({share.member for share in third.shares.in_force()})
    assert not SharedCare.objects.in_force().filter(family=F("member__family")).exists()
    for contact in kept.contact_methods.all():
        assert all(rule <= limit for rule, limit in zip(rules(contact), strictest[way(contact)], strict=True))

    separate_families(by=cast.coordinator, merge=merge, reason="They are two.")

    assert rows(cast) == before
    transaction.savepoint_rollback(savepoint)


def way(contact) -> tuple[str, str]:
    return contact.channel, as_reached(contact.channel, contact.value)


def rules(contact) -> tuple[int, bool, bool, bool]:
    """How much a contact allows: the lower, the stricter."""
    safe = CAREFUL_FIRST.index(contact.safe)
    return safe, contact.may_leave_message, contact.may_say_who_we_are, not contact.shared_device


def strictest_rules(*families: Family) -> dict[tuple[str, str], tuple[int, ...]]:
    """For each number the least that any of these families' rows allows, where both have it; else the most."""
    found: dict[tuple[str, str], tuple[int, ...]] = {}
    holders: dict[tuple[str, str], set[int]] = {}
    for contact in (each for family in families for each in family.contact_methods.all()):
        found[way(contact)] = tuple(map(min, found.get(way(contact), (2, 1, 1, 1)), rules(contact)))
        holders.setdefault(way(contact), set()).add(contact.family_id)
    return {key: limit if len(holders[key]) > 1 else (2, 1, 1, 1) for key, limit in found.items()}
