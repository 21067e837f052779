"""Referrals as they come by phone, as Today tells of them, and as whoever asked sees them behind a link."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from betterstart.clock import london_today
from betterstart.links.actions import give_link
from families.models import Referral
from families.reports.needs import needs_of
from tests import factories

NEW = reverse("families:referral-new")


@pytest.fixture
def desk(cast, as_user):
    return as_user(cast.coordinator)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


# Today


@pytest.mark.parametrize(
    ("days_ago", "fields", "shown"),
    [
        (2, {}, ""),
        (7, {}, "referral, answer due in 7 days"),
        (10, {}, "referral, answer due in 4 days"),
        (15, {}, "referral, answer 1 day late"),
        (1, {"is_urgent": True}, "referral, answer due in 13 days"),
        (15, {"set_aside_because": "trap"}, ""),
    ],
)
def test_today_tells_of_a_referral_in_time(cast, days_ago, fields, shown):
    factories.referral(cast.home, "Zora", days_ago=days_ago, **fields)
    factories.referral(cast.far, "Far", days_ago=20)

    reasons = [
        need.reason for need in needs_of(cast.coordinator, london_today(), 50).needs if "referral" in need.reason
    ]

    assert reasons == ([f"Zora: {shown}"] if shown else [])


# By phone


def by_phone(cast, **fields: Any) -> dict[str, Any]:
    return {
        "uuid": "8d5f0f31-45b9-4f7f-9a3b-3f2d3b1c9d10",
        "asked_by": "family",
        "how": "phone",
        "received_on": london_today().isoformat(),
        "service": cast.home.pk,
        "carer_name": "Amina",
        "phone": "07700 900123",
        "phone_safe": "yes",
        "email_safe": "unknown",
        "family_words": "Somebody to talk with.",
        "child-TOTAL_FORMS": 0,
        "child-INITIAL_FORMS": 0,
    } | fields


def test_name_words_and_a_number_are_enough_by_phone(cast, desk):
    for _twice in range(2):
        answer = desk.post(NEW, by_phone(cast))

    row = Referral.objects.get()
    assert answer["Location"] == reverse("families:referral", args=[row.uuid])
    assert (row.how, row.is_self_referral, row.agreed_how, row.created_by) == (
        "phone", True, "themselves", cast.coordinator,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"asked_by": "professional"}, ["referrer_name", "reason", "agreed_how", "family_agreed"]),
        ({"received_on": (london_today() + dt.timedelta(days=1)).isoformat()}, ["received_on"]),
        ({"received_on": "1926-08-04"}, ["received_on"]),
        ({"phone": ""}, ["phone"]),
        ({"family_words": ""}, ["family_words"]),
        ({"family_words": "x" * 1_000_000}, ["family_words"]),
        ({"carer_name": "\x00"}, ["carer_name"]),
        ({"postcode": "BD7-2AA-9"}, ["postcode"]),
        ({"uuid": "nonsense"}, ["uuid"]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_missing_or_wrong_by_phone_is_named_beside_its_field(cast, desk, fields, named):
    answer = desk.post(NEW, by_phone(cast, **fields))

    assert answer.status_code == 422
    assert set(named) <= set(answer.context["form"].errors)
    assert not Referral.objects.exists()


# Behind the links in letters


@pytest.mark.parametrize(
    ("fields", "shown", "hidden"),
    [
        ({}, "You have an answer by", "We are sorry"),
        ({"state": "more_information"}, "Being looked at", "We are sorry"),
        (
            {"state": "not_accepted", "decision_reason": "age", "signpost": "The parent room."},
            "The parent room.",
            "by ",
        ),
        ({"state": "withdrawn_by_family"}, "This does not go ahead", "family"),
    ],
)
def test_status_page_says_where_it_stands_and_nothing_about_the_family(cast, client, fields, shown, hidden):
    waits = fields.get("state", "received") in {"received", "more_information"}
    decided = {} if waits else {"decided_at": timezone.now()}
    row = factories.referral(cast.home, "Zora Zeta", **fields | decided)

    page = text(
        client.get(
            give_link(by=None, purpose="referral.status", subject_id=row.pk, lasts=dt.timedelta(days=1)), follow=True
        )
    )

    main = page[page.index("<main") : page.index("</main")]
    assert shown in main
    assert hidden not in main
    assert row.reference in main
    assert not re.search("Zora|Zeta|Little one|Home visiting|Rosa|alone", main)


def test_answer_by_link_is_kept_once_and_what_comes_too_late_stays_on_the_page(cast, client):
    question = factories.question(factories.referral(cast.home, state="more_information"), cast.coordinator)
    link = give_link(by=None, purpose="referral.answer", subject_id=question.pk, lasts=dt.timedelta(days=1))
    page = client.get(link, follow=True)
    assert question.words in text(page)
    address = reverse("families:referral-answer")
    assert client.post(address, {"answer": "x" * 5000}).status_code == 422

    assert "Your answer has arrived" in text(client.post(address, {"answer": "Mondays\x00 are fine."}))

    question.refresh_from_db()
    assert question.answer == "Mondays are fine."
    late = client.post(address, {"answer": "And Tuesdays."})
    assert (late.status_code, "And Tuesdays." in text(late)) == (404, True)
