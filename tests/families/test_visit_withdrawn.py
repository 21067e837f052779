"""A visit that was entered by mistake: who takes it out, and that it counts nowhere any more."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from betterstart.transitions.models import Transition
from families.actions.visit import log_visit, withdraw_visit
from families.actions.visit_rules import StaleVisit, VisitRefused
from families.models import Support, Visit, VisitState
from families.reports import waiting
from families.reports.visit import next_visit
from tests import factories


def take_out(visit, by, note="This was Berta's visit.", **changes):
    with acting_as(Scope.SCOPED, by.pk):
        return withdraw_visit(by=by, visit=visit, note=note, **changes)


def page_of(visit) -> str:
    return reverse("families:visit-withdraw", args=[visit.uuid])


@pytest.fixture
def visit(cast):
    return factories.visit(cast.family, cast.volunteer, what_happened="We fed the geese.", recorded_by=cast.volunteer)


def test_coordinator_takes_a_visit_out_and_its_page_says_so_and_why(cast, as_user, visit):
    client = as_user(cast.coordinator)
    before = client.get(reverse("families:family", args=[cast.family.reference])).content.decode()
    form = {"uuid": uuid.uuid4(), "version": visit.version, "note": "This was Berta's visit."}

    answer = client.post(page_of(visit), form, follow=True)

    visit.refresh_from_db()
    assert visit.state == VisitState.WITHDRAWN
    assert visit.actual_start
    assert visit.what_happened == "We fed the geese."
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == reverse("families:visit-detail", args=[visit.uuid])
    assert "This visit was entered by mistake" in page
    assert "This was Berta&#x27;s visit." in page
    assert reverse("families:visit-choose-family") in page
    after = client.get(reverse("families:family", args=[cast.family.reference])).content.decode()
    assert ("We fed the geese." in before, "We fed the geese." in after) == (True, False)


def test_timeline_leads_to_each_visit(cast, as_user, visit):
    page = as_user(cast.coordinator).get(reverse("families:family", args=[cast.family.reference])).content.decode()

    assert reverse("families:visit-detail", args=[visit.uuid]) in page


def test_taking_out_is_audited_and_kept_in_the_history(cast, visit):
    take_out(visit, cast.coordinator)

    event = AuditEvent.objects.get(verb="visit.withdrawn")
    assert (event.target_id, event.family_id, event.actor_id) == (visit.pk, cast.family.pk, cast.coordinator.pk)
    assert event.details["from"] == "delivered"
    move = Transition.objects.get(machine="visit", subject_id=visit.pk, to_state="withdrawn")
    assert (move.reason, move.note, move.by) == ("entered_by_mistake", "This was Berta's visit.", cast.coordinator)


def test_last_contact_goes_back_to_the_visit_before(cast, visit):
    earlier = factories.visit(cast.family, cast.volunteer, days_ago=9)

    take_out(visit, cast.coordinator)

    assert Support.objects.get(pk=visit.support_id).last_contact_at == earlier.actual_start


def test_page_without_a_reason_is_refused_beside_the_field(cast, as_user, visit):
    answer = as_user(cast.coordinator).post(
        page_of(visit), {"uuid": uuid.uuid4(), "version": visit.version, "note": "  "}
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors["note"] == ["Write in a few words what went wrong."]
    visit.refresh_from_db()
    assert visit.state == VisitState.DELIVERED


def test_action_without_a_reason_is_refused(cast, visit):
    with pytest.raises(VisitRefused) as refused:
        take_out(visit, cast.coordinator, note=" \n")

    assert "note" in refused.value.error_dict


def test_visit_that_was_changed_meanwhile_is_not_taken_out(cast, visit):
    Visit.objects.filter(pk=visit.pk).update(version=7)

    with pytest.raises(StaleVisit):
        take_out(visit, cast.coordinator, version=1)


@pytest.mark.parametrize("state", ["planned", "moved", "withdrawn"])
def test_visit_in_another_state_offers_no_such_page(cast, as_user, state):
    seen = factories.visit(cast.family, cast.volunteer, state=state)

    answer = as_user(cast.coordinator).get(page_of(seen))

    assert answer.status_code == 302
    assert page_of(seen) not in as_user(cast.coordinator).get(answer.url).content.decode()


def test_volunteer_takes_out_an_unplanned_visit_of_their_own_record_but_no_planned_one(cast, visit):
    own = factories.visit(cast.family, cast.volunteer, planned_start=None, planned_end=None)
    Visit.objects.filter(pk=own.pk).update(recorded_by=cast.volunteer, recorded_at=own.actual_start)

    assert take_out(own, cast.volunteer).state == VisitState.WITHDRAWN
    with pytest.raises(VisitRefused):
        take_out(visit, cast.volunteer)


def test_volunteer_leaves_an_unplanned_visit_somebody_else_recorded(cast):
    theirs = factories.visit(
        cast.family, cast.volunteer, planned_start=None, planned_end=None, recorded_by=cast.coordinator
    )

    with pytest.raises(VisitRefused):
        take_out(theirs, cast.volunteer)


def test_try_at_a_wrong_door_counts_no_more_as_a_closed_door(cast):
    tries = [factories.visit(cast.family, cast.volunteer, days_ago=n, state="not_delivered") for n in (1, 2, 3)]

    def doors():
        with acting_as(Scope.SCOPED, cast.coordinator.pk):
            return waiting.closed_doors(cast.coordinator, london_today(), 10).total

    before = doors()
    for row in tries:
        take_out(row, cast.coordinator)

    assert (before, doors()) == (1, 0)


def test_plan_of_the_next_visit_does_not_follow_one_that_was_taken_out(cast, visit):
    support = cast.family.supports.get()
    assert "day" in next_visit(support, cast.coordinator)

    take_out(visit, cast.coordinator)

    assert "day" not in next_visit(support, cast.coordinator)


def test_today_draws_its_strips_without_the_visit(cast, as_user, visit):
    take_out(visit, cast.coordinator)

    assert as_user(cast.coordinator).get(reverse("families:today")).status_code == 200


def test_form_that_made_the_visit_does_not_say_saved_when_it_is_sent_again(cast, visit):
    support, facts = cast.family.supports.get(), {"worker": cast.coordinator, "duration_minutes": 60}
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        made = log_visit(
            by=cast.coordinator, support=support, uuid=uuid.uuid4(), actual_start=visit.actual_start, **facts
        )
    take_out(made, cast.coordinator)

    with acting_as(Scope.SCOPED, cast.coordinator.pk), pytest.raises(VisitRefused) as refused:
        log_visit(by=cast.coordinator, support=support, uuid=made.uuid, actual_start=visit.actual_start, **facts)

    assert "uuid" in refused.value.error_dict


def test_database_keeps_what_a_withdrawn_visit_was(cast, visit):
    with pytest.raises(IntegrityError, match="visit_not_happened_has_plan"), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(state="withdrawn", actual_start=None)
