"""Two coordinators, one free place, the same moment: on connections of their own."""

from __future__ import annotations

import pytest

from tests.conftest import make_cast
from tests.e2e.conftest import _django_db_helper  # noqa: F401  committed rows, emptied in our own way
from tests.volunteers.pairs import ABOUT_THEM, do, suggested
from tests.volunteers.test_check_in_at_once import together
from volunteers.actions import MatchRefused, offer_match
from volunteers.models import Match, MatchState, VolunteerOffer

pytestmark = pytest.mark.django_db(transaction=True)


def test_last_place_of_a_volunteer_goes_to_one_of_two_and_the_other_is_told(db):
    cast = make_cast()
    suggestions = [suggested(cast), suggested(cast)]

    outcomes = together(
        *[
            lambda match=match: do(cast.coordinator, offer_match, match=match, side="volunteer", description=ABOUT_THEM)
            for match in suggestions
        ]
    )

    told = [outcome for outcome in outcomes if isinstance(outcome, MatchRefused)]
    assert len(told) == 1, outcomes
    assert "as many as agreed" in str(told[0])
    assert VolunteerOffer.objects.count() == 1
    states = sorted(Match.objects.filter(pk__in=[match.pk for match in suggestions]).values_list("state", flat=True))
    assert states == [MatchState.OFFERED_TO_VOLUNTEER, MatchState.SUGGESTED]
