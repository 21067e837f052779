from volunteers.actions.answers import Answers, CheckInRefused, VisitFacts, stored_answers
from volunteers.actions.calls import CallRefused, ask_for_call, close_call
from volunteers.actions.check_ins import AlreadyCheckedIn, StaleCheckIn, edit_check_in, may_edit, record_check_in
from volunteers.actions.match_views import MatchViewRefused, say_how_it_goes
from volunteers.actions.matches import MatchRefused, end_match, families_now, start_match
from volunteers.actions.reading import add_note, mark_seen

__all__ = [
    "AlreadyCheckedIn",
    "Answers",
    "CallRefused",
    "CheckInRefused",
    "MatchRefused",
    "MatchViewRefused",
    "StaleCheckIn",
    "VisitFacts",
    "add_note",
    "ask_for_call",
    "close_call",
    "edit_check_in",
    "end_match",
    "families_now",
    "mark_seen",
    "may_edit",
    "record_check_in",
    "say_how_it_goes",
    "start_match",
    "stored_answers",
]
