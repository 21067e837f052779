"""What a volunteer writes down and sends, and what is decided and paid: the rules, by the actions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import product

import pytest
from django.db import IntegrityError, transaction

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Membership
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from tests import factories
from tests.volunteers import spending
from volunteers.actions import (
    ExpenseRefused,
    Spent,
    ask_about_claim,
    decide_claim,
    keep_receipt,
    make_pay_run,
    remove_line,
    save_line,
    say_no_receipt,
    send_claim,
    set_terms,
    tell_miles_elsewhere,
)
from volunteers.models import CLAIM_MACHINE, ClaimState, ExpenseClaim, ExpenseLine, PayRun

C = ClaimState
TODAY = london_today()


def act(by, action, **facts):
    with acting_as(Scope.SCOPED, by.pk):
        return action(by=by, **facts)


def drive(by, miles="10", line=None, **facts):
    spent = {"kind": "mileage", "what_for": "Supervision", "happened_on": TODAY, "miles": Decimal(miles)} | facts
    return act(by, save_line, spent=Spent(**spent), line=line)


def pay(by, pence=280, line=None, **facts):
    spent = {"kind": "fare", "what_for": "Bus to the visit", "happened_on": TODAY, "pence": pence} | facts
    return act(by, save_line, spent=Spent(**spent), line=line)


def refused(action, *args, match, **facts):
    with pytest.raises(ExpenseRefused, match=match), transaction.atomic():
        action(*args, **facts)


def decide(by, claim, not_paid=None, words=""):
    seen = sum(claim.lines.values_list("pence", flat=True))
    return act(by, decide_claim, claim=claim, seen=seen, not_paid=not_paid or {}, words=words)


# --- the course of a claim ------------------------------------------------------------------------------------------

MOVES = {
    (C.DRAFT, C.SUBMITTED),
    (C.SUBMITTED, C.QUERIED),
    (C.QUERIED, C.SUBMITTED),
    (C.SUBMITTED, C.APPROVED),
    (C.QUERIED, C.APPROVED),
    (C.SUBMITTED, C.REJECTED),
    (C.QUERIED, C.REJECTED),
    (C.APPROVED, C.PAID),
}


def test_a_claim_moves_only_where_the_table_says():
    assert {pair for pair in product(C.values, C.values) if CLAIM_MACHINE.find(*pair)} == MOVES


def test_a_claim_goes_from_the_phone_to_the_payment_and_every_step_is_on_record(cast):
    line = drive(cast.volunteer, "7.4")
    claim = act(cast.volunteer, send_claim, claim=line.claim)
    decided = decide(cast.coordinator, claim, words="Thank you.")
    run = act(cast.manager, make_pay_run, organisation=cast.here, until=TODAY)

    claim.refresh_from_db()
    assert (decided.pence, run.pence, claim.state, claim.paid_on) == (333, 333, C.PAID, TODAY)
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["expense.written", "claim.sent", "claim.approved", "expenses.paid"]


def test_a_question_gives_the_claim_back_until_it_is_answered(cast):
    line = pay(cast.volunteer)
    act(cast.volunteer, say_no_receipt, line=line, why="The driver had no paper.")
    claim = act(cast.volunteer, send_claim, claim=line.claim)
    refused(pay, cast.volunteer, line=line, match="is sent")

    act(cast.coordinator, ask_about_claim, claim=claim, words="One way or both?")
    pay(cast.volunteer, 560, line=line)
    refused(act, cast.volunteer, send_claim, claim=claim, match="Please answer")
    claim = act(cast.volunteer, send_claim, claim=claim, answer="Both.")

    question = claim.questions.get()
    assert (claim.state, question.answer, claim.lines.get().pence) == (C.SUBMITTED, "Both.", 560)


def test_lines_that_are_not_paid_say_why_and_with_none_left_the_claim_is_turned_down(cast):
    claim = spending.claim(cast.volunteer_row)
    bus = claim.lines.get(kind="fare")
    refused(decide, cast.coordinator, claim, {bus.pk: ""}, match="why not")

    partly = decide(cast.coordinator, claim, {bus.pk: "The pass was paid already."})
    other = spending.claim(cast.other_volunteer_row)
    none = decide(cast.coordinator, other, dict.fromkeys(other.lines.values_list("pk", flat=True), "Not ours."))

    assert (partly.state, partly.pence) == (C.APPROVED, 450)
    assert (none.state, none.pence) == (C.REJECTED, 0)


def test_what_was_changed_since_the_page_was_opened_is_not_approved_unseen(cast):
    claim = spending.claim(cast.volunteer_row)

    refused(act, cast.coordinator, decide_claim, claim=claim, seen=729, not_paid={}, match="has changed this claim")


# --- whose it is ----------------------------------------------------------------------------------------------------


def test_nobody_decides_on_their_own_claim_not_even_in_the_database(cast):
    Membership.objects.create(user=cast.volunteer, role="coordinator", organisation=cast.here, service=cast.home)
    Membership.objects.create(user=cast.volunteer, role="manager", organisation=cast.here)
    claim = spending.claim(cast.volunteer_row)

    refused(decide, cast.volunteer, claim, match="Somebody else decides")
    refused(act, cast.volunteer, ask_about_claim, claim=claim, words="Why?", match="Somebody else decides")
    with pytest.raises(IntegrityError, match="expense_claim_not_decided_by_oneself"), transaction.atomic():
        spending.claim(cast.volunteer_row, "approved", by=cast.volunteer)


@pytest.mark.parametrize("who", ["other_volunteer", "other_coordinator", "lead", "administrator", "volunteer"])
def test_only_coordinators_who_keep_them_and_managers_decide(cast, who):
    claim = spending.claim(cast.volunteer_row)

    refused(decide, getattr(cast, who), claim, match="decide|moved on")
    assert decide(cast.manager, claim).state == C.APPROVED


def test_a_claim_in_the_making_is_nobody_elses_to_see_and_a_line_on_it_nobody_elses_to_change(cast):
    line = drive(cast.volunteer)

    for who in ("coordinator", "manager", "administrator", "other_volunteer"):
        with acting_as(Scope.SCOPED, getattr(cast, who).pk):
            assert not ExpenseLine.objects.exists()
    refused(drive, cast.other_volunteer, line=line, match="not your claim")
    refused(act, cast.other_volunteer, remove_line, line=line, match="not your claim")
    refused(drive, cast.coordinator, match="Only volunteers")


# --- what may be on it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("visit", ["of another", "planned", "did not happen"])
def test_an_expense_for_a_visit_that_was_not_theirs_is_refused(cast, visit):
    row = {
        "of another": lambda: factories.visit(cast.family, cast.other_volunteer),
        "planned": lambda: factories.visit(cast.family, cast.volunteer, state="planned"),
        "did not happen": lambda: factories.visit(cast.family, cast.volunteer, state="not_delivered"),
    }[visit]()

    refused(drive, cast.volunteer, visit=row, match="your own visits")


def test_a_visit_to_a_family_one_is_no_longer_with_can_still_be_claimed_and_its_journey_once(cast):
    visit = factories.visit(cast.family, cast.volunteer)
    type(cast.match.assignment).objects.update(ends_on=TODAY - dt.timedelta(days=1))

    line = drive(cast.volunteer, visit=visit)

    refused(drive, cast.volunteer, visit=visit, match=f"already on {line.claim.reference}")
    assert drive(cast.volunteer, "9", line=line, visit=visit).pence == 405
    assert pay(cast.volunteer, visit=visit).claim == line.claim


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"what_for": "Weekly allowance"}, "cannot pay a flat sum"),
        ({"what_for": "my flat-rate"}, "cannot pay a flat sum"),
        ({"happened_on": TODAY + dt.timedelta(days=1)}, "still to come"),
        ({"happened_on": TODAY - dt.timedelta(days=900)}, "two years ago"),
    ],
)
def test_what_cannot_be_claimed_is_refused_with_a_sentence(cast, facts, sentence):
    refused(pay, cast.volunteer, **facts, match=sentence)
    assert not ExpenseLine.objects.exists()


def test_a_round_sum_needs_its_receipt_and_another_amount_the_receipt_or_a_word(cast):
    round_sum, bus = pay(cast.volunteer, 1000), pay(cast.volunteer, 280)
    claim = bus.claim
    refused(act, cast.volunteer, say_no_receipt, line=round_sum, why="None given.", match="round sum")
    refused(act, cast.volunteer, send_claim, claim=claim, match="round sum")

    act(cast.volunteer, keep_receipt, line=round_sum, file=spending.photo())
    refused(act, cast.volunteer, send_claim, claim=claim, match="add the receipt, or say why")
    act(cast.volunteer, say_no_receipt, line=bus, why="None given.")

    assert act(cast.volunteer, send_claim, claim=claim).state == C.SUBMITTED


def test_an_empty_claim_is_not_sent(cast):
    line = drive(cast.volunteer)
    act(cast.volunteer, remove_line, line=line)

    refused(act, cast.volunteer, send_claim, claim=line.claim, match="nothing on this claim")


# --- miles of the year ----------------------------------------------------------------------------------------------


def test_a_journey_over_ten_thousand_miles_is_split_with_what_others_paid_and_what_was_sent_before(cast):
    act(cast.volunteer, tell_miles_elsewhere, year=_year(), miles=Decimal(9_980))
    drive(cast.volunteer, "12")
    act(cast.volunteer, send_claim, claim=ExpenseClaim.objects.get())

    line = drive(cast.volunteer, "10")

    assert (line.miles_first, line.miles_after, line.pence) == (8, 2, 8 * 45 + 2 * 25)
    act(cast.volunteer, tell_miles_elsewhere, year=_year(), miles=Decimal(0))
    line.refresh_from_db()
    assert (line.miles_after, line.pence) == (0, 450)


def test_miles_that_were_turned_down_do_not_count(cast):
    act(cast.volunteer, tell_miles_elsewhere, year=_year(), miles=Decimal(9_990))
    drive(cast.volunteer, "10")
    claim = act(cast.volunteer, send_claim, claim=ExpenseClaim.objects.get())
    decide(cast.coordinator, claim, {claim.lines.get().pk: "Not ours."})

    assert drive(cast.volunteer, "10").pence == 450


def test_a_line_keeps_the_rate_and_the_day_it_holds_from_whatever_is_paid_later(cast):
    line = drive(cast.volunteer)
    claim = act(cast.volunteer, send_claim, claim=line.claim)
    dearer = {"starts_on": TODAY, "pence_a_mile": Decimal("50.5"), "pence_after": Decimal(30), "claim_months": 3}
    act(cast.manager, set_terms, organisation=cast.here, terms=dearer)
    decide(cast.coordinator, claim)

    line.refresh_from_db()
    newer = drive(cast.volunteer, "0.5")
    assert (line.pence, line.pence_a_mile, line.rate_from) == (450, 45, dt.date(2011, 4, 6))
    assert (newer.pence, newer.pence_a_mile, newer.rate_from) == (25, Decimal("50.5"), TODAY)


def _year():
    return TODAY.year if (TODAY.month, TODAY.day) >= (4, 6) else TODAY.year - 1


# --- paying ---------------------------------------------------------------------------------------------------------


def test_a_run_pays_what_was_approved_until_its_day_in_its_organisation_and_nothing_twice(cast):
    yesterday = factories.timezone.now() - dt.timedelta(days=1)
    due = spending.claim(cast.volunteer_row, "approved", by=cast.coordinator, decided_at=yesterday)
    later = spending.claim(cast.other_volunteer_row, "approved", by=cast.coordinator)

    until = TODAY - dt.timedelta(days=1)
    run = act(cast.administrator, make_pay_run, organisation=cast.here, until=until)

    assert list(run.claims.all()) == [due]
    refused(act, cast.manager, make_pay_run, organisation=cast.here, until=until, match="Nothing")
    assert list(act(cast.manager, make_pay_run, organisation=cast.here, until=TODAY).claims.all()) == [later]


def test_nobody_pays_elsewhere_ahead_or_without_the_role(cast):
    spending.claim(cast.volunteer_row, "approved", by=cast.coordinator)

    refused(act, cast.manager, make_pay_run, organisation=cast.elsewhere, until=TODAY, match="You do not pay")
    refused(act, cast.coordinator, make_pay_run, organisation=cast.here, until=TODAY, match="You do not pay")
    tomorrow = TODAY + dt.timedelta(days=1)
    refused(act, cast.manager, make_pay_run, organisation=cast.here, until=tomorrow, match="today or an earlier")
    assert not PayRun.objects.exists()
