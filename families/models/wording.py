"""What a family is asked: for which purposes, on which basis, in which words. Each organisation says it for itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Organisation
from families.models.known import owner

if TYPE_CHECKING:
    from betterstart.access.models import User


class Purpose(models.TextChoices):
    """What an organisation does with what a family told it."""

    RECORD = "record", _("Keep a record of our time together")
    STATISTICS = "statistics", _("Count, without names, how many families we are with")
    TEXT = "text", _("Send you text messages")
    EMAIL = "email", _("Send you emails")
    PHONE = "phone", _("Call you")
    FOLLOW_UP = "follow_up", _("Ask how you are some weeks after our support")
    PHOTOS = "photos", _("Take and show photos of you")
    STORY = "story", _("Use your story or your words")
    RESEARCH = "research", _("Ask you to take part in research")


class Basis(models.TextChoices):
    """Why the law allows it."""

    CONSENT = "consent", _("The family’s yes (consent)")
    LEGITIMATE = "legitimate", _("Legitimate interests")
    PUBLIC_TASK = "public_task", _("A public task")
    LEGAL = "legal", _("A legal obligation")
    CONTRACT = "contract", _("A contract with the family")


# Without these there is no support at all, so that a "no" could not be kept: never put as a question.
NEVER_ASKED = frozenset({Purpose.RECORD, Purpose.STATISTICS})
USUAL_BASIS = {purpose: Basis.LEGITIMATE if purpose in NEVER_ASKED else Basis.CONSENT for purpose in Purpose}

AGREEMENT, SHARING = "agreement", "sharing"
ABOUT = [(AGREEMENT, _("Being supported")), (SHARING, _("Sharing with somebody")), *Purpose.choices]

# Version 1 of every text, in each language the product has. Never change one that families have read: organisations
# write their own, and what was read is kept word by word.
QUESTIONS: dict[str, Any] = {
    AGREEMENT: _(
        "You choose to have our support, and you can stop at any time without giving a reason. Would you like it?"
    ),
    SHARING: _(
        "We would like to share something about you with somebody else. It is up to you. A yes holds for at most a "
        "year, and you can take it back at any time. A no changes nothing about our support."
    ),
    Purpose.TEXT: _("May we send you text messages, for example to agree a time? You can change this at any time."),
    Purpose.EMAIL: _("May we send you emails? You can change this at any time."),
    Purpose.PHONE: _("May we call you? You can change this at any time."),
    Purpose.FOLLOW_UP: _(
        "May we ask how you are some weeks after our support has ended? Once, and you need not answer."
    ),
    Purpose.PHOTOS: _(
        "May we take photos of you and show them? We ask about each photo again before anybody else sees it."
    ),
    Purpose.STORY: _(
        "May we use what you told us in your own words, so that others learn from it? We show you first what we would "
        "use, and you choose whether your name is there."
    ),
    Purpose.RESEARCH: _("May we ask you whether you would like to take part in research? You can always say no."),
}
REASONS: dict[str, Any] = {
    Purpose.RECORD: _(
        "We need this because we could not keep our promises to you without writing down what we agreed. You can read "
        "it, answer it and ask us to put it right."
    ),
    Purpose.STATISTICS: _(
        "We need this because we must show how many families our work reaches. Only numbers leave us, never who you "
        "are."
    ),
    Purpose.TEXT: _("We need this because we agree our visits with you by text message."),
    Purpose.EMAIL: _("We need this because we agree our visits with you by email."),
    Purpose.PHONE: _("We need this because we agree our visits with you by phone."),
    Purpose.FOLLOW_UP: _("We need this because we must learn whether our support helped for longer than it lasted."),
    Purpose.PHOTOS: _("We need this because what we do together is about pictures."),
    Purpose.STORY: _("We need this because what we do together is about stories."),
    Purpose.RESEARCH: _("We need this because our work is part of a study, of which we tell you."),
}


class OfOrganisation(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """What the organisations say where this person works."""
        return self.filter(organisation__in=Organisation.objects.visible_to(user))


class PurposeBasis(models.Model):
    """On which basis an organisation does something. Only ever added to: the newest holds."""

    organisation = owner()
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    basis = models.CharField(_("why the law allows it"), max_length=12, choices=Basis)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OfOrganisation.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "purpose", "-id"], name="purpose_basis_newest")]
        constraints = [
            models.CheckConstraint(condition=models.Q(basis__in=Basis.values), name="basis_known"),
            models.CheckConstraint(
                condition=~models.Q(basis=Basis.CONSENT) | ~models.Q(purpose__in=sorted(NEVER_ASKED)),
                name="basis_of_what_is_never_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.basis}"


class Wording(models.Model):
    """Words a family is asked with, or told why. Only ever added to, so that it stays known what somebody read."""

    organisation = owner()
    about = models.CharField(_("about"), max_length=12, choices=ABOUT)
    is_question = models.BooleanField(default=True)
    """Put as a question; otherwise it says why it is needed."""
    language = models.CharField(_("language"), max_length=12)
    version = models.PositiveSmallIntegerField()
    words = models.TextField(_("words"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """None for our own words."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OfOrganisation.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "about", "is_question", "language", "version"], name="wording_version_once"
            ),
            models.CheckConstraint(condition=~models.Q(words=""), name="wording_has_words"),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.language} {self.version}"


@dataclass(frozen=True)
class Shown:
    """Words as they are shown now."""

    about: str
    is_question: bool
    language: str
    version: int
    words: str
    is_ours: bool = False
    """Our own words, which no organisation has written for itself."""


def bases_of(organisation_id: int) -> dict[str, str]:
    """For each purpose the basis that holds in this organisation now."""
    rows = PurposeBasis.objects.filter(organisation=organisation_id).order_by("id").values_list("purpose", "basis")
    return {str(purpose): str(basis) for purpose, basis in USUAL_BASIS.items()} | dict(rows)


class Words:
    """Everything one organisation says to families, read once."""

    def __init__(self, organisation_id: int) -> None:
        self.bases = bases_of(organisation_id)
        rows = Wording.objects.filter(organisation=organisation_id).order_by("version")
        self._newest = {(row.about, row.is_question, row.language): row for row in rows}

    def is_asked(self, about: str) -> bool:
        """Whether this is put as a yes or no; otherwise families are told why it is needed."""
        return self.bases.get(about, Basis.CONSENT) == Basis.CONSENT

    def own_languages(self, about: str) -> list[str]:
        """Languages in which this organisation wrote words of its own."""
        held = ((key, row) for key, row in self._newest.items() if key[:2] == (about, self.is_asked(about)))
        return [language for (_about, _asks, language), row in held if row.by_id is not None]

    def about(self, about: str, language: str = "en") -> Shown:
        """The newest words, in this language if there are any, else in English."""
        is_question = self.is_asked(about)
        language = language.split("-")[0] or "en"
        row = self._newest.get((about, is_question, language))
        if row is None and not _speaks(language):
            language = "en"
            row = self._newest.get((about, is_question, language))
        if row is not None:
            return Shown(about, is_question, row.language, row.version, row.words, row.by_id is None)
        return our_words(about, is_question, language)


def _speaks(language: str) -> bool:
    return language == "en" or language in dict(settings.LANGUAGES)


def our_words(about: str, is_question: bool, language: str) -> Shown:
    """Our own first version, in a language of the product."""
    with translation.override("en-gb" if language == "en" else language):
        words = str((QUESTIONS if is_question else REASONS)[about])
    return Shown(about, is_question, language, 1, words, is_ours=True)
