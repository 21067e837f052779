from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from betterstart.clock import LONDON, london_today
from families.actions.visit_plan import plan_series, plan_visit
from families.models import Visit, VisitState
from tests import factories
from tests.families.test_visit_plan_action import plan, series


def plan_url(family) -> str:
    return reverse("families:visit-plan", args=[family.reference])


def typed(cast, **changes) -> dict:
    return {
        "uuid": str(uuid.uuid4()),
        "support": cast.family.supports.get().pk,
        "worker": cast.volunteer.pk,
        "day": (london_today() + dt.timedelta(days=3)).isoformat(),
        "time": "10:00",
        "minutes": "90",
        "mode": "home",
        "purpose": "ordinary",
        "repeat": "once",
    } | changes


def test_plan_starts_a_week_after_the_last_visit_with_the_same_person_and_time(cast, as_user):
    last = factories.visit(cast.family, cast.volunteer, days_ago=4)

    form = as_user(cast.coordinator).get(plan_url(cast.family)).context["form"]

    local = last.actual_start.astimezone(LONDON)
    assert form["worker"].value() == cast.volunteer.pk
    assert form["day"].value() == local.date() + dt.timedelta(days=7)
    assert form["time"].value() == local.time()


def test_planned_visit_is_said_and_shown(cast, as_user):
    page = as_user(cast.coordinator).post(plan_url(cast.family), typed(cast), follow=True).content.decode()

    assert Visit.objects.get().state == VisitState.PLANNED
    assert "Planned: Amina" in page
    assert "with Vera Volunteer" in page


@pytest.mark.parametrize("changes", [{"repeat": "weeks", "weeks": "4"}, {"repeat": "until", "weeks": "99"}])
def test_weekly_series_is_planned_with_one_form(cast, as_user, changes):
    if changes["repeat"] == "until":
        changes = changes | {"until": (london_today() + dt.timedelta(days=3, weeks=3)).isoformat()}

    page = as_user(cast.coordinator).post(plan_url(cast.family), typed(cast, **changes), follow=True).content.decode()

    assert Visit.objects.count() == 4
    assert "Planned: 4 visits to Amina" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"repeat": "weeks", "weeks": ""}, "weeks"),
        ({"repeat": "weeks", "weeks": "0"}, "weeks"),
        ({"repeat": "weeks", "weeks": "60"}, "weeks"),
        ({"repeat": "until", "until": ""}, "until"),
        ({"repeat": "until", "until": "2020-01-01"}, "until"),
        ({"day": "2020-01-01"}, "day"),
        ({"repeat": "monthly"}, "repeat"),
    ],
)
def test_impossible_plan_is_refused_beside_its_field(cast, as_user, changes, field):
    answer = as_user(cast.coordinator).post(plan_url(cast.family), typed(cast, **changes))

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Visit.objects.exists()


def test_volunteer_plans_own_visits_only(cast, as_user):
    client = as_user(cast.volunteer)

    assert client.get(plan_url(cast.family)).context["form"]["worker"].is_hidden
    assert client.post(plan_url(cast.family), typed(cast)).status_code == 302
    refused = client.post(plan_url(cast.family), typed(cast, worker=cast.coordinator.pk, time="15:00"))
    assert refused.status_code == 422
    assert Visit.objects.get().worker == cast.volunteer


def test_manager_plans_nothing(cast, as_user):
    assert as_user(cast.manager).get(plan_url(cast.family)).status_code == 403


def test_visit_is_moved_and_its_old_page_leads_to_the_new_time(cast, as_user):
    old = plan_visit(**plan(cast))
    client, url = as_user(cast.coordinator), reverse("families:visit-move", args=[old.uuid])
    assert client.get(url).context["form"]["version"].value() == 1

    client.post(url, typed(cast, version="1"))

    old.refresh_from_db()
    assert old.state == VisitState.MOVED
    page = client.get(reverse("families:visit-detail", args=[old.uuid])).content.decode()
    assert reverse("families:visit-detail", args=[old.moved_to.uuid]) in page


def test_move_of_a_visit_that_was_changed_meanwhile_asks_to_look_again(cast, as_user):
    old = plan_visit(**plan(cast))
    Visit.objects.update(version=2)
    client, url = as_user(cast.coordinator), reverse("families:visit-move", args=[old.uuid])

    answer = client.post(url, typed(cast, version="1"))

    assert answer.status_code == 409
    assert "Somebody changed this visit meanwhile" in answer.content.decode()
    assert answer.context["form"]["version"].value() == "2"
    assert client.post(url, typed(cast, version="2")).status_code == 302


def missed(**changes) -> dict:
    return {"uuid": str(uuid.uuid4()), "version": "1", "reason": "cancelled_by_family", "rebooked": ""} | changes


def test_visit_that_did_not_happen_is_recorded_and_said(cast, as_user):
    planned = factories.visit(cast.family, cast.volunteer, state="planned", days_ago=1)
    url = reverse("families:visit-missed", args=[planned.uuid])

    page = as_user(cast.volunteer).post(url, missed(note="She rang first"), follow=True).content.decode()

    planned.refresh_from_db()
    assert (planned.state, planned.what_happened) == (VisitState.NOT_DELIVERED, "She rang first")
    assert "did not happen (Cancelled by the family)" in page


def test_agreed_new_time_leads_to_planning_it(cast, as_user):
    planned = factories.visit(cast.family, cast.volunteer, state="planned", days_ago=1)

    answer = as_user(cast.coordinator).post(
        reverse("families:visit-missed", args=[planned.uuid]), missed(rebooked="yes")
    )

    assert answer["Location"] == plan_url(cast.family)


def test_missing_reason_is_asked_for(cast, as_user):
    planned = factories.visit(cast.family, cast.volunteer, state="planned", days_ago=1)

    answer = as_user(cast.coordinator).post(
        reverse("families:visit-missed", args=[planned.uuid]), missed(reason="", note="Kept words")
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors["reason"]
    assert "Kept words" in answer.content.decode()


def test_two_taps_on_did_not_happen_are_one_record(cast, as_user):
    planned = factories.visit(cast.family, cast.volunteer, state="planned", days_ago=1)
    client, url = as_user(cast.coordinator), reverse("families:visit-missed", args=[planned.uuid])

    assert [client.post(url, missed()).status_code for _again in range(2)] == [302, 302]
    planned.refresh_from_db()
    assert planned.version == 2


def test_later_visits_of_a_series_are_cancelled_when_asked(cast, as_user):
    visits = plan_series(**series(cast))
    client, url = as_user(cast.coordinator), reverse("families:visit-missed", args=[visits[1].uuid])

    assert "4 later visits" in client.get(url).content.decode()
    page = client.post(url, missed(and_later="on"), follow=True).content.decode()

    assert "4 later visits are cancelled too" in page
    assert list(Visit.objects.planned()) == [visits[0]]


def test_coordinator_takes_it_back_from_the_page_of_the_visit(cast, as_user):
    planned = factories.visit(cast.family, cast.volunteer, state="planned", days_ago=1)
    client = as_user(cast.coordinator)
    client.post(reverse("families:visit-missed", args=[planned.uuid]), missed())
    reopen = reverse("families:visit-reopen", args=[planned.uuid])
    assert reopen in client.get(reverse("families:visit-detail", args=[planned.uuid])).content.decode()

    client.post(reopen)

    planned.refresh_from_db()
    assert planned.state == VisitState.PLANNED
    assert "has moved on" in client.post(reopen, follow=True).content.decode()


def test_try_that_reached_nobody_is_recorded_without_a_plan(cast, as_user):
    client, url = as_user(cast.coordinator), reverse("families:visit-try", args=[cast.family.reference])
    start = (timezone.now() - dt.timedelta(hours=3)).astimezone(LONDON)
    form = typed(cast, worker=cast.coordinator.pk, day=start.date().isoformat(), time=start.strftime("%H:%M"))

    client.post(url, form | {"reason": "family_not_available", "note": "", "rebooked": ""})

    visit = Visit.objects.get()
    assert (visit.state, visit.worker) == (VisitState.NOT_DELIVERED, cast.coordinator)


@pytest.mark.parametrize("name", ["visit-record", "visit-move", "visit-missed"])
def test_form_for_a_visit_that_is_not_planned_any_more_leads_to_its_page(cast, as_user, name):
    done = factories.visit(cast.family, cast.coordinator)

    answer = as_user(cast.coordinator).get(reverse(f"families:{name}", args=[done.uuid]))

    assert answer["Location"] == reverse("families:visit-detail", args=[done.uuid])
