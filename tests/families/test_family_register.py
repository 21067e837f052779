from __future__ import annotations

import datetime as dt
import uuid

import pytest

from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from families.models import Family, FamilyMember, Support
from tests import factories
from tests.families.test_family_page import text

URL = "/families/new/"


@pytest.fixture
def filled(cast):
    """What a coordinator sends for a whole family."""
    today = london_today()
    return {
        "uuid": str(uuid.uuid4()),
        "service": cast.home.pk,
        "carer_name": "Maryam Iqbal",
        "carer_born": "3/2/1995",
        "name": "",
        "language": "ur",
        "interpreter_needed": "on",
        "phone": "07700 900456",
        "phone_safe": "yes",
        "email": "maryam@example.org",
        "email_safe": "unknown",
        "kind": "home",
        "lines": "1 Mill Lane\nBradford",
        "postcode": "bd50aa",
        "first_wish": "Somebody to talk to.",
        "child-TOTAL_FORMS": "3",
        "child-INITIAL_FORMS": "0",
        "child-0-display_name": "Haris",
        "child-0-born": "8/2024",
        "child-1-due_date": (today + dt.timedelta(days=60)).isoformat(),
        "child-2-display_name": "",
    }


def test_register_makes_the_family_its_people_their_contacts_and_the_offer(cast, as_user, filled):
    answer = as_user(cast.coordinator).post(URL, filled)

    family = Family.objects.get(uuid=filled["uuid"])
    assert answer["Location"] == f"/families/{family.reference}/"
    assert (family.name, family.language, family.interpreter_needed) == ("Maryam", "ur", True)
    assert family.organisation == cast.here
    assert list(family.members.order_by("pk").values_list("role", "display_name", "birth_precision")) == [
        ("parent", "Maryam Iqbal", "day"),
        ("child", "Haris", "month"),
        ("unborn", "Baby", "day"),
    ]
    assert list(family.contact_methods.values_list("channel", "safe", "may_leave_message")) == [
        ("phone", "yes", False),
        ("email", "unknown", False),
    ]
    assert family.addresses.get().postcode == "BD5 0AA"
    support = family.supports.get()
    assert (support.service, support.state, support.first_wish) == (cast.home, "offered", "Somebody to talk to.")
    assert Family.objects.matching("07700900456").get() == family


def test_register_writes_the_audit_of_every_part(cast, as_user, filled):
    as_user(cast.coordinator).post(URL, filled)

    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["family.registered", *["member.added"] * 3, *["contact.added"] * 2, "address.added"]


def test_registered_family_is_on_the_coordinators_list_and_page(cast, as_user, filled):
    client = as_user(cast.coordinator)

    page = client.post(URL, filled, follow=True)

    assert "Saved. The next step is the first contact with Maryam’s family." in text(page)
    assert "Maryam’s family" in text(client.get("/families/"))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("carer_name", "", "required"),
        ("carer_name", "x" * 201, "at most 200"),
        ("carer_born", "30/2/1990", "There is no such day"),
        ("carer_born", "1/1/85", "four digits"),
        ("carer_born", "yesterday", "Write a date like"),
        ("carer_born", "2999", "not come yet"),
        ("carer_born", "1880", "years ago"),
        ("phone", "call me", "with digits"),
        ("email", "a@b\r\nBcc: x@example.org", "not an email"),
        ("email", "nobody@", "not an email"),
        ("postcode", "none", "does not look like a postcode"),
        ("child-0-born", "2/2/1995", "A child cannot be older than a parent"),
        ("child-1-due_date", "2001-01-01", "between three weeks ago"),
        ("child-1-due_date", "2099-01-01", "between three weeks ago"),
        ("first_wish", "y" * 1_000_000, "at most 2000"),
        ("language", "xx-nonsense", "not one of"),
        ("service", "999999", "not one of"),
    ],
)
def test_register_refuses_beside_the_field_and_keeps_what_was_typed(cast, as_user, filled, field, value, sentence):
    answer = as_user(cast.coordinator).post(URL, filled | {field: value})

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert "Maryam Iqbal" in answer.content.decode() or field == "carer_name"
    assert "Somebody to talk to." in answer.content.decode() or field == "first_wish"
    assert not Family.objects.filter(uuid=filled["uuid"]).exists()


def test_register_cleans_what_cannot_be_read_and_keeps_every_script(cast, as_user, filled):
    as_user(cast.coordinator).post(URL, filled | {"carer_name": "\u202e\x00آمنہ \u00a0 O'Brien-Łukasz 林"})

    assert FamilyMember.objects.filter(display_name="آمنہ O'Brien-Łukasz 林", role="parent").exists()


@pytest.mark.parametrize("wrong", ["far", "closed", "other role"])
def test_register_only_into_an_open_service_one_coordinates(cast, as_user, filled, wrong):
    service = {"far": cast.far, "closed": cast.home, "other role": cast.stay_and_play}[wrong]
    if wrong == "closed":
        type(cast.home).objects.filter(pk=cast.home.pk).update(is_open=False)

    answer = as_user(cast.coordinator).post(URL, filled | {"service": service.pk})

    assert answer.status_code == 422
    assert Family.objects.count() == 3


def test_register_sent_twice_makes_one_family_and_the_second_shows_it(cast, as_user, filled):
    client = as_user(cast.coordinator)
    first = client.post(URL, filled)
    again = client.post(URL, filled)

    assert first["Location"] == again["Location"]
    assert Family.objects.filter(name="Maryam").count() == 1


def test_register_with_the_id_of_a_foreign_family_says_nothing_about_it(cast, as_user, filled):
    answer = as_user(cast.coordinator).post(URL, filled | {"uuid": str(cast.far_family.uuid)})

    assert answer.status_code == 422
    assert "This form was used before" in text(answer)
    assert "Chloe" not in text(answer)
    cast.far_family.refresh_from_db()
    assert cast.far_family.name == "Chloe"


def test_extra_fields_are_ignored(cast, as_user, filled):
    as_user(cast.coordinator).post(URL, filled | {"organisation": cast.elsewhere.pk, "reference": "XXXXXXX", "id": 1})

    family = Family.objects.get(uuid=filled["uuid"])
    assert family.organisation == cast.here
    assert family.reference != "XXXXXXX"


def test_one_more_child_adds_a_row_and_loses_nothing(cast, as_user, filled):
    page = as_user(cast.coordinator).post(URL, filled | {"one_more_child": "1"})

    assert 'name="child-3-display_name"' in page.content.decode()
    assert 'value="Haris"' in page.content.decode()
    assert not Family.objects.filter(uuid=filled["uuid"]).exists()


@pytest.mark.parametrize("total", ["-1", "1000000", "abc", ""])
def test_rows_of_children_are_bounded(cast, as_user, filled, total):
    page = as_user(cast.coordinator).post(URL, filled | {"child-TOTAL_FORMS": total})

    assert page.status_code in {302, 422}
    assert page.content.decode().count("-display_name") < 120


def test_grown_up_child_is_asked_about_and_then_taken(cast, as_user, filled):
    client = as_user(cast.coordinator)
    grown = filled | {"carer_born": "1/1/1970", "child-0-born": "1/1/1999"}

    asked = client.post(URL, grown)
    assert asked.status_code == 422
    assert "years old. Is that right?" in text(asked)

    assert client.post(URL, grown | {"child-0-sure": "on"}).status_code == 302


@pytest.mark.parametrize("alike", ["birthday", "phone", "email", "home"])
def test_possible_duplicate_is_shown_before_saving_and_can_be_told_apart(cast, as_user, filled, alike):
    there = cast.family
    carer = there.members.get()
    if alike == "birthday":
        FamilyMember.objects.filter(pk=carer.pk).update(display_name="Mariam Iqbal", date_of_birth="1995-02-03")
    elif alike == "phone":
        factories.contact(carer, value="+44 7700 900456")
    elif alike == "email":
        factories.contact(carer, "email", "Maryam@Example.org")
    else:
        factories.address(there, postcode="BD5 0AA")
        factories.member(there, "Haris", date_of_birth=dt.date(2024, 8, 1))
    there.refresh_search_text()
    client = as_user(cast.coordinator)

    asked = client.post(URL, filled)
    assert asked.status_code == 422
    assert "Is it one of these? Nothing is saved yet." in text(asked)
    assert there.reference in text(asked)
    assert not Family.objects.filter(uuid=filled["uuid"]).exists()

    assert client.post(URL, filled | {"another_family": str(there.uuid)}).status_code == 302
    assert Family.objects.filter(uuid=filled["uuid"]).exists()


@pytest.mark.parametrize("typed", [{"carer_name": "Zofia Nowak"}, {"carer_born": "4/2/1995"}])
def test_same_birthday_alone_or_same_name_alone_is_no_duplicate(cast, as_user, filled, typed):
    FamilyMember.objects.filter(family=cast.family).update(display_name="Maryam Iqbal", date_of_birth="1995-02-03")

    assert as_user(cast.coordinator).post(URL, filled | typed).status_code == 302


def test_duplicate_in_another_organisation_is_never_shown(cast, as_user, filled):
    carer = cast.far_family.members.get()
    FamilyMember.objects.filter(pk=carer.pk).update(display_name="Maryam Iqbal", date_of_birth="1995-02-03")
    factories.contact(carer, value="07700900456")
    cast.far_family.refresh_search_text()

    answer = as_user(cast.coordinator).post(URL, filled)

    assert answer.status_code == 302
    assert Support.objects.filter(family__uuid=filled["uuid"]).exists()


def test_hidden_address_needs_no_street_and_is_never_searched(cast, as_user, filled):
    as_user(cast.coordinator).post(URL, filled | {"kind": "confidential", "lines": "", "postcode": "BD9 9ZZ"})

    family = Family.objects.get(uuid=filled["uuid"])
    assert family.addresses.get().is_confidential
    assert not Family.objects.matching("BD9 9ZZ").filter(pk=family.pk).exists()
