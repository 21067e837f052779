from __future__ import annotations

import datetime as dt

from betterstart.access.models import User
from betterstart.clock import at_london, london_today
from families.models import Visit, VisitState


def waiting_today(user: User) -> int:
    """How many of this person's visits are today, or wait for their check-in."""
    ends = at_london(london_today() + dt.timedelta(days=1), dt.time())
    own = Visit.objects.filter(worker=user)
    today = own.filter(state=VisitState.PLANNED, planned_start__lt=ends)
    return today.count() + own.filter(state=VisitState.DELIVERED, check_in=None).count()
