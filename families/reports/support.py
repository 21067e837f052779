"""Where a support may go from here, what each move means, and what is still missing for it."""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from betterstart.transitions.machine import Move, MoveRefused
from betterstart.transitions.models import Transition
from families.models import EndingReason, Support, SupportState
from families.models.support import BEFORE_START, CLOSED_STATES, REASON_WORDS, SUPPORT_MACHINE

S = SupportState


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
    S.TRANSFERRED: (_("Hand over to another service"), _("Once that service has said yes and the family agreed.")),
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
    S.WAITING: {"agreed_on": dt.date.min, "home_safety_on": dt.date.min, "first_wish": "…"},
    S.ENDING: {"ending_on": dt.date.min, "ending_reason": EndingReason.GOALS_MET},
    S.ENDED_PLANNED: {"final_scores_declined": True},
}


def move_options(support: Support) -> list[MoveOption]:
    """The moves that lead from the state of this support, closings last."""
    options = [_option(support, move) for move in SUPPORT_MACHINE.allowed(support.state)]
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
    trial.paused_until = trial.review_on = london_today() + dt.timedelta(days=1)
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


def consequence(support: Support, to: str) -> Consequence | None:
    if to in CLOSED_STATES or (to == S.WAITING and support.state not in BEFORE_START):
        together = support.assignments.in_force().select_related("worker").order_by("starts_on")
        visits = support.visits.planned().filter(planned_start__date__gte=london_today())
        return Consequence(
            [assignment.worker.display_name for assignment in together],
            visits.count() if to in CLOSED_STATES else 0,
        )
    return None


@dataclass(frozen=True)
class PastMove:
    """A move of the past in words."""

    happened_at: dt.datetime
    state_word: str
    reason_word: str
    by: str
    note: str


def history(support: Support) -> list[PastMove]:
    """Every move of this support, newest first."""
    moves = Transition.objects.of("support", support.pk).select_related("by").order_by("-id")
    return [
        PastMove(
            happened_at=move.happened_at,
            state_word=str(S(move.to_state).label),
            reason_word=str(REASON_WORDS.get(move.reason, "")),
            by=move.by.display_name if move.by else "",
            note=move.note,
        )
        for move in moves
    ]
