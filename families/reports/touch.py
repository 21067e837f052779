"""What somebody should have before their eyes when they ring a family that waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from betterstart.access.models import User
from families.models import FamilyMember, Support, Visit
from families.models.contact_change import ways_used_by
from families.reports.family_page import Reach, reach_of
from families.reports.waiting_list import Row, rows_of

LAST_SHOWN = 3


@dataclass(frozen=True)
class TouchPage:
    """Read by coordinators of the support alone, who work with the family and may change its record."""

    row: Row
    reach: list[Reach]
    said: list[Visit]
    """The latest contacts and tries."""

    coordinates = True
    works_here = True


def touch_page(user: User, support: Support) -> TouchPage:
    """For a support read `waiting` and `with_promise()`."""
    members = list(FamilyMember.objects.visible_to(user).of_family(support.family))
    visits: Any = Visit.objects.visible_to(user).standing().filter(support=support).exclude(state="planned")
    said = visits.select_related("worker").with_happened_at().order_by("-happened_at", "-pk")
    return TouchPage(
        rows_of([support])[0], reach_of(members, ways_used_by(support, support.family)), list(said[:LAST_SHOWN])
    )
