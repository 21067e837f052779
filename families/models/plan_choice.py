"""What an adult answered about how things should be: who sees their scores, who should come, who interpreted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from families.models.own_words import OwnWords, Voiced
from families.models.support import Support

if TYPE_CHECKING:
    from betterstart.access.models import User


class ChoiceKind(models.TextChoices):
    VOLUNTEER_SEES = "volunteer_sees", _("May the volunteer see their scores?")
    FAMILY_SEES = "family_sees", _("May the other adults of the family see their scores?")
    VOLUNTEER = "volunteer", _("Who would they like to come to their home?")
    INTERPRETER = "interpreter", _("How did you speak with each other?")


class ChoiceAnswer(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    EITHER = "either", _("Either is fine")
    WOMAN = "woman", _("A woman")
    MAN = "man", _("A man")
    SAME_LANGUAGE = "same_language", _("In a language we both speak")
    INTERPRETER = "interpreter", _("With an interpreter")
    HELPER = "helper", _("With somebody else who helped")
    RATHER_NOT = "rather_not", _("Rather not say")


A, K = ChoiceAnswer, ChoiceKind
ANSWERS: dict[str, tuple[ChoiceAnswer, ...]] = {
    K.VOLUNTEER_SEES: (A.YES, A.NO, A.RATHER_NOT),
    K.FAMILY_SEES: (A.YES, A.NO, A.RATHER_NOT),
    K.VOLUNTEER: (A.EITHER, A.WOMAN, A.MAN, A.RATHER_NOT),
    K.INTERPRETER: (A.SAME_LANGUAGE, A.INTERPRETER, A.HELPER),
}


class PlanChoiceQuerySet(models.QuerySet["PlanChoice"]):
    def visible_to(self, user: User) -> PlanChoiceQuerySet:
        """Of supports this person answers for; a volunteer sees whether they may see scores, and nothing else."""
        if not user.is_active:
            return self.none()
        about_me = models.Q(kind=K.VOLUNTEER_SEES, support__in=Support.objects.visible_to(user))
        return self.filter(models.Q(support__in=Support.objects.responsible_to(user)) | about_me)

    def now(self) -> PlanChoiceQuerySet:
        """The newest of each kind for each adult in each support: what counts."""
        newest = self.order_by("support_id", "member_id", "kind", "-id").distinct("support_id", "member_id", "kind")
        return self.filter(pk__in=newest.values("pk"))


class PlanChoice(Voiced):
    """Rows are only ever added; the newest of an adult counts, and a no counts at once."""

    kind = models.CharField(max_length=16, choices=ChoiceKind)
    answer = models.CharField(max_length=16, choices=ChoiceAnswer)
    detail = models.CharField(max_length=200, blank=True)
    """Who interpreted."""
    said = models.ForeignKey(OwnWords, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PlanChoiceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["support", "member", "kind", "-id"], name="plan_choice_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    *[models.Q(kind=kind, answer__in=answers) for kind, answers in ANSWERS.items()],
                    _connector=models.Q.OR,
                ),
                name="plan_choice_answers_its_question",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.answer}"

    @property
    def in_words(self) -> str:
        """ "With an interpreter · Language Line"."""
        return " · ".join(filter(None, [str(ChoiceAnswer(self.answer).label), self.detail]))
