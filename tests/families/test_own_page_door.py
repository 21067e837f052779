"""The door of an adult's own page: who gets in, who does not, and what is to be seen from outside."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.models import AuditEvent
from betterstart.links.models import Link
from families.actions.merge import merge_families
from families.actions.own_page import enter_page
from families.models import FamilyMember, OwnPage
from families.models.own_page import WAITS_MINUTES
from tests import factories
from tests.families.own import CODE, HOME, LEAVE, OPEN, RIGHT, enter, link_of


@pytest.fixture
def adult(cast):
    return cast.family.members.get()


@pytest.fixture
def own(cast, adult):
    return factories.own_page(adult, cast.coordinator)


def text(answer):
    return answer.content.decode()


def bare(answer):
    """A page without the token of its forms, which is another each time."""
    return re.sub(rb'csrfmiddlewaretoken" value="[^"]+"', b"", answer.content)


def try_code(client, code, **typed):
    return client.post(OPEN, {"code": code, **typed})


# --- in -----------------------------------------------------------------------------------------------------------


def test_link_and_code_open_the_page_and_it_is_written_down(own, adult):
    client = enter(own)

    assert adult.display_name in text(client.get(HOME))
    event = AuditEvent.objects.get(verb="own_page.opened")
    assert event.details == {"adult": str(adult.uuid)}
    assert event.actor_id is None


def test_link_alone_shows_nothing_that_says_whose_it_is(cast, own, adult, client):
    client.get(link_of(own))

    shown = text(client.get(OPEN))
    for known in (adult.display_name, cast.family.reference, cast.home.name, cast.coordinator.display_name):
        assert known not in shown
    assert client.get(HOME).status_code == 404


@pytest.mark.parametrize("typed", ["4827", " 48 27 ", "٤٨٢٧", "۴۸۲۷"])
def test_code_is_right_in_whatever_digits_it_is_typed(own, typed):
    enter(own, code=typed)


def test_session_is_another_once_the_code_was_right(own, client):
    client.get(link_of(own))
    before = client.session.session_key

    enter(own, client)

    assert client.session.session_key != before


def test_link_may_be_used_again_after_a_look_by_a_scanner_that_presses_every_button(own):
    path = link_of(own)
    for _look in range(20):
        scanner = Client()
        scanner.get(path)
        scanner.head(path)
        scanner.head(OPEN)
    assert try_code(scanner, "").status_code == 422
    assert try_code(scanner, "x").status_code == 422
    assert try_code(scanner, "a" * 60, device="shared").status_code == 422

    own.refresh_from_db()
    assert (own.wrong_codes, own.last_opened_at, own.ended_at) == (0, None, None)
    assert scanner.get(HOME).status_code == 404
    enter(own)


# --- wrong codes ---------------------------------------------------------------------------------------------------


def test_wrong_codes_have_to_wait_longer_and_longer_until_the_page_closes(own, client):
    path, now = link_of(own), timezone.now()
    for waits in WAITS_MINUTES:
        with time_machine.travel(now, tick=False):
            client.get(path)
            assert try_code(client, "9999").status_code == 422
            if waits:
                again = try_code(client, RIGHT)  # not even looked at
                assert again.status_code == 422
                assert f"wait {waits} minute" in text(again)
        now += dt.timedelta(minutes=waits)
    with time_machine.travel(now, tick=False):
        client.get(path)
        closed = try_code(client, "9999")

    assert closed.status_code == 403
    assert "closed now" in text(closed)
    own.refresh_from_db()
    assert (own.ended_because, own.wrong_codes) == ("wrong_codes", len(WAITS_MINUTES) + 1)
    assert client.get(path).status_code == 404


def test_right_code_forgives_the_wrong_ones(own, client):
    client.get(link_of(own))
    try_code(client, "9999")

    enter(own, client)

    own.refresh_from_db()
    assert own.wrong_codes == 0


def test_wrong_code_is_kept_in_no_log(own, client):
    client.get(link_of(own))
    try_code(client, "1957")

    assert "1957" not in str(list(AuditEvent.objects.values()))


# --- what opens nothing --------------------------------------------------------------------------------------------


def ended(cast, own, how):
    changes = {
        "left": lambda: FamilyMember.objects.filter(pk=own.adult_id).update(left_on="2026-01-01"),
        "no adult any more": lambda: FamilyMember.objects.filter(pk=own.adult_id).update(role="helper"),
        "moved": lambda: FamilyMember.objects.filter(pk=own.adult_id).update(family=cast.other_family),
        "run out": lambda: Link.objects.update(expires_at=timezone.now()),
        "taken back": lambda: OwnPage.objects.update(ended_at=timezone.now(), ended_because="taken_back"),
        "joined": lambda: merge_families(
            by=cast.coordinator, kept=cast.family, merged=cast.waiting, name="Amina", reason="The same mother."
        ),
    }
    changes[how]()


WAYS = ["left", "no adult any more", "moved", "run out", "taken back", "joined"]


@pytest.fixture
def waiting(cast):
    cast.waiting = factories.family(cast.home, "Wanda", state="ended_planned")


@pytest.mark.parametrize("how", WAYS)
def test_link_that_is_over_shows_the_page_of_a_link_that_never_was(cast, own, waiting, client, how):
    path = link_of(own)
    ended(cast, own, how)

    never, over = client.get("/link/nothing-of-ours/"), client.get(path)

    assert (over.status_code, over.content) == (never.status_code, never.content) == (404, never.content)


@pytest.mark.parametrize("how", [way for way in WAYS if way != "run out"])
def test_page_that_is_open_closes_at_once(cast, own, waiting, how):
    client = enter(own)
    never = client.get("/link/nothing-of-ours/")
    ended(cast, own, how)

    closed = client.get(HOME)

    assert (closed.status_code, closed.content) == (404, never.content)


def test_page_never_comes_back_when_its_adult_does(cast, own):
    for day in (timezone.now().date(), None):
        FamilyMember.objects.filter(pk=own.adult_id).update(left_on=day)

    own.refresh_from_db()
    assert own.ended_because == "household"
    assert not OwnPage.objects.live().exists()


def test_page_of_another_purpose_does_not_open_with_this_link(own, client):
    client.get(link_of(own))

    assert client.get("/refer/return/").status_code == 404


# --- for how long --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("device", "minutes", "open_still"), [("own", 29, True), ("own", 31, False), ("shared", 9, True), ("", 11, False)]
)
def test_page_closes_when_nothing_happens(own, device, minutes, open_still):
    client = enter(own, device=device)

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=minutes)):
        assert (client.get(HOME).status_code == 200) is open_still


def test_page_closes_in_the_end_also_where_something_happens(own):
    client, now = enter(own, device="shared"), timezone.now()
    statuses = []
    for minutes in range(8, 73, 8):
        with time_machine.travel(now + dt.timedelta(minutes=minutes)):
            statuses.append(client.get(HOME).status_code)

    assert statuses == [200] * 7 + [404] * 2


def test_cookie_ends_with_the_browser_and_no_page_is_kept(own):
    client = enter(own)
    answer = client.get(HOME)

    assert not client.cookies[settings.SESSION_COOKIE_NAME]["max-age"]
    assert answer["Cache-Control"] == "no-store"


def test_page_says_when_it_was_opened_before(own):
    OwnPage.objects.update(last_opened_at="2026-10-05 09:30+01:00")

    assert "Monday 5 October" in text(enter(own).get(HOME))


# --- a code of their own -------------------------------------------------------------------------------------------


@pytest.fixture
def first(cast, adult):
    return factories.own_page(adult, cast.coordinator, code_is_first=True)


def test_nothing_is_shown_before_a_code_of_their_own_is_chosen(first):
    client = enter(first)

    assert client.get(HOME)["Location"] == CODE
    assert client.post(CODE, {"code": "kettle"}).status_code == 200
    assert client.get(HOME).status_code == 200
    first.refresh_from_db()
    assert "kettle" not in first.code
    enter(first, code="KETTLE")


@pytest.mark.parametrize("code", ["1234", "9876", "0000", "1212", "123", "1234567", "tea", "Amina", "0305", "2024"])
def test_code_that_others_could_guess_is_refused(cast, first, code):
    factories.member(cast.family, "Zayn", date_of_birth=dt.date(2024, 5, 3))
    FamilyMember.objects.filter(pk=first.adult_id).update(known_as="Amina Bibi")
    client = enter(first)

    assert client.post(CODE, {"code": code}).status_code == 422
    first.refresh_from_db()
    assert first.code_is_first


# --- out -----------------------------------------------------------------------------------------------------------


def test_leaving_closes_the_page_and_going_back_shows_nothing_of_ours(own):
    client = enter(own)

    left = client.get(LEAVE)

    assert left["Location"] == settings.LEAVE_TO
    assert left["Clear-Site-Data"] == '"cache", "storage"'
    for address in (HOME, OPEN, CODE):
        assert client.get(address)["Location"] == settings.LEAVE_TO
    assert client.post(CODE, {"code": "kettle"})["Location"] == settings.LEAVE_TO


def test_leaving_before_the_code_forgets_the_link(own, client):
    client.get(link_of(own))

    client.get(LEAVE)

    assert client.get(OPEN)["Location"] == settings.LEAVE_TO


def test_link_opens_again_after_leaving(own):
    client = enter(own)
    client.get(LEAVE)

    assert enter(own, client).get(HOME).status_code == 200


def test_worker_who_follows_the_way_out_stays_signed_in(cast, as_user):
    client = as_user(cast.coordinator)

    client.get(LEAVE)

    assert client.get("/families/").status_code == 200


# --- who the database believes we are ------------------------------------------------------------------------------


def test_page_reads_as_its_adult_and_as_nobody_else(own, adult, monkeypatch):
    from django.db import connection

    from families.views import own_page

    asked = []
    monkeypatch.setattr(own_page, "own_home", lambda page: asked.append(connection.acting_identity) or {})
    enter(own).get(HOME)

    assert asked == [("app_family", "", str(adult.pk))]


def test_worker_who_is_signed_in_here_lends_the_page_nothing(cast, own, as_user):
    """A worker opens the link on their own device to show it: the page is still the adult's."""
    client = enter(own, as_user(cast.coordinator))

    shown = text(client.get(HOME))

    assert "Amina" in shown
    assert cast.coordinator.display_name not in shown


def test_code_is_tried_one_after_another(own):
    link_of(own)
    with acting_as(Scope.SCOPED, None):
        assert enter_page(link=Link.objects.get(), code=RIGHT) == own
    assert User.objects.exists()
