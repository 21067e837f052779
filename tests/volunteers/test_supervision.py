"""Supervision: who may hold it, what is kept, and that it counts as confirmed only once both have said so."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from betterstart.transitions.machine import MoveRefused
from betterstart.transitions.models import Transition
from tests import factories
from tests.supervising import a_talk, forget_talks
from tests.volunteers.telling import sentences
from volunteers.actions.supervision import (
    Agreed,
    NamesFamilies,
    StaleSupervision,
    SupervisionRefused,
    Told,
    cancel_supervision,
    confirm_supervision,
    edit_supervision,
    hold_supervision,
    mark_agreed_done,
    plan_supervision,
)
from volunteers.models import Match, Supervision, SupervisionAction, SupervisionNote, SupervisionPart
from volunteers.models.supervision import SUPERVISION_MACHINE, SupervisionState

HOUR = dt.timedelta(hours=1)
STATES = [state.value for state in SupervisionState]
MOVES = {("planned", "held"), ("planned", "cancelled"), ("held", "confirmed")}


@pytest.fixture(autouse=True)
def nobody_has_talked_yet(cast):
    forget_talks()


def told(**fields):
    return Told(**{"held_at": timezone.now() - HOUR, "minutes": 45} | fields)


def hold(by, *people, kind="one_to_one", **fields):
    names_meant = fields.pop("names_meant", False)
    with acting_as(Scope.SCOPED, by.pk):
        return hold_supervision(by=by, told=told(**fields), kind=kind, people=people, names_meant=names_meant)


def confirm(by, row, words=""):
    with acting_as(Scope.SCOPED, by.pk):
        return confirm_supervision(by=by, supervision=row, version=row.version, words=words)


@pytest.mark.parametrize("source", STATES)
@pytest.mark.parametrize("target", STATES)
def test_a_talk_moves_only_as_its_table_says(cast, source, target):
    row = a_talk(cast.coordinator, cast.volunteer_row, state=source)
    when = {"held_at": timezone.now() - HOUR, "minutes": 30} if target == "held" else {}

    if (source, target) in MOVES:
        assert SUPERVISION_MACHINE.move(row, to=target, by=cast.coordinator, **when).to_state == target
    else:
        with pytest.raises(MoveRefused):
            SUPERVISION_MACHINE.move(row, to=target, by=cast.coordinator, **when)


def test_a_talk_is_confirmed_once_the_volunteer_has_read_it_and_added_their_words(cast):
    words = {"worries": "The bus.", "strengths": "She waits until they speak."}
    agreed = [Agreed("Look for an earlier bus"), Agreed("Ring on Friday", doer="supervisor")]
    row = hold(cast.coordinator, cast.volunteer, words=words, matches={cast.match.pk: "Slowly."}, agreed=agreed)
    assert row.state == "held"

    row = confirm(cast.volunteer, row, words="It was good to talk.")

    assert row.state == "confirmed"
    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        assert dict(SupervisionNote.objects.values_list("topic", "words")) == words | {
            "match": "Slowly.",
            "own": "It was good to talk.",
        }
        assert SupervisionAction.objects.count() == 2
    assert {*AuditEvent.objects.filter(verb__startswith="supervision").values_list("verb", flat=True)} == {
        "supervision.held",
        "supervision.confirmed",
    }
    assert [*Transition.objects.filter(machine="supervision").values_list("to_state", flat=True)] == [
        "held",
        "confirmed",
    ]


def test_a_group_is_confirmed_when_the_last_who_came_has_confirmed(cast):
    absent = factories.user("Ida Ill", "volunteer", cast.home)
    factories.volunteer(absent, cast.here)
    row = hold(cast.coordinator, cast.volunteer, cast.other_volunteer, absent, kind="group", absent=[absent])

    assert confirm(cast.volunteer, row, "Mine.").state == "held"
    with pytest.raises(SupervisionRefused):
        confirm(absent, row)
    with acting_as(Scope.SCOPED, cast.other_volunteer.pk):
        assert not SupervisionNote.objects.exists(), "what one adds in a group is not for the others"
    assert confirm(cast.other_volunteer, row).state == "confirmed"


def test_no_family_is_written_about_in_a_group_and_a_name_is_asked_about_once(cast):
    people = (cast.volunteer, cast.other_volunteer)
    words = {"worries": "It is hard with AMINA’s mother."}

    with pytest.raises(NamesFamilies) as asked:
        hold(cast.coordinator, *people, kind="group", words=words)
    assert asked.value.names == ["Amina"]

    about = {"matches": {cast.match.pk: "Slowly."}}
    row = hold(cast.coordinator, *people, kind="group", words=words, names_meant=True, **about)
    assert [*row.notes.values_list("topic", flat=True)] == ["worries"]


@pytest.mark.parametrize(
    "who", ["other_coordinator", "manager", "lead", "administrator", "other_volunteer", "volunteer"]
)
def test_only_who_keeps_a_volunteer_holds_supervision_with_them(cast, who):
    with pytest.raises(SupervisionRefused):
        hold(getattr(cast, who), cast.volunteer)
    assert not Supervision.objects.exists()


def test_a_manager_holds_it_with_coordinators_and_their_words_are_between_the_two(cast):
    colleague = factories.user("Cora Colleague", "coordinator", cast.home)
    row = hold(cast.manager, cast.coordinator, words={"how_are_you": "Tired."})

    for other in (colleague, cast.lead, cast.administrator):
        with acting_as(Scope.SCOPED, other.pk):
            assert not Supervision.objects.exists()
    assert confirm(cast.coordinator, row).state == "confirmed"


def test_managers_see_when_people_talked_and_no_word_of_it(cast):
    hold(cast.coordinator, cast.volunteer, words={"how_are_you": "Tired."}, agreed=[Agreed("Rest")])

    with acting_as(Scope.SCOPED, cast.manager.pk):
        assert Supervision.objects.get().minutes == 45
        assert not SupervisionNote.objects.exists()
        assert not SupervisionAction.objects.exists()


def test_words_about_a_family_are_gone_for_the_volunteer_once_the_match_is_over(cast):
    hold(cast.coordinator, cast.volunteer, words={"strengths": "Calm."}, matches={cast.match.pk: "Slowly."})
    cast.match.assignment.ends_on = london_today()
    cast.match.assignment.save()

    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        assert [*SupervisionNote.objects.values_list("topic", flat=True)] == ["strengths"]


@pytest.mark.parametrize(
    ("kind", "people", "fields", "sentence"),
    [
        ("one_to_one", ["volunteer", "other_volunteer"], {}, "Choose one person"),
        ("group", ["volunteer"], {}, "at least two people"),
        ("chat", ["volunteer"], {}, "what kind of talk"),
        ("phone", ["volunteer"], {"held_at": timezone.now() + HOUR}, "has not begun yet"),
    ],
)
def test_a_talk_that_cannot_be_is_refused_in_words(cast, kind, people, fields, sentence):
    with pytest.raises(SupervisionRefused) as refusal:
        hold(cast.coordinator, *[getattr(cast, name) for name in people], kind=kind, **fields)
    assert sentence in str(sentences(refusal.value))


def test_a_group_to_which_nobody_came_is_called_off_instead(cast):
    people = (cast.volunteer, cast.other_volunteer)
    with pytest.raises(SupervisionRefused, match="Somebody was there"):
        hold(cast.coordinator, *people, kind="group", absent=people)


def test_it_can_be_changed_until_somebody_confirms_and_what_was_changed_is_read_again(cast):
    row = hold(cast.coordinator, cast.volunteer, words={"worries": "The bus.", "learning": "Play."})
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        edit_supervision(
            by=cast.coordinator, supervision=row, version=1, told=told(words={"worries": "The bus, late."})
        )

    with pytest.raises(StaleSupervision):
        confirm(cast.volunteer, row)
    row.refresh_from_db()
    assert [*row.notes.values_list("words", flat=True)] == ["The bus, late."]
    confirm(cast.volunteer, row)
    with acting_as(Scope.SCOPED, cast.coordinator.pk), pytest.raises(SupervisionRefused, match="stays as it is"):
        edit_supervision(by=cast.coordinator, supervision=row, version=2, told=told())


def test_a_plan_is_written_down_once_it_was_held_or_called_off(cast):
    ahead = timezone.now() + HOUR
    by = cast.coordinator
    with acting_as(Scope.SCOPED, by.pk):
        plans = [plan_supervision(by=by, kind="phone", people=[cast.volunteer], planned_at=ahead) for _n in range(2)]
        held = hold_supervision(by=by, told=told(), planned=plans[0])
        gone = cancel_supervision(by=by, supervision=plans[1], note="The snow.")
        with pytest.raises(MoveRefused):
            hold_supervision(by=by, told=told(), planned=plans[1])
        with pytest.raises(SupervisionRefused, match="is over"):
            plan_supervision(by=by, kind="phone", people=[cast.volunteer], planned_at=timezone.now())
    assert (held.state, gone.state) == ("held", "cancelled")


def test_the_same_form_sent_twice_is_kept_once(cast):
    same = {"told": told(), "kind": "phone", "people": [cast.volunteer], "uuid": uuid.uuid4()}
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        first, second = (hold_supervision(by=cast.coordinator, **same) for _n in range(2))
    assert first == second
    assert SupervisionPart.objects.count() == 1


@pytest.mark.parametrize(("who", "may"), [("volunteer", True), ("coordinator", True), ("other_volunteer", False)])
def test_either_of_the_two_says_that_what_was_agreed_is_done(cast, who, may):
    action = hold(cast.coordinator, cast.volunteer, agreed=[Agreed("Ask")]).agreed.get()
    by = getattr(cast, who)
    with acting_as(Scope.SCOPED, by.pk):
        if may:
            assert mark_agreed_done(by=by, action=action).done_by == by
        else:
            with pytest.raises(SupervisionRefused):
                mark_agreed_done(by=by, action=action)


def over(cast, days_ago):
    ended_on = london_today() - dt.timedelta(days=days_ago)
    Match.objects.filter(pk=cast.match.pk).update(
        state="ended", started_on=ended_on, ended_on=ended_on, end_reason="goals_met"
    )


def test_words_about_a_match_that_ended_meanwhile_stay_when_the_talk_is_changed(cast, as_user):
    row = hold(cast.coordinator, cast.volunteer, matches={cast.match.pk: "Slowly."})
    over(cast, 40)

    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        edit_supervision(by=cast.coordinator, supervision=row, version=1, told=told())
    assert row.notes.get().words == "Slowly."

    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        changed = told(matches={cast.match.pk: "Slowly, and well."})
        edit_supervision(by=cast.coordinator, supervision=row, version=2, told=changed)
    assert row.notes.get().words == "Slowly, and well."
    page = as_user(cast.coordinator).get(reverse("volunteers:supervision-edit", args=[row.pk]))
    assert f'name="match_{cast.match.pk}"' in page.content.decode()


@pytest.mark.parametrize(("days_ago", "asks"), [(0, True), (28, True), (29, False)])
def test_a_de_brief_asks_about_a_match_that_ended_in_the_last_four_weeks(cast, as_user, days_ago, asks):
    over(cast, days_ago)

    page = as_user(cast.coordinator).get(reverse("volunteers:supervision-write", args=[cast.volunteer_row.pk]))

    assert (f'name="match_{cast.match.pk}"' in page.content.decode()) is asks
