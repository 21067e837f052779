"""A finished plan of a service here and of one far away, and the addresses of their pages."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from volunteers.models import JointPlan, JointPlanPair

Args = Callable[[SimpleNamespace], dict[str, Any]]


def add_joint_plans(cast: SimpleNamespace) -> None:
    for name, service, by, family in (
        ("", cast.home, cast.coordinator, cast.family),
        ("far_", cast.far, cast.other_coordinator, cast.far_family),
    ):
        support = family.supports.get(service=service)
        plan = JointPlan.objects.create(
            service=service, asked_by=by, state="done", facts_at=timezone.now(), waiting=1, could_start=0
        )
        JointPlanPair.objects.create(plan=plan, support=support, since=support.accepted_on, barrier="taken")
        setattr(cast, f"{name}joint_plan", plan)


def at(name: str) -> Args:
    return lambda cast: {"uuid": getattr(cast, name).uuid}
