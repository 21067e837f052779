"""What families may be asked about, as each organisation words it; and what a family picked."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Organisation
from families.models.own_words import OwnWords, Voiced
from families.models.support import Support

if TYPE_CHECKING:
    from betterstart.access.models import User


class Heading(models.TextChoices):
    """The four headings that are published; what stands under them is each organisation's own."""

    PARENTING = "parenting", _("Parenting skills")
    PARENT = "parent", _("Parental wellbeing")
    CHILDREN = "children", _("Children’s wellbeing")
    HOME = "home", _("Family management")


# In our own plain words: what an organisation begins with, and may word otherwise.
USUAL_NEEDS: dict[str, tuple[Heading, object]] = {
    "hard_moments": (Heading.PARENTING, _("Handling hard moments with the children")),
    "play": (Heading.PARENTING, _("Playing and learning together")),
    "body": (Heading.PARENT, _("My own health")),
    "mood": (Heading.PARENT, _("How I feel in myself")),
    "company": (Heading.PARENT, _("Having people around me")),
    "confidence": (Heading.PARENT, _("Trusting myself as a parent")),
    "child_body": (Heading.CHILDREN, _("The children’s health")),
    "child_mood": (Heading.CHILDREN, _("How the children feel")),
    "money": (Heading.HOME, _("Making the money last")),
    "days": (Heading.HOME, _("Getting through the day")),
    "each_other": (Heading.HOME, _("Getting on with each other at home")),
    "several": (Heading.HOME, _("Twins, or several little ones at once")),
    "services": (Heading.HOME, _("Finding help and using it")),
}


class NeedItemQuerySet(models.QuerySet["NeedItem"]):
    def visible_to(self, user: User) -> NeedItemQuerySet:
        """Those of organisations this person works in or administers."""
        held = [membership.organisation_id for membership in user.active_memberships]
        return self.filter(organisation__in=held)

    def in_use(self) -> NeedItemQuerySet:
        return self.filter(retired_on=None)


class NeedItem(models.Model):
    """Something an organisation asks families about. One that is retired stays with those who picked it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    key = models.SlugField(max_length=30, blank=True, editable=False)
    """Of the usual ones: while they have no name of their own, they are read in every language of the product."""
    heading = models.CharField(_("heading"), max_length=10, choices=Heading)
    name = models.CharField(_("as families read it"), max_length=120, blank=True)
    hint = models.CharField(_("a few words of explanation"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(default=0, editable=False)
    retired_on = models.DateField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = NeedItemQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "key"], condition=~models.Q(key=""), name="need_item_usual_once"
            ),
            models.CheckConstraint(
                condition=models.Q(heading__in=Heading.values) & (~models.Q(name="") | ~models.Q(key="")),
                name="need_item_has_words",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.usual

    @property
    def usual(self) -> str:
        """Our own words for it, in the language of the reader; nothing for what an organisation added."""
        return str(USUAL_NEEDS[self.key][1]) if self.key else ""


class NeedQuerySet(models.QuerySet["Need"]):
    def visible_to(self, user: User) -> NeedQuerySet:
        """Of supports this person may see: what a family would like help with is for whoever is with them."""
        return self.filter(support__in=Support.objects.visible_to(user)) if user.is_active else self.none()

    def standing(self) -> NeedQuerySet:
        """What they still would like help with."""
        return self.filter(closed_on=None)

    def in_order(self) -> NeedQuerySet:
        return self.select_related("item", "said", "member").order_by("item__order", "id")


@pghistory.track(append_only=True)
class Need(Voiced):
    """Something an adult of the family picked, or said in words of their own."""

    item = models.ForeignKey(NeedItem, on_delete=models.PROTECT, null=True, related_name="+")
    said = models.ForeignKey(OwnWords, on_delete=models.PROTECT, null=True, related_name="+")
    is_ours = models.BooleanField(_("ours together"), default=False)
    closed_on = models.DateField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = NeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(item=None, said__isnull=False) | models.Q(item__isnull=False, said=None),
                name="need_picked_or_said",
            ),
            models.UniqueConstraint(
                fields=["support", "member", "item"],
                condition=models.Q(closed_on=None, item__isnull=False),
                name="need_once_while_open",
            ),
        ]

    def __str__(self) -> str:
        return str(self.item or self.said)

    @property
    def heading(self) -> str:
        return self.item.heading if self.item else ""

    @property
    def since(self) -> dt.date:
        return self.happened_on
