"""How it goes with a family: asked of the volunteer on the phone before a review, and not of anybody else."""

from __future__ import annotations

import pytest
from django.urls import reverse

from betterstart.audit.models import AuditEvent
from families.models import Review
from tests import factories
from volunteers.actions import MatchViewRefused, say_how_it_goes
from volunteers.models import Match, MatchView

MY_VISITS = reverse("volunteers:my-visits")


def page(review):
    return reverse("volunteers:how-it-goes", args=[review.pk])


@pytest.mark.parametrize(("due_in", "asked"), [(15, False), (14, True), (-3, True)])
def test_volunteer_is_asked_in_the_two_weeks_before(cast, as_user, due_in, asked):
    row = factories.review(cast.family, due_in)

    assert (page(row) in as_user(cast.volunteer).get(MY_VISITS).text) is asked


def test_answer_goes_to_the_coordinator_and_can_be_changed_until_the_review(cast, as_user):
    row = factories.review(cast.family)
    client = as_user(cast.volunteer)
    assert " checked" not in client.get(page(row)).text

    client.post(page(row), {"answer": "well", "words": "We laugh a lot."})
    answer = client.post(page(row), {"answer": "mostly", "words": "An earlier bus."}, follow=True)

    assert "the family does not" in answer.text
    view = MatchView.objects.get()
    assert (view.answer, view.words, view.match) == ("mostly", "An earlier bus.", cast.match)
    assert "You answered on" in answer.text
    assert all(event.details == {} for event in AuditEvent.objects.filter(verb="match.viewed"))


def test_answer_without_a_choice_is_asked_for_and_the_words_stay(cast, as_user):
    answer = as_user(cast.volunteer).post(page(factories.review(cast.family)), {"words": "We laugh a lot."})

    assert answer.status_code == 422
    assert "Choose what comes closest." in answer.text
    assert "We laugh a lot." in answer.text


def test_volunteer_reads_nothing_of_what_the_family_said_or_of_reviews_that_are_over(cast, as_user):
    held = factories.review(cast.family, -3, "held", agreed_change="Another volunteer.")
    client = as_user(cast.volunteer)

    assert client.get(page(held)).status_code == 404
    assert "Another volunteer." not in client.get(f"/families/{cast.family.reference}/").text


@pytest.mark.parametrize("who", ["other_volunteer", "coordinator"])
def test_nobody_else_is_asked(cast, as_user, who):
    row = factories.review(cast.family)

    assert as_user(getattr(cast, who)).get(page(row)).status_code in {403, 404}
    with pytest.raises(MatchViewRefused, match="visits this family"):
        say_how_it_goes(by=getattr(cast, who), review=row, answer="well")


def test_volunteer_whose_match_ended_and_review_that_was_held_are_past_asking(cast):
    row = factories.review(cast.family)
    Review.objects.filter(pk=row.pk).update(state="declined")
    with pytest.raises(MatchViewRefused, match="is over"):
        say_how_it_goes(by=cast.volunteer, review=row, answer="well")
    Match.objects.update(state="ended", ended_on=cast.match.started_on)
    with pytest.raises(MatchViewRefused, match="visits this family"):
        say_how_it_goes(by=cast.volunteer, review=row, answer="well")
