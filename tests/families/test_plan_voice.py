"""Only an adult of the family speaks in a plan: what they said is never changed, by anybody, in any way."""

from __future__ import annotations

import datetime as dt
from itertools import count
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from families.actions.family import NotYourService
from families.actions.own_words import PlanRefused, choose, say, take_back_words, translate_words
from families.actions.score import Reply, give_scores, rate_goal
from families.models import EndingStep, Goal, GoalRating, Need, OwnWords, PlanChoice, Relationship, Score, Support
from families.models.score import looks_of
from tests import factories

TODAY = london_today
URDU = "مجھے کسی سے بات کرنی ہے جو سمجھے۔"


@pytest.fixture
def plan(cast):
    """The family's active support, its parent, and one need she picked."""
    need = factories.need(cast.family)
    return SimpleNamespace(support=need.support, adult=need.member, need=need, family=cast.family, by=cast.coordinator)


def scored(plan, given="number", value=3, words="", **more):
    fields = {"by": plan.by, "support": plan.support, "adult": plan.adult, "stage": "start", "language": "en"} | more
    return give_scores(replies={plan.need: Reply(given, value, words)}, **fields)[0]


@pytest.mark.parametrize(
    ("given", "value", "kept"),
    [
        ("number", 0, True), ("number", 5, True), ("rather_not", None, True), ("not_asked", None, True),
        ("number", 6, False), ("number", -1, False), ("number", None, False), ("rather_not", 2, False),
        ("not_asked", 0, False), ("guessed", 3, False),
    ],
)  # fmt: skip
def test_score_is_from_0_to_5_or_says_why_there_is_none(plan, given, value, kept):
    if kept:
        row = scored(plan, given, value)
        assert (row.given, row.value, row.recorded_by) == (given, value, plan.by)
        assert AuditEvent.objects.get(verb="scores.given").details["adult"] == str(plan.adult.uuid)
    else:
        with pytest.raises(PlanRefused):
            scored(plan, given, value)
        with pytest.raises(DatabaseError), transaction.atomic():
            factories.score(plan.need, value, given=given)
    assert Score.objects.count() == kept


def other_adult(cast, plan, who):
    if who == "a child":
        return factories.member(cast.family, "Zayd")
    if who == "a helper":
        return factories.member(cast.family, "Nani", "helper")
    if who == "of another family":
        return cast.other_family.members.get()
    gone = factories.member(cast.family, "Yusuf", "other_adult", left_on=TODAY() - dt.timedelta(days=1))
    assert who == "left the household"
    return gone


@pytest.mark.parametrize("who", ["a child", "a helper", "of another family", "left the household"])
def test_only_an_adult_of_the_family_speaks_also_for_the_database(cast, plan, who):
    somebody = other_adult(cast, plan, who)

    with pytest.raises(PlanRefused):
        scored(plan, adult=somebody)
    with pytest.raises(PlanRefused):
        say(by=plan.by, support=plan.support, adult=somebody, kind="know", words="Hello.", language="en")
    for make in (
        lambda: factories.score(plan.need, member=somebody),
        lambda: factories.need(cast.family, "play", member=somebody),
        lambda: factories.said(cast.family, member=somebody),
    ):
        with pytest.raises(IntegrityError, match="only an adult of the family"), transaction.atomic():
            make()


def test_staff_who_do_not_coordinate_the_support_write_nothing_down(cast, plan):
    for stranger in (cast.volunteer, cast.other_coordinator, cast.manager, cast.administrator, cast.nobody):
        with pytest.raises(NotYourService):
            scored(plan, by=stranger)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"happened_on": TODAY() + dt.timedelta(days=1)}, "not come yet"),
        ({"happened_on": TODAY() - dt.timedelta(weeks=30)}, "cannot be earlier"),
    ],
)
def test_day_of_an_answer_lies_within_the_support(plan, fields, sentence):
    with pytest.raises(PlanRefused, match=sentence):
        scored(plan, **fields)


def test_support_that_ended_takes_no_more_answers(plan):
    plan.support.state = "ended_planned"
    with pytest.raises(PlanRefused, match="has ended"):
        scored(plan)


def test_adult_scores_what_is_theirs_or_ours_together_only(cast, plan):
    yusuf = factories.member(cast.family, "Yusuf", "other_adult")
    with pytest.raises(PlanRefused, match="not one of the needs"):
        scored(plan, adult=yusuf)

    Need.objects.filter(pk=plan.need.pk).update(is_ours=True)
    plan.need.refresh_from_db()

    assert scored(plan, adult=yusuf).member == yusuf


TRIES = {
    "value": lambda row: Score.objects.filter(pk=row.pk).update(value=5),
    "reason": lambda row: Score.objects.filter(pk=row.pk).update(given="rather_not", value=None),
    "save": lambda row: (setattr(row, "value", 4), row.save()),
    "day": lambda row: Score.objects.filter(pk=row.pk).update(happened_on=TODAY() - dt.timedelta(days=3)),
    "delete": lambda row: Score.objects.filter(pk=row.pk).delete(),
    "raw": lambda row: connection.cursor().execute("update families_score set value = 5"),
}


@pytest.mark.parametrize("scope", list(Scope)[:2])
@pytest.mark.parametrize("how", TRIES)
def test_nobody_changes_or_removes_what_an_adult_answered(plan, how, scope):
    row = scored(plan, value=1)

    with pytest.raises(DatabaseError), acting_as(scope, plan.by.pk):
        TRIES[how](row)

    assert Score.objects.get().value == 1


@pytest.mark.parametrize("field", ["words", "language", "kind", "happened_on", "recorded_by_id", "interpreter"])
def test_own_words_stay_as_they_were_said(plan, field):
    row = say(by=plan.by, support=plan.support, adult=plan.adult, kind="know", words=URDU, language="ur")
    value = {"happened_on": TODAY() - dt.timedelta(days=3), "recorded_by_id": None, "kind": "goal"}.get(field, "en")

    for scope in (Scope.SCOPED, Scope.ALL):
        with pytest.raises(IntegrityError, match="stays as they said it"), acting_as(scope, plan.by.pk):
            OwnWords.objects.filter(pk=row.pk).update(**{field: value})
    with pytest.raises(DatabaseError), acting_as(Scope.SCOPED, plan.by.pk):
        row.delete()

    assert OwnWords.objects.get().words == URDU


def test_translation_stands_beside_with_who_translated(cast, plan):
    row = say(by=plan.by, support=plan.support, adult=plan.adult, kind="know", words=URDU, language="ur")

    with acting_as(Scope.SCOPED, plan.by.pk):
        translate_words(by=plan.by, said=row, version=1, translation="I want to talk.", into="en", translator="S. Aziz")

    kept = OwnWords.objects.get()
    assert (kept.words, kept.language) == (URDU, "ur")
    assert (kept.translation, kept.translator, kept.translation_by) == ("I want to talk.", "S. Aziz", plan.by)
    for wrong in ({"translation": " "}, {"translator": ""}, {"into": "ur"}):
        fields = {"translation": "Again.", "into": "en", "translator": "S. Aziz"} | wrong
        with pytest.raises(PlanRefused):
            translate_words(by=plan.by, said=row, version=2, **fields)


def test_what_they_take_back_is_on_no_page_and_stays_unchanged(plan):
    row = say(by=plan.by, support=plan.support, adult=plan.adult, kind="know", words="A secret.", language="en")

    take_back_words(by=plan.by, said=row)

    assert not OwnWords.objects.standing().exists()
    assert OwnWords.objects.get().words == "A secret."


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Zayd", "too much for a child"), (" zAYD ", "too much for a child"), ("Zayd Khan", "too much for a child"),
        ("Yusuf", "their partner"), ("Imran", "their partner"), ("Nani", ""), ("Language Line", ""), ("", ""),
    ],
)  # fmt: skip
def test_child_or_partner_is_not_asked_to_interpret(cast, plan, name, sentence):
    factories.member(cast.family, "Zayd Khan")
    factories.member(cast.family, "Nani", "helper")
    yusuf = factories.member(cast.family, "Yusuf", "other_adult")
    factories.member(cast.family, "Imran", "parent")
    Relationship.objects.create(family=cast.family, person=plan.adult, relative=yusuf, kind="partner")
    of = {"by": plan.by, "support": plan.support, "adult": plan.adult}
    ways = [
        lambda: say(kind="know", words="Hello.", language="ur", interpreter=name, **of),
        lambda: choose(kind="interpreter", answer="helper", detail=name or "Somebody", **of),
        lambda: scored(plan, words="Tired.", interpreter=name),
    ]

    for way in ways:
        if sentence:
            with pytest.raises(ValidationError, match=sentence):
                way()
        else:
            way()

    assert OwnWords.objects.exists() is not bool(sentence)


def test_own_answer_of_the_day_is_not_written_over_by_staff(plan):
    scored(plan, value=1, by=None)

    with pytest.raises(PlanRefused, match="on their own page"):
        scored(plan, value=5)

    scored(plan, value=2, by=None)
    assert Score.objects.now().get().value == 2


def test_volunteer_sees_scores_only_while_the_adult_says_so(cast, plan):
    scored(plan, words="Tired.")
    rate_goal(
        by=plan.by, goal=factories.goal(cast.family), adult=plan.adult, stage="start", reply=Reply("number", 2)
    )  # fmt: skip
    of = {"by": plan.by, "support": plan.support, "adult": plan.adult, "kind": "volunteer_sees"}

    for answer, sees in ((None, 0), ("yes", 1), ("rather_not", 0), ("yes", 1), ("no", 0)):
        if answer:
            choose(answer=answer, **of)
        with acting_as(Scope.SCOPED, cast.volunteer.pk):
            seen = [Score.objects.count(), GoalRating.objects.count(), OwnWords.objects.filter(kind="score").count()]
            assert seen == [sees] * 3
            assert Goal.objects.count() == Need.objects.count() == 1


def test_choice_made_again_is_one_row_and_another_answer_is_one_more(plan):
    of = {"by": plan.by, "support": plan.support, "adult": plan.adult, "kind": "volunteer"}
    for answer in ("woman", "woman", "either"):
        choose(answer=answer, **of)
    with pytest.raises(PlanRefused):
        choose(answer="yes", **of)

    assert [row.answer for row in PlanChoice.objects.order_by("pk")] == ["woman", "either"]
    assert PlanChoice.objects.now().get().answer == "either"


@pytest.mark.parametrize(
    ("given", "outcome", "declined"), [("number", "done", False), ("rather_not", "not_needed", True)]
)
def test_last_scores_are_the_step_of_the_ending(plan, given, outcome, declined):
    fields = {"state": "ending", "ending_on": TODAY(), "ending_reason": "goals_met"}
    Support.objects.filter(pk=plan.support.pk).update(**fields)
    plan.support = Support.objects.select_related("family", "service").get(pk=plan.support.pk)

    scored(plan, given, 4 if given == "number" else None, stage="end")

    row = Support.objects.get(pk=plan.support.pk)
    assert EndingStep.objects.get().outcome == outcome
    assert (row.final_scores_declined, row.final_scores_on) == (declined, None if declined else TODAY())


# --- what was said last -------------------------------------------------------------------------------------------

DAYS = st.integers(0, 6)
ANSWERS = st.one_of(st.none(), st.integers(-1, 7))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["heard", "not_asked"]), ANSWERS, DAYS),
        st.tuples(st.sampled_from(["own page", "overwrite", "remove", "own opinion"]), ANSWERS, st.just(0)),
    ),
    min_size=1,
    max_size=7,
)


def take(cast, plan, step, value, ago):
    """Do one thing; give what the adult said with it as (day, value), or nothing where they said nothing."""
    day = TODAY() - dt.timedelta(days=ago)
    reply = Reply("rather_not" if value is None else "number", value)
    of = {"support": plan.support, "stage": "between", "happened_on": day}
    if step == "overwrite":
        with acting_as(Scope.SCOPED, plan.by.pk):
            Score.objects.update(value=value, given=reply.given)
    elif step == "remove":
        with acting_as(Scope.SCOPED, plan.by.pk):
            Score.objects.all().delete()
    elif step == "own opinion":
        give_scores(by=plan.by, adult=cast.other_family.members.get(), replies={plan.need: reply}, **of)
    elif step == "not_asked":
        give_scores(by=plan.by, adult=plan.adult, replies={plan.need: Reply("not_asked")}, **of)
    else:
        give_scores(by=None if step == "own page" else plan.by, adult=plan.adult, replies={plan.need: reply}, **of)
        return day, value
    return None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(steps=[("heard", 1, 0), ("heard", 4, 0), ("heard", 2, 3), ("not_asked", None, 0)])
@example(steps=[("own page", 1, 0), ("heard", 5, 0), ("overwrite", 5, 0), ("remove", None, 0)])
@given(steps=STEPS)
def test_whatever_staff_do_the_latest_score_is_what_the_adult_said_last(cast, plan, steps):
    savepoint, said, order = transaction.savepoint(), [], count()
    for step in steps:
        try:
            with transaction.atomic():
                answer = take(cast, plan, *step)
        except (DatabaseError, PlanRefused):
            continue
        said += [(answer[0], next(order), answer[1])] if answer else []

    latest = max(said)[2:] if said else ()
    assert tuple(Score.objects.now().values_list("value", flat=True)) == latest
    looks = looks_of(Score.objects.filter(need=plan.need))
    assert tuple(look.now.value for look in looks.values()) == latest
    transaction.savepoint_rollback(savepoint)


NUMBERS = st.lists(st.tuples(st.integers(1, 2), st.integers(1, 2), DAYS, st.sampled_from(["number", "not_asked"])))


@settings(max_examples=100, deadline=None)
@given(rows=NUMBERS)
def test_first_last_and_now_are_different_days_in_their_order(rows):
    numbers = [
        SimpleNamespace(pk=pk, need_id=need, member_id=adult, happened_on=dt.date(2026, 1, 1 + day), given=kind)
        for pk, (need, adult, day, kind) in enumerate(rows)
    ]

    looks = looks_of(numbers)

    assert set(looks) == {(row.need_id, row.member_id) for row in numbers if row.given == "number"}
    for key, look in looks.items():
        mine = [row for row in numbers if (row.need_id, row.member_id) == key and row.given == "number"]
        days = sorted({row.happened_on for row in mine})
        assert (look.first.happened_on, look.now.happened_on) == (days[0], days[-1])
        assert (look.last.happened_on if look.last else None) == (days[-2] if len(days) > 1 else None)
        assert look.now.pk == max(row.pk for row in mine if row.happened_on == days[-1])
