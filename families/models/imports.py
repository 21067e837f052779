from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Organisation, Service

if TYPE_CHECKING:
    from betterstart.access.models import User

FILE_KEPT_FOR = dt.timedelta(hours=24)
CLAIM_LASTS = dt.timedelta(minutes=10)


class ImportState(models.TextChoices):
    COLUMNS = "columns", _("Waiting for its columns")
    TO_CHECK = "to_check", _("Waiting to be checked")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked, nothing saved yet")
    TO_SAVE = "to_save", _("Waiting to be saved")
    SAVING = "saving", _("Being saved")
    DONE = "done", _("Brought in")
    REFUSED = "refused", _("Could not be read")
    CANCELLED = "cancelled", _("Cancelled, nothing was saved")


UNDER_WAY = (ImportState.TO_CHECK, ImportState.CHECKING, ImportState.TO_SAVE, ImportState.SAVING)
OPEN = (ImportState.COLUMNS, ImportState.CHECKED)


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, user: User) -> ImportRunQuerySet:
        """Only the person who chose the file: what is in it is nobody else's before it is saved."""
        return self.filter(uploaded_by_id=user.pk)

    def due(self) -> ImportRunQuerySet:
        """Waiting for a worker, or claimed by one that has not been heard of for a while."""
        silent = models.Q(state__in=[ImportState.CHECKING, ImportState.SAVING], claimed_at__lt=Now() - CLAIM_LASTS)
        return self.filter(models.Q(state__in=[ImportState.TO_CHECK, ImportState.TO_SAVE]) | silent)

    def expired(self) -> ImportRunQuerySet:
        """Whose file and findings have been kept long enough."""
        return self.filter(created_at__lt=Now() - FILE_KEPT_FOR, emptied_at=None).exclude(state__in=UNDER_WAY)


class ImportRun(models.Model):
    """One file on its way in: its columns, what was found, how far it has come. Saved data point nowhere back to it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.COLUMNS)
    sheets = models.JSONField(default=list)
    """Name, heading row, headings and first cells of each sheet, for the page on which columns are chosen."""
    use = models.JSONField(default=dict)
    """How the file is read: `families.imports.columns.FileUse`."""
    note = models.CharField(max_length=300, blank=True)
    done_rows = models.PositiveIntegerField(default=0)
    all_rows = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    blocking = models.PositiveIntegerField(default=0)
    remarks = models.PositiveIntegerField(default=0)
    refusal = models.CharField(max_length=500, blank=True)
    claim = models.UUIDField(null=True, editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True, editable=False)
    emptied_at = models.DateTimeField(null=True, editable=False)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "claimed_at"], name="import_state")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ImportState.values), name="import_state_known")
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def percent(self) -> int | None:
        return min(99, 100 * self.done_rows // self.all_rows) if self.all_rows else None


class ImportFileQuerySet(models.QuerySet["ImportFile"]):
    def visible_to(self, user: User) -> ImportFileQuerySet:
        """Only the person who chose the file."""
        return self.filter(run__in=ImportRun.objects.visible_to(user))


class ImportFile(models.Model):
    """The bytes of a file, kept apart so that lists do not read them, and only for as long as they are needed."""

    run = models.OneToOneField(ImportRun, on_delete=models.CASCADE, related_name="file")
    content = models.BinaryField()

    objects = ImportFileQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.run_id)


class ImportMappingQuerySet(models.QuerySet["ImportMapping"]):
    def visible_to(self, user: User) -> ImportMappingQuerySet:
        """Those who coordinate a service of the organisation: they bring in its files."""
        return self.filter(organisation__in=Service.objects.coordinated_by(user).values("organisation"))


class ImportMapping(models.Model):
    """What a heading meant the last time somebody of the organisation said so."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    heading = models.CharField(max_length=100)
    target = models.CharField(max_length=40)
    option = models.CharField(max_length=20, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ImportMappingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "heading"], name="import_mapping_once_per_heading")
        ]

    def __str__(self) -> str:
        return f"{self.heading}: {self.target}"
