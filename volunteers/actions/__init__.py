from volunteers.actions.answers import Answers, CheckInRefused, VisitFacts, stored_answers
from volunteers.actions.calls import CallRefused, ask_for_call, close_call
from volunteers.actions.check_ins import AlreadyCheckedIn, StaleCheckIn, edit_check_in, may_edit, record_check_in
from volunteers.actions.introductions import Weekly, begin_match, book_introduction, say_not_suitable
from volunteers.actions.match_course import (
    end_match,
    look_back,
    note_talked,
    pause_match,
    plan_match_ending,
    record_looking_back,
    resume_match,
    suspend_matches,
)
from volunteers.actions.match_views import MatchViewRefused, say_how_it_goes
from volunteers.actions.matches import start_match
from volunteers.actions.offers import answer_offer, offer_match, record_answer, suggest_match, withdraw_match
from volunteers.actions.pairing import MatchRefused, families_now
from volunteers.actions.reading import add_note, mark_seen, note_read

__all__ = [
    "AlreadyCheckedIn",
    "Answers",
    "CallRefused",
    "CheckInRefused",
    "MatchRefused",
    "MatchViewRefused",
    "StaleCheckIn",
    "VisitFacts",
    "Weekly",
    "add_note",
    "answer_offer",
    "ask_for_call",
    "begin_match",
    "book_introduction",
    "close_call",
    "edit_check_in",
    "end_match",
    "families_now",
    "look_back",
    "mark_seen",
    "may_edit",
    "note_read",
    "note_talked",
    "offer_match",
    "pause_match",
    "plan_match_ending",
    "record_answer",
    "record_check_in",
    "record_looking_back",
    "resume_match",
    "say_how_it_goes",
    "say_not_suitable",
    "start_match",
    "stored_answers",
    "suggest_match",
    "suspend_matches",
    "withdraw_match",
]
