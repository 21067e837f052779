from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from betterstart.access import actions
from betterstart.access.forms import ServiceForm
from betterstart.access.models import Service, ServiceKind
from betterstart.audit.models import AuditEvent
from tests import factories


@pytest.fixture
def typed(cast) -> dict[str, object]:
    """The form of Home visiting as it stands."""
    form = ServiceForm(instance=cast.home, by=cast.administrator)
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def test_changed_promise_is_saved_and_the_audit_tells_from_what_to_what(cast, administrator, typed):
    response = administrator.post(f"/services/{cast.home.pk}/", {**typed, "contact_every_days": 14})

    assert response["Location"] == "/services/"
    cast.home.refresh_from_db()
    assert cast.home.contact_every_days == 14
    assert AuditEvent.objects.get(verb="service.changed").details == {"contact_every_days": [7, 14]}


def test_form_saved_without_a_change_records_nothing(cast, administrator, typed):
    administrator.post(f"/services/{cast.home.pk}/", typed)

    assert not AuditEvent.objects.filter(verb="service.changed").exists()


def test_new_service_belongs_to_the_organisation_chosen(cast, administrator, typed):
    administrator.post(
        "/services/new/", {**typed, "name": "Doulas", "kind": "worker_led", "organisation": cast.here.pk}
    )

    service = Service.objects.get(name="Doulas")
    assert (service.organisation, service.kind) == (cast.here, ServiceKind.WORKER_LED)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " "}, "required"),
        ({"name": "Stay and play"}, "already a service with this name"),
        ({"name": "x" * 201}, "at most 200"),
        ({"kind": "spaceship"}, "not one of the available"),
        ({"contact_every_days": "-1"}, "greater than or equal to"),
        ({"contact_every_days": "1e309"}, "whole number"),
        ({"contact_every_days": "NaN"}, "whole number"),
        ({"contact_every_days": "9" * 30}, "less than or equal to"),
        ({"age_until_months": "0", "age_from_months": "10"}, "must be older"),
        ({"age_until_months": "10", "age_from_months": "10"}, "must be older"),
        ({"usual_visit_minutes": "350", "longest_visit_minutes": "60"}, "cannot be longer"),
        ({"pregnancy_from_week": "43"}, "less than or equal to"),
    ],
)
def test_impossible_promise_is_refused_next_to_its_field_and_nothing_is_saved(
    cast, administrator, typed, changes, sentence
):
    before = Service.objects.values().get(pk=cast.home.pk)
    page = administrator.post(f"/services/{cast.home.pk}/", {**typed, **changes})

    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert Service.objects.values().get(pk=cast.home.pk) == before


def test_service_cannot_be_moved_to_or_made_in_another_organisation(cast, administrator, typed):
    administrator.post(f"/services/{cast.home.pk}/", {**typed, "organisation": cast.elsewhere.pk})
    page = administrator.post("/services/new/", {**typed, "name": "Theirs", "organisation": cast.elsewhere.pk})

    cast.home.refresh_from_db()
    assert cast.home.organisation == cast.here
    assert "Select a valid choice" in page.content.decode()
    with pytest.raises(PermissionDenied):
        actions.save_service(by=cast.administrator, organisation=cast.elsewhere, name="Theirs")


def test_organisation_gets_a_new_name_that_the_audit_remembers(cast, administrator):
    administrator.post(f"/organisations/{cast.here.pk}/", {"name": "  Bowling   Friends "})

    cast.here.refresh_from_db()
    assert cast.here.name == "Bowling Friends"
    assert AuditEvent.objects.get(verb="organisation.renamed").details["name"] == [
        "Bowling Families",
        "Bowling Friends",
    ]


def test_name_of_another_organisation_is_refused(cast, administrator):
    page = administrator.post(f"/organisations/{cast.here.pk}/", {"name": "Manningham Families"})

    assert "already exists" in page.content.decode()
    assert "Manningham Families" not in page.content.decode().split("<form")[0].split("page-head")[-1]


def test_list_needs_the_same_queries_for_one_service_and_for_thirty(cast, administrator):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            administrator.get("/services/")
        return len(captured)

    one = queries()
    for _number in range(30):
        factories.service(cast.here)

    assert queries() == one <= 12
