"""What a no does at once: to what another service was asked, to what waits to be sent, to what is written down."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from betterstart.access.acting import Scope, acting_as
from betterstart.clock import london_date, london_today
from betterstart.reminders.actions import say, send_due
from betterstart.reminders.models import Audience, Message
from families.actions.ending import EndingRefused, take_step
from families.actions.lead_contact import choose_lead
from families.actions.naming import take_back_naming
from families.actions.signpost import SignpostRefused, point_to
from families.actions.transfer import TransferRefused, accept_transfer, note_agreement, reply_about, send_transfer
from families.models import (
    EndingStep,
    FamilyMember,
    LeadContact,
    SharingPermission,
    Support,
    Transfer,
)
from families.models.sharing import To, may_be_named
from tests import factories
from tests.families.consenting import BACK, NO, YES, choose, may, permit, two_of


@pytest.fixture
def two(cast):
    return two_of(cast)


def test_no_takes_back_what_another_service_was_asked(two):
    transfer = factories.transfer(two.support, two.far, two.coordinator, "sent")
    permit(two, BACK, To(service=two.far), "hand_on", by=None, how="")

    transfer.refresh_from_db()
    assert transfer.state == "withdrawn"
    with acting_as(Scope.SCOPED, two.other_coordinator.pk):
        assert not Transfer.objects.exists()


def test_no_of_the_other_adult_stops_it_too_and_a_no_to_something_else_does_not(two):
    transfer = factories.transfer(two.support, two.far, two.coordinator, "family_agreed")
    permit(two, NO, To(service=two.stay_and_play), "hand_on")
    permit(two, NO, To(service=two.far), "talk")
    assert Transfer.objects.get().state == "family_agreed"

    permit(two, NO, To(service=two.far), "hand_on", adult=two.bilal)
    transfer.refresh_from_db()
    assert transfer.state == "withdrawn"


def without_yes(cast, state):
    transfer = factories.transfer(cast.support, cast.far, cast.coordinator, state)
    FamilyMember.objects.filter(pk=cast.amina.pk).update(left_on=london_today())  # whoever said yes left
    return transfer


def test_nothing_is_sent_answered_or_accepted_without_a_yes_that_holds(two):
    agreed = without_yes(two, "family_agreed")
    with pytest.raises(TransferRefused, match="Nobody in the family has been asked"):
        send_transfer(by=two.coordinator, transfer=agreed)
    agreed.delete()
    sent = without_yes(two, "sent")
    asked = sent.questions.create(family=two.family, question="Days?", asked_by=two.other_coordinator)
    with pytest.raises(TransferRefused, match="Nobody in the family has been asked"):
        reply_about(by=two.coordinator, question=asked, reply="Mondays")
    with pytest.raises(TransferRefused, match="Nobody in the family has been asked"):
        accept_transfer(by=two.other_coordinator, transfer=sent)
    assert Support.objects.get(pk=two.support.pk).is_open


def test_the_yes_to_a_transfer_is_a_permission_and_it_lapses_no_later(two):
    transfer = factories.transfer(two.support, two.far, two.coordinator, "proposed")
    said = {"agreed_by": two.amina, "agreed_how": "written", "agreed_on": london_today() - dt.timedelta(days=360)}
    note_agreement(by=two.coordinator, transfer=transfer, summary="Words.", **said)
    send_transfer(by=two.coordinator, transfer=transfer)

    row = SharingPermission.objects.get()
    assert (row.member, row.service, row.what, row.how) == (two.amina, two.far, "hand_on", "signed")
    assert transfer.lapses_on == london_date(row.expires_at) < london_today() + dt.timedelta(days=14)


def outbox(cast, mailoutbox):
    send_due()
    return [message.to[0] for message in mailoutbox]


def test_word_to_the_referrer_written_before_the_no_and_sent_after_it_does_not_go(two, mailoutbox):
    Support.objects.filter(pk=two.support.pk).update(state="ending", ending_on=london_today())
    referral = factories.referral(two.home, family=two.family, support=two.support)
    told = {"kind": "referrer", "outcome": "done", "way": "email", "words": "It ended well.", "to": "rosa@example.org"}
    with pytest.raises(EndingRefused, match="Nobody in the family has been asked"):
        take_step(by=two.coordinator, support=two.support, **told)
    take_step(by=two.coordinator, support=two.support, agreed_by=two.amina, **told)
    permit(two, BACK, To(referral=referral), by=None)

    assert outbox(two, mailoutbox) == []
    assert Message.objects.get().refused_because == "The family did not agree, or took its yes back."


def test_word_to_the_referrer_goes_with_a_yes(two, mailoutbox):
    Support.objects.filter(pk=two.support.pk).update(state="ending", ending_on=london_today())
    factories.referral(two.home, family=two.family, support=two.support)
    told = {"kind": "referrer", "outcome": "done", "way": "email", "words": "It ended well.", "to": "rosa@example.org"}
    take_step(by=two.coordinator, support=two.support, agreed_by=two.amina, **told)

    assert outbox(two, mailoutbox) == ["rosa@example.org"]


@pytest.mark.parametrize("said", [None, NO])
def test_answer_to_the_referrer_goes_unless_somebody_said_that_they_hear_nothing(two, mailoutbox, said):
    referral = factories.referral(two.home, family=two.family, support=two.support)
    key, kind = f"referral.outcome:accepted:{referral.uuid}", "referral.outcome.to_referrer"
    say(by=None, key=key, kind=kind, to="rosa@example.org", subject="x", body="y", family_id=two.family.pk,
        audience=Audience.PROFESSIONAL)  # fmt: skip
    if said:
        permit(two, said, To(referral=referral))

    assert outbox(two, mailoutbox) == ([] if said else ["rosa@example.org"])


@pytest.mark.parametrize("said", [None, YES, NO])
def test_letter_is_not_emailed_to_somebody_who_wants_no_emails_from_us(two, mailoutbox, said):
    factories.contact(two.amina, "email", "amina@example.org", safe="yes")
    step = EndingStep.objects.create(kind="letter", outcome="done", by=two.coordinator, support=two.support,
                                     family=two.family)  # fmt: skip
    key = f"ending-letter-{step.pk}"
    say(by=None, key=key, kind="ending.letter", to="amina@example.org", subject="x", body="y", family_id=two.family.pk,
        person_id=two.amina.pk, is_asked_for=True)  # fmt: skip
    if said:
        choose(two, said, "email")

    assert outbox(two, mailoutbox) == ([] if said == NO else ["amina@example.org"])


def test_what_is_said_of_an_agency_is_kept_with_the_agency(two):
    agency = two.family.agencies.create(organisation=two.here, role="gp")
    permit(two, YES, To(agency=agency))
    agency.refresh_from_db()
    assert (agency.may_contact, agency.asked_on, may(two, To(agency=agency))) == ("yes", london_today(), True)

    permit(two, BACK, To(agency=agency), by=None)
    agency.refresh_from_db()
    assert (agency.may_contact, may(two, To(agency=agency))) == ("no", False)


def test_family_is_introduced_only_by_a_yes_which_is_written_down(two):
    entry = factories.signpost(two.family, two.coordinator).entry
    with pytest.raises(SignpostRefused, match="Nobody in the family has been asked"):
        point_to(by=two.coordinator, family=two.family, entry=entry, how="introduced")
    point_to(by=two.coordinator, family=two.family, entry=entry, how="went_along")
    point_to(by=two.coordinator, family=two.family, entry=entry, how="introduced", agreed_by=two.amina)

    row = SharingPermission.objects.get()
    assert (row.named, row.what, row.member) == (entry.name, "introduce", two.amina)
    point_to(by=two.coordinator, family=two.family, entry=entry, how="introduced")  # it holds


def test_an_adult_takes_back_on_their_own_page_that_others_know_of_a_service(two):
    Support.objects.filter(pk=two.support.pk).update(may_be_named="yes", named_asked_on=london_today())
    choose_lead(by=two.coordinator, support=two.support, person=two.coordinator)
    with acting_as(Scope.FAMILY, None, adult_id=two.amina.pk):
        for _twice in range(2):
            take_back_naming(adult=two.amina, support=two.support)

    support = Support.objects.get(pk=two.support.pk)
    assert (support.may_be_named, support.named_asked_by) == ("no", None)
    assert LeadContact.objects.get().state == "over"
    assert not may_be_named(support)
    with pytest.raises(PermissionDenied):
        take_back_naming(adult=two.zayn, support=two.support)
