"""Where a support may go from here, what each move means, and what is still missing for it."""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import User
from betterstart.clock import london_today
from betterstart.transitions.machine import Move, MoveRefused
from betterstart.transitions.models import Transition
from families.models import EndingReason, Family, Support, SupportState, Transfer
from families.models.reasons import REASON_WORDS
from families.models.support import BEFORE_START, CLOSED_STATES, SUPPORT_MACHINE
from families.reports.family_page import may_coordinate
from families.reports.transfers import step_of

S = SupportState
EARLIER_SHOWN = 5


@dataclass(frozen=True)
class MoveOption:
    to: str
    title: str
    means: str
    missing: str
    """What must be done first, in a sentence; empty where the move is possible now."""
    closes: bool


WORDS: dict[str, tuple[Any, Any]] = {
    S.GETTING_TO_KNOW: (_("First contact is made"), _("You have spoken. Next comes the initial visit.")),
    S.WAITING: (_("Ready for a volunteer"), _("The family waits, and hears from us while it does.")),
    S.ACTIVE: (_("The support starts"), _("From now the promise of regular contact counts.")),
    S.PAUSED: (_("Pause"), _("For a while, with a day to start again. The family keeps its place.")),
    S.ENDING: (_("Plan the ending"), _("Agree the last visit and the reason, and take time to part.")),
    S.ENDED_PLANNED: (_("End as planned"), _("The last visit took place and the family had its last word.")),
    S.ENDED_UNPLANNED: (_("End without a plan"), _("It stopped without an agreed ending. Say why, so that we learn.")),
    S.DECLINED: (_("The family says no"), _("They need no reason. They may come back at any time.")),
    S.COULD_NOT_REACH: (_("We could not reach them"), _("After several tries on different days.")),
}
# Where the same target means something else, seen from another state.
WORDS_FROM: dict[tuple[str, str], tuple[Any, Any]] = {
    (S.ACTIVE, S.WAITING): (
        _("Look for another volunteer"),
        _("Whoever visits now says goodbye today. The day this support started stays."),
    ),
    (S.PAUSED, S.ACTIVE): (_("Start again"), _("The pause is over, and the promise of regular contact counts again.")),
    (S.ENDING, S.ACTIVE): (_("Carry on after all"), _("The family asked to go on. The planned ending is taken back.")),
}
# What the form of a move asks for anyway is not "missing".
_WILL_BE_GIVEN: dict[str, dict[str, Any]] = {
    S.WAITING: {"agreed_on": dt.date.min, "home_safety_on": dt.date.min},
    S.ENDING: {"ending_on": dt.date.min, "ending_reason": EndingReason.GOALS_MET},
    S.ENDED_PLANNED: {"final_scores_declined": True},
}


def move_options(support: Support) -> list[MoveOption]:
    """The moves that a person makes from the state of this support, closings last.

    Handing on is not among them: the other service's yes does that.
    """
    moves = [move for move in SUPPORT_MACHINE.allowed(support.state) if move.to != S.TRANSFERRED]
    options = [_option(support, move) for move in moves]
    return sorted(options, key=lambda option: option.closes)


def move_option(support: Support, to: str) -> MoveOption | None:
    """One of them, or None where no such move leads from here."""
    return next((option for option in move_options(support) if option.to == to), None)


def _option(support: Support, move: Move) -> MoveOption:
    title, means = WORDS_FROM.get((support.state, move.to)) or WORDS[move.to]
    return MoveOption(move.to, str(title), str(means), _missing(support, move), move.to in CLOSED_STATES)


def _missing(support: Support, move: Move) -> str:
    if move.guard is None:
        return ""
    trial = copy.copy(support)
    for name, value in _WILL_BE_GIVEN.get(move.to, {}).items():
        setattr(trial, name, getattr(trial, name) or value)
    trial.paused_until = london_today() + dt.timedelta(days=1)
    try:
        move.guard(trial)
    except MoveRefused as refused:
        return str(refused)
    return ""


@dataclass(frozen=True)
class Consequence:
    """What else happens with a move, so that nobody is surprised."""

    leaving: list[str]
    """Names of those who say goodbye."""
    visits: int
    """Planned visits that are cancelled."""
    from_tomorrow: bool
    """They can still write down the visit of today."""


def consequence(support: Support, to: str) -> Consequence | None:
    if to in CLOSED_STATES or (to == S.WAITING and support.state not in BEFORE_START):
        together = support.assignments.in_force().select_related("worker").order_by("starts_on")
        visits = support.visits.planned().filter(planned_start__date__gte=london_today())
        return Consequence(
            [assignment.worker.display_name for assignment in together],
            visits.count() if to in CLOSED_STATES else 0,
            from_tomorrow=to == S.WAITING,
        )
    return None


@dataclass(frozen=True)
class PastMove:
    """A move of the past in words."""

    happened_at: dt.datetime
    words: str
    by: str
    note: str
    reason: str = ""


def history(support: Support, transfers: list[Transfer]) -> list[PastMove]:
    """Every move of this support and of what other services were asked about it, the newest first."""
    asked = {transfer.pk: transfer for transfer in transfers if transfer.support_id == support.pk}
    own = models.Q(machine="support", subject_id=support.pk)
    moves = Transition.objects.filter(own | models.Q(machine="transfer", subject_id__in=asked) if asked else own)
    return [_past(move, asked) for move in moves.select_related("by").order_by("-id")]


def _past(move: Transition, asked: dict[int, Transfer]) -> PastMove:
    if move.machine == "transfer":
        step = step_of(move, asked[move.subject_id])
        return PastMove(step.happened_at, step.words, step.by, step.note)
    by = move.by.display_name if move.by else ""
    reason = str(REASON_WORDS.get(move.reason, ""))
    return PastMove(move.happened_at, str(S(move.to_state).label), by, move.note, reason)


@dataclass(frozen=True)
class Earlier:
    support: Support
    may_open: bool


def earlier_supports(user: User, family: Family, than: Support | None = None) -> list[Earlier]:
    """What this family was in before, the latest first: to be read when it comes back, and copied nowhere.

    `than`: only what had ended when this support was accepted.
    """
    closed = Support.objects.responsible_to(user).filter(family=family, state__in=CLOSED_STATES)
    closed = closed.exclude(state=S.TRANSFERRED).select_related("service__organisation")
    if than:
        closed = closed.filter(ended_on__lte=than.accepted_on).exclude(pk=than.pk)
    found = closed.order_by("-ended_on", "-pk")[:EARLIER_SHOWN]
    return [Earlier(support, may_coordinate(user, support)) for support in found]
