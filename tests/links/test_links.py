from __future__ import annotations

import datetime as dt
import logging
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from betterstart.access.models import token_hash
from betterstart.audit.models import AuditEvent
from betterstart.links import purposes
from betterstart.links.actions import LinkGone, give_link, take_back_links, use_up_link
from betterstart.links.models import Link
from betterstart.links.opened import close_link, opened_link
from betterstart.logs import AccessLog, WithoutTokens

PURPOSE = "test.look"
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def known_purpose(monkeypatch):
    monkeypatch.setitem(purposes._pages, PURPOSE, "health")


@pytest.fixture
def path(db):
    return give_link(by=None, purpose=PURPOSE, subject_id=7, lasts=DAY)


def session_of(client):
    return SimpleNamespace(session=client.session)


def test_link_leads_to_its_page_by_an_address_without_the_token(client, path):
    answer = client.get(path)

    assert answer.status_code == 302
    assert answer["Location"] == reverse("health")
    assert opened_link(session_of(client), PURPOSE).subject_id == 7


def test_token_is_kept_nowhere(client, path):
    token = path.split("/")[2]
    client.get(path)

    assert len(token) == 43  # 256 bits
    assert Link.objects.get().token_hash == token_hash(token)
    assert token not in str(dict(client.session))
    assert token not in str(list(AuditEvent.objects.values()))


def test_link_that_was_only_looked_at_still_opens(client, path):
    for _scanner in range(3):
        client.get(path)
        client.head(path)

    assert Link.objects.live().count() == 1


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_link_answers_nothing_but_looking(client, path, method):
    assert getattr(client, method)(path).status_code == 405


def gone(client, path):
    client.get(path)
    return client.get(path).content, opened_link(session_of(client), PURPOSE)


def test_used_revoked_expired_and_wrong_links_are_the_same_page(client, db):
    pages = set()
    for change in ({"used_at": timezone.now()}, {"revoked_at": timezone.now()}, {"expires_at": timezone.now()}):
        path = give_link(by=None, purpose=PURPOSE, subject_id=7, lasts=DAY)
        Link.objects.filter(token_hash=token_hash(path.split("/")[2])).update(**change)
        page, link = gone(client, path)
        pages.add(page)
        assert link is None
    pages.add(gone(client, "/link/nothing-of-ours/")[0])

    assert len(pages) == 1
    assert client.get("/link/nothing-of-ours/").status_code == 404


def test_link_that_serves_once_lets_one_of_two_through(path):
    link = Link.objects.get()
    use_up_link(link=link)

    with pytest.raises(LinkGone):
        use_up_link(link=link)


def test_links_taken_back_close_also_in_a_browser_that_came_through(client, cast):
    first, second = (give_link(by=None, purpose=PURPOSE, subject_id=7, lasts=DAY) for _ in range(2))
    other = give_link(by=None, purpose=PURPOSE, subject_id=8, lasts=DAY)
    client.get(first)

    assert take_back_links(by=cast.coordinator, purpose=PURPOSE, subject_id=7) == 2
    assert opened_link(session_of(client), PURPOSE) is None
    assert client.get(second).status_code == 404
    assert client.get(other).status_code == 302
    assert AuditEvent.objects.filter(verb="link.taken_back", actor_id=cast.coordinator.pk).count() == 2


def test_opened_link_closes_after_an_hour_and_opens_again_from_the_letter(client, path):
    client.get(path)

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61)):
        assert opened_link(session_of(client), PURPOSE) is None
        client.get(path)
        assert opened_link(session_of(client), PURPOSE)


def test_closed_link_is_forgotten_by_this_browser_alone(client, path):
    client.get(path)
    browser = session_of(client)

    close_link(browser, PURPOSE)

    assert opened_link(browser, PURPOSE) is None
    assert Link.objects.live().count() == 1


def test_link_for_a_purpose_nobody_named_is_not_made(db):
    with pytest.raises(KeyError):
        give_link(by=None, purpose="unknown", subject_id=1, lasts=DAY)

    assert not Link.objects.exists()


@pytest.mark.parametrize("start", ["/link/", "/invitation/", "https://here/link/"])
def test_logs_hold_no_token(start):
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", (f"{start}abc-DEF_1/",), None)

    assert WithoutTokens().filter(record)
    assert record.getMessage() == f"Not Found: {start}…/"


def test_access_log_holds_no_token(monkeypatch):
    atoms = {"r": "GET /link/abc/ HTTP/1.1", "U": "/link/abc/", "f": "https://here/link/abc/", "s": 302}
    monkeypatch.setattr(AccessLog.__mro__[1], "atoms", lambda self, *parts: atoms)

    cleaned = AccessLog.atoms(AccessLog.__new__(AccessLog), None, None, None, None)

    assert "abc" not in str(cleaned)
    assert cleaned["s"] == 302
