from volunteers.actions.answers import Answers, CheckInRefused, VisitFacts, stored_answers
from volunteers.actions.calls import CallRefused, ask_for_call, close_call
from volunteers.actions.check_ins import AlreadyCheckedIn, StaleCheckIn, edit_check_in, may_edit, record_check_in
from volunteers.actions.expense_decisions import ask_about_claim, decide_claim, make_pay_run, set_terms
from volunteers.actions.expenses import (
    ExpenseRefused,
    Spent,
    asked_on,
    driven_before,
    keep_receipt,
    own_visits,
    remove_line,
    save_line,
    say_no_receipt,
    send_claim,
    tell_miles_elsewhere,
)
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
from volunteers.actions.thanks import FamilySaid, ThanksRefused, thank, thanks_read

__all__ = [
    "AlreadyCheckedIn",
    "Answers",
    "CallRefused",
    "CheckInRefused",
    "ExpenseRefused",
    "FamilySaid",
    "MatchRefused",
    "MatchViewRefused",
    "Spent",
    "StaleCheckIn",
    "ThanksRefused",
    "VisitFacts",
    "Weekly",
    "add_note",
    "answer_offer",
    "ask_about_claim",
    "ask_for_call",
    "asked_on",
    "begin_match",
    "book_introduction",
    "close_call",
    "decide_claim",
    "driven_before",
    "edit_check_in",
    "end_match",
    "families_now",
    "keep_receipt",
    "look_back",
    "make_pay_run",
    "mark_seen",
    "may_edit",
    "note_read",
    "note_talked",
    "offer_match",
    "own_visits",
    "pause_match",
    "plan_match_ending",
    "record_answer",
    "record_check_in",
    "record_looking_back",
    "remove_line",
    "resume_match",
    "save_line",
    "say_how_it_goes",
    "say_no_receipt",
    "say_not_suitable",
    "send_claim",
    "set_terms",
    "start_match",
    "stored_answers",
    "suggest_match",
    "suspend_matches",
    "tell_miles_elsewhere",
    "thank",
    "thanks_read",
    "withdraw_match",
]
