"""A planned ending, step by step: what each needs, what is asked, what is refused, and what carrying on takes back."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from betterstart.audit.models import AuditEvent
from betterstart.clock import london_date, london_today
from betterstart.reminders.models import Message
from betterstart.transitions.machine import MoveRefused
from betterstart.transitions.models import Transition
from families.actions.editing import StaleEdit
from families.actions.ending import (
    EndingNeedsAnswer,
    EndingRefused,
    add_turn_to,
    agree_ending,
    plan_ending_visits,
    remove_turn_to,
    safe_ways,
    take_step,
)
from families.actions.family import NotYourService
from families.actions.silence import silence
from families.actions.support import move_support
from families.models import EndingStep, StepKind, Support, TurnTo
from families.reports.ending import ending_page, keepsake, letter_words, thinning_out
from tests import factories

FOUR_WEEKS = dt.timedelta(weeks=4)


@pytest.fixture
def ending(cast) -> Support:
    """Amina's support, whose last visit is agreed for four weeks from today."""
    row = cast.family.supports.get()
    factories.score(factories.need(cast.family), stage="end")
    return agree_ending(by=cast.coordinator, support=row, ending_on=london_today() + FOUR_WEEKS, reason="goals_met")


def statuses(support: Support) -> dict[str, str]:
    row = Support.objects.select_related("service", "family").get(pk=support.pk)
    return {step.key: step.status for step in ending_page(row).steps}


def take(cast, support: Support, kind: str, outcome: str = "done", **fields) -> EndingStep:
    return take_step(by=cast.coordinator, support=support, kind=kind, outcome=outcome, **fields)


@pytest.mark.parametrize(
    ("weeks", "days", "answer"),
    [(4, 0, "agreed"), (26, 0, "agreed"), (3, 6, "asked"), (0, 0, "asked"), (0, -1, "refused"), (26, 1, "refused")],
)
def test_day_of_the_last_visit_is_taken_asked_or_refused(cast, weeks, days, answer):
    day = london_today() + dt.timedelta(weeks=weeks, days=days)
    row = cast.family.supports.get()
    try:
        agree_ending(by=cast.coordinator, support=row, ending_on=day, reason="goals_met")
        found = "agreed"
    except EndingNeedsAnswer:
        found = "asked"
    except EndingRefused:
        found = "refused"

    assert found == answer
    assert (Support.objects.get(pk=row.pk).state == "ending") == (answer == "agreed")


def test_sooner_than_four_weeks_is_fine_once_it_is_confirmed(cast):
    row, day = cast.family.supports.get(), london_today() + dt.timedelta(days=5)

    agree_ending(by=cast.coordinator, support=row, ending_on=day, reason="family_decided", confirmed=["soon"])

    row.refresh_from_db()
    assert (row.state, row.ending_on, row.ending_reason) == ("ending", day, "family_decided")


def test_later_day_needs_no_confirmation_and_is_no_second_move(cast, ending):
    later = ending.ending_on + dt.timedelta(days=3)

    agree_ending(by=cast.coordinator, support=ending, ending_on=later, reason="goals_met")

    assert Support.objects.get(pk=ending.pk).ending_on == later
    assert Transition.objects.of("support", ending.pk).filter(to_state="ending").count() == 1


def test_coordinator_of_another_service_takes_no_step(cast, ending):
    with pytest.raises(NotYourService):
        take_step(by=cast.other_coordinator, support=ending, kind="celebration", outcome="done")
    with pytest.raises(NotYourService):
        agree_ending(by=cast.volunteer, support=ending, ending_on=ending.ending_on, reason="goals_met")


@pytest.mark.parametrize("kind", StepKind.values)
@pytest.mark.parametrize("state", ["active", "paused", "waiting", "ended_unplanned", "ended_planned"])
def test_steps_are_taken_while_the_ending_is_prepared_and_some_afterwards(cast, kind, state):
    row = factories.family(cast.home, "Zora", state=state).supports.get()
    if state == "ended_planned" and kind in {"turn_to", "letter", "referrer", "keepsake"}:
        assert take(cast, row, kind, "not_needed").outcome == "not_needed"
        return
    with pytest.raises(EndingRefused, match="once the day of the last visit is agreed"):
        take(cast, row, kind, "not_needed")
    assert not EndingStep.objects.exists()


@pytest.mark.parametrize("kind", StepKind.values)
def test_each_step_is_shown_done_with_who_and_when_and_audited(cast, ending, kind):
    agreed = {"agreed_by": cast.family.members.get()} if kind == "referrer" else {}
    take(cast, ending, kind, way="by_hand" if kind == "letter" else "", words="Warm words.", **agreed)

    [step] = [step for step in ending_page(ending_now(ending)).steps if step.key == kind]
    assert (step.status, step.who, step.when) == ("done", "Carys Coordinator", london_today())
    assert AuditEvent.objects.get(verb="ending.step_taken").details["step"] == kind


def ending_now(support: Support) -> Support:
    return Support.objects.select_related("service", "family").get(pk=support.pk)


def test_first_open_step_is_next_and_declined_scores_are_not_needed(cast, ending):
    assert statuses(ending)["agreed"] == "done"
    assert statuses(ending)["visits"] == "next"

    take(cast, ending, "scores", "not_needed")

    assert statuses(ending)["scores"] == "not_needed"
    assert ending_now(ending).final_scores_declined


def test_scores_given_after_all_replace_the_refusal(cast, ending):
    take(cast, ending, "scores", "not_needed")
    take(cast, ending, "scores", "done", version=1)

    row = ending_now(ending)
    assert (row.final_scores_on, row.final_scores_declined) == (london_today(), False)


def test_step_that_somebody_changed_meanwhile_is_not_overwritten(cast, ending):
    take(cast, ending, "celebration", words="Cake.")

    with pytest.raises(StaleEdit):
        take(cast, ending, "celebration", words="Tea.")

    assert EndingStep.objects.get().words == "Cake."


def test_day_ahead_is_no_day_a_step_was_taken(cast, ending):
    with pytest.raises(EndingRefused, match="not come yet"):
        take(cast, ending, "celebration", happened_on=london_today() + dt.timedelta(days=1))


# The visits


def test_series_thins_out_and_ends_on_the_agreed_day(cast, ending):
    last = ending.ending_on

    days = thinning_out(ending_now(ending))

    assert days == [last - dt.timedelta(days=before) for before in (21, 14, 0)]
    assert days[-1] == last


def test_days_near_a_planned_visit_are_not_offered_again(cast, ending):
    near = ending.ending_on - dt.timedelta(days=15)

    assert ending.ending_on - dt.timedelta(days=14) not in thinning_out(ending_now(ending), [near])


def test_planned_series_makes_the_last_one_the_last_visit_and_sent_twice_is_one(cast, ending):
    days, form = thinning_out(ending_now(ending)), uuid.uuid4()
    for _again in range(2):
        plan_ending_visits(
            by=cast.coordinator,
            support=ending,
            worker=cast.volunteer,
            days=days,
            time=dt.time(10),
            minutes=90,
            mode="home",
            uuid=form,
        )

    planned = ending.visits.planned().order_by("planned_start")
    assert [visit.purpose for visit in planned] == ["ordinary", "ordinary", "last"]
    assert london_date(planned.last().planned_start) == ending.ending_on
    assert statuses(ending)["visits"] == "done"


# The guard of the machine


@pytest.mark.parametrize(
    ("visited", "scores", "sentence"),
    [
        (False, True, "last visit has not been logged"),
        (True, False, "final scores"),
        (True, True, ""),
    ],
)
def test_support_ends_as_planned_after_the_last_visit_and_the_last_word(cast, ending, visited, scores, sentence):
    if visited:
        factories.visit(cast.family, cast.volunteer, days_ago=0.01, purpose="last")
    if scores:
        take(cast, ending, "scores", "not_needed")
    try:
        move_support(by=cast.coordinator, support=ending, to="ended_planned")
        refused = ""
    except MoveRefused as refusal:
        refused = str(refusal)

    assert sentence in refused
    assert bool(refused) == bool(sentence)
    assert (ending_now(ending).state == "ended_planned") == (not sentence)


def test_support_cannot_end_on_a_day_before_its_last_visit(cast, ending):
    factories.visit(cast.family, cast.volunteer, days_ago=0.01, purpose="last")
    take(cast, ending, "scores", "not_needed")

    with pytest.raises(MoveRefused, match="cannot end before it"):
        move_support(
            by=cast.coordinator, support=ending, to="ended_planned", ended_on=london_today() - dt.timedelta(days=2)
        )


def test_last_visit_before_the_family_carried_on_does_not_end_a_second_ending(cast, ending):
    factories.visit(cast.family, cast.volunteer, days_ago=0.01, purpose="last")
    carry_on(cast, ending)
    agree_ending(by=cast.coordinator, support=ending, ending_on=london_today() + FOUR_WEEKS, reason="goals_met")
    take(cast, ending, "scores", "not_needed")

    with pytest.raises(MoveRefused, match="last visit has not been logged"):
        move_support(by=cast.coordinator, support=ending, to="ended_planned")


# Carrying on


def carry_on(cast, support: Support, **fields) -> Support:
    fields = {"note": "They would like the summer too.", "review_on": london_today() + dt.timedelta(weeks=6)} | fields
    return move_support(by=cast.coordinator, support=support, to="active", **fields)


def test_carrying_on_takes_back_steps_scores_and_day_and_sets_a_day_to_look_again(cast, ending):
    take(cast, ending, "scores")
    take(cast, ending, "celebration", words="Cake.")

    carry_on(cast, ending)

    row = ending_now(ending)
    assert (row.state, row.ending_on, row.final_scores_on, row.ending_reason) == ("active", None, None, "")
    assert [review.due_on for review in row.reviews.open()] == [london_today() + dt.timedelta(weeks=6)]
    assert not EndingStep.objects.standing().exists()
    assert EndingStep.objects.count() == 2
    assert statuses(ending)["agreed"] == "next"


@pytest.mark.parametrize("weeks", [None, 0, -1, 13])
def test_carrying_on_needs_a_day_to_look_again_within_twelve_weeks(cast, ending, weeks):
    day = None if weeks is None else london_today() + dt.timedelta(weeks=weeks)

    with pytest.raises(MoveRefused, match="look together again"):
        carry_on(cast, ending, review_on=day)

    assert ending_now(ending).state == "ending"


def test_carrying_on_needs_a_reason(cast, ending):
    with pytest.raises(ValidationError, match="few words"):
        carry_on(cast, ending, note=" ")


# The letter, the referrer, the list


@pytest.mark.parametrize(
    ("channel", "fields", "home", "ways"),
    [
        (None, {}, "home", {"by_hand"}),
        ("email", {"safe": "yes"}, "home", {"by_hand", "email"}),
        ("email", {"safe": "unknown"}, "home", {"by_hand"}),
        ("email", {"safe": "yes", "shared_device": True}, "home", {"by_hand"}),
        ("post", {"safe": "yes"}, "home", {"by_hand", "post"}),
        ("post", {"safe": "yes"}, "confidential", {"by_hand"}),
        ("post", {"safe": "no"}, "home", {"by_hand"}),
    ],
)
def test_letter_goes_only_where_somebody_said_it_is_safe(cast, ending, channel, fields, home, ways):
    factories.address(cast.family, kind=home)
    if channel:
        factories.contact(cast.family.members.get(), channel, "amina@example.org", **fields)

    assert set(safe_ways(ending)) == ways
    for way in {"email", "post"} - ways:
        with pytest.raises(EndingRefused, match="safe for the family"):
            take(cast, ending, "letter", words="Dear Amina", way=way)
    assert not Message.objects.exists()


def test_letter_by_email_is_written_once_says_nothing_of_us_and_names_the_family_for_the_gate(cast, ending):
    factories.contact(cast.family.members.get(), "email", "amina@example.org", safe="yes")

    take(cast, ending, "letter", words="Dear Amina", way="email")
    take(cast, ending, "letter", words="Dear Amina", way="email", version=1)

    message = Message.objects.get()
    assert (message.to, message.subject, message.body) == ("amina@example.org", "A letter for you", "Dear Amina")
    assert message.family_id == cast.family.pk
    assert mail.outbox == []


def test_after_a_loss_a_letter_is_given_by_hand_and_no_referrer_is_written_to(cast, ending):
    factories.contact(cast.family.members.get(), "email", "amina@example.org", safe="yes")
    silence(by=cast.coordinator, family=cast.family)
    ending.family.refresh_from_db()

    assert set(safe_ways(ending)) == {"by_hand"}
    with pytest.raises(EndingRefused, match="Nothing is sent about this family"):
        take(cast, ending, "referrer", words="It ended well.", way="email", to="nurse@example.org")
    assert not Message.objects.exists()


def test_letter_begins_with_warm_words_that_name_nothing_of_the_record(cast, ending):
    cast.family.safety_notes = "Dog in the yard"
    cast.family.save()

    words = letter_words(ending_now(ending), cast.coordinator)

    assert words.startswith("Dear Amina,")
    assert words.endswith("Carys Coordinator")
    assert "Dog" not in words
    assert "Home visiting" not in words


def test_list_of_whom_to_turn_to_grows_and_shrinks_and_counts_as_a_step(cast, ending):
    row = add_turn_to(by=cast.coordinator, support=ending, name="Stay and play", about="Tuesdays")
    assert statuses(ending)["turn_to"] == "done"

    remove_turn_to(by=cast.coordinator, row=row)

    assert statuses(ending)["turn_to"] == "later"
    assert TurnTo.objects.get().removed_at is not None


def test_keepsake_tells_days_people_and_wish_and_none_of_the_notes(cast, ending):
    Support.objects.filter(pk=ending.pk).update(first_wish="Company.")
    factories.visit(
        cast.family,
        cast.volunteer,
        days_ago=9,
        purpose="introduction",
        what_happened="She cried.",
        kinds_of_support=["play", "other"],
    )
    factories.visit(cast.family, cast.coordinator, days_ago=2, state="not_delivered")

    kept = keepsake(ending_now(ending))

    assert (kept.wish, kept.visits, kept.people, kept.together) == ("Company.", 1, ["Vera Volunteer"], ["Play"])
    assert kept.days[0][0] == "The day Vera Volunteer was introduced"
    assert "cried" not in str(kept)
