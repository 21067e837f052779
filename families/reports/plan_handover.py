"""What a family said that it should not have to say again: its goals, and what it wants known of its life."""

from __future__ import annotations

from django.utils.translation import gettext as _

from families.models import Goal, GoalState, OwnWords, Sayable
from families.reports.handover import Line, Reading


def goals_told(reading: Reading) -> list[Line]:
    """What they work on now, in their own words."""
    rows = Goal.objects.visible_to(reading.reader).filter(support=reading.support, state=GoalState.WORKING_ON)
    return [_line(f"goal:{goal.pk}", goal.said, _("{name} would like")) for goal in rows.in_words()]


def life_told(reading: Reading) -> list[Line]:
    """What they want whoever comes to know."""
    rows = OwnWords.objects.visible_to(reading.reader).standing().select_related("member").order_by("id")
    known = rows.filter(support=reading.support, kind=Sayable.KNOW)
    return [_line(f"know:{said.pk}", said, _("{name} wants you to know")) for said in known]


def _line(key: str, said: OwnWords, about: str) -> Line:
    words = about.format(name=said.member)
    if said.translation:
        words = f"{words} · {said.translation} ({said.translator})"
    return Line(said.words, key, words, own_words=True)
