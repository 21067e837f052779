from volunteers.models.call_request import CallRequest
from volunteers.models.check_in import CheckIn, CheckInNote, NoteKind, Worry
from volunteers.models.match_view import MatchView
from volunteers.models.volunteer import MATCH_MACHINE, Match, MatchEndReason, MatchState, Volunteer

__all__ = [
    "MATCH_MACHINE",
    "CallRequest",
    "CheckIn",
    "CheckInNote",
    "Match",
    "MatchEndReason",
    "MatchState",
    "MatchView",
    "NoteKind",
    "Volunteer",
    "Worry",
]
