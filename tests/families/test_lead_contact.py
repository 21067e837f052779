"""Being named to other services, and the one person to whom a family with several services tells its story."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from betterstart.transitions.machine import MoveRefused
from betterstart.transitions.models import Transition
from families.actions.contact import edit_contact
from families.actions.lead_contact import (
    LeadRefused,
    accept_lead,
    ask_lead,
    choose_lead,
    decline_lead,
    end_lead,
    withdraw_lead,
)
from families.actions.naming import note_naming
from families.actions.support import SupportRefused
from families.models import ContactChange, ContactMethod, LeadContact, LeadState, Support
from families.models.lead_contact import LEAD_MACHINE
from families.reports.family_page import family_page
from families.reports.together import lead_asked
from tests import factories
from tests.families.test_family_page import text

YES = {"may_be_named": "yes", "named_asked_on": london_today()}


@pytest.fixture
def both(cast) -> SimpleNamespace:
    """Amina's family is with a service of each organisation, and says that each may know of the other."""
    cast.home_support = cast.family.supports.get()
    cast.far_support = factories.support(cast.family, cast.far)
    Support.objects.update(**YES)
    return cast


def as_person(person):
    return acting_as(Scope.SCOPED, person.pk)


def name(both, by, support, word, **fields) -> None:
    with as_person(by):
        row = Support.objects.get(pk=support.pk)
        fields = {"named_asked_on": london_today()} | fields
        note_naming(by=by, support=row, version=row.version, may_be_named=word, **fields)


def ask(both) -> LeadContact:
    with as_person(both.coordinator):
        return ask_lead(by=both.coordinator, support=both.home_support, of=both.far_support.pk)


def choose(both, who="coordinator", support="home_support") -> LeadContact:
    person = getattr(both, who)
    with as_person(person):
        return choose_lead(by=person, support=getattr(both, support), person=person)


def page(both, who):
    person = getattr(both, who)
    with as_person(person):
        return family_page(person, both.family.reference)


@pytest.mark.parametrize("word", ["no", "not_asked"])
def test_service_is_named_beside_only_with_the_familys_yes_and_gone_with_its_no(both, word):
    assert [each["service"] for each in page(both, "coordinator").beside] == ["Doula support"]
    assert [each["organisation"] for each in page(both, "volunteer").beside] == ["Manningham Families"]
    assert [each["service"] for each in page(both, "other_coordinator").beside] == ["Home visiting"]

    name(both, both.other_coordinator, both.far_support, word)

    assert page(both, "coordinator").beside == page(both, "volunteer").beside == []
    assert [each["service"] for each in page(both, "other_coordinator").beside] == ["Home visiting"]


def test_support_that_is_over_is_not_named(both):
    Support.objects.filter(pk=both.far_support.pk).update(state="ended_unplanned", ended_on=london_today())

    assert page(both, "coordinator").beside == []


@pytest.mark.parametrize("who", ["other_volunteer", "manager", "lead", "administrator", "nobody"])
def test_database_names_nobody_to_people_who_do_not_see_the_family(both, who):
    from django.db import connection

    with as_person(getattr(both, who)), connection.cursor() as cursor:
        cursor.execute("select families_named_beside(%s)", [both.family.pk])
        assert cursor.fetchone() == ("[]",)


def test_answer_is_kept_with_who_asked_and_when(both, as_user):
    Support.objects.update(may_be_named="not_asked", named_asked_on=None)
    url = f"/families/{both.family.reference}/supports/{both.home_support.pk}/named/"
    day = london_today() - dt.timedelta(days=3)
    client = as_user(both.coordinator)

    client.post(url, {"may_be_named": "yes", "named_asked_on": day.isoformat(), "version": 1})

    row = Support.objects.get(pk=both.home_support.pk)
    assert (row.may_be_named, row.named_asked_on, row.named_asked_by) == ("yes", day, both.coordinator)
    assert AuditEvent.objects.filter(verb="support.changed").exists()
    assert "Carys Coordinator asked last" in text(client.get(url))


@pytest.mark.parametrize("typed", [{"may_be_named": ""}, {"may_be_named": "perhaps"}, {"named_asked_on": "2099-01-01"}])
def test_answer_that_cannot_be_is_refused(both, as_user, typed):
    url = f"/families/{both.family.reference}/supports/{both.home_support.pk}/named/"
    sent = {"may_be_named": "no", "named_asked_on": "2026-01-01", "version": 1} | typed

    assert as_user(both.coordinator).post(url, sent).status_code == 422
    assert Support.objects.get(pk=both.home_support.pk).may_be_named == "yes"


def test_other_organisation_cannot_answer_for_this_service(both):
    with pytest.raises(SupportRefused, match="do not coordinate"):
        note_naming(by=both.other_coordinator, support=both.home_support, version=1, may_be_named="no",
                    named_asked_on=None)  # fmt: skip


def test_chosen_lead_contact_is_told_to_everybody_who_may_know(both):
    choose(both)

    for who in ("coordinator", "volunteer", "other_coordinator"):
        lead = page(both, who).lead
        assert (lead["name"], lead["service"]) == ("Carys Coordinator", "Home visiting")


def test_colleague_of_the_same_service_can_be_chosen_and_takes_the_place(both):
    colleague = factories.user("Cora Colleague", "coordinator", both.home)
    choose(both)
    with as_person(both.coordinator):
        choose_lead(by=both.coordinator, support=both.home_support, person=colleague)

    assert page(both, "other_coordinator").lead["name"] == "Cora Colleague"
    assert LeadContact.objects.filter(state="accepted").count() == 1


@pytest.mark.parametrize("who", ["volunteer", "other_coordinator", "manager"])
def test_only_a_coordinator_of_the_service_can_be_chosen(both, who):
    with as_person(both.coordinator), pytest.raises(LeadRefused, match="coordinates this service"):
        choose_lead(by=both.coordinator, support=both.home_support, person=getattr(both, who))


def test_lead_contact_without_the_familys_yes_is_refused(both):
    for word, sentence in (("no", "other services may not know"), ("not_asked", "Ask the family first")):
        name(both, both.coordinator, both.home_support, word)
        for act in (choose, ask):
            with pytest.raises(LeadRefused, match=sentence):
                act(both)


def test_service_that_is_not_named_cannot_be_asked(both):
    name(both, both.other_coordinator, both.far_support, "no")

    with pytest.raises(LeadRefused, match="not with the family any more"):
        ask(both)


def test_asked_service_says_yes_and_is_it_for_everybody(both):
    choose(both)
    lead = ask(both)
    assert page(both, "coordinator").lead["name"] == "Carys Coordinator"
    with as_person(both.other_coordinator):
        found = lead_asked(both.other_coordinator, london_today(), 5)
        assert (found.total, found.needs[0].url) == (1, f"/families/{both.family.reference}/lead/")
        accept_lead(by=both.other_coordinator, lead=LeadContact.objects.get(pk=lead.pk))

    for who in ("coordinator", "volunteer", "other_coordinator"):
        assert page(both, who).lead["name"] == "Odile Othercoordinator"
    assert list(LeadContact.objects.values_list("state", flat=True)) == ["accepted", "over"]


def test_asked_service_that_chooses_a_colleague_has_answered(both):
    ask(both)
    choose(both, "other_coordinator", "far_support")

    assert list(LeadContact.objects.values_list("state", flat=True)) == ["accepted", "withdrawn"]
    assert not page(both, "coordinator").lead_asked


def test_asked_service_says_no_and_nothing_changes(both):
    choose(both)
    lead = ask(both)
    with as_person(both.other_coordinator):
        decline_lead(by=both.other_coordinator, lead=LeadContact.objects.get(pk=lead.pk))

    assert page(both, "coordinator").lead["name"] == "Carys Coordinator"
    assert not page(both, "coordinator").lead_asked


def test_nobody_takes_over_from_another_organisation(both):
    choose(both, "other_coordinator", "far_support")

    for act in (choose, ask):
        with pytest.raises(LeadRefused, match="Doula support has the lead contact"):
            act(both)


def test_two_who_say_yes_at_once_the_second_is_told_and_the_first_stays(both):
    colleague = factories.user("Odette Other", "coordinator", both.far)
    lead = ask(both)
    with as_person(both.other_coordinator):
        accept_lead(by=both.other_coordinator, lead=LeadContact.objects.get(pk=lead.pk))
    with as_person(colleague), pytest.raises(MoveRefused):
        accept_lead(by=colleague, lead=lead)

    assert page(both, "coordinator").lead["name"] == "Odile Othercoordinator"


def test_what_was_asked_can_be_taken_back_by_who_asked(both):
    lead = ask(both)
    with as_person(both.coordinator):
        withdraw_lead(by=both.coordinator, lead=LeadContact.objects.get(pk=lead.pk))

    assert LeadContact.objects.get().state == "withdrawn"
    assert ask(both).state == "asked"


def test_second_service_cannot_be_asked_before_the_first_answered(both):
    ask(both)

    with pytest.raises(LeadRefused, match="asked already"):
        ask(both)


@pytest.mark.parametrize(
    ("act", "who"),
    [
        (accept_lead, "coordinator"),
        (decline_lead, "coordinator"),
        (withdraw_lead, "other_coordinator"),
        (accept_lead, "volunteer"),
        (end_lead, "coordinator"),
    ],
)
def test_answer_of_somebody_else_is_refused(both, act, who):
    lead = ask(both)
    person = getattr(both, who)

    with as_person(person), pytest.raises(LeadRefused):
        act(by=person, lead=lead)
    assert LeadContact.objects.get().state == "asked"


def test_no_to_being_named_ends_the_lead_contact_and_takes_back_what_was_asked(both):
    choose(both, "other_coordinator", "far_support")
    number = factories.contact(both.family.members.get())
    with as_person(both.other_coordinator):
        edit_contact(by=both.other_coordinator, contact=number, version=1, value="07700 900222")
    assert ContactChange.objects.get().changed_by_service == both.far

    name(both, both.other_coordinator, both.far_support, "no")

    assert page(both, "coordinator").lead is None
    assert LeadContact.objects.get().state == "over"
    assert ContactChange.objects.get().changed_by_service is None
    assert ContactMethod.objects.get().value == "07700 900222"


def test_no_of_the_service_that_asked_takes_the_question_back(both):
    ask(both)
    name(both, both.coordinator, both.home_support, "no")

    with as_person(both.other_coordinator):
        assert lead_asked(both.other_coordinator, london_today(), 5).total == 0
    assert LeadContact.objects.get().state == "withdrawn"


def test_lead_contact_of_a_support_that_is_over_is_nobody_and_in_nobodys_way(both):
    choose(both, "other_coordinator", "far_support")
    Support.objects.filter(pk=both.far_support.pk).update(state="ended_unplanned", ended_on=london_today())

    assert page(both, "coordinator").lead is None
    choose(both)
    assert page(both, "coordinator").lead["name"] == "Carys Coordinator"


def test_database_tells_of_a_lead_contact_only_in_its_service_and_where_it_was_asked(both):
    lead = ask(both)
    seen = {"coordinator": 1, "volunteer": 1, "other_coordinator": 1, "other_volunteer": 0, "manager": 0, "lead": 0}
    for who, count in seen.items():
        person = getattr(both, who)
        with as_person(person):
            assert (LeadContact.objects.count(), LeadContact.objects.visible_to(person).count()) == (count, count)
    with as_person(both.coordinator):
        assert not Transition.objects.filter(machine="lead").exists()
        assert not LeadContact.pgh_event_model.objects.exists()
    name(both, both.other_coordinator, both.far_support, "no")
    with as_person(both.coordinator):
        assert not LeadContact.objects.filter(pk=lead.pk).exists()
    with as_person(both.other_coordinator):
        assert Transition.objects.filter(machine="lead").count() == 2


@pytest.mark.parametrize("source", LeadState.values)
@pytest.mark.parametrize("to", LeadState.values)
def test_lead_contact_makes_only_the_moves_of_the_table(both, source, to):
    person = both.other_coordinator
    lead = LeadContact.objects.create(family=both.family, support=both.far_support, person=person, state=source)
    allowed = {("asked", "accepted"), ("asked", "declined"), ("asked", "withdrawn"), ("accepted", "over")}

    if (source, to) in allowed:
        LEAD_MACHINE.move(lead, to=to, by=person)
        assert LeadContact.objects.get().state == to
    else:
        with pytest.raises(MoveRefused):
            LEAD_MACHINE.move(lead, to=to, by=person)
        assert LeadContact.objects.get().state == source
        assert not Transition.objects.filter(machine="lead").exists()


@pytest.mark.parametrize("change", [{"may_be_named": "no"}, {"state": "ended_unplanned", "ended_on": london_today()}])
def test_yes_needs_an_open_support_that_may_be_named(both, change):
    lead = ask(both)
    Support.objects.filter(pk=both.far_support.pk).update(**change)

    with as_person(both.other_coordinator), pytest.raises(MoveRefused):
        accept_lead(by=both.other_coordinator, lead=lead)


def test_page_leads_through_asking_answering_and_ending(both, as_user):
    url = f"/families/{both.family.reference}/lead/"
    client = as_user(both.coordinator)
    assert "Ask Doula support (Manningham Families)" in text(client.get(url))
    assert client.post(url, {"who": f"ask-{both.far_support.pk}"}).status_code == 302
    assert "Doula support was asked" in text(client.get(url))
    lead = LeadContact.objects.get()

    client = as_user(both.other_coordinator)
    assert "Home visiting asked on" in text(client.get(url))
    assert client.post(f"{url}{lead.pk}/maybe/").status_code == 404
    client.post(f"{url}{lead.pk}/yes/")
    assert "Odile Othercoordinator" in text(client.get(f"/families/{both.family.reference}/"))
    assert "answered or taken back" in text(client.post(f"{url}{lead.pk}/no/", follow=True))
    client.post(f"{url}{lead.pk}/end/")
    assert LeadContact.objects.get().state == "over"


@pytest.mark.parametrize("who", ["", "ask-1", "0-0", "ask-", "everybody"])
def test_choice_that_is_none_is_refused(both, as_user, who):
    answer = as_user(both.coordinator).post(f"/families/{both.family.reference}/lead/", {"who": who})

    assert answer.status_code == 422
    assert not LeadContact.objects.exists()
