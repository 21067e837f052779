from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from betterstart.access.models import User

ENGLISH = "en"


class FeelingGroup(models.TextChoices):
    SETTLED = "settled", _("Settled")
    BRIGHT = "bright", _("Bright")
    HEAVY = "heavy", _("Heavy")
    STIRRED = "stirred", _("Stirred")


class FeelingQuerySet(models.QuerySet["Feeling"]):
    def visible_to(self, user: User) -> FeelingQuerySet:
        """Everyone who is signed in chooses from the same feelings."""
        return self if user.is_authenticated else self.none()


class Feeling(models.Model):
    """A feeling that can be chosen and counted. Its words live in FeelingWord, one per language."""

    key = models.SlugField(max_length=30, unique=True)
    group = models.CharField(max_length=10, choices=FeelingGroup)
    order = models.PositiveSmallIntegerField(unique=True)
    local_to = models.CharField(max_length=12, blank=True, help_text=_("Only offered in this language."))

    objects = FeelingQuerySet.as_manager()

    class Meta:
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(condition=models.Q(group__in=FeelingGroup.values), name="feeling_group_known")
        ]

    def __str__(self) -> str:
        return self.key


class FeelingWordQuerySet(models.QuerySet["FeelingWord"]):
    def visible_to(self, user: User) -> FeelingWordQuerySet:
        """Everyone who is signed in; drafts are kept out by `reviewed`."""
        return self if user.is_authenticated else self.none()

    def reviewed(self, *languages: str) -> FeelingWordQuerySet:
        """Words a second native speaker has checked, with their feelings, in the order of the feelings."""
        reviewed = self.filter(status=FeelingWord.Status.REVIEWED, language__in=languages)
        return reviewed.select_related("feeling").order_by("feeling__order")


class FeelingWord(models.Model):
    """The word for a feeling in one language. Reviewed without a word: that language leaves the feeling out."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REVIEWED = "reviewed", _("Reviewed")

    feeling = models.ForeignKey(Feeling, on_delete=models.PROTECT, related_name="words")
    language = models.CharField(max_length=12)
    word = models.CharField(max_length=60, blank=True)
    example = models.CharField(max_length=300, blank=True)
    translator = models.CharField(max_length=200, blank=True)
    reviewer = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    note = models.CharField(max_length=300, blank=True, help_text=_("Why no near word exists, or how it is meant."))

    objects = FeelingWordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feeling", "language"], name="feeling_one_word_per_language"),
            models.CheckConstraint(
                condition=models.Q(status="draft") | ~models.Q(reviewer=""), name="feeling_word_reviewed_by_someone"
            ),
            models.CheckConstraint(
                condition=~models.Q(word="") | ~models.Q(note=""), name="feeling_word_or_the_reason_for_none"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.word} ({self.language})"


class FairWordingPromptQuerySet(models.QuerySet["FairWordingPrompt"]):
    def visible_to(self, user: User) -> FairWordingPromptQuerySet:
        """Everyone who is signed in may read the list; changing it needs LEXICON_EDIT."""
        return self if user.is_authenticated else self.none()

    def active(self, language: str) -> FairWordingPromptQuerySet:
        return self.filter(is_active=True, language=language)


class FairWordingPrompt(models.Model):
    """A gentle suggestion shown when certain words are written. It never blocks and never rewrites."""

    language = models.CharField(_("language"), max_length=12, default=ENGLISH)
    words = models.TextField(
        _("words"), max_length=2000, help_text=_("One word or phrase on each line. Capitals make no difference.")
    )
    suggestion = models.CharField(_("what could be written instead"), max_length=300)
    why = models.CharField(_("why it matters"), max_length=300, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    order = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    updated_at = models.DateTimeField(auto_now=True)

    objects = FairWordingPromptQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return ", ".join(self.phrases)

    @property
    def phrases(self) -> list[str]:
        return [line.strip() for line in self.words.splitlines() if line.strip()]
