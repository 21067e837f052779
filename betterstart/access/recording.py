"""`access` lies below `audit`, so it records its own acts through a function that `audit` registers at start-up."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

# One id per request (or task), so that everything one act wrote can be found together.
request_id: ContextVar[str] = ContextVar("request_id", default="")

_recorder: Callable[..., Any] | None = None


def register_recorder(recorder: Callable[..., Any]) -> None:
    global _recorder
    _recorder = recorder


def record(**event: Any) -> None:
    """Same arguments as `betterstart.audit.record.record`; an act that cannot be recorded does not happen."""
    if _recorder is None:
        raise RuntimeError("betterstart.audit must be installed: acts on people and roles are recorded")
    _recorder(**event)
