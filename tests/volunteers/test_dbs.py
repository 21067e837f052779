"""Criminal record checks: what is refused, what a manager decides, what a look online does."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from tests import factories
from volunteers.actions.dbs import ask_for_dbs, decide_dbs, note_update_service, see_certificate
from volunteers.actions.readiness import EvidenceRefused
from volunteers.models import DbsCheck, DbsReason, Volunteer, VolunteerState

pytestmark = pytest.mark.django_db
TODAY = london_today()
KIND = {"level": "enhanced", "workforce": "child", "children_barred": True, "adults_barred": False}


@pytest.fixture
def check(cast):
    volunteer = factories.volunteer(None, cast.here, name="Nell Newcomer", state=VolunteerState.CHECKING)
    days = {"consented_on": TODAY, "asked_on": TODAY}
    return ask_for_dbs(by=cast.coordinator, volunteer=volunteer, **days, **KIND)


def see(by, check, number="001234567890", issued_on=TODAY, result="clear"):
    return see_certificate(by=by, check=check, certificate_number=number, issued_on=issued_on, result=result)


@pytest.mark.parametrize("number", ["00123456789", "0012345678901", "00123456789O", "٠٠١٢٣٤٥٦٧٨٩٠", "", "1.2e10"])
def test_certificate_number_of_another_shape_is_refused_in_a_sentence(cast, check, number):
    with pytest.raises(EvidenceRefused, match="exactly twelve digits"):
        see(cast.coordinator, check, number)
    check.refresh_from_db()
    assert check.seen_at is None


def test_certificate_number_may_be_typed_with_spaces(cast, check):
    assert see(cast.coordinator, check, "0012 3456-7890").certificate_number == "001234567890"


def test_database_keeps_no_number_of_another_shape(cast, check):
    see(cast.coordinator, check)
    with pytest.raises(IntegrityError), transaction.atomic():
        DbsCheck.objects.update(certificate_number="12")


def test_days_that_have_not_come_are_refused(cast, check):
    tomorrow = TODAY + dt.timedelta(days=1)
    with pytest.raises(EvidenceRefused, match="not come yet"):
        see(cast.coordinator, check, issued_on=tomorrow)
    with pytest.raises(EvidenceRefused, match="not come yet"):
        ask_for_dbs(by=cast.coordinator, volunteer=check.volunteer, consented_on=TODAY, asked_on=tomorrow, **KIND)
    yesterday = TODAY - dt.timedelta(days=1)
    with pytest.raises(EvidenceRefused, match="before they agreed"):
        ask_for_dbs(by=cast.coordinator, volunteer=check.volunteer, consented_on=TODAY, asked_on=yesterday, **KIND)


def test_information_counts_only_once_a_manager_has_decided_with_a_reason(cast, check):
    see(cast.coordinator, check, result="information")
    with pytest.raises(EvidenceRefused, match="Say why"):
        decide_dbs(by=cast.manager, check=check, decision="go_on", words="")
    for person in (cast.coordinator, cast.lead, cast.administrator):
        with pytest.raises(PermissionDenied):
            decide_dbs(by=person, check=check, decision="go_on", words="Fine.")
    assert not DbsCheck.objects.filter(volunteer=check.volunteer).enough(TODAY).exists()

    decide_dbs(by=cast.manager, check=check, decision="go_on", words="Twenty years ago, and told us at once.")

    assert DbsCheck.objects.filter(volunteer=check.volunteer).enough(TODAY).exists()
    said = str(list(AuditEvent.objects.values_list("details", "target_label", "reason")))
    assert "Twenty years" not in said
    assert "001234567890" not in said


def test_why_a_manager_decided_is_read_by_managers_and_leads_only(cast, check):
    see(cast.coordinator, check, result="information")
    decide_dbs(by=cast.manager, check=check, decision="not_go_on", words="Not yet.")
    reads = {}
    for who in ("coordinator", "volunteer", "manager", "lead", "administrator", "other_coordinator"):
        with acting_as(Scope.SCOPED, getattr(cast, who).pk):
            reads[who] = DbsReason.objects.exists()

    assert [who for who, is_read in reads.items() if is_read] == ["manager", "lead"]


def test_manager_decides_nothing_about_themselves(cast):
    mine = factories.volunteer(cast.manager, cast.here)
    DbsCheck.objects.filter(volunteer=mine).update(result="information")
    with pytest.raises(PermissionDenied):
        decide_dbs(by=cast.manager, check=mine.dbs_checks.get(), decision="go_on", words="I am fine.")


def test_certificate_read_again_takes_the_decision_back(cast, check):
    see(cast.coordinator, check, result="information")
    decide_dbs(by=cast.manager, check=check, decision="go_on", words="Fine.")

    assert see(cast.coordinator, check, "009999999999", result="information").is_to_decide


@pytest.mark.parametrize("decision", ["go_on", "not_go_on", ""])
def test_certificate_with_information_does_not_become_clear_by_being_read_again(cast, check, decision):
    """Else a coordinator alone could make ready whom a manager kept from families."""
    see(cast.coordinator, check, result="information")
    if decision:
        decide_dbs(by=cast.manager, check=check, decision=decision, words="Thought about.")
    days = {"consented_on": TODAY - dt.timedelta(days=1), "asked_on": TODAY}
    second = ask_for_dbs(by=cast.coordinator, volunteer=check.volunteer, **days, **KIND)

    for row in (check, second):
        with pytest.raises(EvidenceRefused, match="a manager decides"):
            see(cast.coordinator, row, result="clear")
    check.refresh_from_db()
    assert (check.result, check.decision) == ("information", decision)
    assert see(cast.coordinator, second, "009999999999", result="clear").seen_at  # a new certificate


def test_look_online_that_found_a_change_is_overwritten_by_none_and_an_older_look_is_refused(cast, check):
    see(cast.coordinator, check, issued_on=TODAY - dt.timedelta(days=900))
    look = {"by": cast.coordinator, "check": check, "until": TODAY}
    week_ago = TODAY - dt.timedelta(days=7)
    note_update_service(**look, looked_on=week_ago, result="no_change")
    with pytest.raises(EvidenceRefused, match="before the last look"):
        note_update_service(**look, looked_on=week_ago - dt.timedelta(days=1), result="no_change")
    note_update_service(**look, looked_on=week_ago, result="changed")
    assert note_update_service(**look, looked_on=week_ago, result="changed").status_result == "changed"  # sent twice

    for day in (week_ago, TODAY):
        with pytest.raises(EvidenceRefused, match="new certificate"):
            note_update_service(**look, looked_on=day, result="no_change")
    check.refresh_from_db()
    assert check.status_result == "changed"


def test_look_online_renews_the_check_and_a_half_noted_one_is_refused(cast, check):
    old = TODAY - dt.timedelta(days=1000)
    see(cast.coordinator, check, issued_on=old)
    with pytest.raises(EvidenceRefused, match="Give both"):
        note_update_service(by=cast.coordinator, check=check, until=None, looked_on=TODAY)
    before = old - dt.timedelta(days=1)
    with pytest.raises(EvidenceRefused, match="before the certificate was issued"):
        note_update_service(by=cast.coordinator, check=check, until=None, looked_on=before, result="no_change")

    renewed = note_update_service(by=cast.coordinator, check=check, until=TODAY, looked_on=TODAY, result="no_change")
    assert renewed.look_again_on.year == TODAY.year + 3


def test_pages_keep_what_was_typed_and_show_a_manager_what_waits(cast, as_user, check):
    desk = as_user(cast.coordinator)
    page = reverse("volunteers:dbs-certificate", args=[check.pk])
    typed = KIND | {"certificate_number": "12 34", "issued_on": TODAY.isoformat(), "result": "information"}
    typed = {name: value for name, value in typed.items() if value is not False}
    refused = desk.post(page, typed)
    assert refused.status_code == 422
    assert "exactly twelve digits" in refused.content.decode()
    assert 'value="12 34"' in refused.content.decode()
    assert desk.post(page, typed | {"certificate_number": "001234567890"}).status_code == 302

    office = as_user(cast.manager)
    assert "Nell Newcomer" in office.get(reverse("volunteers:dbs-to-decide")).content.decode()
    decide = reverse("volunteers:dbs-decide", args=[check.pk])
    assert office.post(decide, {"decision": "go_on", "words": ""}).status_code == 422
    assert office.post(decide, {"decision": "go_on", "words": "Long ago."}).status_code == 302
    assert (
        "Long ago."
        not in as_user(cast.coordinator).get(reverse("volunteers:checks", args=[check.volunteer_id])).content.decode()
    )


def test_manager_who_decides_against_somebody_with_a_family_is_led_to_suspending_them(cast, as_user):
    row = cast.volunteer_row.dbs_checks.get()
    DbsCheck.objects.filter(pk=row.pk).update(result="information")

    told = {"decision": "not_go_on", "words": "Not now."}
    response = as_user(cast.manager).post(reverse("volunteers:dbs-decide", args=[row.pk]), told, follow=True)

    assert response.redirect_chain[0][0] == reverse("volunteers:suspend", args=[cast.volunteer_row.pk])
    assert "is with families now: suspend them here" in response.content.decode()


def test_check_that_arrives_can_carry_a_volunteer_on(cast, check):
    factories.reference(check.volunteer, cast.coordinator)
    factories.reference(check.volunteer, cast.coordinator)
    course = factories.course(cast.here, cast.coordinator, "preparation")
    course.run.places.create(volunteer=check.volunteer, created_by=cast.coordinator)
    see(cast.coordinator, check)

    assert Volunteer.objects.get(pk=check.volunteer_id).state == VolunteerState.PREPARING
