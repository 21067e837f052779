"""Where a letter may be posted, and where one was posted: an address that is hidden afterwards is not shown again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from families.models.contact import Address, AddressKind, Channel
from families.models.ending import EndingStep
from families.models.family import Family
from families.models.member import FamilyMember
from families.models.safe_contact import Content, Person, may_contact
from families.models.support import Support

if TYPE_CHECKING:
    from betterstart.access.models import User

AT_HOME = (AddressKind.HOME, AddressKind.TEMPORARY)


@dataclass(frozen=True)
class Envelope:
    """What stands on the outside of a letter: a name and an address, and nothing of us."""

    name: str
    address: Address

    @property
    def lines(self) -> list[str]:
        return [self.name, *self.address.lines.splitlines(), self.address.postcode]


@dataclass(frozen=True)
class Posting:
    envelope: Envelope | None
    why: str = ""
    """Why nothing goes by post, in a sentence."""


def where_to_post(person: Person, homes: Iterable[Address], now: dt.datetime) -> Posting:
    """The envelope of a letter to one person, by hand of one of us: where they live now, if they said that it is safe.

    Never a hidden address, one that is over, or one of two: whose home it is, only they can say.
    """
    verdict = may_contact(person, Channel.POST, now, Content(is_automatic=False))
    if not verdict.may_later:
        return Posting(None, verdict.why)
    here = [home for home in homes if home.family_id == person.member.family_id and home.valid_to is None]
    if len(here) > 1:
        return Posting(None, _("They have two homes, and nobody wrote down whose is which. Give it by hand."))
    if not here or here[0].kind not in AT_HOME or not here[0].lines.strip():
        return Posting(None, _("There is no whole address on record."))
    return Posting(Envelope(person.member.display_name, here[0]))


class PostedLetterQuerySet(models.QuerySet["PostedLetter"]):
    def visible_to(self, user: User) -> PostedLetterQuerySet:
        """Of the supports this person answers for."""
        return self.filter(support__in=Support.objects.responsible_to(user)) if user.is_active else self.none()

    def to_a_hidden_address(self) -> PostedLetterQuerySet:
        """Posted to an address that is hidden now. As the database shows it: one that was told to others is hidden."""
        shown = Address.objects.exclude(kind=AddressKind.CONFIDENTIAL).filter(pk=models.OuterRef("address"))
        place = {"lines": models.OuterRef("address__lines"), "postcode": models.OuterRef("address__postcode")}
        same = Address.objects.filter(
            kind=AddressKind.CONFIDENTIAL, valid_to=None, family=models.OuterRef("family"), **place
        )
        return self.filter(~models.Exists(shown) | models.Exists(same))


class PostedLetter(models.Model):
    """A letter that was put in the post: to whom, where, by whom. The address is the row of the family's history."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="posted_letters")
    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="posted_letters")
    step = models.OneToOneField(EndingStep, on_delete=models.PROTECT, related_name="posted_letter")
    member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="+")
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="+")
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    posted_at = models.DateTimeField(default=timezone.now)

    objects = PostedLetterQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.step_id} → {self.member_id}"
