from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pghistory
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Organisation
from betterstart.clock import london_today
from betterstart.places.postcodes import PSEUDO_POSTCODES
from families.models.family import Family, phone_digits
from families.models.member import FamilyMember

if TYPE_CHECKING:
    from betterstart.access.models import User


class AddressKind(models.TextChoices):
    HOME = "home", _("Home")
    CONFIDENTIAL = "confidential", _("Confidential (refuge or hidden)")
    TEMPORARY = "temporary", _("Temporary")
    NO_FIXED_ABODE = "no_fixed_abode", _("No fixed abode")


ENGLISH_LSOA = "E01"


class AddressQuerySet(models.QuerySet["Address"]):
    def visible_to(self, user: User) -> AddressQuerySet:
        """Addresses of the families this person may see; of hidden ones those their organisation was told.

        The page decides whether a confidential one is shown.
        """
        supports = apps.get_model("families.Support").objects.visible_to(user)
        told = supports.filter(
            family=models.OuterRef("family"),
            service__organisation=Coalesce(models.OuterRef("organisation"), models.OuterRef("family__organisation")),
        )
        return self.filter(
            ~models.Q(kind=AddressKind.CONFIDENTIAL) | models.Exists(told), family__in=Family.objects.visible_to(user)
        )

    def current(self) -> AddressQuerySet:
        return self.filter(valid_to=None)

    def to_place(self) -> AddressQuerySet:
        """With a postcode that lies somewhere, and never placed, or placed before there was an index."""
        somewhere = self.exclude(postcode__in=["", *PSEUDO_POSTCODES])
        unranked = models.Q(imd_edition="", lsoa_code__startswith=ENGLISH_LSOA)
        return somewhere.filter(models.Q(postcode_edition="") | unranked)

    def placed_before(self, postcode_edition: str, imd_edition: str) -> AddressQuerySet:
        """Where a family lives now, placed by other editions than these."""
        older = ~models.Q(postcode_edition=postcode_edition)
        if imd_edition:
            older |= ~models.Q(imd_edition__in=["", imd_edition])
        return self.current().exclude(postcode_edition="").filter(older)


@pghistory.track(append_only=True)
class Address(models.Model):
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="addresses")
    kind = models.CharField(_("kind"), max_length=20, choices=AddressKind, default=AddressKind.HOME)
    lines = models.TextField(_("address"), blank=True, max_length=500)
    postcode = models.CharField(_("postcode"), max_length=8, blank=True)
    access_notes = models.CharField(_("finding the door"), max_length=300, blank=True)
    valid_from = models.DateField(_("since"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)
    source = models.CharField(_("who told us"), max_length=100, blank=True)
    told_on = models.DateField(_("told on"), default=london_today, editable=False)
    # Who may read it while it is hidden. None: the organisation that took the family in.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    # Where it lay by the editions of the time; a later edition does not change it by itself (actions/places.py).
    council_code = models.CharField(max_length=9, blank=True, editable=False)
    ward_code = models.CharField(max_length=9, blank=True, editable=False)
    lsoa_code = models.CharField(max_length=9, blank=True, editable=False)
    imd_decile = models.PositiveSmallIntegerField(null=True, editable=False)
    imd_edition = models.CharField(max_length=20, blank=True, editable=False)
    postcode_edition = models.CharField(max_length=20, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AddressQuerySet.as_manager()

    class Meta:
        ordering = [models.F("valid_to").desc(nulls_first=True), "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to=None)
                | models.Q(valid_from=None)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="address_dates_in_order",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="confidential") | models.Q(ward_code="", lsoa_code="", imd_decile=None),
                name="address_confidential_no_ward",
            ),
            models.CheckConstraint(
                condition=models.Q(imd_decile=None) | models.Q(imd_decile__range=(1, 10)),
                name="address_decile_1_to_10",
            ),
        ]

    def __str__(self) -> str:
        return ", ".join([*self.lines.splitlines(), self.postcode]).strip(", ")

    @property
    def is_confidential(self) -> bool:
        return self.kind == AddressKind.CONFIDENTIAL

    def told_to(self, family: Family) -> int:
        """The organisation that may read it while it is hidden."""
        return self.organisation_id or family.organisation_id


class Channel(models.TextChoices):
    PHONE = "phone", _("Phone call")
    TEXT = "text", _("Text message")
    EMAIL = "email", _("Email")
    POST = "post", _("Post")
    VISIT = "visit", _("Visit")


class Safe(models.TextChoices):
    UNKNOWN = "unknown", _("Not asked yet")
    YES = "yes", _("Yes")
    NO = "no", _("No")


WEEKDAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]


SHORTEST_PHONE = 7


def as_reached(channel: str, value: str) -> str:
    """A number or address in the form in which two are the same; nothing where it is too short to tell anybody by.

    `families_reached_as` (migration 0016) says the same in the database, where it is looked up by an index.
    """
    if channel == Channel.EMAIL:
        return value.lower()
    digits = phone_digits(value)
    return digits if len(digits) >= SHORTEST_PHONE else ""


class ContactMethodQuerySet(models.QuerySet["ContactMethod"]):
    def visible_to(self, user: User) -> ContactMethodQuerySet:
        """Ways to reach the families this person may see."""
        return self.filter(family__in=Family.objects.visible_to(user))

    def current(self) -> ContactMethodQuerySet:
        return self.filter(valid_to=None)


@pghistory.track(append_only=True)
class ContactMethod(models.Model):
    """One way to reach one person, and what makes it safe. Unknown counts as no until somebody asked."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="contact_methods")
    member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="contact_methods")
    channel = models.CharField(_("how"), max_length=10, choices=Channel)
    value = models.CharField(_("number or address"), max_length=254, blank=True)
    safe = models.CharField(_("safe to use?"), max_length=8, choices=Safe, default=Safe.UNKNOWN)
    safe_days = ArrayField(
        models.PositiveSmallIntegerField(choices=WEEKDAYS), verbose_name=_("only on"), default=list, blank=True
    )
    safe_from = models.TimeField(_("not before"), null=True, blank=True)
    safe_until = models.TimeField(_("not after"), null=True, blank=True)
    may_leave_message = models.BooleanField(_("may leave a message"), default=False)
    may_say_who_we_are = models.BooleanField(_("may say who we are"), default=False)
    shared_device = models.BooleanField(_("others may read it (shared or watched device)"), default=False)
    code_word = models.CharField(_("code word"), max_length=60, blank=True)
    safe_third_person = models.CharField(_("somebody safe to ask instead"), max_length=200, blank=True)
    review_on = models.DateField(_("ask again by"), null=True, blank=True)
    source = models.CharField(_("who told us"), max_length=100, blank=True)
    told_on = models.DateField(_("told on"), default=london_today, editable=False)
    valid_to = models.DateField(_("not used since"), null=True, blank=True)
    verified_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ContactMethodQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(safe_from=None, safe_until=None)
                | models.Q(safe_from__isnull=False, safe_until__isnull=False),
                name="contact_hours_both_or_none",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.value}"

    @property
    def forbids_messages(self) -> bool:
        return self.channel == Channel.PHONE and not self.may_leave_message

    @property
    def drawing(self) -> str:
        return {Channel.TEXT: "message", Channel.POST: "home", Channel.VISIT: "visit"}.get(
            Channel(self.channel), self.channel
        )

    @property
    def is_forbidden(self) -> bool:
        return self.safe == Safe.NO

    @property
    def is_unasked(self) -> bool:
        return self.safe == Safe.UNKNOWN

    @property
    def hides_who_we_are(self) -> bool:
        return self.channel in {Channel.PHONE, Channel.TEXT, Channel.VISIT} and not self.may_say_who_we_are

    @property
    def is_over_midnight(self) -> bool:
        """Its hours begin on one day, to which they belong, and end on the next."""
        return bool(self.safe_from and self.safe_until and self.safe_until < self.safe_from)

    @property
    def only_when(self) -> str:
        """ "only Monday, Friday, 10:00 to 14:00", or nothing where any time is fine."""
        days = ", ".join(str(dict(WEEKDAYS)[day]) for day in sorted(self.safe_days))
        hours = ""
        if self.safe_from and self.safe_until:
            words = gettext("{start} to {end} the next day") if self.is_over_midnight else gettext("{start} to {end}")
            hours = words.format(start=f"{self.safe_from:%H:%M}", end=f"{self.safe_until:%H:%M}")
        when = ", ".join(filter(None, [days, hours]))
        return gettext("only {when}").format(when=when) if when else ""

    @property
    def must_be_asked_again(self) -> bool:
        return self.review_on is not None and self.review_on < london_today()

    @property
    def can_harm(self) -> bool:
        """Somebody thought of a danger: worth a word at the top of the page, not only beside the number."""
        return self.is_forbidden or self.shared_device or bool(self.only_when)


def _hours_of_all(contacts: Sequence[ContactMethod]) -> tuple[dt.time | None, dt.time | None]:
    """The hours that all of these allow; from and until the same time where there are none, or hours over midnight do
    not go with others.
    """
    within = [contact for contact in contacts if contact.safe_from and contact.safe_until]
    begins = max((contact.safe_from for contact in within), default=None)  # type: ignore[type-var]
    ends = min((contact.safe_until for contact in within), default=None)  # type: ignore[type-var]
    if begins and ends and (begins > ends or any(contact.is_over_midnight for contact in within)):
        ends = begins
    return begins, ends


CAREFUL_FIRST = (Safe.NO, Safe.UNKNOWN, Safe.YES)


def strictest(contacts: Sequence[ContactMethod]) -> dict[str, Any]:
    """One set of rules for the same number kept several times: the stricter of each; days and hours that all allow.

    Where no day or no hour is left, it may not be used at all.
    """
    days = [set(contact.safe_days) for contact in contacts if contact.safe_days]
    common_days = sorted(set.intersection(*days)) if days else []
    hours = {(contact.safe_from, contact.safe_until) for contact in contacts if contact.safe_from}
    begins, ends = hours.pop() if len(hours) == 1 else _hours_of_all(contacts)
    never = (days and not common_days) or (begins and begins == ends)
    safe = min((Safe(contact.safe) for contact in contacts), key=CAREFUL_FIRST.index)
    rules: dict[str, Any] = {
        "safe": Safe.NO if never else safe,
        "may_leave_message": all(contact.may_leave_message for contact in contacts),
        "may_say_who_we_are": all(contact.may_say_who_we_are for contact in contacts),
        "shared_device": any(contact.shared_device for contact in contacts),
        "review_on": min((contact.review_on for contact in contacts if contact.review_on), default=None),
    }
    return rules if never else rules | {"safe_days": common_days, "safe_from": begins, "safe_until": ends}
