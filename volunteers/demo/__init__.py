"""The demonstration partnership, upper layer: volunteers, their matches and check-ins, and who is on their way."""

from __future__ import annotations

from betterstart.access.demo import World
from volunteers.demo import checks, joint_plan, match_life, matching, money, pipeline, profiles, supervision, visiting

__all__ = ["build"]


def build(world: World) -> None:
    visiting.build(world)
    checks.build(world)
    match_life.build(world)
    supervision.build(world)
    profiles.build(world)
    matching.build(world)
    money.build(world)
    joint_plan.build(world)
    pipeline.build(world)
