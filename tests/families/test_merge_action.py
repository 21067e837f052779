from __future__ import annotations

import datetime as dt

import pytest

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Membership
from betterstart.access.roles import Role
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from families.actions import merge as actions
from families.actions.merge import merge_families, separate_families
from families.actions.merge_people import PeopleDoNotFit
from families.models import ContactMethod, Draft, Family, FamilyMember, FamilyMerge, Support, Visit
from tests import factories
from volunteers.models import CheckIn, Match


def join(cast, kept=None, merged=None, **fields):
    fields.setdefault("name", "Amina")
    fields.setdefault("reason", "The same mother, registered twice.")
    kept, merged = kept or cast.family, merged or cast.other_family
    return merge_families(by=fields.pop("by", cast.coordinator), kept=kept, merged=merged, **fields)


def apart(cast, merge, **fields):
    fields.setdefault("reason", "They are sisters.")
    return separate_families(by=fields.pop("by", cast.coordinator), merge=merge, **fields)


@pytest.fixture
def two(cast):
    """Amina's family and Berta's, which is no longer with home visiting, so that they can be joined."""
    Support.objects.filter(family=cast.other_family).update(state="ended_planned", ended_on=london_today())
    return cast


def parent(family):
    return family.members.get(role="parent")


def test_all_that_belongs_to_the_joined_record_moves(two):
    visit = factories.visit(two.other_family, two.volunteer, state="checked_in")
    check_in = factories.check_in(visit)
    match = factories.match(two.other_volunteer_row, two.other_family)
    contact = factories.contact(parent(two.other_family), value="07700 900999")
    address = factories.address(two.other_family)

    join(two)

    for row in (visit, check_in, match, match.assignment, contact, address):
        row.refresh_from_db()
        assert row.family == two.family, row
    assert two.family.supports.count() == 2
    assert not Family.objects.coordinated_by(two.coordinator).filter(pk=two.other_family.pk).exists()


def test_person_who_is_in_both_stays_once_and_takes_over_what_was_not_known(two):
    ours, theirs = parent(two.family), parent(two.other_family)
    FamilyMember.objects.filter(pk=theirs.pk).update(date_of_birth=dt.date(1995, 2, 3), pronouns="she, her")
    contact = factories.contact(theirs, value="07700 900999")

    join(two, same_people=[(ours.pk, theirs.pk)])

    ours.refresh_from_db(), contact.refresh_from_db(), theirs.refresh_from_db()
    assert (ours.date_of_birth, ours.pronouns) == (dt.date(1995, 2, 3), "she, her")
    assert contact.member == ours
    assert theirs.family == two.other_family
    assert list(two.family.members.all()) == [ours]


def test_person_known_to_have_left_in_one_record_has_left(two):
    ours, theirs = factories.member(two.family, "Zayn"), factories.member(two.other_family, "Zain")
    FamilyMember.objects.filter(pk=theirs.pk).update(left_on=london_today())

    join(two, same_people=[(ours.pk, theirs.pk)])

    ours.refresh_from_db()
    assert ours.left_on == london_today()


def test_name_language_and_notes_of_both_are_kept(two):
    Family.objects.filter(pk=two.family.pk).update(safety_notes="Dog.")
    Family.objects.filter(pk=two.other_family.pk).update(
        safety_notes="Third floor.", language="ur", interpreter_needed=True
    )

    join(two, name="Amina and Berta")

    family = Family.objects.get(pk=two.family.pk)
    assert (family.name, family.language, family.interpreter_needed) == ("Amina and Berta", "ur", True)
    assert family.safety_notes == "Dog.\nThird floor."


def test_search_finds_the_kept_family_by_old_names_and_the_old_reference_also_after_an_edit(two):
    factories.member(two.other_family, "Quentin")

    join(two)

    for words in ("Berta", "Quentin", two.other_family.reference, two.other_family.reference.lower()):
        assert Family.objects.visible_to(two.coordinator).matching(words).first() == two.family, words
    with acting_as(Scope.SCOPED, two.coordinator.pk):
        Family.objects.get(pk=two.family.pk).refresh_search_text()
        assert Family.objects.matching(two.other_family.reference).first() == two.family


@pytest.mark.parametrize("silent", ["family", "other_family"])
def test_silence_in_one_is_silence_in_both_and_stays_when_they_are_taken_apart(two, silent):
    since = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    Family.objects.filter(pk=getattr(two, silent).pk).update(silent_since=since)

    merge = join(two)

    assert Family.objects.get(pk=two.family.pk).silent_since == since
    apart(two, merge)
    assert Family.objects.get(pk=two.family.pk).silent_since == since


def test_stricter_contact_rule_wins_for_a_number_both_records_have(two):
    ours, theirs = parent(two.family), parent(two.other_family)
    kept = factories.contact(ours, value="07700 900123", safe="yes", may_leave_message=True, safe_days=[1, 2, 3])
    factories.contact(theirs, value="+44 7700 900123", safe="unknown", shared_device=True, safe_days=[3, 4])

    join(two, same_people=[(ours.pk, theirs.pk)])

    kept.refresh_from_db()
    assert (kept.safe, kept.may_leave_message, kept.shared_device, kept.safe_days) == ("unknown", False, True, [3])
    assert two.family.contact_methods.count() == 1


def test_number_two_people_share_stays_with_each_under_the_stricter_rule(two):
    kept = factories.contact(parent(two.family), value="07700 900123", safe="yes", safe_days=[1])
    moved = factories.contact(parent(two.other_family), value="07700 900123", safe="yes", safe_days=[2])

    join(two)

    kept.refresh_from_db(), moved.refresh_from_db()
    assert moved.family == two.family
    assert (kept.safe, moved.safe) == ("no", "no"), "no day is left on which both allow it"
    assert (kept.safe_days, moved.safe_days) == ([1], [2])


def test_address_both_records_have_is_there_once(two):
    factories.address(two.family, lines="1 High Street")
    factories.address(two.other_family, lines="1, high street")
    hidden = factories.address(two.other_family, lines="", postcode="", kind="confidential")

    join(two)

    assert two.family.addresses.count() == 2
    hidden.refresh_from_db()
    assert hidden.family == two.family


def test_reference_of_an_old_system_that_both_use_stays_with_the_kept_one_and_comes_back(two):
    ours, theirs = factories.member(two.family, "A"), factories.member(two.other_family, "B")
    FamilyMember.objects.filter(pk__in=[ours.pk, theirs.pk]).update(external_reference="1")

    merge = join(two)

    theirs.refresh_from_db()
    assert (theirs.family, theirs.external_reference) == (two.family, "")
    apart(two, merge)
    theirs.refresh_from_db()
    assert (theirs.family, theirs.external_reference) == (two.other_family, "1")


def test_unfinished_form_for_which_there_is_another_stays_behind(two):
    for family in (two.family, two.other_family):
        Draft.objects.create(user=two.coordinator, family=family, purpose="visit", fields={"of": [family.name]})
    Draft.objects.create(user=two.coordinator, family=two.other_family, purpose="plan")

    join(two)

    here = Draft.objects.filter(family=two.family).order_by("purpose")
    assert [(draft.purpose, draft.fields) for draft in here] == [("plan", {}), ("visit", {"of": ["Amina"]})]
    assert Draft.objects.filter(family=two.other_family).count() == 1


def test_what_came_since_stays_unless_it_hangs_on_what_goes_back(two):
    ours, theirs = parent(two.family), parent(two.other_family)
    support = two.other_family.supports.get()
    merge = join(two, same_people=[(ours.pk, theirs.pk)])
    of_kept = factories.visit(two.family, two.volunteer, support=two.family.supports.exclude(pk=support.pk).get())
    of_moved = factories.visit(two.family, two.volunteer, support=support, state="checked_in")
    check_in = factories.check_in(of_moved)
    presence = of_moved.presences.create(member=ours, family=two.family)
    number = factories.contact(ours, value="07700 900777")

    apart(two, merge)

    for row in (of_kept, of_moved, check_in, presence, number):
        row.refresh_from_db()
    assert (of_kept.family, number.family) == (two.family, two.family)
    assert (of_moved.family, check_in.family, presence.family) == (two.other_family,) * 3
    assert presence.member == theirs


def test_change_somebody_made_since_is_not_undone(two):
    merge = join(two, name="Amina and Berta")
    Family.objects.filter(pk=two.family.pk).update(name="The Khans")

    apart(two, merge)

    assert Family.objects.get(pk=two.family.pk).name == "The Khans"


def test_both_acts_are_written_down_for_both_records(two):
    apart(two, join(two))

    events = AuditEvent.objects.filter(verb__in=["family.joined", "family.separated"]).order_by("pk")
    assert [(event.verb, event.family_id, event.reason) for event in events] == [
        ("family.joined", two.family.pk, "The same mother, registered twice."),
        ("family.joined", two.other_family.pk, "The same mother, registered twice."),
        ("family.separated", two.family.pk, "They are sisters."),
        ("family.separated", two.other_family.pk, "They are sisters."),
    ]


def everything():
    rows = {}
    for model in (Family, FamilyMember, ContactMethod, Support, Visit, CheckIn, Match, FamilyMerge, Draft):
        rows[model] = list(model.objects.order_by("pk").values())
    return rows | {AuditEvent: AuditEvent.objects.count()}


def refuse(error, act):
    """The act is refused by this error, with a sentence, and leaves no trace."""
    before = everything()
    with pytest.raises(error) as refusal:
        act()
    assert refusal.type is error
    assert len(refusal.value.messages[0]) > 20
    assert everything() == before


def test_family_with_itself_is_refused(two):
    refuse(actions.SameFamily, lambda: join(two, merged=two.family))


def test_open_in_the_same_service_twice_is_refused_and_says_which(cast):
    refuse(actions.OpenInBoth, lambda: join(cast))
    with pytest.raises(actions.OpenInBoth, match="Both are in Home visiting now"):
        join(cast)


@pytest.mark.parametrize("turned", [False, True])
def test_family_that_was_joined_cannot_be_joined_again_either_way(two, turned):
    join(two)
    families = {"kept": two.family, "merged": two.other_family}
    if turned:
        families = {"kept": two.other_family, "merged": two.family}
    refuse(actions.AlreadyJoined, lambda: join(two, **families))


def test_families_somebody_does_not_coordinate_both_are_refused(two):
    refuse(actions.NotYoursToJoin, lambda: join(two, merged=two.far_family))
    refuse(actions.NotYoursToJoin, lambda: join(two, by=two.other_coordinator))
    refuse(actions.NotYoursToJoin, lambda: join(two, by=two.volunteer))


def test_family_another_organisation_supports_too_is_joined_only_by_who_coordinates_there(two):
    factories.support(two.other_family, two.far)
    refuse(actions.NotYoursToJoin, lambda: join(two))

    Membership.objects.create(user=two.coordinator, role=Role.COORDINATOR, organisation=two.elsewhere)
    two.coordinator = type(two.coordinator).objects.get(pk=two.coordinator.pk)
    assert join(two).kept == two.family


@pytest.mark.parametrize(("one", "other"), [("child", "parent"), ("unborn", "child"), ("unborn", "helper")])
def test_two_who_cannot_be_one_person_are_refused(two, one, other):
    ours, theirs = factories.member(two.family, "Zayn", one), factories.member(two.other_family, "Zayn", other)

    refuse(PeopleDoNotFit, lambda: join(two, same_people=[(ours.pk, theirs.pk)]))


def test_one_person_cannot_be_two_and_strangers_are_nobody(two):
    ours, theirs = parent(two.family), parent(two.other_family)
    twin = factories.member(two.other_family, "Berta", "parent")
    far = parent(two.far_family)

    for pairs in ([(ours.pk, theirs.pk), (ours.pk, twin.pk)], [(ours.pk, far.pk)], [(theirs.pk, ours.pk)]):
        refuse(PeopleDoNotFit, lambda pairs=pairs: join(two, same_people=pairs))


def test_taking_apart_twice_is_refused(two):
    merge = join(two)
    apart(two, merge)

    refuse(actions.AlreadyApart, lambda: apart(two, merge))


def test_merge_whose_kept_family_was_joined_on_is_taken_apart_after_the_later_one(two):
    third = factories.family(two.home, "Cleo", state="ended_planned")
    first = join(two, kept=third, merged=two.other_family)
    second = join(two, kept=two.family, merged=third)

    first.refresh_from_db()
    assert first.kept == two.family
    refuse(actions.JoinedOn, lambda: apart(two, first))

    apart(two, second)
    first.refresh_from_db()
    assert first.kept == third
    apart(two, first)
    assert two.other_family.supports.count() == 1


def test_only_who_coordinates_both_takes_them_apart(two):
    merge = join(two)
    factories.support(two.family, two.far)

    refuse(actions.NotYoursToJoin, lambda: apart(two, merge, by=two.other_coordinator))
