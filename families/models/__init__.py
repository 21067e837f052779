from families.models.answer import (
    Answer,
    DataChoice,
    HowAnswered,
    InterpretedBy,
    SharingPermission,
    SupportAgreement,
    What,
)
from families.models.around import AgencyRole, Flag, FlagAnswer, HouseholdFlag, MayContact, OtherAgency
from families.models.assignment import Assignment
from families.models.attendance import GroupAttendance
from families.models.booking import BookingPerson, BookingState, GroupBooking
from families.models.circle import AlterKind, Circle, CircleLink, CircleTie, HelpKind, Strength
from families.models.contact import Address, AddressKind, Channel, ContactMethod, Safe
from families.models.contact_change import ChangeKind, ChangeState, ContactChange
from families.models.cover import Cover
from families.models.disclosure import Disclosure, DisclosureBasis, FamilyTold
from families.models.draft import Draft
from families.models.ending import EndingStep, FollowUp, FollowUpOutcome, StepKind, StepOutcome, TurnTo, Way
from families.models.family import BreakGlass, Family
from families.models.goal import Goal, GoalRating, GoalState
from families.models.group import GroupEntry, GroupFacilitator, GroupSeries, GroupSession
from families.models.handover import Audience, HandoverLine
from families.models.imports import ImportFile, ImportMapping, ImportRun, ImportState
from families.models.kept_apart import KeptApart, KeptApartState
from families.models.lead_contact import LeadContact, LeadState
from families.models.member import AccessNeed, DatePrecision, FamilyMember, Interpreter, MemberRole, PrefersGender
from families.models.merge import FamilyMerge, MergeUndo, NotTheSame
from families.models.need import Heading, Need, NeedItem
from families.models.own_page import HandedOver, OwnPage, PageEnded
from families.models.own_words import OwnWords, Sayable
from families.models.plan_action import Doer, PlanAction
from families.models.plan_choice import ChoiceAnswer, ChoiceKind, PlanChoice
from families.models.posted_letter import PostedLetter
from families.models.private import EthnicGroup, NhsNumber, Personal, PregnancyOutcome, Status, StatutoryStatus
from families.models.reasons import EndingReason, RematchReason
from families.models.referral import Referral, ReferralQuestion, ReferralState, ReferralTry
from families.models.referral_draft import ReferralDraft
from families.models.relationship import Kin, LivesWith, Relationship, Responsibility
from families.models.reply import (
    FamilyReply,
    HowHeard,
    HowSaid,
    RecordPart,
    ReplyKind,
    ReplyOutcome,
    ReplyState,
)
from families.models.review import CalledOff, CopyOutcome, HowItGoes, MatchAnswer, Review, ReviewPart, ReviewState
from families.models.score import Given, Score, Stage
from families.models.shared_care import SharedCare
from families.models.signpost import Pointing, Signpost, SignpostResult
from families.models.support import Named, Support, SupportState
from families.models.transfer import HowAgreed, Transfer, TransferDeclineReason, TransferQuestion, TransferState
from families.models.visit import (
    NotDeliveredReason,
    SupportKind,
    Visit,
    VisitMode,
    VisitPresence,
    VisitPurpose,
    VisitState,
)
from families.models.visit_needs import DayPart, Enjoyed, HomeFact, VisitNeeds, WhoComes
from families.models.wait import WaitsBecause
from families.models.wording import Basis, Purpose, PurposeBasis, Wording

__all__ = [
    "AccessNeed",
    "Address",
    "AddressKind",
    "AgencyRole",
    "AlterKind",
    "Answer",
    "Assignment",
    "Audience",
    "Basis",
    "BookingPerson",
    "BookingState",
    "BreakGlass",
    "CalledOff",
    "ChangeKind",
    "ChangeState",
    "Channel",
    "ChoiceAnswer",
    "ChoiceKind",
    "Circle",
    "CircleLink",
    "CircleTie",
    "ContactChange",
    "ContactMethod",
    "CopyOutcome",
    "Cover",
    "DataChoice",
    "DatePrecision",
    "DayPart",
    "Disclosure",
    "DisclosureBasis",
    "Doer",
    "Draft",
    "EndingReason",
    "EndingStep",
    "Enjoyed",
    "EthnicGroup",
    "Family",
    "FamilyMember",
    "FamilyMerge",
    "FamilyReply",
    "FamilyTold",
    "Flag",
    "FlagAnswer",
    "FollowUp",
    "FollowUpOutcome",
    "Given",
    "Goal",
    "GoalRating",
    "GoalState",
    "GroupAttendance",
    "GroupBooking",
    "GroupEntry",
    "GroupFacilitator",
    "GroupSeries",
    "GroupSession",
    "HandedOver",
    "HandoverLine",
    "Heading",
    "HelpKind",
    "HomeFact",
    "HouseholdFlag",
    "HowAgreed",
    "HowAnswered",
    "HowHeard",
    "HowItGoes",
    "HowSaid",
    "ImportFile",
    "ImportMapping",
    "ImportRun",
    "ImportState",
    "InterpretedBy",
    "Interpreter",
    "KeptApart",
    "KeptApartState",
    "Kin",
    "LeadContact",
    "LeadState",
    "LivesWith",
    "MatchAnswer",
    "MayContact",
    "MemberRole",
    "MergeUndo",
    "Named",
    "Need",
    "NeedItem",
    "NhsNumber",
    "NotDeliveredReason",
    "NotTheSame",
    "OtherAgency",
    "OwnPage",
    "OwnWords",
    "PageEnded",
    "Personal",
    "PlanAction",
    "PlanChoice",
    "Pointing",
    "PostedLetter",
    "PrefersGender",
    "PregnancyOutcome",
    "Purpose",
    "PurposeBasis",
    "RecordPart",
    "Referral",
    "ReferralDraft",
    "ReferralQuestion",
    "ReferralState",
    "ReferralTry",
    "Relationship",
    "RematchReason",
    "ReplyKind",
    "ReplyOutcome",
    "ReplyState",
    "Responsibility",
    "Review",
    "ReviewPart",
    "ReviewState",
    "Safe",
    "Sayable",
    "Score",
    "SharedCare",
    "SharingPermission",
    "Signpost",
    "SignpostResult",
    "Stage",
    "Status",
    "StatutoryStatus",
    "StepKind",
    "StepOutcome",
    "Strength",
    "Support",
    "SupportAgreement",
    "SupportKind",
    "SupportState",
    "Transfer",
    "TransferDeclineReason",
    "TransferQuestion",
    "TransferState",
    "TurnTo",
    "Visit",
    "VisitMode",
    "VisitNeeds",
    "VisitPresence",
    "VisitPurpose",
    "VisitState",
    "WaitsBecause",
    "Way",
    "What",
    "WhoComes",
    "Wording",
]
