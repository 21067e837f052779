"""What the tests of row security tell: who asks, which models, and a partnership with a row of each kind."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from betterstart.clock import london_today
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
    VisitNeeds,
)
from families.models.own_words import Sayable
from tests import factories
from tests.access import money_rows
from tests.access.answer_rows import add_answers_of_both
from tests.access.joint_plan_rows import add_joint_plans
from tests.access.people_rows import add_facts, add_people
from tests.access.supervision_rows import add_talks
from tests.conftest import make_cast
from tests.volunteers.matching_rows import decision, look, never, profile, visit_needs
from tests.volunteers.pairs import asked_of_both
from volunteers.models import (
    AgreementSigned,
    Application,
    ApplicationDraft,
    Attendance,
    Break,
    CallRequest,
    CheckIn,
    CheckInNote,
    CoursePlace,
    DbsCheck,
    DbsReason,
    FamilyOffer,
    Interview,
    JointPlan,
    JointPlanPair,
    Leaving,
    LookedAgain,
    Match,
    MatchDecision,
    MatchFeedback,
    MatchView,
    NeverWith,
    Reference,
    ReferenceWords,
    Supervision,
    SupervisionAction,
    SupervisionNote,
    SupervisionPart,
    Suspension,
    Volunteer,
    VolunteerOffer,
    VolunteerProfile,
)

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
    Volunteer,
    Reference,
    ReferenceWords,
    DbsCheck,
    DbsReason,
    CoursePlace,
    Attendance,
    AgreementSigned,
    Application,
    ApplicationDraft,
    Interview,
    Break,
    Suspension,
    Leaving,
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
    MatchDecision,
    LookedAgain,
    MatchView,
    FamilyOffer,
    MatchFeedback,
    JointPlan,
    JointPlanPair,
    VisitNeeds,
    VolunteerProfile,
    NeverWith,
    VisitNeeds,
    VolunteerOffer,
    VolunteerProfile,
    Supervision,
    SupervisionPart,
    SupervisionNote,
    SupervisionAction,
    *money_rows.MODELS,
]


def make_stories():
    """Visits by two volunteers to one family, a past assignment, an opened record, an ended support."""
    cast = make_cast()
    _evidence(cast)
    add_people(cast)
    add_facts(cast.volunteer_row, cast.coordinator, cast.volunteer_row, cast.other_volunteer_row)
    Application.objects.create(volunteer=cast.volunteer_row)
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
    _sides(cast)
    _matches(cast)
    _decisions(cast)
    add_answers_of_both(cast)
    add_talks(cast)
    money_rows.add_money_of_all(cast)
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
    add_joint_plans(cast)
    return cast


def _evidence(cast):
    """What a referee said, why a manager decided, and a place in a course, here and far away."""
    far = factories.volunteer(factories.user("Fay Farvolunteer", "volunteer", cast.far), cast.elsewhere)
    for row in (cast.volunteer_row, cast.other_volunteer_row, far):
        for reference in row.references.all():
            ReferenceWords.objects.create(reference=reference, volunteer=row, how_known="From school.", may_show=True)
        DbsReason.objects.create(dbs=row.dbs_checks.get(), volunteer=row, words="Long ago.")
        run = row.attendances.first().session.run
        CoursePlace.objects.create(run=run, volunteer=row, created_by=cast.coordinator)


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


def _sides(cast):
    """What matching reads of both sides, and who is never brought together: said by each, here and far away."""
    far = factories.volunteer(factories.user("Fay Far", "volunteer", cast.far), cast.elsewhere)
    for row in (cast.volunteer_row, cast.other_volunteer_row, far):
        profile(row)
    for family, by in ((cast.family, cast.coordinator), (cast.far_family, cast.other_coordinator)):
        visit_needs(family.supports.get(), by)
        for row in (cast.volunteer_row, cast.other_volunteer_row, far):
            for said_by in ("family", "volunteer"):
                never(family, row, by, said_by)


def _matches(cast):
    """Asked of both sides: of one volunteer before anything began, of another looking back; and far from here."""
    there = factories.volunteer(factories.user("Vic Volunteer", "volunteer", cast.far), cast.elsewhere)
    for family, volunteer in (
        (cast.family, cast.volunteer_row),
        (cast.other_family, cast.other_volunteer_row),
        (cast.far_family, there),
    ):
        match = Match.objects.filter(family=family).first() or Match.objects.create(
            family=family, support=family.supports.get(), volunteer=volunteer
        )
        asked_of_both(match, cast.coordinator)
        of = {"match": match, "family": family, "support": match.support}
        MatchFeedback.objects.create(side="volunteer", volunteer=volunteer, **of)


def _decisions(cast):
    """Who was chosen, and that somebody looked again, here and in the other organisation."""
    for family, by in ((cast.family, cast.coordinator), (cast.far_family, cast.other_coordinator)):
        look(decision(family.supports.first(), by))


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
