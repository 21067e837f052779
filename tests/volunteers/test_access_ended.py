"""A volunteer whose access ends leaves matches behind: nothing ends in silence, a person decides."""

from __future__ import annotations

import pytest
from django.urls import reverse

from betterstart.access import actions
from betterstart.access.acting import Scope, acting_as
from betterstart.clock import london_today
from families.models import Family, Visit
from tests import factories
from volunteers.actions import end_match
from volunteers.models import Match
from volunteers.reports.match_needs import match_steps


def loose_ends(person, limit=10):
    with acting_as(Scope.SCOPED, person.pk):
        return match_steps(person, london_today(), limit)


def leave(cast) -> None:
    actions.end_access(by=cast.administrator, person=cast.volunteer, reason="Moved away")


def test_every_match_left_behind_waits_on_today_with_its_link_and_how_many_families_wait(cast, as_user):
    second = factories.match(cast.volunteer_row, cast.other_family)
    leave(cast)

    rows = loose_ends(cast.coordinator)

    assert {(need.family, need.url) for need in rows.needs} == {
        (match.family, reverse("volunteers:match", args=[match.pk])) for match in (cast.match, second)
    }
    assert {need.reason for need in rows.needs} == {"Vera Volunteer’s access ended, and this match is still open"}
    assert {need.detail for need in rows.needs} == {"2 families of theirs wait for a decision"}
    assert rows.total == 2
    page = as_user(cast.coordinator).get("/today/").content.decode()
    assert "access ended, and this match is still open" in page


def test_need_counts_from_the_moment_the_access_ended(cast):
    leave(cast)

    assert loose_ends(cast.coordinator).needs[0].since == cast.volunteer.memberships.get().ends_at


@pytest.mark.parametrize("what", ["role given again", "match ended", "never left"])
def test_nothing_waits_when(cast, what):
    if what != "never left":
        leave(cast)
    if what == "role given again":
        actions.restore_access(
            by=cast.administrator, person=cast.volunteer, memberships=[cast.volunteer.memberships.get()]
        )
    if what == "match ended":
        with acting_as(Scope.SCOPED, cast.coordinator.pk):
            end_match(by=cast.coordinator, match=cast.match, reason="goals_met")

    assert loose_ends(cast.coordinator).total == 0


def test_ending_only_the_role_counts_as_well(cast):
    actions.end_role(by=cast.administrator, membership=cast.volunteer.memberships.get(), reason="A break")

    assert loose_ends(cast.coordinator).total == 1


def test_match_stays_open_until_a_person_ends_it_and_its_page_says_what_to_do(cast, as_user):
    leave(cast)

    assert Match.objects.get().state == "active"
    page = as_user(cast.coordinator).get(reverse("volunteers:match", args=[cast.match.pk])).content.decode()
    assert "Vera Volunteer cannot come any more" in page
    assert "Plan a visit" not in page
    assert page.count(reverse("volunteers:match-end", args=[cast.match.pk])) == 1


def test_page_of_a_match_that_holds_says_nothing_of_it(cast, as_user):
    page = as_user(cast.coordinator).get(reverse("volunteers:match", args=[cast.match.pk])).content.decode()

    assert "cannot come any more" not in page
    assert "Plan a visit" in page


def test_who_left_sees_nothing_from_that_moment(cast):
    factories.visit(cast.family, cast.volunteer)
    leave(cast)

    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        assert not Family.objects.exists()
        assert not Visit.objects.exists()
        assert not Match.objects.exists()
