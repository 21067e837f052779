"""What waits about volunteers and asks nobody to ring today: loaded beside Today, so that Today itself asks less."""

from __future__ import annotations

import datetime as dt

from betterstart.access.models import User
from families.reports.needs import Found, Provider
from volunteers.reports.chasing import checks_waiting
from volunteers.reports.expenses import waiting_claims
from volunteers.reports.matching.today import looks
from volunteers.reports.needs import unread

PROVIDERS: tuple[Provider, ...] = (checks_waiting, looks, unread, waiting_claims)
MOST = 12


def waits_beside(user: User, today: dt.date) -> Found:
    """Checks and references, matches to look at again, check-ins nobody read, claims: the longest wait first."""
    found = [provider(user, today, MOST) for provider in PROVIDERS]
    needs = sorted((need for part in found for need in part.needs), key=lambda need: (need.urgency, need.since))
    return Found(needs[:MOST], sum(part.total for part in found))
