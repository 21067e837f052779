"""Giving an adult the link to their own page, and taking it back."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.links.models import Link
from betterstart.reminders.models import Message
from families.actions.own_page import PageRefused, give_page, take_back_page
from families.models import FamilyMember, KeptApart, OwnPage
from tests import factories
from tests.families.own import CODE, HOME, OPEN, enter, link_of


@pytest.fixture
def adult(cast):
    return cast.family.members.get()


def give(cast, adult, how="printed", **changes):
    who = {"by": cast.coordinator, "support": cast.family.supports.get(service=cast.home), **changes}
    return give_page(adult=adult, how=how, site=lambda path: f"https://here.example{path}", **who)


def test_link_and_first_code_are_told_once_and_kept_nowhere(cast, adult):
    given = give(cast, adult)
    token = given.address.split("/")[4]

    kept = str([*OwnPage.objects.values(), *Link.objects.values(), *AuditEvent.objects.values()])
    assert token not in kept
    assert given.first_code not in kept
    browser = Client()
    browser.get(given.address.removeprefix("https://here.example"))
    assert browser.post(OPEN, {"code": given.first_code})["Location"] == CODE


def test_new_link_ends_the_one_before(cast, adult):
    first, second = give(cast, adult), give(cast, adult)

    first.page.refresh_from_db()
    assert first.page.ended_because == "renewed"
    assert Client().get(first.address.removeprefix("https://here.example")).status_code == 404
    assert list(OwnPage.objects.live()) == [second.page]


def test_second_adult_has_no_page_because_the_first_has_one(cast, adult):
    factories.member(cast.family, "Bilal", "parent")
    give(cast, adult)

    assert OwnPage.objects.get().adult == adult


REFUSED = {
    "who left": {"left_on": "2026-01-01"},
    "who is a child": {"role": "child"},
    "who helps from outside": {"role": "helper"},
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_nobody_else_gets_a_page(cast, adult, change):
    FamilyMember.objects.filter(pk=adult.pk).update(**change)

    with pytest.raises(PageRefused):
        give(cast, adult)
    assert not Link.objects.exists()


def test_stranger_to_the_family_gets_no_page(cast):
    with pytest.raises(PageRefused):
        give(cast, cast.other_family.members.get())


def test_coordinator_of_another_service_gives_none(cast, adult):
    with pytest.raises(PageRefused):
        give(cast, adult, by=cast.other_coordinator)


def test_support_that_is_over_gives_none(cast, adult):
    over = factories.support(cast.family, cast.stay_and_play, "ended_planned")

    with pytest.raises(PageRefused):
        give(cast, adult, support=over)


def test_link_by_email_says_nothing_about_anybody(cast, adult):
    factories.contact(adult, "email", "amina@example.org", safe="yes")

    given = give(cast, adult, "email")

    letter = Message.objects.get()
    assert letter.to == "amina@example.org"
    for word in (adult.display_name, cast.home.name, cast.here.name, "Better Start", "support", given.first_code):
        assert word not in letter.subject + letter.body.replace(given.address, "")


UNSAFE = {
    "not asked": {"safe": "unknown"},
    "not safe": {"safe": "no"},
    "others read it": {"safe": "yes", "shared_device": True},
    "no longer used": {"safe": "yes", "valid_to": "2026-01-01"},
}


@pytest.mark.parametrize("change", UNSAFE.values(), ids=UNSAFE)
def test_link_goes_to_no_address_that_is_not_safe(cast, adult, change):
    factories.contact(adult, "email", "amina@example.org", **change)

    with pytest.raises(PageRefused):
        give(cast, adult, "email")
    assert not Message.objects.exists()


def test_link_goes_to_no_address_of_another_adult(cast, adult):
    other = factories.member(cast.family, "Bilal", "parent")
    factories.contact(other, "email", "bilal@example.org", safe="yes")

    with pytest.raises(PageRefused):
        give(cast, adult, "email")


@pytest.fixture
def bilal(cast):
    return factories.member(cast.family, "Bilal", "parent")


def keep_apart(cast, state="stands", **fields):
    decided = {} if state == "waiting" else {"decision": "It stands.", "decided_at": "2026-11-01 12:00Z"}
    of = {"family": cast.family, "organisation": cast.here, "written_by": cast.coordinator, "reason": "He hurt her."}
    return KeptApart.objects.create(**of, state=state, **{"name": "Bilal"} | decided | fields)


@pytest.mark.parametrize("how", ["printed", "shown"])
def test_nobody_who_must_not_be_told_gets_a_page(cast, bilal, how):
    keep_apart(cast)

    with pytest.raises(PageRefused):
        give(cast, bilal, how)


def test_nobody_gets_a_page_before_a_lead_has_looked(cast, adult, bilal):
    keep_apart(cast, "waiting")

    with pytest.raises(PageRefused):
        give(cast, adult)


def test_page_of_somebody_who_must_not_be_told_any_more_closes_and_the_others_stays(cast, adult, bilal):
    his, hers = factories.own_page(bilal, cast.coordinator), factories.own_page(adult, cast.coordinator)
    inside, path, other = enter(his), link_of(his), enter(hers)

    keep_apart(cast, "waiting", member=bilal)

    assert Client().get(OPEN).status_code == 404
    assert inside.get(HOME).status_code == 404
    assert Client().get(path).status_code == 404
    his.refresh_from_db()
    assert his.ended_because == "apart"
    assert other.get(HOME).status_code == 200


def test_code_of_somebody_who_must_not_be_told_opens_nothing(cast, bilal):
    browser = Client()
    browser.get(link_of(factories.own_page(bilal, cast.coordinator)))
    keep_apart(cast, name="bilal")

    assert browser.post(OPEN, {"code": "4827"}).status_code == 404


def test_page_that_is_taken_back_closes_at_once(cast, adult):
    page = factories.own_page(adult, cast.coordinator)
    browser = enter(page)

    take_back_page(by=cast.coordinator, page=page)

    assert browser.get(HOME).status_code == 404
    assert not Link.objects.live().exists()
    assert AuditEvent.objects.get(verb="own_page.ended").details["because"] == "taken_back"


def test_other_organisation_neither_sees_nor_takes_back_a_page(cast, adult):
    page = factories.own_page(adult, cast.coordinator)
    factories.support(cast.family, cast.far)
    with acting_as(Scope.SCOPED, cast.other_coordinator.pk):
        assert not OwnPage.objects.visible_to(cast.other_coordinator).exists()

    take_back_page(by=cast.other_coordinator, page=page)

    page.refresh_from_db()
    assert page.ended_at is None


# --- pages ---------------------------------------------------------------------------------------------------------


def give_url(family, adult):
    return reverse("families:own-page-give", args=[family.reference, adult.uuid])


def test_sheet_has_the_address_and_the_code_stands_apart_from_it(cast, adult, as_user):
    client = as_user(cast.coordinator)

    sheet = client.post(give_url(cast.family, adult), {"support": cast.family.supports.get().pk, "how": "printed"})

    shown = sheet.content.decode()
    address = re.search(r"http://testserver(/link/[^<]+)", shown)[1]
    code = re.search(r'first-code" dir="ltr">(\d{6})', shown)[1]
    assert code not in shown.split("</section>")[0]
    browser = Client()
    browser.get(address)
    assert browser.post(OPEN, {"code": code})["Location"] == CODE
    assert code not in client.get(give_url(cast.family, adult)).content.decode()


def test_email_is_no_choice_without_a_safe_address(cast, adult, as_user):
    page = as_user(cast.coordinator).get(give_url(cast.family, adult)).content.decode()

    assert 'value="printed"' in page
    assert 'value="email"' not in page


STATES = {
    "in use": ({}, "In use"),
    "given": ({"code_is_first": True}, "No code of their own"),
    "wrong codes": ({"wrong_codes": 2}, "2 wrong codes"),
    "closed": ({"ended_at": "2026-11-20 12:00Z", "ended_because": "wrong_codes"}, "too many wrong codes"),
    "left": ({"ended_at": "2026-11-20 12:00Z", "ended_because": "renewed"}, "a new link was given"),
    "run out": ({"expires_at": "2026-11-20 12:00Z"}, "Run out"),
}


@pytest.mark.parametrize(("fields", "words"), STATES.values(), ids=STATES)
def test_coordinator_sees_how_a_page_stands(cast, adult, as_user, fields, words):
    factories.own_page(adult, cast.coordinator, **fields)

    page = as_user(cast.coordinator).get(reverse("families:own-pages", args=[cast.family.reference])).content.decode()

    assert words in page


def test_list_of_pages_asks_the_same_number_of_questions_for_one_adult_and_for_many(cast, adult, as_user):
    client, url = as_user(cast.coordinator), reverse("families:own-pages", args=[cast.family.reference])
    counts = []
    for more in (0, 12):
        for number in range(more):
            factories.own_page(factories.member(cast.family, f"Adult {number}", "other_adult"), cast.coordinator)
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_take_back_button_takes_it_back(cast, adult, as_user):
    page = factories.own_page(adult, cast.coordinator)
    path = link_of(page)

    as_user(cast.coordinator).post(reverse("families:own-page-take-back", args=[cast.family.reference, page.pk]))

    assert Client().get(path).status_code == 404
