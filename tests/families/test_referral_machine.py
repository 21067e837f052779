"""The Referral machine of the specification, row by row: where each state leads, and what each move asks for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from betterstart.reminders.models import Message
from betterstart.transitions.machine import MoveRefused
from betterstart.transitions.models import Transition
from families.actions import triage
from families.models import Family, Referral, ReferralState, ReferralTry
from families.models.referral import REFERRAL_MACHINE, Fit, NotAcceptedReason
from tests import factories

STATES = list(ReferralState.values)
LEADS_TO = {
    "received": set(STATES) - {"received"},
    "more_information": set(STATES) - {"received", "more_information", "redirected"},
    "accepted": {"withdrawn_by_family", "withdrawn_by_referrer"},
    **{state: set() for state in STATES if state not in {"received", "more_information", "accepted"}},
}
NOT_ASKED_BY_MACHINE = {("more_information", "more_information")}
"""Another question is one more question, not a move."""


def site(path: str) -> str:
    return f"https://here.example{path}"


@pytest.fixture
def referral(cast):
    """A referral in some state, with every fact a guard may ask for."""

    def make(state: str = "received", *, facts: bool = True, **fields: Any) -> Referral:
        row = factories.referral(cast.home, "Zora", days_ago=9, **fields)
        if facts:
            for days in (1, 2, 3):
                day = london_today() - dt.timedelta(days=days)
                ReferralTry.objects.create(
                    referral=row, service=cast.home, channel="phone", tried_on=day, by=cast.coordinator
                )
            factories.question(row, cast.coordinator)
        decided: dict[str, Any] = {"decided_at": timezone.now()} if LEADS_TO[state] <= LEADS_TO["accepted"] else {}
        if state == "accepted":
            family = factories.family(cast.home, "Zora", state="offered")
            decided |= {"family": family, "support": family.supports.get()}
        decided |= {"decision_reason": "age"} if state == "not_accepted" else {}
        if state == "redirected":
            decided |= {"sharing_agreed_by": "Zora", "sharing_agreed_on": london_today()}
        Referral.objects.filter(pk=row.pk).update(state=state, **decided)
        return Referral.objects.get(pk=row.pk)

    return make


def decide(cast, row: Referral, to: str) -> None:
    """The decision as a coordinator takes it, when everything is as it should be."""
    by: dict[str, Any] = {"by": cast.coordinator, "referral": row, "site": site}
    if to == "more_information":
        triage.ask_for_more(**by, words="Is she at home on Mondays?")
    elif to == "accepted":
        family = {"name": "Zora", "people": row.people, "contacts": row.contacts}
        triage.accept_referral(**by, fits=Fit.values, registration=family)
    elif to == "not_accepted":
        triage.turn_down(**by, reason="age")
    elif to == "could_not_reach":
        triage.give_up(**by)
    elif to == "redirected":
        triage.pass_on(**by, service=cast.far, agreed_by="Zora", agreed_on=london_today())
    elif to == "received":
        REFERRAL_MACHINE.move(row, to="received", by=cast.coordinator)
    else:
        triage.withdraw(**by, by_family=to == "withdrawn_by_family")


def refusal(cast, row: Referral, to: str) -> str:
    """The sentence of the refusal; nothing where the decision was taken."""
    try:
        decide(cast, row, to)
    except MoveRefused as refused:
        return str(refused)
    return ""


def everything_there() -> tuple[int, ...]:
    tables = (Family, Referral, Message, AuditEvent, Transition)
    return tuple(table.objects.count() for table in tables)


@pytest.mark.parametrize("state", STATES)
def test_every_pair_of_states_is_a_move_or_is_refused_without_a_trace(cast, referral, state):
    for to in STATES:
        if (state, to) in NOT_ASKED_BY_MACHINE:
            continue
        row = referral(state)
        before = everything_there()

        refused = refusal(cast, row, to)

        now = Referral.objects.get(pk=row.pk)
        moves = [(move.from_state, move.to_state, move.by) for move in Transition.objects.of("referral", row.pk)]
        if to in LEADS_TO[state]:
            assert (now.state, refused) == (to, "")
            assert moves == [(state, to, cast.coordinator)]
            assert (now.decided_at is None) == (to == "more_information")
            assert now.told_at or to == "more_information"
        else:
            assert now.state == state
            assert refused, f"{state} must not lead to {to}"
            assert everything_there() == before


@pytest.mark.parametrize(
    ("to", "kept_from", "words"),
    [
        ("accepted", {"agreed_on": None}, "how and when the family agreed"),
        ("could_not_reach", {"tries": 2}, "at least 3 tries on two different days"),
        ("could_not_reach", {"one_day": True}, "two different days"),
    ],
)
def test_move_says_what_is_missing(cast, referral, to, kept_from, words):
    row = referral(facts=False, **({"agreed_on": None} if "agreed_on" in kept_from else {}))
    for number in range(kept_from.get("tries", 3)):
        day = london_today() - dt.timedelta(days=0 if kept_from.get("one_day") else number)
        ReferralTry.objects.create(referral=row, service=cast.home, channel="text", tried_on=day, by=cast.coordinator)

    assert words in refusal(cast, row, to)
    assert Referral.objects.get(pk=row.pk).state == "received"


@pytest.mark.parametrize("missing", Fit.values)
def test_yes_needs_area_age_and_what_the_service_does(cast, referral, missing):
    row = referral()
    fits = [fit for fit in Fit.values if fit != missing]

    with pytest.raises(MoveRefused, match=str(Fit(missing).label).lower()):
        triage.accept_referral(
            by=cast.coordinator, referral=row, site=site, fits=fits, registration={"name": "Zora", "people": row.people}
        )

    assert not Family.objects.filter(name="Zora").exists()


@pytest.mark.parametrize("reason", ["", "nonsense"])
def test_no_needs_one_of_its_reasons(cast, referral, reason):
    with pytest.raises(MoveRefused):
        triage.turn_down(by=cast.coordinator, referral=referral(), site=site, reason=reason)


def test_each_reason_has_kind_words_that_say_nothing_about_the_family(cast, referral):
    for reason in NotAcceptedReason.values:
        row = referral()
        triage.turn_down(by=cast.coordinator, referral=row, site=site, reason=reason)
        letter = Message.objects.latest("pk")
        assert "We are sorry" in letter.body
        assert "Zora" not in letter.subject + letter.body


def test_passing_on_needs_who_agreed_and_when(cast, referral):
    row = referral()
    with pytest.raises(MoveRefused, match="agreed"):
        triage.pass_on(
            by=cast.coordinator, referral=row, site=site, service=cast.far, agreed_by="", agreed_on=london_today()
        )
    assert Referral.objects.count() == 1


def test_family_takes_back_what_was_only_offered_and_its_support_ends_with_it(cast, referral):
    row = referral("accepted")

    triage.withdraw(by=cast.coordinator, referral=row, by_family=True, site=site)

    assert row.family.supports.get().state == "declined"


def test_referrer_takes_back_and_the_family_keeps_its_offer(cast, referral):
    row = referral("accepted")

    triage.withdraw(by=cast.coordinator, referral=row, by_family=False, site=site)

    assert row.family.supports.get().state == "offered"


def test_support_that_has_begun_is_ended_on_its_own_page(cast, referral):
    row = referral("accepted")
    row.support.state, row.support.started_on = "active", london_today()
    row.support.save()

    assert "Support has begun" in refusal(cast, row, "withdrawn_by_family")


def test_what_is_set_aside_must_be_taken_in_before_anything_is_decided(cast, referral):
    row = referral(set_aside_because="trap")

    for to in LEADS_TO["received"]:
        assert "set aside" in refusal(cast, row, to)


BROKEN: list[dict[str, Any]] = [
    {"state": "invented"},
    {"state": "accepted", "decided_at": timezone.now()},
    {"state": "not_accepted", "decided_at": timezone.now()},
    {"state": "redirected", "decided_at": timezone.now()},
    {"state": "could_not_reach"},
    {"decided_at": timezone.now()},
]


@pytest.mark.parametrize("fields", BROKEN, ids=[" and ".join(fields) + f" {fields.get('state')}" for fields in BROKEN])
def test_database_refuses_a_state_without_its_facts(cast, referral, fields):
    row = referral()
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=row.pk).update(**fields)
