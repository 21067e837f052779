"""When circles of support were drawn. What stands in one is its adult's, and told on its own page only."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _

from betterstart.clock import day_in_words, london_date
from families.models import Circle
from families.models.member import name_of
from families.reports.timeline.source import Asker, Entry, Teller, midnight


def circles(asker: Asker) -> models.QuerySet[Any]:
    """Those that were finished, for whoever may read them."""
    seen = Circle.objects.visible_to(asker.user).standing().filter(family=asker.family, finished_at__isnull=False)
    name = name_of()
    return seen.annotate(
        at=midnight("drawn_on"),
        detail=JSONObject(uuid="uuid", family="family__reference", name=name, who="drawn_with__display_name"),
    )


def tell_circle(at: dt.datetime, detail: dict[str, Any], teller: Teller) -> Entry:
    title = _("{name}’s circle of support was drawn").format(name=detail["name"])
    url = reverse("families:circle", args=[detail["family"], detail["uuid"]])
    return Entry("note", at, title, day_in_words(london_date(at)), who=detail["who"], url=url)
