"""How the supports of a family went on: their moves, who joined and said goodbye, where they were pointed to."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Value, When
from django.db.models.functions import JSONObject, TruncDate
from django.utils.translation import gettext as _

from betterstart.clock import LONDON, day_in_words, london_date
from betterstart.transitions.models import Transition
from families.models import Assignment, Pointing, Signpost, SignpostResult, SupportState
from families.models.reasons import REASON_WORDS
from families.reports.timeline.source import Asker, Entry, Teller, midnight

# Who leaves has the whole of the last day; who had to leave at once left on the day it was written down.
_PARTED_ON = Case(
    When(
        ends_on__gt=TruncDate("updated_at", tzinfo=LONDON),
        then=ExpressionWrapper(F("ends_on") - Value(1), output_field=models.DateField()),
    ),
    default=F("ends_on"),
    output_field=models.DateField(),
)
_WHO = JSONObject(who="worker__display_name", support="support_id")


def moves(asker: Asker) -> models.QuerySet[Any]:
    supports = [support.pk for support in asker.supports]
    return Transition.objects.filter(machine="support", subject_id__in=supports).annotate(
        at=F("happened_at"),
        detail=JSONObject(
            to="to_state",
            came_from="from_state",
            support="subject_id",
            reason="reason",
            note="note",
            who="by__display_name",
        ),
    )


def tell_move(at: dt.datetime, detail: dict[str, Any], teller: Teller) -> Entry:
    service = teller.services[detail["support"]]
    state = str(SupportState(detail["to"]).label)
    reason = REASON_WORDS.get(detail["reason"], "") if teller.reads_reasons else ""
    return Entry(
        "change",
        at,
        " · ".join(filter(None, [service, state, str(reason)])),
        day_in_words(london_date(at)),
        who=detail["who"] or "" if teller.reads_reasons else "",
        text=detail["note"] if teller.reads_reasons else "",
    )


def joined(asker: Asker) -> models.QuerySet[Any]:
    rows = _together(asker).exclude(ends_on=F("starts_on"))
    return rows.annotate(at=midnight("starts_on"), detail=_WHO).filter(at__lte=asker.now)


def tell_joined(at: dt.datetime, detail: dict[str, Any], teller: Teller) -> Entry:
    title = _("{name} joins the family").format(name=detail["who"])
    return Entry("joining", at, title, day_in_words(london_date(at)), who=teller.services[detail["support"]])


def left(asker: Asker) -> models.QuerySet[Any]:
    rows = _together(asker).filter(ends_on__gt=F("starts_on")).annotate(parted_on=_PARTED_ON)
    return rows.annotate(at=midnight("parted_on"), detail=_WHO).filter(at__lte=asker.now)


def tell_left(at: dt.datetime, detail: dict[str, Any], teller: Teller) -> Entry:
    title = _("{name} says goodbye").format(name=detail["who"])
    return Entry("leaving", at, title, day_in_words(london_date(at)), who=teller.services[detail["support"]])


def _together(asker: Asker) -> models.QuerySet[Any]:
    return Assignment.objects.visible_to(asker.user).filter(support__in=asker.supports)


def pointed(asker: Asker) -> models.QuerySet[Any]:
    """What they were told of, for whoever may read that."""
    detail = JSONObject(pk="pk", name="entry_name", how="how", text="note", who="by__display_name")
    return _signposts(asker).annotate(at=midnight("happened_on"), detail=detail)


def tell_pointed(at: dt.datetime, detail: dict[str, Any], teller: Teller) -> Entry:
    return _nearby(at, detail, str(Pointing(detail["how"]).label))


def answered(asker: Asker) -> models.QuerySet[Any]:
    """What came of it."""
    detail = JSONObject(pk="pk", name="entry_name", result="result", text="helped", who="answered_by__display_name")
    return _signposts(asker).filter(answered_on__isnull=False).annotate(at=midnight("answered_on"), detail=detail)


def tell_answered(at: dt.datetime, detail: dict[str, Any], teller: Teller) -> Entry:
    return _nearby(at, detail, str(SignpostResult(detail["result"]).label))


def _signposts(asker: Asker) -> models.QuerySet[Any]:
    return Signpost.objects.visible_to(asker.user).standing().filter(support__in=asker.supports)


def _nearby(at: dt.datetime, detail: dict[str, Any], what: str) -> Entry:
    title = f"{detail['name']} · {what}"
    return Entry("note", at, title, day_in_words(london_date(at)), who=detail["who"], text=detail["text"])
