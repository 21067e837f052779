"""Visits with what was felt, and sessions of a group somebody came to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Value
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.clock import duration_in_words, moment_in_words
from families.models import (
    GroupAttendance,
    GroupSession,
    NotDeliveredReason,
    Visit,
    VisitMode,
    VisitPurpose,
    VisitState,
)
from families.models.member import name_of
from families.models.visit import DELIVERED_STATES
from families.reports.timeline.said import said_back, said_of_visit
from families.reports.timeline.source import Asker, Entry, Teller, shortened

# `volunteers` knows what people felt: it registers an expression that gives, for the visit in the outer query, JSON
# with `said` and `seemed` (lists of feelings) and `own` (a word of their own), among what this user may see.
FeelingsOfVisit = Callable[[User], models.expressions.Combinable]
_feelings: list[FeelingsOfVisit] = []


def register_feelings(expression: FeelingsOfVisit) -> None:
    """Called in `AppConfig.ready` by the app that keeps check-ins."""
    _feelings[:] = [expression]


def visits(asker: Asker) -> models.QuerySet[Any]:
    feelings = _feelings[0](asker.user) if _feelings else Value(None, output_field=models.JSONField())
    return (
        _visits(asker)
        .standing()
        .filter(at__lte=asker.now)
        .annotate(
            detail=JSONObject(
                uuid="uuid",
                state="state",
                purpose="purpose",
                mode="mode",
                who="worker__display_name",
                minutes="duration_minutes",
                reason="not_delivered_reason",
                text="what_happened",
                feelings=feelings,
                said=said_of_visit(asker.user),
            )
        )
    )


def tell_visit(at: dt.datetime, detail: dict[str, Any], teller: Teller) -> Entry:
    entry = Entry(
        "visit",
        at,
        _kind_of_visit(detail),
        moment_in_words(at),
        who=detail["who"],
        url=_visit_url(detail),
        text=shortened(detail["text"]),
        feelings=_felt(detail["feelings"] or {}, teller),
        answers=[line for facts in detail["said"] for line in said_back(facts, teller)],
    )
    if detail["state"] in DELIVERED_STATES:
        entry.title = f"{entry.title} · {duration_in_words(detail['minutes'])}"
    elif detail["state"] == VisitState.PLANNED:
        entry.kind, entry.state, entry.state_word = "planned", "warn", _("not logged yet")
    else:
        entry.kind, entry.state = "missed", "still"
        entry.state_word = str(NotDeliveredReason(detail["reason"]).label)
    return entry


def coming(asker: Asker) -> models.QuerySet[Any]:
    """What is planned next."""
    planned = _visits(asker).filter(state=VisitState.PLANNED, planned_start__gt=asker.now)
    return planned.annotate(detail=JSONObject(uuid="uuid", purpose="purpose", mode="mode", who="worker__display_name"))


def tell_coming(at: dt.datetime, detail: dict[str, Any], teller: Teller) -> Entry:
    return Entry("planned", at, _kind_of_visit(detail), moment_in_words(at), who=detail["who"], url=_visit_url(detail))


def sessions(asker: Asker) -> models.QuerySet[Any]:
    """Sessions of a group that somebody of the family came to, with the names of those who did."""
    came = GroupAttendance.objects.visible_to(asker.user).standing().filter(support__in=asker.supports)
    name = name_of()
    names = came.filter(session=OuterRef("pk")).order_by("-member__is_main_carer", "member").values_list(name)
    detail = JSONObject(group="series__name", who=ArraySubquery(names))
    return GroupSession.objects.filter(pk__in=came.values("session")).annotate(at=F("starts_at"), detail=detail)


def tell_session(at: dt.datetime, detail: dict[str, Any], teller: Teller) -> Entry:
    return Entry("visit", at, detail["group"], moment_in_words(at), who=", ".join(detail["who"]))


def _visits(asker: Asker) -> Any:
    rows = Visit.objects.visible_to(asker.user).filter(support__in=asker.supports)
    return rows.annotate(at=Coalesce("actual_start", "planned_start"))


def _felt(feelings: dict[str, Any], teller: Teller) -> list[str]:
    keys = feelings.get("said") or feelings.get("seemed") or []
    words = [teller.feelings[key] for key in keys if key in teller.feelings and key != "something_else"]
    return [*words, *filter(None, [feelings.get("own")])]


def _kind_of_visit(detail: dict[str, Any]) -> str:
    if detail["purpose"] != VisitPurpose.ORDINARY:
        return str(VisitPurpose(detail["purpose"]).label)
    return str(VisitMode(detail["mode"]).label)


def _visit_url(detail: dict[str, Any]) -> str:
    return reverse("families:visit-detail", args=[detail["uuid"]])
