"""The handover is offered where somebody comes or goes, while there is time."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from betterstart.access.models import Membership, User
from betterstart.clock import day_in_words, london_today
from families.reports.changing import changes_of_coordinator
from tests import factories


def told(person: User) -> list[str]:
    return [need.reason for need in changes_of_coordinator(User.objects.get(pk=person.pk), london_today(), 10).needs]


@pytest.mark.parametrize(("days", "is_told"), [(3, True), (27, True), (40, False)])
def test_coordinator_who_leaves_finds_it_on_today_in_time(cast, days, is_told):
    last = timezone.now() + dt.timedelta(days=days)
    Membership.objects.filter(user=cast.coordinator).update(ends_at=last)

    words = [f"you coordinate Home visiting until {day_in_words(last)}: look through what is passed on"]
    assert told(cast.coordinator) == (words if is_told else [])
    assert told(cast.other_coordinator) == []


def test_who_stays_in_the_same_place_by_another_membership_is_told_nothing(cast):
    mine = Membership.objects.get(user=cast.coordinator)
    mine.pk = None
    mine.ends_at = timezone.now() + dt.timedelta(days=3)
    mine.save()

    assert told(cast.coordinator) == []


def test_today_leads_a_leaving_coordinator_to_the_families(cast, as_user):
    Membership.objects.filter(user=cast.coordinator).update(ends_at=timezone.now() + dt.timedelta(days=3))

    assert "look through what is passed on" in as_user(cast.coordinator).get("/today/").content.decode()


def test_match_that_begins_or_ends_leads_to_the_handover(cast, as_user):
    support = cast.family.supports.get()
    handover = reverse("families:handover", args=[cast.family.reference, support.pk])
    client = as_user(cast.coordinator)
    factories.volunteer(factories.user("Vera Newvolunteer", "volunteer", cast.home), cast.here)

    assert handover in client.get(reverse("volunteers:match-end", args=[cast.match.pk])).content.decode()
    assert handover in client.get(reverse("volunteers:match-start", args=[cast.family.uuid])).content.decode()
