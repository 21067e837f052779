"""The pages of groups through a real client."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from betterstart.clock import london_today
from families.models import Family, GroupAttendance, GroupBooking, GroupSeries
from tests import factories
from tests.families.test_visit_query_budgets import queries


def planned(cast) -> dict[str, str]:
    day = london_today() + dt.timedelta(days=5)
    return {
        "uuid": "5d1f3f0a-30c6-4b6a-9d5c-6e3a8e6b2f11", "name": "Baby massage", "entry": "booked", "venue": "The hub",
        "day": day.isoformat(), "starts": "10:00", "ends": "12:00", "weeks": "8", "age_from_months": "0",
        "age_until_months": "12", "places": "8", "sessions_to_complete": "5", "facilitators": [cast.volunteer.pk],
    }  # fmt: skip


def test_coordinator_plans_a_group_and_lands_on_its_page(cast, as_user):
    client = as_user(cast.coordinator)
    assert "Plan it" in client.get(reverse("families:group-new")).content.decode()

    answer = client.post(reverse("families:group-new"), planned(cast), follow=True)

    group = GroupSeries.objects.get()
    assert answer.redirect_chain == [(reverse("families:group", args=[group.uuid]), 302)]
    assert (group.sessions.count(), group.named.get().user) == (8, cast.volunteer)
    assert "Baby massage" in answer.content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"day": "2020-01-01"}, "This day has passed"),
        ({"ends": "09:00"}, "The end comes before the start"),
        ({"weeks": "99"}, "Write a number"),
        ({"places": "lots"}, "Write a number"),
        ({"name": ""}, "required"),
    ],
)
def test_impossible_group_comes_back_with_what_was_typed(cast, as_user, wrong, words):
    answer = as_user(cast.coordinator).post(reverse("families:group-new"), planned(cast) | wrong)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "The hub" in page
    assert not GroupSeries.objects.exists()


def test_full_group_offers_the_waiting_list_and_sending_again_takes_it(cast, as_user):
    group = factories.group(cast.home, places=1)
    factories.booking(group, cast.other_family)
    client = as_user(cast.coordinator)
    url = reverse("families:group-book", args=[group.uuid, cast.family.reference])
    sent = {"people": [cast.family.members.get().pk], "state": "booked"}

    answer = client.post(url, sent)

    assert answer.status_code == 422
    assert "Every place in" in answer.content.decode()
    assert answer.context["form"]["state"].value() == "waitlisted"
    client.post(url, sent | {"state": "waitlisted"})
    assert GroupBooking.objects.get(family=cast.family).state == "waitlisted"


def test_free_place_is_offered_to_who_waited_longest_and_a_person_confirms(cast, as_user):
    group = factories.group(cast.home, places=1)
    booked = factories.booking(group, cast.other_family)
    waiting = factories.booking(group, cast.family, "waitlisted")
    client, url = as_user(cast.coordinator), reverse("families:group", args=[group.uuid])
    offer = reverse("families:booking-move", args=[waiting.uuid, "booked"])
    assert offer not in client.get(url).content.decode()

    client.post(reverse("families:booking-move", args=[booked.uuid, "cancelled"]))

    assert offer in client.get(url).content.decode()
    assert GroupBooking.objects.get(pk=waiting.pk).state == "waitlisted"
    client.get(offer)
    client.post(offer)
    assert GroupBooking.objects.get(pk=waiting.pk).state == "booked"


def test_child_of_another_age_is_asked_about_on_the_page(cast, as_user):
    group = factories.group(cast.home, age_from_months=36, age_until_months=48)
    child = factories.member(cast.family, "Zayn")
    client = as_user(cast.coordinator)
    url = reverse("families:group-book", args=[group.uuid, cast.family.reference])

    answer = client.post(url, {"people": [child.pk], "state": "booked"})

    assert 'type="checkbox" name="sure"' in answer.content.decode()
    client.post(url, {"people": [child.pk], "state": "booked", "sure": "on"})
    assert GroupBooking.objects.get().state == "booked"


def test_door_shows_names_and_nothing_else_and_works_without_script(cast, as_user):
    group = factories.group(cast.stay_and_play, run_by=(cast.other_volunteer,))
    factories.booking(group, cast.family)
    factories.address(cast.family, "7 Hidden Lane")
    client = as_user(cast.other_volunteer)
    url = reverse("families:session-door", args=[group.sessions.first().uuid])
    member = cast.family.members.get()

    page = client.get(url).content.decode()
    assert "Amina" in page
    assert cast.family.reference not in page
    assert "Hidden Lane" not in page
    assert reverse("families:group", args=[group.uuid]) not in page

    for _tap in range(2):
        assert client.post(url, {"arrived": member.uuid}).status_code == 302
    assert GroupAttendance.objects.standing().get().member == member
    client.post(url, {"not_here": member.uuid})
    assert not GroupAttendance.objects.standing().exists()


def test_tap_by_script_answers_with_the_list(cast, as_user):
    group = factories.group(cast.stay_and_play, run_by=(cast.other_volunteer,))
    factories.booking(group, cast.family)
    url = reverse("families:session-door", args=[group.sessions.first().uuid])

    answer = as_user(cast.other_volunteer).post(
        url, {"arrived": cast.family.members.get().uuid}, headers={"hx-request": "true"}
    )

    assert answer.status_code == 200
    page = answer.content.decode()
    assert page.strip().startswith('<div class="door-person here"')
    assert 'name="not_here"' in page
    assert 'id="door-count"' in page


def test_tap_for_a_whole_family_answers_with_its_part_of_the_list(cast, as_user):
    group = factories.group(cast.stay_and_play, run_by=(cast.other_volunteer,))
    factories.member(cast.family, "Zayn")
    factories.booking(group, cast.family)
    client = as_user(cast.other_volunteer)
    url = reverse("families:session-door", args=[group.sessions.first().uuid])
    both = ",".join(str(member.uuid) for member in cast.family.members.all())
    assert "All of them are here" in client.get(url).content.decode()

    page = client.post(url, {"arrived": both}, headers={"hx-request": "true"}).content.decode()

    assert page.strip().startswith('<li class="door-household">')
    assert page.count('name="not_here"') == 2
    assert "of them are here" not in page
    assert GroupAttendance.objects.standing().count() == 2


@pytest.mark.parametrize("by_script", [False, True])
def test_tap_that_is_no_person_or_comes_too_late_changes_nothing_and_says_so(cast, as_user, by_script):
    group = factories.group(cast.stay_and_play, days=(-7, 0), run_by=(cast.other_volunteer,))
    factories.booking(group, cast.family)
    client = as_user(cast.other_volunteer)
    over, today = (reverse("families:session-door", args=[each.uuid]) for each in group.sessions.all())
    headers = {"hx-request": "true"} if by_script else {}

    for url, whom in (
        (today, "nonsense"),
        (today, cast.other_family.members.get().uuid),
        (over, cast.family.members.get().uuid),
    ):
        answer = client.post(url, {"arrived": whom}, headers=headers)
        assert answer.headers.get("HX-Refresh") == "true" if by_script else answer.status_code == 302
    assert "the list has changed meanwhile" in client.get(today).content.decode()
    assert not GroupAttendance.objects.exists()


def test_other_people_of_the_family_are_chosen_on_the_page(cast, as_user):
    group = factories.group(cast.home, places=2)
    booking = factories.booking(group, cast.family)
    father = factories.member(cast.family, "Yusuf", "parent")
    client, url = as_user(cast.coordinator), reverse("families:booking-people", args=[booking.uuid])
    assert "Yusuf" in client.get(url).content.decode()

    answer = client.post(url, {"people": [father.pk]})

    assert answer.status_code == 302
    assert [person.member for person in booking.persons.all()] == [father]
    factories.member(cast.family, "Zayn")
    factories.member(cast.family, "Zara")
    refused = client.post(url, {"people": [member.pk for member in cast.family.members.all()]})
    assert refused.status_code == 422
    assert "Only 2 places are left" in refused.content.decode()


def test_family_page_says_in_which_groups_the_family_is_listed(cast, as_user):
    group = factories.group(cast.home, name="Baby massage")
    factories.booking(group, cast.family, "waitlisted")

    page = as_user(cast.coordinator).get(cast.family.page).content.decode()

    assert reverse("families:group", args=[group.uuid]) in page
    assert "on the waiting list" in page


def test_someone_new_is_signed_in_with_a_name_alone(cast, as_user):
    group = factories.group(cast.stay_and_play, entry="drop_in", run_by=(cast.volunteer,))
    client = as_user(cast.volunteer)
    url = reverse("families:session-someone-new", args=[group.sessions.first().uuid])
    sent = {"uuid": "5d1f3f0a-30c6-4b6a-9d5c-6e3a8e6b2f12", "name": "Dee"}

    wrong = client.post(url, sent | {"postcode": "not one", "child_1": "Ollie", "age_1": "30"})
    assert wrong.status_code == 422
    assert "Ollie" in wrong.content.decode()
    client.post(url, sent | {"postcode": "bd5", "child_1": "Ollie", "age_1": "30"})

    family = Family.objects.get(name="Dee")
    child = family.members.get(role="child")
    assert (child.age_in_months(), child.birth_precision, family.addresses.get().lines) == (30, "year", "BD5")


def test_pages_need_as_many_queries_for_thirty_rows_as_for_one(cast, as_user):
    client = as_user(cast.coordinator)
    group = factories.group(cast.home, run_by=(cast.volunteer,), places=500)
    most = {
        reverse("families:group-list"): 12,
        reverse("families:group", args=[group.uuid]): 20,
        reverse("families:session-door", args=[group.sessions.first().uuid]): 20,
        reverse("families:group-choose-family", args=[group.uuid]): 12,
    }
    one_more(cast, group, 0)
    for_one = {url: queries(client, url) for url in most}

    for number in range(1, 30):
        one_more(cast, group, number)

    assert {url: queries(client, url) for url in most} == for_one
    assert all(for_one[url] <= most[url] for url in most)


def one_more(cast, group, number) -> None:
    """A booked family that came, a waiting one, a session, and another group."""
    family = factories.family(cast.home, f"Family {number}")
    factories.member(family, "Zayn")
    factories.booking(group, family)
    for member in family.members.all():
        factories.attendance(group.sessions.first(), member)
    factories.booking(group, factories.family(cast.home, f"Waiter {number}"), "waitlisted")
    factories.session(group, 14 + number)
    factories.group(cast.home)
