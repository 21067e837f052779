from __future__ import annotations

import datetime as dt
import re
import secrets
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

import pghistory
from anyascii import anyascii
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Membership, Organisation, Service
from betterstart.access.roles import Role
from betterstart.lexicon.languages import SPOKEN_LANGUAGES

if TYPE_CHECKING:
    from betterstart.access.models import User
    from families.models.member import FamilyMemberQuerySet

# Safe to say on the phone: no 0/O, 1/I/L, and no vowels, so that no word appears by chance.
REFERENCE_LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"
REFERENCE_LENGTH = 7


def new_reference() -> str:
    return "".join(secrets.choice(REFERENCE_LETTERS) for _letter in range(REFERENCE_LENGTH))


LONGEST_SEARCH = 100


def fold(text: str) -> str:
    """What search compares: lower case, Latin letters for every script, no accents or apostrophes, single spaces."""
    return re.sub(r"[^a-z0-9@.]+", " ", re.sub(r"['`’ʼ]", "", anyascii(text).lower())).strip()


def phone_digits(text: str) -> str:
    """The digits of a phone number, in the national form for one of the United Kingdom."""
    return re.sub(r"^(?:00)?440?(?=\d{9,10}$)", "0", "".join(char for char in fold(text) if char.isdigit()))


def _consonants(word: str) -> str:
    """Of a folded word: scripts that leave vowels out can be compared by them."""
    consonants = re.sub(r"(.)\1+", r"\1", re.sub(r"[^b-df-hj-np-tvxz]", "", word))
    return consonants[:-1] if consonants.endswith("h") and len(consonants) > 1 else consonants


def _is_latin(text: str) -> bool:
    return all(unicodedata.name(char, "").startswith("LATIN") for char in text if char.isalpha())


@dataclass(frozen=True)
class Sound:
    """A name reduced to its consonants, and (in Latin letters) the letter it begins with."""

    first: str
    consonants: str

    def __str__(self) -> str:
        """The mark that search looks for: "<y0sf>" for Yusuf, "{sf}" for یوسف. No typed text holds these brackets."""
        return f"<{self.first}0{self.consonants}>" if self.first else f"{{{self.consonants}}}"

    def matches(self) -> models.Q:
        """Across scripts the consonants decide; among Latin letters the first one too: Yousaf, not Mona for Amina."""
        same = str(self) if self.first else f"0{self.consonants}>"
        return models.Q(search_text__contains=same) | models.Q(search_text__contains=f"{{{self.consonants}}}")


def sounds(text: str) -> list[Sound]:
    """How the words of a name sound, one by one."""
    is_latin = _is_latin(text)
    words = ((word, _consonants(word)) for word in fold(text).split())
    return [Sound(word[0] if is_latin else "", consonants) for word, consonants in words if consonants]


def words_to_find(names: Iterable[str], reference: str, phones: Iterable[str], postcodes: Iterable[str]) -> str:
    """What search keeps of a family: names folded and by sound, reference, phones and postcodes without gaps."""
    names = [name for name in names if name]
    solid = [*map(phone_digits, phones), *(fold(postcode).replace(" ", "") for postcode in postcodes)]
    marks = dict.fromkeys(str(sound) for name in names for sound in sounds(name))
    return " ".join(filter(None, [*map(fold, names), fold(reference), *solid, *marks]))


class FamilyQuerySet(models.QuerySet["Family"]):
    def visible_to(self, user: User) -> FamilyQuerySet:
        """Volunteers: families they are with now. Coordinators: also every family of the services they coordinate.

        Managers and safeguarding leads: only the records they opened with a reason, for as long as that lasts.
        Administrators and strangers: none.
        """
        if not user.is_active:
            return self.none()
        together = apps.get_model("families.Assignment").objects.in_force().filter(worker_id=user.pk)
        return self.filter(models.Q(pk__in=together.values("family_id")) | models.Q(pk__in=self._responsible_ids(user)))

    def responsible_to(self, user: User) -> FamilyQuerySet:
        """Families this person answers for: as coordinator, or by an opened record."""
        return self.filter(pk__in=self._responsible_ids(user)) if user.is_active else self.none()

    def _responsible_ids(self, user: User) -> models.QuerySet:
        supports = apps.get_model("families.Support").objects.filter(service__in=Service.objects.coordinated_by(user))
        opened = BreakGlass.objects.open().filter(user_id=user.pk)
        return supports.values("family_id").union(opened.values("family_id"))

    def countable_by(self, user: User) -> FamilyQuerySet:
        """Families a manager may count, though not open: those with a support in a service they manage.

        The caller must act with `Scope.ALL`; the database shows a manager no family otherwise.
        """
        supports = apps.get_model("families.Support").objects.filter(service__in=Service.objects.managed_by(user))
        return self.filter(pk__in=supports.values("family_id"))

    def coordinated_by(self, user: User) -> FamilyQuerySet:
        """Families of the services this person coordinates: whose record they may change."""
        supports = apps.get_model("families.Support").objects.coordinated_by(user)
        return self.filter(pk__in=supports.values("family_id")) if user.is_active else self.none()

    def looked_after_by(self, user: User) -> FamilyQuerySet:
        """Families somebody counts on this person for now: an open support they coordinate or work in."""
        return self.filter(pk__in=apps.get_model("families.Support").objects.looked_after_by(user).values("family_id"))

    def matching(self, text: str) -> FamilyQuerySet:
        """Families whose name, members, reference, phone or postcode resemble the text; closest first.

        Accents, case and script do not matter: both sides are folded to Latin letters, and near spellings count.
        Where scripts or spellings differ, the consonants decide. Of a long text only the beginning is looked at.
        """
        text = text[:LONGEST_SEARCH]
        folded = fold(text)
        if not folded:
            return self.none()
        close = models.Q(search_text__contains=folded) | models.Q(search_text__contains=folded.replace(" ", ""))
        if len(phone_digits(text)) > 4:
            close |= models.Q(search_text__contains=phone_digits(text))
        if by_sound := sounds(text):
            close |= reduce(and_, (sound.matches() for sound in by_sound))
        likeness = models.Func(
            models.Value(folded), models.F("search_text"), function="word_similarity", output_field=models.FloatField()
        )
        return (
            self.annotate(likeness=likeness)
            .filter(close | models.Q(likeness__gte=0.5))
            .order_by("-likeness", "name", "pk")
        )


@pghistory.track(exclude=["search_text"], append_only=True)
class Family(models.Model):
    """A household group supported together. It carries no status: each of its supports does."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("reference"), max_length=12, unique=True, default=new_reference, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(
        _("what we call this family"),
        max_length=200,
        help_text=_("As they like to be called, for example by the first name of the parent."),
    )
    language = models.CharField(_("language they like to speak with us"), max_length=12, blank=True)
    interpreter_needed = models.BooleanField(_("needs an interpreter"), default=False)
    safety_notes = models.TextField(
        _("need to know before a visit"),
        blank=True,
        max_length=2000,
        help_text=_("Buzzer, dog, stairs, meet outside. Everyone who visits sees this."),
    )
    external_reference = models.CharField(max_length=100, blank=True, editable=False)
    search_text = models.TextField(editable=False, default="")
    silent_since = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = FamilyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "families"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "external_reference"],
                condition=~models.Q(external_reference=""),
                name="family_external_reference_once",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def in_words(self) -> str:
        """ "Amina’s family", or the name itself where it says so already; isolated, so that no script turns another."""
        says_so = {"family", "household", gettext("family").lower()} & set(re.findall(r"\w+", self.name.lower()))
        name = self.name if _is_latin(self.name) else f"\u2068{self.name}\u2069"
        return name if says_so else gettext("{name}’s family").format(name=name)

    @property
    def language_in_words(self) -> str:
        return str(dict(SPOKEN_LANGUAGES).get(self.language, self.language))

    @property
    def family_id(self) -> int:
        """So that a family and what belongs to it answer the same question."""
        return self.pk

    @property
    def page(self) -> str:
        return reverse("families:family", args=[self.reference])

    @property
    def members(self) -> FamilyMemberQuerySet:
        """Everybody who belongs or belonged to this family, children it shares with another included."""
        people: FamilyMemberQuerySet = apps.get_model("families.FamilyMember").objects.all()
        return people.of_family(self)

    def describe_for_search(self) -> str:
        """Everything search may find this family by, also what records joined into it were called.

        A confidential address is never among it.
        """
        people = self.members.values_list("display_name", "known_as")
        phones = self.contact_methods.filter(channel__in=["phone", "text"]).values_list("value", flat=True)
        postcodes = self.addresses.exclude(kind="confidential").filter(valid_to=None).values_list("postcode", flat=True)
        names = [self.name, *(name for pair in people for name in pair)]
        return f"{words_to_find(names, self.reference, phones, postcodes)} {self.joined_words()}".strip()

    def joined_words(self) -> str:
        """What search keeps of the records that were joined into this one."""
        joined = [merge for merge in self.joined.all() if not merge.is_undone] if self.pk else []
        return " ".join(words_to_find(merge.names, merge.merged_reference, (), ()) for merge in joined)

    def refresh_search_text(self) -> None:
        """Called by every action that changes something `describe_for_search` reads."""
        self.search_text = self.describe_for_search()
        self.save(update_fields=["search_text"])


# Who may open a record outside their own work.
RECORD_OPENERS = (Role.MANAGER, Role.SAFEGUARDING_LEAD)
BREAK_GLASS_LASTS = dt.timedelta(minutes=60)


class BreakGlassQuerySet(models.QuerySet["BreakGlass"]):
    def open(self) -> BreakGlassQuerySet:
        return self.filter(expires_at__gt=Now(), closed_at=None)

    def visible_to(self, user: User) -> BreakGlassQuerySet:
        """One's own openings, and of families one answers for those by people of one's own organisation.

        The reason is that organisation's to read, like its notes.
        """
        here = Membership.objects.active().filter(user_id=user.pk, role__in=[Role.COORDINATOR, *RECORD_OPENERS])
        openers = Membership.objects.filter(role__in=RECORD_OPENERS, organisation__in=here.values("organisation"))
        return self.filter(
            models.Q(user_id=user.pk)
            | models.Q(family__in=Family.objects.responsible_to(user), user__in=openers.values("user"))
        )


class BreakGlass(models.Model):
    """A record opened outside one's own work: a typed reason, an hour, and a line the family can be shown."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="openings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("why you need to open this record"), max_length=1000)
    opened_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "expires_at"], name="break_glass_user")]

    def __str__(self) -> str:
        return f"{self.user} → {self.family_id}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and self.expires_at > timezone.now()
