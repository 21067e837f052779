from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

import pghistory
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Membership
from betterstart.access.roles import Role
from betterstart.transitions.machine import Move, StateMachine
from families.models.contact import as_reached
from families.models.family import Family, fold
from families.models.known import owner
from families.models.member import FamilyMember

if TYPE_CHECKING:
    from betterstart.access.models import User


class KeptApartState(models.TextChoices):
    WAITING = "waiting", _("A safeguarding lead has not looked yet")
    STANDS = "stands", _("A safeguarding lead has looked: it stands")
    LIFTED = "lifted", _("Lifted by a safeguarding lead")


K = KeptApartState


class Reaching(Protocol):
    """A number or an address of somebody."""

    channel: str
    value: str


class KeptApartQuerySet(models.QuerySet["KeptApart"]):
    def visible_to(self, user: User) -> KeptApartQuerySet:
        """Of families this person may see, whoever wrote it down: it keeps people safe. And what a safeguarding lead of
        the organisation that wrote it is to look at.
        """
        leads = Membership.objects.active().filter(user_id=user.pk, role=Role.SAFEGUARDING_LEAD)
        return self.filter(
            models.Q(family__in=Family.objects.visible_to(user))
            | models.Q(organisation__in=leads.values("organisation"))
        )

    def to_look_at(self, user: User) -> KeptApartQuerySet:
        """Those a safeguarding lead decides about: of their own organisation."""
        leads = Membership.objects.active().filter(user_id=user.pk, role=Role.SAFEGUARDING_LEAD)
        return self.filter(organisation__in=leads.values("organisation"))

    def in_force(self) -> KeptApartQuerySet:
        return self.exclude(state=K.LIFTED)


@pghistory.track(append_only=True)
class KeptApart(models.Model):
    """Somebody whom nobody contacts, or who must never hear anything about this family.

    It holds from the moment it is written. Until a safeguarding lead has looked nothing is sent to anybody in the
    family, and nobody is given access; afterwards it holds for the person who is named.
    """

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="kept_apart")
    organisation = owner()
    member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """Where it is somebody of the family itself, who may have left it."""
    name = models.CharField(_("who"), max_length=200)
    relation = models.CharField(_("who they are to the family"), max_length=200, blank=True)
    reached_at = models.CharField(_("a number or email address of theirs"), max_length=254, blank=True)
    never_contact = models.BooleanField(_("never contact them"), default=True)
    never_tell = models.BooleanField(_("never tell them anything of the family"), default=True)
    reason = models.TextField(_("why"), max_length=1000)
    state = models.CharField(max_length=8, choices=KeptApartState, default=KeptApartState.WAITING, editable=False)
    decision = models.TextField(_("what the safeguarding lead decided"), blank=True, max_length=1000, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(null=True, editable=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    written_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = KeptApartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=K.values), name="kept_apart_state_known"),
            models.CheckConstraint(
                condition=models.Q(never_contact=True) | models.Q(never_tell=True), name="kept_apart_from_something"
            ),
            models.CheckConstraint(
                condition=models.Q(state=K.WAITING, decided_at=None)
                | models.Q(decided_at__isnull=False) & ~models.Q(state=K.WAITING) & ~models.Q(decision=""),
                name="kept_apart_decided_with_words",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation"], condition=models.Q(state="waiting"), name="kept_apart_waits"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_in_force(self) -> bool:
        return self.state != K.LIFTED

    @property
    def waits(self) -> bool:
        return self.state == K.WAITING

    def is_about(self, member: FamilyMember, ways: Iterable[Reaching] = ()) -> bool:
        """Whether it is this person: said so, or by the same name, or by a number or address of theirs."""
        if self.member_id is not None:
            return self.member_id == member.pk
        if fold(self.name) in {fold(member.display_name), fold(member.known_as)} - {""}:
            return True
        return bool(self.reached_at) and any(
            way.value == self.reached_at or _reached(way.channel, way.value) == _reached(way.channel, self.reached_at)
            for way in ways
        )


def _reached(channel: str, value: str) -> str:
    return as_reached(channel, value) or value.lower()


KEPT_APART_MACHINE = StateMachine(
    name="kept_apart",
    refusal=_("A safeguarding lead has decided this meanwhile."),
    moves=(
        Move((K.WAITING,), K.STANDS),
        Move((K.WAITING, K.STANDS), K.LIFTED),
    ),
)
