"""Agreements by version: worded by the organisation, signed on one's own page or on paper."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from betterstart.clock import london_today
from tests import factories
from volunteers.actions.agreements import note_signed, sign_agreement, word_agreement
from volunteers.actions.readiness import EvidenceRefused
from volunteers.models import AgreementSigned, AgreementWording, VolunteerState
from volunteers.models.agreement import NEEDED_AGREEMENTS

pytestmark = pytest.mark.django_db
TODAY = london_today()


@pytest.fixture
def newcomer(cast):
    return factories.volunteer(cast.nobody, cast.elsewhere, state=VolunteerState.PREPARING)


def enough(volunteer, on=TODAY) -> bool:
    return AgreementSigned.objects.filter(volunteer=volunteer).enough(on).exists()


def test_all_four_signed_are_enough_and_our_own_words_are_kept_as_they_were_read(cast, newcomer):
    for kind in NEEDED_AGREEMENTS:
        assert not enough(newcomer)
        sign_agreement(by=cast.nobody, volunteer=newcomer, kind=kind, version=1)

    assert enough(newcomer)
    assert AgreementWording.objects.get(organisation=cast.elsewhere, kind="conduct").words.startswith("I treat every")
    sign_agreement(by=cast.nobody, volunteer=newcomer, kind="conduct", version=1)
    assert newcomer.agreements.count() == 4


def test_nobody_signs_for_somebody_else_and_paper_is_noted_by_who_keeps_the_record(cast, newcomer):
    with pytest.raises(PermissionDenied):
        sign_agreement(by=cast.other_coordinator, volunteer=newcomer, kind="conduct", version=1)
    with pytest.raises(PermissionDenied):
        note_signed(by=cast.coordinator, volunteer=newcomer, kinds=["conduct"], signed_on=TODAY)
    tomorrow = TODAY + dt.timedelta(days=1)
    with pytest.raises(EvidenceRefused, match="not come yet"):
        note_signed(by=cast.other_coordinator, volunteer=newcomer, kinds=["conduct"], signed_on=tomorrow)

    note_signed(by=cast.other_coordinator, volunteer=newcomer, kinds=list(NEEDED_AGREEMENTS), signed_on=TODAY)
    assert enough(newcomer)


def test_paper_signed_before_the_words_were_there_is_not_noted_for_them(cast):
    word_agreement(by=cast.coordinator, organisation=cast.here, kind="conduct", words="Second.", after=1)
    paper = {"by": cast.coordinator, "volunteer": cast.volunteer_row, "kinds": ["role", "conduct"]}
    with pytest.raises(EvidenceRefused, match="had other words"):
        note_signed(signed_on=TODAY - dt.timedelta(days=1), **paper)
    assert note_signed(signed_on=TODAY, **paper) == 2


def test_new_words_count_for_those_who_signed_before_only_where_they_must_sign_again(cast):
    worded = {"by": cast.administrator, "organisation": cast.here, "kind": "conduct"}
    word_agreement(**worded, words="Second.", after=1)
    assert enough(cast.volunteer_row)
    word_agreement(**worded, words="Third.", after=2, sign_again_from=TODAY)
    assert not enough(cast.volunteer_row)

    sign_agreement(by=cast.volunteer, volunteer=cast.volunteer_row, kind="conduct", version=3)
    assert enough(cast.volunteer_row)


def test_words_that_changed_while_somebody_read_them_are_not_signed(cast):
    word_agreement(by=cast.coordinator, organisation=cast.here, kind="conduct", words="Second.", after=1)
    with pytest.raises(EvidenceRefused, match="read them again"):
        sign_agreement(by=cast.volunteer, volunteer=cast.volunteer_row, kind="conduct", version=1)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"words": "Other.", "after": 9}, "Somebody wrote a new version"),
        ({"words": "Kindly.", "after": 1}, "there already"),
        ({"words": "Other.", "after": 1, "sign_again_from": TODAY - dt.timedelta(days=1)}, "This day is over"),
    ],
)
def test_wording_that_cannot_be_is_refused_in_a_sentence(cast, fields, sentence):
    with pytest.raises(EvidenceRefused, match=sentence):
        word_agreement(by=cast.coordinator, organisation=cast.here, kind="conduct", **fields)


def test_photo_is_theirs_to_choose_and_to_change_and_the_rest_is_not(cast):
    mine = {"by": cast.volunteer, "volunteer": cast.volunteer_row, "version": 1}
    for answer in (True, False):
        sign_agreement(kind="photo", answer=answer, **mine)
    assert [row.answer for row in cast.volunteer_row.agreements.filter(wording__kind="photo")] == [True, False]
    with pytest.raises(EvidenceRefused, match="Without this agreement"):
        sign_agreement(kind="conduct", answer=False, **mine)


def test_volunteer_signs_on_their_own_page_and_an_unticked_box_is_asked_for(cast, as_user, newcomer):
    factories.Membership.objects.create(user=cast.nobody, role="volunteer", organisation=cast.elsewhere)
    phone = as_user(cast.nobody)
    page = reverse("volunteers:my-agreement", args=["conduct"])
    assert "Not signed yet" in phone.get(reverse("volunteers:my-checks")).content.decode()
    assert phone.post(page, {"version": "1"}).status_code == 422
    assert phone.post(page, {"version": "7", "agree": "on"}).status_code == 422
    assert phone.post(page, {"version": "1", "agree": "on"}).status_code == 302

    assert newcomer.agreements.get().wording.kind == "conduct"
    assert phone.get(reverse("volunteers:my-agreement", args=["nonsense"])).status_code == 404


def test_administrator_writes_new_words_and_the_old_ones_stay_to_be_read(cast, as_user):
    office = as_user(cast.administrator)
    page = reverse("volunteers:agreement-word", args=[cast.here.pk, "conduct"])
    assert "Kindly." in office.get(page).content.decode()
    sent = {"words": "Be kind.", "after": "1", "sign_again_from": ""}
    assert office.post(page, sent).status_code == 302
    assert office.post(page, sent).status_code == 422
    shown = office.get(page).content.decode()
    assert "Version 1" in shown
    assert "Be kind." in shown
