from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import zoneinfo
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pghistory
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Coalesce, Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from betterstart.access.permissions import Permission
from betterstart.access.roles import ROLE_PERMISSIONS, STAFF_ROLES, Role

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator


def known_time_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("We do not know this time zone."))


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: User) -> UserQuerySet:
        """Administrators see the people of the organisations they administer; everyone sees themselves."""
        return self.filter(models.Q(pk=user.pk) | models.Q(pk__in=self.model.objects.looked_after_by(user)))

    def matching(self, text: str) -> UserQuerySet:
        """People whose name or address contains the text, however it is written."""
        return self.filter(models.Q(display_name__icontains=text) | models.Q(email__icontains=text))

    def looked_after_by(self, administrator: User) -> UserQuerySet:
        """People who have or had a role in an organisation this person administers."""
        return self.filter(pk__in=Membership.objects.administered_by(administrator).values("user"))

    def working_in(self, services: models.QuerySet) -> UserQuerySet:
        """People with an active volunteer or coordinator membership in one of these services."""
        memberships = Membership.objects.active().filter(role__in=[Role.VOLUNTEER, Role.COORDINATOR])
        return self.filter(
            is_active=True,
            pk__in=memberships.filter(
                models.Q(service__in=services)
                | models.Q(service=None, organisation__in=services.values("organisation_id"))
            ).values("user"),
        )


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, display_name: str, password: str | None = None, **fields: Any) -> User:
        """A person whose address is known to be theirs: there is no sign-up, an invitation reached them."""
        user = self.model(email=self.normalize_email(email).lower(), display_name=display_name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        user.emailaddress_set.create(email=user.email, verified=True, primary=True)
        return user


@pghistory.track(exclude=["password", "last_login"])
class User(AbstractBaseUser):
    """A person with a sign-in. What they may do comes from their memberships, never from a flag here."""

    email = models.EmailField(_("email address"), max_length=254, unique=True)
    display_name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=12, default="en-gb")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/London", validators=[known_time_zone])
    is_active = models.BooleanField(_("may sign in"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique_any_case")]

    def __str__(self) -> str:
        return self.display_name

    @cached_property
    def active_memberships(self) -> list[Membership]:
        """Read once per request; `end_access` takes effect on the next one."""
        return list(self.memberships.active().select_related("organisation", "service"))

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(membership.role for membership in self.active_memberships)

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        if not self.is_active:
            return frozenset()
        return frozenset().union(*(ROLE_PERMISSIONS[role] for role in self.roles))

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    @property
    def is_staff_member(self) -> bool:
        """Paid roles: a second factor is compulsory, sessions are short."""
        return bool(self.roles & STAFF_ROLES)

    @property
    def second_factors(self) -> models.QuerySet[Authenticator]:
        """What this person proves themselves with beside the password. Recovery codes are only a spare key."""
        return self.authenticator_set.filter(type__in=["totp", "webauthn"])  # type: ignore[attr-defined]


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: User) -> OrganisationQuerySet:
        """Organisations the person has an active membership in."""
        return self.filter(pk__in=Membership.objects.active().filter(user_id=user.pk).values("organisation"))

    def administered_by(self, user: User) -> OrganisationQuerySet:
        memberships = Membership.objects.active().filter(user_id=user.pk, role=Role.ADMINISTRATOR)
        return self.filter(pk__in=memberships.values("organisation"))


@pghistory.track()
class Organisation(models.Model):
    """A charity, council or NHS body in the partnership: the data controller that employs staff."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OrganisationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class ServiceKind(models.TextChoices):
    HOME_VISITING = "home_visiting", _("Home visiting by volunteers")
    GROUP = "group", _("Group")
    WORKER_LED = "worker_led", _("Visits by paid workers")


class ServiceQuerySet(models.QuerySet["Service"]):
    def _held(self, user: User, role: str) -> ServiceQuerySet:
        # By number, from what the request read once: as subqueries in every query of a page these cost more to put
        # together than to run.
        held = [membership for membership in user.active_memberships if membership.role == role]
        one = [membership.service_id for membership in held if membership.service_id]
        whole = [membership.organisation_id for membership in held if not membership.service_id]
        return self.filter(models.Q(pk__in=one) | models.Q(organisation__in=whole))

    def visible_to(self, user: User) -> ServiceQuerySet:
        """Services in an organisation where the person has an active membership."""
        return self.filter(organisation__in=Organisation.objects.visible_to(user))

    def coordinated_by(self, user: User) -> ServiceQuerySet:
        """Services of an active coordinator membership: that service, or all of the organisation's."""
        return self._held(user, Role.COORDINATOR)

    def managed_by(self, user: User) -> ServiceQuerySet:
        """Services whose numbers this manager answers for."""
        return self._held(user, Role.MANAGER)

    def asked_for_in_public(self) -> ServiceQuerySet:
        """Services that anybody may ask for, without an account."""
        return self.filter(is_open=True, takes_public_referrals=True)

    def administered_by(self, user: User) -> ServiceQuerySet:
        return self.filter(organisation__in=Organisation.objects.administered_by(user))


def whole_number(verbose_name: Any, default: int, low: int, high: int, help_text: Any = "") -> models.Field:
    return models.PositiveSmallIntegerField(
        verbose_name,
        default=default,
        validators=[MinValueValidator(low), MaxValueValidator(high)],
        help_text=help_text,
    )


@pghistory.track()
class Service(models.Model):
    """Something a family can join. The intervals are this service's own promises, not constants in code."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="services")
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=ServiceKind, default=ServiceKind.HOME_VISITING)
    is_open = models.BooleanField(_("takes new families"), default=True)
    takes_public_referrals = models.BooleanField(_("anybody may ask for it online"), default=False)
    age_from_months = whole_number(_("youngest child's age from (months)"), 0, 0, 240)
    age_until_months = whole_number(
        _("until (months)"), 60, 1, 240, _("60 means up to the day before the fifth birthday.")
    )
    pregnancy_from_week = models.PositiveSmallIntegerField(
        _("in pregnancy from week"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(42)],
        help_text=_("Leave empty if the service starts after the birth."),
    )
    referral_answer_days = whole_number(_("a referral is answered within (days)"), 14, 2, 90)
    usual_visit_minutes = whole_number(_("a usual visit lasts (minutes)"), 120, 5, 360)
    longest_visit_minutes = whole_number(_("longest visit that can be recorded (minutes)"), 360, 60, 720)
    long_visit_minutes = whole_number(_("ask about visits longer than (minutes)"), 240, 30, 720)
    contact_every_days = whole_number(_("promised contact at least every (days)"), 7, 1, 90)
    no_contact_days = whole_number(_("tell the coordinator after no contact for (days)"), 21, 2, 180)
    waiting_touch_days = whole_number(_("contact waiting families every (days)"), 21, 2, 90)
    check_in_due_hours = whole_number(_("check-in expected within (hours)"), 48, 1, 336)
    check_in_edit_days = whole_number(_("author may change a check-in for (days)"), 7, 0, 60)
    late_visit_days = whole_number(_("only a coordinator records visits older than (days)"), 60, 1, 730)
    longest_pause_weeks = whole_number(_("longest pause (weeks)"), 12, 1, 52)
    could_not_reach_tries = whole_number(_("tries before 'could not reach'"), 3, 1, 10)
    not_available_in_a_row = whole_number(_("tell the coordinator after not available (in a row)"), 2, 1, 10)
    first_review_weeks = whole_number(_("first review after (weeks)"), 6, 1, 52)
    review_every_weeks = whole_number(_("then a review every (weeks)"), 12, 0, 26)
    supervision_every_weeks = whole_number(_("supervision at least every (weeks)"), 6, 1, 26)
    group_counts_as_supervision = models.BooleanField(_("a group counts as supervision"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="service_name_once_per_organisation"),
            models.CheckConstraint(
                condition=models.Q(age_until_months__gt=models.F("age_from_months")), name="service_ages_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> MembershipQuerySet:
        """Memberships that hold at this moment, of people who may sign in."""
        return self.filter(
            models.Q(ends_at=None) | models.Q(ends_at__gt=Now()), starts_at__lte=Now(), user__is_active=True
        )

    def not_over(self) -> MembershipQuerySet:
        """Memberships that hold now or will, whether or not the person may sign in."""
        return self.filter(models.Q(ends_at=None) | models.Q(ends_at__gt=Now()))

    def administered_by(self, user: User) -> MembershipQuerySet:
        return self.filter(organisation__in=Organisation.objects.administered_by(user))

    def visible_to(self, user: User) -> MembershipQuerySet:
        """Administrators see the memberships of the organisations they administer; everyone sees their own."""
        return self.filter(
            models.Q(user_id=user.pk) | models.Q(organisation__in=Organisation.objects.administered_by(user))
        )


@pghistory.track()
class Membership(models.Model):
    """A dated role: which person, in which organisation, and (if narrower) in which of its services."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("service")
    )
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "role"], name="membership_user_role")]
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
            models.CheckConstraint(
                condition=models.Q(ends_at=None) | models.Q(ends_at__gte=models.F("starts_at")),
                name="membership_dates_in_order",
            ),
            # Service 0 stands for "all services of the organisation", so that NULLs collide too.
            models.UniqueConstraint(
                "user",
                "role",
                "organisation",
                Coalesce("service", 0),
                condition=models.Q(ends_at=None),
                name="membership_once_while_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.service or self.organisation}"

    @property
    def is_over(self) -> bool:
        return self.ends_at is not None and self.ends_at <= timezone.now()


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """256 bits; only its hash is stored, so a copy of the database opens no account."""
    return secrets.token_urlsafe(32)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> InvitationQuerySet:
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=Now())

    def to_forget(self) -> InvitationQuerySet:
        """Never taken up, and long over: by their last day, or the day they were taken back."""
        over = timezone.now() - dt.timedelta(days=settings.INVITATION_KEPT_DAYS)
        since = Coalesce("revoked_at", "expires_at")
        return self.annotate(over_since=since).filter(accepted_at=None, over_since__lt=over)  # type: ignore[misc]

    def for_token(self, token: str) -> InvitationQuerySet:
        return self.open().filter(token_hash=token_hash(token))

    def visible_to(self, user: User) -> InvitationQuerySet:
        """Administrators see the invitations of the organisations they administer."""
        return self.filter(organisation__in=Organisation.objects.administered_by(user))


class Invitation(models.Model):
    """The only way in: a single-use, expiring, revocable link to one email address for one role."""

    email = models.EmailField(_("email address"), max_length=254)
    display_name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(_("language"), max_length=12, default="en-gb")
    token_hash = models.CharField(max_length=64, unique=True)
    # Empty for the first administrator of an organisation, invited by whoever runs the server.
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["email", "organisation"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_one_open_per_email",
            )
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def forgotten_at(self) -> dt.datetime:
        """When the sweeper removes it, if nobody takes it up or sends it again."""
        return self.expires_at + dt.timedelta(days=settings.INVITATION_KEPT_DAYS)


class ResetRequestQuerySet(models.QuerySet["ResetRequest"]):
    def visible_to(self, user: User) -> ResetRequestQuerySet:
        """Nobody's: only the sweeper reads them."""
        return self.none()


class ResetRequest(models.Model):
    """Somebody asked for a new password. Kept for known and unknown addresses alike until a worker has seen to it,
    so that asking takes the same time for both."""

    email = models.EmailField(max_length=254)
    site = models.URLField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ResetRequestQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.pk}"
