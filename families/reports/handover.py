"""What somebody needs who is new with a family, so that the family need not tell it all again.

Each part of the page is a list of functions that give its lines: what main learns to know of a family is added to
`SOURCES`, or by a higher app with `register_lines`. For a volunteer (`leads` is False) each says only what is needed
to visit: no reasons, no notes, nothing of others' visits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import models
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.models import User
from betterstart.clock import day_in_words, moment_in_words
from betterstart.transitions.models import Transition
from families.actions.visit_rules import coordinators_of
from families.models import Assignment, HandoverLine, Review, Safe, Support, SupportState, TurnTo, Visit
from families.models.contact_change import ways_used_by
from families.models.reasons import REASON_WORDS
from families.reports.ending import DONE, LATER, NEXT, ending_page
from families.reports.promise import Promise
from families.reports.reviews import looks_together

MATTERS, WHO, PROMISED, STORY, CAREFUL = "matters", "who", "promised", "story", "careful"
VISITS_AHEAD, VISITS_TOLD, MOVES_TOLD = 5, 3, 12
WORDS_SHOWN = 280


@dataclass(frozen=True)
class Line:
    words: str
    key: str = ""
    """Names a line that a coordinator may leave out; empty for what must always be passed on."""
    detail: str = ""
    own_words: bool = False
    """Somebody's own words, shown as such."""


@dataclass(frozen=True)
class Reading:
    """Whose handover it is, and who reads it."""

    reader: User
    support: Support
    leads: bool
    """For somebody who answers for the support; else for somebody who visits."""


Source = Callable[[Reading], list[Line]]


@dataclass
class Part:
    key: str
    title: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Handover:
    reading: Reading
    parts: list[Part]
    please_know: list[HandoverLine]
    left_out: list[tuple[HandoverLine, str]]
    """What is not passed on, with its words; for coordinators alone."""

    @property
    def keys(self) -> set[str]:
        """Of the lines that may be left out."""
        return {line.key for part in self.parts for line in part.lines if line.key}


def handover(reader: User, support: Support, *, leads: bool) -> Handover:
    """The handover of a support for this reader, in a fixed number of questions."""
    reading = Reading(reader, support, leads)
    own = list(HandoverLine.objects.visible_to(reader).standing().filter(support=support).select_related("by"))
    out = {line.key: line for line in own if line.key}
    titles = {
        CAREFUL: _("What to be careful with"),
        MATTERS: _("What matters to this family"),
        WHO: _("Who is who"),
        PROMISED: _("What was promised"),
        STORY: _("What they should not have to tell again"),
    }
    parts, left_out = [], []
    for key, title in titles.items():
        lines = [line for source in SOURCES[key] for line in source(reading)]
        parts.append(Part(key, title, [line for line in lines if line.key not in out or not line.key]))
        left_out += [(out[line.key], line.words) for line in lines if line.key in out]
    please_know = [line for line in own if not line.key and (leads or line.audience == "everyone")]
    return Handover(reading, parts, please_know, left_out if leads else [])


def register_lines(part: str, source: Source) -> None:
    """Called in `AppConfig.ready` by an app that knows more. A source asks a fixed number of questions."""
    if source not in SOURCES[part]:
        SOURCES[part].append(source)


# What to be careful with: never left out


def _safety(reading: Reading) -> list[Line]:
    family = reading.support.family
    lines = [Line(family.safety_notes, own_words=True)] if family.safety_notes else []
    if family.silent_since:
        lines.append(Line(_("There was a death or a loss. Nothing automatic is sent; be gentle.")))
    if any(home.is_confidential for home in family.addresses.current()):
        lines.append(Line(_("Their address is hidden. Never say or write it to anybody.")))
    return lines


def _contacts(reading: Reading) -> list[Line]:
    lines = []
    for contact in (known.contact for known in ways_used_by(reading.support, reading.support.family)):
        rules = []
        if contact.safe == Safe.NO:
            rules.append(_("do not use it"))
        elif contact.safe == Safe.UNKNOWN:
            rules.append(_("nobody asked yet whether it is safe"))
        if contact.safe != Safe.NO:
            rules += [_("do not leave a message")] if contact.forbids_messages else []
            rules += [_("others may see or hear it")] if contact.shared_device else []
            rules += [_("do not say who we are")] if contact.hides_who_we_are else []
            rules += [contact.only_when] if contact.only_when else []
            rules += [_("code word: {word}").format(word=contact.code_word)] if contact.code_word else []
        if rules:
            words = _("{name}, {way}: {rules}")
            way = contact.get_channel_display()
            lines.append(Line(words.format(name=contact.member, way=way, rules=", ".join(map(str, rules)))))
    return lines


# What matters


def _wish(reading: Reading) -> list[Line]:
    wish = reading.support.first_wish
    return [Line(wish, "wish", _("At the beginning, in their words"), own_words=True)] if wish else []


def _language(reading: Reading) -> list[Line]:
    family, lines = reading.support.family, []
    if family.language:
        words = _("They like to speak {language}.").format(language=family.language_in_words)
        lines.append(Line(words, "language"))
    if family.interpreter_needed:
        lines.append(Line(_("An interpreter is needed; never a child or a partner.")))
    return lines


# Who is who


def _household(reading: Reading) -> list[Line]:
    return [
        Line(
            " ".join(filter(None, [str(person), f"({person.pronunciation})" if person.pronunciation else ""])),
            f"person:{person.pk}",
            " · ".join(filter(None, [person.get_role_display(), person.age_in_words(), person.pronouns])),
        )
        for person in reading.support.family.members.current()
    ]


def _workers(reading: Reading) -> list[Line]:
    spells = Assignment.objects.visible_to(reading.reader).filter(support=reading.support)
    lines = [
        Line(
            spell.worker.display_name,
            f"worker:{spell.pk}",
            _("was with them from {start} to {end}").format(
                start=day_in_words(spell.starts_on), end=day_in_words(spell.ends_on)
            )
            if spell.ends_on
            else _("with them since {day}").format(day=day_in_words(spell.starts_on)),
        )
        for spell in spells.exclude(ends_on=models.F("starts_on")).select_related("worker").order_by("-starts_on")
    ]
    names = ", ".join(person.display_name for person in coordinators_of(reading.support).order_by("display_name"))
    return (
        [*lines, Line(names, detail=_("coordinates {service}").format(service=reading.support.service))]
        if names
        else lines
    )


def _beside(reading: Reading) -> list[Line]:
    """Other services, for those who may read of them."""
    if not reading.leads:
        return []
    others = Support.objects.visible_to(reading.reader).open().filter(family=reading.support.family)
    others = others.exclude(pk=reading.support.pk).select_related("service")
    return [
        Line(
            _("Also with {service}").format(service=other.service), f"beside:{other.pk}", str(other.get_state_display())
        )
        for other in others
    ]


# What was promised


def _rhythm(reading: Reading) -> list[Line]:
    promise = Promise.of(reading.support)
    if not reading.support.is_open:
        return []
    words = _("They hear from us {every}.").format(every=promise.promise_words)
    last = promise.last_contact_on
    return [Line(words, detail=_("last seen on {day}").format(day=day_in_words(last)) if last else "")]


def _ahead(reading: Reading) -> list[Line]:
    visits = (
        Visit.objects.visible_to(reading.reader)
        .planned()
        .filter(support=reading.support, planned_start__gt=timezone.now())
    )
    return [
        Line(
            moment_in_words(visit.planned_start),  # type: ignore[arg-type]
            f"visit:{visit.pk}",
            f"{visit.get_purpose_display()}, {visit.worker.display_name}",
        )
        for visit in visits.select_related("worker").order_by("planned_start")[:VISITS_AHEAD]
    ]


def _ending(reading: Reading) -> list[Line]:
    support = reading.support
    lines = []
    if review := Review.objects.visible_to(reading.reader).open().filter(support=support).first():
        lines.append(Line(looks_together(review)))
    if support.state != SupportState.ENDING or support.ending_on is None:
        return lines
    words = _("The ending is being prepared: the last visit is on {day}.")
    lines.append(Line(words.format(day=day_in_words(support.ending_on))))
    if not reading.leads:
        return lines
    page = ending_page(support)
    still = [step.title for step in page.steps if step.status in {NEXT, LATER}]
    done = [step.title for step in page.steps if step.status == DONE]
    lines += [Line(_("Still to do"), detail=" · ".join(still))] if still else []
    return lines + ([Line(_("Done"), detail=" · ".join(done))] if done else [])


# What they should not have to tell again


def _course(reading: Reading) -> list[Line]:
    """How it came about: the moves, for coordinators with their reasons."""
    moves = Transition.objects.of("support", reading.support.pk).order_by("-id")[:MOVES_TOLD]
    lines = []
    for move in reversed(moves):
        words = f"{day_in_words(move.happened_at)}: {SupportState(move.to_state).label}"
        reason = str(REASON_WORDS.get(move.reason, ""))
        detail = " · ".join(filter(None, [reason, move.note])) if reading.leads else ""
        lines.append(Line(words, f"move:{move.pk}", detail))
    return lines


def _visits(reading: Reading) -> list[Line]:
    if not reading.leads:
        return []
    visits = Visit.objects.visible_to(reading.reader).delivered().filter(support=reading.support)
    latest = visits.select_related("worker").annotate(total=models.Window(models.Count("*")))
    rows = list(latest.order_by("-actual_start")[:VISITS_TOLD])
    if not rows:
        return []
    total = rows[0].total  # type: ignore[attr-defined]
    words = ngettext("{n} visit so far.", "{n} visits so far. The latest:", total)
    return [
        Line(words.format(n=total)),
        *[
            Line(
                Truncator(visit.what_happened).chars(WORDS_SHOWN),
                f"visit:{visit.pk}",
                f"{visit.worker.display_name}, {day_in_words(visit.actual_start)}",  # type: ignore[arg-type]
                own_words=True,
            )
            for visit in rows
            if visit.what_happened
        ],
    ]


def _turn_to(reading: Reading) -> list[Line]:
    if not reading.leads:
        return []
    rows = TurnTo.objects.visible_to(reading.reader).standing().filter(support=reading.support)
    return [Line(_("They know of: {name}").format(name=row.name), f"turn-to:{row.pk}", row.about) for row in rows]


SOURCES: dict[str, list[Source]] = {
    CAREFUL: [_safety, _contacts],
    MATTERS: [_wish, _language],
    WHO: [_household, _workers, _beside],
    PROMISED: [_rhythm, _ahead, _ending],
    STORY: [_course, _visits, _turn_to],
}
