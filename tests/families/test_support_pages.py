from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from betterstart.access.models import Service
from betterstart.clock import london_today
from families.models import Support
from families.models.support import SUPPORT_MACHINE
from tests import factories
from tests.families.test_family_page import text


@pytest.fixture
def row(cast) -> Support:
    return cast.family.supports.get()


@pytest.fixture
def url(cast, row) -> str:
    return f"/families/{cast.family.reference}/supports/{row.pk}/"


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("offered", {"getting_to_know", "declined"}),
        ("getting_to_know", {"declined"}),
        ("waiting", {"declined", "ended_unplanned"}),
        ("active", {"paused", "waiting", "ending", "ended_unplanned"}),
        ("paused", {"active", "ending", "ended_unplanned"}),
        # "ending" is the page on which an ending is prepared, and read afterwards.
        ("ending", {"ending", "active", "ended_unplanned"}),
        ("ended_planned", {"ending"}),
    ],
)
def test_page_offers_exactly_the_moves_that_are_possible_now(cast, as_user, row, url, state, offered):
    fields = {"paused_until": london_today(), "ended_on": london_today() if state == "ended_planned" else None}
    if state in {"offered", "getting_to_know", "waiting"}:
        fields["started_on"] = None
    Support.objects.filter(pk=row.pk).update(state=state, **fields)

    page = as_user(cast.coordinator).get(url).content.decode()

    states = {"offered", "getting_to_know", "waiting", "active", "paused", "ending", "declined", "could_not_reach"}
    states |= {"ended_planned", "ended_unplanned", "transferred"}
    assert {to for to in states if f'href="{url}{to}/"' in page} == offered


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("getting_to_know", "we need: an initial visit, what the family would like help with."),
        ("waiting", "Support starts with the introduction visit. Log it first."),
        ("waiting", "Log at least 3 tries on two different days first."),
        ("ending", "The last visit has not been logged yet."),
        ("ended_planned", "This support is over"),
    ],
)
def test_page_says_kindly_what_is_missing(cast, as_user, row, url, state, sentence):
    ended_on, started_on = london_today() if "ended" in state else None, None if state == "waiting" else row.started_on
    Support.objects.filter(pk=row.pk).update(state=state, ended_on=ended_on, started_on=started_on)

    assert sentence in text(as_user(cast.coordinator).get(url))


def test_pause_is_asked_with_reasons_and_a_day_and_then_shown(cast, as_user, row, url):
    client, until = as_user(cast.coordinator), london_today() + dt.timedelta(days=14)
    form = client.get(f"{url}paused/").content.decode()
    assert form.count('type="radio" name="reason"') == 6

    page = client.post(f"{url}paused/", {"reason": "new_baby", "paused_until": until.isoformat()}, follow=True)

    assert "Saved. Home visiting: Paused." in text(page)
    assert f"Starts again on {until:%A} {until.day} {until:%B}" in text(page)


@pytest.mark.parametrize(
    ("to", "sent", "sentence"),
    [
        ("paused", {"reason": "new_baby", "paused_until": "2099-01-01"}, "at most 12 weeks"),
        ("paused", {"reason": "nonsense", "paused_until": "2026-12-01"}, "not one of"),
        ("paused", {"paused_until": "2026-12-01"}, "required"),
        ("ending", {"reason": "goals_met", "ending_on": ""}, "required"),
        ("ended_unplanned", {"reason": "goals_met", "ended_on": "2026-11-01"}, "not one of"),
        ("ended_unplanned", {"reason": "moved", "ended_on": "2099-01-01"}, "not come yet"),
        ("ended_unplanned", {"reason": "moved", "ended_on": "1999-01-01"}, "cannot be earlier"),
        ("waiting", {"reason": ""}, "required"),
        ("waiting", {"reason": "holiday"}, "not one of"),
        ("paused", {"reason": "other", "paused_until": "x", "note": "y" * 1_000_000}, "at most 2000"),
    ],
)
def test_move_that_cannot_be_is_refused_beside_its_field_and_keeps_the_words(
    cast, as_user, row, url, to, sent, sentence
):
    answer = as_user(cast.coordinator).post(f"{url}{to}/", {"note": "Words to keep."} | sent)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert sent.get("note", "Words to keep.") in answer.content.decode()
    row.refresh_from_db()
    assert row.state == "active"


def test_move_that_somebody_made_already_shows_where_it_stands(cast, as_user, row, url):
    Support.objects.filter(pk=row.pk).update(state="ending", ending_on=london_today(), ending_reason="goals_met")

    page = as_user(cast.coordinator).post(f"{url}paused/", {"reason": "other"}, follow=True)

    assert "This support has moved on. Here is where it stands now." in text(page)


def test_closing_says_beforehand_who_leaves_and_what_is_cancelled(cast, as_user, url):
    factories.visit(cast.family, cast.volunteer, days_ago=-3, state="planned")

    page = text(as_user(cast.coordinator).get(f"{url}ended_unplanned/"))

    assert "Vera Volunteer says goodbye to this family" in page
    assert "1 planned visit is cancelled." in page


def test_goodbye_can_be_said_without_scores(cast, as_user, row, url):
    Support.objects.filter(pk=row.pk).update(state="ending", ending_on=london_today(), ending_reason="goals_met")
    factories.visit(cast.family, cast.volunteer, purpose="last")
    client, today = as_user(cast.coordinator), london_today().isoformat()
    assert "final scores" in text(client.post(f"{url}ended_planned/", {"ended_on": today}))

    client.post(f"{url}ended_planned/", {"ended_on": today, "final_scores_declined": "on"})

    row.refresh_from_db()
    assert (row.state, row.final_scores_declined, row.ending_reason) == ("ended_planned", True, "goals_met")


@pytest.mark.parametrize("to", ["nonsense", "ACTIVE", "active%00", "transferred"])
def test_move_to_a_state_that_is_none_does_not_exist(cast, as_user, url, to):
    assert as_user(cast.coordinator).get(f"{url}{to}/").status_code == 404


def test_what_was_agreed_is_saved_and_a_stale_edit_shows_both(cast, as_user, row, url):
    client = as_user(cast.coordinator)
    client.post(url, {"first_wish": "Company.", "agreed_on": "2026-11-01", "version": 1})
    row.refresh_from_db()
    assert (row.first_wish, row.version) == ("Company.", 2)

    both = client.post(url, {"first_wish": "Rest.", "version": 1})

    assert both.status_code == 409
    assert "Company." in text(both)
    assert "Rest." in text(both)


@pytest.mark.parametrize(
    ("field", "value"), [("contact_every_days", "0"), ("contact_every_days", "NaN"), ("agreed_on", "2099-01-01")]
)
def test_agreement_that_cannot_be_is_refused(cast, as_user, row, url, field, value):
    assert as_user(cast.coordinator).post(url, {field: value, "version": 1}).status_code == 422


def test_support_of_a_service_one_does_not_coordinate_has_no_page(cast, as_user):
    other = factories.support(cast.family, cast.stay_and_play)

    assert as_user(cast.coordinator).get(f"/families/{cast.family.reference}/supports/{other.pk}/").status_code == 404


def test_service_is_offered_only_where_none_is_open(cast, as_user, url):
    address = f"/families/{cast.family.reference}/supports/new/"
    client = as_user(cast.coordinator)
    assert client.post(address, {"service": cast.home.pk}).status_code == 422

    Support.objects.filter(family=cast.family).update(state="ended_planned", ended_on=london_today())

    assert client.post(address, {"service": cast.home.pk, "first_wish": "Again."}).status_code == 302
    assert cast.family.supports.filter(state="offered", first_wish="Again.").exists()
    Service.objects.filter(pk=cast.home.pk).update(is_open=False)
    assert client.post(address, {"service": cast.home.pk}).status_code == 422


def test_family_that_comes_back_is_met_with_what_was_before_and_nothing_is_copied(cast, as_user, row, url):
    client, ended = as_user(cast.coordinator), london_today() - dt.timedelta(days=30)
    Support.objects.filter(pk=row.pk).update(
        state="ended_planned", ended_on=ended, ending_reason="goals_met", first_wish="A hand with the twins."
    )
    offer = f"/families/{cast.family.reference}/supports/new/"
    before = "Ended as planned · The family reached what it wanted “A hand with the twins.”"
    assert before in text(client.get(offer))

    client.post(offer, {"service": cast.home.pk})

    again = cast.family.supports.get(state="offered")
    assert again.first_wish == ""
    assert before in text(client.get(f"/families/{cast.family.reference}/supports/{again.pk}/"))
    assert "They were here before" not in text(client.get(url))
    assert "Here before" in text(client.get(f"/families/{cast.family.reference}/"))


def test_family_that_went_on_elsewhere_is_not_one_that_comes_back(cast, as_user, row):
    Support.objects.filter(pk=row.pk).update(state="transferred", ended_on=london_today())

    page = as_user(cast.coordinator).get(f"/families/{cast.family.reference}/supports/new/")

    assert "They were here before" not in text(page)


def test_what_another_organisation_did_with_the_family_is_not_told(cast, as_user, row):
    factories.support(cast.family, cast.far, "ended_planned", first_wish="A secret wish.")
    ended_here = factories.support(cast.family, cast.stay_and_play, "ended_planned", first_wish="To meet others.")

    page = text(as_user(cast.coordinator).get(f"/families/{cast.family.reference}/supports/new/"))

    assert "To meet others." in page
    assert f"/supports/{ended_here.pk}/" not in page
    assert "A secret wish." not in page


def test_looking_for_another_volunteer_says_why_and_the_history_tells_it(cast, as_user, row, url):
    client = as_user(cast.coordinator)
    assert "no longer sees its record from tomorrow; for safety, at once" in text(client.get(f"{url}waiting/"))

    client.post(f"{url}waiting/", {"reason": "not_right", "note": "They asked for mornings."})

    told = "Carys Coordinator · It did not feel right (nobody’s fault) They asked for mornings."
    assert told in text(client.get(url)).replace("'", "’")


def test_service_without_volunteers_offers_no_other_volunteer(cast, as_user, url):
    Service.objects.filter(pk=cast.home.pk).update(kind="worker_led")

    page = as_user(cast.coordinator).get(url)

    assert "This service works without volunteers" in text(page)
    assert f'href="{url}waiting/"' not in page.content.decode()


def test_page_asks_the_database_as_often_for_thirty_moves_as_for_one(cast, as_user, row, url):
    client = as_user(cast.coordinator)
    SUPPORT_MACHINE.note_start(row, by=cast.coordinator)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(30):
        SUPPORT_MACHINE.note_start(row, by=factories.user(f"Mover {number}"))
    with CaptureQueriesContext(connection) as many:
        assert "Mover 29" in text(client.get(url))

    assert len(few) == len(many)
