from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from families.actions.leaving import move_member, record_leaving, record_return, share_member
from families.actions.member import MemberRefused, add_member, edit_member
from families.models import Family, FamilyMember, Personal, SharedCare, VisitPresence
from families.reports.duplicates import look_alikes
from families.views.member import MOST_SHARES
from tests import factories

DAY = dt.date(2026, 3, 1)


@pytest.fixture
def child(cast) -> FamilyMember:
    row = factories.member(cast.family, "Yusuf", date_of_birth=dt.date(2024, 5, 6))
    cast.family.refresh_search_text()
    return row


@pytest.fixture
def shared(cast, child) -> FamilyMember:
    share(cast, child, cast.far_family)
    return child


def share(cast, child, other, **fields):
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        return share_member(
            by=cast.coordinator,
            family=cast.family,
            member=child,
            **{"version": child.version, "reference": other.reference, "since": DAY} | fields,
        )


def names(family) -> set[str]:
    return {str(member) for member in family.members.current()}


def test_shared_child_is_one_row_that_both_families_have(cast, shared):
    assert names(cast.family) == {"Amina", "Yusuf"}
    assert names(cast.far_family) == {"Chloe", "Yusuf"}
    assert FamilyMember.objects.filter(display_name="Yusuf").count() == 1
    assert set(Family.objects.filter(search_text__contains="yusuf")) == {cast.family, cast.far_family}
    told = AuditEvent.objects.filter(verb="member.shared").values_list("family_id", flat=True)
    assert sorted(told) == sorted([cast.far_family.pk, cast.family.pk])


def test_other_familys_people_see_the_child_and_nothing_of_the_first_family(cast, shared):
    with acting_as(Scope.SCOPED, cast.other_coordinator.pk):
        assert {str(row) for row in FamilyMember.objects.all()} == {"Chloe", "Yusuf"}
        assert set(Family.objects.all()) == {cast.far_family}
        assert {row.member for row in SharedCare.objects.all()} == {shared}
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        assert not SharedCare.objects.exists()
        assert cast.far_family not in Family.objects.all()


@pytest.mark.parametrize("who", ["coordinator", "other_coordinator", "volunteer", "other_volunteer", "manager", "lead"])
def test_database_shows_each_person_exactly_what_visible_to_says_of_shared_people(cast, shared, who):
    person = getattr(cast, who)
    factories.assign(cast.other_volunteer, cast.far_family)
    expected = {model: set(model.objects.visible_to(person)) for model in (FamilyMember, SharedCare)}

    with acting_as(Scope.SCOPED, person.pk):
        assert {model: set(model.objects.all()) for model in expected} == expected


def test_other_familys_page_names_the_child_and_neither_the_first_family_nor_its_address(cast, shared, as_user):
    factories.address(cast.family, lines="12 Secret Street")
    page = as_user(cast.other_coordinator).get(cast.far_family.page).content.decode()
    person = as_user(cast.other_coordinator).get(f"{cast.far_family.page}people/{shared.uuid}/").content.decode()

    for text in (page, person):
        assert "Yusuf" in text
        assert "Part of two families" in text
        assert "Amina" not in text
        assert "Secret" not in text
        assert cast.family.reference not in text


def test_two_services_that_visit_one_child_count_it_once(cast, shared):
    for family, worker in ((cast.family, cast.volunteer), (cast.far_family, cast.other_coordinator)):
        visit = factories.visit(family, worker)
        VisitPresence.objects.create(visit=visit, member=shared, family=family)

    with acting_as(Scope.ALL, cast.manager.pk):
        children = VisitPresence.objects.filter(member__role="child")
        assert (children.count(), children.values("member").distinct().count()) == (2, 1)


def test_shared_child_can_be_written_down_as_present_in_the_other_family(cast, shared, as_user):
    page = as_user(cast.other_coordinator).get(f"{cast.far_family.page}visits/log/")

    assert [str(member) for member in page.context["form"].fields["present"].queryset] == ["Chloe", "Yusuf"]


def test_either_side_may_correct_the_child_and_both_find_it_again(cast, shared):
    with acting_as(Scope.SCOPED, cast.other_coordinator.pk):
        member = cast.far_family.members.get(pk=shared.pk)
        edit_member(
            by=cast.other_coordinator, family=cast.far_family, member=member, version=2, display_name="Yusuf Zayd"
        )

    assert Family.objects.filter(search_text__contains="zayd").count() == 2


@pytest.mark.parametrize(
    ("other", "fields", "field"),
    [
        ("family", {}, "reference"),
        ("far_family", {"reference": "ZZZZZZ2"}, "reference"),
        ("far_family", {"since": london_today() + dt.timedelta(days=1)}, "since"),
        ("far_family", {"since": dt.date(2024, 5, 5)}, "since"),
    ],
    ids=["same family", "nobody's", "to come", "before birth"],
)
def test_share_that_cannot_be_is_refused_with_no_trace(cast, child, other, fields, field):
    with pytest.raises(MemberRefused) as refusal:
        share(cast, child, getattr(cast, other), **fields)

    assert list(refusal.value.error_dict) == [field]
    assert not SharedCare.objects.exists()
    assert not AuditEvent.objects.exists()


def test_same_child_is_not_shared_twice_and_no_grown_up_ever(cast, shared):
    for member in (shared, cast.family.members.get(role="parent")):
        with pytest.raises(MemberRefused):
            share(cast, member, cast.far_family)

    assert SharedCare.objects.count() == 1


def test_child_that_the_other_family_has_already_is_not_there_twice(cast, child):
    factories.member(cast.far_family, "yusuf", date_of_birth=child.date_of_birth)

    with pytest.raises(MemberRefused, match="in that family already"):
        share(cast, child, cast.far_family)


def test_shared_child_is_not_added_to_the_other_family_again(cast, shared):
    with pytest.raises(MemberRefused, match="is in this family already"):
        add_member(
            by=cast.other_coordinator,
            family=cast.far_family,
            role="child",
            display_name="YUSUF",
            date_of_birth=shared.date_of_birth,
        )


def test_child_who_leaves_its_first_family_belongs_to_the_other_and_is_remembered(cast, shared):
    Personal.objects.create(member=shared, family=cast.family, organisation=cast.here, gender="boy")
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        record_leaving(by=cast.coordinator, family=cast.family, member=shared, version=2, left_on=london_today())

    shared.refresh_from_db()
    assert (shared.family, shared.is_shared, shared.left_on) == (cast.far_family, False, None)
    assert names(cast.family) == {"Amina"}
    assert names(cast.far_family) == {"Chloe", "Yusuf"}
    assert {str(each): each.gone_on for each in cast.family.members} == {"Amina": None, "Yusuf": london_today()}
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        assert str(FamilyMember.objects.get(pk=shared.pk)) == "Yusuf"
        assert not Personal.objects.exists()
    # What was told to one organisation is not told to the other: it asks for itself.
    with acting_as(Scope.SCOPED, cast.other_coordinator.pk):
        assert not Personal.objects.exists()
    assert Personal.objects.get().family_id == cast.far_family.pk


def test_child_who_leaves_the_second_family_stays_in_the_first_and_can_come_back(cast, shared):
    with acting_as(Scope.SCOPED, cast.other_coordinator.pk):
        given = {"by": cast.other_coordinator, "family": cast.far_family, "member": shared}
        record_leaving(**given, version=2, left_on=london_today())
        assert names(cast.far_family) == {"Chloe"}
        record_return(**given, version=3)

    shared.refresh_from_db()
    assert (shared.family, shared.is_shared) == (cast.family, True)
    assert names(cast.far_family) == {"Chloe", "Yusuf"}


def test_child_who_moves_is_the_same_row_and_what_was_written_stays(cast, child):
    visit = factories.visit(cast.family, cast.volunteer, days_ago=9)
    VisitPresence.objects.create(visit=visit, member=child, family=cast.family)
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        move_member(
            by=cast.coordinator,
            family=cast.family,
            member=child,
            version=1,
            reference=cast.far_family.reference.lower(),
            moved_on=london_today(),
        )
        assert [presence.member for presence in visit.presences.select_related("member")] == [child]

    assert FamilyMember.objects.filter(display_name="Yusuf").count() == 1
    assert names(cast.far_family) == {"Chloe", "Yusuf"}
    assert names(cast.family) == {"Amina"}


def test_share_page_takes_the_reference_and_keeps_what_was_typed_when_refused(cast, child, as_user):
    client, page = as_user(cast.coordinator), f"{cast.family.page}people/{child.uuid}/share/"
    typed = {"how": "both", "reference": "ZZZZZZ2", "since": "2026-03-01", "agreed": "on", "version": "1"}

    refused = client.post(page, typed)
    assert refused.status_code == 422
    assert 'value="ZZZZZZ2"' in refused.content.decode()

    assert client.post(page, typed | {"reference": cast.far_family.reference}).status_code == 302
    assert names(cast.far_family) == {"Chloe", "Yusuf"}


def test_references_cannot_be_guessed_in_a_row(cast, child, as_user):
    client, page = as_user(cast.coordinator), f"{cast.family.page}people/{child.uuid}/share/"
    typed = {"how": "both", "since": "2026-03-01", "agreed": "on", "version": "1"}
    for number in range(MOST_SHARES):
        assert (
            "No family has this reference"
            in client.post(page, typed | {"reference": f"ZZZZZ{number}"}).content.decode()
        )

    refused = client.post(page, typed | {"reference": cast.far_family.reference})

    assert refused.status_code == 422
    assert "Many were tried in the last hour" in refused.content.decode()
    assert names(cast.far_family) == {"Chloe"}


def test_nobody_may_write_themselves_a_share_past_the_action(cast, child):
    refused = pytest.raises(DatabaseError, match="row-level security")
    with acting_as(Scope.SCOPED, cast.other_coordinator.pk), refused, transaction.atomic():
        SharedCare.objects.create(member=child, family=cast.family)


def test_family_that_a_shared_child_makes_look_alike_is_named(cast, shared):
    person = {"role": "child", "display_name": "Yousuf", "date_of_birth": shared.date_of_birth}

    with acting_as(Scope.SCOPED, cast.other_coordinator.pk):
        found = look_alikes(cast.other_coordinator, people=[person]).similar

    assert [each.family for each in found] == [cast.far_family]
