"""What an adult says back: kept as it was said, answered by who answers for it, and closed by nothing else."""

from __future__ import annotations

import datetime as dt
import uuid as uuids

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from families.actions.merge import merge_families
from families.actions.reply import MOST_AN_HOUR, ReplyRefused, say_back
from families.actions.transfer import accept_transfer
from families.models import FamilyReply, ReplyKind, ReplyState, Visit
from families.reports.replies import own_replies, to_answer
from tests import factories

R = ReplyState


@pytest.fixture
def note(cast):
    return factories.visit(cast.family, cast.volunteer, what_happened="They laughed a lot.")


@pytest.fixture
def sana(cast):
    return cast.family.members.get(role="parent")


def today_of(user):
    return [need.reason for need in to_answer(user, london_today(), 20).needs]


def asked(user):
    return to_answer(user, london_today(), 20).total


# --- saying -----------------------------------------------------------------------------------------------------


def test_words_are_kept_as_said_beside_the_note_and_wait_on_today(cast, note, sana):
    row = say_back(by=None, adult=sana, kind="not_quite", words="نہیں، ایسا نہیں تھا 🙂", language="ur", visit=note)

    row.refresh_from_db()
    assert (row.words, row.language, row.visit, row.support) == ("نہیں، ایسا نہیں تھا 🙂", "ur", note, note.support)
    assert (row.state, row.how, row.written_by) == (R.SAID, "own_page", None)
    assert today_of(cast.coordinator) == ["Amina wrote beside a note: not quite"]
    event = AuditEvent.objects.get(verb="reply.said")
    assert (event.actor_id, event.details) == (None, {"kind": "not_quite", "adult": str(sana.uuid)})


@pytest.mark.parametrize(
    ("words", "state", "on_today"), [("", R.KEPT, 0), ("Yes, and Zayn slept.", R.SAID, 1)], ids=["a tap", "with words"]
)
def test_this_is_right_asks_for_an_answer_only_with_words(cast, note, sana, words, state, on_today):
    row = say_back(by=None, adult=sana, kind="right", words=words, visit=note)

    assert row.state == state
    assert asked(cast.coordinator) == on_today


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"kind": "complaint"}, "kind"),
        ({"kind": "right"}, "kind"),
        ({"kind": "not_quite", "note": True}, "words"),
        ({"kind": "something_else", "words": " \n "}, "words"),
        ({"kind": "correction", "words": "My name is Sana."}, "about"),
        ({"kind": "correction", "words": "My name is Sana.", "about": "everything"}, "about"),
        ({"kind": "other_volunteer", "note": True}, "kind"),
    ],
)
def test_what_cannot_be_said_so_is_refused_and_leaves_no_trace(cast, note, sana, fields, named):
    visit = note if fields.pop("note", False) else None

    with pytest.raises(ReplyRefused) as refusal:
        say_back(by=None, adult=sana, visit=visit, **fields)

    assert named in refusal.value.error_dict
    assert not FamilyReply.objects.exists()


@pytest.mark.parametrize("state", ["planned", "moved", "withdrawn"])
def test_note_that_does_not_stand_takes_no_reply(cast, note, sana, state):
    Visit.objects.filter(pk=note.pk).update(
        state=state, **({} if state == "withdrawn" else {"actual_start": None, "duration_minutes": None})
    )
    note.refresh_from_db()

    with pytest.raises(ReplyRefused, match="not there any more"):
        say_back(by=None, adult=sana, kind="not_quite", words="No.", visit=note)


def test_note_about_another_family_takes_no_reply(cast, sana):
    other = factories.visit(cast.other_family, cast.volunteer)

    with pytest.raises(ReplyRefused, match="not there any more"):
        say_back(by=None, adult=sana, kind="not_quite", words="No.", visit=other)


@pytest.mark.parametrize("change", [{"role": "child"}, {"left_on": "2026-01-01"}], ids=["a child", "who left"])
def test_only_an_adult_of_the_family_says_something_on_their_page(cast, note, sana, change):
    type(sana).objects.filter(pk=sana.pk).update(**change)
    sana.refresh_from_db()

    with pytest.raises(ReplyRefused, match="Only an adult"):
        say_back(by=None, adult=sana, kind="not_quite", words="No.", visit=note)


def test_sent_twice_is_one_row_and_the_form_of_another_adult_is_refused(cast, note, sana):
    fields = {"kind": "not_quite", "words": "No.", "visit": note, "uuid": uuids.uuid4()}
    first = say_back(by=None, adult=sana, **fields)

    assert say_back(by=None, adult=sana, **fields | {"words": "Nothing else."}) == first
    with pytest.raises(ReplyRefused, match="used before"):
        say_back(by=None, adult=factories.member(cast.family, "Tariq", "parent"), **fields)
    assert FamilyReply.objects.get().words == "No."


def test_wish_for_another_volunteer_needs_no_reason_and_is_asked_once(cast, sana):
    first = say_back(by=None, adult=sana, kind="other_volunteer")

    assert say_back(by=None, adult=sana, kind="other_volunteer", words="Again") == first
    assert today_of(cast.coordinator) == ["Amina would like a different volunteer"]


def test_more_than_thirty_in_an_hour_are_refused_for_this_adult_alone(cast, sana):
    fields = {"kind": "something_else", "words": "Hello?"}
    for _time in range(MOST_AN_HOUR):
        say_back(by=None, adult=sana, **fields)

    with pytest.raises(ReplyRefused, match="a lot for one hour"):
        say_back(by=None, adult=sana, **fields)
    say_back(by=None, adult=factories.member(cast.family, "Tariq", "parent"), **fields)
    say_back(by=cast.coordinator, adult=sana, **fields)


def test_told_to_a_coordinator_names_who_wrote_it_down(cast, note, sana):
    row = say_back(by=cast.coordinator, adult=sana, kind="not_quite", words="No.", visit=note)

    assert (row.how, row.written_by) == ("told", cast.coordinator)
    with pytest.raises(ReplyRefused, match="do not coordinate"):
        say_back(by=cast.other_coordinator, adult=sana, kind="not_quite", words="No.", visit=note)


# --- who answers ------------------------------------------------------------------------------------------------


def transferred(cast, to_service, by):
    """The family goes on in another service."""
    factories.transfer(cast.family.supports.get(), to_service, cast.coordinator)
    transfer = cast.family.transfers.get()
    new = accept_transfer(by=by, transfer=transfer)
    return new


def test_after_a_move_within_the_organisation_the_new_service_answers_what_waited_and_what_comes(cast, note, sana):
    waited = say_back(by=None, adult=sana, kind="not_quite", words="No.", visit=note)
    gita = factories.user("Gita Group", "coordinator", cast.stay_and_play)
    new = transferred(cast, cast.stay_and_play, gita)

    later = say_back(by=None, adult=sana, kind="not_quite", words="Still no.", visit=note)

    waited.refresh_from_db()
    assert {waited.support, later.support} == {new}
    assert (asked(gita), asked(cast.coordinator)) == (2, 0)


def test_after_a_move_to_another_organisation_a_note_is_answered_where_it_is_kept_and_the_rest_where_they_are(
    cast, note, sana
):
    waited = say_back(by=None, adult=sana, kind="something_else", words="Please ring.")
    old = note.support
    new = transferred(cast, cast.far, cast.other_coordinator)

    beside = say_back(by=None, adult=sana, kind="not_quite", words="No.", visit=note)
    now = say_back(by=None, adult=sana, kind="something_else", words="Are you there?", support=old)

    waited.refresh_from_db()
    assert (waited.support, beside.support, now.support) == (old, old, new)
    assert (asked(cast.coordinator), asked(cast.other_coordinator)) == (2, 1)


@pytest.mark.parametrize(("days", "is_taken"), [(365, True), (366, False)])
def test_support_that_ended_takes_replies_for_a_year(cast, note, sana, days, is_taken):
    ended = london_today() - dt.timedelta(days=days)
    cast.family.supports.update(state="ended_planned", started_on=None, accepted_on=ended, ended_on=ended)

    if is_taken:
        assert say_back(by=None, adult=sana, kind="not_quite", words="No.", visit=note).pk
    else:
        with pytest.raises(ReplyRefused, match="Bowling Families"):
            say_back(by=None, adult=sana, kind="not_quite", words="No.", visit=note)


def test_with_two_services_they_say_whom_they_mean(cast, sana):
    group = factories.support(cast.family, cast.stay_and_play)

    with pytest.raises(ReplyRefused) as refusal:
        say_back(by=None, adult=sana, kind="call")
    assert "support" in refusal.value.error_dict
    assert say_back(by=None, adult=sana, kind="call", support=group).support == group
    with pytest.raises(ReplyRefused, match="who it is for"):
        say_back(by=None, adult=sana, kind="call", support=cast.other_family.supports.get())


def test_reply_goes_along_when_two_records_are_joined(cast):
    berta = cast.other_family.members.get()
    row = factories.reply(cast.other_family)
    cast.other_family.supports.update(state="ended_planned", ended_on=london_today())

    merge_families(by=cast.coordinator, kept=cast.family, merged=cast.other_family, name="Amina", reason="The same.")

    row.refresh_from_db()
    berta.refresh_from_db()
    assert (row.family, row.member, berta.family) == (cast.family, berta, cast.family)
    assert asked(cast.coordinator) == 1


def test_family_in_silence_is_heard(cast, sana):
    type(cast.family).objects.filter(pk=cast.family.pk).update(silent_since=timezone.now())

    say_back(by=None, adult=sana, kind="call")

    assert asked(cast.coordinator) == 1


# --- who reads it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "fields", "reads"),
    [
        ("not_quite", {}, True),
        ("not_quite", {"coordinator_only": True}, False),
        ("correction", {"about": "note"}, False),
        ("other_volunteer", {"visit": None}, False),
    ],
)
def test_volunteer_reads_what_is_said_of_their_own_note_unless_it_is_for_the_coordinator(
    cast, note, kind, fields, reads
):
    factories.reply(cast.family, kind, **{"visit": note} | fields)

    for person, expected in ((cast.volunteer, reads), (cast.other_volunteer, False), (cast.coordinator, True)):
        with acting_as(Scope.SCOPED, person.pk):
            assert FamilyReply.objects.exists() == expected
        assert FamilyReply.objects.visible_to(person).exists() == expected


def on_own_page(adult):
    return acting_as(Scope.FAMILY, None, adult_id=adult.pk)


def test_adult_reads_and_adds_their_own_on_their_page_and_nobody_elses(cast, note, sana):
    tariq = factories.member(cast.family, "Tariq", "parent")
    support = cast.family.supports.get()
    mine, his = (say_back(by=None, adult=adult, kind="not_quite", words="No.", visit=note) for adult in (sana, tariq))

    with on_own_page(sana):
        added = say_back(by=None, adult=sana, kind="call")
        assert {row.pk for row in FamilyReply.objects.all()} == {mine.pk, added.pk}
        assert his not in own_replies(sana)
        for change in ({"adult": tariq}, {"translation": "Yes"}, {"family": cast.other_family}):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                factories.reply(**{"family": cast.family, "adult": sana, "support": support} | change)
        with pytest.raises(DatabaseError), transaction.atomic():
            FamilyReply.objects.filter(pk=mine.pk).update(words="Yes.")


def test_adult_who_left_reads_nothing_any_more(cast, sana):
    factories.reply(cast.family)
    type(sana).objects.filter(pk=sana.pk).update(left_on=london_today())

    with on_own_page(sana):
        assert not FamilyReply.objects.exists()


def test_kinds_are_each_asked_in_words_on_today(cast, note):
    for kind in ReplyKind.values:
        factories.reply(cast.family, kind, visit=note if kind in ("right", "not_quite") else None)

    assert len(set(today_of(cast.coordinator))) == len(ReplyKind.values)
