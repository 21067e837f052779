"""A match here and one far away, each side asked before and after it, and the addresses of their pages."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests import factories
from tests.access import matrix_rows as rows
from tests.volunteers.pairs import asked_of_both
from volunteers.models import MatchFeedback, VolunteerOffer

Args = Callable[[SimpleNamespace], dict[str, Any]]


def add_matches(cast: SimpleNamespace) -> None:
    there = factories.volunteer(factories.user("Vic Volunteer", "volunteer", cast.far), cast.elsewhere)
    cast.far_match = factories.match(there, cast.far_family)
    ours, theirs = (cast.match, cast.coordinator), (cast.far_match, cast.other_coordinator)
    for name, (match, by) in (("", ours), ("far_", theirs)):
        asked = asked_of_both(match, by)
        setattr(cast, f"{name}offer", asked[VolunteerOffer])
        of = {"match": match, "family": match.family, "support": match.support}
        back = MatchFeedback.objects.create(side="volunteer", volunteer=match.volunteer, **of)
        setattr(cast, f"{name}looking_back", back)


def at(name: str, **more: str) -> Args:
    return lambda cast: {"pk": getattr(cast, name).pk, **more}


def here(cast: SimpleNamespace) -> dict[str, Any]:
    return {"organisation": cast.here.pk}


def far(cast: SimpleNamespace) -> dict[str, Any]:
    return {"organisation": cast.elsewhere.pk}


ACTS: dict[str, dict[str, str]] = {
    "ask": {"side": "volunteer"},
    "answer": {"side": "family"},
    "introduction": {},
    "begin": {},
    "pause": {},
    "resume": {},
    "talked": {},
    "ending": {},
    "stop": {},
    "said-back": {"side": "family"},
    "beside": {"kind": "handover"},
}
HERE, FAR = {"coordinator"}, {"other_coordinator"}
PAGES: list[tuple[Any, ...]] = [
    ("volunteers:family-panel", {"coordinator", "volunteer"}, rows.family_uuid, rows.far_family_uuid, FAR),
    ("volunteers:match-start", HERE, rows.family_uuid, rows.far_family_uuid, FAR),
    ("volunteers:match", HERE, at("match"), at("far_match"), FAR),
    ("volunteers:match-end", HERE, at("match"), at("far_match"), FAR),
    *[
        (f"volunteers:match-{page}", HERE, at("match", **more), at("far_match", **more), FAR)
        for page, more in ACTS.items()
    ],
    ("volunteers:ground-rules", HERE, here, far, FAR),
    ("volunteers:my-offers", {"volunteer", "other_volunteer"}),
    ("volunteers:my-offer", {"volunteer"}, at("offer"), at("far_offer")),
    ("volunteers:looking-back", {"volunteer"}, at("looking_back"), at("far_looking_back")),
]
