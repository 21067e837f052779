"""What visits to a family must fit: when they suit, what is at home, who has to come, and in which language."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from families.models.contact import WEEKDAYS
from families.models.family import Family
from families.models.member import LANGUAGE_NAMES, FamilyMember
from families.models.support import Support

if TYPE_CHECKING:
    from betterstart.access.models import User


class DayPart(models.TextChoices):
    MORNING = "morning", _("Morning")
    AFTERNOON = "afternoon", _("Afternoon")
    EVENING = "evening", _("Evening")


DAYS = list(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), (name for _number, name in WEEKDAYS), strict=True))
SLOT_CODES = tuple(f"{day}-{part}" for day, _name in DAYS for part in DayPart.values)
"""A weekday and a part of the day: "mon-morning"."""


def times_in_words(slots: Collection[str]) -> list[str]:
    """ "Monday: morning, afternoon" for each day that has any."""
    said = []
    for day, name in DAYS:
        parts = [str(DayPart(part).label).lower() for part in DayPart.values if f"{day}-{part}" in slots]
        if parts:
            said.append(_now("{day}: {parts}").format(day=name, parts=", ".join(parts)))
    return said


class Enjoyed(models.TextChoices):
    """What people like to do, families and volunteers alike."""

    BAKING = "baking", _("Cooking and baking")
    WALKS = "walks", _("Walks and parks")
    GARDENING = "gardening", _("Gardening")
    CRAFTS = "crafts", _("Crafts and sewing")
    BOOKS = "books", _("Books and stories")
    MUSIC = "music", _("Music and singing")
    SPORT = "sport", _("Sport")
    FILMS = "films", _("Films and television")
    ANIMALS = "animals", _("Animals")
    FAITH = "faith", _("Faith and community")
    LANGUAGES = "languages", _("Languages")
    TEA = "tea", _("A cup of tea and a talk")


class HomeFact(models.TextChoices):
    """What may be at a family's home that not everybody can be with."""

    DOG = "dog", _("A dog")
    CAT = "cat", _("A cat")
    OTHER_ANIMAL = "other_animal", _("Another animal")
    SMOKE = "smoke", _("Somebody smokes indoors")
    STAIRS = "stairs", _("Stairs or steps to get in")


class WhoComes(models.TextChoices):
    ONE = "one", _("One volunteer can come alone")
    TWO = "two", _("Two people have to come together")
    WORKER = "worker", _("A paid worker has to come")


def codes_field(verbose_name: Any, **options: Any) -> ArrayField:
    """Codes of one of the lists above. The action keeps them in the order of the list."""
    return ArrayField(models.CharField(max_length=24), verbose_name=verbose_name, blank=True, **options)


class VisitNeedsQuerySet(models.QuerySet["VisitNeeds"]):
    def visible_to(self, user: User) -> VisitNeedsQuerySet:
        """Of supports this person answers for. Volunteers read what to mind in what is written for a visit."""
        return self.filter(support__in=Support.objects.responsible_to(user)) if user.is_active else self.none()


@pghistory.track(append_only=True)
class VisitNeeds(models.Model):
    """One for each support, as it was said last; row history keeps what was said before.

    `None` is "not asked yet". An empty list is an answer: any time suits, none of it is at home.
    """

    support = models.OneToOneField(Support, on_delete=models.PROTECT, related_name="visit_needs")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    suits = codes_field(_("when visits suit"), null=True)
    at_home = codes_field(_("at their home"), null=True)
    no_pets = models.BooleanField(_("nobody who has animals at home"), default=False)
    """Somebody here is allergic to animals, or afraid of them."""
    who_comes = models.CharField(_("who has to come"), max_length=6, choices=WhoComes, default=WhoComes.ONE)
    why = models.TextField(_("why"), max_length=1000, blank=True)
    """Why two have to come, or a paid worker. For coordinators alone."""
    language = models.CharField(_("visits have to be in"), max_length=35, blank=True)
    interpreter_will_do = models.BooleanField(_("an interpreter is fine too"), default=False)
    enjoys = codes_field(_("what they like to do"), default=list)
    words = models.TextField(_("what else has to be so"), max_length=1000, blank=True)
    said_by = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, null=True, related_name="+")
    """None where one of us saw it."""
    said_on = models.DateField(_("said on"), default=london_today)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = VisitNeedsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "visit needs"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(suits=None) | models.Q(suits__contained_by=list(SLOT_CODES)),
                name="visit_needs_times_known",
            ),
            models.CheckConstraint(
                condition=models.Q(enjoys__contained_by=Enjoyed.values), name="visit_needs_enjoys_known"
            ),
            models.CheckConstraint(
                condition=models.Q(at_home=None) | models.Q(at_home__contained_by=HomeFact.values),
                name="visit_needs_home_known",
            ),
            models.CheckConstraint(
                condition=models.Q(who_comes="one", why="")
                | models.Q(who_comes__in=["two", "worker"]) & ~models.Q(why=""),
                name="visit_needs_who_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(language="") | models.Q(interpreter_will_do=False),
                name="visit_needs_interpreter_for_a_language",
            ),
        ]

    def __str__(self) -> str:
        return "; ".join(self.in_words)

    @property
    def in_words(self) -> list[str]:
        """What has to be so, a few words each; nothing where nothing is special."""
        said = [str(HomeFact(fact).label) for fact in self.at_home or []]
        said += times_in_words(self.suits or [])
        if self.no_pets:
            said.append(_now("Nobody who has animals at home"))
        if self.who_comes != WhoComes.ONE:
            said.append(str(WhoComes(self.who_comes).label))
        if self.language:
            said.append(self.language_in_words)
        return [*said, *filter(None, [self.words])]

    @property
    def enjoys_in_words(self) -> list[str]:
        return [str(Enjoyed(code).label) for code in self.enjoys]

    @property
    def language_in_words(self) -> str:
        """ "Visits in Urdu, or with an interpreter"."""
        sentence = _now("Visits in {language}")
        if self.interpreter_will_do:
            sentence = _now("Visits in {language}, or with an interpreter")
        return sentence.format(language=LANGUAGE_NAMES.get(self.language, self.language))
