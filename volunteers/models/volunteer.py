from __future__ import annotations

import datetime as dt

import pghistory
from django.apps import apps
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Membership, Organisation, Service, User
from betterstart.access.roles import Role
from betterstart.clock import london_today


class VolunteerState(models.TextChoices):
    ENQUIRY = "enquiry", _("Asked about volunteering")
    APPLIED = "applied", _("Applied")
    CHECKING = "checking", _("Checks under way")
    PREPARING = "preparing", _("Preparing")
    READY = "ready", _("With us")
    ON_BREAK = "on_break", _("On a break")
    SUSPENDED = "suspended", _("Suspended")
    NOT_PROCEEDING = "not_proceeding", _("Did not go on")
    LEFT = "left", _("Left")


V = VolunteerState
ON_THEIR_WAY = (V.ENQUIRY, V.APPLIED, V.CHECKING, V.PREPARING)
OVER = (V.NOT_PROCEEDING, V.LEFT)
NOT_YET_MET = (V.ENQUIRY, V.APPLIED)
# What must be in date before somebody is with families: each of these says which volunteers have enough of it.
EVIDENCE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Reference", ()),
    ("DbsCheck", ()),
    ("Attendance", ("preparation",)),
    ("Attendance", ("safeguarding",)),
    ("AgreementSigned", ()),
)


class VolunteerQuerySet(models.QuerySet["Volunteer"]):
    def visible_to(self, user: User) -> VolunteerQuerySet:
        """Volunteers see themselves; coordinators, managers and safeguarding leads those of their organisations."""
        if not user.is_active:
            return self.none()
        of = self._kept(user) | self._overseen(user)
        return self.filter(models.Q(user_id=user.pk) | of)

    def kept_by(self, user: User) -> VolunteerQuerySet:
        """Those of the organisations whose services this person coordinates, never themselves: whose checks they
        read and write.
        """
        return self._but_not_oneself(user).filter(self._kept(user))

    def overseen_by(self, user: User) -> VolunteerQuerySet:
        """Those of the organisations this person manages, or leads safeguarding in, never themselves."""
        return self._but_not_oneself(user).filter(self._overseen(user))

    def _but_not_oneself(self, user: User) -> VolunteerQuerySet:
        return self.filter(models.Q(user=None) | ~models.Q(user_id=user.pk)) if user.is_active else self.none()

    @staticmethod
    def _kept(user: User) -> models.Q:
        return models.Q(organisation__in=Service.objects.coordinated_by(user).values("organisation_id"))

    @staticmethod
    def _overseen(user: User) -> models.Q:
        roles = {Role.MANAGER, Role.SAFEGUARDING_LEAD}
        return models.Q(
            organisation__in={held.organisation_id for held in user.active_memberships if held.role in roles}
        )

    def supervised_by(self, user: User) -> VolunteerQuerySet:
        """Volunteers who work in the services this person coordinates: whose calls and heavy days they answer."""
        return self.filter(user__in=User.objects.working_in(Service.objects.coordinated_by(user)))

    def in_date(self, on: dt.date | None = None) -> VolunteerQuerySet:
        """Those whose every piece of evidence is in date on this day: as `readiness` says with its reasons."""
        rows = self.exclude(state__in=NOT_YET_MET)
        for model, of in EVIDENCE:
            enough = apps.get_model("volunteers", model).objects.enough(on or london_today(), *of)
            rows = rows.filter(pk__in=enough)
        return rows

    def ready(self, on: dt.date | None = None) -> VolunteerQuerySet:
        """Those who may be with families on this day: with us, all evidence in date, and not away.

        From a break they are back by its dates alone, whether or not anybody has said so.
        """
        return self._with_us(on).in_date(on)

    def _with_us(self, on: dt.date | None) -> VolunteerQuerySet:
        return self.filter(state__in=[V.READY, V.ON_BREAK]).not_away(on)

    def not_away(self, on: dt.date | None = None) -> VolunteerQuerySet:
        """Without those whose break covers this day (today by default)."""
        on = on or london_today()
        breaks = apps.get_model("volunteers", "Break").objects.open()
        return self.exclude(pk__in=breaks.filter(starts_on__lte=on, back_on__gt=on).values("volunteer"))

    def ready_ids(self, on: dt.date | None = None) -> set[int]:
        """Of these, the ids of those who are `ready`: one query for each piece of evidence.

        In one statement the database, which cannot guess how many have each piece, tests everybody against everybody:
        of ten thousand that takes ten seconds, and this one.
        """
        found = set(self._with_us(on).values_list("pk", flat=True))
        for model, of in EVIDENCE:
            enough = apps.get_model("volunteers", model).objects.filter(volunteer__in=found)
            found &= set(enough.enough(on or london_today(), *of).values_list("volunteer", flat=True))
        return found

    def available_to(self, *services: Service) -> VolunteerQuerySet:
        """Ready volunteers of the services' organisations who hold the role of volunteer there today."""
        role = Membership.objects.active().filter(
            role=Role.VOLUNTEER, user=models.OuterRef("user"), organisation=models.OuterRef("organisation")
        )
        return (
            self.here()
            .ready()
            .filter(models.Exists(role), organisation__in={service.organisation_id for service in services})
        )

    def here(self) -> VolunteerQuerySet:
        """Volunteers with an account who have not left."""
        return self.filter(models.Q(left_on=None) | models.Q(left_on__gt=london_today())).exclude(user=None)


@pghistory.track(append_only=True)
class Volunteer(models.Model):
    """A home-visiting volunteer of one organisation, from the first enquiry on. The account comes later."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="volunteer"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The service they asked about, if they named one."""
    state = models.CharField(_("state"), max_length=20, choices=VolunteerState, default=V.ENQUIRY, editable=False)
    name = models.CharField(_("name"), max_length=200, blank=True)
    """As they gave it; once there is an account, its name counts."""
    email = models.EmailField(_("email address"), max_length=254, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    date_of_birth = models.DateField(_("date of birth"), null=True, blank=True)
    joined_on = models.DateField(_("with us since"), default=london_today)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    most_families = models.PositiveSmallIntegerField(
        _("families at the same time"), default=1, validators=[MinValueValidator(1), MaxValueValidator(3)]
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = VolunteerQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "state"], name="volunteer_by_state")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=V.values), name="volunteer_state_known"),
            models.CheckConstraint(
                condition=models.Q(user__isnull=False) | ~models.Q(name=""), name="volunteer_has_a_name"
            ),
            models.CheckConstraint(
                condition=models.Q(user__isnull=False) | ~models.Q(state__in=[V.READY, V.ON_BREAK]),
                name="volunteer_with_us_has_an_account",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=V.LEFT) | models.Q(left_on__isnull=False), name="volunteer_left_has_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.user.display_name if self.user else self.name

    @property
    def account(self) -> User:
        """The account of somebody who has one: whoever is with families does."""
        if self.user is None:
            raise ValueError("They have no account yet.")
        return self.user

    @property
    def is_over(self) -> bool:
        return self.state in OVER
