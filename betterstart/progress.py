"""How far long work has come: a bar on a terminal, plain lines in a log."""

from __future__ import annotations

from typing import Any

WIDTH = 40
STEP = 10
"""Percent between two plain lines."""


class Progress:
    """`show` may be called as often as one likes; `out` is the standard output of a command."""

    def __init__(self, out: Any, what: str) -> None:
        self._out, self._what = out, what
        self._is_terminal = bool(getattr(out, "isatty", bool)())
        self._said = -STEP

    def show(self, done: int, of: int, detail: str = "") -> None:
        percent = min(100, done * 100 // of) if of else 100
        if percent == self._said or not (self._is_terminal or percent >= self._said + STEP or percent == 100):
            return
        self._said = percent
        if self._is_terminal:
            filled = percent * WIDTH // 100
            bar = "█" * filled + "░" * (WIDTH - filled)
            self._out.write(f"\r{self._what} {bar} {percent:>3}% {detail}", ending="\n" if percent == 100 else "")
            self._out.flush()
        else:
            self._out.write(f"{self._what}: {percent}% {detail}".rstrip())

    def leave(self) -> None:
        """End the line of a bar that did not come to its end, so that what follows stands alone."""
        if self._is_terminal and 0 <= self._said < 100:
            self._out.write("")
