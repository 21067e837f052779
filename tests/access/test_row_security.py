from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.clock import london_today
from betterstart.transitions.models import Transition
from families.models import (
    Address,
    Assignment,
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
    Goal,
    GoalRating,
    GroupAttendance,
    GroupBooking,
    HandoverLine,
    HowItGoes,
    KeptApart,
    LeadContact,
    MergeUndo,
    Need,
    NotTheSame,
    OwnPage,
    OwnWords,
    PlanAction,
    PlanChoice,
    PostedLetter,
    Referral,
    ReferralDraft,
    ReferralQuestion,
    ReferralTry,
    Review,
    ReviewPart,
    Score,
    SharingPermission,
    Signpost,
    Support,
    SupportAgreement,
    Transfer,
    TransferQuestion,
    TransferState,
    TurnTo,
    Visit,
)
from families.models.own_words import Sayable
from families.models.referral import REFERRAL_MACHINE
from tests import factories
from tests.access.answer_rows import add_answers_of_both
from tests.conftest import make_cast
from tests.laid_out import laid_out
from volunteers.models import CallRequest, CheckIn, CheckInNote, Match, MatchView

EVERYONE = [
    "coordinator",
    "other_coordinator",
    "volunteer",
    "other_volunteer",
    "manager",
    "lead",
    "administrator",
    "nobody",
]
MODELS = [
    Family,
    FamilyMember,
    Address,
    ContactMethod,
    ContactChange,
    KeptApart,
    LeadContact,
    Support,
    Assignment,
    Visit,
    CheckIn,
    CheckInNote,
    Match,
    BreakGlass,
    Draft,
    CallRequest,
    Referral,
    ReferralQuestion,
    ReferralTry,
    ReferralDraft,
    EndingStep,
    PostedLetter,
    TurnTo,
    FollowUp,
    HandoverLine,
    Signpost,
    Circle,
    CircleTie,
    CircleLink,
    FamilyReply,
    SupportAgreement,
    DataChoice,
    SharingPermission,
    Disclosure,
    Transfer,
    TransferQuestion,
    GroupBooking,
    GroupAttendance,
    FamilyMerge,
    MergeUndo,
    NotTheSame,
    Need,
    Score,
    Goal,
    GoalRating,
    OwnWords,
    PlanAction,
    PlanChoice,
    OwnPage,
    Review,
    ReviewPart,
    HowItGoes,
    MatchView,
]
TABLES = [
    "families_family",
    "families_support",
    "families_assignment",
    "families_visit",
    "families_visitpresence",
    "families_referral",
    "families_transfer",
    "families_datachoice",
    "families_sharingpermission",
    "families_disclosure",
    "families_signpost",
    "families_circle",
    "families_circletie",
    "families_circlelink",
    "families_familyreply",
    "families_need",
    "families_score",
    "families_ownwords",
    "families_planchoice",
    "families_review",
    "families_howitgoes",
    "volunteers_matchview",
    "families_groupbooking",
    "families_bookingperson",
    "families_groupattendance",
    "transitions_transition",
    "volunteers_match",
    "volunteers_checkin",
    "volunteers_checkinnote",
]
# Tables that speak of a family and still carry no policy, each with its reason.
WITHOUT_POLICY: dict[str, str] = {}


@pytest.fixture
def stories(db):
    return laid_out(make_stories)


def make_stories():
    """Visits by two volunteers to one family, a past assignment, an opened record, an ended support."""
    cast = make_cast()
    own = factories.visit(cast.family, cast.volunteer, days_ago=3, state="checked_in")
    factories.check_in(own)
    other = factories.visit(cast.family, cast.other_volunteer, days_ago=40, state="checked_in")
    factories.check_in(other)
    factories.assign(cast.other_volunteer, cast.family, ends_on=london_today() - dt.timedelta(days=30))
    now = timezone.now()
    BreakGlass.objects.create(
        family=cast.other_family, user=cast.lead, reason="A call from school", expires_at=now + dt.timedelta(hours=1)
    )
    BreakGlass.objects.create(
        family=cast.family, user=cast.manager, reason="Over", opened_at=now, expires_at=now - dt.timedelta(minutes=1)
    )
    _referrals(cast, now)
    for fields in ({"visit": own}, {"visit": other}, {"visit": own, "coordinator_only": True}):
        factories.reply(cast.family, "not_quite", **fields)
    for kind, family in (("other_volunteer", cast.family), ("call", cast.other_family), ("call", cast.far_family)):
        factories.reply(family, kind)
    dara = factories.family(cast.home, "Dara", state="ended_planned")
    _endings(cast, dara)
    _transfers(cast)
    _plans(cast)
    _reviews(cast)
    add_answers_of_both(cast)
    for service, family in ((cast.stay_and_play, cast.family), (cast.far, cast.far_family)):
        group = factories.group(service, run_by=(cast.other_volunteer,))
        factories.booking(group, family)
        factories.attendance(group.sessions.first(), family.members.first())
    for family in (cast.family, cast.far_family):
        KeptApart.objects.create(
            family=family,
            organisation=family.organisation,
            name="Karim",
            reason="A court says so.",
            written_by=cast.coordinator,
        )
    for kept, by in ((cast.family, cast.coordinator), (cast.far_family, cast.other_coordinator)):
        factories.own_page(kept.members.get(role="parent"), by)
    for kept in (cast.family, cast.far_family):
        merge = FamilyMerge.objects.create(
            kept=kept,
            merged=Family.objects.create(organisation=cast.elsewhere, name="Joined"),
            merged_into_id=kept.pk,
            merged_reference="BCDFGHJ",
        )
        MergeUndo.objects.create(merge=merge)
        NotTheSame.objects.create(family=kept, other=dara, by=cast.coordinator)
    return cast


def _transfers(cast):
    """In each state, both ways, and with a question."""
    for state in TransferState.values:
        for service, to_service, by in (
            (cast.home, cast.far, cast.coordinator),
            (cast.far, cast.home, cast.other_coordinator),
        ):
            support = factories.family(service, "Elif", state="transferred").supports.get()
            fields = {"new_support": factories.support(support.family, to_service)} if state == "accepted" else {}
            row = factories.transfer(support, to_service, by, state, **fields)
            row.questions.create(family=row.family, question="Which days?", asked_by=by)


def _plans(cast):
    """What adults said, one of whom lets the volunteer see her scores; and something said of every kind."""
    for family in (cast.family, cast.other_family, cast.far_family):
        factories.plan(family)
        for kind in Sayable.values:
            factories.said(family, kind=kind)
    shows = factories.member(cast.family, "Yusuf", "other_adult")
    factories.plan(cast.family, member=shows)
    factories.said(cast.family, kind="score", member=shows)
    of = factories.voice(cast.family, shows)
    PlanChoice.objects.create(kind="volunteer_sees", answer="yes", **of)
    PlanChoice.objects.create(kind="volunteer", answer="woman", **of)


def _reviews(cast):
    """One ahead and one that was held; what each side says; and a volunteer who is not with the family any more."""
    for family in (cast.family, cast.other_family, cast.far_family):
        row, held = factories.review(family), factories.review(family, -20, "held")
        HowItGoes.objects.create(review=row, answer="well", **factories.voice(family))
        match = Match.objects.filter(family=family).first()
        for author in (cast.volunteer, cast.other_volunteer) if match else ():
            of = {"family": family, "support": row.support, "match": match, "author": author}
            MatchView.objects.create(review=held, answer="mostly", **of)


def _endings(cast, dara):
    """What somebody did beside an ending, what they asked weeks later, and what is handed on."""
    FollowUp.objects.create(family=dara, support=dara.supports.get(), outcome="made", by=cast.coordinator)
    for family in (cast.family, cast.other_family, cast.far_family):
        of = {"family": family, "support": family.supports.get(), "by": cast.coordinator}
        factories.ending_lines(family, cast.coordinator)
        step = EndingStep.objects.create(kind="letter", outcome="begun", **of)
        of_letter = {"support": of["support"], "posted_by": of["by"], "member": family.members.first()}
        PostedLetter.objects.create(family=family, step=step, address=factories.address(family), **of_letter)
        HandoverLine.objects.create(words="For us.", audience="coordinators", **of)
        factories.signpost(family, cast.coordinator)
        factories.circle_link(factories.circle(family.members.get(role="parent"), cast.coordinator))
    of = {"family": cast.family, "support": cast.family.supports.get(), "by": cast.volunteer}
    HandoverLine.objects.create(words="From me.", audience="coordinators", **of)


def _referrals(cast, now):
    """One of a known family, one that waits at another organisation, and one that somebody is still writing."""
    support = cast.family.supports.get()
    known = {"state": "accepted", "decided_at": now, "family": cast.family, "support": support}
    for service, fields in ((cast.home, known), (cast.far, {})):
        row = factories.referral(service, **fields)
        factories.question(row, cast.coordinator)
        ReferralTry.objects.create(
            referral=row, service=service, channel="phone", tried_on=london_today(), by=cast.coordinator
        )
    ReferralDraft.objects.create(kind="family", kept_until=now + dt.timedelta(days=1))


@pytest.mark.parametrize("who", EVERYONE)
@pytest.mark.parametrize("model", MODELS)
def test_database_shows_each_person_exactly_what_visible_to_says(stories, who, model):
    person = getattr(stories, who)
    expected = set(model.objects.visible_to(person).values_list("pk", flat=True))

    with acting_as(Scope.SCOPED, person.pk):
        shown = set(model.objects.values_list("pk", flat=True))

    assert shown == expected


def test_coordinator_sees_all_families_of_the_service_and_none_of_another(stories):
    with acting_as(Scope.SCOPED, stories.coordinator.pk):
        assert set(Family.objects.values_list("name", flat=True)) == {"Amina", "Berta", "Dara", "Elif", "Fay"}


def test_volunteer_sees_own_family_and_own_visits_only(stories):
    with acting_as(Scope.SCOPED, stories.volunteer.pk):
        assert list(Family.objects.values_list("name", flat=True)) == ["Amina"]
        assert Visit.objects.count() == 1
        assert CheckIn.objects.count() == 1


def test_opened_record_is_visible_for_its_hour_and_not_after(stories):
    with acting_as(Scope.SCOPED, stories.lead.pk):
        assert list(Family.objects.values_list("name", flat=True)) == ["Berta"]
    with acting_as(Scope.SCOPED, stories.manager.pk):
        assert not Family.objects.exists()


def test_runtime_role_sees_nothing_before_it_says_for_whom(stories, runtime_role):
    assert not Family.objects.exists()
    assert not Visit.objects.exists()


def test_whole_partnership_scope_counts_every_family(stories):
    every, ours = Family.objects.count(), Family.objects.filter(supports__service=stories.home).distinct()
    with acting_as(Scope.ALL, stories.manager.pk):
        assert Family.objects.count() == every
        assert set(Family.objects.countable_by(stories.manager)) == set(ours)


def test_switched_off_person_sees_nothing(stories):
    stories.coordinator.is_active = False
    stories.coordinator.save()

    with acting_as(Scope.SCOPED, stories.coordinator.pk):
        assert not Family.objects.exists()


def test_ended_membership_sees_nothing_from_that_moment(stories):
    stories.coordinator.memberships.update(ends_at=timezone.now())

    with acting_as(Scope.SCOPED, stories.coordinator.pk):
        assert not Family.objects.exists()


def test_nested_identity_gives_way_to_the_outer_one(stories):
    every = Family.objects.count()
    with acting_as(Scope.SCOPED, stories.volunteer.pk):
        with acting_as(Scope.ALL, stories.volunteer.pk):
            assert Family.objects.count() == every > 1
        assert Family.objects.count() == 1


def test_identity_survives_a_failed_inner_block(stories):
    with acting_as(Scope.SCOPED, stories.volunteer.pk):
        with pytest.raises(ZeroDivisionError), acting_as(Scope.ALL, stories.volunteer.pk):
            1 / 0  # noqa: B018
        assert Family.objects.count() == 1


def test_hidden_family_cannot_be_changed_or_added_to(stories):
    with acting_as(Scope.SCOPED, stories.volunteer.pk):
        assert Family.objects.filter(pk=stories.other_family.pk).update(name="Taken") == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            FamilyMember.objects.create(family=stories.other_family, display_name="Mallory", role="helper")


def test_every_table_with_a_family_has_a_policy():
    tables = {
        model._meta.db_table
        for model in apps.get_models()
        if any(field.column == "family_id" for field in model._meta.concrete_fields)
    } | {"families_family", "families_familyevent"}
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relrowsecurity")
        protected = {name for (name,) in cursor.fetchall()}

    assert tables - protected == set(WITHOUT_POLICY)
    assert len(tables) > 15


test_every_table_with_a_family_has_a_policy = pytest.mark.django_db(test_every_table_with_a_family_has_a_policy)


@pytest.mark.parametrize("table", TABLES)
def test_policy_works_the_families_out_once_and_uses_an_index(stories, table):
    """An EXISTS, or the function called for each row, would not show as a plan made once before the scan."""
    with acting_as(Scope.SCOPED, stories.coordinator.pk), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain select * from {table}")  # noqa: S608
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "InitPlan" in plan
    assert "Index" in plan


def test_course_of_a_referral_is_read_by_those_who_may_read_the_referral_only(stories):
    row = Referral.objects.get(family=stories.family)
    REFERRAL_MACHINE.note_start(row, by=stories.coordinator)
    seen = {}
    for who in EVERYONE:
        with acting_as(Scope.SCOPED, getattr(stories, who).pk):
            seen[who] = Transition.objects.of("referral", row.pk).exists()

    assert [who for who in EVERYONE if seen[who]] == ["coordinator"]
