from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from families.actions.around import AroundRefused, add_agency, answer_flag, tell_flag
from families.models import HouseholdFlag, OtherAgency
from tests import factories

TODAY = london_today()


def tell(cast, flag="domestic_abuse", **fields) -> HouseholdFlag:
    return tell_flag(
        **{"by": cast.coordinator, "family": cast.family, "flag": flag, "source": "Health visitor"} | fields
    )


def test_flag_is_the_referrers_word_until_the_family_answers(cast, as_user):
    tell(cast)
    client, page = as_user(cast.coordinator), f"{cast.family.page}around/"

    assert "Told by a referrer, not asked yet" in client.get(cast.family.page).content.decode()
    assert "Told by Health visitor" in client.get(page).content.decode()

    client.post(f"{page}told/domestic_abuse/", {"answer": "corrected"})

    row = HouseholdFlag.objects.get()
    assert (row.answer, row.answered_on) == ("corrected", TODAY)
    assert "Not so, says the family" in client.get(page).content.decode()
    assert "not asked yet" not in client.get(cast.family.page).content.decode()


def test_flag_told_again_the_same_day_is_there_once_and_by_somebody_else_twice(cast):
    tell(cast)
    tell(cast)
    tell(cast, source="GP")

    assert HouseholdFlag.objects.count() == 2
    assert AuditEvent.objects.filter(verb="flag.told").count() == 2
    assert answer_flag(by=cast.coordinator, family=cast.family, flag="domestic_abuse", answer="confirmed") == 2
    assert answer_flag(by=cast.coordinator, family=cast.family, flag="domestic_abuse", answer="confirmed") == 0
    assert answer_flag(by=cast.coordinator, family=cast.family, flag="domestic_abuse", answer="") == 2


@pytest.mark.parametrize("fields", [{"told_on": TODAY + dt.timedelta(days=1)}, {"source": " "}])
def test_flag_that_cannot_be_is_refused(cast, fields):
    with pytest.raises(AroundRefused):
        tell(cast, **fields)

    assert not HouseholdFlag.objects.exists()


@pytest.mark.parametrize("sent", [("nonsense", "confirmed"), ("mental_health", "perhaps")])
def test_answer_of_another_shape_does_not_exist(cast, as_user, sent):
    page = f"{cast.family.page}around/told/{sent[0]}/"

    assert as_user(cast.coordinator).post(page, {"answer": sent[1]}).status_code == 404


@pytest.mark.parametrize("model", [HouseholdFlag, OtherAgency])
@pytest.mark.parametrize("who", ["coordinator", "other_coordinator", "volunteer", "manager", "lead", "nobody"])
def test_only_those_who_answer_for_the_record_read_what_is_around(cast, who, model):
    tell(cast)
    add_agency(by=cast.coordinator, family=cast.family, role="gp")
    person = getattr(cast, who)
    expected = set(model.objects.visible_to(person))

    with acting_as(Scope.SCOPED, person.pk):
        assert set(model.objects.all()) == expected
    assert bool(expected) == (who == "coordinator")


def test_volunteer_finds_no_page_of_what_is_around_and_no_word_of_it(cast, as_user):
    tell(cast)
    client = as_user(cast.volunteer)

    assert client.get(f"{cast.family.page}around/").status_code == 404
    page = client.get(cast.family.page).content.decode()
    assert "Domestic abuse" not in page
    assert "Around this family" not in page


def test_agency_is_not_contacted_before_the_family_was_asked(cast, as_user):
    client, page = as_user(cast.coordinator), f"{cast.family.page}around/"
    typed = {"role": "gp", "agency": "Horton Park", "contact": "01274 000000", "may_contact": "not_asked"}

    client.post(f"{page}agencies/new/", typed)
    assert "01274 000000" not in client.get(page).content.decode()

    row = OtherAgency.objects.get()
    change = f"{page}agencies/{row.pk}/edit/"
    assert client.post(change, typed | {"may_contact": "yes", "version": "1"}).status_code == 302
    row.refresh_from_db()
    assert (row.may_contact, row.asked_on) == ("yes", TODAY)
    assert "01274 000000" in client.get(page).content.decode()
    assert client.post(change, typed | {"may_contact": "no", "version": "1"}).status_code == 409


@pytest.mark.parametrize("fields", [{"asked_on": TODAY + dt.timedelta(days=1)}, {"ended_on": dt.date(2099, 1, 1)}])
def test_agency_on_a_day_to_come_is_refused(cast, fields):
    with pytest.raises(AroundRefused):
        add_agency(by=cast.coordinator, family=cast.family, role="gp", may_contact="yes", **fields)


def test_person_of_another_family_is_no_choice_for_an_agency(cast, as_user):
    typed = {"role": "gp", "may_contact": "not_asked", "member": cast.other_family.members.get().pk}

    assert as_user(cast.coordinator).post(f"{cast.family.page}around/agencies/new/", typed).status_code == 422


def test_pages_ask_as_much_for_thirty_agencies_and_flags_as_for_one(cast, as_user):
    client = as_user(cast.coordinator)

    def ask() -> list[int]:
        counts = []
        for page in (f"{cast.family.page}around/", cast.family.page):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(page).status_code == 200
            counts.append(len(asked))
        return counts

    def add(number: int) -> None:
        member = factories.member(cast.family, f"Child {number}")
        add_agency(by=cast.coordinator, family=cast.family, role="nursery", member=member)
        tell(cast, source=f"Source {number}")

    add(0)
    few = ask()
    for number in range(1, 30):
        add(number)

    assert ask() == few
