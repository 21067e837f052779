from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pghistory
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service
from families.models.contact import Address, ContactMethod
from families.models.family import Family
from families.models.support import OPEN_STATES, Support

if TYPE_CHECKING:
    from betterstart.access.models import User


class ChangeKind(models.TextChoices):
    ADDED = "added", _("Added")
    CHANGED = "changed", _("Changed")
    STOPPED = "stopped", _("Not used any more")


class ChangeState(models.TextChoices):
    UNANSWERED = "unanswered", _("Not answered yet")
    USED = "used", _("We use it too")
    KEPT = "kept", _("We keep ours")


class ContactChangeQuerySet(models.QuerySet["ContactChange"]):
    def visible_to(self, user: User) -> ContactChangeQuerySet:
        """What was changed under the supports this person may see."""
        return self.filter(support__in=Support.objects.visible_to(user))

    def open(self) -> ContactChangeQuerySet:
        """Not taken over: the service goes on with what it had."""
        return self.exclude(state=ChangeState.USED).filter(support__state__in=OPEN_STATES)

    def unanswered(self) -> ContactChangeQuerySet:
        return self.filter(state=ChangeState.UNANSWERED, support__state__in=OPEN_STATES)

    def answered_by(self, user: User) -> ContactChangeQuerySet:
        """Those that this person may answer: of the services they coordinate."""
        return self.filter(support__service__in=Service.objects.coordinated_by(user))


@pghistory.track(append_only=True)
class ContactChange(models.Model):
    """Another organisation changed how a family is reached, seen from one support: use it too, or keep ours.

    `before` is what this support goes on with until it takes the change over: of a way to reach somebody the values
    (none where there was none), of an address every address that held. Warnings never wait: they are read from the
    row itself as well.
    """

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="contact_changes")
    contact = models.ForeignKey(ContactMethod, on_delete=models.PROTECT, null=True, related_name="changes")
    address = models.ForeignKey(Address, on_delete=models.PROTECT, null=True, related_name="changes")
    kind = models.CharField(max_length=10, choices=ChangeKind)
    before: Any = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=ChangeState, default=ChangeState.UNANSWERED)
    changed_by_service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, related_name="+")
    """Only where the family agreed that it may be named to other services."""
    changed_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = ContactChangeQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contact=None, address__isnull=False) | models.Q(contact__isnull=False, address=None),
                name="contact_change_of_one_thing",
            ),
            models.CheckConstraint(condition=models.Q(state__in=ChangeState.values), name="contact_change_state_known"),
            models.UniqueConstraint(
                fields=["support", "contact"], condition=models.Q(address=None), name="contact_change_once"
            ),
            models.UniqueConstraint(
                fields=["support", "address"], condition=models.Q(contact=None), name="address_change_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.support_id}: {self.kind} {self.contact_id or self.address_id}"

    @property
    def is_unanswered(self) -> bool:
        return self.state == ChangeState.UNANSWERED

    @property
    def is_kept(self) -> bool:
        return self.state == ChangeState.KEPT
