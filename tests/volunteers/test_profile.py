"""What a volunteer tells of themselves: each section saved apart, by them or by a coordinator they told it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from families.actions.editing import StaleEdit
from tests import factories
from tests.volunteers.matching_rows import asked, profile
from volunteers.actions.profile import FIELDS, ProfileRefused, say_profile, see_insurance
from volunteers.models import Section, Volunteer, VolunteerProfile

GIVEN = {
    Section.TIMES: {"times": ["fri-evening", "mon-morning"]},
    Section.ROOM: {"hours_a_week": Decimal("3.5"), "most_families": 2},
    Section.TRAVEL: {"postcode": "bd72aa", "miles": 3, "means": ["bus", "walks"], "has_car": False},
    Section.LANGUAGES: {"languages": [{"code": "ur", "speaks": True, "reads": False}]},
    Section.HELPS: {"skills": ["play", "mood"], "skills_words": "Sewing", "enjoys": ["books"]},
    Section.SHARED: {"shared": ["lone_parent"], "shared_words": ""},
    Section.HOMES: {"homes": {"cat": "cannot", "dog": "fine"}, "has_pets": True},
    Section.ME: {"limits": "Not after dark", "gender": "", "offered_as": "woman"},
}


def test_nothing_is_ticked_beforehand(cast):
    empty = VolunteerProfile(volunteer=cast.volunteer_row)

    assert not any(empty.in_words(section) for section in Section.values)
    assert not any(getattr(empty, name) for names in FIELDS.values() for name in names if name != "most_families")


def test_each_section_is_kept_with_the_day_it_was_said(cast):
    cast.volunteer_row = Volunteer.objects.get(pk=cast.volunteer_row.pk)
    yesterday = london_today() - dt.timedelta(days=1)
    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        for version, (section, fields) in enumerate(GIVEN.items()):
            row = say_profile(
                by=cast.volunteer,
                volunteer=cast.volunteer_row,
                section=section,
                version=version,
                said_on=yesterday,
                **fields,
            )

    kept = VolunteerProfile.objects.get()
    assert {section: kept.said_on(section) for section in Section.values} == dict.fromkeys(Section.values, yesterday)
    assert kept.said[Section.TIMES]["by"] == cast.volunteer.pk
    assert (kept.postcode, kept.area, kept.times) == ("BD7 2AA", "BD7", ["mon-morning", "fri-evening"])
    assert kept.homes == {"dog": "fine", "cat": "cannot"}
    assert Volunteer.objects.get(pk=cast.volunteer_row.pk).most_families == 2
    assert row.version == len(GIVEN)
    event = AuditEvent.objects.filter(verb="profile.said").latest("pk")
    assert (event.details, "dark" in str(event.details)) == ({"section": "me"}, False)


@pytest.mark.parametrize(
    ("section", "changed", "field"),
    [
        (Section.TIMES, {"times": ["mon-night"]}, "times"),
        (Section.ROOM, {"hours_a_week": Decimal(0)}, "hours_a_week"),
        (Section.ROOM, {"hours_a_week": Decimal("40.5")}, "hours_a_week"),
        (Section.ROOM, {"most_families": 0}, "most_families"),
        (Section.ROOM, {"most_families": 4}, "most_families"),
        (Section.TRAVEL, {"postcode": "Bradford"}, "postcode"),
        (Section.TRAVEL, {"postcode": "ZZ99 3VZ"}, "postcode"),
        (Section.TRAVEL, {"miles": 0}, "miles"),
        (Section.TRAVEL, {"miles": 61}, "miles"),
        (Section.TRAVEL, {"means": ["rocket"]}, "means"),
        (Section.LANGUAGES, {"languages": [{"code": "xx", "speaks": True, "reads": True}]}, "languages"),
        (Section.LANGUAGES, {"languages": [{"code": "ur", "speaks": False, "reads": False}]}, "languages"),
        (Section.LANGUAGES, {"languages": [{"code": "ur", "speaks": True, "reads": True}] * 2}, "languages"),
        (Section.HELPS, {"skills": ["miracles"]}, "skills"),
        (Section.HELPS, {"enjoys": ["quarrels"]}, "enjoys"),
        (Section.SHARED, {"shared": ["secrets"]}, "shared"),
        (Section.HOMES, {"homes": {"dragon": "fine"}}, "homes"),
        (Section.HOMES, {"homes": {"dog": "maybe"}}, "homes"),
        (Section.ME, {"offered_as": "robot"}, "offered_as"),
        (Section.ME, {"said_on": dt.date(2100, 1, 1)}, "said_on"),
    ],
)
def test_what_cannot_be_so_is_refused_beside_its_field(cast, section, changed, field):
    with pytest.raises(ProfileRefused) as refusal:
        say_profile(
            by=cast.volunteer, volunteer=cast.volunteer_row, section=section, version=0, **GIVEN[section] | changed
        )

    assert list(refusal.value.error_dict) == [field]
    assert not VolunteerProfile.objects.exists()


def with_families(cast, count, state="active"):
    for number in range(count - 1):
        factories.match(cast.volunteer_row, factories.family(cast.home, f"Family {number}"), state=state)
    Volunteer.objects.filter(pk=cast.volunteer_row.pk).update(most_families=3)


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("volunteer", "You are with 2 families now, or about to meet them. Talk with your coordinator first"),
        ("coordinator", "Vera Volunteer is with 2 families now, or about to meet them. Agree first how one"),
    ],
)
def test_fewer_families_than_there_are_is_refused_with_how_many_and_what_to_do(cast, who, words):
    with_families(cast, 2)
    by = getattr(cast, who)
    room = {"section": Section.ROOM, "version": 0, "hours_a_week": None, "volunteer": cast.volunteer_row}

    with acting_as(Scope.SCOPED, by.pk):
        with pytest.raises(ProfileRefused) as refusal:
            say_profile(by=by, most_families=1, **room)
        say_profile(by=by, most_families=2, **room)

    assert refusal.value.message_dict["most_families"][0].startswith(words)
    assert Volunteer.objects.get(pk=cast.volunteer_row.pk).most_families == 2


def test_offer_that_waits_for_an_answer_takes_a_place_and_a_no_frees_it(cast):
    match = asked(cast.other_volunteer_row, cast.other_family, "offered_to_family")
    second = factories.match(cast.other_volunteer_row, cast.family)
    Volunteer.objects.filter(pk=second.volunteer_id).update(most_families=2)
    room = {"section": Section.ROOM, "version": 0, "hours_a_week": None, "most_families": 1}
    with pytest.raises(ProfileRefused):
        say_profile(by=cast.coordinator, volunteer=cast.other_volunteer_row, **room)

    type(match).objects.filter(pk=match.pk).update(state="declined_by_family")

    assert say_profile(by=cast.coordinator, volunteer=cast.other_volunteer_row, **room)


@pytest.mark.parametrize("who", ["other_volunteer", "other_coordinator", "manager", "lead", "administrator", "nobody"])
def test_nobody_else_writes_it(cast, who):
    with pytest.raises(ProfileRefused):
        say_profile(by=getattr(cast, who), volunteer=cast.volunteer_row, section="times", version=0, times=[])


def test_two_who_write_at_once_are_shown_both(cast):
    seen = profile(cast.volunteer_row)
    by = {"by": cast.coordinator, "volunteer": cast.volunteer_row, "section": Section.TIMES}
    say_profile(version=seen.version, times=["tue-morning"], **by)

    for version in (seen.version, 0):
        with pytest.raises(StaleEdit):
            say_profile(version=version, times=["wed-morning"], **by)


def test_insurance_is_seen_by_a_coordinator_and_by_nobody_else(cast):
    today = london_today()
    row = see_insurance(by=cast.coordinator, volunteer=cast.volunteer_row, version=0, seen_on=today)

    assert (row.insurance_seen_on, row.insurance_seen_by) == (today, cast.coordinator)
    assert see_insurance(by=cast.coordinator, volunteer=cast.volunteer_row, version=2, seen_on=None).version == 3
    with pytest.raises(ProfileRefused):
        see_insurance(by=cast.volunteer, volunteer=cast.volunteer_row, version=3, seen_on=today)
