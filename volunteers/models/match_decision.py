from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service
from families.models import Support
from volunteers.models.match import Match
from volunteers.models.volunteer import Volunteer

if TYPE_CHECKING:
    from betterstart.access.models import User

Row = TypeVar("Row", bound=models.Model)


class OfServiceQuerySet(models.QuerySet[Row]):
    def visible_to(self, user: User) -> Self:
        """Of the services this person coordinates: it tells of volunteers who were not chosen, and why."""
        return self.filter(service__in=Service.objects.coordinated_by(user)) if user.is_active else self.none()


class DecisionQuerySet(OfServiceQuerySet["MatchDecision"]):
    def newest(self) -> Self:
        """The newest of each support: what was decided before is over."""
        later = MatchDecision.objects.filter(support=models.OuterRef("support"), pk__gt=models.OuterRef("pk"))
        return self.filter(~models.Exists(later))

    def with_look(self) -> models.QuerySet[Any]:
        """`look_on`: the day to look at it again; None once somebody looked and no further day was set."""
        last = LookedAgain.objects.filter(decision=models.OuterRef("pk")).order_by("-pk")
        looked = self.annotate(looked=models.Exists(last))
        return looked.annotate(
            look_on=models.Case(
                models.When(looked=True, then=models.Subquery(last.values("next_on")[:1])),
                default=models.F("look_again_on"),
                output_field=models.DateField(),
            )
        )


class MatchDecision(models.Model):
    """Whom a coordinator chose for a family out of those a computer laid before them, or nobody; and why.

    Rows are only ever added, the database sees to that. `shown` keeps as facts what lay on the table: the people on
    the cards with every sentence, how many could have come, and who was left out by which rule.
    """

    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="match_decisions")
    # The support's: who may read it hangs on the service, and no other row need be asked for each.
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, null=True, related_name="+")
    """None: none of these."""
    match = models.OneToOneField(Match, on_delete=models.PROTECT, null=True, related_name="decision")
    why = models.TextField(_("why this person"), max_length=2000)
    family_said = models.TextField(_("what the family said"), max_length=2000)
    look_again_if = models.TextField(_("what would make us look again"), max_length=2000)
    look_again_on = models.DateField(_("look again on"))
    shown = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["support", "-id"], name="match_decision_newest")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(why="") & ~models.Q(family_said="") & ~models.Q(look_again_if=""),
                name="match_decision_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(volunteer=None, match=None) | models.Q(volunteer__isnull=False, match__isnull=False),
                name="match_decision_of_somebody_has_a_match",
            ),
        ]

    def __str__(self) -> str:
        return f"decision about support {self.support_id}"


class LookedAgain(models.Model):
    """Somebody looked at a decision again, and found what. Rows are only ever added."""

    decision = models.ForeignKey(MatchDecision, on_delete=models.PROTECT, related_name="looks")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    found = models.TextField(_("what you found"), max_length=2000)
    next_on = models.DateField(_("look once more on"), null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    looked_at = models.DateTimeField(default=timezone.now)

    objects = OfServiceQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "looked again"
        constraints = [models.CheckConstraint(condition=~models.Q(found=""), name="looked_again_found_something")]

    def __str__(self) -> str:
        return f"look at decision {self.decision_id}"
