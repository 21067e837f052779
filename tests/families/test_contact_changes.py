"""A number or an address that one organisation was told is put to the others, which take it or keep their own."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from betterstart.transitions.machine import MoveRefused
from families.actions.contact import ContactRefused, add_address, add_contact, edit_address, edit_contact, stop_contact
from families.actions.contact_change import ChangeRefused, answer_change
from families.actions.support import move_support
from families.models import Address, ContactChange, ContactMethod, Support
from families.models.contact_change import CHANGE_MACHINE
from families.reports.family_page import family_page
from families.reports.together import changed_elsewhere
from tests import factories

NUMBER = {"channel": "phone", "safe": "yes", "may_leave_message": True, "may_say_who_we_are": True}


@pytest.fixture
def both(cast) -> SimpleNamespace:
    return with_doulas_too(cast)


def with_doulas_too(cast) -> SimpleNamespace:
    """Amina's family is with "Home visiting" here and with "Doula support" of the other organisation."""
    cast.far_support = factories.support(cast.family, cast.far)
    cast.home_support = cast.family.supports.get(service=cast.home)
    cast.carer = cast.family.members.get()
    cast.number = factories.contact(cast.carer, value="07700 900111", source="Amina", **NUMBER | {"channel": "phone"})
    cast.home_address = factories.address(cast.family, valid_from=dt.date(2020, 1, 1))
    return cast


def as_person(person):
    return acting_as(Scope.SCOPED, person.pk)


def change_number(both, by, value="07700 900222", **fields) -> ContactMethod:
    with as_person(by):
        row = ContactMethod.objects.get(pk=both.number.pk)
        return edit_contact(by=by, contact=row, version=row.version, value=value, **fields)


def move(both, by, **fields) -> Address:
    fields = {"kind": "home", "lines": "2 New Road", "postcode": "BD5 0AA"} | fields
    with as_person(by):
        return add_address(by=by, family=both.family, **fields)


def page(both, who):
    with as_person(who):
        return family_page(who, both.family.reference)


def questions(both, who) -> int:
    with as_person(who):
        return ContactChange.objects.unanswered().answered_by(who).count()


def numbers(both, who) -> list[str]:
    return [way.contact.value for reach in page(both, who).reach for way in reach.ways]


def homes(both, who) -> list[str]:
    return [home.address.postcode for home in page(both, who).homes]


def answer(both, by, *, use: bool, **which) -> ContactChange:
    with as_person(by):
        change = ContactChange.objects.visible_to(by).get(**which)
        return answer_change(by=by, change=change, use=use, seen_at=change.changed_at)


def test_new_number_holds_at_once_where_it_was_told_and_waits_elsewhere(both):
    change_number(both, both.other_coordinator)

    assert numbers(both, both.other_coordinator) == ["07700 900222"]
    assert numbers(both, both.coordinator) == numbers(both, both.volunteer) == ["07700 900111"]
    way = page(both, both.coordinator).reach[0].ways[0]
    assert way.change.is_unanswered
    assert questions(both, both.coordinator) == 1
    assert questions(both, both.other_coordinator) == 0


def test_second_service_of_the_same_organisation_has_it_at_once(both):
    play = factories.user("Pia Play", "coordinator", both.stay_and_play)
    factories.support(both.family, both.stay_and_play)

    change_number(both, both.coordinator)

    assert numbers(both, play) == ["07700 900222"]
    assert [change.support for change in ContactChange.objects.all()] == [both.far_support]


@pytest.mark.parametrize(("use", "shown", "state"), [(True, "07700 900222", "used"), (False, "07700 900111", "kept")])
def test_service_takes_the_change_over_or_keeps_its_own(both, use, shown, state):
    change_number(both, both.other_coordinator)

    change = answer(both, both.coordinator, use=use)

    assert (change.state, change.answered_by) == (state, both.coordinator)
    assert numbers(both, both.coordinator) == numbers(both, both.volunteer) == [shown]
    assert numbers(both, both.other_coordinator) == ["07700 900222"]
    assert questions(both, both.coordinator) == 0
    assert AuditEvent.objects.filter(verb=f"contact.change_{state}", actor_id=both.coordinator.pk).exists()


def test_what_is_kept_can_be_taken_over_later_and_is_asked_anew_after_the_next_change(both):
    change_number(both, both.other_coordinator)
    answer(both, both.coordinator, use=False)
    change_number(both, both.other_coordinator, "07700 900333")

    assert questions(both, both.coordinator) == 1
    assert numbers(both, both.coordinator) == ["07700 900111"]
    answer(both, both.coordinator, use=False)
    answer(both, both.coordinator, use=True)
    assert numbers(both, both.coordinator) == ["07700 900333"]


def test_number_changed_back_leaves_nothing_to_answer(both):
    change_number(both, both.other_coordinator)
    change_number(both, both.other_coordinator, "07700 900111")

    assert questions(both, both.coordinator) == 0
    assert numbers(both, both.coordinator) == ["07700 900111"]


def test_source_alone_asks_nobody_and_moves_the_date(both):
    ContactMethod.objects.update(told_on=dt.date(2026, 1, 1))

    row = change_number(both, both.other_coordinator, "07700 900111", source="Her sister")

    assert (row.source, row.told_on) == ("Her sister", london_today())
    assert not ContactChange.objects.exists()


def test_next_question_alone_keeps_the_day_it_was_told(both):
    ContactMethod.objects.update(told_on=dt.date(2026, 1, 1))

    assert change_number(both, both.coordinator, "07700 900111", review_on=None).told_on == dt.date(2026, 1, 1)


def test_new_way_to_reach_somebody_is_proposed_and_one_that_ended_stays_until_answered(both):
    with as_person(both.other_coordinator):
        add_contact(by=both.other_coordinator, member=both.carer, **NUMBER, value="07700 900333")
        row = ContactMethod.objects.get(pk=both.number.pk)
        stop_contact(by=both.other_coordinator, contact=row, version=row.version)

    assert numbers(both, both.other_coordinator) == ["07700 900333"]
    assert numbers(both, both.coordinator) == ["07700 900111"]
    kinds = dict(ContactChange.objects.values_list("contact", "kind"))
    assert sorted(kinds.values()) == ["added", "stopped"]
    assert page(both, both.coordinator).more_ways
    assert not page(both, both.other_coordinator).more_ways
    answer(both, both.coordinator, use=True, contact=both.number)
    assert numbers(both, both.coordinator) == []
    answer(both, both.coordinator, use=True, kind="added")
    assert numbers(both, both.coordinator) == ["07700 900333"]


def test_own_writing_answers_what_was_asked_and_asks_the_others(both):
    change_number(both, both.other_coordinator)
    change_number(both, both.coordinator, "07700 900444")

    assert numbers(both, both.coordinator) == ["07700 900444"]
    assert numbers(both, both.other_coordinator) == ["07700 900222"]
    assert questions(both, both.coordinator) == 0
    assert questions(both, both.other_coordinator) == 1


def test_number_that_waits_for_an_answer_cannot_be_ended_over_the_question(both):
    row = change_number(both, both.other_coordinator)
    with as_person(both.coordinator), pytest.raises(ContactRefused, match="Answer that first"):
        stop_contact(by=both.coordinator, contact=row, version=row.version)


LOOSER = {"safe": "yes", "may_leave_message": True, "may_say_who_we_are": True, "shared_device": False}
STRICT = [
    ({"safe": "no"}, "is_forbidden", True),
    ({"may_leave_message": False}, "forbids_messages", True),
    ({"may_say_who_we_are": False}, "hides_who_we_are", True),
    ({"shared_device": True}, "shared_device", True),
    ({"safe_days": [1, 2]}, "safe_days", [1, 2]),
    ({"safe_from": dt.time(10), "safe_until": dt.time(12)}, "safe_until", dt.time(12)),
]


@pytest.mark.parametrize(("ours", "warning", "value"), STRICT)
@pytest.mark.parametrize("number", ["07700 900111", "07700 900222"])
def test_taking_a_change_over_loosens_no_warning(both, ours, warning, value, number):
    ContactMethod.objects.update(**ours)

    change_number(both, both.other_coordinator, number, **LOOSER, safe_days=[], safe_from=None, safe_until=None)
    for use in (None, True):
        if use:
            answer(both, both.coordinator, use=True)
        for who in (both.coordinator, both.volunteer):
            way = page(both, who).reach[0].ways[0]
            assert getattr(way.contact, warning) == value
    assert way.contact.value == number


@pytest.mark.parametrize(("theirs", "warning", "value"), STRICT)
def test_warning_about_the_number_we_use_counts_before_anybody_answers(both, theirs, warning, value):
    change_number(both, both.other_coordinator, "07700 900111", **theirs)

    assert getattr(page(both, both.volunteer).reach[0].ways[0].contact, warning) == value


def test_warning_that_stayed_is_lifted_by_writing_it_oneself(both):
    ContactMethod.objects.update(safe="no")
    change_number(both, both.other_coordinator, safe="yes")
    answer(both, both.coordinator, use=True)
    assert page(both, both.coordinator).reach[0].ways[0].contact.safe == "no"

    change_number(both, both.coordinator, safe="yes")

    assert page(both, both.coordinator).reach[0].ways[0].contact.safe == "yes"


def test_new_address_holds_at_once_where_it_was_told_and_waits_elsewhere(both):
    move(both, both.other_coordinator)

    assert homes(both, both.other_coordinator) == ["BD5 0AA"]
    assert homes(both, both.coordinator) == homes(both, both.volunteer) == ["BD7 2AA"]
    answer(both, both.coordinator, use=True)
    assert homes(both, both.coordinator) == homes(both, both.volunteer) == ["BD5 0AA"]


def test_second_move_keeps_the_address_one_started_from(both):
    move(both, both.other_coordinator)
    move(both, both.other_coordinator, postcode="BD6 1AA")

    assert homes(both, both.coordinator) == ["BD7 2AA"]
    answer(both, both.coordinator, use=False)
    assert homes(both, both.coordinator) == ["BD7 2AA"]
    move(both, both.coordinator, postcode="BD4 9AA")
    assert (homes(both, both.coordinator), homes(both, both.other_coordinator)) == (["BD4 9AA"], ["BD6 1AA"])


def test_hidden_address_never_reaches_another_organisation(both):
    hidden = move(both, both.other_coordinator, kind="confidential", lines="9 Hidden Lane", postcode="BD9 9ZZ")

    for who in (both.coordinator, both.volunteer):
        with as_person(who):
            assert not Address.objects.filter(pk=hidden.pk).exists()
            assert not Address.pgh_event_model.objects.filter(pgh_obj_id=hidden.pk).exists()
            assert not Address.objects.visible_to(who).filter(pk=hidden.pk).exists()
            changes = list(ContactChange.objects.values()) + list(ContactChange.pgh_event_model.objects.values())
        assert "Hidden Lane" not in str(changes)
    assert homes(both, both.coordinator) == ["BD7 2AA"]
    assert homes(both, both.other_coordinator) == ["BD9 9ZZ"]
    answer(both, both.coordinator, use=True)
    assert homes(both, both.coordinator) == []


def test_address_that_becomes_hidden_leaves_the_other_organisation(both):
    with as_person(both.other_coordinator):
        row = Address.objects.get()
        edit_address(by=both.other_coordinator, address=row, version=row.version, kind="confidential")

    assert homes(both, both.coordinator) == ["BD7 2AA"]
    with as_person(both.coordinator):
        assert not Address.objects.exists()
    assert homes(both, both.other_coordinator) == ["BD7 2AA"]


def test_own_hidden_address_is_not_ended_by_a_move_told_to_another_organisation(both):
    move(both, both.coordinator, kind="confidential", lines="9 Hidden Lane", postcode="BD9 9ZZ")
    move(both, both.other_coordinator, postcode="BD5 0AA")

    assert homes(both, both.coordinator) == ["BD9 9ZZ"]
    assert homes(both, both.other_coordinator) == ["BD5 0AA"]


def test_who_was_told_is_named_only_where_the_family_agreed(both):
    change_number(both, both.other_coordinator)
    assert ContactChange.objects.get().changed_by_service is None

    Support.objects.filter(pk=both.far_support.pk).update(may_be_named="yes", named_asked_on=london_today())
    change_number(both, both.other_coordinator, "07700 900333")
    assert ContactChange.objects.get().changed_by_service == both.far


def test_changes_are_read_in_the_service_that_is_asked_and_nowhere_else(both):
    change_number(both, both.other_coordinator)

    for who, seen in [("coordinator", 1), ("volunteer", 1), ("other_coordinator", 0), ("lead", 0), ("manager", 0)]:
        person = getattr(both, who)
        with as_person(person):
            assert (ContactChange.objects.count(), ContactChange.objects.visible_to(person).count()) == (seen, seen)
            assert (ContactChange.pgh_event_model.objects.count() > 0) == bool(seen)


def test_two_who_answer_at_once_the_second_is_told(both):
    change_number(both, both.other_coordinator)
    answer(both, both.coordinator, use=True)

    with pytest.raises(MoveRefused, match="answered meanwhile"):
        answer(both, both.coordinator, use=False)


@pytest.mark.parametrize("who", ["volunteer", "other_coordinator", "manager"])
def test_change_is_answered_only_by_a_coordinator_of_the_service(both, who):
    change_number(both, both.other_coordinator)
    change = ContactChange.objects.get()
    person = getattr(both, who)

    with as_person(person), pytest.raises(ChangeRefused):
        answer_change(by=person, change=change, use=True, seen_at=change.changed_at)


def test_change_that_moved_on_since_one_looked_is_not_taken_over_unseen(both):
    change_number(both, both.other_coordinator)
    seen = ContactChange.objects.get()
    change_number(both, both.other_coordinator, "07700 900333")

    with as_person(both.coordinator), pytest.raises(ChangeRefused, match="changed again"):
        answer_change(by=both.coordinator, change=seen, use=True, seen_at=seen.changed_at)


def test_only_these_moves_of_an_answer_exist():
    moves = {(source, move.to) for move in CHANGE_MACHINE.moves for source in move.sources}

    assert moves == {
        ("unanswered", "used"),
        ("unanswered", "kept"),
        ("kept", "used"),
        ("used", "unanswered"),
        ("kept", "unanswered"),
    }


def test_support_that_is_over_is_asked_nothing_and_waits_for_nothing(both):
    change_number(both, both.other_coordinator)
    with as_person(both.coordinator):
        move_support(
            by=both.coordinator,
            support=Support.objects.get(pk=both.home_support.pk),
            to="ended_unplanned",
            reason="moved",
        )

    assert numbers(both, both.coordinator) == ["07700 900222"]
    with as_person(both.coordinator):
        assert changed_elsewhere(both.coordinator, london_today(), 5).total == 0
    ContactChange.objects.all()._raw_delete("default")
    change_number(both, both.other_coordinator, "07700 900333")
    assert not ContactChange.objects.exists()
