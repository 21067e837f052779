"""A check-in as people read it: what was said, by whom, and what may be seen of it."""

from __future__ import annotations

import uuid as uuids
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from betterstart.access.models import User
from betterstart.lexicon.feelings import SOMETHING_ELSE, words_by_key
from families.actions.visit import may_edit as may_edit_visit
from families.actions.visit_rules import coordinators_of
from families.models import FamilyReply, Support, Visit, VisitMode
from families.reports.replies import beside_note
from families.reports.visit import as_planned, as_recorded, day_and_time
from volunteers.actions import may_edit, stored_answers
from volunteers.models import CheckIn, CheckInNote, NoteKind, Volunteer
from volunteers.models.check_in import MOODS, WEIGHTS


@dataclass(frozen=True)
class CheckInPage:
    check_in: CheckIn
    family_said: list[str]
    my_impression: list[str]
    notes: list[CheckInNote]
    may_edit: bool
    """The reader wrote it, and may still change it."""
    said: list[FamilyReply]
    """What the family says about the note of the visit, as far as the reader may read it."""

    @property
    def visit(self) -> Visit:
        return self.check_in.visit

    @property
    def open_question(self) -> CheckInNote | None:
        """The coordinator's latest question, while the author has written nothing after it."""
        beside = (NoteKind.REPLY, NoteKind.THANKS)
        latest = next((note for note in reversed(self.notes) if note.kind not in beside), None)
        return latest if latest and latest.kind == NoteKind.QUESTION else None

    @property
    def mood(self) -> str:
        mood = self.check_in.my_mood
        return "" if mood is None else str(dict(MOODS)[mood])

    @property
    def weight(self) -> str:
        weight = self.check_in.heaviness
        return "" if weight is None else str(dict(WEIGHTS)[weight])


def feeling_words(check_in: CheckIn, words: dict[str, str]) -> tuple[list[str], list[str]]:
    """The chosen feelings in the reader's language: what the family said, and the volunteer's impression."""
    named = words | {SOMETHING_ELSE: check_in.other_feeling}
    said, seemed = ([named.get(key, key) for key in keys] for keys in (check_in.family_said, check_in.my_impression))
    return said, seemed


def check_in_page(check_in: CheckIn, user: User) -> CheckInPage:
    """One check-in with everything said about it since. `check_in` comes with its visit, family and people."""
    said, seemed = feeling_words(check_in, words_by_key(get_language()))
    notes = list(check_in.notes.select_related("author", "seen_by"))
    back = beside_note(user, check_in.visit)
    return CheckInPage(check_in, said, seemed, notes, may_edit(user, check_in), back)


def readers(support: Support) -> list[User]:
    """Who reads the check-ins of this support."""
    return list(coordinators_of(support).order_by("display_name"))


def volunteer_phone(user: User) -> str:
    """The number on which a volunteer would be called."""
    return Volunteer.objects.filter(user=user).values_list("phone", flat=True).first() or ""


def planned_answers(visit: Visit) -> dict[str, Any]:
    """What a check-in of a planned visit starts with; of one on record, only what it adds to."""
    if visit.was_delivered:
        return {"uuid": uuids.uuid4(), "version": visit.version}
    planned = as_planned(visit)
    names = ("uuid", "version", "day", "time", "which", "mode", "present")
    return {name: planned[name] for name in names if name in planned}


def unplanned_answers(support: Support) -> dict[str, Any]:
    """What a check-in without a plan starts with: just now, at home."""
    began = timezone.now().replace(second=0, microsecond=0)
    return {"uuid": uuids.uuid4(), **day_and_time(began), "mode": VisitMode.HOME}


def recorded_answers(check_in: CheckIn) -> dict[str, Any]:
    """A check-in on record, as the form that changes it starts."""
    visit, answers = check_in.visit, stored_answers(check_in)
    shown = as_recorded(visit) if visit.was_delivered else {}
    shown |= vars(answers) | {"version": check_in.version, "visit_version": visit.version}
    return shown | {"length": "other"}


def may_change_visit(user: User, check_in: CheckIn) -> bool:
    return check_in.visit.was_delivered and may_edit_visit(user, check_in.visit)
