"""Every move of a booking: each allowed one with what must hold for it, every other refused without a trace."""

from __future__ import annotations

import pytest

from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from betterstart.transitions.machine import MoveRefused
from betterstart.transitions.models import Transition
from families.actions.booking import AlreadyBooked, BookingRefused, OutsideAges, book, change_people, move_booking
from families.actions.group import NotYourGroup
from families.actions.leaving import record_grief
from families.actions.support import move_support
from families.models import BookingState, GroupBooking, Support
from families.models.booking import BOOKING_MACHINE, NoPlace, TooFewAdults
from families.reports.door import door
from families.reports.groups import group_page
from tests import factories

B = BookingState
ALLOWED = {
    (B.INVITED, B.BOOKED),
    (B.WAITLISTED, B.BOOKED),
    (B.BOOKED, B.ATTENDED),
    (B.BOOKED, B.NOT_ATTENDED),
    (B.INVITED, B.CANCELLED),
    (B.WAITLISTED, B.CANCELLED),
    (B.BOOKED, B.CANCELLED),
}


def everything() -> tuple[int, int, list]:
    rows = list(GroupBooking.objects.order_by("pk").values_list("pk", "state"))
    return Transition.objects.count(), AuditEvent.objects.count(), rows


@pytest.mark.parametrize(("came_from", "to"), [(a, b) for a in B for b in B], ids=lambda state: state.value)
def test_booking_moves_where_the_table_leads_and_nowhere_else(cast, came_from, to):
    over = to in {B.ATTENDED, B.NOT_ATTENDED}
    group = factories.group(cast.home, days=(-7,) if over else (7,))
    booking = factories.booking(group, cast.family, came_from)
    if to == B.ATTENDED:
        factories.attendance(group.sessions.get(), cast.family.members.first())
    before = everything()

    if (came_from, to) in ALLOWED:
        move_booking(by=cast.coordinator, booking=booking, to=to)
        assert GroupBooking.objects.get().state == to
        moved = Transition.objects.of("booking", booking.pk).get()
        assert (moved.from_state, moved.to_state, moved.by, moved.family_id) == (
            came_from,
            to,
            cast.coordinator,
            cast.family.pk,
        )
    else:
        with pytest.raises(MoveRefused, match="cannot move there"):
            move_booking(by=cast.coordinator, booking=booking, to=to)
        assert everything() == before


def test_the_table_here_is_the_table_of_the_machine():
    assert {(source, move.to) for move in BOOKING_MACHINE.moves for source in move.sources} == ALLOWED


@pytest.mark.parametrize(
    ("came", "day", "to", "words"),
    [
        (False, -7, B.ATTENDED, "Nobody of this family"),
        (True, -7, B.NOT_ATTENDED, "Somebody of this family"),
        (True, 7, B.ATTENDED, "still meets"),
        (False, 7, B.NOT_ATTENDED, "still meets"),
    ],
)
def test_whether_a_family_came_is_what_the_sign_in_says_after_the_last_session(cast, came, day, to, words):
    group = factories.group(cast.home, days=(-14, day))
    booking = factories.booking(group, cast.family)
    if came:
        factories.attendance(group.sessions.first(), cast.family.members.first())

    with pytest.raises(MoveRefused, match=words):
        move_booking(by=cast.coordinator, booking=booking, to=to)

    assert GroupBooking.objects.get().state == B.BOOKED


def test_last_place_goes_to_one_family_and_the_other_is_refused_by_name(cast):
    group = factories.group(cast.home, places=1)
    factories.booking(group, cast.other_family)
    before = everything()

    with pytest.raises(NoPlace, match="Every place in"):
        put(cast, group)

    assert everything() == before


def test_whoever_has_waited_longest_and_fits_comes_first(cast):
    group = factories.group(cast.home, places=2)
    large = factories.family(cast.home, "Large")
    factories.member(large, "One")
    factories.member(large, "Two")
    too_large, first = (factories.booking(group, each, "waitlisted") for each in (large, cast.other_family))
    second = factories.booking(group, cast.family, "waitlisted")

    with pytest.raises(NoPlace, match="Only 2 places"):
        move_booking(by=cast.coordinator, booking=too_large, to=B.BOOKED)
    with pytest.raises(NoPlace, match="waited longer"):
        move_booking(by=cast.coordinator, booking=second, to=B.BOOKED)
    move_booking(by=cast.coordinator, booking=first, to=B.BOOKED)
    move_booking(by=cast.coordinator, booking=second, to=B.BOOKED)

    assert set(GroupBooking.objects.booked()) == {first, second}


def test_nobody_new_passes_the_waiting_list(cast):
    group = factories.group(cast.home, places=5)
    factories.booking(group, cast.other_family, "waitlisted")

    with pytest.raises(NoPlace, match="waited longer"):
        put(cast, group)
    assert put(cast, group, state=B.WAITLISTED).state == B.WAITLISTED


def test_children_need_their_adults(cast):
    group = factories.group(cast.home, children_per_adult=1)
    for name in ("Zayn", "Zara"):
        factories.member(cast.family, name)

    with pytest.raises(TooFewAdults, match="2 children and 1 adults"):
        put(cast, group)
    group.named.create(user=cast.coordinator)

    assert put(cast, group).persons.count() == 3


def test_child_of_another_age_is_asked_about_and_not_refused(cast):
    group = factories.group(cast.home, age_from_months=36, age_until_months=48)
    factories.member(cast.family, "Zayn")

    with pytest.raises(OutsideAges, match="Zayn"):
        put(cast, group)

    assert put(cast, group, sure=True).state == B.BOOKED


def test_family_is_on_the_list_once(cast):
    group = factories.group(cast.home)
    put(cast, group, state=B.INVITED)

    with pytest.raises(AlreadyBooked):
        put(cast, group)


def test_same_person_twice_strangers_and_the_unborn_are_refused(cast):
    group = factories.group(cast.home)
    mother, stranger = cast.family.members.get(), cast.other_family.members.get()
    unborn = factories.member(cast.family, "Baby", "unborn")

    for people, words in (
        ([], "at least one"),
        ([mother, mother], "twice"),
        ([stranger], "this family"),
        ([unborn], "on the way"),
    ):
        with pytest.raises(BookingRefused, match=words):
            book(by=cast.coordinator, series=group, family=cast.family, people=people)
    assert not GroupBooking.objects.exists()


def test_nobody_is_booked_or_moves_up_once_the_last_session_is_over(cast):
    group = factories.group(cast.home, days=(-7,))
    waiting = factories.booking(group, cast.other_family, "waitlisted")

    with pytest.raises(BookingRefused, match="no session ahead"):
        put(cast, group)
    with pytest.raises(MoveRefused, match="no session ahead"):
        move_booking(by=cast.coordinator, booking=waiting, to=B.BOOKED)
    assert [row.state for row in GroupBooking.objects.all()] == [B.WAITLISTED]


def test_family_we_know_is_expected_at_a_drop_in(cast):
    """So that whoever opens the door taps its names, and does not write it down as a new one."""
    assert put(cast, factories.group(cast.home, entry="drop_in")).state == B.BOOKED


def test_first_who_waits_for_another_adult_holds_nobody_up(cast):
    group = factories.group(cast.home, children_per_adult=1)
    for name in ("Zayn", "Zara"):
        factories.member(cast.family, name)
    put(cast, group, state=B.WAITLISTED)
    pair = list(cast.other_family.members.all())

    booked = book(by=cast.coordinator, series=group, family=cast.other_family, people=pair)

    assert booked.state == B.BOOKED


def test_other_people_of_the_family_come_and_it_keeps_its_turn(cast):
    group = factories.group(cast.home, places=3)
    mother, father = cast.family.members.get(), factories.member(cast.family, "Yusuf", "parent")
    child = factories.member(cast.family, "Zayn")
    booking = book(by=cast.coordinator, series=group, family=cast.family, people=[mother, child])

    change_people(by=cast.coordinator, booking=booking, people=[father, child])

    assert set(booking.persons.values_list("member__display_name", flat=True)) == {"Yusuf", "Zayn"}
    assert AuditEvent.objects.filter(verb="group.people_changed", family_id=cast.family.pk).count() == 1
    change_people(by=cast.coordinator, booking=booking, people=[father, child])
    assert AuditEvent.objects.filter(verb="group.people_changed").count() == 1


@pytest.mark.parametrize(("places", "words"), [(2, "Only 2 places"), (3, "waited longer")])
def test_more_people_than_before_need_places_that_nobody_waits_for(cast, places, words):
    group = factories.group(cast.home, places=places)
    factories.member(cast.family, "Zayn")
    booking = put(cast, group)
    put(cast, group, family=cast.other_family, state=B.WAITLISTED)
    factories.member(cast.family, "Zara")

    with pytest.raises(NoPlace, match=words):
        change_people(by=cast.coordinator, booking=booking, people=list(cast.family.members.all()))
    assert booking.persons.count() == 2


def test_booking_that_is_over_keeps_its_people(cast):
    booking = factories.booking(factories.group(cast.home), cast.family, "cancelled")

    with pytest.raises(BookingRefused, match="over"):
        change_people(by=cast.coordinator, booking=booking, people=list(cast.family.members.all()))


def test_child_who_died_takes_no_place_and_is_read_nowhere(cast):
    group = factories.group(cast.home, places=2, run_by=(cast.volunteer,), days=(0, 7))
    child = factories.member(cast.family, "Zayn")
    put(cast, group)

    record_grief(by=cast.coordinator, family=cast.family, member=child, version=child.version, day=london_today())

    page = group_page(group)
    assert [[person.member.display_name for person in booking.coming] for booking in page.booked] == [["Amina"]]
    assert page.places_left == 1
    found = door(cast.volunteer, group.sessions.first())
    assert [person.name for household in found.households for person in household.people] == ["Amina"]
    assert put(cast, group, family=cast.other_family).state == B.BOOKED


def test_support_that_ends_gives_its_places_back(cast):
    group = factories.group(cast.home, places=1)
    booking = put(cast, group)

    move_support(by=cast.coordinator, support=booking.support, to="ended_unplanned", reason="moved")

    assert GroupBooking.objects.get().state == B.CANCELLED
    assert Transition.objects.of("booking", booking.pk).last().reason == "support_over"


def test_only_coordinators_of_the_service_book(cast):
    group = factories.group(cast.home, run_by=(cast.volunteer,))

    for stranger in (cast.other_coordinator, cast.volunteer, cast.manager):
        with pytest.raises(NotYourGroup):
            put(cast, group, by=stranger)
    assert not GroupBooking.objects.exists()


def test_family_of_another_service_is_offered_this_one_when_booked(cast):
    factories.Membership.objects.create(
        user=cast.coordinator, role="coordinator", organisation=cast.here, service=cast.stay_and_play
    )
    group = factories.group(cast.stay_and_play)

    booking = put(cast, group)

    assert booking.support == Support.objects.get(family=cast.family, service=cast.stay_and_play)
    assert booking.support.state == "offered"


def put(cast, group, *, by=None, family=None, **how) -> GroupBooking:
    family = family or cast.family
    people = list(family.members.current())
    return book(by=by or cast.coordinator, series=group, family=family, people=people, **how)
