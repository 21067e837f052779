"""How an adult copes with what they picked, in their own numbers: only they give them, and nobody changes one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from families.models.need import Need
from families.models.own_words import OwnWords, Voiced, scores_shown
from families.models.support import Support

if TYPE_CHECKING:
    import datetime as dt

    from betterstart.access.models import User

LOWEST, HIGHEST = 0, 5
SCALE = {
    0: _("not coping at all"),
    1: _("hardly coping"),
    2: _("coping a little"),
    3: _("coping in part"),
    4: _("coping well"),
    5: _("coping very well"),
}


class Stage(models.TextChoices):
    START = "start", _("At the start")
    REVIEW = "review", _("At a review")
    END = "end", _("At the end")
    BETWEEN = "between", _("In between")


class Given(models.TextChoices):
    """What a missing number means is never guessed."""

    NUMBER = "number", _("A number")
    RATHER_NOT = "rather_not", _("Rather not say")
    NOT_ASKED = "not_asked", _("Not asked")


class NumbersQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Of supports this person answers for; to whoever is with the family only where that adult says so."""
        if not user.is_active:
            return self.none()
        rows = self.filter(support__in=Support.objects.visible_to(user))
        return rows.filter(models.Q(support__in=Support.objects.responsible_to(user)) | scores_shown())

    def said(self) -> Self:
        """What an adult answered, "rather not say" included."""
        return self.exclude(given=Given.NOT_ASKED)

    def now(self) -> Self:
        """For each thing and adult what they said last."""
        return self._one_each("-happened_on", "-id")

    def at_first(self) -> Self:
        """For each thing and adult what they said on the first day they were asked."""
        return self._one_each("happened_on", "-id")

    def _one_each(self, *order: str) -> Self:
        about = f"{self.model.ABOUT}_id"  # type: ignore[attr-defined]
        chosen = self.said().order_by(about, "member_id", *order).distinct(about, "member_id")
        return self.filter(pk__in=chosen.values("pk"))


class Number(Voiced):
    """A number an adult gave, "rather not say", or that they were not asked. Rows are only ever added."""

    stage = models.CharField(max_length=10, choices=Stage)
    given = models.CharField(max_length=10, choices=Given)
    value = models.PositiveSmallIntegerField(null=True)
    said = models.ForeignKey(OwnWords, on_delete=models.PROTECT, null=True, related_name="+")

    ABOUT = ""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.value) if self.given == Given.NUMBER else str(Given(self.given).label)


def number_or_reason(most: int) -> models.Q:
    number = models.Q(given=Given.NUMBER, value__isnull=False, value__gte=0, value__lte=most)
    return number | models.Q(given__in=[Given.RATHER_NOT, Given.NOT_ASKED], value=None)


class Score(Number):
    """From 0, not coping at all, to 5, coping very well, with one need."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="scores")

    objects = NumbersQuerySet.as_manager()
    ABOUT = "need"

    class Meta:
        indexes = [models.Index(fields=["support", "need", "member", "-happened_on"], name="score_newest")]
        constraints = [
            models.CheckConstraint(condition=number_or_reason(HIGHEST), name="score_from_0_to_5"),
            models.CheckConstraint(condition=models.Q(stage__in=Stage.values), name="score_stage_known"),
        ]


class Answer(Protocol):
    pk: int
    given: str
    happened_on: dt.date
    member_id: int


N = TypeVar("N", bound=Answer)


@dataclass(frozen=True)
class Looks(Generic[N]):
    """The first answer of an adult about one thing, the one before now, and the one that counts now."""

    first: N
    last: N | None
    """None where they were asked on one day only."""
    now: N


def looks_of(numbers: Iterable[N], about: str = "need_id") -> dict[tuple[int, int], Looks[N]]:
    """By thing and adult. What was said last on a day is that day's answer; "not asked" says nothing."""
    days: dict[tuple[int, int], dict[dt.date, N]] = defaultdict(dict)
    for number in sorted(numbers, key=lambda number: (number.happened_on, number.pk)):
        if number.given != Given.NOT_ASKED:
            days[getattr(number, about), number.member_id][number.happened_on] = number
    looks = {}
    for key, by_day in days.items():
        answers = list(by_day.values())
        looks[key] = Looks(answers[0], answers[-2] if len(answers) > 1 else None, answers[-1])
    return looks
