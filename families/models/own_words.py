"""What an adult of a family said, as they said it, with its language; a translation stands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Subquery
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from families.models.family import Family
from families.models.member import LANGUAGE_NAMES, FamilyMember, MemberRole
from families.models.support import Support

if TYPE_CHECKING:
    from betterstart.access.models import User

# Who has a voice of their own in the record: the adults of the household. The database holds the same (migration 0020).
VOICES = (MemberRole.PARENT, MemberRole.OTHER_ADULT)
LONGEST_SAID = 4000


class Voiced(models.Model):
    """An entry of the family's own. It names the adult whose it is, the day, and whoever wrote it down for them."""

    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="%(class)ss")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="%(class)ss")
    happened_on = models.DateField(_("on"), default=london_today)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """None where they wrote it themselves, on their own page."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class Sayable(models.TextChoices):
    """What the words are about."""

    NEED = "need", _("what they would like help with")
    GOAL = "goal", _("what they would like")
    WHY = "why", _("why this matters to them")
    EASIER = "easier", _("what would make it easier")
    KNOW = "know", _("what to know of their culture and circumstances")
    SCORE = "score", _("beside a score")
    VOLUNTEER = "volunteer", _("about a volunteer")
    MATCH = "match", _("how it goes with the volunteer")


# Read by whoever is with the family. The others by those who answer for it, words beside scores also where the adult
# lets the volunteer see their scores.
FOR_WORKERS = (Sayable.NEED, Sayable.GOAL, Sayable.WHY, Sayable.EASIER, Sayable.KNOW)


def scores_shown() -> models.Q:
    """Of rows of an adult under a support: that adult lets whoever is with the family see their scores."""
    choices = apps.get_model("families.PlanChoice").objects.filter(kind="volunteer_sees")
    newest = choices.filter(support=OuterRef("support"), member=OuterRef("member")).order_by("-id")
    return models.Q(Exact(Subquery(newest.values("answer")[:1]), "yes"))


class OwnWordsQuerySet(models.QuerySet["OwnWords"]):
    def visible_to(self, user: User) -> OwnWordsQuerySet:
        """Of supports this person may see; a volunteer reads what a worker should know, and no more."""
        if not user.is_active:
            return self.none()
        rows = self.filter(support__in=Support.objects.visible_to(user))
        answers_for = models.Q(support__in=Support.objects.responsible_to(user))
        return rows.filter(models.Q(kind__in=FOR_WORKERS) | answers_for | models.Q(kind=Sayable.SCORE) & scores_shown())

    def standing(self) -> OwnWordsQuerySet:
        """Without what they took back."""
        return self.filter(taken_back_at=None)


@pghistory.track(append_only=True)
class OwnWords(Voiced):
    """Never changed: said differently, it is said anew. The database refuses anything but a translation beside it."""

    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="own_words")
    member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="own_words")
    kind = models.CharField(max_length=10, choices=Sayable)
    is_ours = models.BooleanField(_("ours together"), default=False)
    """Other adults of the family may see it."""
    words = models.TextField(_("in their own words"), max_length=LONGEST_SAID)
    language = models.CharField(_("said in"), max_length=12)
    interpreter = models.CharField(_("interpreted by"), max_length=200, blank=True)
    translation = models.TextField(_("translation"), max_length=LONGEST_SAID, blank=True)
    translated_into = models.CharField(max_length=12, blank=True)
    translator = models.CharField(_("translated by"), max_length=200, blank=True)
    translated_at = models.DateTimeField(null=True, editable=False)
    translation_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    """Who wrote the translation down."""
    taken_back_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OwnWordsQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["support", "kind"], name="own_words_of_support")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=Sayable.values) & ~models.Q(words="") & ~models.Q(language=""),
                name="own_words_said",
            ),
            models.CheckConstraint(
                condition=models.Q(translation="", translator="", translated_into="", translated_at=None)
                | ~models.Q(translation="") & ~models.Q(translator="") & models.Q(translated_at__isnull=False),
                name="own_words_translation_has_a_translator",
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def language_in_words(self) -> str:
        return str(LANGUAGE_NAMES.get(self.language, self.language))
