from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pghistory
from django.apps import apps
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, F, OuterRef, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service, ServiceKind
from betterstart.access.roles import Role
from betterstart.clock import LONDON, day_in_words, london_date, london_today
from betterstart.transitions.machine import Move, MoveRefused, StateMachine
from betterstart.transitions.models import Transition
from families.models.family import RECORD_OPENERS, BreakGlass, Family
from families.models.reasons import UNPLANNED_REASONS, EndingReason, PauseReason, RematchReason
from families.models.wait import Wait, agreed_touch

if TYPE_CHECKING:
    from betterstart.access.models import User
    from families.models.visit import Visit


class SupportState(models.TextChoices):
    OFFERED = "offered", _("Offered")
    GETTING_TO_KNOW = "getting_to_know", _("Getting to know")
    WAITING = "waiting", _("Waiting for a volunteer")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    ENDING = "ending", _("Ending")
    ENDED_PLANNED = "ended_planned", _("Ended as planned")
    ENDED_UNPLANNED = "ended_unplanned", _("Ended without a plan")
    DECLINED = "declined", _("Declined by the family")
    COULD_NOT_REACH = "could_not_reach", _("Could not reach")
    TRANSFERRED = "transferred", _("Moved to another service")


S = SupportState
BEFORE_START = (S.OFFERED, S.GETTING_TO_KNOW, S.WAITING)
OPEN_STATES = (*BEFORE_START, S.ACTIVE, S.PAUSED, S.ENDING)
VISITED_STATES = (S.GETTING_TO_KNOW, S.WAITING, S.ACTIVE, S.ENDING)
CLOSED_STATES = (S.ENDED_PLANNED, S.ENDED_UNPLANNED, S.DECLINED, S.COULD_NOT_REACH, S.TRANSFERRED)


class Named(models.TextChoices):
    """Whether other services may be told that this one is with the family too."""

    NOT_ASKED = "not_asked", _("Not asked yet")
    YES = "yes", _("Yes")
    NO = "no", _("No")


def _together_ids(user: User) -> models.QuerySet:
    return apps.get_model("families.Assignment").objects.in_force().filter(worker_id=user.pk).values("support_id")


def _coordinated_ids(user: User) -> models.QuerySet:
    return Support.objects.coordinated_by(user).values("family")


def _services_around(user: User, *roles: Role) -> models.QuerySet:
    """Every service of the organisations where this person holds one of the roles."""
    held = [membership.organisation_id for membership in user.active_memberships if membership.role in roles]
    return Service.objects.filter(organisation__in=held)


class SupportQuerySet(models.QuerySet["Support"]):
    def visible_to(self, user: User) -> SupportQuerySet:
        """Supports whose course this person may read: those they are in now, and those they answer for."""
        together = models.Q(pk__in=_together_ids(user))
        return self.filter(self._answered_for(user) | together) if user.is_active else self.none()

    def responsible_to(self, user: User) -> SupportQuerySet:
        """Supports whose whole course this person may read: what one organisation does is not another's.

        Coordinators: those of their services, and what their organisation does besides with the same families.
        Managers and safeguarding leads: those of their organisation, in a record they opened.
        """
        return self.filter(self._answered_for(user))

    def _answered_for(self, user: User) -> models.Q:
        opened = BreakGlass.objects.open().filter(user_id=user.pk)
        return (
            models.Q(service__in=Service.objects.coordinated_by(user))
            | models.Q(service__in=_services_around(user, Role.COORDINATOR), family__in=_coordinated_ids(user))
            | models.Q(service__in=_services_around(user, *RECORD_OPENERS), family__in=opened.values("family"))
        )

    def open(self) -> SupportQuerySet:
        return self.filter(state__in=OPEN_STATES)

    def coordinated_by(self, user: User) -> SupportQuerySet:
        """Supports in the services this person coordinates: they may move, plan and match."""
        return self.filter(service__in=Service.objects.coordinated_by(user))

    def worked_by(self, user: User) -> SupportQuerySet:
        """Supports this person is assigned to now."""
        return self.filter(pk__in=_together_ids(user))

    def looked_after_by(self, user: User) -> SupportQuerySet:
        """Open supports this person coordinates or works in."""
        return self.open().filter(
            models.Q(service__in=Service.objects.coordinated_by(user)) | models.Q(pk__in=_together_ids(user))
        )

    def with_returning(self) -> SupportQuerySet:
        """`is_returning`: the family was with us before, and that had ended when this support was accepted.

        A support that went on in another service is not over. Only supports that the asker may see count.
        """
        before = Support.objects.filter(
            family=OuterRef("family"), state__in=CLOSED_STATES, ended_on__lte=OuterRef("accepted_on")
        )
        return self.annotate(is_returning=Exists(before.exclude(state=S.TRANSFERRED).exclude(pk=OuterRef("pk"))))

    def with_promise(self) -> SupportQuerySet:
        """The contact promised to the family, and the day it is due.

        `promised_every` (days): until a support starts, as the service promises to waiting families; then its own
        promise or the service's. `counted_from`: the last contact, or where there was none, when this began.
        `due_on`: the last day of keeping the promise, or the day agreed for the next touch; while paused, the day it
        starts again; None once closed.
        """
        day = TruncDate("last_contact_at", tzinfo=LONDON)
        return self.annotate(
            promised_every=Case(
                When(state__in=BEFORE_START, then=F("service__waiting_touch_days")),
                default=Coalesce("contact_every_days", "service__contact_every_days"),
            ),
            counted_from=Case(
                When(state=S.WAITING, then=Coalesce(day, "waiting_since", "accepted_on")),
                default=Coalesce(day, "started_on", "accepted_on"),
            ),
            touch_on=agreed_touch(BEFORE_START),
            due_on=Case(
                When(state__in=CLOSED_STATES, then=None),
                When(touch_on__isnull=False, then=F("touch_on")),
                When(state=S.PAUSED, then=F("paused_until")),
                default=ExpressionWrapper(F("counted_from") + F("promised_every"), output_field=models.DateField()),
                output_field=models.DateField(),
            ),
        )

    def most_pressing_first(self) -> SupportQuerySet:
        """Needs `with_promise`: the oldest promise first, closed supports last (the latest of them first)."""
        return self.order_by(F("due_on").asc(nulls_last=True), "-accepted_on", "-pk")


@pghistory.track(exclude=["last_contact_at", "next_touch_on", "waits_because"], append_only=True)
class Support(Wait):
    """One family's time with one service, from acceptance to ending."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="supports")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="supports")
    state = models.CharField(_("state"), max_length=20, choices=SupportState, default=SupportState.OFFERED)
    accepted_on = models.DateField(_("accepted on"), default=london_today)
    agreed_on = models.DateField(_("the family agreed to be supported on"), null=True, blank=True)
    home_safety_on = models.DateField(_("home safety looked at on"), null=True, blank=True)
    first_wish = models.TextField(
        _("what the family would like help with, in their words"), blank=True, max_length=2000
    )
    started_on = models.DateField(_("started on"), null=True, blank=True)
    waiting_since = models.DateField(null=True, editable=False)
    paused_until = models.DateField(_("starts again on"), null=True, blank=True)
    ending_on = models.DateField(_("last visit planned for"), null=True, blank=True)
    final_scores_on = models.DateField(_("final scores given on"), null=True, blank=True)
    final_scores_declined = models.BooleanField(_("the family preferred not to give scores"), default=False)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    ending_reason = models.CharField(_("reason"), max_length=20, choices=EndingReason, blank=True)
    contact_every_days = models.PositiveSmallIntegerField(
        _("promised contact every (days)"), null=True, blank=True, help_text=_("Empty: as the service promises.")
    )
    may_be_named = models.CharField(
        _("may other services know that we are with them?"), max_length=10, choices=Named, default=Named.NOT_ASKED
    )
    named_asked_on = models.DateField(_("the family was asked on"), null=True, blank=True)
    named_asked_by = models.ForeignKey("access.User", models.PROTECT, null=True, related_name="+")
    # When its latest visit (at home, by phone, anywhere) took place, or somebody of the family came to a group. Kept by
    # the database (migration 0012), so that it is true whoever wrote them; nothing else sets it.
    last_contact_at = models.DateTimeField(null=True, editable=False)
    external_reference = models.CharField(max_length=100, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SupportQuerySet.as_manager()

    class Meta:
        ordering = ["-accepted_on", "-id"]
        indexes = [
            models.Index(fields=["service", "state"], name="support_service_state"),
            models.Index(fields=["service"], include=["family"], name="support_service_family"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=SupportState.values), name="support_state_known"),
            models.CheckConstraint(
                condition=models.Q(ended_on=None, state__in=OPEN_STATES)
                | models.Q(ended_on__isnull=False, state__in=CLOSED_STATES),
                name="support_ended_has_a_date",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=S.PAUSED) | models.Q(paused_until__isnull=False),
                name="support_pause_has_a_restart",
            ),
            models.CheckConstraint(
                condition=models.Q(may_be_named=Named.NOT_ASKED, named_asked_on=None)
                | models.Q(may_be_named__in=[Named.YES, Named.NO], named_asked_on__isnull=False),
                name="support_naming_has_a_day",
            ),
            models.UniqueConstraint(
                fields=["family", "service"],
                condition=models.Q(state__in=OPEN_STATES),
                name="support_one_open_per_service",
            ),
            models.UniqueConstraint(
                fields=["family", "external_reference"],
                condition=~models.Q(external_reference=""),
                name="support_external_reference_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} · {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def promised_days(self) -> int:
        return self.contact_every_days or self.service.contact_every_days


def _had_visit(support: Support, purpose: str, since: dt.date | None = None) -> bool:
    visits = support.visits.delivered().filter(purpose=purpose)
    return (visits.filter(actual_start__date__gte=since) if since else visits).exists()


def _ready_to_wait(support: Support) -> None:
    missing = []
    if not _had_visit(support, "initial"):
        missing.append(_("an initial visit"))
    if not support.agreed_on:
        missing.append(_("the family's agreement to be supported"))
    if not support.needs.standing().exists() and not support.goals.standing().exists():
        missing.append(_("what the family would like help with"))
    if not support.home_safety_on:
        missing.append(_("a look at home safety"))
    if missing:
        raise MoveRefused(
            _("Before this family can wait for a volunteer we need: {missing}.").format(
                missing=", ".join(map(str, missing))
            )
        )


def _first_contact(support: Support) -> None:
    if support.service.kind == ServiceKind.HOME_VISITING and support.state == S.GETTING_TO_KNOW:
        raise MoveRefused(_("A home-visiting family waits for a volunteer first; the introduction visit starts it."))


def _introduced(support: Support) -> None:
    # Another volunteer is introduced anew. (The row carries the day it is to start on already: ask its history.)
    back = Transition.objects.of("support", support.pk).filter(from_state=S.ACTIVE, to_state=S.WAITING)
    again = support.waiting_since if back.exists() else None
    if support.service.kind == ServiceKind.HOME_VISITING and not _had_visit(support, "introduction", again):
        raise MoveRefused(_("Support starts with the introduction visit. Log it first."))


def _restart_in_reach(support: Support) -> None:
    longest = dt.timedelta(weeks=support.service.longest_pause_weeks)
    today = london_today()
    if not support.paused_until or not today < support.paused_until <= today + longest:
        raise MoveRefused(
            _("Choose the day it starts again, at most {weeks} weeks from today.").format(
                weeks=support.service.longest_pause_weeks
            )
        )


def _ending_agreed(support: Support) -> None:
    if not support.ending_on or not support.ending_reason:
        raise MoveRefused(_("Name the reason and the day of the last visit."))


def _goodbye_done(support: Support) -> None:
    last = last_visit(support)
    if last is None or last.actual_start is None:
        raise MoveRefused(_("The last visit has not been logged yet."))
    if support.ended_on and support.ended_on < (day := london_date(last.actual_start)):
        sentence = _("The last visit was on {day}. The support cannot end before it.")
        raise MoveRefused(sentence.format(day=day_in_words(day)))
    if not support.final_scores_on and not support.final_scores_declined:
        raise MoveRefused(_("Add the family's final scores, or note that they preferred not to give any."))


def last_visit(support: Support) -> Visit | None:
    """The visit that said goodbye; one that did so before the family asked to carry on does not count again."""
    carried_on = Transition.objects.of("support", support.pk).filter(from_state=S.ENDING, to_state=S.ACTIVE)
    since = carried_on.order_by("-id").values_list("happened_at", flat=True).first()
    visits = support.visits.delivered().filter(purpose="last")
    return (visits.filter(actual_start__gt=since) if since else visits).order_by("-actual_start").first()


def _before_it_started(support: Support) -> None:
    if support.started_on:
        raise MoveRefused(_("This support had started. End it without a plan, and say why."))


def _another_volunteer(support: Support) -> None:
    if support.service.kind != ServiceKind.HOME_VISITING:
        raise MoveRefused(_("This service works without volunteers: nobody waits for another one."))


def _other_service_said_yes(support: Support) -> None:
    if not support.transfers.filter(state="accepted").exists():
        raise MoveRefused(_("This happens when the other service says yes. Ask it first."))


def _enough_tries(support: Support) -> None:
    _before_it_started(support)
    tries = support.visits.filter(state="not_delivered", not_delivered_reason="family_not_available")
    needed = support.service.could_not_reach_tries
    days = {london_date(visit.planned_start) for visit in tries if visit.planned_start}
    if len(tries) < needed or len(days) < 2:
        raise MoveRefused(_("Log at least {needed} tries on two different days first.").format(needed=needed))


class DateRange(models.Func):
    """Migration 0001 knows it by this place."""

    function = "daterange"
    output_field: Any = DateRangeField()


SUPPORT_MACHINE = StateMachine(
    name="support",
    refusal=_("This support cannot move there from where it is now."),
    moves=(
        Move((S.OFFERED,), S.GETTING_TO_KNOW),
        Move((S.GETTING_TO_KNOW,), S.WAITING, _ready_to_wait),
        Move((S.GETTING_TO_KNOW,), S.ACTIVE, _first_contact),
        Move((S.WAITING,), S.ACTIVE, _introduced),
        Move(BEFORE_START, S.DECLINED, _before_it_started),
        Move(BEFORE_START, S.COULD_NOT_REACH, _enough_tries),
        Move((S.ACTIVE,), S.PAUSED, _restart_in_reach, PauseReason.values),
        Move((S.PAUSED,), S.ACTIVE),
        Move((S.ACTIVE,), S.WAITING, _another_volunteer, RematchReason.values),
        Move((S.ACTIVE, S.PAUSED), S.ENDING, _ending_agreed, EndingReason.values),
        Move((S.ENDING,), S.ENDED_PLANNED, _goodbye_done),
        Move((S.ENDING,), S.ACTIVE),
        Move((S.WAITING, S.ACTIVE, S.PAUSED, S.ENDING), S.ENDED_UNPLANNED, None, UNPLANNED_REASONS),
        Move(OPEN_STATES, S.TRANSFERRED, _other_service_said_yes),
    ),
)
