"""Asking to volunteer, and applying, without an account: as phones, people in a hurry, robots and thieves do it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from betterstart.clock import london_today
from betterstart.links.models import Link
from betterstart.reminders.models import Message
from tests.volunteers.on_their_way import asker
from volunteers.actions.application import (
    ApplicationRefused,
    TooYoung,
    check_age,
    comes_of_age,
    forget_old_applications,
)
from volunteers.models import Application, ApplicationDraft, Volunteer
from volunteers.views import enquiry

ASK, ASKED, APPLY, APPLIED = (reverse(f"volunteers:{name}") for name in ("ask", "asked", "apply", "applied"))
EMAIL = "hafsa@example.org"
STEPS = {
    "you": {"date_of_birth": "4/8/1990", "lines": "12 Park View", "postcode": "bd72aa", "languages": ["en", "bn"]},
    "why": {"why": "میں اکیلی تھی", "availability": "Tuesday mornings"},
    "references": {
        "name_1": "Jean", "email_1": "jean@example.org", "relation_1": "We worked together",
        "name_2": "Bilal", "email_2": "bilal@example.org", "relation_2": "He runs the reading group",
    },
    "agree": {"dbs": "on", "privacy": "on"},
}  # fmt: skip


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """Tests type faster than people do."""
    monkeypatch.setattr(enquiry, "FASTEST_SECONDS", -1)


@pytest.fixture
def here(cast):
    cast.home.takes_public_referrals = True
    cast.home.save()
    return cast


def ask(client: Client, **fields):
    page = client.get(ASK).content.decode()
    hidden = {name: re.search(f'name="{name}" value="([^"]+)"', page)[1] for name in ("uuid", "shown")}
    return client.post(ASK, hidden | {"name": "Hafsa Mirza", "email": EMAIL} | fields)


def step(client: Client, slug: str, **fields):
    return client.post(reverse("volunteers:apply-step", args=[slug]), {"go": "next", **STEPS[slug], **fields})


def apply(client: Client):
    for slug in STEPS:
        answer = step(client, slug)
        assert answer.status_code == 302, answer.context["form"].errors
    return client.post(APPLY)


def link_of(message: Message) -> str:
    return re.search(r"/link/[\w-]+/", message.body)[0]


def open_link(client: Client, path: str):
    client.get(path)
    return client.post(reverse("volunteers:apply-open"))


def test_person_asks_in_a_few_lines_and_gets_one_link(here, client):
    assert ask(client, draws="I had nobody.", heard_of="friend")["Location"] == ASKED

    row = Volunteer.objects.get(email=EMAIL)
    assert (row.name, row.state, row.service, row.user) == ("Hafsa Mirza", "enquiry", here.home, None)
    assert (row.application.draws, row.application.answered_at) == ("I had nobody.", None)
    assert Message.objects.get().to == EMAIL
    assert "Go straight on" in client.get(ASKED).content.decode()


@pytest.mark.parametrize("fields", [{"email": ""}, {"name": ""}, {"email": "not an address"}])
def test_what_is_missing_is_said_beside_the_field_and_what_was_typed_stays(here, client, fields):
    answer = ask(client, draws="I had nobody.", **fields)

    assert answer.status_code == 422
    assert "I had nobody." in answer.content.decode()
    assert not Application.objects.exists()


def test_phone_alone_is_enough(here, client):
    assert ask(client, email="", phone="07700 900201").status_code == 302
    assert not Message.objects.exists()


def test_same_form_sent_twice_is_one_enquiry(here, client):
    page = client.get(ASK).content.decode()
    hidden = {name: re.search(f'name="{name}" value="([^"]+)"', page)[1] for name in ("uuid", "shown")}
    for _press in range(3):
        client.post(ASK, hidden | {"name": "Hafsa", "email": "", "phone": "07700 900201"})

    assert Application.objects.count() == 1


@pytest.mark.parametrize("how", ["trap", "fast"])
def test_robot_gets_the_same_thanks_and_is_set_aside(here, client, how, monkeypatch):
    if how == "fast":
        monkeypatch.setattr(enquiry, "FASTEST_SECONDS", 3)
    answer = ask(client, **({"website": "http://buy.example"} if how == "trap" else {}))

    assert answer["Location"] == ASKED
    assert Application.objects.get().set_aside_because == how
    assert not Message.objects.exists()


def test_application_goes_straight_on_and_is_kept_between_the_steps(here, client):
    ask(client)
    step(client, "you")
    again = client.get(reverse("volunteers:apply-step", args=["you"])).content.decode()
    assert "12 Park View" in again

    assert apply(client)["Location"] == APPLIED

    row = Volunteer.objects.get(email=EMAIL)
    told = row.application
    assert (row.state, row.date_of_birth) == ("applied", dt.date(1990, 8, 4))
    assert (told.postcode, told.languages, told.why) == ("BD7 2AA", ["en", "bn"], "میں اکیلی تھی")
    assert [referee["email"] for referee in told.referees] == ["jean@example.org", "bilal@example.org"]
    assert told.dbs_agreed_at
    assert told.privacy_told_at
    assert not ApplicationDraft.objects.exists()
    assert not Link.objects.live().exists()
    assert client.get(APPLY)["Location"] == APPLIED


def test_child_is_thanked_and_told_what_they_can_do_instead(here, client):
    ask(client)
    born = london_today().replace(day=1) - dt.timedelta(days=17 * 365)
    answer = step(client, "you", date_of_birth=born.isoformat())

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Thank you for wanting to help" in page
    assert "What you can do already" in page
    assert ApplicationDraft.objects.get().typed == {}
    assert Volunteer.objects.get(email=EMAIL).state == "enquiry"


@pytest.mark.parametrize(
    ("born", "day"),
    [(dt.date(2008, 2, 29), dt.date(2026, 3, 1)), (dt.date(2008, 2, 28), dt.date(2026, 2, 28))],
)
def test_day_of_coming_of_age(born, day):
    assert comes_of_age(born) == day


def test_age_is_judged_by_the_day():
    today = london_today()
    eighteen = today.replace(year=today.year - 18, day=min(today.day, 28))
    check_age(eighteen)
    with pytest.raises(TooYoung):
        check_age(eighteen + dt.timedelta(days=4))
    for born in (today + dt.timedelta(days=1), dt.date(1901, 1, 1)):
        with pytest.raises(ApplicationRefused):
            check_age(born)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email_2": "JEAN@example.org"}, "two different people"),
        ({"email_1": "Hafsa@Example.org"}, "your own address"),
        ({"email_1": "nonsense"}, "valid email"),
    ],
)
def test_two_different_people_are_named(here, client, fields, sentence):
    ask(client)
    assert sentence in step(client, "references", **fields).content.decode()


@pytest.mark.parametrize("missing", ["dbs", "privacy"])
def test_nobody_applies_without_agreeing_to_the_check_and_being_told(here, client, missing):
    ask(client)
    answer = client.post(
        reverse("volunteers:apply-step", args=["agree"]), {"go": "next", **STEPS["agree"], missing: ""}
    )
    assert answer.status_code == 422


def test_link_from_the_letter_opens_the_application_once(here, client):
    ask(client)
    path, elsewhere = link_of(Message.objects.get()), Client()

    assert elsewhere.get(path)["Location"] == reverse("volunteers:apply-open")
    assert elsewhere.post(reverse("volunteers:apply-open"))["Location"] == reverse(
        "volunteers:apply-step", args=["you"]
    )
    assert apply(elsewhere)["Location"] == APPLIED
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("what", ["altered", "expired", "taken back by a newer one"])
def test_link_that_holds_no_more_opens_nothing(here, client, what):
    ask(client)
    path = link_of(Message.objects.get())
    if what == "altered":
        path = path[:-3] + "xx/"
    elif what == "expired":
        Link.objects.update(expires_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    else:
        ask(Client())

    assert Client().get(path).status_code == 404
    assert Client().post(reverse("volunteers:apply-open")).status_code == 404


def test_known_address_gets_the_same_page_one_row_and_must_confirm_by_its_letter(here, client):
    known = asker(here, told={"draws": "Mine."})
    answer = ask(client, name="Somebody Else", draws="Not hers.")
    page = client.get(ASKED).content.decode()
    assert answer["Location"] == ASKED
    assert "Go straight on" in page

    assert apply(client)["Location"] == APPLIED
    known.refresh_from_db()
    assert (known.state, known.name, known.application.draws) == ("enquiry", "Hafsa Mirza", "Mine.")
    assert known.application.asked_again_at
    assert Volunteer.objects.filter(email=EMAIL).count() == 1

    open_link(client, link_of(Message.objects.latest("pk")))  # in the browser that wrote it: nothing is typed again
    assert client.post(APPLY)["Location"] == APPLIED
    known.refresh_from_db()
    assert known.state == "applied"


@pytest.mark.parametrize("is_known", [True, False])
def test_stranger_who_typed_the_address_shares_nothing_with_whoever_opens_the_letter(here, client, is_known):
    if is_known:
        asker(here)
    stranger, owner = client, Client()
    ask(stranger)
    step(stranger, "you", lines="1 Stranger Street")
    open_link(owner, link_of(Message.objects.latest("pk")))
    page = owner.get(reverse("volunteers:apply-step", args=["you"])).content.decode()
    assert ("1 Stranger Street" in page) != is_known
    step(owner, "you", lines="12 Secret View")

    for address in (reverse("volunteers:apply-step", args=["you"]), APPLY):
        assert stranger.get(address)["Location"] == APPLIED
    assert step(stranger, "why").status_code == 302
    assert stranger.post(APPLY)["Location"] == APPLIED
    assert Volunteer.objects.get(email=EMAIL).state == "enquiry"
    assert set(ApplicationDraft.objects.get().typed) == {"you"}
    assert apply(owner)["Location"] == APPLIED
    assert Volunteer.objects.get(email=EMAIL).state == "applied"


def test_known_address_is_betrayed_by_no_error(here, client):
    asker(here)
    ask(client)
    assert step(client, "references", email_1=EMAIL).status_code == 302


def test_somebody_who_is_with_us_already_gets_a_letter_and_nothing_changes(here, client):
    assert ask(client, email=here.volunteer.email.upper())["Location"] == ASKED
    apply(client)

    here.volunteer_row.refresh_from_db()
    assert here.volunteer_row.state == "ready"
    assert "We know you already" in Message.objects.latest("pk").body
    assert not Link.objects.exists()


def test_draft_that_nobody_sends_is_forgotten(here, client):
    ask(client)
    ApplicationDraft.objects.update(kept_until=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))

    assert forget_old_applications() == 1
    assert client.get(APPLY)["Location"] == APPLIED
