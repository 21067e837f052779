"""Row history: who, in which request, and through which way ever the row was changed."""

from __future__ import annotations

import pghistory
import pytest
from django.apps import apps
from django.db import connection

from betterstart.access.models import Membership, Service, User
from betterstart.audit.models import AuditEvent

UserEvent = apps.get_model("access", "UserEvent")
ServiceEvent = apps.get_model("access", "ServiceEvent")


@pytest.fixture
def changed(cast, as_user):
    """The volunteer changes their name on the page."""
    wish = {"display_name": "Vera Changed", "language": "en-gb", "time_zone": "Europe/London"}
    as_user(cast.volunteer).post("/me/", wish)
    return cast


def test_history_row_carries_the_person_and_the_request_the_audit_carries(changed):
    event = UserEvent.objects.filter(pgh_obj_id=changed.volunteer.pk, pgh_label="update").latest("pgh_id")
    act = AuditEvent.objects.get(verb="account.changed")

    assert event.display_name == "Vera Changed"
    assert event.pgh_context.metadata["user"] == changed.volunteer.pk
    assert event.pgh_context.metadata["request"] == act.request_id != ""


def test_two_requests_have_two_ids(changed, as_user):
    as_user(changed.manager).post(
        "/me/", {"display_name": "Mona Changed", "language": "en-gb", "time_zone": "Europe/London"}
    )

    ids = AuditEvent.objects.filter(verb="account.changed").values_list("request_id", flat=True)
    assert len(set(ids)) == 2


def test_history_sees_bulk_and_raw_changes(cast):
    def rows() -> int:
        return ServiceEvent.objects.filter(pgh_obj_id=cast.home.pk, pgh_label="update").count()

    before = rows()
    Service.objects.filter(pk=cast.home.pk).update(contact_every_days=9)
    assert rows() == before + 1
    cast.home.contact_every_days = 10
    Service.objects.bulk_update([cast.home], ["contact_every_days"])
    assert rows() == before + 2
    with connection.cursor() as cursor:
        cursor.execute("update access_service set contact_every_days = 11 where id = %s", [cast.home.pk])
    assert rows() == before + 3
    assert ServiceEvent.objects.filter(pgh_obj_id=cast.home.pk).latest("pgh_id").contact_every_days == 11


def test_history_sees_rows_made_in_bulk(cast):
    Membership.objects.bulk_create([Membership(user=cast.nobody, role="manager", organisation=cast.here)])

    assert apps.get_model("access", "MembershipEvent").objects.filter(user=cast.nobody, role="manager").count() == 1


def test_history_of_people_holds_no_password(cast):
    assert "password" not in {field.name for field in UserEvent._meta.get_fields()}


def test_reason_given_as_context_is_kept_with_the_row(cast):
    with pghistory.context(reason="A wish of the family"):
        User.objects.filter(pk=cast.manager.pk).update(language="pl")

    event = UserEvent.objects.filter(pgh_obj_id=cast.manager.pk).latest("pgh_id")
    assert event.pgh_context.metadata["reason"] == "A wish of the family"
