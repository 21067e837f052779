from volunteers.models.agreement import AgreementKind, AgreementSigned, AgreementWording
from volunteers.models.application import Application, ApplicationDraft
from volunteers.models.away import Break, Leaving, Suspension
from volunteers.models.call_request import CallRequest
from volunteers.models.check_in import CheckIn, CheckInNote, NoteKind, Worry
from volunteers.models.dbs import DbsCheck, DbsReason
from volunteers.models.expense import (
    CLAIM_MACHINE,
    ClaimQuestion,
    ClaimState,
    ExpenseClaim,
    ExpenseKind,
    ExpenseLine,
    Receipt,
)
from volunteers.models.interview import Interview
from volunteers.models.joint_plan import PLAN_MACHINE, JointPlan, JointPlanPair, PlanPhase, PlanState
from volunteers.models.match import MATCH_MACHINE, Match, MatchEndReason, MatchState
from volunteers.models.match_decision import LookedAgain, MatchDecision
from volunteers.models.match_feedback import GroundRules, LookingBack, MatchFeedback
from volunteers.models.match_offer import FamilyOffer, Reply, Side, Told, VolunteerOffer
from volunteers.models.match_view import MatchView
from volunteers.models.mileage import ExpenseTerms, MilesElsewhere
from volunteers.models.never_with import NeverReason, NeverSaidBy, NeverWith
from volunteers.models.pay_run import PayRun
from volunteers.models.profile import Experience, Means, OfferedAs, Section, VolunteerProfile, WithIt
from volunteers.models.readiness import Step, readiness, readiness_of
from volunteers.models.reference import Reference, ReferenceWords
from volunteers.models.supervision import (
    SUPERVISION_MACHINE,
    Supervision,
    SupervisionAction,
    SupervisionKind,
    SupervisionNote,
    SupervisionPart,
    SupervisionState,
    Topic,
)
from volunteers.models.thanks import Thanks
from volunteers.models.training import Attendance, Course, CoursePlace, CourseRun, CourseSession
from volunteers.models.volunteer import Volunteer, VolunteerState
from volunteers.models.volunteer_moves import VOLUNTEER_MACHINE

__all__ = [
    "CLAIM_MACHINE",
    "MATCH_MACHINE",
    "PLAN_MACHINE",
    "SUPERVISION_MACHINE",
    "VOLUNTEER_MACHINE",
    "AgreementKind",
    "AgreementSigned",
    "AgreementWording",
    "Application",
    "ApplicationDraft",
    "Attendance",
    "Break",
    "CallRequest",
    "CheckIn",
    "CheckInNote",
    "ClaimQuestion",
    "ClaimState",
    "Course",
    "CoursePlace",
    "CourseRun",
    "CourseSession",
    "DbsCheck",
    "DbsReason",
    "ExpenseClaim",
    "ExpenseKind",
    "ExpenseLine",
    "ExpenseTerms",
    "Experience",
    "FamilyOffer",
    "GroundRules",
    "Interview",
    "JointPlan",
    "JointPlanPair",
    "Leaving",
    "LookedAgain",
    "LookingBack",
    "Match",
    "MatchDecision",
    "MatchEndReason",
    "MatchFeedback",
    "MatchState",
    "MatchView",
    "Means",
    "MilesElsewhere",
    "NeverReason",
    "NeverSaidBy",
    "NeverWith",
    "NoteKind",
    "OfferedAs",
    "PayRun",
    "PlanPhase",
    "PlanState",
    "Receipt",
    "Reference",
    "ReferenceWords",
    "Reply",
    "Section",
    "Side",
    "Step",
    "Supervision",
    "SupervisionAction",
    "SupervisionKind",
    "SupervisionNote",
    "SupervisionPart",
    "SupervisionState",
    "Suspension",
    "Thanks",
    "Told",
    "Topic",
    "Volunteer",
    "VolunteerOffer",
    "VolunteerProfile",
    "VolunteerState",
    "WithIt",
    "Worry",
    "readiness",
    "readiness_of",
]
