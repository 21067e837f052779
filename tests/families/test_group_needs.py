"""What Today says about groups."""

from __future__ import annotations

import pytest
from django.urls import reverse

from betterstart.clock import london_today
from families.models import GroupBooking, Support
from families.reports.group_needs import free_places, to_finish
from families.reports.waiting import promises
from tests import factories


def found(provider, user, limit=20):
    return provider(user, london_today(), limit)


def test_free_place_is_told_with_who_has_waited_longest_and_fits(cast):
    group = factories.group(cast.home, places=2)
    factories.booking(group, cast.other_family)
    large, small, late = (factories.family(cast.home, name) for name in ("Large", "Small", "Late"))
    factories.member(large, "Zayn")
    for family in (large, small, late):
        factories.booking(group, family, "waitlisted")
    full = factories.group(cast.home, places=1)
    factories.booking(full, cast.other_family)
    factories.booking(full, cast.family, "waitlisted")
    over = factories.group(cast.home, days=(-7,))
    factories.booking(over, cast.family, "waitlisted")

    needs = found(free_places, cast.coordinator).needs

    assert [(need.family, need.action) for need in needs] == [(small, "Offer the place")]


def test_group_that_met_for_the_last_time_asks_to_be_finished(cast):
    factories.group(cast.home, days=(-7, 7))
    over = factories.group(cast.home, days=(-14, -7), name="Over")

    (need,) = found(to_finish, cast.coordinator).needs

    assert need.url == reverse("families:group-finish", args=[over.uuid])
    assert need.reason.startswith("Over met for the last time on")


def test_offered_family_with_a_place_in_a_group_ahead_is_not_called_forgotten(cast):
    Support.objects.filter(family=cast.family).update(state="offered", started_on=None)
    Support.objects.filter(family=cast.other_family).delete()
    assert [need.family for need in found(promises, cast.coordinator).needs] == [cast.family]

    booking = factories.booking(factories.group(cast.home), cast.family)
    assert not found(promises, cast.coordinator).needs

    GroupBooking.objects.filter(pk=booking.pk).update(state="invited")
    assert [need.family for need in found(promises, cast.coordinator).needs] == [cast.family]


@pytest.mark.parametrize("provider", [free_places, to_finish])
@pytest.mark.parametrize("who", ["other_coordinator", "volunteer", "manager", "nobody"])
def test_needs_of_groups_are_for_the_coordinator_of_the_service(cast, provider, who):
    factories.group(cast.home, days=(-7,))
    factories.booking(factories.group(cast.home), cast.family, "waitlisted")

    assert found(provider, getattr(cast, who)).total == 0
    assert found(provider, cast.coordinator).total == 1


@pytest.mark.parametrize("provider", [free_places, to_finish])
def test_provider_asks_once_and_counts_beyond_its_limit(cast, provider, django_assert_num_queries):
    for number in range(3):
        factories.group(cast.home, days=(-7,))
        factories.booking(factories.group(cast.home), factories.family(cast.home, f"F {number}"), "waitlisted")
    assert cast.coordinator.active_memberships  # read once a request, before any provider

    with django_assert_num_queries(1):
        result = found(provider, cast.coordinator, limit=2)

    assert (len(result.needs), result.total) == (2, 3)
