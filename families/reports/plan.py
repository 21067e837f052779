"""One family's plan under one support, read in a fixed number of queries: what each adult said, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.lexicon.languages import SPOKEN_LANGUAGES
from families.actions.own_words import adults_of
from families.models import (
    ChoiceAnswer,
    ChoiceKind,
    Family,
    FamilyMember,
    Goal,
    GoalRating,
    GoalState,
    Heading,
    Need,
    OwnWords,
    PlanAction,
    PlanChoice,
    Sayable,
    Score,
    Support,
)
from families.models.goal import NEAREST
from families.models.member import SIGN_LANGUAGES
from families.models.plan_choice import ANSWERS
from families.models.score import HIGHEST, Looks, looks_of

LANGUAGES = [("", "—"), *SPOKEN_LANGUAGES, *SIGN_LANGUAGES]


@dataclass(frozen=True)
class Course:
    """How one adult answered about one thing, as far as this reader may know."""

    adult: FamilyMember
    looks: Looks[Any]
    most: int

    @property
    def now(self) -> Any:
        return self.looks.now

    @property
    def before(self) -> str:
        """ "at first 2, then 3", or nothing where they were asked once."""
        looks = self.looks
        if looks.last is None:
            return ""
        first = _("at first {answer}").format(answer=_answer(looks.first))
        return (
            first if looks.last is looks.first else f"{first}, {_('then {answer}').format(answer=_answer(looks.last))}"
        )


def _answer(number: Any) -> str:
    return str(number).lower()


@dataclass(frozen=True)
class NeedLine:
    need: Need
    courses: list[Course]


@dataclass(frozen=True)
class GoalLine:
    goal: Goal
    courses: list[Course]
    actions: list[PlanAction]


@dataclass(frozen=True)
class AdultPart:
    """What one adult of the family said."""

    adult: FamilyMember
    headings: list[tuple[str, list[NeedLine]]]
    goals: list[GoalLine]
    past_goals: list[GoalLine]
    know: list[OwnWords]
    choices: dict[str, PlanChoice]

    @property
    def has_said(self) -> bool:
        return bool(self.headings or self.goals or self.past_goals or self.know)

    @property
    def wish(self) -> PlanChoice | None:
        """Who they would like to come to their home."""
        return self.choices.get(ChoiceKind.VOLUNTEER)

    @property
    def spoken(self) -> PlanChoice | None:
        return self.choices.get(ChoiceKind.INTERPRETER)

    @property
    def shows_scores(self) -> bool:
        choice = self.choices.get(ChoiceKind.VOLUNTEER_SEES)
        return choice is not None and choice.answer == "yes"


@dataclass(frozen=True)
class PlanPage:
    support: Support
    parts: list[AdultPart]
    open_actions: list[PlanAction]
    done_actions: list[PlanAction]

    @property
    def several(self) -> bool:
        """More adults than one: whose an entry is, and who may see it, matters."""
        return len(self.parts) > 1

    @property
    def is_empty(self) -> bool:
        return not any(part.has_said for part in self.parts) and not self.open_actions


def plan_page(user: User, support: Support) -> PlanPage:
    """What this person may read of the plan of a support."""
    needs = list(Need.objects.visible_to(user).filter(support=support).standing().in_order())
    scores = looks_of(Score.objects.visible_to(user).filter(support=support).select_related("said"))
    goals = list(Goal.objects.visible_to(user).filter(support=support).standing().in_words())
    ratings = looks_of(GoalRating.objects.visible_to(user).filter(support=support), "goal_id")
    said = OwnWords.objects.visible_to(user).filter(support=support, kind=Sayable.KNOW).standing().order_by("id")
    know = list(said)
    actions = list(
        PlanAction.objects.visible_to(user)
        .filter(support=support)
        .standing()
        .select_related("member", "done_by")
        .order_by(F("due_on").asc(nulls_last=True), "id")
    )
    choices = list(PlanChoice.objects.visible_to(user).filter(support=support).now().select_related("said"))
    adults = _adults(support.family, [*needs, *goals, *know])
    names = {adult.pk: adult for adult in adults}
    need_lines = [NeedLine(need, _courses(scores, need.pk, names, HIGHEST)) for need in needs]
    goal_lines = [
        GoalLine(
            goal,
            _courses(ratings, goal.pk, names, NEAREST),
            [action for action in actions if action.goal_id == goal.pk and action.is_open],
        )
        for goal in goals
    ]
    parts = [
        AdultPart(
            adult,
            _by_heading([line for line in need_lines if line.need.member_id == adult.pk]),
            [line for line in goal_lines if line.goal.member_id == adult.pk and line.goal.is_open],
            [line for line in goal_lines if line.goal.member_id == adult.pk and not line.goal.is_open],
            [words for words in know if words.member_id == adult.pk],
            {choice.kind: choice for choice in choices if choice.member_id == adult.pk},
        )
        for adult in adults
    ]
    return PlanPage(
        support, parts, [each for each in actions if each.is_open], [each for each in actions if each.done_on]
    )


def _adults(family: Family, entries: Sequence[Any]) -> list[FamilyMember]:
    """Who has a voice now, and whoever had one here before they left."""
    adults = adults_of(family)
    here = {adult.pk for adult in adults}
    gone = {entry.member_id for entry in entries} - here
    return [*adults, *FamilyMember.objects.filter(pk__in=gone)] if gone else list(adults)


def _courses(
    looks: dict[tuple[int, int], Looks[Any]], about: int, names: dict[int, FamilyMember], most: int
) -> list[Course]:
    return [Course(names[pk], look, most) for (what, pk), look in looks.items() if what == about and pk in names]


def _by_heading(lines: list[NeedLine]) -> list[tuple[str, list[NeedLine]]]:
    own = [(_("In their own words"), [line for line in lines if not line.need.heading])]
    named = [(str(heading.label), [line for line in lines if line.need.heading == heading]) for heading in Heading]
    return [(heading, found) for heading, found in [*named, *own] if found]


def likely_language(adult: FamilyMember) -> str:
    """The one they like best, else the one they speak with us."""
    liked = next((each["code"] for each in adult.languages if each.get("preferred")), "")
    return liked or adult.family.language


def interpreter_now(support: Support, adult: FamilyMember) -> str:
    """Who interprets between this adult and us, as they said last."""
    kind = ChoiceKind.INTERPRETER
    choice = PlanChoice.objects.now().filter(support=support, member=adult, kind=kind).first()
    return choice.detail if choice else ""


def choices_now(support: Support, adult: FamilyMember) -> dict[str, PlanChoice]:
    """What this adult answered last, by question."""
    rows = PlanChoice.objects.now().filter(support=support, member=adult).select_related("said")
    return {row.kind: row for row in rows}


def answers_to(kind: ChoiceKind) -> list[tuple[str, Any]]:
    return [(answer.value, answer.label) for answer in ANSWERS[kind]]


def needs_of(adult: FamilyMember, support: Support) -> list[Need]:
    """What this adult gives scores for: what they picked, and what is ours together."""
    rows = support.needs.standing().in_order()
    return [need for need in rows if need.member_id == adult.pk or need.is_ours]


@dataclass(frozen=True)
class GoalPage:
    courses: list[Course]
    ratings: list[GoalRating]
    actions: list[PlanAction]
    before: list[Goal]
    """How it was said earlier, the latest first."""


def goal_page(user: User, goal: Goal) -> GoalPage:
    """The course of one goal. Earlier words are followed back as far as anybody reads."""
    ratings = list(
        GoalRating.objects.visible_to(user).filter(goal=goal).said().select_related("said", "member").order_by("-id")
    )
    looks = looks_of(ratings, "goal_id")
    names = {rating.member_id: rating.member for rating in ratings}
    earlier = Goal.objects.visible_to(user).filter(support=goal.support, member=goal.member, state=GoalState.CHANGED)
    by_id = {each.pk: each for each in earlier.select_related("said")}
    before, each = [], by_id.get(goal.follows_id or 0)
    while each:
        before.append(each)
        each = by_id.get(each.follows_id or 0)
    actions = PlanAction.objects.visible_to(user).filter(goal=goal).open()
    return GoalPage(_courses(looks, goal.pk, names, NEAREST), ratings, list(actions), before)


def wishes_about_volunteers(supports: Sequence[Support]) -> list[PlanChoice]:
    """Who the adults of these supports would like to come to their home, where they said so."""
    asked = PlanChoice.objects.filter(support__in=supports, kind=ChoiceKind.VOLUNTEER)
    said = asked.now().select_related("said", "member").order_by("id")
    return [choice for choice in said if choice.answer in (ChoiceAnswer.WOMAN, ChoiceAnswer.MAN) or choice.said_id]
