"""What an adult agreed to, on their own page: seen, changed, and taken back in two taps."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from families.actions.answer import give_agreement, give_choice, give_permission
from families.models import DataChoice, SharingPermission, SupportAgreement
from families.models.sharing import To
from tests import factories
from tests.families.own import HOME, enter

CHOICES = reverse("families:own-choices")


@pytest.fixture
def adult(cast):
    return cast.family.members.get()


@pytest.fixture
def client(cast, adult):
    return enter(factories.own_page(adult, cast.coordinator))


def said(cast, adult, **told):
    return {"by": cast.coordinator, "adult": adult, "answer": "given", "how": "spoken"} | told


def text(answer):
    return answer.content.decode()


def send(client, cast, **answer):
    return client.post(CHOICES, {"organisation": cast.here.pk, **answer})


def test_choices_are_one_tap_away_and_nothing_is_ticked_before(client):
    assert CHOICES in text(client.get(HOME))
    page = text(client.get(CHOICES))

    assert "May we call you?" in page
    assert "We need this because" in page
    assert "checked" not in page


def test_yes_is_taken_back_with_one_button_and_holds_at_once(cast, client, adult):
    give_choice(organisation=cast.here, purpose="phone", **said(cast, adult))
    assert "Take it back" in text(client.get(CHOICES))

    answer = send(client, cast, kind="choice", key="phone", answer="withdrawn")

    assert answer["Location"] == CHOICES
    now = DataChoice.objects.order_by("-pk").first()
    assert (now.answer, now.how, now.asked_by, now.member) == ("withdrawn", "online", None, adult)
    assert "Taken back" in text(client.get(CHOICES))


def test_agreement_and_choice_may_be_given_here(cast, client, adult):
    support = cast.family.supports.get()

    send(client, cast, kind="agreement", key=support.pk, answer="given")
    send(client, cast, kind="choice", key="photos", answer="refused")

    assert (SupportAgreement.objects.get().answer, DataChoice.objects.get().answer) == ("given", "refused")


def test_sharing_is_named_and_taken_back(cast, client, adult):
    row = give_permission(organisation=cast.here, to=To(named="The nursery"), what="talk", **said(cast, adult))
    assert "The nursery" in text(client.get(CHOICES))

    send(client, cast, kind="permission", key=row.uuid, answer="withdrawn")

    assert SharingPermission.objects.order_by("-pk").first().answer == "withdrawn"


def test_agreement_taken_back_twice_is_one(cast, client, adult):
    give_agreement(support=cast.family.supports.get(), **said(cast, adult))
    for _tap in (1, 2):
        send(client, cast, kind="agreement", key=cast.family.supports.get().pk, answer="withdrawn")

    assert SupportAgreement.objects.filter(answer="withdrawn").count() == 1


def test_what_is_not_theirs_is_not_there(cast, client):
    other = cast.other_family.members.get()
    theirs = give_permission(organisation=cast.here, to=To(named="The nursery"), what="talk", **said(cast, other))
    wrong = [
        {"kind": "permission", "key": theirs.uuid, "answer": "withdrawn"},
        {"kind": "permission", "key": "x", "answer": "withdrawn"},
        {"kind": "agreement", "key": cast.other_family.supports.get().pk, "answer": "given"},
        {"kind": "choice", "key": "phone", "answer": "given", "organisation": cast.elsewhere.pk},
        {"kind": "choice", "key": "phone", "answer": "perhaps"},
        {"kind": "other", "key": "phone", "answer": "given"},
    ]

    assert {send(client, cast, **each).status_code for each in wrong} == {404}


def test_page_asks_the_same_number_of_questions_for_few_answers_and_for_many(cast, client, adult):
    counts = []
    for many in (1, 20):
        for number in range(many):
            to = To(named=f"Nursery {many} {number}")
            give_permission(organisation=cast.here, to=to, what="talk", **said(cast, adult))
        with CaptureQueriesContext(connection) as asked:
            client.get(CHOICES)
        counts.append(len(asked))

    assert counts[0] == counts[1]
