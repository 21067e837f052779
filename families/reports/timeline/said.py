"""What the family says back: beside the note it is about, or as a happening of its own."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from betterstart.access.models import User
from betterstart.clock import moment_in_words
from families.models import FamilyReply, ReplyKind, ReplyOutcome
from families.models.member import name_of
from families.models.reply import WAITING_REPLIES
from families.reports.timeline.source import Answer, Asker, Entry, Teller, shortened

ASKS: dict[str, Any] = {
    ReplyKind.RIGHT: gettext_lazy("{name} wrote beside a note: this is right"),
    ReplyKind.NOT_QUITE: gettext_lazy("{name} wrote beside a note: not quite"),
    ReplyKind.CORRECTION: gettext_lazy("{name} asks for a correction"),
    ReplyKind.OTHER_VOLUNTEER: gettext_lazy("{name} would like a different volunteer"),
    ReplyKind.CALL: gettext_lazy("{name} asks you to call"),
    ReplyKind.SOMETHING_ELSE: gettext_lazy("{name} wrote to you"),
}


def facts_of_reply() -> JSONObject:
    name = name_of()
    same = ("uuid", "kind", "words", "language", "translation", "translated_by", "state", "answer", "outcome")
    return JSONObject(who=name, at="said_at", by="answered_by__display_name", **{column: column for column in same})


def said_of_visit(user: User) -> ArraySubquery:
    """For the visit in the outer query: what was said beside its note, in order, as JSON."""
    rows = FamilyReply.objects.visible_to(user).filter(visit=OuterRef("pk")).order_by("said_at", "pk")
    return ArraySubquery(rows.values_list(facts_of_reply()))


def said_alone(asker: Asker) -> models.QuerySet[Any]:
    """What was said beside no note."""
    rows = FamilyReply.objects.visible_to(asker.user).filter(support__in=asker.supports, visit=None)
    return rows.annotate(at=F("said_at"), detail=facts_of_reply())


def tell_said(at: dt.datetime, detail: dict[str, Any], teller: Teller) -> Entry:
    title = str(ASKS[detail["kind"]]).format(name=_first(detail["who"]))
    entry = Entry("note", at, title, moment_in_words(at), answers=said_back(detail, teller, named=False))
    if detail["state"] in WAITING_REPLIES:
        entry.state, entry.state_word = "warn", _("waits for an answer")
    return entry


def said_back(facts: dict[str, Any], teller: Teller, *, named: bool = True) -> list[Answer]:
    """Their words, a translation of them, and what they were answered, for whoever may read that."""
    kind, who = str(ReplyKind(facts["kind"]).label), _first(facts["who"])
    lines = []
    if facts["words"]:
        lines.append(Answer(f"{who} · {kind}" if named else who, shortened(facts["words"]), facts["language"]))
    elif named:
        lines.append(Answer(who, kind))
    if facts["translation"]:
        by = _("In English, by {name}").format(name=facts["translated_by"])
        lines.append(Answer(by, shortened(facts["translation"]), "en"))
    if facts["answer"] and teller.reads_reasons:
        outcome = str(ReplyOutcome(facts["outcome"]).label) if facts["outcome"] else ""
        lines.append(Answer(" · ".join(filter(None, [facts["by"], outcome])), shortened(facts["answer"])))
    return lines


def _first(name: str) -> str:
    return name.split()[0]
