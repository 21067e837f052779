"""Every table that speaks of a family goes over and comes back, also one added later; or a test here fails."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent, FamilyRead
from betterstart.clock import london_today
from betterstart.reminders.models import Message
from betterstart.transitions.models import Transition
from families.actions import merge as actions
from families.actions.editing import StaleEdit
from families.actions.family import edit_family
from families.actions.member import add_member
from families.actions.merge import merge_families, say_not_the_same, separate_families
from families.actions.merge_rows import columns_that_move, columns_to
from families.models import (
    Address,
    Assignment,
    BookingPerson,
    BreakGlass,
    Circle,
    CircleLink,
    CircleTie,
    ContactChange,
    ContactMethod,
    DataChoice,
    Disclosure,
    Draft,
    EndingStep,
    Family,
    FamilyMember,
    FamilyMerge,
    FamilyReply,
    FollowUp,
    GoalRating,
    GroupAttendance,
    GroupBooking,
    HandoverLine,
    HouseholdFlag,
    HowItGoes,
    KeptApart,
    LeadContact,
    NhsNumber,
    NotTheSame,
    OtherAgency,
    OwnPage,
    OwnWords,
    Personal,
    PlanChoice,
    PostedLetter,
    Referral,
    Relationship,
    Review,
    ReviewPart,
    Score,
    SharedCare,
    SharingPermission,
    Signpost,
    StatutoryStatus,
    Support,
    SupportAgreement,
    Transfer,
    TransferQuestion,
    TurnTo,
    Visit,
    VisitNeeds,
    VisitPresence,
)
from tests import factories
from tests.conftest import make_cast
from tests.e2e.conftest import _django_db_helper  # noqa: F401  committed rows, emptied in our own way
from tests.volunteers import spending
from tests.volunteers.matching_rows import never, visit_needs
from tests.volunteers.pairs import asked_of_both
from tests.volunteers.test_check_in_at_once import together
from volunteers.models import CheckIn, CheckInNote, Match, MatchView, NeverWith, Thanks

ONLY_ADDED_TO = {Transition, AuditEvent, FamilyRead}


def full_family(cast, name):
    """A family with a row in every table that speaks of one, by table."""
    family = factories.family(cast.home, name, state="ended_planned")
    support = factories.support(family, cast.stay_and_play)
    parent = family.members.get()
    match = factories.match(factories.volunteer(factories.user(f"V {name}"), cast.here), family, support=support)
    visit = factories.visit(family, cast.volunteer, state="checked_in", support=support)
    check_in = factories.check_in(visit)
    child = factories.member(family, "Zayn")
    contact = factories.contact(parent)
    transfer = factories.transfer(support, cast.far, cast.coordinator, "sent")
    group = factories.group(cast.stay_and_play)
    booking = factories.booking(group, family)
    of_child = {"member": child, "family": family, "organisation": cast.here}
    of_support = {"support": support, "family": family}
    review = factories.review(family, support=support)
    said = {"family": family, "organisation": cast.here, "member": parent, "child": child}
    said |= {"answer": "given", "how": "spoken", "asked_by": cast.coordinator}
    cleo = factories.family(cast.home, "Cleo", state="ended_planned")
    before = factories.family(cast.home, "Dora", state="ended_planned")
    plan = factories.plan(family, support=support)
    knowing = factories.circle_link(factories.circle(parent, cast.coordinator))
    address = factories.address(family)
    step = EndingStep.objects.create(kind="letter", outcome="begun", by=cast.coordinator, **of_support)
    letter = {"step": step, "member": parent, "address": address, "posted_by": cast.coordinator}
    return {
        FamilyMember: parent,
        Address: address,
        ContactMethod: contact,
        ContactChange: ContactChange.objects.create(family=family, support=support, contact=contact, kind="added"),
        GroupBooking: booking,
        BookingPerson: booking.persons.first(),
        GroupAttendance: factories.attendance(group.sessions.first(), child),
        Transfer: transfer,
        TransferQuestion: TransferQuestion.objects.create(
            family=family, transfer=transfer, question="Which days?", asked_by=cast.other_coordinator
        ),
        Support: support,
        Assignment: match.assignment,
        Visit: visit,
        VisitPresence: VisitPresence.objects.create(visit=visit, member=parent, family=family),
        Match: match,
        CheckIn: check_in,
        CheckInNote: CheckInNote.objects.create(
            check_in=check_in, family=family, author=cast.volunteer, kind="question", words="How was it?"
        ),
        BreakGlass: BreakGlass.objects.create(
            family=family, user=cast.lead, reason="A call from school", expires_at=timezone.now()
        ),
        Draft: Draft.objects.create(user=cast.coordinator, family=family, purpose="visit"),
        Message: Message.objects.create(key=name, kind="test", to="a@example.org", family_id=family.pk),
        NotTheSame: NotTheSame.objects.create(family=family, other=cleo, by=cast.coordinator),
        SharedCare: SharedCare.objects.create(member=factories.member(cleo, "Cleo"), family=family),
        Relationship: Relationship.objects.create(family=family, person=parent, relative=child, kind="parent"),
        OtherAgency: OtherAgency.objects.create(role="gp", **of_child),
        HouseholdFlag: HouseholdFlag.objects.create(
            family=family, organisation=cast.here, flag="lone_parent", source="Midwife", told_on=london_today()
        ),
        Personal: Personal.objects.create(**of_child),
        NhsNumber: NhsNumber.objects.create(number="9434765919", gateway="Agreement", **of_child),
        KeptApart: KeptApart.objects.create(
            family=family, organisation=cast.here, name="Karim", reason="A court says so.", written_by=cast.coordinator
        ),
        StatutoryStatus: StatutoryStatus.objects.create(status="none", source="Council", **of_child),
        Referral: factories.referral(cast.home, family=family, support=support),
        EndingStep: step,
        PostedLetter: PostedLetter.objects.create(**of_support, **letter),
        TurnTo: TurnTo.objects.create(name="Stay and play", added_by=cast.coordinator, **of_support),
        HandoverLine: HandoverLine.objects.create(words="Mornings.", by=cast.coordinator, **of_support),
        Signpost: factories.signpost(family, cast.coordinator, support=support),
        FamilyReply: factories.reply(family, support=support),
        LeadContact: LeadContact.objects.create(family=family, support=support, asked_by=cast.coordinator),
        OwnPage: factories.own_page(parent, cast.coordinator, support=support),
        Circle: knowing.circle,
        CircleTie: knowing.one,
        CircleLink: knowing,
        Review: review,
        ReviewPart: ReviewPart.objects.create(review=review, member=parent, **of_support),
        HowItGoes: HowItGoes.objects.create(review=review, member=parent, answer="well", **of_support),
        MatchView: MatchView.objects.create(
            review=review, match=match, author=match.volunteer.user, answer="well", **of_support
        ),
        **asked_of_both(match, cast.coordinator),
        Thanks: spending.thanks(match.volunteer, cast.coordinator, parent),
        FollowUp: FollowUp.objects.create(outcome="made", by=cast.coordinator, **of_support),
        VisitNeeds: visit_needs(support, cast.coordinator),
        NeverWith: never(family, match.volunteer, cast.coordinator),
        **{type(row): row for row in plan},
        **{model: model.objects.get(support=support) for model in (Score, GoalRating, PlanChoice, OwnWords)},
        SupportAgreement: SupportAgreement.objects.create(support=support, **said),
        DataChoice: DataChoice.objects.create(purpose="photos", **said),
        SharingPermission: factories.permission(parent, cast.here, cast.coordinator, service=cast.far, child=child),
        Disclosure: factories.disclosure(family, cast.lead, about=child),
        FamilyMerge: merge_families(by=cast.coordinator, kept=family, merged=before, name=name, reason="The same."),
    }, family


def owner(row):
    return row.kept_id if isinstance(row, FamilyMerge) else row.family_id


def test_every_table_that_speaks_of_a_family_goes_over_and_comes_back(cast):
    rows, family = full_family(cast, "Berta")
    with acting_as(Scope.ALL, cast.coordinator.pk):
        assert {model for model, _column in columns_that_move(Family)} == set(rows), "give the new table a row here"
    assert {model for model, _column in columns_to(Family)} == set(rows) | ONLY_ADDED_TO

    merge = merge_families(by=cast.coordinator, kept=cast.family, merged=family, name="Amina", reason="The same.")

    assert {model for model, row in rows.items() if owner(model.objects.get(pk=row.pk)) != cast.family.pk} == set()

    separate_families(by=cast.coordinator, merge=merge, reason="They are two.")

    assert {model for model, row in rows.items() if owner(model.objects.get(pk=row.pk)) != family.pk} == set()


def test_every_rule_that_lets_a_family_have_one_of_something_has_been_thought_of():
    """A new one needs a way: refuse with a sentence (OpenInBoth), leave one behind, or free it (`_free_references`)."""
    thought_of = {
        "support_one_open_per_service",
        "support_external_reference_once",
        "member_external_reference_once",
        "visit_external_reference_once",
        "draft_once",
        "flag_told_once",
        "nhs_number_once",
        "attendance_once",
        "booking_person_once",
        "booking_one_open_per_family",  # under one open support of its service, which is refused before
        "personal_once",
        "relationship_once_for_two",
        "shared_care_once_while_open",
        "not_the_same_once",
        "lead_one_at_a_time",
        "lead_asked_one",
        "circle_link_once",  # of two in one circle, which goes over or comes back whole
        "need_once_while_open",  # under one support, which goes over or comes back whole
        "own_page_one_at_a_time",  # of one adult; and all of both families end with the merge
        "review_part_once",  # one adult’s part: nobody of two families was at one review
        "presence_once",  # who was there: nobody of two families was at one visit
        "family_external_reference_once",  # of the record itself, which stays
    }
    names = set()
    for model, column in [*columns_to(Family), *columns_to(FamilyMember), (Family, Family._meta.pk)]:
        assert not column.unique or model is Family, f"one {model.__name__} for each family"
        names |= {
            constraint.name
            for constraint in model._meta.constraints
            if isinstance(constraint, models.UniqueConstraint)
            and (column.name in constraint.fields or constraint.expressions or model is Family)
        }

    assert names == thought_of


@pytest.mark.django_db
def test_every_table_refuses_new_rows_of_a_record_that_was_joined():
    with acting_as(Scope.ALL, None):
        tables = {model._meta.db_table for model, column in columns_that_move(Family) if column.column == "family_id"}
    with connection.cursor() as cursor:
        cursor.execute("select tgrelid::regclass::text from pg_trigger where tgname = 'families_not_into_joined'")
        watched = {table for (table,) in cursor.fetchall()}

    assert tables - watched == set(), "add watch_added() to the table's migration"


@pytest.fixture
def joined(cast):
    cast.other_family.supports.update(state="ended_planned", ended_on=london_today())
    cast.merge = merge_families(
        by=cast.coordinator, kept=cast.family, merged=cast.other_family, name="Amina B", reason="The same."
    )
    return cast


def test_new_row_of_a_joined_record_is_refused_until_it_is_taken_apart(joined):
    with pytest.raises(IntegrityError, match="now part of another one"), transaction.atomic():
        factories.member(joined.other_family, "Zayn")

    separate_families(by=joined.coordinator, merge=joined.merge, reason="They are two.")
    assert factories.member(joined.other_family, "Zayn").family == joined.other_family


def test_moves_of_both_are_read_with_the_kept_family_and_by_nobody_else(joined):
    old = joined.other_family.pk
    Transition.objects.create(
        machine="support",
        subject_id=joined.family.supports.get(state="ended_planned").pk,
        family_id=old,
        to_state="ended_planned",
    )

    with acting_as(Scope.SCOPED, joined.coordinator.pk):
        assert Transition.objects.filter(family_id=old).exists()
    for stranger in (joined.other_coordinator, joined.nobody):
        with acting_as(Scope.SCOPED, stranger.pk):
            assert not Transition.objects.filter(family_id=old).exists()
            assert not FamilyMerge.objects.exists()


def test_families_that_were_joined_count_once(joined):
    with acting_as(Scope.ALL, joined.manager.pk):
        assert Family.objects.countable_by(joined.manager).count() == 1
    separate_families(by=joined.coordinator, merge=joined.merge, reason="They are two.")
    with acting_as(Scope.ALL, joined.manager.pk):
        assert Family.objects.countable_by(joined.manager).count() == 2


def test_two_families_told_apart_are_told_apart_once_and_the_merge_overrules_it(cast):
    cast.other_family.supports.update(state="ended_planned", ended_on=london_today())
    third = factories.family(cast.home, "Cleo", state="ended_planned")
    for one, other in ((cast.family, cast.other_family), (cast.other_family, cast.family), (cast.other_family, third)):
        say_not_the_same(by=cast.coordinator, family=one, other=other)
    assert NotTheSame.objects.count() == 2

    merge_families(by=cast.coordinator, kept=cast.family, merged=cast.other_family, name="Amina", reason="They are.")

    apart = {frozenset(row) for row in NotTheSame.objects.values_list("family", "other")}
    assert apart == {frozenset({cast.family.pk, cast.other_family.pk}), frozenset({cast.family.pk, third.pk})}


def test_telling_apart_needs_two_families_one_coordinates(cast):
    for family, error in ((cast.family, actions.SameFamily), (cast.far_family, actions.NotYoursToJoin)):
        with pytest.raises(error):
            say_not_the_same(by=cast.coordinator, family=cast.family, other=family)


# --- two people in the same moment ---------------------------------------------------------------------------------


@pytest.fixture
def at_once(transactional_db):
    cast = make_cast()
    cast.other_family.supports.update(state="ended_planned", ended_on=london_today())
    return cast


def merging(cast, kept, merged):
    return lambda: merge_families(by=cast.coordinator, kept=kept, merged=merged, name="Amina", reason="The same.")


@pytest.mark.parametrize("turned", [False, True])
def test_two_people_merging_at_once_make_one_merge_and_the_other_is_told(at_once, turned):
    one, other = at_once.family, at_once.other_family
    second = (other, one) if turned else (one, other)

    outcomes = together(merging(at_once, one, other), merging(at_once, *second))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyJoined", "FamilyMerge"]
    merge = FamilyMerge.objects.get()
    assert Support.objects.filter(family=merge.kept).count() == 2


def test_taking_apart_twice_at_once_is_done_once(at_once):
    merge = merging(at_once, at_once.family, at_once.other_family)()

    outcomes = together(
        *[lambda: separate_families(by=at_once.coordinator, merge=merge, reason="They are two.") for _person in (1, 2)]
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyApart", "FamilyMerge"]
    assert at_once.other_family.supports.count() == 1


def test_merge_waits_for_somebody_who_is_writing_and_takes_along_what_they_wrote(at_once):
    wrote, go_on = threading.Event(), threading.Event()

    def write():
        with transaction.atomic():
            member = add_member(by=at_once.coordinator, family=at_once.other_family, display_name="Zayn", role="helper")
            wrote.set()
            go_on.wait(timeout=20)
        return member

    def merge():
        wrote.wait(timeout=20)
        threading.Timer(0.3, go_on.set).start()
        return merging(at_once, at_once.family, at_once.other_family)()

    outcomes = together(write, merge)

    member = next(outcome for outcome in outcomes if isinstance(outcome, FamilyMember))
    assert FamilyMember.objects.get(pk=member.pk).family == at_once.family


def test_somebody_who_writes_while_the_merge_goes_on_is_refused_and_nothing_is_lost_under_the_old_record(at_once):
    merged = threading.Event()

    def merge():
        with transaction.atomic():
            row = merging(at_once, at_once.family, at_once.other_family)()
            merged.set()
            threading.Event().wait(0.3)
        return row

    def write():
        merged.wait(timeout=20)
        return add_member(by=at_once.coordinator, family=at_once.other_family, display_name="Zayn", role="helper")

    outcomes = together(merge, write)

    refused = [outcome for outcome in outcomes if isinstance(outcome, IntegrityError)]
    assert len(refused) == 1
    assert not FamilyMember.objects.filter(family=at_once.other_family).exists()


def test_edit_of_the_kept_family_seen_before_the_merge_shows_both_versions(joined):
    with pytest.raises(StaleEdit):
        edit_family(by=joined.coordinator, family=joined.family, version=1, name="Amina K")
