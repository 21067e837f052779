"""What the adults of a family would like, how near they came to it, and how they said things are."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from betterstart.clock import day_in_words, london_date
from betterstart.transitions.models import Transition
from families.models import Goal, GoalState, Score
from families.models.member import name_of
from families.models.need import USUAL_NEEDS
from families.models.score import HIGHEST, Given, Stage
from families.reports.timeline.source import Asker, Entry, Teller, midnight, shortened

_NAME = name_of()
# The rest of a goal's way is told by the goal that took its place.
_TOLD_MOVES = (GoalState.REACHED, GoalState.LET_GO, GoalState.WORKING_ON)


def goals(asker: Asker) -> models.QuerySet[Any]:
    """Goals as they were said."""
    return _goals(asker).annotate(at=midnight("happened_on"), detail=JSONObject(name=_NAME, words="said__words"))


def tell_goal(at: dt.datetime, detail: dict[str, Any], teller: Teller) -> Entry:
    title = _("{name} would like").format(name=detail["name"])
    return _said(at, title, detail["words"])


def goal_moves(asker: Asker) -> models.QuerySet[Any]:
    """Goals that were reached, let go or taken up again."""
    seen = _goals(asker)
    words = seen.filter(pk=OuterRef("subject_id")).values("said__words")
    moves = Transition.objects.filter(machine="goal", to_state__in=_TOLD_MOVES, subject_id__in=seen.values("pk"))
    return moves.annotate(at=F("happened_at"), detail=JSONObject(to="to_state", words=Subquery(words)))


def tell_goal_move(at: dt.datetime, detail: dict[str, Any], teller: Teller) -> Entry:
    title = _("A goal: {state}").format(state=str(GoalState(detail["to"]).label).lower())
    return _said(at, title, detail["words"])


def scores(asker: Asker) -> models.QuerySet[Any]:
    """What one adult said on one day to all their needs, for whoever may see their scores."""
    seen = Score.objects.visible_to(asker.user).filter(support__in=asker.supports).exclude(given=Given.NOT_ASKED)
    day = ("support_id", "member_id", "happened_on")
    of_the_day = seen.filter(**{name: OuterRef(name) for name in day}).order_by("need__item__order", "pk")
    one = JSONObject(
        key="need__item__key", item="need__item__name", own="need__said__words", given="given", value="value"
    )
    first_of_day = seen.order_by(*day, "pk").distinct(*day).values("pk")
    detail = JSONObject(name=_NAME, stage="stage", scores=ArraySubquery(of_the_day.values_list(one)))
    return Score.objects.filter(pk__in=first_of_day).annotate(at=midnight("happened_on"), detail=detail)


def tell_scores(at: dt.datetime, detail: dict[str, Any], teller: Teller) -> Entry:
    entry = _said(at, _("{name} on how things are").format(name=detail["name"]), "")
    entry.text = "\n".join(_score_in_words(score) for score in detail["scores"])
    entry.state, entry.state_word = "still", str(Stage(detail["stage"]).label)
    return entry


def _score_in_words(score: dict[str, Any]) -> str:
    """ "Having people around me: 2 of 5"."""
    name = score["item"] or (USUAL_NEEDS[score["key"]][1] if score["key"] else score["own"])
    if score["given"] == Given.RATHER_NOT:
        return _("{need}: rather not say").format(need=name)
    return _("{need}: {value} of {most}").format(need=name, value=score["value"], most=HIGHEST)


def _goals(asker: Asker) -> models.QuerySet[Any]:
    return Goal.objects.visible_to(asker.user).filter(support__in=asker.supports)


def _said(at: dt.datetime, title: str, words: str) -> Entry:
    return Entry("note", at, title, day_in_words(london_date(at)), text=shortened(words))
