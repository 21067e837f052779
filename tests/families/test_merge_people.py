"""People who are in two records: what is known of them afterwards, and as it was once they are taken apart."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from betterstart.clock import london_today
from families.actions.leaving import share_member
from families.actions.merge import merge_families, separate_families
from families.actions.merge_people import PeopleDoNotFit
from families.actions.relationship import relate
from families.models import (
    Family,
    FamilyMember,
    FamilyMerge,
    HouseholdFlag,
    NhsNumber,
    OtherAgency,
    Personal,
    Relationship,
    SharedCare,
    StatutoryStatus,
)
from tests import factories

TODAY = london_today()
NUMBER, OTHER_NUMBER = "9434765919", "9876543210"


@pytest.fixture
def two(cast):
    """Amina's family and an earlier record of it, each with the mother and her child."""
    cast.other_family.supports.update(state="ended_planned", ended_on=TODAY)
    cast.mother, cast.her = (family.members.get(role="parent") for family in (cast.family, cast.other_family))
    cast.child, cast.same_child = (factories.member(family, "Zayn") for family in (cast.family, cast.other_family))
    cast.third = factories.family(cast.stay_and_play, "Cleo", state="ended_planned")
    cast.pairs = [(cast.mother.pk, cast.her.pk), (cast.child.pk, cast.same_child.pk)]
    return cast


def join(cast, kept=None, merged=None, pairs=None):
    kept, merged = kept or cast.family, merged or cast.other_family
    same = cast.pairs if pairs is None else pairs
    return merge_families(
        by=cast.coordinator, kept=kept, merged=merged, name="Amina", reason="The same mother.", same_people=same
    )


def apart(cast, merge):
    separate_families(by=cast.coordinator, merge=merge, reason="They are sisters.")


def again(row):
    return type(row)._base_manager.get(pk=row.pk)


def of(member, **fields):
    return {"member": member, "family": member.family, "organisation": member.family.organisation} | fields


def personal(member, **fields):
    return Personal.objects.create(**of(member, **fields))


def share(child, other):
    child.is_shared = True
    child.save(update_fields=["is_shared"])
    return SharedCare.objects.create(member=child, family=other)


def test_what_a_person_needs_is_known_from_either_record_and_as_it_was_when_they_are_taken_apart(two):
    FamilyMember.objects.filter(pk=two.mother.pk).update(
        interpreter="no", access_needs=["step_free"], access_notes="A ramp."
    )
    FamilyMember.objects.filter(pk=two.her.pk).update(
        interpreter="language",
        interpreter_gender="woman",
        access_needs=["large_print", "step_free"],
        access_notes="Lift to the left.",
        languages=[{"code": "ur", "preferred": True}],
    )

    merge = join(two)

    mother = again(two.mother)
    assert (mother.interpreter, mother.interpreter_gender) == ("language", "woman")
    assert mother.access_needs == ["step_free", "large_print"]
    assert mother.access_notes == "A ramp.\nLift to the left."
    assert mother.languages == [{"code": "ur", "preferred": True}]
    apart(two, merge)
    mother = again(two.mother)
    assert (mother.interpreter, mother.access_needs, mother.languages) == ("no", ["step_free"], [])


def test_own_words_of_a_person_are_taken_over_and_an_answer_is_never_lost_to_a_question_nobody_asked(two):
    personal(two.mother, gender="woman", ethnic_group="prefer_not")
    personal(two.her, gender="female", ethnic_group="18", pregnancy_outcome="live_birth")
    only_theirs = personal(two.same_child, ethnic_group="18")

    merge = join(two)

    kept = Personal.objects.get(member=two.mother)
    assert (kept.gender, kept.ethnic_group, kept.pregnancy_outcome) == ("woman", "prefer_not", "live_birth")
    assert (again(only_theirs).member, again(only_theirs).family) == (two.child, two.family)
    apart(two, merge)
    assert Personal.objects.get(member=two.mother).pregnancy_outcome == ""
    assert (again(only_theirs).member, again(only_theirs).family) == (two.same_child, two.other_family)


def test_what_each_organisation_was_told_by_a_person_stays_its_own(two):
    personal(two.mother, gender="woman")
    told_elsewhere = personal(two.her, gender="female", ethnic_group="18", organisation=two.elsewhere)

    join(two)

    assert Personal.objects.get(organisation=two.here).ethnic_group == "not_asked"
    assert (again(told_elsewhere).member, again(told_elsewhere).gender) == (two.mother, "female")


def test_death_that_only_the_joined_record_knew_of_is_known_and_silences_though_its_own_silence_had_ended(two):
    personal(two.child)
    personal(two.same_child, died_on=TODAY, grief_noted_at=timezone.now())
    Family.objects.filter(pk=two.other_family.pk).update(silent_since=None)

    merge = join(two)

    assert Personal.objects.get(member=two.child).died_on == TODAY
    assert again(two.family).silent_since
    apart(two, merge)
    assert Personal.objects.get(member=two.child).grief_noted_at is None
    assert again(two.family).silent_since, "silence, once begun, stays until somebody ends it"


def nhs(member, number):
    return NhsNumber.objects.create(**of(member, number=number, gateway="The agreement"))


def test_person_with_the_same_nhs_number_in_both_records_has_it_once(two):
    kept, stays_behind = nhs(two.child, NUMBER), nhs(two.same_child, NUMBER)
    goes_over = nhs(two.her, OTHER_NUMBER)

    merge = join(two)

    assert list(NhsNumber.objects.filter(family=two.family)) == [kept, goes_over]
    assert again(goes_over).member == two.mother
    apart(two, merge)
    assert again(goes_over).member == two.her
    assert again(stays_behind).member == two.same_child


def test_two_nhs_numbers_are_two_people(two):
    nhs(two.child, NUMBER), nhs(two.same_child, OTHER_NUMBER)

    with pytest.raises(PeopleDoNotFit, match="another NHS number in each record"):
        join(two)
    assert join(two, pairs=two.pairs[:1])


def test_every_decision_of_the_council_goes_over_to_the_one_child(two):
    for child in (two.child, two.same_child):
        StatutoryStatus.objects.create(**of(child, status="in_need", source="Social worker"))

    merge = join(two)

    assert two.child.statuses.filter(family=two.family).count() == 2
    apart(two, merge)
    assert two.same_child.statuses.filter(family=two.other_family).count() == 1


def test_what_two_people_are_to_each_other_is_said_once_with_the_limits_of_both_records(two):
    ours = Relationship.objects.create(
        family=two.family, person=two.mother, relative=two.child, kind="parent", contact_restriction="Not alone."
    )
    theirs = Relationship.objects.create(
        family=two.other_family,
        person=two.her,
        relative=two.same_child,
        kind="parent",
        responsibility="yes",
        lives_with="yes",
        contact_restriction="Never at night.",
        court_order_note="Order of May.",
    )

    merge = join(two)

    kept = two.family.relationships.get()
    assert (kept, kept.responsibility, kept.lives_with) == (ours, "yes", "yes")
    assert kept.contact_restriction == "Not alone.\nNever at night."
    assert kept.court_order_note == "Order of May."
    apart(two, merge)
    assert again(ours).contact_restriction == "Not alone."
    assert again(ours).responsibility == "unknown"
    assert two.other_family.relationships.get() == theirs


def test_responsibility_said_the_other_way_round_is_not_mixed_up(two):
    ours = Relationship.objects.create(family=two.family, person=two.child, relative=two.mother, kind="sibling")
    Relationship.objects.create(
        family=two.other_family, person=two.her, relative=two.same_child, kind="parent", responsibility="yes"
    )

    join(two)

    assert (again(ours).kind, again(ours).responsibility) == ("sibling", "unknown")


def test_records_that_together_make_somebody_their_own_forebear_are_refused(two):
    aunt, same = (factories.member(each, "Nadia", "other_adult") for each in (two.family, two.other_family))
    ends = {"by": two.coordinator, "kind": "grandparent"}
    relate(family=two.family, person=aunt, relative=two.mother, **ends)
    relate(family=two.family, person=two.mother, relative=two.child, **ends | {"kind": "step_parent"})
    relate(family=two.other_family, person=two.same_child, relative=same, **ends | {"kind": "step_parent"})

    with pytest.raises(PeopleDoNotFit, match="would be their own forebear"):
        join(two, pairs=[*two.pairs, (aunt.pk, same.pk)])
    assert not FamilyMerge.objects.exists()


def test_relationship_written_while_they_were_one_family_ends_where_they_are_two(two):
    merge = join(two, pairs=two.pairs[:1])
    ends = {"by": two.coordinator, "family": two.family, "kind": "sibling"}
    of_two = relate(person=two.child, relative=two.same_child, **ends)
    of_one = relate(person=two.child, relative=two.mother, **ends)

    apart(two, merge)

    assert (again(of_two).ended_on, again(of_one).ended_on) == (TODAY, None)


def test_child_both_records_share_becomes_the_one_familys_child_and_is_shared_again_when_taken_apart(two):
    for child, other in ((two.child, two.other_family), (two.same_child, two.family)):
        share(child, other)

    merge = join(two, pairs=two.pairs[:1])

    for child in (two.child, two.same_child):
        assert (again(child).family, again(child).is_shared) == (two.family, False)
    assert {member.pk for member in two.family.members.current()} == {two.mother.pk, two.child.pk, two.same_child.pk}
    apart(two, merge)
    for child, other in ((two.child, two.other_family), (two.same_child, two.family)):
        assert again(child).is_shared
        assert list(child.shares.in_force().values_list("family", flat=True)) == [other.pk]


def test_child_shared_with_a_third_family_is_shared_with_it_once(two):
    for child in (two.child, two.same_child):
        share(child, two.third)
    of_the_third = factories.member(two.third, "Dana")
    share(of_the_third, two.other_family)

    merge = join(two)

    assert two.third.shares.in_force().get().member == two.child
    assert again(two.child).is_shared
    assert of_the_third in two.family.members.current()
    apart(two, merge)
    assert two.third.shares.in_force().count() == 2
    assert of_the_third in two.other_family.members.current()


def test_child_both_families_share_is_one_person_already_and_never_paired(two):
    share(two.child, two.other_family)

    with pytest.raises(PeopleDoNotFit):
        join(two)


def test_the_same_midwife_is_there_once_and_may_not_be_contacted_where_one_record_says_so(two):
    row = {"role": "midwife", "person_name": "Jo Bell", "agency": "Horton", "organisation": two.here}
    ours = OtherAgency.objects.create(family=two.family, may_contact="yes", asked_on=TODAY, member=two.child, **row)
    theirs = OtherAgency.objects.create(
        family=two.other_family,
        may_contact="no",
        asked_on=TODAY - dt.timedelta(days=9),
        member=two.same_child,
        **row | {"agency": "HORTON"},
    )
    another = OtherAgency.objects.create(family=two.other_family, role="gp", organisation=two.here)

    merge = join(two)

    assert set(two.family.agencies.all()) == {ours, another}
    assert (again(ours).may_contact, again(ours).asked_on) == ("no", TODAY - dt.timedelta(days=9))
    apart(two, merge)
    assert (again(ours).may_contact, again(ours).asked_on) == ("yes", TODAY)
    assert set(two.other_family.agencies.all()) == {theirs, another}


def test_what_one_referrer_told_on_one_day_is_there_once_with_the_familys_answer(two):
    told = {"flag": "lone_parent", "source": "Midwife", "told_on": TODAY, "organisation": two.here}
    ours = HouseholdFlag.objects.create(family=two.family, **told)
    HouseholdFlag.objects.create(family=two.other_family, answer="corrected", answered_on=TODAY, **told)

    merge = join(two)

    assert two.family.flags.get().answer == "corrected"
    apart(two, merge)
    assert (again(ours).answer, again(ours).answered_on) == ("", None)


def test_half_of_what_a_merge_filled_in_is_not_undone_where_the_other_half_was_changed_since(two):
    told = {"flag": "lone_parent", "source": "Midwife", "told_on": TODAY, "organisation": two.here}
    ours = HouseholdFlag.objects.create(family=two.family, **told)
    HouseholdFlag.objects.create(family=two.other_family, answer="corrected", answered_on=TODAY, **told)
    merge = join(two)
    HouseholdFlag.objects.filter(pk=ours.pk).update(answer="confirmed")

    apart(two, merge)

    assert (again(ours).answer, again(ours).answered_on) == ("confirmed", TODAY)


@pytest.mark.parametrize(("ours_undone", "theirs_undone"), [(False, False), (True, False), (False, True)])
def test_person_signed_in_at_one_session_under_both_records_came_once(two, ours_undone, theirs_undone):
    session = factories.group(two.home).sessions.first()
    ours, theirs = (
        factories.attendance(session, child, undone_at=timezone.now() if undone else None)
        for child, undone in ((two.child, ours_undone), (two.same_child, theirs_undone))
    )

    merge = join(two)

    assert session.attendances.standing().get() == ours
    apart(two, merge)
    assert [bool(again(row).undone_at) for row in (ours, theirs)] == [ours_undone, theirs_undone]


def test_shared_child_is_added_to_the_family_that_a_joined_record_is_part_of(two):
    join(two)
    child = factories.member(two.third, "Dana")

    share_member(
        by=two.coordinator,
        family=two.third,
        member=child,
        version=1,
        reference=two.other_family.reference.lower(),
        since=TODAY,
    )

    assert child.shares.get().family == two.family
