"""A family with two organisations: what one was told, the other does not read. What keeps people safe, both do."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.clock import london_today
from families.actions.around import add_agency, answer_flag, tell_flag
from families.actions.leaving import record_grief, record_return
from families.actions.member import MemberRefused, record_birth
from families.actions.personal import keep_nhs_number, note_status, remove_nhs_number, tell_more
from families.models import (
    BreakGlass,
    FamilyMember,
    HouseholdFlag,
    NhsNumber,
    OtherAgency,
    Personal,
    Relationship,
    StatutoryStatus,
)
from families.reports.grief import grief
from tests import factories

TODAY = london_today()
NhsNumberEvent, PersonalEvent = (apps.get_model("families", f"{name}Event") for name in ("NhsNumber", "Personal"))
CLOSE = (HouseholdFlag, OtherAgency, Personal, StatutoryStatus, NhsNumber)


@pytest.fixture
def two(cast):
    """Amina's family is with "Home visiting" here and with "Doula support" of Manningham."""
    factories.support(cast.family, cast.far)
    cast.baby = factories.member(cast.family, "Baby", role="unborn", due_date=TODAY + dt.timedelta(days=20))
    cast.child = factories.member(cast.family, "Yusuf")
    cast.far_opener = factories.user("Flora Farlead", "safeguarding_lead", cast.elsewhere)
    return cast


def write_everything(cast, by, number="9434765919") -> None:
    with acting_as(Scope.SCOPED, by.pk):
        about = {"by": by, "family": cast.family}
        tell_flag(**about, flag="domestic_abuse", source="Health visitor")
        add_agency(**about, role="social_worker", person_name="Tariq")
        version = FamilyMember.objects.get(pk=cast.child.pk).version
        tell_more(**about, member=cast.child, version=version, languages=[], gender="boy", ethnic_group="4")
        note_status(**about, member=cast.child, status="protection", since=TODAY, source="Council")
        keep_nhs_number(**about, member=cast.child, number=number, gateway="Sharing agreement")


def seen_by(person) -> dict[str, int]:
    with acting_as(Scope.SCOPED, person.pk):
        return {model.__name__: model.objects.count() for model in CLOSE}


def test_database_keeps_from_another_organisation_what_one_was_told(two):
    write_everything(two, two.coordinator)

    assert set(seen_by(two.coordinator).values()) == {1}
    assert set(seen_by(two.other_coordinator).values()) == {0}
    with acting_as(Scope.SCOPED, two.other_coordinator.pk):
        assert not PersonalEvent.objects.exists()
        assert not NhsNumberEvent.objects.exists()


def test_each_organisation_keeps_its_own_beside_the_others(two):
    write_everything(two, two.coordinator)
    write_everything(two, two.other_coordinator, number="4010232137")

    assert set(seen_by(two.coordinator).values()) == set(seen_by(two.other_coordinator).values()) == {1}
    assert answer_flag(by=two.coordinator, family=two.family, flag="domestic_abuse", answer="confirmed") == 1
    assert HouseholdFlag.objects.get(organisation=two.elsewhere).answer == ""


def test_form_sent_twice_is_kept_once(two):
    for _twice in range(2):
        add_agency(by=two.coordinator, family=two.family, role="gp", agency="Horton Park")
        note_status(
            by=two.coordinator, family=two.family, member=two.child, status="none", since=TODAY, source="Council"
        )

    assert (OtherAgency.objects.count(), StatutoryStatus.objects.count()) == (1, 1)


def test_pages_of_the_other_organisation_say_nothing_of_it(two, as_user):
    write_everything(two, two.coordinator)
    client = as_user(two.other_coordinator)
    pages = ["", "around/", f"people/{two.child.uuid}/", f"people/{two.child.uuid}/more/"]

    said = " ".join(client.get(two.family.page + page).content.decode() for page in pages)

    assert "Yusuf" in said
    for hidden in ("Domestic abuse", "Tariq", "protection plan", "Kept, hidden", 'value="boy"', "checked>Pakistani"):
        assert hidden not in said
    agency = OtherAgency.objects.get()
    assert client.get(f"{two.family.page}around/agencies/{agency.pk}/edit/").status_code == 404
    assert client.get(f"{two.family.page}people/{two.child.uuid}/nhs-number/remove/").status_code == 404


def test_opened_record_shows_what_its_openers_organisation_was_told_without_the_number(two):
    write_everything(two, two.coordinator)
    for opener in (two.manager, two.far_opener):
        soon = timezone.now() + dt.timedelta(hours=1)
        BreakGlass.objects.create(family=two.family, user=opener, reason="A call", expires_at=soon)

    assert seen_by(two.manager) == dict.fromkeys(seen_by(two.manager), 1) | {"NhsNumber": 0}
    assert set(seen_by(two.far_opener).values()) == {0}


@pytest.mark.parametrize("model", CLOSE)
def test_row_in_another_organisations_name_is_refused_by_the_database(two, model):
    fields = {
        HouseholdFlag: {"flag": "lone_parent", "source": "GP", "told_on": TODAY},
        OtherAgency: {"role": "gp"},
        Personal: {"member": two.child},
        StatutoryStatus: {"member": two.child, "status": "none", "source": "x"},
        NhsNumber: {"member": two.child, "number": "9434765919", "gateway": "Agreement"},
    }[model]
    with (
        acting_as(Scope.SCOPED, two.coordinator.pk),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        model.objects.create(family=two.family, organisation=two.elsewhere, **fields)


def test_both_know_of_silence_and_of_limits_to_contact_and_one_of_what_happened(two, as_user):
    amina = two.family.members.get(display_name="Amina")
    Relationship.objects.create(
        family=two.family, person=amina, relative=two.child, kind="parent", contact_restriction="Contact centre only"
    )
    lose(two, two.coordinator)
    client = as_user(two.other_coordinator)

    with acting_as(Scope.SCOPED, two.other_coordinator.pk):
        assert [need.family for need in grief(two.other_coordinator, TODAY, 10).needs] == [two.family]
    assert "after a death or a loss" in client.get(two.family.page).content.decode()
    assert "Contact centre only" in client.get(f"{two.family.page}people/{two.child.uuid}/").content.decode()
    there = client.get(f"{two.family.page}people/{two.baby.uuid}/").content.decode()
    assert "stillborn" not in there
    assert "stillborn" in as_user(two.coordinator).get(f"{two.family.page}people/{two.baby.uuid}/").content.decode()


def lose(cast, by, outcome="stillbirth") -> None:
    baby = FamilyMember.objects.get(pk=cast.baby.pk)
    with acting_as(Scope.SCOPED, by.pk):
        record_grief(by=by, family=cast.family, member=baby, version=baby.version, outcome=outcome)


def test_birth_after_a_loss_is_refused_whoever_wrote_the_loss_down(two):
    lose(two, two.coordinator)
    baby = FamilyMember.objects.get(pk=two.baby.pk)

    with acting_as(Scope.SCOPED, two.other_coordinator.pk), pytest.raises(MemberRefused, match="A loss is written"):
        record_birth(
            by=two.other_coordinator, family=two.family, member=baby, version=baby.version, date_of_birth=TODAY
        )


def test_birth_after_not_knowing_is_known_to_whoever_did_not_know(two):
    lose(two, two.coordinator, "unknown")
    baby = FamilyMember.objects.get(pk=two.baby.pk)
    with acting_as(Scope.SCOPED, two.other_coordinator.pk):
        record_birth(
            by=two.other_coordinator, family=two.family, member=baby, version=baby.version, date_of_birth=TODAY
        )

    assert set(Personal.objects.values_list("pregnancy_outcome", "grief_noted_at")) == {("live_birth", None)}


def test_grief_is_taken_back_by_those_who_wrote_it_and_kindly_refused_to_others(two, as_user):
    lose(two, two.coordinator)
    page = f"{two.family.page}people/{two.baby.uuid}/back/"

    answer = as_user(two.other_coordinator).post(page, follow=True).content.decode()
    assert "Another organisation wrote this down too" in answer
    assert FamilyMember.objects.get(pk=two.baby.pk).left_on == TODAY

    baby = FamilyMember.objects.get(pk=two.baby.pk)
    with acting_as(Scope.SCOPED, two.coordinator.pk):
        record_return(by=two.coordinator, family=two.family, member=baby, version=baby.version)
    assert FamilyMember.objects.get(pk=two.baby.pk).left_on is None


def test_nhs_number_entered_by_mistake_goes_with_its_history_and_the_others_stay(two, as_user):
    write_everything(two, two.coordinator)
    write_everything(two, two.other_coordinator, number="4010232137")
    client, page = as_user(two.coordinator), f"{two.family.page}people/{two.child.uuid}/nhs-number/"

    assert "Remove the NHS number of Yusuf?" in client.get(f"{page}remove/").content.decode()
    assert client.post(f"{page}remove/", {"version": "2"}).status_code == 409
    assert NhsNumber.objects.count() == 2
    assert client.post(f"{page}remove/", {"version": "1"}).status_code == 302

    assert list(NhsNumber.objects.values_list("number", flat=True)) == ["4010232137"]
    assert NhsNumberEvent.objects.count() == 2
    assert "number" not in {field.name for field in NhsNumberEvent._meta.fields}
    assert client.get(f"{page}remove/").status_code == 404


def test_number_that_is_gone_already_is_said_and_not_an_error(two, as_user):
    write_everything(two, two.coordinator)
    with acting_as(Scope.SCOPED, two.coordinator.pk):
        remove_nhs_number(by=two.coordinator, family=two.family, member=two.child, version=1)

    answer = as_user(two.coordinator).post(
        f"{two.family.page}people/{two.child.uuid}/nhs-number/remove/", {"version": "1"}
    )

    assert answer.status_code == 422
    assert "There is no number any more" in answer.content.decode()
