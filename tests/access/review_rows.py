"""Looks together here and far away, one ahead and one that was held, and the addresses of their pages."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests import factories

Args = Callable[[SimpleNamespace], dict[str, Any]]


def add_reviews(cast: SimpleNamespace) -> None:
    for name, family in (("", cast.family), ("far_", cast.far_family)):
        setattr(cast, f"{name}review", factories.review(family, 3, "booked"))
        setattr(cast, f"{name}review_held", factories.review(family, -20, "held"))


def at(name: str, *, whose: bool = False) -> Args:
    """The address of a page of one review, or of one adult's part in it."""

    def args(cast: SimpleNamespace) -> dict[str, Any]:
        row = getattr(cast, name)
        adult = {"uuid": row.family.members.order_by("pk").first().uuid} if whose else {}
        return {"reference": row.family.reference, "pk": row.pk} | adult

    return args


def mine(name: str) -> Args:
    return lambda cast: {"pk": getattr(cast, name).pk}


OF_A_REVIEW = ("", "-book", "-call-off", "-decline", "-hold")
THEIRS = {"answer": "review", "copy": "review_held", "copy-given": "review_held"}
COORDINATED = [
    *[(f"families:review{page}", at("review"), at("far_review")) for page in OF_A_REVIEW],
    *[(f"families:review-{page}", at(row, whose=True), at(f"far_{row}", whose=True)) for page, row in THEIRS.items()],
]
