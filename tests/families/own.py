"""Entering an adult's own page as they do: through the link, with the code."""

from __future__ import annotations

import datetime as dt

from django.test import Client
from django.urls import reverse

from betterstart.links.actions import give_link
from families.actions.own_page import OWN_PAGE_LINK
from families.models import FamilyMember, OwnPage
from tests import factories

OPEN, CODE, HOME, LEAVE = (reverse(f"families:own{name}") for name in ("-open", "-code", "", "-leave"))
RIGHT = "4827"


def link_of(page: OwnPage) -> str:
    return give_link(by=None, purpose=OWN_PAGE_LINK, subject_id=page.pk, lasts=dt.timedelta(days=365))


def enter(page: OwnPage, client: Client | None = None, **typed: str) -> Client:
    """A browser in which this page is open."""
    client = client or Client()
    client.get(link_of(page))
    answer = client.post(OPEN, {"code": RIGHT, "device": "own", **typed})
    assert answer.status_code == 302, answer.content.decode()
    return client


def page_of(adult: FamilyMember, by: object) -> OwnPage:
    return factories.own_page(adult, by)  # type: ignore[arg-type]
