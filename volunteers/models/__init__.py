from volunteers.models.check_in import CheckIn, CheckInNote, NoteKind, Worry
from volunteers.models.volunteer import Match, MatchEndReason, MatchState, Volunteer

__all__ = ["CheckIn", "CheckInNote", "Match", "MatchEndReason", "MatchState", "NoteKind", "Volunteer", "Worry"]
