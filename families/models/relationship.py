from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.db import models
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from families.models.family import Family
from families.models.member import FamilyMember

if TYPE_CHECKING:
    from betterstart.access.models import User


class Kin(models.TextChoices):
    """What one person is to the other."""

    PARENT = "parent", _("mother, father or parent")
    STEP_PARENT = "step_parent", _("step-parent")
    FOSTER_PARENT = "foster_parent", _("foster or adoptive parent")
    GRANDPARENT = "grandparent", _("grandparent")
    AUNT_UNCLE = "aunt_uncle", _("aunt or uncle")
    GUARDIAN = "guardian", _("guardian, or looks after them")
    SIBLING = "sibling", _("brother or sister")
    PARTNER = "partner", _("partner")
    FORMER_PARTNER = "former_partner", _("former partner")
    RELATIVE = "relative", _("another relative")
    FRIEND = "friend", _("friend")


# The same said from the other side, where it is not the same word.
OTHER_SIDE = {
    Kin.PARENT: _("child"),
    Kin.STEP_PARENT: _("stepchild"),
    Kin.FOSTER_PARENT: _("foster or adopted child"),
    Kin.GRANDPARENT: _("grandchild"),
    Kin.AUNT_UNCLE: _("niece or nephew"),
    Kin.GUARDIAN: _("is looked after by them"),
}
# Nobody is their own forebear, over however many steps.
DESCENT = frozenset({Kin.PARENT, Kin.STEP_PARENT, Kin.FOSTER_PARENT, Kin.GRANDPARENT})


class Responsibility(models.TextChoices):
    """Parental responsibility is not the same as being a parent."""

    UNKNOWN = "unknown", _("Not known")
    YES = "yes", _("Yes")
    NO = "no", _("No")


class LivesWith(models.TextChoices):
    UNKNOWN = "unknown", _("Not known")
    YES = "yes", _("Yes")
    PART = "part", _("Part of the time")
    NO = "no", _("No")


class RelationshipQuerySet(models.QuerySet["Relationship"]):
    def visible_to(self, user: User) -> RelationshipQuerySet:
        """Of families whose whole record this person answers for. Volunteers: none."""
        return self.filter(family__in=Family.objects.responsible_to(user))

    def in_force(self) -> RelationshipQuerySet:
        return self.filter(ended_on=None)


@pghistory.track(append_only=True)
class Relationship(models.Model):
    """What `person` is to `relative`. Said once; the other direction follows from it."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="relationships")
    person = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="relationships")
    relative = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("what they are to each other"), max_length=20, choices=Kin)
    responsibility = models.CharField(
        _("parental responsibility"), max_length=8, choices=Responsibility, default=Responsibility.UNKNOWN
    )
    lives_with = models.CharField(_("they live together"), max_length=8, choices=LivesWith, default=LivesWith.UNKNOWN)
    contact_restriction = models.TextField(_("limits to their contact"), blank=True, max_length=1000)
    court_order_note = models.TextField(_("court order"), blank=True, max_length=1000)
    ended_on = models.DateField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = RelationshipQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(person=models.F("relative")), name="relationship_not_with_oneself"
            ),
            models.UniqueConstraint(
                "family",
                Least("person", "relative"),
                Greatest("person", "relative"),
                condition=models.Q(ended_on=None),
                name="relationship_once_for_two",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=list(OTHER_SIDE)) | models.Q(responsibility="unknown"),
                name="relationship_responsibility_for_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_kind_display()} · {self.relative}"

    def other(self, member_id: int) -> FamilyMember:
        return self.relative if self.person_id == member_id else self.person

    def word_for_other(self, member_id: int) -> str:
        """What the other one is to this person: "mother, father or parent", or from the other side "child"."""
        if self.person_id == member_id and self.kind in OTHER_SIDE:
            return str(OTHER_SIDE[Kin(self.kind)])
        return str(Kin(self.kind).label)
