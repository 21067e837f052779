from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service
from betterstart.transitions.machine import Move, MoveRefused, StateMachine
from families.models.family import Family
from families.models.sharing import may_be_named
from families.models.support import OPEN_STATES, Named, Support

if TYPE_CHECKING:
    from betterstart.access.models import User


class LeadState(models.TextChoices):
    ASKED = "asked", _("Asked")
    ACCEPTED = "accepted", _("Lead contact")
    DECLINED = "declined", _("Not possible")
    WITHDRAWN = "withdrawn", _("Taken back")
    OVER = "over", _("Over")


L = LeadState


class LeadContactQuerySet(models.QuerySet["LeadContact"]):
    def visible_to(self, user: User) -> LeadContactQuerySet:
        """Of the supports this person may see, and what one of these asked another service."""
        seen = Support.objects.visible_to(user)
        return self.filter(models.Q(support__in=seen) | models.Q(asked_from__in=seen))

    def in_force(self) -> LeadContactQuerySet:
        """Whoever it is now. It ends by itself with the support, and with the family's yes to being named."""
        return self.filter(state=L.ACCEPTED, support__state__in=OPEN_STATES, support__may_be_named=Named.YES)

    def asked(self) -> LeadContactQuerySet:
        """Nobody has answered. Who asked cannot see whether the support they asked goes on: `named_beside` says."""
        return self.filter(state=L.ASKED)

    def waiting(self) -> LeadContactQuerySet:
        """As far as the reader sees the support that was asked."""
        return self.asked().filter(support__state__in=OPEN_STATES, support__may_be_named=Named.YES)

    def answered_by(self, user: User) -> LeadContactQuerySet:
        """Those whose service this person coordinates: they may say yes or no."""
        return self.filter(support__service__in=Service.objects.coordinated_by(user))


@pghistory.track(append_only=True)
class LeadContact(models.Model):
    """The one person, of all services that are with a family, to whom it tells its story. At most one at a time."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="lead_contacts")
    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="lead_contacts")
    """Through which service they are with the family."""
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """None until somebody of that service said yes."""
    state = models.CharField(max_length=12, choices=LeadState, default=LeadState.ASKED)
    asked_from = models.ForeignKey(Support, on_delete=models.PROTECT, null=True, related_name="+")
    """The support from which another service asked; None where a service chose one of its own."""
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)

    objects = LeadContactQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=LeadState.values), name="lead_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state=L.ACCEPTED) | models.Q(person__isnull=False), name="lead_is_somebody"
            ),
            models.UniqueConstraint(fields=["family"], condition=models.Q(state=L.ACCEPTED), name="lead_one_at_a_time"),
            models.UniqueConstraint(fields=["family"], condition=models.Q(state=L.ASKED), name="lead_asked_one"),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.support_id} · {self.get_state_display()}"


def _may_be_named(lead: LeadContact) -> None:
    if lead.support.state not in OPEN_STATES:
        raise MoveRefused(_("This support is over."))
    if not (may := may_be_named(lead.support)):
        raise MoveRefused(may.reason)


LEAD_MACHINE = StateMachine(
    name="lead",
    refusal=_("This was answered or taken back meanwhile."),
    moves=(
        Move((L.ASKED,), L.ACCEPTED, _may_be_named),
        Move((L.ASKED,), L.DECLINED),
        Move((L.ASKED,), L.WITHDRAWN),
        Move((L.ACCEPTED,), L.OVER),
    ),
)
