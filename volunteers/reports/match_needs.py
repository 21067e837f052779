"""What matches wait for, on a coordinator's Today: one question to the database for all of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from betterstart.access.models import Membership, User
from betterstart.access.roles import Role
from betterstart.clock import at_london
from families.actions.visit_rules import FURTHEST_PLAN
from families.models import Visit, VisitPurpose
from families.models.support import CLOSED_STATES
from families.reports.needs import Found, Need, Urgency
from families.reports.replies import working_days
from volunteers.models import Match, MatchFeedback, MatchState, NeverWith
from volunteers.models.match import HOLDING, OPEN, Kind, booked_at

M = MatchState
ANSWER_WITHIN, CALL_WITHIN = 5, 2
"""Working days."""
ASKED_FOR = dt.timedelta(weeks=6)
"""After this long nobody is asked any more to look back, or to ring."""
ASKED = Q(state__in=[M.OFFERED_TO_VOLUNTEER, M.OFFERED_TO_FAMILY])
NEVER = "never"
IN_ALL = models.Window(models.Count("pk"))


@dataclass(frozen=True)
class Waits:
    """One kind of thing a match waits for."""

    when: Q
    since: Any
    reason: str | Promise
    action: str | Promise
    icon: str


def _working_days_ago(days: int, today: dt.date) -> dt.datetime:
    """The midnight that many working days before today."""
    day = today
    while working_days(day, today) < days:
        day -= dt.timedelta(days=1)
    return at_london(day, dt.time())


def _day(name: str) -> Cast:
    return Cast(name, models.DateTimeField())


def _kinds(today: dt.date) -> dict[str, Waits]:
    """What may wait, the more pressing first: a match waits for one thing at a time."""
    late = _working_days_ago(ANSWER_WITHIN, today)
    return _loose(today) | _asked(late) | _meeting(late) | _together(today)


def _loose(today: dt.date) -> dict[str, Waits]:
    end = gettext_lazy("End the match")
    return {
        NEVER: Waits(
            Q(state__in=[M.ACTIVE, M.PAUSED], never_since__isnull=False),
            F("never_since"),
            gettext_lazy("It was said that {name} and this family do not meet, and they are together"),
            gettext_lazy("Decide today"),
            "stop",
        ),
        "alone": Waits(
            Q(state__in=HOLDING, has_role=False),
            Coalesce("access_until", _day("started_on")),
            gettext_lazy("{name}’s access ended, and this match is still open"),
            gettext_lazy("Decide"),
            "leaving",
        ),
        "left_open": Waits(
            Q(state__in=HOLDING, support__state__in=CLOSED_STATES),
            _day("support__ended_on"),
            gettext_lazy("The support has ended, and the match with {name} has not"),
            end,
            "leaving",
        ),
        "visits": Waits(
            Q(state=M.ENDED, has_visits=True, again=False),
            _day("ended_on"),
            gettext_lazy("Visits are still planned with {name}, whose match has ended"),
            gettext_lazy("Move or call off"),
            "calendar",
        ),
        "pause": Waits(
            Q(state=M.PAUSED, paused_until__lte=today),
            _day("paused_until"),
            gettext_lazy("The pause with {name} is over"),
            gettext_lazy("Go on, or not yet"),
            "pause",
        ),
    }


def _asked(late: dt.datetime) -> dict[str, Waits]:
    yes_of_volunteer, yes_of_family = Q(volunteer_offer__answer="yes"), Q(family_offer__answer="yes")
    silent_volunteer = Q(volunteer_offer__answer="", volunteer_offer__asked_at__lt=late)
    silent_family = Q(family_offer__answer="", family_offer__asked_at__lt=late)
    answered = Greatest("volunteer_offer__answered_at", "family_offer__answered_at")
    return {
        "book": Waits(
            ASKED & yes_of_volunteer & yes_of_family,
            answered,
            gettext_lazy("Both said yes: {name} and the family can meet"),
            gettext_lazy("Book the introduction"),
            "calendar",
        ),
        "ask_family": Waits(
            ASKED & yes_of_volunteer & Q(family_offer=None),
            F("volunteer_offer__answered_at"),
            gettext_lazy("{name} would like to meet this family"),
            gettext_lazy("Ask the family"),
            "families",
        ),
        "volunteer": Waits(
            ASKED & silent_volunteer,
            F("volunteer_offer__asked_at"),
            gettext_lazy("{name} was asked and has not answered for five working days"),
            gettext_lazy("Ring"),
            "phone",
        ),
        "family": Waits(
            ASKED & silent_family,
            F("family_offer__asked_at"),
            gettext_lazy("Asked about {name}, and the family has not answered for five working days"),
            gettext_lazy("Ring"),
            "phone",
        ),
    }


def _meeting(late: dt.datetime) -> dict[str, Waits]:
    return {
        "unasked": Waits(
            Q(state=M.SUGGESTED, created_at__lt=late),
            F("created_at"),
            gettext_lazy("{name} was thought of, and nobody has been asked"),
            gettext_lazy("Ask"),
            "send",
        ),
        "begin": Waits(
            Q(state=M.INTRODUCTION_BOOKED, met_at__isnull=False),
            F("met_at"),
            gettext_lazy("{name} and the family have met: do they begin?"),
            gettext_lazy("Begin, or not"),
            "joining",
        ),
        "again": Waits(
            Q(state=M.INTRODUCTION_BOOKED, met_at=None, meets=False),
            F("updated_at"),
            gettext_lazy("The introduction with {name} has no day any more"),
            gettext_lazy("Book another"),
            "calendar",
        ),
    }


def _together(today: dt.date) -> dict[str, Waits]:
    call, late = (_working_days_ago(days, today) for days in (CALL_WITHIN, ANSWER_WITHIN))
    lately = Q(state=M.ENDED, ended_on__gte=today - ASKED_FOR)
    return {
        "first_call": Waits(
            Q(state=M.ACTIVE, first_call_on=None, volunteer_offer__isnull=False, first_visit__lt=call),
            F("first_visit"),
            gettext_lazy("{name} was there for the first time: how was it for each?"),
            gettext_lazy("Ring both"),
            "phone",
        ),
        "goodbye": Waits(
            Q(state=M.ENDING, ending_on__lt=today),
            _day("ending_on"),
            gettext_lazy("The last visit with {name} was due, and the match is still open"),
            gettext_lazy("End the match"),
            "leaving",
        ),
        "after": Waits(
            lately & Q(was_planned=False, after_call_on=None),
            _day("ended_on"),
            gettext_lazy("The match with {name} ended without a plan: a call to each helps"),
            gettext_lazy("Ring both"),
            "phone",
        ),
        "look_back": Waits(
            lately & Q(ended_on__lt=late.date(), family_silent=True),
            _day("ended_on"),
            gettext_lazy("Nobody has asked the family yet how it was with {name}"),
            gettext_lazy("Ask"),
            "message",
        ),
    }


def _annotated(user: User, today: dt.date) -> Any:
    """The matches this person coordinates, with what the kinds above look at."""
    visits = Visit.objects.filter(support=OuterRef("support"))
    theirs = visits.filter(worker=OuterRef("volunteer__user"))
    meeting = visits.filter(purpose=VisitPurpose.INTRODUCTION)
    since = Coalesce(booked_at(OuterRef(OuterRef("pk"))), OuterRef("created_at"))
    met = meeting.delivered().filter(created_at__gte=since)  # type: ignore[attr-defined]
    first = theirs.delivered().filter(actual_start__date__gte=OuterRef("started_on"))  # type: ignore[attr-defined]
    ahead = theirs.planned().filter(planned_start__gt=timezone.now())  # type: ignore[attr-defined]
    again = Match.objects.holding().filter(support=OuterRef("support"), volunteer=OuterRef("volunteer"))
    over = Membership.objects.filter(
        user=OuterRef("volunteer__user"), organisation=OuterRef("volunteer__organisation"), role=Role.VOLUNTEER
    )
    never = NeverWith.objects.standing().filter(family=OuterRef("family"), volunteer=OuterRef("volunteer"))
    silent = MatchFeedback.objects.waiting().filter(match=OuterRef("pk"), side="family")
    lately = Q(state__in=OPEN) | Q(ended_on__gte=today - FURTHEST_PLAN)
    rows = Match.objects.visible_to(user).coordinated_by(user).with_role()
    return rows.filter(
        lately
    ).annotate(
        has_visits=models.Exists(ahead),
        again=models.Exists(again),
        meets=models.Exists(meeting.planned()),  # type: ignore[attr-defined]
        met_at=Subquery(met.order_by("actual_start").values("actual_start")[:1]),
        first_visit=Subquery(first.order_by("actual_start").values("actual_start")[:1]),
        access_until=Subquery(over.order_by("-ends_at").values("ends_at")[:1]),
        family_silent=models.Exists(silent),
        never_since=Subquery(never.order_by("recorded_at").values("recorded_at")[:1]),
    )


def match_steps(user: User, today: dt.date, limit: int) -> Found:
    """Everything a match waits for among those this person coordinates, the oldest first, and before
    all others those of whom it was said that they do not meet.
    """
    kinds = _kinds(today)
    whens = [models.When(kind.when, then=models.Value(key)) for key, kind in kinds.items()]
    since = [models.When(kind.when, then=kind.since) for kind in kinds.values()]
    rows = (
        _annotated(user, today)
        .annotate(waits=models.Case(*whens, default=models.Value(""), output_field=models.CharField()))
        .exclude(waits="")
        .annotate(
            since=models.Case(*since, output_field=models.DateTimeField()),
            total=IN_ALL,
            families=models.Window(models.Count("pk", filter=kinds["alone"].when), partition_by="volunteer"),
        )
        .select_related("family", "volunteer__user")
        .order_by(models.Case(models.When(waits=NEVER, then=0), default=1), "since", "pk")
    )
    found = list(rows[:limit])
    return Found([_need(row, kinds[row.waits]) for row in found], found[0].total if found else 0)


def _need(match: Any, kind: Waits) -> Need:
    detail = ""
    if match.waits == "alone":
        words = ngettext(
            "{n} family of theirs waits for a decision", "{n} families of theirs wait for a decision", match.families
        )
        detail = words.format(n=match.families)
    elif match.kind:
        detail = str(Kind(match.kind).label)
    return Need(
        reason=str(kind.reason).format(name=match.volunteer.display_name),
        family=match.family,
        since=match.since or timezone.now(),
        url=reverse("volunteers:match", args=[match.pk]),
        action=str(kind.action),
        icon=kind.icon,
        urgency=Urgency.WORRY if match.waits == NEVER else Urgency.PROMISE,
        detail=detail,
    )
