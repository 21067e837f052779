from volunteers.models.agreement import AgreementKind, AgreementSigned, AgreementWording
from volunteers.models.call_request import CallRequest
from volunteers.models.check_in import CheckIn, CheckInNote, NoteKind, Worry
from volunteers.models.dbs import DbsCheck, DbsReason
from volunteers.models.match import MATCH_MACHINE, Match, MatchEndReason, MatchState
from volunteers.models.match_decision import LookedAgain, MatchDecision
from volunteers.models.match_feedback import GroundRules, LookingBack, MatchFeedback
from volunteers.models.match_offer import FamilyOffer, Reply, Side, Told, VolunteerOffer
from volunteers.models.match_view import MatchView
from volunteers.models.never_with import NeverReason, NeverSaidBy, NeverWith
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
from volunteers.models.training import Attendance, Course, CoursePlace, CourseRun, CourseSession
from volunteers.models.volunteer import Volunteer, VolunteerState
from volunteers.models.volunteer_moves import VOLUNTEER_MACHINE

__all__ = [
    "MATCH_MACHINE",
    "SUPERVISION_MACHINE",
    "VOLUNTEER_MACHINE",
    "AgreementKind",
    "AgreementSigned",
    "AgreementWording",
    "Attendance",
    "CallRequest",
    "CheckIn",
    "CheckInNote",
    "Course",
    "CoursePlace",
    "CourseRun",
    "CourseSession",
    "DbsCheck",
    "DbsReason",
    "Experience",
    "FamilyOffer",
    "GroundRules",
    "LookedAgain",
    "LookingBack",
    "Match",
    "MatchDecision",
    "MatchEndReason",
    "MatchFeedback",
    "MatchState",
    "MatchView",
    "Means",
    "NeverReason",
    "NeverSaidBy",
    "NeverWith",
    "NoteKind",
    "OfferedAs",
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
