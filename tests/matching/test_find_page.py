"""From a family that waits to a decision: who could come, who could not, and what is written down."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from betterstart.access.acting import Scope, acting_as
from betterstart.access.roles import Role
from betterstart.audit.models import AuditEvent, FamilyRead
from betterstart.clock import london_today
from tests import factories
from tests.volunteers.matching_rows import decision
from volunteers.actions.matching import decide_match, look_again
from volunteers.actions.pairing import MatchRefused
from volunteers.models import (
    LookedAgain,
    Match,
    MatchDecision,
    MatchState,
    NeverWith,
    Volunteer,
    VolunteerProfile,
    VolunteerState,
)
from volunteers.reports.matching.today import looks

SAID = {
    "why": "She has the same calm way, and Tuesdays work.",
    "family_said": "Somebody who likes to walk.",
    "look_again_if": "The visits keep moving.",
    "look_again_on": (london_today() + dt.timedelta(weeks=4)).isoformat(),
}


@pytest.fixture
def waiting(cast):
    """A family that waits, and Wilf who has room."""
    family = factories.family(cast.home, "Nadia", state="waiting")
    VolunteerProfile.objects.create(volunteer=cast.other_volunteer_row, times=["tue-morning"])
    return family.supports.get()


def page(name, support, *args, **query):
    return reverse(f"volunteers:{name}", args=[support.pk, *args], query=query or None)


def more_people(cast, n, **fields):
    """Ready people with room, besides Wilf."""
    made = []
    for number in range(n):
        person = factories.user(f"Person Number{number}{fields.get('evidence', '')}", Role.VOLUNTEER, cast.home)
        made.append(factories.volunteer(person, cast.here, **fields))
    return made


def left_out(person):
    return {"considered": 1, "could": 0, "cards": [], "barred": {"never": [person.pk]}}


def text_of(response):
    body = response.content.decode()
    words = re.sub(r"<[^>]+>", " ", body[body.index("<main") : body.index("</main>")])
    return " ".join(words.split())


def test_page_shows_who_could_come_with_reasons_and_who_could_not_with_the_rule(cast, waiting, as_user):
    response = as_user(cast.coordinator).get(page("find", waiting))

    words = text_of(response)
    assert "Wilf Othervolunteer" in words
    assert "Tuesday morning" in words
    assert "Vera Volunteer" not in words
    assert "2 people were considered, 1 cannot come" in words
    assert "Room for one more family" in words
    assert FamilyRead.objects.filter(reader_id=cast.coordinator.pk, page="find a volunteer").exists()


def test_nothing_on_the_page_is_a_score_a_rank_or_a_share(cast, waiting, as_user):
    more_people(cast, 6)
    client = as_user(cast.coordinator)

    for address in (page("find", waiting), page("find", waiting, order="near"), page("find-not-now", waiting)):
        words = text_of(client.get(address)).lower()
        assert not re.search(r"%|per cent|percent|score|rank|points|best|top \d|\bfit\b|\d+ ?/ ?\d+|★", words), words


def test_five_are_drawn_the_same_each_time_and_all_are_one_tap_away(cast, waiting, as_user):
    more_people(cast, 6)
    client = as_user(cast.coordinator)
    names = re.compile(r"Choose ([A-Z]\w+ \w+)")

    first, again = (names.findall(text_of(client.get(page("find", waiting)))) for _ in range(2))
    everybody = names.findall(text_of(client.get(page("find", waiting, all="1"))))

    assert len(first) == 5
    assert first == again
    assert len(everybody) == 7
    assert set(first) < set(everybody)
    assert "See all 7 who could come" in text_of(client.get(page("find", waiting)))


def test_person_the_joint_plan_proposes_is_shown_besides_and_told_of_where_a_rule_bars_them(cast, waiting, as_user):
    more_people(cast, 6)
    client = as_user(cast.coordinator)
    names = re.compile(r"Choose ([A-Z]\w+ \w+)")
    drawn = names.findall(text_of(client.get(page("find", waiting))))
    ready = Volunteer.objects.ready().exclude(pk=cast.volunteer_row.pk)
    sixth = next(row for row in ready if row.display_name not in drawn)

    besides = text_of(client.get(page("find", waiting, proposed=sixth.pk)))
    barred = text_of(client.get(page("find", waiting, proposed=cast.volunteer_row.pk)))

    assert set(names.findall(besides)) == {*drawn, sixth.display_name}
    assert "Proposed by the plan for everyone" in besides
    assert "proposed Vera Volunteer, who cannot come now" in barred


def test_lots_fall_differently_for_the_next_family(cast, waiting, as_user):
    more_people(cast, 6)
    client = as_user(cast.coordinator)
    others = [factories.family(cast.home, f"Next{n}", state="waiting").supports.get() for n in range(3)]
    names = re.compile(r"Choose ([A-Z]\w+ \w+)")

    draws = {tuple(names.findall(text_of(client.get(page("find", support))))) for support in [waiting, *others]}

    assert len(draws) == 4


def test_chosen_person_is_suggested_and_everything_that_lay_on_the_table_is_kept(cast, waiting, as_user):
    response = as_user(cast.coordinator).post(page("find-person", waiting, cast.other_volunteer_row.pk), SAID)

    match = Match.objects.get(support=waiting)
    assert response.status_code == 302
    assert response.url == reverse("volunteers:match", args=[match.pk])
    assert (match.state, match.volunteer) == (MatchState.SUGGESTED, cast.other_volunteer_row)
    decision = match.decision
    assert (decision.why, decision.by) == (SAID["why"], cast.coordinator)
    assert decision.shown["considered"] == 2
    assert decision.shown["could"] == 1
    assert [card["volunteer"] for card in decision.shown["cards"]] == [cast.other_volunteer_row.pk]
    assert decision.shown["barred"] == {"places": [cast.volunteer_row.pk]}
    event = AuditEvent.objects.get(verb="match.decided")
    assert (event.actor_id, event.family_id) == (cast.coordinator.pk, waiting.family_id)
    assert as_user(cast.coordinator).get(response.url).status_code == 200


def test_none_of_these_is_a_decision_without_a_match_and_both_are_read_later(cast, waiting, as_user):
    client = as_user(cast.coordinator)
    client.post(page("find-nobody", waiting), SAID | {"why": "Nobody speaks Pashto."})
    client.post(page("find-person", waiting, cast.other_volunteer_row.pk), SAID)

    words = text_of(client.get(page("find-decisions", waiting)))

    assert MatchDecision.objects.filter(match=None, volunteer=None).count() == 1
    assert words.index(SAID["why"]) < words.index("Nobody speaks Pashto.")
    assert "None of those shown" in words
    assert "Room for one more family" in words
    assert "Vera Volunteer" in words


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"why": ""}, "Please write a sentence or two."),
        ({"family_said": " "}, "Please write a sentence or two."),
        ({"look_again_if": ""}, "Please write a sentence or two."),
        ({"look_again_on": london_today().isoformat()}, "Choose a day that is still ahead."),
        ({"why": "x" * 2001}, "Please shorten it."),
    ],
)
def test_what_is_missing_is_asked_for_kindly_and_the_rest_stays(cast, waiting, as_user, changed, sentence):
    response = as_user(cast.coordinator).post(
        page("find-person", waiting, cast.other_volunteer_row.pk), SAID | {"family_said": "Walks."} | changed
    )

    assert response.status_code == 422
    assert sentence in text_of(response)
    kept = {"why", "look_again_if"} - changed.keys()
    assert all(SAID[name] in response.content.decode() for name in kept)
    assert not MatchDecision.objects.exists()
    assert not Match.objects.filter(support=waiting).exists()


def _suspended(cast, waiting):
    cast.other_volunteer_row.state = VolunteerState.SUSPENDED
    cast.other_volunteer_row.save()


def _blocked(cast, waiting):
    NeverWith.objects.create(
        family=waiting.family,
        volunteer=cast.other_volunteer_row,
        said_by="family",
        reason="asked",
        recorded_by=cast.coordinator,
    )


def _last_place_taken(cast, waiting):
    factories.match(cast.other_volunteer_row, factories.family(cast.home, "Quick"))


def _asked_already(cast, waiting):
    Match.objects.create(family=waiting.family, support=waiting, volunteer=cast.other_volunteer_row)


CHANGES = [
    (_suspended, "Suspended", "ready"),
    (_blocked, "do not meet", "never"),
    (_last_place_taken, "as many families as agreed", "places"),
    (_asked_already, "Already asked", "together"),
]


@pytest.mark.parametrize(("change", "sentence", "rule"), CHANGES)
def test_what_changed_in_another_tab_is_told_and_what_was_typed_stays(cast, waiting, as_user, change, sentence, rule):
    client = as_user(cast.coordinator)
    assert "Choose Wilf Othervolunteer" in text_of(client.get(page("find", waiting)))
    change(cast, waiting)

    response = client.post(page("find-person", waiting, cast.other_volunteer_row.pk), SAID)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert SAID["why"] in response.content.decode()
    assert not MatchDecision.objects.exists()
    assert "Choose Wilf" not in text_of(client.get(page("find", waiting)))
    assert "Wilf" in text_of(client.get(page("find-not-now", waiting, rule=rule)))


@pytest.mark.parametrize("change", [_suspended, _last_place_taken, _asked_already])
def test_action_itself_refuses_and_keeps_nothing(cast, waiting, change):
    change(cast, waiting)
    typed = SAID | {"look_again_on": london_today() + dt.timedelta(days=9)}

    with pytest.raises(MatchRefused), acting_as(Scope.SCOPED, cast.coordinator.pk):
        decide_match(by=cast.coordinator, support=waiting, volunteer=cast.other_volunteer_row, shown={}, **typed)

    assert not MatchDecision.objects.exists()


@pytest.mark.parametrize("state", ["offered", "getting_to_know", "paused", "ended_planned"])
def test_family_that_does_not_wait_is_shown_nobody_to_choose(cast, as_user, state):
    support = factories.family(cast.home, "Nadia", state=state).supports.get()

    response = as_user(cast.coordinator).get(page("find", support))

    assert "Choose" not in text_of(response)
    with pytest.raises(MatchRefused, match="waits for a volunteer or is visited"):
        decide_match(by=cast.coordinator, support=support, volunteer=None, shown={}, **SAID)


def test_enquirers_and_those_who_left_are_not_considered(cast, waiting, as_user):
    states = [VolunteerState.ENQUIRY, VolunteerState.APPLIED, VolunteerState.CHECKING, VolunteerState.LEFT]
    for person, state in zip(more_people(cast, 4), states, strict=True):
        person.state, person.left_on = state, london_today() if state == VolunteerState.LEFT else None
        person.save()

    assert "2 people were considered" in text_of(as_user(cast.coordinator).get(page("find", waiting)))


def test_decision_and_look_cannot_be_changed_or_removed(cast, waiting):
    typed = SAID | {"look_again_on": london_today() + dt.timedelta(days=9)}
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        decision = decide_match(by=cast.coordinator, support=waiting, volunteer=None, shown={}, **typed)
        look_again(by=cast.coordinator, decision=decision, found="All is well.")
        for rows in (MatchDecision.objects, LookedAgain.objects):
            for change in (lambda rows=rows: rows.update(by=cast.lead), lambda rows=rows: rows.all().delete()):
                with pytest.raises(DatabaseError), transaction.atomic():
                    change()


def test_decision_comes_back_on_its_day_until_somebody_looked(cast, waiting, as_user):
    decision = MatchDecision.objects.create(
        support=waiting, service=cast.home, by=cast.coordinator, **SAID | {"look_again_on": london_today()}
    )
    today = lambda: looks(cast.coordinator, london_today(), 5)  # noqa: E731

    assert [need.reason for need in today().needs] == ["look again for a volunteer"]
    assert not looks(cast.other_coordinator, london_today(), 5).needs
    client = as_user(cast.coordinator)
    assert client.post(page("find-decisions", waiting), {"found": ""}).status_code == 422
    client.post(page("find-decisions", waiting), {"found": "Nobody yet.", "next_on": ""})
    assert today().needs == []
    assert decision.looks.get().found == "Nobody yet."
    assert "Nobody yet." in text_of(client.get(page("find-decisions", waiting)))


def test_sheet_tells_a_family_what_the_computer_does_and_leaves_to_people(cast, waiting, as_user):
    words = text_of(as_user(cast.coordinator).get(page("find-sheet", waiting)))

    assert "It does not choose" in words
    assert "Each of you may say no" in words


@pytest.mark.parametrize("name", ["find", "find-not-now", "find-nobody", "find-decisions"])
def test_page_asks_the_database_as_often_for_thirty_people_as_for_two(cast, waiting, as_user, name):
    client = as_user(cast.coordinator)
    address = page(name, waiting)
    decision(waiting, cast.coordinator, shown=left_out(cast.volunteer_row))
    more_people(cast, 1, evidence=None)  # what somebody misses is looked up only where somebody is not ready
    with CaptureQueriesContext(connection) as for_two:
        client.get(address)
    for person in [*more_people(cast, 6), *more_people(cast, 22, evidence=False)]:
        VolunteerProfile.objects.create(volunteer=person, times=["tue-morning"])
        decision(waiting, cast.coordinator, shown=left_out(person))

    with CaptureQueriesContext(connection) as for_thirty:
        client.get(address)

    assert len(for_thirty) == len(for_two)
