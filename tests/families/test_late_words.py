"""Words sent after the session ran out are not lost: referrals, people, endings, handovers and groups."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from betterstart.access.decorators import TYPED
from families.models import HandoverLine, OtherAgency, ReferralQuestion
from tests import factories
from tests.access.signing_in import sign_in

WORDS = "Only mornings, and ask for Amina."


@pytest.fixture(autouse=True)
def without_second_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.fixture
def pages(cast) -> SimpleNamespace:
    """Addresses of forms, each with the field that holds words."""
    support = factories.support(cast.family, cast.stay_and_play, state="ending", ending_on=timezone.localdate())
    factories.user("Pia Play", "coordinator", cast.stay_and_play)
    cast.play = factories.user("Ada Play", "coordinator", cast.here)
    referral = factories.referral(cast.home)
    question = factories.question(referral, cast.coordinator)
    member = cast.family.members.get()
    group = factories.group(cast.stay_and_play, entry="drop_in")
    family, of = cast.family.reference, [cast.family.reference, support.pk]
    cast.forms = {
        "decide": (reverse("families:referral-decide", args=[referral.uuid, "more_information"]), "words"),
        "say no": (reverse("families:referral-decide", args=[referral.uuid, "not_accepted"]), "signpost"),
        "accept": (reverse("families:referral-accept", args=[referral.uuid]), "first_wish"),
        "heard": (reverse("families:referral-heard", args=[referral.uuid, question.pk]), "answer"),
        "by phone": (reverse("families:referral-new"), "reason"),
        "more": (reverse("families:member-more", args=[family, member.uuid]), "access_notes"),
        "agency": (reverse("families:agency-add", args=[family]), "person_name"),
        "letter": (reverse("families:ending-step", args=[*of, "letter"]), "words"),
        "turn to": (reverse("families:turn-to-add", args=of), "about"),
        "handover": (reverse("families:handover-add", args=of), "words"),
        "group": (reverse("families:group-edit", args=[group.uuid]), "about"),
        "cancel": (reverse("families:session-cancel", args=[group.sessions.first().uuid]), "reason"),
        "at the door": (reverse("families:session-someone-new", args=[group.sessions.first().uuid]), "name"),
    }
    return cast


@pytest.mark.parametrize(
    "form",
    [
        "decide", "say no", "accept", "heard", "by phone", "more", "agency", "letter", "turn to", "handover", "group",
        "cancel", "at the door",
    ],
)  # fmt: skip
def test_words_sent_too_late_are_filled_in_again_and_not_sent(pages, client, form):
    url, field = pages.forms[form]
    sign_in(client, pages.play)
    client.get(url)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=31), tick=False):
        answer = client.post(url, {field: WORDS, "version": "1"})
        assert answer["Location"] == f"/account/login/?next={url}"
        sign_in(client, pages.play)
        page = client.get(url)

        assert WORDS in page.content.decode()
        assert TYPED not in client.session
    assert ReferralQuestion.objects.count() == 1
    assert not HandoverLine.objects.exists()
    assert not OtherAgency.objects.exists()


def test_number_of_the_nhs_is_never_kept_so(pages, client):
    url = reverse("families:nhs-number", args=[pages.family.reference, pages.family.members.get().uuid])
    sign_in(client, pages.play)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=31), tick=False):
        client.post(url, {"number": "943 476 5919"})

        assert TYPED not in client.session
