from families.models.contact import Address, AddressKind, Channel, ContactMethod, Safe
from families.models.draft import Draft
from families.models.family import BreakGlass, Family
from families.models.imports import ImportFile, ImportMapping, ImportRun, ImportState
from families.models.member import DatePrecision, FamilyMember, MemberRole
from families.models.support import Assignment, EndingReason, Support, SupportState
from families.models.visit import (
    NotDeliveredReason,
    SupportKind,
    Visit,
    VisitMode,
    VisitPresence,
    VisitPurpose,
    VisitState,
)

__all__ = [
    "Address",
    "AddressKind",
    "Assignment",
    "BreakGlass",
    "Channel",
    "ContactMethod",
    "DatePrecision",
    "Draft",
    "EndingReason",
    "Family",
    "FamilyMember",
    "ImportFile",
    "ImportMapping",
    "ImportRun",
    "ImportState",
    "MemberRole",
    "NotDeliveredReason",
    "Safe",
    "Support",
    "SupportKind",
    "SupportState",
    "Visit",
    "VisitMode",
    "VisitPresence",
    "VisitPurpose",
    "VisitState",
]
