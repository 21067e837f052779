"""A family that waits and a volunteer with a free place, and every step of their way as the pages would take it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.clock import at_london, london_today
from tests import factories
from volunteers import actions
from volunteers.actions import Weekly
from volunteers.models import FamilyOffer, Match, MatchFeedback, VolunteerOffer

TODAY = london_today()
ABOUT_THEM = "A family near the park would like company at home, and some help with forms. Mornings suit them."
ABOUT_YOU = "Somebody who speaks English and Urdu, and likes to cook."


def do(by, act, **asked):
    """An action under the database role of a page."""
    with acting_as(Scope.SCOPED, by.pk):
        return act(by=by, **asked)


def waiting_pair(cast):
    """A support that waits in the coordinator's service, and a volunteer who visits nobody."""
    family = factories.family(cast.home, "Nadia", state="waiting")
    return SimpleNamespace(family=family, support=family.supports.get(), volunteer=cast.other_volunteer_row)


def asked_of_both(match, by):
    """What both sides of a match were asked, and one of them looking back, by table."""
    of = {"match": match, "family": match.family, "support": match.support}
    asked = of | {"description": "Somebody kind.", "asked_by": by}
    return {
        VolunteerOffer: VolunteerOffer.objects.create(volunteer=match.volunteer, **asked),
        FamilyOffer: FamilyOffer.objects.create(**asked),
        MatchFeedback: MatchFeedback.objects.create(side="family", **of),
    }


def suggested(cast, pair=None, **fields) -> Match:
    pair = pair or waiting_pair(cast)
    return do(cast.coordinator, actions.suggest_match, support=pair.support, volunteer=pair.volunteer, **fields)


def asked(cast, match=None, sides=("volunteer", "family")) -> Match:
    match = match or suggested(cast)
    for side, words in (("volunteer", ABOUT_THEM), ("family", ABOUT_YOU)):
        if side in sides:
            match = do(cast.coordinator, actions.offer_match, match=match, side=side, description=words)
    return match


def family_says(cast, match, answer="yes", **fields):
    who = match.family.members.filter(role="parent").first()
    told = {"told": "phone", "said_by": who} | fields
    return do(cast.coordinator, actions.record_answer, match=match, side="family", answer=answer, **told)


def volunteer_says(match, answer="yes", words=""):
    by = match.volunteer.user
    return do(by, actions.answer_offer, offer=match.volunteer_offer, answer=answer, words=words)


def both_said_yes(cast, match=None) -> Match:
    match = asked(cast, match)
    volunteer_says(match)
    return family_says(cast, match)


def booked(cast, match=None, **fields) -> Match:
    match = both_said_yes(cast, match)
    meeting = {
        "attends": cast.coordinator,
        "planned_start": at_london(TODAY + dt.timedelta(days=3), dt.time(10)),
        "minutes": 60,
        "who": "Nadia and her little boy",
        "where": "At their front door",
    }
    do(cast.coordinator, actions.book_introduction, match=match, **meeting | fields)
    match.refresh_from_db()
    return match


def met(cast, match=None) -> Match:
    match = match or booked(cast)
    visit = match.support.visits.planned().get(purpose="introduction")
    now = timezone.now()
    match.support.visits.filter(pk=visit.pk).update(
        state="delivered",
        planned_start=now,
        planned_end=now + dt.timedelta(hours=1),
        actual_start=now,
        duration_minutes=60,
    )
    return match


def begin(cast, match, **fields) -> Match:
    agreed = {
        "weekly": Weekly(TODAY + dt.timedelta(days=7), dt.time(10), 120, 6),
        "ground_rules": ["We visit at the time we agreed."],
        "review_on": TODAY + dt.timedelta(weeks=6),
    }
    return do(cast.coordinator, actions.begin_match, match=match, **agreed | fields)


def begun(cast) -> Match:
    return begin(cast, met(cast))
