"""Families that look alike: by which signs, in which words, and who is told of which."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from betterstart.access.models import Membership
from betterstart.access.roles import Role
from families.models import NotTheSame
from families.models.contact import as_reached
from families.reports.duplicates import LOOK_ALIKES, _asked, alike, look_alikes
from families.reports.same_family import proposals
from tests import factories
from tests.families.test_family_register import URL

BORN = dt.date(2024, 5, 4)


def child(name="Zayn", **fields):
    return {"role": "child", "display_name": name, "date_of_birth": BORN} | fields


@pytest.fixture
def known(cast):
    """Berta's family: a child born on 4 May 2024, a number, an address."""
    family = cast.other_family
    parent = family.members.get()
    factories.member(family, "Zayn", date_of_birth=BORN)
    factories.contact(parent, value="+44 7700 900456")
    factories.contact(parent, channel="text", value="07700900456")
    factories.contact(parent, channel="email", value="Berta@x.org")
    factories.address(family, postcode="BD3 9AB")
    return cast


def sentences(user, **said):
    return [reason for each in look_alikes(user, **{"people": []} | said).similar for reason in each.reasons]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"people": [child()]}, "Both have Zayn, born 4 May 2024."),
        ({"people": [child("Zain")]}, "Zain and Zayn were both born 4 May 2024."),
        ({"people": [child("زین")]}, "زین and Zayn were both born 4 May 2024."),
        ({"contacts": [{"channel": "phone", "value": "07700 900456"}]}, "Both can be reached at +44 7700 900456."),
        ({"contacts": [{"channel": "phone", "value": "٠٧٧٠٠ ٩٠٠٤٥٦"}]}, "Both can be reached at +44 7700 900456."),
        (
            {"contacts": [{"channel": "email", "value": "berta@X.org"}]},
            "Both can be reached at Berta@x.org.",
        ),
        (
            {"people": [child("Imran")], "postcode": "BD3 9AB"},
            "Both have a child born 4 May 2024 and live in BD3 9AB.",
        ),
    ],
)
def test_each_sign_is_found_and_says_what_they_have_in_common(known, said, sentence):
    assert sentence in sentences(known.coordinator, **said)


@pytest.mark.parametrize(
    "said",
    [
        {"people": [child("Magdalena")]},
        {"people": [child(date_of_birth=dt.date(2024, 5, 5))]},
        {"people": [child(date_of_birth=None)]},
        {"contacts": [{"channel": "phone", "value": "07700 900457"}]},
        {"contacts": [{"channel": "phone", "value": "999"}]},
        {"people": [child("Imran")], "postcode": "BD3 9AA"},
        {"people": [child("Imran", role="parent")], "postcode": "BD3 9AB"},
        {"people": [child("Imran", birth_precision="month")], "postcode": "BD3 9AB"},
        {"people": [child("Imran")], "postcode": ""},
        {},
    ],
)
def test_family_with_less_in_common_is_not_found(known, said):
    assert sentences(known.coordinator, **said) == []


@pytest.mark.parametrize("facts", [{"kind": "confidential"}, {"valid_to": dt.date(2026, 1, 1)}])
def test_hidden_address_and_one_they_left_give_nothing_away(known, facts):
    known.other_family.addresses.update(**facts)

    assert sentences(known.coordinator, people=[child("Imran")], postcode="BD3 9AB") == []


def test_month_alone_is_told_as_a_month(known):
    known.other_family.members.filter(display_name="Zayn").update(birth_precision="month")

    assert sentences(known.coordinator, people=[child()]) == ["Both have Zayn, born May 2024."]


def test_another_organisation_gives_no_hint_at_all(known):
    found = look_alikes(known.other_coordinator, people=[child()])

    assert (found.similar, found.nearby) == ([], [])


def test_another_service_of_the_organisation_is_named_with_whom_to_ask_and_nothing_of_the_family(known):
    grace = factories.user("Grace Group", Role.COORDINATOR, known.stay_and_play)

    found = look_alikes(grace, people=[child()])

    assert found.similar == []
    assert [(each.service.name, each.ask) for each in found.nearby] == [("Home visiting", ["Carys Coordinator"])]
    assert found.marks == [f"service-{known.home.pk}"]


@pytest.mark.parametrize("who", ["volunteer", "manager", "lead", "administrator", "nobody"])
def test_nobody_else_is_shown_anything(known, who):
    found = look_alikes(getattr(known, who), people=[child()])

    assert (found.similar, found.nearby) == ([], [])


def test_register_page_tells_whom_to_ask_without_a_word_on_the_family(known, as_user):
    grace = factories.user("Grace Group", Role.COORDINATOR, known.stay_and_play)
    filled = {
        "uuid": "6d0c3bb6-2f0f-4a49-a7a1-7a2a1a0e4a11",
        "service": known.stay_and_play.pk,
        "carer_name": "Berta Nowak",
        "phone": "07700 900456",
        "phone_safe": "yes",
        "email_safe": "unknown",
        "kind": "home",
        "lines": "1 Mill Lane",
        "child-TOTAL_FORMS": "1",
        "child-INITIAL_FORMS": "0",
    }

    page = as_user(grace).post(URL, filled)

    assert page.status_code == 422
    assert "Home visiting in your organisation knows a family that looks alike." in page.content.decode()
    assert "Ask Carys Coordinator first." in page.content.decode()
    assert known.other_family.reference not in page.content.decode()
    filled["another_family"] = f"service-{known.home.pk}"
    assert as_user(grace).post(URL, filled).status_code == 302


def test_search_is_one_question_however_many_families_there_are(known, django_assert_num_queries):
    assert known.coordinator.active_memberships
    for number in range(2):
        for _each in range(number * 30):
            factories.member(factories.family(known.home, "Zayn"), "Zayn", date_of_birth=BORN)
        with django_assert_num_queries(1 + 1 + 4):  # the services, the search, and acting as somebody for it
            assert look_alikes(known.coordinator, people=[child()]).similar


def test_each_sign_is_looked_up_by_an_index(known):
    asked = _asked([child()], [{"channel": "phone", "value": "07700 900456"}], "BD3 9AB") | {"around": [known.home.pk]}
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain {LOOK_ALIKES}", asked)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    for index in ("member_born", "contact_reached_as", "families_address_family_id"):
        assert index in plan, plan
    assert "Seq Scan" not in plan


@pytest.mark.parametrize(
    ("channel", "value"),
    [
        ("phone", "07700 900456"),
        ("phone", "+44 7700 900456"),
        ("phone", "0044 (0) 7700-900456"),
        ("phone", "44 07700 900456"),
        ("text", "+92 300 1234567"),
        ("phone", "۰۷۷۰۰ ۹۰۰۴۵۶"),
        ("phone", "০৭৭০০ ৯০০৪৫৬"),
        ("phone", "07700.900.456"),
        ("phone", "440"),
        ("phone", "123456"),
        ("phone", ""),
        ("email", "Zoë@Example.ORG"),
        ("post", "12 Mill Lane"),
    ],
)
@pytest.mark.django_db
def test_database_and_python_agree_on_when_two_numbers_are_the_same(channel, value):
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(families_reached_as(%s, %s), '')", [channel, value])
        assert cursor.fetchone() == (as_reached(channel, value),)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Yusuf", "Yousaf", True),
        ("Mohammed", "Muhammad", True),
        ("Noémie", "Noemie", True),
        ("یوسف", "Yusuf", True),
        ("Katie Smith", "Katie Smyth", True),
        ("Zara", "Maryam", False),
        ("Amina", "Berta", False),
    ],
)
def test_names_are_alike_across_spellings_and_scripts(one, other, same):
    assert alike(one, other) is same


# --- pairs, for whoever coordinates both ----------------------------------------------------------------------------


def names(proposed):
    return [(pair.family.name, pair.other.name, pair.reasons) for pair in proposed.pairs]


def test_pairs_are_proposed_by_every_sign_the_newest_first(known):
    parent = factories.family(known.home, "Cleo")
    factories.member(parent, "Zayn", date_of_birth=BORN)
    factories.address(parent, postcode="BD3 9AB")
    newest = factories.family(known.home, "Dara")
    factories.contact(newest.members.get(), value="07700 900456")

    assert names(proposals(known.coordinator)) == [
        ("Berta", "Dara", ["Both can be reached at +44 7700 900456."]),
        (
            "Berta",
            "Cleo",
            ["Both have Zayn, born 4 May 2024.", "Both have a child born 4 May 2024 and live in BD3 9AB."],
        ),
    ]


def test_pair_said_to_be_two_is_not_proposed_again_whichever_way_round(known):
    other = factories.family(known.home, "Dara")
    factories.contact(other.members.get(), value="07700 900456")
    NotTheSame.objects.create(family=other, other=known.other_family, by=known.coordinator)

    proposed = proposals(known.coordinator)

    assert (proposed.pairs, proposed.count) == ([], 0)
    assert [(pair.family, pair.other) for pair in proposed.dismissed] == [(other, known.other_family)]


def test_pair_is_proposed_only_to_who_coordinates_both(known):
    far = factories.family(known.far, "Berta")
    factories.contact(far.members.get(), value="07700 900456")
    for who in ("coordinator", "other_coordinator", "manager", "volunteer"):
        assert proposals(getattr(known, who)).pairs == []

    Membership.objects.create(user=known.coordinator, role=Role.COORDINATOR, organisation=known.elsewhere)
    both = type(known.coordinator).objects.get(pk=known.coordinator.pk)
    assert [pair.other for pair in proposals(both).pairs] == [far]


def test_number_that_many_families_have_proposes_nobody(known):
    for number in range(5):
        factories.contact(factories.family(known.home, f"F{number}").members.get(), value="07700 900456")

    assert proposals(known.coordinator).pairs == []
