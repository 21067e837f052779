from volunteers.models.call_request import CallRequest
from volunteers.models.check_in import CheckIn, CheckInNote, NoteKind, Worry
from volunteers.models.match import MATCH_MACHINE, Match, MatchEndReason, MatchState
from volunteers.models.match_view import MatchView
from volunteers.models.volunteer import VOLUNTEER_MACHINE, Volunteer, VolunteerState

__all__ = [
    "MATCH_MACHINE",
    "VOLUNTEER_MACHINE",
    "CallRequest",
    "CheckIn",
    "CheckInNote",
    "Match",
    "MatchEndReason",
    "MatchState",
    "MatchView",
    "NoteKind",
    "Volunteer",
    "VolunteerState",
    "Worry",
]
