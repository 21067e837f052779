from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service
from betterstart.clock import london_date, london_today
from betterstart.lexicon.languages import SPOKEN_LANGUAGES
from betterstart.transitions.machine import Move, MoveRefused, StateMachine
from families.models.around import Flag
from families.models.family import Family, new_reference
from families.models.support import BEFORE_START, Support, SupportState

if TYPE_CHECKING:
    from betterstart.access.models import User


class ReferralState(models.TextChoices):
    RECEIVED = "received", _("Received")
    MORE_INFORMATION = "more_information", _("More information needed")
    ACCEPTED = "accepted", _("Accepted")
    NOT_ACCEPTED = "not_accepted", _("Not accepted")
    COULD_NOT_REACH = "could_not_reach", _("Could not reach")
    WITHDRAWN_BY_FAMILY = "withdrawn_by_family", _("Withdrawn by the family")
    WITHDRAWN_BY_REFERRER = "withdrawn_by_referrer", _("Withdrawn by the referrer")
    REDIRECTED = "redirected", _("Passed on to another service")


R = ReferralState
WAITING_STATES = (R.RECEIVED, R.MORE_INFORMATION)
DECIDED_STATES = tuple(state for state in R if state not in WAITING_STATES)


class HowReceived(models.TextChoices):
    ONLINE = "online", _("Online form")
    PHONE = "phone", _("By phone")
    LETTER = "letter", _("By letter or email")
    IN_PERSON = "in_person", _("In person")
    REDIRECT = "redirect", _("Passed on by another service")


class AgencyType(models.TextChoices):
    HEALTH_VISITOR = "health_visitor", _("Health visiting")
    MIDWIFERY = "midwifery", _("Midwifery")
    GP = "gp", _("GP or practice nurse")
    FAMILY_HUB = "family_hub", _("Family hub or children’s centre")
    NURSERY = "nursery", _("Nursery or school")
    SOCIAL_CARE = "social_care", _("Social care or early help")
    MENTAL_HEALTH = "mental_health", _("Mental health service")
    CHARITY = "charity", _("Charity or community group")
    OTHER = "other", _("Somebody else")


class AgreedHow(models.TextChoices):
    IN_PERSON = "in_person", _("They said so face to face")
    PHONE = "phone", _("They said so by phone or video")
    SIGNED = "signed", _("They signed or wrote it")
    THEMSELVES = "themselves", _("They asked us themselves")


class FamilyNeed(models.TextChoices):
    BEHAVIOUR = "behaviour", _("Days with the children that are hard")
    DEVELOPMENT = "development", _("Playing and learning together")
    PARENT_HEALTH = "parent_health", _("A parent’s health")
    PARENT_MOOD = "parent_mood", _("How a parent feels")
    ISOLATION = "isolation", _("Feeling alone")
    SELF_ESTEEM = "self_esteem", _("Trusting oneself")
    CHILD_HEALTH = "child_health", _("A child’s health")
    CHILD_MOOD = "child_mood", _("How a child feels")
    BUDGET = "budget", _("Money")
    HOME = "home", _("Running the home")
    CONFLICT = "conflict", _("Quarrels at home")
    SEVERAL_UNDER_FIVE = "several_under_five", _("Twins, or several little ones")
    SERVICES = "services", _("Getting to other services")


class Fit(models.TextChoices):
    AREA = "area", _("They live in our area")
    AGE = "age", _("The children are of the age we are here for")
    REMIT = "remit", _("What they want is what this service does")


class NotAcceptedReason(models.TextChoices):
    OUT_OF_AREA = "out_of_area", _("Out of our area")
    AGE = "age", _("The children are not of our age")
    OTHER_SERVICE = "other_service", _("Another service fits better")
    FAMILY_DID_NOT_AGREE = "family_did_not_agree", _("The family did not agree")
    NO_CAPACITY = "no_capacity", _("We have no room")
    SAFETY = "safety", _("It would not be safe")
    DUPLICATE = "duplicate", _("The family is with us already, or was referred twice")


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, user: User) -> ReferralQuerySet:
        """Coordinators of the service a referral is for; nobody else, whatever they may see of the family."""
        return self.filter(service__in=Service.objects.coordinated_by(user))

    def waiting(self) -> ReferralQuerySet:
        """Taken in and not decided, the oldest first. (Nobody is told before: that is what the index goes by.)"""
        return self.filter(told_at=None, state__in=WAITING_STATES, set_aside_because="").order_by("received_at", "pk")

    def decided(self) -> ReferralQuerySet:
        return self.filter(state__in=DECIDED_STATES).order_by("-pk")

    def set_aside(self) -> ReferralQuerySet:
        """What looks as if a machine had sent it: kept until a person has looked."""
        return self.exclude(set_aside_because="").order_by("-pk")


def _text(label: Any, longest: int) -> models.TextField:
    return models.TextField(label, blank=True, max_length=longest)


def _line(label: Any, longest: int = 200) -> models.CharField:
    return models.CharField(label, max_length=longest, blank=True)


def _day(name: str, value: Any) -> Any:
    return dt.date.fromisoformat(value) if name in {"date_of_birth", "due_date"} and isinstance(value, str) else value


@pghistory.track(append_only=True)
class Referral(models.Model):
    """A request that a family be offered a service. Whom it names stays in it until a coordinator accepts it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("reference"), max_length=12, unique=True, default=new_reference, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(_("how it came"), max_length=12, choices=HowReceived, default=HowReceived.ONLINE)
    is_self_referral = models.BooleanField(_("the family asked for itself"), default=False)
    referrer_name = _line(_("name"))
    referrer_role = _line(_("role"))
    referrer_agency = _line(_("where they work"))
    agency_type = models.CharField(_("kind of organisation"), max_length=20, choices=AgencyType, blank=True)
    referrer_email = models.EmailField(_("email"), max_length=254, blank=True)
    referrer_phone = _line(_("phone"), 40)
    reason = _text(_("why, in the words of whoever asked"), 4000)
    family_words = _text(_("what the family would like help with, in their words"), 2000)
    words_language = _line(_("language of these words"), 12)
    needs = ArrayField(models.CharField(max_length=20, choices=FamilyNeed), default=list, blank=True)
    flags = ArrayField(models.CharField(max_length=24, choices=Flag), default=list, blank=True)
    """What whoever asked told of the household: theirs to say until the family is asked."""
    risks = _text(_("anything that could make a visit unsafe"), 2000)
    is_urgent = models.BooleanField(_("cannot wait two weeks"), default=False)
    household = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    language = _line(_("language they like to speak with us"), 12)
    interpreter_needed = models.BooleanField(_("needs an interpreter"), default=False)
    contact_wishes = _line(_("how and when to get in touch"), 300)
    heard_of_us = _line(_("heard of us through"))
    agreed_how = models.CharField(_("how the family agreed"), max_length=12, choices=AgreedHow, blank=True)
    agreed_on = models.DateField(_("when the family agreed"), null=True, blank=True)
    page_language = models.CharField(max_length=12, default="en-gb", editable=False)
    received_at = models.DateTimeField(default=timezone.now)
    acknowledged_at = models.DateTimeField(null=True, editable=False)
    state = models.CharField(_("state"), max_length=24, choices=ReferralState, default=R.RECEIVED)
    fits = ArrayField(models.CharField(max_length=8, choices=Fit), default=list, blank=True)
    decision_reason = models.CharField(_("reason"), max_length=24, choices=NotAcceptedReason, blank=True)
    signpost = _text(_("what could help them instead"), 2000)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField(null=True, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, null=True, related_name="referrals")
    support = models.ForeignKey(Support, on_delete=models.PROTECT, null=True, related_name="referrals")
    redirected_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="redirected_to")
    sharing_agreed_by = _line(_("who agreed that it may be passed on"))
    sharing_agreed_on = models.DateField(_("when they agreed"), null=True, blank=True)
    set_aside_because = models.CharField(max_length=20, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["service", "received_at"], condition=models.Q(told_at=None), name="referral_not_told"),
            models.Index(fields=["service", "-id"], name="referral_service"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=R.values), name="referral_state_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=WAITING_STATES, decided_at=None)
                | models.Q(state__in=DECIDED_STATES, decided_at__isnull=False),
                name="referral_decision_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=R.ACCEPTED) | models.Q(family__isnull=False, support__isnull=False),
                name="referral_accepted_has_a_family",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=R.NOT_ACCEPTED) | ~models.Q(decision_reason=""),
                name="referral_not_accepted_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=R.REDIRECTED)
                | models.Q(sharing_agreed_on__isnull=False) & ~models.Q(sharing_agreed_by=""),
                name="referral_passed_on_with_permission",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def people(self) -> list[dict[str, Any]]:
        """Who was named, as fields of FamilyMember; the main carer first."""
        return [{name: _day(name, value) for name, value in each.items()} for each in self.household.get("people", [])]

    @property
    def contacts(self) -> list[dict[str, Any]]:
        """How to reach the main carer, as fields of ContactMethod."""
        return self.household.get("contacts", [])

    @property
    def address(self) -> dict[str, Any] | None:
        """Where they live, as fields of Address."""
        return self.household.get("address")

    @property
    def carer_name(self) -> str:
        return next((person["display_name"] for person in self.people), gettext("No name yet"))

    @property
    def words_language_name(self) -> str:
        return str(dict(SPOKEN_LANGUAGES).get(self.words_language, self.words_language))

    @property
    def language_name(self) -> str:
        return str(dict(SPOKEN_LANGUAGES).get(self.language, self.language))

    @property
    def needs_in_words(self) -> list[str]:
        return [str(FamilyNeed(need).label) for need in self.needs]

    @property
    def flags_in_words(self) -> list[str]:
        return [str(Flag(flag).label) for flag in self.flags]

    @property
    def asked_by(self) -> str:
        """ "the family itself", or the agency, or the person where no agency is known."""
        if self.is_self_referral:
            return gettext("the family itself")
        return self.referrer_agency or self.referrer_name

    @property
    def answer_by(self) -> dt.date:
        """The last day of the promise to answer."""
        return london_date(self.received_at) + dt.timedelta(days=self.service.referral_answer_days)

    @property
    def days_left(self) -> int:
        return (self.answer_by - london_today()).days

    @property
    def days_waited(self) -> int:
        return (london_today() - london_date(self.received_at)).days

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING_STATES and not self.set_aside_because

    @property
    def may_be_written_to(self) -> bool:
        return bool(self.referrer_email)

    @property
    def writer(self) -> str:
        """Whom a letter about it reaches: silence keeps letters to a family back, and not those to a professional."""
        return "family" if self.is_self_referral else "referrer"


class _OfReferral(models.QuerySet):
    def visible_to(self, user: User) -> _OfReferral:
        """What belongs to the referrals this person may see."""
        return self.filter(service__in=Service.objects.coordinated_by(user))


@pghistory.track(append_only=True)
class ReferralQuestion(models.Model):
    """Something a coordinator asked whoever made the referral, and the answer."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="questions")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(_("what would you like to know?"), max_length=2000)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(_("answer"), blank=True, max_length=4000)
    answered_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    objects = _OfReferral.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.referral_id}: {self.pk}"


class TryChannel(models.TextChoices):
    PHONE = "phone", _("Phone call")
    TEXT = "text", _("Text message")
    EMAIL = "email", _("Email")
    POST = "post", _("Letter")
    VISIT = "visit", _("At the door")


class ReferralTry(models.Model):
    """One try to reach a family that was referred."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="tries")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(_("how"), max_length=8, choices=TryChannel)
    tried_on = models.DateField(_("when"))
    note = models.CharField(_("anything to add?"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = _OfReferral.as_manager()

    class Meta:
        ordering = ["tried_on", "id"]

    def __str__(self) -> str:
        return f"{self.referral_id}: {self.tried_on}"


def _may_be_accepted(referral: Referral) -> None:
    missing = [str(label).lower() for fit, label in Fit.choices if fit not in referral.fits]
    if not referral.agreed_on or not referral.agreed_how:
        missing.append(gettext("how and when the family agreed"))
    if missing:
        raise MoveRefused(_("Before you accept, we need: {missing}.").format(missing=", ".join(missing)))


def _enough_tries(referral: Referral) -> None:
    days = list(referral.tries.values_list("tried_on", flat=True))
    needed = referral.service.could_not_reach_tries
    if len(days) < needed or len(set(days)) < 2:
        raise MoveRefused(_("Log at least {needed} tries on two different days first.").format(needed=needed))


def _may_be_passed_on(referral: Referral) -> None:
    if not referral.sharing_agreed_by or not referral.sharing_agreed_on:
        raise MoveRefused(_("Say who in the family agreed that this is passed on, and when."))


def _has_been_asked(referral: Referral) -> None:
    if not referral.questions.exists():
        raise MoveRefused(_("Write down what you would like to know."))


def _has_not_begun(referral: Referral) -> None:
    never_began = (*BEFORE_START, SupportState.DECLINED, SupportState.COULD_NOT_REACH)
    if referral.support and referral.support.state not in never_began:
        raise MoveRefused(_("Support has begun. If the family wants to stop, end it on their page."))


REFERRAL_MACHINE = StateMachine(
    name="referral",
    refusal=_("This referral has been decided, or cannot go there from where it is now."),
    moves=(
        Move((R.RECEIVED,), R.MORE_INFORMATION, _has_been_asked),
        Move(WAITING_STATES, R.ACCEPTED, _may_be_accepted),
        Move(WAITING_STATES, R.NOT_ACCEPTED, None, NotAcceptedReason.values),
        Move(WAITING_STATES, R.COULD_NOT_REACH, _enough_tries),
        Move((*WAITING_STATES, R.ACCEPTED), R.WITHDRAWN_BY_FAMILY, _has_not_begun),
        Move((*WAITING_STATES, R.ACCEPTED), R.WITHDRAWN_BY_REFERRER),
        Move((R.RECEIVED,), R.REDIRECTED, _may_be_passed_on),
    ),
)
