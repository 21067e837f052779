from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from betterstart.access.models import User
from betterstart.access.permissions import Permission
from volunteers.models import Match, Volunteer, readiness
from volunteers.models.match import HOLDING


def banner_of(context: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """On the pages of a match that holds: what of its volunteer's evidence has run out, for whoever coordinates it."""
    match, user = context.get("match"), context.get("user")
    if not (isinstance(match, Match) and isinstance(user, User) and user.may(Permission.VOLUNTEER_MANAGE)):
        return None
    if match.state not in HOLDING or Volunteer.objects.filter(pk=match.volunteer_id).in_date().exists():
        return None
    steps = [step for step in readiness(match.volunteer) if not step.is_done]
    return "volunteers/_lapsed.html", {"volunteer": match.volunteer, "steps": steps}
