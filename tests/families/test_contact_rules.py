"""The page that says whether each person may be reached, whom to keep away, and the lead who looks at that."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from betterstart.reminders.models import Message
from betterstart.transitions.machine import MoveRefused
from families.actions.kept_apart import KeptApartRefused, decide_kept_apart, keep_apart
from families.models import ContactMethod, KeptApart
from families.models.kept_apart import KEPT_APART_MACHINE
from families.reports.contact_banner import contact_banner
from families.reports.contact_rules import to_ask_again
from tests import factories
from tests.families.test_family_page import text

TODAY = london_today()


@pytest.fixture
def url(cast) -> str:
    return f"/families/{cast.family.reference}/safe-contact/"


@pytest.fixture
def phone(cast) -> ContactMethod:
    return factories.contact(cast.family.members.get(), safe="yes", told_on=TODAY - dt.timedelta(days=85))


def as_person(person):
    return acting_as(Scope.SCOPED, person.pk)


def kept(cast, by=None, **fields) -> KeptApart:
    by = by or cast.coordinator
    with as_person(by):
        return keep_apart(by=by, family=cast.family, **{"name": "Karim", "reason": "A court says so."} | fields)


def test_page_says_what_may_be_done_and_what_was_not_sent(cast, as_user, url, phone):
    carer = phone.member
    factories.contact(carer, "email", "amina@example.org", shared_device=True, safe="yes")
    fields = {"to": "amina@example.org", "subject": "s", "body": "b", "family_id": cast.family.pk}
    Message.objects.create(
        key="k", kind="k", person_id=carer.pk, refused_at=timezone.now(), refused_because="They said no.", **fields
    )

    page = text(as_user(cast.coordinator).get(url))

    assert "You may reach them here now." in page
    assert "Do not leave a message" in page
    assert "Not now: Somebody else may read it: only calls are safe there." in page
    assert "They said no. Tell them yourself" in page
    assert "They said no." not in text(as_user(cast.volunteer).get(url))


def test_asked_again_with_one_tap_counts_for_twelve_more_weeks(cast, as_user, url, phone):
    assert "Ask again whether this is still safe" in text(as_user(cast.coordinator).get(url))

    answer = as_user(cast.coordinator).post(f"/families/{cast.family.reference}/contacts/{phone.pk}/same/")

    assert answer["Location"] == url
    phone.refresh_from_db()
    assert (phone.review_on, phone.told_on) == (TODAY + dt.timedelta(weeks=12), TODAY)
    assert "Ask again whether this is still safe" not in text(as_user(cast.coordinator).get(url))
    assert AuditEvent.objects.filter(verb="contact.asked_again").exists()


def test_what_nobody_ever_asked_cannot_be_still_the_same(cast, as_user, phone):
    ContactMethod.objects.update(safe="unknown")

    client = as_user(cast.coordinator)
    answer = client.post(f"/families/{cast.family.reference}/contacts/{phone.pk}/same/", follow=True)

    assert "Nobody has asked yet" in text(answer)


@pytest.mark.parametrize(
    ("fields", "needs"),
    [
        ({}, 1),
        ({"safe": "unknown"}, 0),
        ({"valid_to": TODAY}, 0),
        ({"review_on": TODAY}, 0),
        ({"review_on": TODAY - dt.timedelta(days=1), "told_on": TODAY}, 1),
        ({"told_on": TODAY - dt.timedelta(days=84)}, 0),
    ],
)
def test_today_asks_once_for_a_family_whose_answer_is_too_old(cast, phone, fields, needs):
    ContactMethod.objects.update(**fields)

    with as_person(cast.coordinator):
        found = to_ask_again(cast.coordinator, TODAY, 10)

    assert found.total == needs
    assert [need.family for need in found.needs] == [cast.family] * needs


def test_somebody_kept_away_is_named_at_the_top_for_everybody_and_the_reason_for_coordinators(cast, as_user, url):
    as_user(cast.coordinator).post(
        f"/families/{cast.family.reference}/keep-away/new/",
        {"name": "\u0639\u0645\u0631", "never_tell": "on", "reason": "He must not find them.", "relation": "father"},
    )

    row = KeptApart.objects.get()
    assert (row.never_contact, row.never_tell, row.state, row.organisation) == (False, True, "waiting", cast.here)
    for who, reads in ((cast.coordinator, True), (cast.volunteer, False)):
        page = text(as_user(who).get(url))
        assert "Never tell \u0639\u0645\u0631 anything of this family." in page
        assert "A safeguarding lead has not looked yet" in page
        assert ("He must not find them." in page) == reads


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Say who it is."),
        ({"never_tell": ""}, "Choose at least one of the two."),
        ({"reason": ""}, "required"),
        ({"name": "x" * 201}, "at most 200"),
    ],
)
def test_keeping_nobody_away_is_refused_beside_the_field(cast, as_user, typed, sentence):
    sent = {"name": "Karim", "never_tell": "on", "reason": "Why"} | typed

    answer = as_user(cast.coordinator).post(f"/families/{cast.family.reference}/keep-away/new/", sent)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not KeptApart.objects.exists()


def test_same_words_sent_twice_are_kept_once(cast):
    assert kept(cast) == kept(cast)


def test_lead_sees_what_waits_decides_once_and_the_coordinator_reads_it(cast, as_user, url):
    row = kept(cast)
    assert "Karim" in text(as_user(cast.lead).get("/keep-away/"))

    page = f"/keep-away/{row.pk}/"
    assert cast.family.reference in text(as_user(cast.lead).get(page))
    assert as_user(cast.lead).post(page, {"stands": "yes", "decision": ""}).status_code == 422
    answer = as_user(cast.lead).post(page, {"stands": "yes", "decision": "It stands."})

    assert answer["Location"] == "/keep-away/"
    row.refresh_from_db()
    assert (row.state, row.decided_by, row.decision) == ("stands", cast.lead, "It stands.")
    read = text(as_user(cast.coordinator).get(url))
    assert "It stands." in read
    assert "has not looked yet" not in read
    assert AuditEvent.objects.filter(verb="kept_apart.stands", family_id=cast.family.pk).exists()


def test_only_a_lead_of_the_organisation_decides_and_what_is_lifted_stays_lifted(cast):
    row = kept(cast)
    far_lead = factories.user("Leah Lead", "safeguarding_lead", cast.elsewhere)
    for who in (cast.coordinator, cast.manager, far_lead):
        with as_person(who), pytest.raises(KeptApartRefused):
            decide_kept_apart(by=who, row=row, stands=False, decision="No.")
    with as_person(cast.lead):
        decide_kept_apart(by=cast.lead, row=row, stands=False, decision="She asked us to.")
        with pytest.raises(MoveRefused):
            decide_kept_apart(by=cast.lead, row=row, stands=True, decision="Again.")
    with as_person(cast.coordinator):
        assert not contact_banner(cast.coordinator, cast.family.pk).apart


def test_moves_of_keeping_away():
    moves = {(source, move.to) for move in KEPT_APART_MACHINE.moves for source in move.sources}

    assert moves == {("waiting", "stands"), ("waiting", "lifted"), ("stands", "lifted")}


def test_banner_is_read_in_one_question(cast, phone, django_assert_num_queries):
    for number in range(20):
        factories.contact(phone.member, value=f"07700 9001{number:02d}", shared_device=True)
        kept(cast, name=f"Somebody {number}")
    with as_person(cast.coordinator):
        assert cast.coordinator.active_memberships
        with django_assert_num_queries(1):
            banner = contact_banner(cast.coordinator, cast.family.pk)
    assert (len(banner.ways), len(banner.apart)) == (20, 20)


def test_pages_ask_as_much_for_thirty_rows_as_for_one(cast, as_user, url, phone, django_assert_max_num_queries):
    kept(cast)
    counts = {}
    for page, who in ((url, cast.coordinator), ("/keep-away/", cast.lead)):
        client = as_user(who)
        client.get(page)
        with django_assert_max_num_queries(40) as asked:
            client.get(page)
        counts[page] = len(asked)
    for number in range(30):
        factories.contact(phone.member, value=f"07700 9001{number:02d}")
        kept(cast, name=f"Somebody {number}")
    for page, who in ((url, cast.coordinator), ("/keep-away/", cast.lead)):
        client = as_user(who)
        client.get(page)
        with django_assert_max_num_queries(counts[page]):
            client.get(page)
