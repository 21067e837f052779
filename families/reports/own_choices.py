"""What an adult agreed to, for their own page: with the services they know of, and nothing of another adult."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language

from betterstart.access.acting import Scope, acting_as
from families.models import OwnPage, Support
from families.models.sharing import Because
from families.models.wording import AGREEMENT, Shown, Words
from families.reports.answers import Line, Part, own_answers


@dataclass(frozen=True)
class OwnChoice:
    line: Line
    shown: Shown | None
    """The question in their language, where it is one."""

    @property
    def may_take_back(self) -> bool:
        return self.line.state == Because.YES

    @property
    def may_answer(self) -> bool:
        return self.shown is not None and not self.may_take_back and not self.line.for_child


@dataclass(frozen=True)
class OwnPart:
    part: Part
    choices: list[OwnChoice]
    told: list[tuple[str, str]]
    """What is not put as a question, and why it is needed."""


def known_supports(page: OwnPage) -> list[int]:
    """The supports this adult knows of. Ask as them."""
    return list(Support.objects.filter(family=page.family_id).values_list("pk", flat=True))


def own_choices(page: OwnPage) -> list[OwnPart]:
    """By organisation. A fixed number of questions for each."""
    parts = own_answers(page.adult, known_supports(page))
    with acting_as(Scope.ALL, None):
        return [_part(part, Words(part.organisation.pk)) for part in parts]


def _part(part: Part, words: Words) -> OwnPart:
    language = get_language() or "en"
    asked = [OwnChoice(line, words.about(AGREEMENT, language)) for line in part.supports]
    questions = [line for line in part.choices if line.state != Because.NO_QUESTION]
    asked += [OwnChoice(line, words.about(line.key, language)) for line in questions]
    asked += [OwnChoice(line, None) for line in part.sharing]
    told = [(line.title, words.about(line.key, language).words) for line in part.choices if line not in questions]
    return OwnPart(part, asked, told)
