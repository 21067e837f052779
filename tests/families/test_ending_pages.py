"""The pages of an ending: one for every step, what they refuse, and what comes out on paper."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from betterstart.audit.models import FamilyRead
from betterstart.clock import london_today
from betterstart.reminders.models import Message
from families.models import EndingStep, Support, TurnTo
from families.reports.ending import thinning_out
from tests import factories
from tests.families.test_family_page import text


@pytest.fixture
def row(cast) -> Support:
    return cast.family.supports.get()


@pytest.fixture
def url(cast, row) -> str:
    return f"/families/{cast.family.reference}/supports/{row.pk}/ending/"


@pytest.fixture
def prepared(row) -> Support:
    day = london_today() + dt.timedelta(weeks=4)
    Support.objects.filter(pk=row.pk).update(state="ending", ending_on=day, ending_reason="goals_met")
    factories.score(factories.need(row.family), stage="end")
    return Support.objects.get(pk=row.pk)


def test_page_of_a_running_support_asks_for_the_day_first(cast, as_user, url):
    page = text(as_user(cast.coordinator).get(url))

    assert "Planned ending of Amina’s support" in page
    assert "no day is agreed yet" in page
    assert "Agree this day" in page


def test_day_sooner_than_four_weeks_is_asked_and_then_agreed(cast, as_user, row, url):
    client, day = as_user(cast.coordinator), london_today() + dt.timedelta(days=10)
    sent = {"reason": "goals_met", "ending_on": day.isoformat(), "note": "They start nursery."}

    asked = client.post(url, sent)
    assert asked.status_code == 422
    assert "sooner than four weeks" in text(asked)
    assert "They start nursery." in asked.content.decode()
    assert Support.objects.get(pk=row.pk).state == "active"

    client.post(url, sent | {"confirmed": "soon"})
    assert Support.objects.get(pk=row.pk).ending_on == day


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"reason": "goals_met", "ending_on": ""}, "required"),
        ({"reason": "death", "ending_on": "2099-01-01"}, "not one of"),
        ({"reason": "goals_met", "ending_on": "2099-01-01"}, "at most half a year away"),
        ({"reason": "goals_met", "ending_on": "2020-01-01"}, "from today on"),
    ],
)
def test_day_that_cannot_be_is_refused_beside_its_field(cast, as_user, row, url, sent, sentence):
    answer = as_user(cast.coordinator).post(url, sent)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert Support.objects.get(pk=row.pk).state == "active"


def test_page_says_what_is_missing_and_offers_the_end_once_nothing_is(cast, as_user, prepared, url):
    client = as_user(cast.coordinator)
    assert "The last visit has not been logged yet." in text(client.get(url))

    factories.visit(cast.family, cast.volunteer, days_ago=0.01, purpose="last")
    page = text(client.get(url))
    assert "Add the family&#x27;s final scores" in page or "Add the family's final scores" in page

    Support.objects.filter(pk=prepared.pk).update(final_scores_declined=True)
    page = client.get(url)
    assert f'href="{url.replace("/ending/", "/ended_planned/")}"' in page.content.decode()


def test_ending_before_the_last_visit_is_refused_by_name(cast, as_user, prepared, url):
    end = url.replace("/ending/", "/ended_planned/")

    answer = as_user(cast.coordinator).post(
        end, {"ended_on": london_today().isoformat(), "final_scores_declined": "on"}
    )

    assert answer.status_code == 422
    assert "The last visit has not been logged yet." in text(answer)
    assert Support.objects.get(pk=prepared.pk).state == "ending"


def test_series_is_offered_with_its_days_and_planned_in_one_go(cast, as_user, prepared, url):
    client = as_user(cast.coordinator)
    days = thinning_out(prepared)
    form = text(client.get(f"{url}visits/"))
    assert "the last visit" in form
    sent = {
        "uuid": str(uuid.uuid4()),
        "days": [day.isoformat() for day in days],
        "time": "10:00",
        "minutes": "90",
        "mode": "home",
        "worker": cast.volunteer.pk,
    }

    page = client.post(f"{url}visits/", sent, follow=True)

    assert f"{len(days)} visits are planned." in text(page)
    assert prepared.visits.planned().filter(purpose="last").count() == 1


def test_worker_who_is_not_with_the_family_cannot_be_planned(cast, as_user, prepared, url):
    sent = {"uuid": str(uuid.uuid4()), "days": [prepared.ending_on.isoformat()], "time": "10:00", "minutes": "90"}

    answer = as_user(cast.coordinator).post(f"{url}visits/", sent | {"mode": "home", "worker": cast.other_volunteer.pk})

    assert answer.status_code == 422
    assert not prepared.visits.planned().exists()


def today(cast, sent):
    """As a browser sends it: the day, and people by their number."""
    sent = {"happened_on": london_today().isoformat()} | sent
    return sent | ({"agreed_by": cast.family.members.get().pk} if "agreed_by" in sent else {})


@pytest.mark.parametrize(
    ("kind", "sent", "shown"),
    [
        ("scores", {"outcome": "done"}, "Done"),
        ("scores", {"outcome": "not_needed"}, "The family preferred not to give scores."),
        ("turn_to", {"outcome": "not_needed"}, "Not needed"),
        ("celebration", {"outcome": "done", "words": "Cake in the park."}, "Cake in the park."),
        ("letter", {"outcome": "begun", "words": "Dear Amina"}, "It is written and waits to be given."),
        ("letter", {"outcome": "done", "words": "Dear Amina", "way": "by_hand"}, "Given by hand"),
        ("referrer", {"outcome": "done", "agreed_by": "Amina", "way": "spoken"}, "Told by phone or in person"),
        ("keepsake", {"outcome": "done"}, "Done"),
    ],
)
def test_step_is_taken_on_its_page_and_shown_on_the_ending(cast, as_user, prepared, url, kind, sent, shown):
    client = as_user(cast.coordinator)
    assert client.get(f"{url}steps/{kind}/").status_code == 200

    page = client.post(f"{url}steps/{kind}/", today(cast, sent), follow=True)

    assert shown in text(page)
    assert EndingStep.objects.get().outcome == sent["outcome"]


@pytest.mark.parametrize(
    ("kind", "sent", "sentence"),
    [
        ("celebration", {}, "required"),
        ("celebration", {"outcome": "begun"}, "not one of"),
        ("celebration", {"outcome": "done", "words": "x" * 2001}, "there is room for 2,000"),
        ("letter", {"outcome": "done", "words": "Dear Amina"}, "Choose how."),
        ("letter", {"outcome": "done", "words": " ", "way": "by_hand"}, "write a few words"),
        ("letter", {"outcome": "done", "words": "Dear Amina", "way": "post"}, "not one of"),
        ("referrer", {"outcome": "done", "way": "spoken"}, "Nobody in the family has been asked yet."),
        ("referrer", {"outcome": "done", "agreed_by": "Amina", "way": "email", "words": "x"}, "email address it goes"),
    ],
)
def test_step_that_cannot_be_is_refused_and_nothing_is_kept(cast, as_user, prepared, url, kind, sent, sentence):
    answer = as_user(cast.coordinator).post(f"{url}steps/{kind}/", today(cast, sent))

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not EndingStep.objects.exists()
    assert not Message.objects.exists()


def test_two_who_take_a_step_at_once_see_each_other(cast, as_user, prepared, url):
    client, sent = as_user(cast.coordinator), {"outcome": "done", "happened_on": london_today().isoformat()}
    client.post(f"{url}steps/celebration/", sent | {"words": "Cake."})

    answer = client.post(f"{url}steps/celebration/", sent | {"words": "Tea."})

    assert answer.status_code == 409
    assert "Somebody changed this while you were here." in text(answer)
    assert EndingStep.objects.get().words == "Cake."


def test_list_of_whom_to_turn_to_is_made_on_its_page(cast, as_user, prepared, url):
    client = as_user(cast.coordinator)
    client.post(f"{url}turn-to/", {"name": "Stay and play", "about": "Tuesdays"})
    assert client.post(f"{url}turn-to/", {"name": " "}).status_code == 422

    assert "Stay and play" in text(client.get(f"{url}steps/turn_to/"))
    client.post(f"{url}turn-to/{TurnTo.objects.get().pk}/remove/")

    assert "Nobody is on it yet." in text(client.get(f"{url}steps/turn_to/"))


def test_letter_on_paper_holds_its_words_and_whom_to_turn_to(cast, as_user, prepared, url):
    client = as_user(cast.coordinator)
    assert client.get(f"{url}letter/").status_code == 302
    of = {"support": prepared, "family": cast.family}
    EndingStep.objects.create(kind="letter", outcome="begun", words="Dear Amina", by=cast.coordinator, **of)
    TurnTo.objects.create(name="Stay and play", added_by=cast.coordinator, **of)

    sheet = client.get(f"{url}letter/").content.decode().split('class="sheet"')[1].split("</article>")[0]

    assert "Dear Amina" in sheet
    assert "Stay and play" in sheet
    assert "Better Start" not in sheet


def test_sheet_says_to_us_when_there_is_no_translation_into_their_language(cast, as_user, prepared, url):
    cast.family.language = "ti"
    cast.family.save()

    assert "There is no translation into Tigrinya yet." in text(as_user(cast.coordinator).get(f"{url}keepsake/"))


def test_sheet_is_in_their_language_where_there_is_one_and_the_page_around_it_in_ours(cast, as_user, prepared, url):
    cast.family.language = "ur"
    cast.family.save()

    page = as_user(cast.coordinator).get(f"{url}keepsake/").content.decode()

    assert 'class="sheet" lang="ur"' in page
    assert "no translation" not in page
    assert "Print this page" in page


def test_keepsake_holds_no_note_of_a_worker(cast, as_user, prepared, url):
    factories.visit(cast.family, cast.volunteer, days_ago=9, what_happened="She cried.")
    Support.objects.filter(pk=prepared.pk).update(first_wish="Company on Fridays.")

    page = as_user(cast.coordinator).get(f"{url}keepsake/").content.decode()

    assert "Company on Fridays." in page
    assert "We met 1 time." in page
    assert "cried" not in page


def test_family_that_carries_on_gives_a_reason_and_a_day_to_look_again(cast, as_user, prepared, url):
    client, active = as_user(cast.coordinator), url.replace("/ending/", "/active/")
    day = london_today() + dt.timedelta(weeks=6)
    assert client.post(active, {"review_on": day.isoformat(), "note": " "}).status_code == 422
    assert client.post(active, {"review_on": "", "note": "The summer too."}).status_code == 422

    client.post(active, {"review_on": day.isoformat(), "note": "The summer too."})

    row = Support.objects.get(pk=prepared.pk)
    assert (row.state, row.reviews.open().get().due_on) == ("active", day)


@pytest.mark.parametrize("reason", ["death", "moved"])
def test_unplanned_ending_is_kind_and_after_a_death_silence_stands(cast, as_user, row, url, reason):
    client, end = as_user(cast.coordinator), url.replace("/ending/", "/ended_unplanned/")
    assert "It is nobody’s fault" in text(client.get(end))

    client.post(end, {"reason": reason, "ended_on": london_today().isoformat()})

    cast.family.refresh_from_db()
    assert Support.objects.get(pk=row.pk).state == "ended_unplanned"
    assert bool(cast.family.silent_since) == (reason == "death")
    page = text(client.get(url))
    assert ("nothing automatic is sent" in page) == (reason == "death")
    assert "a new support begins" in page


def test_each_page_is_a_logged_reading(cast, as_user, prepared, url):
    client = as_user(cast.coordinator)
    for page in ("", "visits/", "steps/scores/", "keepsake/"):
        client.get(url + page)

    pages = set(FamilyRead.objects.filter(family_id=cast.family.pk).values_list("page", flat=True))
    assert {"ending", "ending visits", "ending step", "keepsake"} <= pages


def test_ending_takes_as_many_questions_with_thirty_rows_as_with_one(cast, as_user, prepared, url):
    client = as_user(cast.coordinator)

    def fill(times: int) -> int:
        for number in range(times):
            start = timezone.now() + dt.timedelta(days=number + 1)
            factories.visit(
                cast.family,
                cast.volunteer,
                state="planned",
                planned_start=start,
                planned_end=start + dt.timedelta(hours=1),
            )
            factories.ending_lines(cast.family, cast.coordinator)
            factories.visit(cast.family, cast.volunteer, days_ago=number + 1, purpose="last")
        asked = 0
        for page in (url, f"{url}keepsake/", f"{url}steps/turn_to/"):
            client.get(page)
            with CaptureQueriesContext(connection) as captured:
                client.get(page)
            asked += len(captured)
        return asked

    assert fill(1) == fill(29)
