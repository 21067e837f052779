"""The answer to what an adult says back: nothing else closes it, and how long it waits is said."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from betterstart.transitions.machine import MoveRefused
from families.actions.editing import StaleEdit
from families.actions.reply import ReplyRefused, answer_reply, mark_seen, say_back, translate_reply
from families.models import FamilyReply, ReplyState, Visit
from families.models.reply import REPLY_MACHINE
from families.reports.replies import own_replies, to_answer, wait_in_words, working_days
from tests import factories

R = ReplyState


@pytest.fixture
def note(cast):
    return factories.visit(cast.family, cast.volunteer, what_happened="They laughed a lot.")


@pytest.fixture
def sana(cast):
    return cast.family.members.get(role="parent")


def asked(user):
    return to_answer(user, london_today(), 20).total


def answer(by, row, **fields):
    return answer_reply(by=by, reply=row, **{"answer": "Thank you. We will.", "heard": "own_page"} | fields)


@pytest.mark.parametrize("source", ReplyState.values)
@pytest.mark.parametrize("to", ReplyState.values)
def test_every_move_of_a_reply(source, to):
    allowed = {("said", "seen"), ("said", "answered"), ("seen", "answered"), ("kept", "answered")}

    assert (REPLY_MACHINE.find(source, to) is not None) == ((source, to) in allowed)


def test_opening_it_says_so_once_and_an_answer_takes_it_from_today(cast, sana):
    row = factories.reply(cast.family)
    for _time in range(2):
        mark_seen(by=cast.coordinator, reply=row)
    assert (row.state, row.seen_by) == (R.SEEN, cast.coordinator)
    assert asked(cast.coordinator) == 1

    answer(cast.coordinator, row, did="We rang.")

    assert asked(cast.coordinator) == 0
    read = own_replies(sana)[0]
    assert (read.answer, read.did, read.answered_by) == ("Thank you. We will.", "We rang.", cast.coordinator)
    assert list(AuditEvent.objects.filter(verb__startswith="reply.").order_by("pk").values_list("verb", flat=True)) == [
        "reply.seen",
        "reply.answered",
    ]


@pytest.mark.parametrize(
    ("kind", "fields", "named"),
    [
        ("something_else", {"answer": " \n"}, "answer"),
        ("something_else", {"heard": "by pigeon"}, "heard"),
        ("not_quite", {}, "outcome"),
        ("correction", {"outcome": "forgotten"}, "outcome"),
        ("not_quite", {"outcome": "changed"}, "outcome"),
    ],
)
def test_answer_that_says_nothing_or_is_not_so_is_refused(cast, note, kind, fields, named):
    row = factories.reply(cast.family, kind, visit=note if kind == "not_quite" else None)

    with pytest.raises(ReplyRefused) as refusal:
        answer(cast.coordinator, row, **fields)

    assert set(refusal.value.error_dict) == {named}
    row.refresh_from_db()
    assert row.state == R.SAID


def test_changed_holds_once_the_note_was_changed_since_they_read_it(cast, note):
    row = factories.reply(cast.family, "not_quite", visit=note)
    Visit.objects.filter(pk=note.pk).update(what_happened="They cried for joy.", version=2)

    assert answer(cast.coordinator, row, outcome="changed").outcome == "changed"


def test_second_answer_and_one_from_elsewhere_are_refused(cast):
    row = factories.reply(cast.family)
    with pytest.raises(ReplyRefused, match="do not coordinate"):
        answer(cast.other_coordinator, row)
    answer(cast.coordinator, row)

    with pytest.raises(MoveRefused, match="meanwhile"):
        answer(cast.coordinator, row, answer="Something else.")
    assert FamilyReply.objects.get().answer == "Thank you. We will."


def test_who_left_the_family_is_told_by_a_person(cast, sana):
    row = factories.reply(cast.family)
    type(sana).objects.filter(pk=sana.pk).update(left_on=london_today())
    row = FamilyReply.objects.get(pk=row.pk)

    with pytest.raises(MoveRefused, match="no page of their own"):
        answer(cast.coordinator, row)
    assert answer(cast.coordinator, FamilyReply.objects.get(pk=row.pk), heard="spoken").is_answered


@pytest.mark.parametrize("change", [{"words": "Nothing."}, {"kind": "call"}, {"answer": "No."}, {"state": "said"}])
def test_database_lets_nobody_change_what_was_said_or_answered(cast, change):
    row = factories.reply(cast.family, state="answered", answered_by=cast.coordinator)

    with pytest.raises(DatabaseError), transaction.atomic():
        FamilyReply.objects.filter(pk=row.pk).update(**change)


def test_database_closes_nothing_without_an_answer(cast):
    row = factories.reply(cast.family)

    with pytest.raises(DatabaseError, match="reply_closes_with_an_answer"), transaction.atomic():
        FamilyReply.objects.filter(pk=row.pk).update(state="answered")


def test_translation_stands_beside_the_words_with_who_made_it(cast):
    row = factories.reply(cast.family, words="Proszę zadzwonić.", language="pl")
    with pytest.raises(ReplyRefused):
        translate_reply(by=cast.coordinator, reply=row, version=1, translation="Please ring.", translated_by="")

    translate_reply(by=cast.coordinator, reply=row, version=1, translation="Please ring.", translated_by="Danuta")

    row.refresh_from_db()
    assert (row.words, row.translation, row.translated_by) == ("Proszę zadzwonić.", "Please ring.", "Danuta")
    with pytest.raises(StaleEdit):
        translate_reply(by=cast.coordinator, reply=row, version=1, translation="Ring.", translated_by="Dana")


def test_answer_may_be_followed_by_another_reply(cast, sana):
    first = factories.reply(cast.family, state="answered", answered_by=cast.coordinator)

    again = say_back(by=None, adult=sana, kind="something_else", words="Thank you!", follows=first.uuid)

    assert list(first.followed_by.all()) == [again]
    with pytest.raises(ReplyRefused):
        say_back(by=None, adult=factories.member(cast.family, "Tariq", "parent"), kind="call", follows=first.uuid)


# --- how long it waits ------------------------------------------------------------------------------------------

FRIDAY, MONDAY = dt.date(2026, 11, 20), dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        (MONDAY, MONDAY, 0),
        (MONDAY, MONDAY + dt.timedelta(days=2), 2),
        (FRIDAY, MONDAY, 1),
        (FRIDAY, FRIDAY + dt.timedelta(days=2), 0),
        (FRIDAY, FRIDAY + dt.timedelta(days=7), 5),
        (MONDAY, MONDAY + dt.timedelta(days=31), 23),
        (MONDAY, FRIDAY, 0),
    ],
)
def test_working_days_leave_out_saturdays_and_sundays(since, until, days):
    assert working_days(since, until) == days


@pytest.mark.parametrize(
    ("days", "words"),
    [(1, "said on"), (2, "has waited 2 working days for an answer"), (7, "they may think that nobody reads it")],
)
def test_today_says_how_long_somebody_has_waited(days, words):
    said_at = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)

    assert words in wait_in_words(said_at, MONDAY + dt.timedelta(days=days))
