"""What an adult takes along from their own page: everything that is theirs, and nothing of anybody else."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from betterstart.clock import day_in_words, london_today
from families.models import FamilyReply, OwnPage, ReplyKind
from families.reports.circles import own_circle
from families.reports.own_choices import OwnChoice, own_choices
from families.reports.own_page import OwnPlan, OwnThing, OwnVisit, own_plan, visits_of
from families.reports.replies import own_replies, own_words_by_visit

MOST_VISITS = 1000


@dataclass(frozen=True)
class OwnKeepsake:
    name: str
    made: str
    plan: OwnPlan
    visits: list[OwnVisit]
    said: list[FamilyReply]
    """What they said beside no note, the first thing first."""
    around: list[tuple[str, str]]
    """Who and what is around them, and how: without what is strained, since a file may be found."""
    choices: list[tuple[str, str]]
    """What they were asked, and what they said."""


def own_keepsake(page: OwnPage) -> OwnKeepsake:
    """In a fixed number of questions, and a few for each organisation that is with them."""
    replies = own_replies(page.adult)
    beside = own_words_by_visit(replies)
    visits = visits_of(page).delivered().order_by("actual_start", "pk")[:MOST_VISITS]
    return OwnKeepsake(
        name=str(page.adult),
        made=_("Made for {name} on {day}").format(name=page.adult, day=day_in_words(london_today())),
        plan=own_plan(page),
        visits=[OwnVisit(visit, beside.get(visit.pk, ())) for visit in visits],
        said=[reply for reply in reversed(replies) if not reply.visit_id],
        around=_around(page),
        choices=[_choice(part.part.organisation.name, own) for part in own_choices(page) for own in part.choices],
    )


def _around(page: OwnPage) -> list[tuple[str, str]]:
    drawn = own_circle(page, whole=False)
    return [(line.name, " · ".join(line.words)) for line, _tie in drawn.rows] if drawn else []


def _choice(organisation: str, own: OwnChoice) -> tuple[str, str]:
    """ "Photos · Bowling Family Friends" and "Yes, Tuesday 4 August"."""
    line = own.line
    what = " · ".join(filter(None, [line.title, line.for_child, organisation]))
    return what, ", ".join([line.word, *([day_in_words(line.said.happened_at)] if line.said else [])])


def as_values(kept: OwnKeepsake) -> dict[str, Any]:
    """The same as plain values, for the PDF."""
    return {
        "title": _("Our page"),
        "made": kept.made,
        "language": _language(get_language()),
        "rtl": get_language_bidi(),
        "labels": {
            "plan": _("What we are working on"),
            "visits": _("Visits and notes"),
            "said": _("You said, we did"),
            "around": _("Who is around me"),
            "choices": _("Your choices"),
            "answer": _("Our answer:"),
            "yours": _("These are your words and what was written about your time with us. They are yours to keep."),
        },
        "goals": [_thing(own) for own in kept.plan.goals],
        "needs": [_thing(own) for own in kept.plan.needs],
        "visits": [
            {
                "day": day_in_words(own.visit.actual_start),  # type: ignore[arg-type]
                "who": f"{own.visit.worker.display_name} · {own.visit.get_mode_display()}",
                "note": _said(own.visit.what_happened),
                "replies": [_reply(reply) for reply in own.replies],
            }
            for own in kept.visits
        ],
        "said": [_reply(reply) for reply in kept.said],
        "around": [(_said(name), words) for name, words in kept.around],
        "choices": [(_said(what), words) for what, words in kept.choices],
    }


def _thing(own: OwnThing) -> dict[str, Any]:
    asked = {"why": _("Why this matters to you:"), "easier": _("What would make it easier:")}
    more = [(label, getattr(own.thing, name, None)) for name, label in asked.items()]
    language = own.thing.said.language if own.thing.said else get_language()
    return {
        "said": _said(str(own.thing), language),
        "more": [(label, _said(said.words, said.language)) for label, said in more if said],
        "numbers": own.numbers,
    }


def _reply(reply: FamilyReply) -> dict[str, Any]:
    when = _("you said on {day}").format(day=day_in_words(reply.said_at))
    answers = [(reply.answer_in_theirs, reply.language), (reply.answer, ""), (reply.did, "")]
    return {
        "when": f"{ReplyKind(reply.kind).label} · {when}",
        "said": _said(reply.words, reply.language),
        "answers": [_said(words, language) for words, language in answers if words],
    }


def _said(words: str, language: str | None = "") -> dict[str, Any]:
    """The lines of what somebody wrote, with its language and the way it runs: that of its first letter."""
    first = next((way for char in words if (way := unicodedata.bidirectional(char)) in {"L", "R", "AL"}), "L")
    return {"lines": words.splitlines(), "language": _language(language), "rtl": first != "L"}


def _language(code: str | None) -> str:
    """As the PDF names languages: two or three letters."""
    base = (code or "").split("-")[0]
    return base if base.isalpha() and base.isascii() and 2 <= len(base) <= 3 else "en"
