"""The plan of a family here and of one far away, and the addresses of its pages."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from families.models import NeedItem
from tests import factories

Args = Callable[[SimpleNamespace], dict[str, Any]]


def add_plans(cast: SimpleNamespace) -> None:
    for name, family in (("", cast.family), ("far_", cast.far_family)):
        need, goal, action = factories.plan(family)
        setattr(cast, f"{name}plan", SimpleNamespace(need=need, goal=goal, action=action, family=family))


def at(name: str, *parts: str) -> Args:
    """The address of a page of one plan: what each part of it needs."""

    def args(cast: SimpleNamespace) -> dict[str, Any]:
        plan = getattr(cast, f"{name}plan")
        known = {
            "uuid": plan.goal.member.uuid, "goal": plan.goal.pk, "action": plan.action.pk, "words": plan.goal.said.pk,
            "need": plan.need.pk,
            "stage": "start", "about": "wishes", "kind": "goal", "entry": plan.goal.pk,
        }  # fmt: skip
        given = {part: known[part] for part in parts if part in known}
        given |= dict(part.split(":") for part in parts if ":" in part)
        return {"reference": plan.family.reference, "pk": plan.goal.support_id} | given

    return args


def item(cast: SimpleNamespace) -> dict[str, Any]:
    return {"item": NeedItem.objects.filter(organisation=cast.here).first().pk}


def item_up(cast: SimpleNamespace) -> dict[str, Any]:
    return item(cast) | {"to": "up"}


def far_item(cast: SimpleNamespace) -> dict[str, Any]:
    return {"item": NeedItem.objects.filter(organisation=cast.elsewhere).first().pk}


def far_item_up(cast: SimpleNamespace) -> dict[str, Any]:
    return far_item(cast) | {"to": "up"}


PARTS: dict[str, tuple[str, ...]] = {
    "plan-start": (),
    "plan-safety": (),
    "plan-visits": (),
    "plan-visits-nothing": (),
    "plan-copy": ("uuid",),
    "plan-needs": ("uuid",),
    "plan-scores": ("uuid", "stage"),
    "plan-goal-new": ("uuid",),
    "plan-words": ("uuid",),
    "plan-asked": ("uuid", "about"),
    "plan-goal": ("goal",),
    "plan-goal-reword": ("goal",),
    "plan-goal-move": ("goal", "to:reached"),
    "plan-need-close": ("need",),
    "plan-translate": ("words",),
    "plan-take-back": ("words",),
    "plan-action-new": (),
    "plan-share": ("kind", "entry"),
}
COORDINATED = [(f"families:{name}", at("", *parts), at("far_", *parts)) for name, parts in PARTS.items()]
"""Pages of a plan for whoever coordinates it."""
READ = [("families:plan", at(""), at("far_")),
        ("families:plan-action-move", at("", "action", "to:done"), at("far_", "action", "to:done"))]  # fmt: skip
"""Those for whoever is with the family too."""
