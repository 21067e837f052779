"""What volunteers tell in these tests: a plain good visit, unless something is changed."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from volunteers.actions import Answers, VisitFacts, record_check_in
from volunteers.models import CheckIn

FACTS = set(VisitFacts.__dataclass_fields__)


def tell(by: Any, visit: Any = None, **changed: Any) -> CheckIn:
    """Record a check-in as this person, under the database role of a page. Field names of both dataclasses fit."""
    call = {key: changed.pop(key) for key in ("uuid", "support", "version", "confirmed") if key in changed}
    call.setdefault("uuid", uuid.uuid4())
    told = {key: changed.pop(key) for key in list(changed) if key in FACTS}
    if visit is not None and not visit.was_delivered:
        told.setdefault("actual_start", visit.planned_start)
    told.setdefault("duration_minutes", 120)
    with acting_as(Scope.SCOPED, by.pk):
        return record_check_in(
            by=by,
            visit=visit,
            facts=VisitFacts(**told),
            answers=Answers(**{"worry": "no", "feelings": ["hopeful"], "heaviness": 1, **changed}),
            **call,
        )


def sentences(refusal: Any) -> dict[str, list[str]]:
    """What was refused, by field."""
    if hasattr(refusal, "error_dict"):
        return refusal.message_dict
    return {"__all__": refusal.messages}


def hours_ago(hours: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(hours=hours)
