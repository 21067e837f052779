"""One review: who had a part in it, what they said first, last time and now, and what was agreed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.charts.chart import Chart
from betterstart.charts.looks import Look, looks
from betterstart.clock import london_today
from betterstart.transitions.models import Transition
from families.actions.own_words import adults_of
from families.actions.review_part import STILL_ASKED, may_answer
from families.models import (
    CalledOff,
    FamilyMember,
    Goal,
    GoalRating,
    HowItGoes,
    Need,
    PlanAction,
    Review,
    ReviewPart,
    ReviewState,
    Score,
)
from families.models.goal import NEAREST
from families.models.score import HIGHEST, Given, Stage

MOST_BEFORE = 6


@dataclass(frozen=True)
class VolunteersWord:
    """What a volunteer said of how it goes, for the coordinator."""

    name: str
    answer: str
    """In words; empty where they have not answered."""
    words: str
    day: dt.date | None


# What higher apps know of how it goes between a family and its volunteers: (reader, review) -> lines.
VolunteersSay = Callable[[User, Review], list[VolunteersWord]]
_volunteers_say: list[VolunteersSay] = []


def register_volunteers_say(source: VolunteersSay) -> None:
    """Called in `AppConfig.ready`. A source asks the database a fixed number of questions."""
    if source not in _volunteers_say:
        _volunteers_say.append(source)


@dataclass(frozen=True)
class Picture:
    """One need or goal as an adult sees it."""

    pk: int
    words: str
    chart: Chart
    is_ours: bool
    is_own: bool
    """Said by this adult, and not by another for all of them."""


@dataclass
class AdultPart:
    """One adult's own part: nothing of it is another adult's to see."""

    member: FamilyMember
    part: ReviewPart | None
    answer: HowItGoes | None
    needs: list[Picture] = field(default_factory=list)
    goals: list[Picture] = field(default_factory=list)

    @property
    def has_plan(self) -> bool:
        return bool(self.needs or self.goals)


@dataclass(frozen=True)
class Step:
    """A move of this review in words."""

    happened_at: dt.datetime
    words: str
    by: str
    note: str


@dataclass(frozen=True)
class ReviewPage:
    review: Review
    adults: list[AdultPart]
    volunteers: list[VolunteersWord]
    actions: list[PlanAction]
    """What was agreed to do and is open: is it done, does it go on, is it let go?"""
    before: list[Review]
    """Reviews of this support that were held, the latest first."""
    next: Review | None
    """The one that is ahead, seen from one that is over."""
    history: list[Step]
    may_answer: bool
    support_over: bool


def review_page(user: User, review: Review, *, coordinates: bool) -> ReviewPage:
    """Everything one person may read of one review, by a fixed number of questions to the database.

    How it goes with the volunteer is for whoever coordinates the service alone.
    """
    others = Review.objects.visible_to(user).filter(support=review.support).exclude(pk=review.pk)
    held = others.filter(held_on__isnull=False, **({"held_on__lt": review.held_on} if review.held_on else {}))
    earlier = list(held.order_by("-held_on", "-pk")[:MOST_BEFORE])
    return ReviewPage(
        review=review,
        adults=_adults(user, review, since=earlier[0].held_on if earlier else None, coordinates=coordinates),
        volunteers=[line for source in _volunteers_say for line in source(user, review)] if coordinates else [],
        actions=list(
            PlanAction.objects.visible_to(user).open().filter(support=review.support).select_related("member", "goal")
        ),
        before=earlier,
        next=None if review.is_open else others.open().first(),
        history=_history(review),
        may_answer=may_answer(review) and review.support.is_open,
        support_over=not review.support.is_open,
    )


def _adults(user: User, review: Review, *, since: dt.date | None, coordinates: bool) -> list[AdultPart]:
    parts = {
        row.member_id: row for row in ReviewPart.objects.visible_to(user).filter(review=review).select_related("member")
    }
    said = HowItGoes.objects.visible_to(user).filter(review=review).now() if coordinates else HowItGoes.objects.none()
    answers = {row.member_id: row for row in said.select_related("said", "recorded_by")}
    people = {member.pk: member for member in adults_of(review.family)}
    people |= {row.member_id: row.member for row in parts.values() if row.member_id not in people}
    adults = {pk: AdultPart(member, parts.get(pk), answers.get(pk)) for pk, member in people.items()}
    until = review.held_on + STILL_ASKED if review.held_on else london_today()
    of: Any = {"support": review.support_id, "happened_on__lte": until}
    needs = list(Need.objects.visible_to(user).standing().filter(support=review.support).in_order())
    scores = Score.objects.visible_to(user).filter(**of)
    goals = list(Goal.objects.visible_to(user).standing().filter(support=review.support).in_words())
    ratings = GoalRating.objects.visible_to(user).filter(**of)
    for pk, adult in adults.items():
        adult.needs += _pictures(pk, needs, scores, "need_id", HIGHEST, since)
        adult.goals += _pictures(pk, goals, ratings, "goal_id", NEAREST, since)
    return list(adults.values())


def _pictures(
    member: int, things: Sequence[Any], numbers: Iterable[Any], about: str, most: int, since: dt.date | None
) -> list[Picture]:
    said: defaultdict[int, list[Any]] = defaultdict(list)
    for number in numbers:
        if number.member_id == member:
            said[getattr(number, about)].append(number)
    theirs = [thing for thing in things if thing.member_id == member or thing.is_ours]
    return [
        Picture(
            thing.pk,
            str(thing),
            looks(str(thing), most, three_looks(said[thing.pk], since)),
            thing.is_ours,
            thing.member_id == member,
        )
        for thing in theirs
    ]


def three_looks(numbers: Sequence[Any], since: dt.date | None) -> list[Look]:
    """First, last time and now, of what an adult said about one thing.

    Now: what they said last, if after the day of the review before (`since`), or where there was none, at any time but
    the start. Last time is what they said on the day before that they were asked, and left out where it was the first.
    Nothing said is no number, and so is "rather not say".
    """
    told = sorted(
        (number for number in numbers if number.given != Given.NOT_ASKED),
        key=lambda number: (number.happened_on, number.pk),
    )
    newest: Any = told[-1] if told else None
    is_now = newest and newest.stage != Stage.START and (since is None or newest.happened_on > since)
    earlier = [number for number in told if not is_now or number.happened_on < newest.happened_on]
    found = [_look(_("First"), earlier[0] if earlier else None)]
    if earlier and earlier[-1].happened_on > earlier[0].happened_on:
        found.append(_look(_("Last time"), earlier[-1]))
    return [*found, _look(_("Now"), newest if is_now else None)]


def _look(label: str, number: Any) -> Look:
    return Look(label, number.value, number.happened_on) if number else Look(label, None)


def _history(review: Review) -> list[Step]:
    moves = Transition.objects.of("review", review.pk).select_related("by").order_by("-id")[:20]
    return [
        Step(move.happened_at, _moved(move), move.by.display_name if move.by else "", move.note)
        for move in moves
        if not (move.to_state == ReviewState.DUE and move.from_state)  # called off, and so due again
    ]


def _moved(move: Transition) -> str:
    words = str(ReviewState(move.to_state).label)
    if move.reason in CalledOff.values:
        return f"{words}: {CalledOff(move.reason).label}"
    return words
