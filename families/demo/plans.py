"""What the families of the demonstration said: needs, numbers, goals in several scripts, and who does what next."""

from __future__ import annotations

import datetime as dt
from typing import Any

from betterstart.access.demo import World
from betterstart.transitions.models import Transition
from families.actions.need import need_set
from families.models import (
    Doer,
    FamilyMember,
    Goal,
    GoalRating,
    GoalState,
    Need,
    OwnWords,
    PlanAction,
    PlanChoice,
    Sayable,
    Score,
    Stage,
    Support,
    SupportState,
)
from families.models.own_words import VOICES

# What they would like, why it matters, what would make it easier; and what an interpreter made of it.
GOALS = [
    ("en", "One evening a week that is mine.", "I have not read a book since he was born.",
     "Somebody with the baby between six and eight.", ""),
    ("ur", "میں اپنے بچے کے ساتھ پارک جانا چاہتی ہوں، بغیر ڈرے۔", "گھر میں دن بہت لمبے ہو جاتے ہیں۔",
     "پہلی بار کوئی ساتھ چلے۔", "I want to go to the park with my child, without being afraid."),
    ("pl", "Chcę znaleźć miejsce w przedszkolu.", "Chcę wrócić do pracy.", "Pomoc z formularzem po angielsku.",
     "I want to find a nursery place."),
    ("ar", "أريد أن أتحدث مع الطبيب بنفسي.", "", "أن أتدرب مع أحد.", ""),
    ("en", "Bedtime without shouting, most nights.", "I do not want them to remember me angry.", "", ""),
    ("pa", "ਮੈਂ ਹੋਰ ਮਾਵਾਂ ਨੂੰ ਮਿਲਣਾ ਚਾਹੁੰਦੀ ਹਾਂ।", "", "", "I want to meet other mothers."),
    ("bn", "আমি একা বাসে যেতে চাই।", "", "", "I want to take the bus on my own."),
]  # fmt: skip
KNOW = [
    ("en", "We eat after sunset this month. Mornings are better.", ""),
    ("ur", "براہِ کرم گھر میں جوتے اتار دیں۔", "Please take your shoes off in the house."),
    ("pl", "Mąż pracuje w nocy i śpi do południa.", "My husband works nights and sleeps until noon."),
    ("en", "My mum is ill, far away. Some days I am there in my head.", ""),
]
BESIDE = [("en", "Some days it is a 1 and some days a 4."), ("pl", "Lepiej niż w zeszłym miesiącu.")]
ACTIONS = [
    (Doer.VOLUNTEER, "Walk to the library together and get a card."),
    (Doer.COORDINATOR, "Ask the nursery when places are given out."),
    (Doer.FAMILY, "Ring the neighbour about Thursdays."),
]
TALKED = (SupportState.WAITING, SupportState.ACTIVE, SupportState.PAUSED, SupportState.ENDING)
ENDED = (SupportState.ENDED_PLANNED, SupportState.ENDED_UNPLANNED)


def build(world: World, supports: list[Support], members: list[FamilyMember]) -> None:
    adults: dict[int, list[FamilyMember]] = {}
    for member in members:
        if member.role in VOICES and member.left_on is None:
            adults.setdefault(member.family_id, []).append(member)
    builder = Builder(world)
    talked = [support for support in supports if support.state in (*TALKED, *ENDED)]
    for number, support in enumerate(talked):
        for place, adult in enumerate(adults.get(support.family_id, [])[:2]):
            builder.add(support, adult, number, place)
    builder.save()


class Builder:
    """Collects rows of every table, linked in memory, and saves them in a few bulk inserts."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.items: dict[int, Any] = {}
        self.words: list[OwnWords] = []
        self.needs: list[Need] = []
        self.scores: list[Score] = []
        self.goals: list[Goal] = []
        self.ratings: list[GoalRating] = []
        self.actions: list[PlanAction] = []
        self.choices: list[PlanChoice] = []

    def add(self, support: Support, adult: FamilyMember, number: int, place: int) -> None:
        self.number, self.by = number, support.family.created_by
        first = support.accepted_on + dt.timedelta(days=3)
        self.first = min(first, support.ended_on or self.world.today, self.world.today)
        self.last = support.ended_on or self.world.today
        self.of: dict[str, Any] = {"support": support, "family": support.family, "member": adult}
        self.of |= {"recorded_by": self.by, "happened_on": self.first}
        self._choices(place)
        self._needs(support, place)
        if place and number % 2:
            return
        self._goals(support, place)
        if number % 3 != 2:
            self._say(Sayable.KNOW, *KNOW[(number + place) % len(KNOW)])

    def _say(self, kind: str, language: str, words: str, translation: str = "", **more: Any) -> OwnWords:
        fields = {"kind": kind, "language": language, "words": words} | self.of | more
        if translation:
            translated = self.world.moment(self.first, 16)
            fields |= {"translation": translation, "translated_into": "en", "translator": "Language service, by phone"}
            fields |= {"translated_at": translated, "translation_by": self.by}
        if language != "en":
            fields["interpreter"] = "Language service"
        self.words.append(OwnWords(**fields))
        return self.words[-1]

    def _choices(self, place: int) -> None:
        number = self.number + place
        answers = [("volunteer", ("either", "woman", "rather_not", "man")[number % 4])]
        answers += [("volunteer_sees", ("yes", "no", "rather_not")[number % 3])] if number % 5 else []
        answers += [("interpreter", "same_language" if number % 3 else "interpreter")]
        for kind, answer in answers:
            detail = "Language service" if answer == "interpreter" else ""
            self.choices.append(PlanChoice(kind=kind, answer=answer, detail=detail, **self.of))

    def _needs(self, support: Support, place: int) -> None:
        organisation = support.service.organisation
        items = self.items.setdefault(organisation.pk, None) or need_set(organisation)
        self.items[organisation.pk] = items
        picked = [items[(self.number * 2 + step * 5 + place) % len(items)] for step in range(3 - place)]
        rows = [Need(item=item, is_ours=place == 0 and self.number % 4 == 1, **self.of) for item in picked]
        if self.number % 6 == 2 and not place:
            own = self._say(Sayable.NEED, "pl", "Żebym znowu spała.", "That I sleep again.")
            rows.append(Need(said=own, **self.of))
        self.needs += rows
        for step, need in enumerate(rows):
            self._score(need, Stage.START, self.first, step)
            for stage, day in self._looks(support):
                self._score(need, stage, day, step + 3)

    def _looks(self, support: Support) -> list[tuple[str, dt.date]]:
        """When they were asked again: at a review, in between, at the end."""
        days = (self.last - self.first).days
        looks = [(Stage.REVIEW.value, self.first + dt.timedelta(weeks=6))] if days > 50 else []
        if days > 100 and self.number % 2:
            looks.append((Stage.BETWEEN.value, self.first + dt.timedelta(weeks=13)))
        if support.final_scores_on:
            looks.append((Stage.END.value, support.final_scores_on))
        return looks

    def _score(self, need: Need, stage: str, day: dt.date, step: int) -> None:
        kind = (self.number + step) % 9
        given = {4: "rather_not", 8: "not_asked"}.get(kind, "number")
        value = min(5, (self.number + step) % 4 + (stage != Stage.START)) if given == "number" else None
        said = None
        if kind == 1 and stage != Stage.START:
            said = self._say(Sayable.SCORE, *BESIDE[self.number % 2], happened_on=day)
        fields = {"stage": stage, "given": given, "value": value, "said": said} | self.of | {"happened_on": day}
        self.scores.append(Score(need=need, **fields))

    def _goals(self, support: Support, place: int) -> None:
        for step in range(2 if self.number % 3 == 0 else 1):
            language, words, why, easier, translation = GOALS[(self.number + step * 3 + place) % len(GOALS)]
            is_ours = self.number % 4 == 1
            goal = Goal(
                said=self._say(Sayable.GOAL, language, words, translation, is_ours=is_ours),
                why=self._say(Sayable.WHY, language, why, is_ours=is_ours) if why else None,
                easier=self._say(Sayable.EASIER, language, easier, is_ours=is_ours) if easier else None,
                is_ours=is_ours,
                state=self._state(support, step),
                **self.of,
            )
            self.goals.append(goal)
            near = (self.number + step) % 5
            self.ratings.append(GoalRating(goal=goal, stage=Stage.START, given="number", value=near, **self.of))
            for stage, day in self._looks(support):
                near = min(10, near + 2)
                again = self.of | {"happened_on": day}
                self.ratings.append(GoalRating(goal=goal, stage=stage, given="number", value=near, **again))
            if not step:
                self._actions(support, goal)

    def _state(self, support: Support, step: int) -> str:
        if support.state in ENDED:
            return GoalState.REACHED if (self.number + step) % 3 else GoalState.LET_GO
        return {4: GoalState.REACHED, 10: GoalState.LET_GO}.get((self.number + step) % 12, GoalState.WORKING_ON)

    def _actions(self, support: Support, goal: Goal) -> None:
        for step in range(1 + self.number % 3):
            doer, what = ACTIONS[(self.number + step) % 3]
            due = self.world.today + dt.timedelta(days=(self.number * 3 + step * 5) % 21 - 4)
            is_over = support.state in ENDED or (step == 1 and self.number % 2)
            fields: dict[str, Any] = {"done_on": self.first + dt.timedelta(days=1)} if is_over else {"due_on": due}
            if is_over and fields["done_on"] > self.world.today:
                fields = {"due_on": due}
            self.actions.append(PlanAction(doer=doer, what=what, goal=goal, is_ours=goal.is_ours, **self.of, **fields))

    def save(self) -> None:
        groups: list[list[Any]] = [self.words, self.needs, self.scores, self.goals, self.ratings, self.actions]
        for rows in [*groups, self.choices]:
            for row in rows:
                for field in row._meta.concrete_fields:
                    if field.is_relation and field.is_cached(row):
                        setattr(row, field.name, getattr(row, field.name))
            if rows:
                type(rows[0]).objects.bulk_create(rows, batch_size=2000)
        self._say_first()
        Transition.objects.bulk_create([move for goal in self.goals for move in self._course(goal)], batch_size=2000)

    def _say_first(self) -> None:
        """Every eighth goal was said in other words before."""
        follows = [goal for goal in self.goals if goal.state == GoalState.WORKING_ON][::8]
        for goal in follows:
            of = {name: getattr(goal, name) for name in ("support", "family", "member", "recorded_by", "happened_on")}
            words = OwnWords.objects.create(kind=Sayable.GOAL, language="en", words="To feel less tired.", **of)
            goal.follows = Goal.objects.create(said=words, state=GoalState.CHANGED, **of)
        Goal.objects.bulk_update(follows, ["follows"])

    def _course(self, goal: Goal) -> list[Transition]:
        moment = self.world.moment(goal.happened_on, 14)
        of = {"machine": "goal", "subject_id": goal.pk, "family_id": goal.family_id, "by": goal.recorded_by}
        moves = [Transition(to_state=GoalState.WORKING_ON, happened_at=moment, **of)]
        if goal.state != GoalState.WORKING_ON:
            later = moment + dt.timedelta(days=1)
            past = {"from_state": GoalState.WORKING_ON, "to_state": goal.state}
            moves.append(Transition(happened_at=min(later, self.world.moment(self.world.today, 0)), **past, **of))
        return moves
