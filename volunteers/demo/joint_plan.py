"""A plan for everyone who waits for home visits, worked out this morning. Its page asks again who could come."""

from __future__ import annotations

from betterstart.access.demo import World
from families.models import Support, SupportState, WaitsBecause
from families.models.wait import waits_since
from volunteers.models import JointPlan, JointPlanPair, Match, PlanState, Volunteer


def build(world: World) -> None:
    home = world.services["home"]
    waiting = Support.objects.filter(service=home, state=SupportState.WAITING).annotate(since=waits_since())
    with_somebody = Match.objects.open().filter(support__service=home).values("support")
    asked_to_wait = waiting.filter(waits_because=WaitsBecause.FAMILY_ASKED)
    supports = list(waiting.exclude(pk__in=with_somebody).exclude(pk__in=asked_to_wait).order_by("since", "pk"))
    busy = Match.objects.taking_a_place().values("volunteer")
    free = list(
        Volunteer.objects.available_to(home)
        .filter(left_on=None)
        .exclude(pk__in=busy)
        .order_by("pk")[: max(0, len(supports) - 2)]
    )
    counted = {"waiting": len(supports), "could_start": len(free), "volunteers": len(free), "places": len(free)}
    at = world.moment(world.today, 7)
    plan = JointPlan.objects.create(
        service=home,
        asked_by=world.coordinators["home"][0],
        state=PlanState.DONE,
        percent=100,
        facts_at=at,
        finished_at=at,
        helps=[["taken", len(supports) - len(free), ""]],
        left_out={"asked_to_wait": asked_to_wait.count()},
        **counted,
    )
    proposed = dict(zip((support.pk for support in supports), free, strict=False))
    JointPlanPair.objects.bulk_create(
        JointPlanPair(
            plan=plan,
            support=support,
            volunteer=proposed.get(support.pk),
            since=support.since,
            barrier="" if support.pk in proposed else "taken",
        )
        for support in supports
    )
