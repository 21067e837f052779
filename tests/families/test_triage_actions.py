"""What a coordinator does with a referral, and what becomes of the family, of whoever asked, and of the messages."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from betterstart.links.actions import LinkGone
from betterstart.links.models import Link
from betterstart.reminders.actions import say, send_due
from betterstart.reminders.models import Message
from families.actions import triage
from families.actions.member import MemberRefused
from families.actions.referral import NotTaken, ReferralRefused, receive_referral, take_in
from families.actions.referrer import acknowledge, tell_outcome
from families.actions.support import AlreadyOffered
from families.models import Family, Referral, Support
from families.models.referral import Fit
from tests import factories


def site(path: str) -> str:
    return f"https://here.example{path}"


def accept(cast, row: Referral, **given: Any) -> Family:
    given.setdefault("fits", Fit.values)
    if "family" not in given:
        given.setdefault("registration", {"name": "Amina", "people": row.people, "contacts": row.contacts})
    return triage.accept_referral(by=cast.coordinator, referral=row, site=site, **given)


def test_yes_makes_the_family_its_people_and_an_offer_in_one_go(cast):
    row = factories.referral(cast.home, "Amina Begum")

    family = accept(cast, row)

    assert [str(member) for member in family.members.order_by("pk")] == ["Amina Begum", "Little one"]
    assert family.contact_methods.get().value == "07700 900123"
    support = Support.objects.get(family=family)
    assert (support.state, support.service) == ("offered", cast.home)
    row.refresh_from_db()
    assert (row.state, row.family, row.support) == ("accepted", family, support)
    assert row.told_at
    verbs = set(AuditEvent.objects.filter(family_id=family.pk).values_list("verb", flat=True))
    assert {"family.registered", "member.added", "contact.added", "referral.decided", "message.written"} <= verbs


def test_what_was_told_of_the_household_waits_for_the_answer_of_the_family(cast):
    row = factories.referral(
        cast.home, "Amina", flags=["lone_parent"], received_at=timezone.now() - dt.timedelta(days=3)
    )

    family = accept(cast, row)

    flag = family.flags.get()
    assert (flag.flag, flag.answer, flag.told_on) == ("lone_parent", "", london_today() - dt.timedelta(days=3))
    assert flag.source == f"{row.referrer_name}, {row.referrer_agency}"


def test_yes_to_a_known_family_adds_whom_it_does_not_have(cast):
    family = factories.family(cast.stay_and_play, "Amina")
    baby = {"role": "unborn", "display_name": "Baby", "due_date": london_today() + dt.timedelta(days=60)}
    row = factories.referral(cast.home, "Amina", family_words="Company.")

    accept(cast, row, family=family, joining=[baby])

    assert family.members.filter(role="unborn").count() == 1
    support = family.supports.get(service=cast.home)
    assert (support.state, support.first_wish) == ("offered", "Company.")


def test_family_that_has_the_service_already_is_not_offered_it_twice(cast):
    row = factories.referral(cast.home)

    with pytest.raises(AlreadyOffered):
        accept(cast, row, family=cast.family)

    assert Referral.objects.get(pk=row.pk).state == "received"


def test_yes_that_fails_half_way_leaves_nothing(cast):
    row = factories.referral(cast.home)
    before = Family.objects.count(), Message.objects.count()
    too_late = {"role": "unborn", "display_name": "Baby", "due_date": london_today() - dt.timedelta(days=60)}

    with pytest.raises(MemberRefused):
        accept(cast, row, registration={"name": "Amina", "people": [*row.people, too_late]})

    assert (Family.objects.count(), Message.objects.count()) == before
    assert Referral.objects.get(pk=row.pk).state == "received"


def test_second_coordinator_is_refused_what_the_first_decided(cast):
    row = factories.referral(cast.home)
    seen_by_both = Referral.objects.get(pk=row.pk)
    accept(cast, row)

    with pytest.raises(triage.MoveRefused):
        triage.turn_down(by=cast.coordinator, referral=seen_by_both, site=site, reason="no_capacity")
    with pytest.raises(triage.MoveRefused):
        accept(cast, seen_by_both)

    assert Family.objects.filter(uuid=row.uuid).count() == 1


# Whoever asked


def last_link(message: Message) -> str:
    return re.findall(r"https://here.example(/link/\S+/)", message.body)[0]


def test_question_goes_out_with_a_link_and_the_answer_comes_back_once(cast):
    row = factories.referral(cast.home)
    question = triage.ask_for_more(by=cast.coordinator, referral=row, site=site, words="Are Mondays good?")
    letter = Message.objects.get()
    assert "Mondays" not in letter.body + letter.subject
    link = Link.objects.get(purpose="referral.answer")

    triage.answer_question(by=None, question=question, answer="Yes.", link=link)

    question.refresh_from_db()
    assert (question.answer, question.seen_at) == ("Yes.", None)
    with pytest.raises(LinkGone):
        triage.answer_question(by=None, question=question, answer="No.", link=link)
    with pytest.raises(triage.TriageRefused):
        triage.answer_question(by=cast.coordinator, question=question, answer="No.")


def test_button_pressed_twice_is_one_question_and_one_try(cast):
    row = factories.referral(cast.home, "Zora", days_ago=3)
    for _twice in range(2):
        triage.ask_for_more(by=cast.coordinator, referral=row, words="Is she well?", site=site)
        triage.log_try(by=cast.coordinator, referral=row, channel="phone", tried_on=london_today())

    assert (row.questions.count(), row.tries.count(), Message.objects.count()) == (1, 1, 1)
    triage.ask_for_more(by=cast.coordinator, referral=row, words="And the children?", site=site)
    triage.log_try(by=cast.coordinator, referral=row, channel="text", tried_on=london_today())
    assert (row.questions.count(), row.tries.count()) == (2, 2)


def test_question_that_is_still_open_closes_with_the_decision(cast):
    row = factories.referral(cast.home)
    triage.ask_for_more(by=cast.coordinator, referral=row, site=site, words="Are Mondays good?")

    triage.turn_down(by=cast.coordinator, referral=row, site=site, reason="no_capacity")

    assert not Link.objects.live().filter(purpose="referral.answer").exists()


def test_no_tells_what_could_help_instead(cast):
    row = factories.referral(cast.home)

    triage.turn_down(
        by=cast.coordinator, referral=row, site=site, reason="age", signpost="The parent room.", note="Only for us."
    )

    letter = Message.objects.get()
    assert "The parent room." in letter.body
    assert "Only for us." not in letter.body
    assert row.told_at


@pytest.mark.parametrize("told", [True, False])
def test_who_has_no_email_is_told_by_a_person(cast, told):
    row = factories.referral(cast.home, referrer_email="")

    triage.turn_down(by=cast.coordinator, referral=row, site=site, reason="age", told=told)

    assert not Message.objects.exists()
    assert bool(row.told_at) == told
    triage.note_told(by=cast.coordinator, referral=row)
    assert row.told_at
    assert AuditEvent.objects.filter(verb="referral.told").count() == (not told)


def test_letters_speak_the_language_the_referral_was_made_in(cast):
    row = factories.referral(cast.home, page_language="ur")

    tell_outcome(by=cast.coordinator, referral=row, site=site)

    assert Message.objects.get().to == "rosa@example.org"


# Silence


def test_family_in_silence_is_not_written_to_and_a_professional_is(cast):
    for is_self in (True, False):
        row = factories.referral(cast.home, "Zora", is_self_referral=is_self)
        family = factories.family(cast.stay_and_play, "Zora", silent_since=timezone.now())

        accept(cast, row, family=family)

        row.refresh_from_db()
        assert bool(row.told_at) != is_self
    assert Message.objects.get().kind == "referral.outcome.to_referrer"
    assert send_due() == 1


def test_gate_keeps_back_what_was_written_before_the_silence_began(cast):
    fields = {"to": "amina@example.org", "subject": "Hello", "body": "Hello", "family_id": cast.family.pk}
    ours, theirs = (family.members.get() for family in (cast.family, cast.other_family))
    factories.contact(theirs, "email", "amina@example.org", safe="yes")
    say(by=None, key="to the family", kind="referral.outcome.to_family", person_id=ours.pk, **fields)
    say(by=None, key="to the referrer", kind="referral.outcome.to_referrer", audience="professional", **fields)
    about_another = fields | {"family_id": cast.other_family.pk, "person_id": theirs.pk, "is_asked_for": True}
    say(by=None, key="another family", kind="visit.tomorrow", **about_another)
    cast.family.silent_since = timezone.now()
    cast.family.save()

    assert send_due() == 2

    assert len(mail.outbox) == 2
    kept = Message.objects.get(refused_at__isnull=False)
    assert (kept.key, kept.refused_because) == ("to the family", "The family is left in silence.")
    assert AuditEvent.objects.filter(verb="message.kept_back", family_id=cast.family.pk).exists()


# Passing on


@pytest.mark.parametrize("decide", [triage.turn_down, triage.give_up, triage.withdraw])
def test_decision_that_a_person_tells_sends_no_letter_and_stays_to_be_told(cast, decide):
    row = factories.referral(cast.home, "Zora", days_ago=9, is_self_referral=True)
    for days in (1, 2, 3):
        triage.log_try(
            by=cast.coordinator, referral=row, channel="phone", tried_on=london_today() - dt.timedelta(days=days)
        )
    more = {triage.turn_down: {"reason": "no_capacity"}, triage.withdraw: {"by_family": True}}.get(decide, {})

    decide(by=cast.coordinator, referral=row, site=site, by_hand=True, **more)

    assert not Message.objects.exists()
    assert Referral.objects.get(pk=row.pk).told_at is None
    triage.note_told(by=cast.coordinator, referral=row)
    assert Referral.objects.get(pk=row.pk).told_at


def test_yes_that_a_person_tells_sends_no_letter(cast):
    row = factories.referral(cast.home, "Zora", is_self_referral=True)

    accept(cast, row, by_hand=True)

    assert not Message.objects.exists()


def test_letter_from_before_the_yes_is_kept_back_too_once_the_family_is_in_silence(cast):
    email = {"channel": "email", "value": "amina@example.org", "safe": "yes"}
    asked = {"is_self_referral": True, "referrer_email": email["value"], "contacts": [email]}
    row = factories.referral(cast.home, "Amina", **asked)
    acknowledge(by=None, referral=row, site=site)
    assert Message.objects.get().family_id is None

    family = accept(cast, row)
    Family.objects.filter(pk=family.pk).update(silent_since=timezone.now())

    assert send_due() == 0
    carer = family.members.get(is_main_carer=True)
    kept = Message.objects.filter(refused_at__isnull=False)
    assert [message.person_id for message in kept] == [carer.pk, carer.pk]
    assert mail.outbox == []


def test_yes_to_a_family_whose_record_does_not_say_that_its_address_is_safe_is_told_by_a_person(cast):
    row = factories.referral(cast.home, "Zora", is_self_referral=True, referrer_email="zora@example.org")

    accept(cast, row)

    assert not Message.objects.exists()
    assert Referral.objects.get(pk=row.pk).told_at is None


def test_passed_on_it_begins_anew_at_the_other_service_with_all_that_was_told(cast):
    row = factories.referral(cast.home, days_ago=9, risks="A dog.", needs=["isolation"])

    passed = triage.pass_on(
        by=cast.coordinator, referral=row, site=site, service=cast.far, agreed_by="Amina", agreed_on=london_today()
    )

    assert (passed.state, passed.service, passed.redirected_from, passed.how) == (
        "received", cast.far, row, "redirect",
    )  # fmt: skip
    assert (passed.household, passed.risks, passed.needs) == (row.household, row.risks, row.needs)
    assert (passed.sharing_agreed_by, passed.sharing_agreed_on) == ("Amina", london_today())
    assert passed.days_waited == 0
    assert passed.uuid != row.uuid
    assert passed.reference != row.reference
    assert Referral.objects.visible_to(cast.other_coordinator).get() == passed
    assert Referral.objects.visible_to(cast.coordinator).get() == row


@pytest.mark.parametrize("wrong", ["closed", "same", "ahead"])
def test_passing_on_needs_another_open_service_and_a_day_that_has_come(cast, wrong):
    row = factories.referral(cast.home)
    cast.far.is_open = wrong != "closed"
    cast.far.save()
    service = cast.home if wrong == "same" else cast.far
    day = london_today() + dt.timedelta(days=wrong == "ahead")

    with pytest.raises(triage.TriageRefused):
        triage.pass_on(by=cast.coordinator, referral=row, site=site, service=service, agreed_by="Amina", agreed_on=day)

    assert Referral.objects.get().state == "received"


# Tries and taking in


@pytest.mark.parametrize("days_ago", [-1, 10])
def test_try_lies_between_the_day_it_came_and_today(cast, days_ago):
    row = factories.referral(cast.home, days_ago=9)

    with pytest.raises(triage.TriageRefused):
        triage.log_try(
            by=cast.coordinator, referral=row, channel="phone", tried_on=london_today() - dt.timedelta(days=days_ago)
        )


def test_what_was_set_aside_is_taken_in_and_then_acknowledged_with_its_old_clock(cast):
    row = factories.referral(cast.home, days_ago=3, set_aside_because="fast")

    take_in(by=cast.coordinator, referral=row, site=site)
    take_in(by=cast.coordinator, referral=row, site=site)

    assert Message.objects.get().kind == "referral.received.to_referrer"
    assert row.days_waited == 3
    assert list(Referral.objects.visible_to(cast.coordinator).waiting()) == [row]


# Receiving


def received(cast, **given: Any) -> Referral:
    people = [{"role": "parent", "is_main_carer": True, "display_name": "Amina"}]
    fields: dict[str, Any] = {"by": None, "uuid": "0b1f6c1e-7f5e-4f43-b2a8-2f0e5f4b3a11", "service": cast.home}
    fields |= {"site": site, "people": people, "agreed_how": "phone", "agreed_on": london_today()}
    return receive_referral(**fields | given)


def test_action_refuses_by_itself_what_the_forms_refuse(cast):
    with pytest.raises(NotTaken):
        received(cast)
    cast.home.takes_public_referrals = True
    cast.home.save()
    with pytest.raises(NotTaken):
        received(cast, by=cast.other_coordinator)
    for wrong in ({"agreed_how": ""}, {"agreed_on": None}, {"agreed_on": london_today() + dt.timedelta(days=1)}):
        with pytest.raises(ReferralRefused):
            received(cast, **wrong)
    child = {"role": "child", "display_name": "Zain", "date_of_birth": london_today() + dt.timedelta(days=1)}
    with pytest.raises(MemberRefused):
        received(cast, people=[{"role": "parent", "display_name": "Amina"}, child])

    assert not Referral.objects.exists()
    assert received(cast) == received(cast)
