"""When the family and we looked together."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _

from betterstart.clock import day_in_words, london_date
from families.models import Review, ReviewState
from families.reports.timeline.source import Asker, Entry, Teller, midnight


def held(asker: Asker) -> models.QuerySet[Any]:
    """Looks that were taken together, for whoever may read them."""
    detail = JSONObject(pk="pk", text="agreed_change", who="recorded_by__display_name", family="family__reference")
    rows = Review.objects.visible_to(asker.user).filter(support__in=asker.supports, state=ReviewState.HELD)
    return rows.annotate(at=midnight("held_on"), detail=detail)


def tell_held(at: dt.datetime, detail: dict[str, Any], teller: Teller) -> Entry:
    return Entry(
        "two-voices",
        at,
        _("We looked together"),
        day_in_words(london_date(at)),
        who=detail["who"],
        url=reverse("families:review", args=[detail["family"], detail["pk"]]),
        text=detail["text"],
    )
