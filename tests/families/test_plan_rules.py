"""Needs, goals and what is agreed to do: which moves there are, whose they are, and who else reads them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from betterstart.access.acting import Scope, acting_as
from betterstart.clock import london_today
from betterstart.transitions.machine import MoveRefused
from betterstart.transitions.models import Transition
from families.actions.editing import StaleEdit
from families.actions.family import NotYourService
from families.actions.goal import MOST_OPEN, move_goal, reword_goal, set_goal, share_entry
from families.actions.need import (
    NeedItemRefused,
    move_need_item,
    need_set,
    pick_needs,
    retire_need_item,
    save_need_item,
)
from families.actions.own_words import PlanRefused, choose
from families.actions.plan_action import agree_action, drop_action, finish_action, reopen_action
from families.actions.score import Reply, rate_goal
from families.models import Goal, GoalRating, Need, NeedItem, OwnWords, PlanAction, PlanChoice, Score
from families.models.need import USUAL_NEEDS
from tests import factories

STATES = ["working_on", "reached", "changed", "let_go"]
LEADS_TO = {
    "working_on": {"reached", "let_go", "changed"},
    "reached": {"working_on", "changed"},
    "let_go": {"working_on", "changed"},
    "changed": set(),
}


@pytest.mark.parametrize("state", STATES)
def test_every_pair_of_goal_states_is_a_move_or_is_refused(cast, state):
    for to in STATES:
        goal = factories.goal(cast.family, state=state)
        try:
            if to == "changed":
                reword_goal(by=cast.coordinator, goal=goal, version=1, words="Two hours.", language="en")
            else:
                move_goal(by=cast.coordinator, goal=goal, version=1, to=to)
        except MoveRefused:
            assert to not in LEADS_TO[state]
            assert Goal.objects.get(pk=goal.pk).state == state
        else:
            assert to in LEADS_TO[state]
            assert Goal.objects.get(pk=goal.pk).state == to
            assert Transition.objects.of("goal", goal.pk).get().from_state == state


def test_goal_is_kept_in_their_words_with_why_and_what_would_make_it_easier(cast):
    adult, support = cast.family.members.get(), cast.family.supports.get()
    goal = set_goal(
        by=cast.coordinator,
        support=support,
        adult=adult,
        words="ایک گھنٹہ اپنے لیے",
        language="ur",
        why="میں تھک جاتی ہوں",
        rating=Reply("number", 2),
    )

    assert (goal.said.words, goal.said.language, goal.why.kind, goal.easier) == (
        "ایک گھنٹہ اپنے لیے",
        "ur",
        "why",
        None,
    )
    assert (goal.ratings.get().value, goal.ratings.get().stage) == (2, "start")


@pytest.mark.parametrize(("given", "value", "kept"), [("number", 10, 1), ("rather_not", None, 1), ("number", 11, 0)])
def test_goal_is_rated_from_0_to_10(cast, given, value, kept):
    goal = factories.goal(cast.family)
    of = {"by": cast.coordinator, "goal": goal, "adult": goal.member, "stage": "review"}
    if kept:
        rate_goal(reply=Reply(given, value), **of)
    else:
        with pytest.raises(PlanRefused):
            rate_goal(reply=Reply(given, value), **of)
        row = factories.voice(cast.family)
        with pytest.raises(IntegrityError), transaction.atomic():
            GoalRating.objects.create(goal=goal, given=given, value=value, stage="start", **row)

    assert GoalRating.objects.count() == kept


def test_goal_in_other_words_takes_along_what_was_agreed_and_keeps_what_was_said_first(cast):
    goal = factories.goal(cast.family, "Sleep.")
    factories.score(factories.need(cast.family))
    action = PlanAction.objects.create(goal=goal, doer="family", what="Ring.", **factories.voice(cast.family))

    new = reword_goal(by=cast.coordinator, goal=goal, version=1, words="A whole night.", language="en")

    action.refresh_from_db()
    assert (action.goal, new.follows, new.said.words) == (new, goal, "A whole night.")
    assert list(Goal.objects.standing()) == [new]
    with pytest.raises(StaleEdit):
        move_goal(by=cast.coordinator, goal=goal, version=1, to="reached")


def test_about_three_goals_go_well_and_a_seventh_is_refused(cast):
    adult, support = cast.family.members.get(), cast.family.supports.get()
    for number in range(MOST_OPEN):
        factories.goal(cast.family, f"Goal {number}")

    with pytest.raises(PlanRefused, match="About three at a time"):
        set_goal(by=cast.coordinator, support=support, adult=adult, words="One more.", language="en")


def test_needs_are_picked_said_in_own_words_and_put_down_again(cast):
    adult, support = cast.family.members.get(), cast.family.supports.get()
    items = need_set(cast.here)
    of = {"by": cast.coordinator, "support": support, "adult": adult, "language": "pl"}

    pick_needs(items=items[:2], said=["Przedszkole", " "], **of)
    pick_needs(items=items[1:3], **of)

    assert [str(need) for need in Need.objects.standing()] == [str(items[1]), "Przedszkole", str(items[2])]
    assert Need.objects.filter(closed_on=london_today()).get().item == items[0]
    far = need_set(cast.elsewhere)
    with pytest.raises(PlanRefused):
        pick_needs(items=far[:1], **of)
    retire_need_item(by=cast.administrator, item=items[5])
    with pytest.raises(PlanRefused):
        pick_needs(items=[NeedItem.objects.get(pk=items[5].pk)], **of)


def test_organisation_words_orders_retires_and_adds_its_needs(cast):
    items = need_set(cast.here)
    assert [item.key for item in items] == list(USUAL_NEEDS)
    assert need_set(cast.here) == items
    of = {"by": cast.administrator, "organisation": cast.here}

    save_need_item(item=items[0], version=1, heading="parenting", name="When they shout", **of)
    new = save_need_item(heading="home", name="Our street", hint="Noise, neighbours", **of)
    move_need_item(by=cast.administrator, item=new, up=True)
    move_need_item(by=cast.administrator, item=items[0], up=True)
    retire_need_item(by=cast.administrator, item=items[1])

    words = [str(item) for item in NeedItem.objects.filter(organisation=cast.here).in_use()]
    assert (words[0], words[-2], len(words)) == ("When they shout", "Our street", 13)
    for wrong in ({"heading": "money"}, {"name": " "}):
        with pytest.raises(NeedItemRefused):
            save_need_item(**({"heading": "home", "name": "A"} | wrong), **of)
    for stranger in (cast.coordinator, cast.manager, cast.other_coordinator):
        with pytest.raises(PermissionDenied):
            save_need_item(by=stranger, organisation=cast.here, heading="home", name="A")


@pytest.mark.parametrize(
    ("doer", "coordinator", "volunteer", "other"), [("volunteer", True, True, False), ("family", True, False, False)]
)
def test_volunteers_tick_off_what_is_theirs_to_do(cast, doer, coordinator, volunteer, other):
    for who, may in (("coordinator", coordinator), ("volunteer", volunteer), ("other_volunteer", other)):
        row = PlanAction.objects.create(doer=doer, what="Ring.", **factories.voice(cast.family))
        if may:
            finish_action(by=getattr(cast, who), row=row, version=1)
            reopen_action(by=getattr(cast, who), row=row, version=2)
            drop_action(by=getattr(cast, who), row=row, version=3)
            assert (row.done_on, row.dropped_on) == (None, london_today())
        else:
            with pytest.raises(NotYourService):
                finish_action(by=getattr(cast, who), row=row, version=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"doer": "cat"}, {"what": " "}, {"due_on": london_today() - dt.timedelta(days=1)},
        {"due_on": london_today() + dt.timedelta(days=400)},
    ],
)  # fmt: skip
def test_action_that_makes_no_sense_is_refused(cast, wrong):
    of = {"by": cast.coordinator, "support": cast.family.supports.get(), "adult": cast.family.members.get()}
    with pytest.raises(PlanRefused):
        agree_action(**({"doer": "family", "what": "Ring the nursery."} | wrong), **of)
    assert agree_action(doer="family", what="Ring the nursery.", due_on=london_today(), **of).is_open


def seen_by(adult):
    with acting_as(Scope.FAMILY, None, adult_id=adult.pk):
        models = (Need, Score, Goal, GoalRating, OwnWords, PlanAction, PlanChoice)
        return [set(model.objects.values_list("member_id", flat=True)) for model in models]


def test_adult_reads_their_own_and_what_is_ours_together_on_their_page_and_nothing_else(cast):
    amina = cast.family.members.get()
    yusuf = factories.member(cast.family, "Yusuf", "other_adult")
    factories.plan(cast.far_family)
    need, goal, action = factories.plan(cast.family)
    assert seen_by(amina) == [{amina.pk}] * 7
    assert seen_by(yusuf) == [set()] * 7

    for row in (need, goal, action):
        share_entry(by=cast.coordinator, row=row, is_ours=True)
    ours = {amina.pk}
    assert seen_by(yusuf) == [ours, set(), ours, set(), ours, ours, set()]
    of = {"by": cast.coordinator, "support": need.support, "adult": amina, "kind": "family_sees"}
    choose(answer="yes", **of)
    assert seen_by(yusuf) == [ours, ours, ours, ours, ours, ours, set()]
    choose(answer="no", **of)
    share_entry(by=cast.coordinator, row=goal, is_ours=False)
    assert seen_by(yusuf) == [ours, set(), set(), set(), set(), ours, set()]
    type(yusuf).objects.filter(pk=yusuf.pk).update(left_on=london_today())
    assert seen_by(yusuf) == [set()] * 7


def test_what_somebody_shared_is_theirs_again_once_they_have_left(cast):
    amina = cast.family.members.get()
    yusuf = factories.member(cast.family, "Yusuf", "other_adult")
    need, *rest = factories.plan(cast.family, member=yusuf)
    for row in (need, *rest):
        share_entry(by=cast.coordinator, row=row, is_ours=True)
    choose(by=cast.coordinator, support=need.support, adult=yusuf, kind="family_sees", answer="yes")
    assert seen_by(amina) == [{yusuf.pk}] * 6 + [set()]

    type(yusuf).objects.filter(pk=yusuf.pk).update(left_on=london_today())

    assert seen_by(amina) == [set()] * 7


def test_adult_adds_what_is_theirs_and_nothing_in_another_name(cast):
    amina, need = cast.family.members.get(), factories.need(cast.family)
    yusuf = factories.member(cast.family, "Yusuf", "other_adult")

    with acting_as(Scope.FAMILY, None, adult_id=amina.pk):
        factories.score(need, 1)
    with pytest.raises(DatabaseError), acting_as(Scope.FAMILY, None, adult_id=yusuf.pk):
        factories.score(need, 5)

    assert Score.objects.get().value == 1
