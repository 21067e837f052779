"""What there is for families nearby: our own entries, and those of directories in the shape of Open Referral UK."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from betterstart.access.permissions import Permission
from betterstart.lexicon.languages import SPOKEN_LANGUAGES

if TYPE_CHECKING:
    from betterstart.access.models import User

Row = TypeVar("Row", bound=models.Model)
CLAIM_LASTS = dt.timedelta(minutes=10)
LONGEST_DESCRIPTION = 5_000
DAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]


class DirectoryQuerySet(models.QuerySet[Row]):
    def visible_to(self, user: User) -> DirectoryQuerySet[Row]:
        """Nothing in a directory is about a person: everybody who is signed in."""
        return self if user.is_active else self.none()


class SourceQuerySet(DirectoryQuerySet["Source"]):
    pass


class Source(models.Model):
    """A directory that others keep, and that is brought in again now and then."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    url = models.URLField(_("address of its feed"), max_length=300, blank=True)
    read_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class EntryQuerySet(DirectoryQuerySet["Entry"]):
    def offered(self) -> EntryQuerySet:
        """What a family can be told of today."""
        return self.filter(gone_on=None, is_paused=False)

    def own(self) -> EntryQuerySet:
        return self.filter(source=None)


class Entry(models.Model):
    """Something a family can go to or ask for: a group, a course, a helpline, a place."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, related_name="entries")
    """The directory it comes from; none for an entry of our own, which no import touches."""
    external_id = models.CharField(max_length=100, blank=True)
    name = models.CharField(_("name"), max_length=200)
    organisation_name = models.CharField(_("who runs it"), max_length=200, blank=True)
    description = models.TextField(_("what it is"), blank=True, max_length=LONGEST_DESCRIPTION)
    topics = ArrayField(models.CharField(max_length=100), verbose_name=_("what it helps with"), default=list)
    from_months = models.PositiveSmallIntegerField(null=True)
    to_months = models.PositiveSmallIntegerField(null=True)
    """The last month of age it is for: 59 for "up to 4 years"."""
    eligibility = models.CharField(_("who may come"), max_length=500, blank=True)
    languages = ArrayField(models.CharField(max_length=35), verbose_name=_("languages"), default=list)
    days = ArrayField(models.PositiveSmallIntegerField(choices=DAYS), verbose_name=_("days"), default=list)
    times = ArrayField(models.CharField(max_length=200), default=list)
    """When it is on, one line each, in the words in which it is shown."""
    cost = models.CharField(_("cost"), max_length=300, blank=True)
    how_to_join = models.CharField(_("how to join"), max_length=1000, blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    email = models.EmailField(_("email"), blank=True)
    url = models.URLField(_("website"), max_length=500, blank=True)
    alert = models.CharField(_("to know beforehand"), max_length=500, blank=True)
    assured_on = models.DateField(_("checked on"), null=True)
    is_remote = models.BooleanField(_("by phone or online"), default=False)
    is_paused = models.BooleanField(default=False)
    """Its directory says that it is not offered at the moment."""
    gone_on = models.DateField(null=True)
    """Since when its directory no longer has it. It stays, for the families who were told of it."""
    other_words = models.TextField(blank=True)
    """What else somebody may look for: topics and those above them."""
    search = models.GeneratedField(
        expression=SearchVector(
            "name", "organisation_name", "description", "eligibility", "other_words", config="english"
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(fields=["search"], name="entry_search"),
            GinIndex(fields=["topics"], name="entry_topics"),
            models.Index(
                fields=["name", "id"], name="entry_by_name", condition=models.Q(gone_on=None, is_paused=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="entry_once_per_source"),
            models.CheckConstraint(
                condition=models.Q(source=None, external_id="")
                | models.Q(source__isnull=False) & ~models.Q(external_id=""),
                name="entry_own_or_from_a_source",
            ),
            models.CheckConstraint(
                condition=models.Q(from_months=None)
                | models.Q(to_months=None)
                | models.Q(to_months__gte=models.F("from_months")),
                name="entry_ages_in_order",
            ),
            models.CheckConstraint(condition=models.Q(days__contained_by=[1, 2, 3, 4, 5, 6, 7]), name="entry_days"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_own(self) -> bool:
        return self.source_id is None

    @property
    def is_offered(self) -> bool:
        return self.gone_on is None and not self.is_paused

    @property
    def page(self) -> str:
        return reverse("directory:entry", args=[self.uuid])

    @property
    def ages(self) -> str:
        """ "from 6 months to 4 years", or nothing where it is for every age."""
        first = age_in_words(self.from_months) if self.from_months else ""
        last = age_in_words(self.to_months, last=True) if self.to_months is not None else ""
        if first and last:
            return _now("from {first} to {last}").format(first=first, last=last)
        if first:
            return _now("from {age}").format(age=first)
        return _now("up to {age}").format(age=last) if last else ""

    @property
    def languages_in_words(self) -> list[str]:
        return [language_name(code) for code in self.languages]

    @property
    def days_in_words(self) -> list[str]:
        return [str(dict(DAYS)[day]) for day in sorted(self.days)]


def age_in_words(months: int, *, last: bool = False) -> str:
    """Of the last month of an age, the year that it completes: 59 is "4 years"."""
    if last and months % 12 == 11:
        years = months // 12
        return ngettext("{n} year", "{n} years", years).format(n=years) if years else _now("1 year")
    if months % 12 == 0 and months:
        return ngettext("{n} year", "{n} years", months // 12).format(n=months // 12)
    return ngettext("{n} month", "{n} months", months).format(n=months)


def language_name(code: str) -> str:
    return str(dict(SPOKEN_LANGUAGES).get(code) or capfirst(code))


class VenueQuerySet(DirectoryQuerySet["Venue"]):
    pass


class Venue(models.Model):
    """One of the places where an entry is on."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="venues")
    name = models.CharField(_("name of the place"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    postcode = models.CharField(_("postcode"), max_length=8, blank=True)
    access = models.CharField(_("getting in"), max_length=500, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    objects = VenueQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude=None, longitude=None)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="venue_on_earth",
            )
        ]

    def __str__(self) -> str:
        return ", ".join(filter(None, [self.name, self.address, self.postcode]))


class RunState(models.TextChoices):
    TO_READ = "to_read", _("Waiting to be read")
    READING = "reading", _("Being read")
    CHECKED = "checked", _("Read, nothing saved yet")
    TO_SAVE = "to_save", _("Waiting to be saved")
    SAVING = "saving", _("Being saved")
    DONE = "done", _("Brought in")
    REFUSED = "refused", _("Could not be brought in")
    CANCELLED = "cancelled", _("Cancelled, nothing was saved")


UNDER_WAY = (RunState.TO_READ, RunState.READING, RunState.TO_SAVE, RunState.SAVING)


class DirectoryRunQuerySet(DirectoryQuerySet["DirectoryRun"]):
    def visible_to(self, user: User) -> DirectoryRunQuerySet:
        """Those who bring directories in."""
        return self if user.is_active and user.may(Permission.DIRECTORY_IMPORT) else self.none()

    def due(self) -> DirectoryRunQuerySet:
        """Waiting for a worker, or claimed by one that has not been heard of for a while."""
        silent = models.Q(state__in=[RunState.READING, RunState.SAVING], claimed_at__lt=Now() - CLAIM_LASTS)
        return self.filter(models.Q(state__in=[RunState.TO_READ, RunState.TO_SAVE]) | silent)


class DirectoryRun(models.Model):
    """One directory on its way in: what was read, what it would change, how far it has come."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="runs")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200, blank=True)
    """Empty where the feed is read from the source's address."""
    state = models.CharField(max_length=10, choices=RunState, default=RunState.TO_READ)
    content = models.BinaryField(null=True)
    entries: Any = models.JSONField(default=list)
    """What was read, cleaned: `imports.reading.Reading.entries`. Emptied once it is over."""
    preview: Any = models.JSONField(default=dict)
    """What would come in and change, and what is left out with its reason: `imports.comparing.preview`."""
    done = models.PositiveIntegerField(default=0)
    of = models.PositiveIntegerField(default=0)
    refusal = models.CharField(max_length=500, blank=True)
    claim = models.UUIDField(null=True, editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, editable=False)

    objects = DirectoryRunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=RunState.values), name="directory_run_state_known")
        ]

    def __str__(self) -> str:
        return self.file_name or str(self.source)

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def percent(self) -> int | None:
        return min(99, 100 * self.done // self.of) if self.of else None

    @property
    def loses_many(self) -> bool:
        """More than a third of what is here would go: perhaps this is only a part of the directory."""
        return bool(self.preview) and 3 * self.preview["counts"]["gone"] > self.preview["here"]
