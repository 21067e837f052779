"""The two sides that matching reads: within the asker's rights, in as many queries for thirty as for one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.clock import london_today
from families.models import FamilyMember, HouseholdFlag, PlanChoice, Support
from tests import factories
from tests.volunteers.matching_rows import asked, never, place, profile, visit_needs
from volunteers.models import Match, Volunteer
from volunteers.reports.matching.loading import family_sides, volunteer_sides


def family_side(cast, support=None):
    support = support or cast.other_family.supports.get()
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        return family_sides(cast.coordinator, [support])[0]


def volunteer_side(cast, row=None):
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        return volunteer_sides(cast.coordinator, [row or cast.volunteer_row])[0]


@pytest.fixture
def waits(cast):
    """The support of Berta, who waits."""
    support = cast.other_family.supports.get()
    Support.objects.filter(pk=support.pk).update(state="waiting", waiting_since=dt.date(2026, 3, 4))
    return support


def test_what_nobody_said_is_not_known(cast, waits):
    side = family_side(cast)

    assert (side.waiting_since, side.slots, side.has_pets, side.has_stairs, side.position, side.told_on) == (
        dt.date(2026, 3, 4), frozenset(), None, None, None, None,
    )  # fmt: skip
    unsaid = (side.worker_led, side.no_pets, side.interpreter, side.wishes_gender, side.address_is_hidden)
    assert not any(unsaid)


def test_family_tells_when_where_and_with_whom(cast, waits):
    place("BD7 2AA", 53.79, -1.77)
    factories.address(cast.other_family)
    row = visit_needs(waits, cast.coordinator, at_home=["cat", "smoke"], enjoys=["books"], no_pets=True)
    factories.need(cast.other_family, "play")
    said = PlanChoice.objects.create(kind="volunteer", answer="woman", **factories.voice(cast.other_family))

    side = family_side(cast)

    assert (side.slots, side.animals, side.interests, side.needs) == ({"mon-morning"}, {"cat"}, {"books"}, {"play"})
    assert (side.has_pets, side.somebody_smokes, side.has_stairs, side.no_pets) == (True, True, False, True)
    assert (side.position, side.wishes_gender, side.told_on) == ((53.79, -1.77), "woman", said.happened_on)
    assert not side.worker_led
    type(row).objects.filter(pk=row.pk).update(suits=[], who_comes="two", why="The dog")
    side = family_side(cast)
    assert (len(side.slots), side.worker_led) == (21, True)


def test_hidden_address_gives_no_position_and_says_so(cast, waits):
    place("BD7 2AA", 53.79, -1.77)
    factories.address(cast.other_family)
    factories.address(cast.other_family, kind="confidential", organisation=cast.here)

    side = family_side(cast)

    assert (side.position, side.address_is_hidden) == (None, True)


def speaks(*codes):
    return [{"code": code, "speaks": True, "reads": True, "preferred": False} for code in codes]


@pytest.mark.parametrize(
    ("main", "other", "stated", "languages", "interpreter"),
    [
        (speaks("ur"), speaks("en"), {}, {"ur"}, True),
        ([], speaks("en", "pa"), {}, {"en", "pa"}, False),
        ([{"code": "ur", "speaks": False, "reads": True}, *speaks("pa")], [], {}, {"pa"}, True),
        (speaks("ur", "en"), [], {"language": "ur"}, {"ur"}, False),
        (speaks("ur"), [], {"language": "pl", "interpreter_will_do": True}, {"pl"}, True),
    ],
)
def test_languages_are_those_stated_or_of_the_main_carer(cast, waits, main, other, stated, languages, interpreter):
    carer = cast.other_family.members.get(is_main_carer=True)
    FamilyMember.objects.filter(pk=carer.pk).update(languages=main, interpreter="language" if main else "")
    factories.member(cast.other_family, "Yusuf", "other_adult", languages=other)
    factories.member(cast.other_family, "Zayn", "child", languages=speaks("cs"))
    if stated:
        visit_needs(waits, cast.coordinator, **stated)

    side = family_side(cast)

    assert (side.languages, side.interpreter) == (languages, interpreter)


def choice(family, answer, member=None, days_ago=0, **fields):
    day = london_today() - dt.timedelta(days=days_ago)
    of = factories.voice(family, member, happened_on=day, **fields)
    PlanChoice.objects.create(kind="volunteer", answer=answer, **of)


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ([("main", "woman")], "woman"),
        ([("main", "woman"), ("main", "either")], ""),
        ([("main", "rather_not"), ("other", "man")], "man"),
        ([("other", "man"), ("main", "woman")], "woman"),
        ([("main", "woman"), ("other", "man")], "woman"),
    ],
)
def test_wish_for_a_woman_or_a_man_is_the_newest_and_the_main_carers_first(cast, waits, said, wish):
    people = {"main": None, "other": factories.member(cast.other_family, "Yusuf", "other_adult")}
    for who, answer in said:
        choice(cast.other_family, answer, people[who])

    assert family_side(cast).wishes_gender == wish


@pytest.mark.parametrize(
    ("state", "reason", "here", "knew"),
    [
        ("offered_to_volunteer", "", True, False),
        ("declined_by_family", "", True, False),
        ("withdrawn", "", False, False),
        ("active", "", True, False),
        ("ended", "practical", False, True),
        ("ended", "not_right", True, False),
    ],
)
def test_who_was_asked_and_who_was_there_before(cast, waits, state, reason, here, knew):
    ended = {"end_reason": reason, "ended_on": london_today()} if reason else {}
    make = factories.match if state in ("active", "ended") else asked
    match = make(cast.volunteer_row, cast.other_family, state=state, **ended)

    side = family_side(cast)

    assert (match.volunteer_id in side.matched_before, match.volunteer_id in side.knew) == (here, knew)


def test_never_with_holds_until_it_is_taken_back(cast, waits):
    row = never(cast.other_family, cast.volunteer_row, cast.coordinator)
    assert family_side(cast).never == {cast.volunteer_row.pk}

    type(row).objects.filter(pk=row.pk).update(
        taken_back_at="2026-01-01T00:00Z", taken_back_by=cast.coordinator, taken_back_why="Moved"
    )

    assert not family_side(cast).never


def test_circumstances_are_those_the_family_says_itself(cast, waits):
    for flag, answer in (("lone_parent", "confirmed"), ("teenage_parent", "corrected"), ("interpreter", "")):
        HouseholdFlag.objects.create(
            family=cast.other_family, organisation=cast.here, flag=flag, source="Midwife", told_on=london_today(),
            answer=answer, answered_on=london_today() if answer else None,
        )  # fmt: skip

    assert family_side(cast).circumstances == {"lone_parent"}


def test_others_families_and_volunteers_are_not_in_it(cast):
    supports, volunteers = list(Support.objects.all()), list(Volunteer.objects.all())

    for who in ("other_coordinator", "volunteer", "manager", "nobody"):
        person = getattr(cast, who)
        with acting_as(Scope.SCOPED, person.pk):
            families = {side.family_id for side in family_sides(person, supports)}
            assert families <= {cast.far_family.pk}
            assert not volunteer_sides(person, volunteers)


def test_coordinator_who_volunteers_is_not_suggested_to_themselves(cast):
    row = factories.volunteer(cast.coordinator, cast.here)

    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        assert not volunteer_sides(cast.coordinator, [row])


def test_volunteer_tells_what_they_can_and_how_far(cast):
    place("BD7 3AA", 53.79, -1.78)
    today = london_today()
    profile(
        cast.volunteer_row, postcode="BD7 3AA", miles=5, means=["bus"], hours_a_week="7.5", has_pets=True,
        homes={"dog": "fine", "cat": "cannot", "smoke": "cannot", "stairs": "rather_not"}, offered_as="woman",
        skills=["play"], shared=["lone_parent"], enjoys=["books"],
    )  # fmt: skip

    side = volunteer_side(cast)

    assert (side.is_ready, side.not_ready_because, side.places_left) == (True, "", 0)
    assert (side.position, side.means, side.slots, side.languages, side.reads) == (
        (53.79, -1.78), {"bus"}, {"mon-morning"}, {"ur"}, set(),
    )  # fmt: skip
    assert side.travels_km == pytest.approx(8.047, abs=0.001)
    assert (side.hours_a_week, side.hours_left, side.is_new) == (7.5, 4.5, False)
    assert (side.accepts_pets, side.accepts_smoke, side.manages_stairs) == (True, False, True)
    assert (side.cannot_animals, side.rather_not, side.keeps_pets, side.gender) == ({"cat"}, {"stairs"}, True, "woman")
    assert (side.skills, side.experience, side.interests) == ({"play"}, {"lone_parent"}, {"books"})
    assert (side.told, side.told_on) == ({"times": today}, today)


def test_volunteer_who_told_nothing_is_not_guessed_at(cast):
    side = volunteer_side(cast, cast.other_volunteer_row)

    assert (side.accepts_pets, side.accepts_smoke, side.manages_stairs, side.keeps_pets) == (None,) * 4
    assert (side.travels_km, side.hours_left, side.told_on, side.is_new) == (None, None, None, True)


@pytest.mark.parametrize("state", ["suspended", "preparing", "on_break"])
def test_who_is_not_ready_says_why(cast, state):
    Volunteer.objects.filter(pk=cast.volunteer_row.pk).update(state=state)
    if state == "on_break":
        away = {"starts_on": london_today(), "back_on": london_today() + dt.timedelta(days=9)}
        cast.volunteer_row.breaks.create(created_by=cast.coordinator, **away)

    side = volunteer_side(cast)

    assert not side.is_ready
    assert side.not_ready_because


def test_who_lacks_evidence_says_what_is_missing(cast):
    row = factories.volunteer(factories.user("Nell New", "volunteer", cast.home), cast.here, evidence=False)

    side = volunteer_side(cast, row)

    assert (side.is_ready, side.not_ready_because) == (False, "Two references still to be asked for.")


def test_ended_access_is_not_ready(cast):
    cast.volunteer.memberships.update(ends_at=timezone.now())

    assert not volunteer_side(cast).is_ready


def test_families_of_others_count_and_are_not_named(cast):
    """Vera is with a family of another service, which this coordinator does not see."""
    elsewhere = factories.service(cast.here, "Doulas")
    Volunteer.objects.filter(pk=cast.other_volunteer_row.pk).update(most_families=3)
    factories.match(cast.other_volunteer_row, factories.family(elsewhere, "Dilys"))

    assert volunteer_side(cast, cast.other_volunteer_row).places_left == 2


def queries_for(cast):
    with acting_as(Scope.SCOPED, cast.coordinator.pk), CaptureQueriesContext(connection) as captured:
        sides = family_sides(cast.coordinator, Support.objects.all())
        people = volunteer_sides(cast.coordinator, Volunteer.objects.all())
    return len(captured), len(sides), len(people)


def test_thirty_take_as_many_queries_as_one(cast, waits):
    visit_needs(waits, cast.coordinator)
    profile(cast.volunteer_row, postcode="BD7 2AA")
    factories.address(cast.other_family)
    queries_for(cast)  # what is read once for each person
    first = queries_for(cast)
    for number in range(30):
        family = factories.family(cast.home, f"Family {number}")
        visit_needs(family.supports.get(), cast.coordinator)
        factories.address(family)
        row = factories.volunteer(factories.user(f"V {number}", "volunteer", cast.home), cast.here)
        profile(row, postcode="BD7 2AA")
        never(family, row, cast.coordinator)
        factories.match(row, family)

    then = queries_for(cast)

    assert (then[1] - first[1], then[2] - first[2]) == (30, 30)
    assert then[0] == first[0] <= 30
    assert Match.objects.count() > 30
