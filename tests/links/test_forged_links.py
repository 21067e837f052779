"""Links that nobody gave: a hundred thousand of them open nothing, and keep nobody else out."""

from __future__ import annotations

import base64
import datetime as dt
import logging
import secrets

import pytest

from betterstart.access.models import token_hash
from betterstart.audit.models import AuditEvent
from betterstart.links import purposes, views
from betterstart.links.actions import give_link
from betterstart.links.models import Link

PURPOSE = "test.forged"


@pytest.fixture(autouse=True)
def known_purpose(monkeypatch):
    monkeypatch.setitem(purposes._pages, PURPOSE, "health")


@pytest.fixture
def token(db):
    return give_link(by=None, purpose=PURPOSE, subject_id=7, lasts=dt.timedelta(days=1)).split("/")[2]


def flipped(token):
    """The token with each of its 256 bits turned round, one by one; and written in other ways."""
    raw = int.from_bytes(base64.urlsafe_b64decode(token + "="), "big")
    for bit in range(256):
        yield base64.urlsafe_b64encode((raw ^ (1 << bit)).to_bytes(32, "big")).decode().rstrip("=")
    yield from (token.swapcase(), token[:-1], token + "=", token + "A", token[::-1], f" {token}", f"{token}%00")


def test_hundred_thousand_forged_tokens_open_nothing(token):
    rng = secrets.SystemRandom()
    noise = rng.randbytes(32 * 100_000)
    forged = (base64.urlsafe_b64encode(noise[at : at + 32]).decode().rstrip("=") for at in range(0, len(noise), 32))
    hashes = [token_hash(each) for each in forged]

    assert not Link.objects.live().filter(token_hash__in=hashes).exists()
    assert Link.objects.live().filter(token_hash__in=[*hashes[:10], token_hash(token)]).count() == 1


def test_no_bit_of_a_token_can_be_another(token):
    hashes = [token_hash(each) for each in flipped(token)]

    assert not Link.objects.filter(token_hash__in=hashes).exists()


def test_token_is_not_found_by_its_hash(client, token):
    assert client.get(f"/link/{token_hash(token)}/").status_code == 404


def test_address_that_tries_too_many_is_told_to_stop_and_a_right_link_still_opens_there(
    client, token, monkeypatch, caplog
):
    monkeypatch.setattr(views, "MOST_MISSES", 3)
    with caplog.at_level(logging.WARNING, "betterstart.links.views"):
        answers = [client.get(f"/link/{secrets.token_urlsafe(32)}/") for _try in range(5)]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 429, 429]
    assert len({answer.content for answer in answers}) == 1
    assert "one address" in caplog.text
    assert client.get(f"/link/{token}/").status_code == 302


def test_scanner_that_looks_forty_times_changes_nothing(client, token):
    before = Link.objects.values().get(), AuditEvent.objects.count()
    for agent in ("Mozilla/5.0 (compatible; MailScanner)", "curl/8.0"):
        for _look in range(10):
            client.get(f"/link/{token}/", headers={"User-Agent": agent})
            client.head(f"/link/{token}/", headers={"User-Agent": agent})

    assert (Link.objects.values().get(), AuditEvent.objects.count()) == before


def test_no_page_learns_the_token_from_the_browser(client, token):
    for path in (f"/link/{token}/", "/link/nothing-of-ours/"):
        assert client.get(path)["Referrer-Policy"] == "no-referrer"
