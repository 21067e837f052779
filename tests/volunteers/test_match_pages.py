"""The way of a match on its pages, and on the volunteer's own phone."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from tests import factories
from tests.volunteers.pairs import (
    ABOUT_THEM,
    TODAY,
    asked,
    begun,
    booked,
    both_said_yes,
    do,
    met,
    suggested,
    volunteer_says,
)
from volunteers.actions import MatchRefused, end_match, offer_match, plan_match_ending, suggest_match
from volunteers.models import Match, MatchFeedback, MatchState, VolunteerOffer

M = MatchState


def at(name, *args):
    return reverse(f"volunteers:{name}", args=args)


def test_coordinator_asks_in_a_draft_that_names_nobody_and_the_volunteer_answers_on_their_page(cast, as_user):
    match = suggested(cast)
    factories.address(match.family, postcode="BD5 7QT")
    page = as_user(cast.coordinator).get(at("match-ask", match.pk, "volunteer"))
    draft = page.context["form"].initial["description"]
    assert "BD5" in draft
    assert "7QT" not in draft
    assert "Nadia" not in draft

    sent = as_user(cast.coordinator).post(at("match-ask", match.pk, "volunteer"), {"description": draft})
    assert sent.status_code == 302

    offer = VolunteerOffer.objects.get()
    own = as_user(cast.other_volunteer)
    assert "Would you like to meet a family?" in own.get(at("my-visits")).content.decode()
    shown = own.get(at("my-offer", offer.pk)).content.decode()
    assert "Nadia" not in shown
    assert own.post(at("my-offer", offer.pk), {"answer": "yes"}).status_code == 302
    offer.refresh_from_db()
    assert (offer.answer, offer.told) == ("yes", "themselves")


def test_words_that_name_somebody_come_back_with_what_to_take_out(cast, as_user):
    match = suggested(cast)

    answer = as_user(cast.coordinator).post(at("match-ask", match.pk, "volunteer"), {"description": "Nadia is kind."})

    assert answer.status_code == 422
    assert "Please take out: Nadia" in answer.content.decode()
    assert "Nadia is kind." in answer.content.decode()


def test_volunteer_hears_that_it_did_not_come_about_and_not_why(cast, as_user):
    match = asked(cast)
    who = match.family.members.get(role="parent")
    answer = {"answer": "no", "said_by": who.pk, "told": "phone", "words": "She would rather have somebody older."}
    assert as_user(cast.coordinator).post(at("match-answer", match.pk, "family"), answer).status_code == 302

    shown = as_user(cast.other_volunteer).get(at("my-offers")).content.decode()
    assert "It did not come about" in shown
    assert "somebody older" not in shown
    late = as_user(cast.other_volunteer).post(at("my-offer", match.volunteer_offer.pk), {"answer": "yes"})
    assert late.status_code == 422
    assert "not asked any more" in late.content.decode()


def test_introduction_is_on_the_page_of_the_volunteer_with_where_to_meet_and_who_comes_along(cast, as_user):
    match = both_said_yes(cast)
    meeting = {
        "day": (TODAY + dt.timedelta(days=3)).isoformat(),
        "time": "10:00",
        "minutes": "60",
        "attends": cast.coordinator.pk,
        "mode": "home",
        "where": "By the library door",
        "who": "Nadia",
    }
    assert as_user(cast.coordinator).post(at("match-introduction", match.pk), meeting).status_code == 302

    shown = as_user(cast.other_volunteer).get(at("my-visits")).content.decode()
    assert "By the library door" in shown
    assert "Carys Coordinator comes along" in shown


def test_two_begin_on_the_page_with_rules_visits_and_a_day_to_look_together(cast, as_user):
    match = met(cast)
    form = as_user(cast.coordinator).get(at("match-begin", match.pk)).context["form"]
    rules = [key for key, _label in form.fields["ground_rules"].choices]
    agreed = {
        "first_day": (TODAY + dt.timedelta(days=7)).isoformat(),
        "time": "10:00",
        "minutes": "120",
        "weeks": "3",
        "ground_rules": rules[:2],
        "own_rule": "No shoes in the house.",
        "review_on": (TODAY + dt.timedelta(weeks=6)).isoformat(),
    }
    assert as_user(cast.coordinator).post(at("match-begin", match.pk), agreed).status_code == 302

    match.refresh_from_db()
    assert match.ground_rules.splitlines() == [*rules[:2], "No shoes in the house."]
    assert match.support.visits.planned().filter(worker=cast.other_volunteer).count() == 3
    assert "No shoes in the house." in as_user(cast.coordinator).get(at("match", match.pk)).content.decode()


def test_organisation_words_its_own_ground_rules_and_whoever_begins_talks_those_through(cast, as_user):
    own = as_user(cast.coordinator)
    page = at("ground-rules", cast.here.pk)
    twice = {"words": "Shoes off.\nShoes off.", "version": "0"}
    assert own.post(page, twice).status_code == 422
    assert own.post(page, {"words": "Shoes off.\n\nRing before.", "version": "0"}).status_code == 302
    stale = own.post(page, {"words": "Mine.", "version": "0"})
    assert stale.status_code == 422
    assert "Somebody changed this" in stale.content.decode()

    form = as_user(cast.coordinator).get(at("match-begin", cast.match.pk)).context["form"]
    assert [key for key, _label in form.fields["ground_rules"].choices] == ["Shoes off.", "Ring before."]


@pytest.mark.parametrize(
    ("way", "title"),
    [
        (suggested, "Ask Wilf Othervolunteer"),
        (lambda cast: asked(cast, sides=["volunteer"]), "Write down Wilf Othervolunteer’s answer"),
        (asked, "Write down Wilf Othervolunteer’s answer"),
        (both_said_yes, "Book the introduction"),
        (booked, "Open the visit"),
        (met, "They begin"),
        (begun, "Plan a visit"),
    ],
)
def test_page_of_a_match_offers_one_next_act(cast, as_user, way, title):
    match = way(cast)

    page = as_user(cast.coordinator).get(at("match", match.pk)).context["page"]

    assert page.next.title == title
    assert page.next.url not in {act.url for act in page.acts}


def test_volunteer_who_said_yes_makes_the_family_the_next_to_ask(cast, as_user):
    match = asked(cast, sides=["volunteer"])
    volunteer_says(match)
    assert as_user(cast.coordinator).get(at("match", match.pk)).context["page"].next.title == "Ask the family"


def test_early_ending_is_told_in_words_and_support_for_both_is_offered(cast, as_user):
    Match.objects.update(started_on=TODAY - dt.timedelta(days=20))
    cast.match.refresh_from_db()
    do(cast.coordinator, end_match, match=cast.match, reason="not_right")

    page = as_user(cast.coordinator).get(at("match", cast.match.pk)).context["page"]
    assert "ended without a plan after 20 days" in page.told
    assert "nobody’s failure" in page.told
    assert as_user(cast.coordinator).post(at("match-talked", cast.match.pk)).status_code == 302
    assert as_user(cast.coordinator).get(at("match", cast.match.pk)).context["page"].next is None


def test_pause_of_more_than_four_weeks_asks_whether_somebody_stands_in(cast, as_user):
    until = (TODAY + dt.timedelta(weeks=6)).isoformat()
    assert as_user(cast.coordinator).post(at("match-pause", cast.match.pk), {"until": until}).status_code == 302
    assert "Should somebody stand in?" in as_user(cast.coordinator).get(at("match", cast.match.pk)).content.decode()

    beside = at("match-beside", cast.match.pk, "cover")
    chosen = {"volunteer": cast.other_volunteer_row.pk}
    assert as_user(cast.coordinator).post(beside, chosen).status_code == 302
    cover = Match.objects.get(kind="cover")
    assert (cover.beside, cover.state) == (cast.match, M.SUGGESTED)
    assert "Should somebody stand in?" not in as_user(cast.coordinator).get(at("match", cast.match.pk)).content.decode()


def test_handover_lets_both_volunteers_be_there_for_some_visits(cast):
    support = cast.match.support
    match = do(
        cast.coordinator,
        suggest_match,
        support=support,
        volunteer=cast.other_volunteer_row,
        kind="handover",
        beside=cast.match,
    )
    do(cast.coordinator, offer_match, match=match, side="volunteer", description=ABOUT_THEM)

    assert cast.match.holds
    assert match.beside == cast.match


def test_cover_stands_beside_a_match_of_the_same_support(cast):
    other = factories.family(cast.home, "Zora", state="waiting").supports.get()
    fields = {"support": other, "volunteer": cast.other_volunteer_row, "kind": "cover", "beside": cast.match}
    with pytest.raises(MatchRefused, match="beside a match"):
        do(cast.coordinator, suggest_match, **fields)


def test_goodbye_on_the_pages_asks_each_side_apart(cast, as_user):
    goodbye = {"reason": "goals_met", "ending_on": (TODAY + dt.timedelta(weeks=4)).isoformat()}
    assert as_user(cast.coordinator).post(at("match-ending", cast.match.pk), goodbye).status_code == 302

    back = MatchFeedback.objects.get(side="volunteer")
    assert "Looking back, how was it?" in as_user(cast.volunteer).get(at("my-visits")).content.decode()
    said = {"answer": "good", "words": "They taught me to make roti."}
    assert as_user(cast.volunteer).post(at("looking-back", back.pk), said).status_code == 302
    theirs = {"answer": "mixed", "words": "It was short.", "told": "face", "said_by": cast.family.members.first().pk}
    page = at("match-said-back", cast.match.pk, "family")
    assert as_user(cast.coordinator).post(page, theirs).status_code == 302

    shown = as_user(cast.coordinator).get(at("match", cast.match.pk)).content.decode()
    assert "make roti" in shown
    assert "It was short." in shown
    assert "It was short." not in as_user(cast.volunteer).get(at("looking-back", back.pk)).content.decode()


def test_pages_of_acts_refuse_kindly_what_cannot_be_now(cast, as_user):
    own = as_user(cast.coordinator)
    past = {"until": (TODAY - dt.timedelta(days=1)).isoformat()}
    assert own.post(at("match-pause", cast.match.pk), past).status_code == 422
    assert own.post(at("match-resume", cast.match.pk), follow=True).status_code == 200
    assert own.get(at("match-ask", cast.match.pk, "neighbour")).status_code == 404
    assert own.get(at("match-answer", cast.match.pk, "family")).status_code == 404
    do(cast.coordinator, plan_match_ending, match=cast.match, reason="practical", ending_on=TODAY)
    answer = own.post(at("match-begin", cast.match.pk), {})
    assert answer.status_code == 422
