"""The demonstration partnership, upper layer: volunteers, their matches, and what they said after visits."""

from __future__ import annotations

from betterstart.access.demo import World
from volunteers.demo import checks, joint_plan, matching, money, supervision, visiting

__all__ = ["build"]


def build(world: World) -> None:
    visiting.build(world)
    checks.build(world)
    supervision.build(world)
    matching.build(world)
    money.build(world)
    joint_plan.build(world)
