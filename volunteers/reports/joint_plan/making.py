"""From the rows of one service to a plan: read both sides, compare, solve, and say what was left out."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import astuple
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Service, User
from betterstart.clock import london_today
from families.models import Support, SupportState, WaitsBecause
from families.models.wait import waits_since
from volunteers.actions.joint_plan import Outcome, PlanRefused, Tell
from volunteers.models import JointPlanPair, Match, PlanPhase, Volunteer
from volunteers.models.joint_plan import BEGINS_AT
from volunteers.reports.joint_plan.explaining import what_would_help, without_anybody
from volunteers.reports.joint_plan.possible import Possible, Tables, possible_pairs
from volunteers.reports.joint_plan.solving import Question, solve
from volunteers.reports.matching.loading import family_sides, volunteer_sides
from volunteers.reports.matching.sides import FamilySide, VolunteerSide

BETWEEN_TWO_LOOKS = 0.2
"""Seconds between two looks at whether the plan is still wanted."""


def make_plan(user: User, service: Service, tell: Tell) -> Outcome:
    """The plan for everyone who waits in this service, from what `user` may know of both sides.

    `tell` hears how far it is and may raise, to stop it. Raises PlanRefused where they do not coordinate it any more.
    """
    if not Service.objects.coordinated_by(user).filter(pk=service.pk).exists():
        raise PlanRefused(_("You do not coordinate this service."))
    facts_at = timezone.now()
    left_out: dict[str, int] = {}
    with acting_as(Scope.SCOPED, user.pk):
        since, families = _families(user, service, left_out)
        tell(PlanPhase.READING, BEGINS_AT[PlanPhase.COMPARING] // 2)
        volunteers = _volunteers(user, service, left_out)
    tell(PlanPhase.COMPARING, BEGINS_AT[PlanPhase.COMPARING])
    found = possible_pairs(families, volunteers, Tables(families, volunteers), _now_and_then(tell))
    question = _question(since, families, volunteers, found)
    tell(PlanPhase.SOLVING, BEGINS_AT[PlanPhase.SOLVING])
    chosen = solve(question)
    tell(PlanPhase.KEEPING, BEGINS_AT[PlanPhase.KEEPING])
    barriers = without_anybody(families, volunteers, found, chosen)
    helps = what_would_help(families, volunteers, barriers)
    _note_unknown(families, volunteers, found, left_out)
    return Outcome(
        facts_at=facts_at,
        volunteers=len(volunteers),
        places=sum(side.places_left for side in volunteers),
        possible=len(found.families),
        pairs=_pairs(since, families, volunteers, found, chosen, barriers),
        helps=[list(astuple(each)) for each in helps],
        left_out={key: count for key, count in left_out.items() if count},
    )


def _families(user: User, service: Service, left_out: dict[str, int]) -> tuple[dict[int, dt.date], list[FamilySide]]:
    """Who waits for a volunteer and has nobody in sight, the longest wait first; since when, by support."""
    waits = Support.objects.filter(service=service, state=SupportState.WAITING).annotate(since=waits_since())
    rows = list(waits.order_by("since", "pk").values_list("pk", "since", "waits_because"))
    on_the_way = set(Match.objects.open().filter(support__service=service).values_list("support_id", flat=True))
    left_out["on_the_way"] = sum(pk in on_the_way for pk, _day, _why in rows)
    rows = [row for row in rows if row[0] not in on_the_way]
    since = {pk: day for pk, day, because in rows if because != WaitsBecause.FAMILY_ASKED}
    left_out["asked_to_wait"] = len(rows) - len(since)
    return since, family_sides(user, Support.objects.filter(pk__in=since).annotate(s=waits_since()).order_by("s", "pk"))


def _volunteers(user: User, service: Service, left_out: dict[str, int]) -> list[VolunteerSide]:
    """Who could take a family on: ready, with room, and not about to leave."""
    here = Volunteer.objects.kept_by(user).here().filter(organisation=service.organisation_id)
    left_out["leaving"] = here.exclude(left_on=None).count()
    sides = volunteer_sides(user, here.filter(left_on=None).order_by("pk"))
    ready = [side for side in sides if side.is_ready]
    with_room = [side for side in ready if side.places_left > 0]
    left_out["not_ready"], left_out["full"] = len(sides) - len(ready), len(ready) - len(with_room)
    return with_room


def _now_and_then(tell: Tell) -> Callable[[int, int], None]:
    first, last = BEGINS_AT[PlanPhase.COMPARING], BEGINS_AT[PlanPhase.SOLVING]
    told = time.monotonic()

    def gone_over(done: int, of: int) -> None:
        nonlocal told
        if time.monotonic() - told > BETWEEN_TWO_LOOKS:
            told = time.monotonic()
            tell(PlanPhase.COMPARING, first + (last - first) * done // of)

    return gone_over


def _question(
    since: dict[int, dt.date], families: Sequence[FamilySide], volunteers: Sequence[VolunteerSide], found: Possible
) -> Question:
    import numpy as np

    today = london_today()
    waits = [max(0, (today - since[side.support_id]).days) for side in families]
    return Question(
        waits=np.array(waits, dtype=np.int64),
        places=np.array([side.places_left for side in volunteers], dtype=np.int64),
        families=found.families,
        volunteers=found.volunteers,
        travel=found.travel,
    )


def _pairs(
    since: dict[int, dt.date],
    families: Sequence[FamilySide],
    volunteers: Sequence[VolunteerSide],
    found: Possible,
    chosen: Any,
    barriers: dict[int, str],
) -> list[JointPlanPair]:
    proposed = dict(zip(found.families[chosen].tolist(), found.volunteers[chosen].tolist(), strict=True))
    return [
        JointPlanPair(
            support_id=side.support_id,
            volunteer_id=volunteers[proposed[at]].volunteer_id if at in proposed else None,
            since=since[side.support_id],
            barrier=barriers.get(at, ""),
        )
        for at, side in enumerate(families)
    ]


def _note_unknown(
    families: Sequence[FamilySide], volunteers: Sequence[VolunteerSide], found: Possible, left_out: dict[str, int]
) -> None:
    """Facts nobody knows bar nobody: how many of them there are."""
    left_out["no_place"] = sum(side.position is None for side in families)
    left_out["no_language"] = sum(not side.languages and not side.interpreter for side in families)
    left_out["volunteers_no_place"] = sum(side.position is None for side in volunteers)
    left_out["volunteers_no_language"] = sum(not side.languages for side in volunteers)
    left_out["cut"] = found.cut
