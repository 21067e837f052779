"""One small table-driven state machine: the allowed moves are data, the guards are functions."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils.functional import Promise

from betterstart.access.models import User
from betterstart.transitions.models import Transition


class MoveRefused(Exception):
    """The move is not possible now. The message is a sentence for the person who tried."""


@dataclass(frozen=True)
class Move:
    sources: Collection[str]
    to: str
    guard: Callable[[Any], None] | None = None
    """Called with the locked row carrying its new values; raises MoveRefused with what is still missing."""
    reasons: Collection[str] = ()
    """If given, one of these reasons must be named."""


@dataclass(frozen=True)
class StateMachine:
    name: str
    moves: tuple[Move, ...]
    refusal: str | Promise
    """What to say when no move leads from here to there."""

    def allowed(self, state: str) -> list[Move]:
        return [move for move in self.moves if state in move.sources]

    def find(self, source: str, to: str) -> Move | None:
        return next((move for move in self.moves if source in move.sources and move.to == to), None)

    @transaction.atomic
    def move(
        self,
        subject: models.Model,
        *,
        to: str,
        by: User | None,
        reason: str = "",
        note: str = "",
        **changes: Any,
    ) -> Transition:
        """Move the row to a state together with other field changes, and write the history row.

        The row is locked and its stored state is what counts; `subject` is updated in place. Raises MoveRefused.
        """
        stored: Any = type(subject)._base_manager.select_for_update(of=("self",)).get(pk=subject.pk)
        move = self.find(stored.state, to)
        if move is None:
            raise MoveRefused(self.refusal)
        if move.reasons and reason not in move.reasons:
            raise MoveRefused(self.refusal)
        for field, value in changes.items():
            setattr(subject, field, value)
            setattr(stored, field, value)
        if move.guard:
            move.guard(stored)
        came_from, stored.state = stored.state, to
        stored.save(update_fields=["state", *changes, *_touched(stored)])
        subject.state = to  # type: ignore[attr-defined]
        return self.note_start(stored, by=by, from_state=came_from, reason=reason, note=note)

    def note_start(
        self, subject: models.Model, *, by: User | None, from_state: str = "", reason: str = "", note: str = ""
    ) -> Transition:
        """The history row of a move, or (without `from_state`) of how the thing began."""
        return Transition.objects.create(
            machine=self.name,
            subject_id=subject.pk,
            family_id=getattr(subject, "family_id", None),
            from_state=from_state,
            to_state=subject.state,  # type: ignore[attr-defined]
            by=by,
            reason=reason,
            note=note,
        )


def _touched(row: models.Model) -> list[str]:
    return ["updated_at"] if any(field.name == "updated_at" for field in row._meta.concrete_fields) else []
