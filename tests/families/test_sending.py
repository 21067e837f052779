"""The gate: whatever is sent is asked at that moment whether it may reach this person."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from betterstart.audit.models import AuditEvent
from betterstart.clock import at_london, london_today
from betterstart.reminders.actions import say, send_due
from betterstart.reminders.models import Audience, Message
from families.models import Address, ContactMethod, FamilyMember, KeptApart, Personal
from families.models.reaching import people_to_reach
from tests import factories

NOON = at_london(london_today(), dt.time(12))
EMAIL = {"channel": "email", "value": "amina@example.org", "safe": "yes"}


@pytest.fixture
def noon(monkeypatch):
    at(monkeypatch, NOON)


def at(monkeypatch, moment) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.fixture
def carer(cast) -> FamilyMember:
    member = cast.family.members.get()
    factories.contact(member, **EMAIL)
    return member


def tell(cast, person, **fields) -> Message:
    fields = {"to": "amina@example.org", "subject": "Tuesday", "body": "See you on Tuesday."} | fields
    key = fields.pop("key", "tuesday")
    family = fields.pop("family_id", cast.family.pk)
    return say(by=None, key=key, kind="visit.tomorrow", family_id=family, person_id=person and person.pk, **fields)


def why_not() -> str:
    return Message.objects.get().refused_because


def test_message_to_somebody_who_said_yes_goes_out_with_nothing_of_us_on_it(cast, carer, noon):
    tell(cast, carer)

    assert send_due() == 1
    letter = mail.outbox[0]
    assert "Better Start" not in f"{letter.from_email} {letter.subject} {letter.body}"


REFUSED = {
    "said no": ({"safe": "no"}, {}, "They asked us not to use this."),
    "nobody asked": ({"safe": "unknown"}, {}, "Nobody has asked"),
    "asked too long ago": ({"review_on": dt.date(2020, 1, 1)}, {}, "Nobody has asked"),
    "not used any more": ({"valid_to": dt.date(2020, 1, 1)}, {}, "We do not use this for Amina"),
    "others read it": ({"shared_device": True}, {}, "only calls are safe"),
    "another address": ({"value": "her@example.org"}, {}, "We do not use this for Amina"),
    "names the service": (
        {},
        {"subject": "From home-visiting"},
        "It names what must not be read there: Home visiting.",
    ),
    "names a child": ({}, {"body": "How is Zayn?"}, "Zayn"),
    "names where they live": ({}, {"body": "We come to 1 High Street."}, "1 High Street"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_rule_that_changed_before_it_was_sent_keeps_a_message_back_and_says_why(cast, carer, noon, case):
    contact, words, why = REFUSED[case]
    factories.member(cast.family, "Zayn")
    factories.address(cast.family)
    tell(cast, carer, **words)
    ContactMethod.objects.update(**contact)

    assert send_due() == 0
    assert why in why_not()
    assert AuditEvent.objects.filter(verb="message.kept_back", family_id=cast.family.pk).exists()
    assert mail.outbox == []


def test_name_may_stand_in_it_where_the_person_chose_that(cast, carer, noon):
    ContactMethod.objects.update(may_say_who_we_are=True)
    tell(cast, carer, subject="Home visiting on Tuesday")

    assert send_due() == 1


def died(carer):
    organisation = carer.family.organisation
    Personal.objects.create(member=carer, family=carer.family, organisation=organisation, died_on=london_today(),
                            grief_noted_at=timezone.now())  # fmt: skip


def apart(carer, **fields):
    fields = {"name": "Karim", "reason": "He must not find them.", "written_by_id": 1} | fields
    user = factories.user("Wanda Writer")
    return KeptApart.objects.create(
        family=carer.family, organisation=carer.family.organisation, **fields | {"written_by_id": user.pk}
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda carer: FamilyMember.objects.update(left_on=london_today()), "not part of this family"),
        (died, "has died"),
        (lambda carer: apart(carer), "safeguarding lead must look first"),
        (lambda carer: apart(carer, name="Amina"), "Never contact Amina"),
    ],
)
def test_what_became_of_a_person_keeps_back_what_was_written_to_them(cast, carer, noon, change, why):
    tell(cast, carer)
    change(carer)

    assert send_due() == 0
    assert why in why_not()


def test_once_a_safeguarding_lead_has_looked_the_others_are_written_to(cast, carer, noon):
    looked = {"state": "stands", "decision": "He is not to know.", "decided_at": timezone.now()}
    apart(carer, **looked)
    tell(cast, carer)

    assert send_due() == 1


def test_number_of_somebody_else_with_a_stricter_rule_counts_in_every_family(cast, carer, noon):
    other = cast.other_family.members.get()
    factories.contact(other, **EMAIL | {"value": "AMINA@example.org", "shared_device": True})
    tell(cast, carer)

    assert send_due() == 0
    assert "only calls are safe" in why_not()


@pytest.mark.parametrize(("audience", "sent"), [("family", 0), ("asker", 0), ("professional", 1), ("colleague", 1)])
def test_message_for_nobody_reaches_no_family(cast, carer, noon, audience, sent):
    tell(cast, None, audience=Audience(audience))

    assert send_due() == sent


def test_message_about_one_family_never_reaches_somebody_of_another(cast, carer, noon):
    tell(cast, carer, family_id=cast.other_family.pk)

    assert send_due() == 0
    assert "not in this family" in why_not()


def test_message_at_night_waits_until_eight_and_goes_then(cast, carer, monkeypatch):
    evening = at_london(london_today(), dt.time(21, 10))
    at(monkeypatch, evening)
    tell(cast, carer)

    assert send_due() == 0
    waiting = Message.objects.get()
    morning = at_london(london_today() + dt.timedelta(days=1), dt.time(8))
    assert (waiting.not_before, waiting.refused_at) == (morning, None)
    assert waiting.waits_because == "It waits until the morning."

    at(monkeypatch, morning)
    Message.objects.update(not_before=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1))
    assert send_due() == 1


def test_code_they_wait_for_goes_at_night_and_not_outside_their_own_hours(cast, carer, monkeypatch):
    at(monkeypatch, at_london(london_today(), dt.time(21, 10)))
    tell(cast, carer, is_asked_for=True)
    assert send_due() == 1

    ContactMethod.objects.update(safe_from=dt.time(10), safe_until=dt.time(12))
    tell(cast, carer, key="another", is_asked_for=True)
    assert send_due() == 0


def test_people_are_read_in_a_fixed_number_of_questions(cast, django_assert_num_queries):
    for number in range(3):
        family = factories.family(cast.home, f"Family {number}")
        factories.address(family)
        factories.contact(family.members.get(), **EMAIL | {"value": f"{number}@example.org"})
    everybody = ContactMethod.objects.values_list("member_id", flat=True)
    for ids in (list(everybody)[:1], list(everybody)):
        with django_assert_num_queries(10):
            assert len(people_to_reach(ids)) == len(ids)


def test_home_that_is_hidden_is_known_and_none_of_its_words_may_be_written(cast, carer):
    Address.objects.create(family=cast.family, kind="confidential", lines="The Refuge\nFlat 2", postcode="BD5 0AA")

    person = people_to_reach([carer.pk])[carer.pk]

    assert person.home_is_hidden
    assert {"The Refuge", "Flat 2", "BD5 0AA", "Home visiting", "Bowling Families"} <= set(person.unsaid)
