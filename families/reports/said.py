"""What they say back, in a few lines on the family's page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef

from betterstart.access.models import User
from betterstart.clock import day_in_words
from families.models import FamilyReply
from families.models.reply import WAITING_REPLIES
from families.reports.timeline.said import ASKS, facts_of_reply
from families.reports.timeline.source import shortened

ON_THE_PAGE = 3


@dataclass(frozen=True)
class Said:
    uuid: str
    what: str
    """ "Sana asks for a correction"."""
    when: str
    words: str
    language: str
    translation: str
    waits: bool

    @classmethod
    def of(cls, facts: dict[str, Any]) -> Said:
        return cls(
            uuid=facts["uuid"],
            what=str(ASKS[facts["kind"]]).format(name=facts["who"].split()[0]),
            when=day_in_words(dt.datetime.fromisoformat(facts["at"])),
            words=shortened(facts["words"]),
            language=facts["language"],
            translation=shortened(facts["translation"]),
            waits=facts["state"] in WAITING_REPLIES,
        )


def said_on_the_page(user: User) -> ArraySubquery:
    """For the page of one family: what waits for an answer, then the latest."""
    rows = FamilyReply.objects.visible_to(user).filter(family=OuterRef("pk"))
    waits = models.Case(models.When(state__in=WAITING_REPLIES, then=0), default=1)
    return ArraySubquery(rows.order_by(waits, "-said_at", "-pk").values_list(facts_of_reply())[:ON_THE_PAGE])
