"""A service where families wait and people are ready, and its plan worked out."""

from __future__ import annotations

import datetime as dt

from betterstart.access.roles import Role
from betterstart.clock import london_today
from tests import factories
from volunteers.actions.joint_plan import ask_plan, claim_next, keep_plan
from volunteers.models import JointPlan, Match, MatchState
from volunteers.reports.joint_plan.making import make_plan


def waits(cast, name, weeks=4, **fields):
    """A family that has waited so long for a volunteer; gives its support."""
    since = london_today() - dt.timedelta(weeks=weeks)
    family = factories.family(cast.home, name, "waiting")
    support = family.supports.get()
    fields = {"accepted_on": since, "started_on": None, "waiting_since": since} | fields
    for field, value in fields.items():
        setattr(support, field, value)
    support.save()
    return support


def ready(cast, name, **fields):
    person = factories.user(name, Role.VOLUNTEER, cast.home)
    return factories.volunteer(person, cast.here, **fields)


def suggested(support, volunteer, state=MatchState.SUGGESTED):
    return Match.objects.create(support=support, family=support.family, volunteer=volunteer, state=state)


def worked_out(cast, by=None) -> JointPlan:
    """As the worker does it, but for the second connection, which sees nothing of a test's transaction."""
    ask_plan(by=by or cast.coordinator, service=cast.home)
    plan = claim_next()
    assert plan
    return keep_plan(plan=plan, outcome=make_plan(plan.asked_by, plan.service, lambda phase, percent: None))


def proposed(plan) -> dict[str, str]:
    """Whom a plan proposes to whom, or what stands in the way, by name."""
    pairs = plan.pairs.select_related("support__family", "volunteer__user").order_by("pk")
    return {pair.support.family.name: str(pair.volunteer) if pair.volunteer else pair.barrier for pair in pairs}
