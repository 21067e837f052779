"""The answers of a check-in, and what makes them fit to keep."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from betterstart.lexicon.feelings import RATHER_NOT_SAY, FeelingsRefused, check_feelings
from families.actions.visit_rules import VisitRefused
from families.models import FamilyMember
from volunteers.models import CheckIn, Worry


class CheckInRefused(VisitRefused):
    """The check-in cannot be kept like this. `error_dict` has the sentences by field."""


@dataclass(frozen=True)
class VisitFacts:
    """What a volunteer tells of the visit itself. Without `actual_start` it is already on record."""

    happened: bool = True
    actual_start: dt.datetime | None = None
    duration_minutes: int | None = None
    mode: str = ""
    travel_minutes: int | None = None
    present: Collection[FamilyMember] = ()
    someone_else: str = ""
    what_happened: str = ""
    kinds_of_support: Collection[str] = ()
    not_delivered_reason: str = ""
    rebooked: bool | None = None


@dataclass(frozen=True)
class Answers:
    """How it was: for the family in words they or the volunteer chose, and for the volunteer."""

    worry: str
    worry_words: str = ""
    feelings: Collection[str] = ()
    own_feeling: str = ""
    family_chose: bool = False
    """The family chose the words themselves; otherwise they are the volunteer's impression."""
    my_mood: int | None = None
    my_words: str = ""
    heaviness: int | None = None
    wants_call: bool = False
    line_to_share: str = ""
    may_share_line: bool = False

    def as_fields(self) -> dict[str, Any]:
        """The columns of a check-in. Raises CheckInRefused by field."""
        errors: dict[str, Any] = {}
        if self.worry not in Worry.values:
            errors["worry"] = _("Choose one of the three answers.")
        if self.may_share_line and not self.line_to_share:
            errors["line_to_share"] = _("Write the line that may be shared, or untick the box below it.")
        if self.my_mood is not None and not 1 <= self.my_mood <= 5:
            errors["my_mood"] = _("Choose one of the five.")
        if self.heaviness is not None and not 0 <= self.heaviness <= 4:
            errors["heaviness"] = _("Choose one of the five.")
        try:
            chosen, own_word = check_feelings(list(self.feelings), self.own_feeling)
        except FeelingsRefused as refusal:
            errors["own_feeling" if refusal.code in ("own_word_missing", "own_word_long") else "feelings"] = refusal
        if errors:
            raise CheckInRefused(errors)
        rather_not = chosen == [RATHER_NOT_SAY]
        words = [] if rather_not else chosen
        return {
            "family_said": words if self.family_chose else [],
            "my_impression": [] if self.family_chose else words,
            "rather_not_say": rather_not,
            "other_feeling": own_word,
            "my_mood": self.my_mood,
            "my_words": self.my_words,
            "heaviness": self.heaviness,
            "wants_call": self.wants_call,
            "worry": self.worry,
            "worry_words": self.worry_words,
            "line_to_share": self.line_to_share,
            "may_share_line": self.may_share_line,
        }


def digest(facts: VisitFacts, answers: Answers, about: str) -> str:
    """A fingerprint of what was sent: the same answers about the same visit always give the same one."""
    told = vars(facts) | {
        "present": sorted(member.pk for member in facts.present),
        "kinds_of_support": sorted(facts.kinds_of_support),
    }
    felt = asdict(answers) | {"feelings": sorted(answers.feelings)}
    body = {"about": about, "told": told, "felt": felt}
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def stored_answers(check_in: CheckIn) -> Answers:
    """What is on record, in the shape in which it was asked."""
    feelings = [RATHER_NOT_SAY] if check_in.rather_not_say else [*check_in.family_said, *check_in.my_impression]
    return Answers(
        worry=check_in.worry,
        worry_words=check_in.worry_words,
        feelings=feelings,
        own_feeling=check_in.other_feeling,
        family_chose=bool(check_in.family_said),
        my_mood=check_in.my_mood,
        my_words=check_in.my_words,
        heaviness=check_in.heaviness,
        wants_call=check_in.wants_call,
        line_to_share=check_in.line_to_share,
        may_share_line=check_in.may_share_line,
    )
