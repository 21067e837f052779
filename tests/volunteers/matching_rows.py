"""What the two sides of matching tell: rows for tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from betterstart.access.models import User
from betterstart.clock import london_today
from betterstart.places.models import Postcode
from families.models import Family, Support, VisitNeeds
from volunteers.models import LookedAgain, Match, MatchDecision, NeverWith, Section, Volunteer, VolunteerProfile


def visit_needs(support: Support, by: User, **fields: Any) -> VisitNeeds:
    fields = {"suits": ["mon-morning"], "at_home": ["cat"]} | fields
    return VisitNeeds.objects.create(support=support, family=support.family, recorded_by=by, **fields)


def profile(volunteer: Volunteer, **fields: Any) -> VolunteerProfile:
    told = {"on": london_today().isoformat(), "by": volunteer.user_id}
    facts = {"times": ["mon-morning"], "languages": [{"code": "ur", "speaks": True, "reads": False}]}
    return VolunteerProfile.objects.create(volunteer=volunteer, **facts | {"said": {Section.TIMES: told}} | fields)


def never(family: Family, volunteer: Volunteer, by: User, said_by: str = "family", **fields: Any) -> NeverWith:
    fields.setdefault("reason", "knows_them")
    return NeverWith.objects.create(family=family, volunteer=volunteer, said_by=said_by, recorded_by=by, **fields)


def asked(volunteer: Volunteer, family: Family, state: str = "offered_to_volunteer") -> Match:
    """A match that has not begun, or never did."""
    return Match.objects.create(family=family, support=family.supports.get(), volunteer=volunteer, state=state)


def place(postcode: str, latitude: float, longitude: float) -> Postcode:
    return Postcode.objects.create(postcode=postcode, latitude=latitude, longitude=longitude)


def decision(support: Support, by: User, **fields: Any) -> MatchDecision:
    """None of those shown, to be looked at again in four weeks."""
    fields.setdefault("look_again_on", london_today() + dt.timedelta(weeks=4))
    said = {"why": "Nobody yet.", "family_said": "Somebody calm.", "look_again_if": "Somebody new comes."}
    return MatchDecision.objects.create(support=support, service=support.service, by=by, **said | fields)


def look(decision: MatchDecision, **fields: Any) -> LookedAgain:
    fields = {"found": "It goes well.", "by": decision.by} | fields
    return LookedAgain.objects.create(decision=decision, service=decision.service, **fields)
