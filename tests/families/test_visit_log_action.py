from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from betterstart.transitions.machine import MoveRefused
from betterstart.transitions.models import Transition
from families.actions.visit import edit_visit, log_visit, mark_not_delivered
from families.actions.visit_rules import StaleVisit, VisitNeedsAnswer, VisitRefused
from families.models import FamilyMember, Support, Visit, VisitState
from tests import factories


def facts(cast, **changes):
    """A visit of an hour by the coordinator, yesterday."""
    return {
        "by": cast.coordinator,
        "support": cast.family.supports.get(),
        "worker": cast.coordinator,
        "actual_start": timezone.now() - dt.timedelta(days=1),
        "duration_minutes": 60,
    } | changes


def codes(refusal: VisitRefused) -> set[tuple[str, str]]:
    return {(field, error.code) for field, errors in refusal.error_dict.items() for error in errors}


def test_visit_nobody_planned_is_kept_as_happened_with_who_was_there(cast):
    child = factories.member(cast.family, "Zayn")
    parent = cast.family.members.get(role="parent")

    visit = log_visit(**facts(cast, present=[parent, child], what_happened="We made bread", purpose="initial"))

    visit.refresh_from_db()
    assert visit.state == VisitState.DELIVERED
    assert visit.recorded_by == cast.coordinator
    assert set(visit.present.all()) == {parent, child}
    assert visit.what_happened == "We made bread"
    event = AuditEvent.objects.get(verb="visit.logged")
    assert (event.target_id, event.target_label, event.family_id) == (visit.pk, cast.family.reference, cast.family.pk)
    assert "bread" not in str(event.details)
    assert Transition.objects.of("visit", visit.pk).get().to_state == "delivered"


def test_planned_visit_that_took_place_keeps_its_plan(cast):
    planned = factories.visit(cast.family, cast.volunteer, state="planned", days_ago=1)

    log_visit(**facts(cast, visit=planned, worker=cast.volunteer, version=1))

    planned.refresh_from_db()
    assert planned.state == VisitState.DELIVERED
    assert planned.planned_start
    assert planned.version == 2
    assert Visit.objects.count() == 1


def test_same_form_sent_twice_gives_one_visit(cast):
    form_id = uuid.uuid4()

    first = log_visit(**facts(cast, uuid=form_id))
    second = log_visit(**facts(cast, uuid=form_id))

    assert first.pk == second.pk
    assert Visit.objects.count() == 1
    assert AuditEvent.objects.filter(verb="visit.logged").count() == 1


def test_form_id_of_a_visit_elsewhere_is_refused_and_changes_nothing(cast):
    other = factories.visit(cast.far_family, cast.other_coordinator)

    with acting_as(Scope.SCOPED, cast.coordinator.pk), pytest.raises(VisitRefused) as refusal:
        log_visit(**facts(cast, uuid=other.uuid))

    assert codes(refusal.value) == {("uuid", "used_before")}
    assert Visit.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"actual_start": dt.timedelta(minutes=5)}, ("actual_start", "future")),
        ({"duration_minutes": 4}, ("duration_minutes", "too_short")),
        ({"duration_minutes": 361}, ("duration_minutes", "too_long")),
        ({"actual_start": -dt.timedelta(weeks=9)}, ("actual_start", "before_support")),
    ],
)
def test_impossible_time_is_refused_at_its_field(cast, changes, expected):
    if "actual_start" in changes:
        changes = {"actual_start": timezone.now() + changes["actual_start"]}

    with pytest.raises(VisitRefused) as refusal:
        log_visit(**facts(cast, **changes))

    assert expected in codes(refusal.value)
    assert not Visit.objects.exists()


def test_everything_wrong_is_said_at_once(cast):
    with pytest.raises(VisitRefused) as refusal:
        log_visit(**facts(cast, actual_start=timezone.now() + dt.timedelta(days=1), duration_minutes=2))

    assert codes(refusal.value) == {("actual_start", "future"), ("duration_minutes", "too_short")}


def test_long_visit_is_asked_about_and_kept_after_a_yes(cast):
    with pytest.raises(VisitNeedsAnswer) as asked:
        log_visit(**facts(cast, duration_minutes=300))
    assert set(asked.value.questions) == {"long"}
    assert "5 hours" in asked.value.questions["long"]

    assert log_visit(**facts(cast, duration_minutes=300, confirmed={"long"})).duration_minutes == 300


def test_two_visits_of_one_worker_at_the_same_time_are_asked_about(cast):
    start = timezone.now() - dt.timedelta(days=1)
    factories.assign(cast.volunteer, cast.other_family)
    factories.visit(cast.other_family, cast.volunteer, actual_start=start, duration_minutes=60)

    with pytest.raises(VisitNeedsAnswer) as asked:
        log_visit(**facts(cast, worker=cast.volunteer, actual_start=start + dt.timedelta(minutes=59)))
    assert "Berta" in asked.value.questions["overlap"]

    assert log_visit(**facts(cast, worker=cast.volunteer, actual_start=start + dt.timedelta(minutes=60)))


@pytest.mark.parametrize("state", ["ended_planned", "ended_unplanned", "declined", "could_not_reach", "transferred"])
def test_visit_on_a_support_that_ended_is_refused(cast, state):
    Support.objects.filter(family=cast.family).update(state=state, ended_on=london_today())

    with pytest.raises(VisitRefused) as refusal:
        log_visit(**facts(cast))

    assert codes(refusal.value) == {("support", "support_ended")}


def test_visit_during_a_pause_is_refused_and_one_before_it_is_kept(cast):
    support = cast.family.supports.get()
    until = london_today() + dt.timedelta(days=7)
    Support.objects.filter(pk=support.pk).update(state="paused", paused_until=until)
    Transition.objects.create(
        machine="support",
        subject_id=support.pk,
        family_id=cast.family.pk,
        from_state="active",
        to_state="paused",
        happened_at=timezone.now() - dt.timedelta(days=2),
    )

    with pytest.raises(VisitRefused) as refusal:
        log_visit(**facts(cast))
    assert codes(refusal.value) == {("actual_start", "support_paused")}

    assert log_visit(**facts(cast, actual_start=timezone.now() - dt.timedelta(days=3)))


def test_first_contact_moves_an_offered_support_to_getting_to_know(cast):
    family = factories.family(cast.home, "Dina", state="offered")

    log_visit(**facts(cast, support=family.supports.get(), mode="phone", purpose="initial"))

    support = family.supports.get()
    assert support.state == "getting_to_know"
    assert Transition.objects.of("support", support.pk).get().reason == "first_contact"


def test_introduction_visit_leaves_the_next_step_to_a_person(cast):
    family = factories.family(cast.home, "Dina", state="waiting")

    log_visit(**facts(cast, support=family.supports.get(), purpose="introduction"))

    assert family.supports.get().state == "waiting"


def test_worker_who_is_not_with_the_family_is_refused(cast):
    with pytest.raises(VisitRefused) as refusal:
        log_visit(**facts(cast, worker=cast.other_volunteer))

    assert codes(refusal.value) == {("worker", "worker_not_with_family")}


def test_worker_who_was_with_the_family_on_that_day_is_accepted(cast):
    factories.assign(cast.other_volunteer, cast.family, ends_on=london_today())

    assert log_visit(**facts(cast, worker=cast.other_volunteer))
    with pytest.raises(VisitRefused):
        log_visit(**facts(cast, worker=cast.other_volunteer, actual_start=timezone.now()))


def test_volunteer_records_own_visit_and_not_that_of_another(cast):
    factories.assign(cast.other_volunteer, cast.family)

    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        assert log_visit(**facts(cast, by=cast.volunteer, worker=cast.volunteer)).worker == cast.volunteer
        with pytest.raises(VisitRefused) as refusal:
            log_visit(**facts(cast, by=cast.volunteer, worker=cast.other_volunteer))
    assert codes(refusal.value) == {("worker", "not_yours")}


def test_old_visit_is_recorded_by_a_coordinator_only(cast):
    long_ago = timezone.now() - dt.timedelta(days=61)
    Support.objects.filter(family=cast.family).update(accepted_on=london_today() - dt.timedelta(days=100))
    cast.match.assignment.starts_on = london_today() - dt.timedelta(days=100)
    cast.match.assignment.save()

    with pytest.raises(VisitRefused) as refusal:
        log_visit(**facts(cast, by=cast.volunteer, worker=cast.volunteer, actual_start=long_ago))
    assert codes(refusal.value) == {("actual_start", "too_old")}

    assert log_visit(**facts(cast, worker=cast.volunteer, actual_start=long_ago))


def test_people_who_could_not_have_been_there_are_refused(cast):
    visit_day = london_today() - dt.timedelta(days=1)
    unborn = factories.member(cast.family, "Little one", "unborn")
    newborn = factories.member(cast.family, "Nour", date_of_birth=london_today())
    gone = factories.member(cast.family, "Grandad", "other_adult", left_on=visit_day)
    stranger = cast.other_family.members.first()

    for person, code in [
        (unborn, "not_born"),
        (newborn, "not_born"),
        (gone, "left_family"),
        (stranger, "not_in_family"),
    ]:
        with pytest.raises(VisitRefused) as refusal:
            log_visit(**facts(cast, present=[person]))
        assert codes(refusal.value) == {("present", code)}
    assert log_visit(**facts(cast, present=[newborn], actual_start=timezone.now()))


def test_child_known_by_month_of_birth_has_the_benefit_of_the_doubt(cast):
    start = timezone.now() - dt.timedelta(days=1)
    child = FamilyMember(family=cast.family, role="child", display_name="Ana", birth_precision="month")
    child.date_of_birth = (london_today() - dt.timedelta(days=1)).replace(day=1)
    child.save()

    assert log_visit(**facts(cast, present=[child], actual_start=start))


def test_second_person_to_change_a_visit_gets_the_stored_one(cast):
    visit = log_visit(**facts(cast))
    change = {key: value for key, value in facts(cast).items() if key != "support"} | {"visit": visit, "version": 1}
    edit_visit(**change | {"what_happened": "First"})

    with pytest.raises(StaleVisit) as stale:
        edit_visit(**change | {"what_happened": "Second"})

    assert stale.value.stored.what_happened == "First"
    visit.refresh_from_db()
    assert (visit.what_happened, visit.version) == ("First", 2)


def test_changing_who_was_there_replaces_the_old_list(cast):
    parent, child = cast.family.members.get(), factories.member(cast.family, "Zayn")
    visit = log_visit(**facts(cast, present=[parent]))
    change = {key: value for key, value in facts(cast).items() if key != "support"}

    edit_visit(**change, visit=visit, version=1, present=[child])

    assert list(visit.present.all()) == [child]


def test_author_may_change_a_visit_for_the_days_the_service_allows(cast):
    visit = log_visit(**facts(cast, by=cast.volunteer, worker=cast.volunteer))
    change = {"by": cast.volunteer, "worker": cast.volunteer, "visit": visit, "duration_minutes": 90}
    change["actual_start"] = visit.actual_start
    assert edit_visit(**change, version=1).duration_minutes == 90
    Visit.objects.update(recorded_at=timezone.now() - dt.timedelta(days=8))

    with pytest.raises(VisitRefused) as refusal:
        edit_visit(**change, version=2)
    assert ("what_happened", "closed_to_you") in codes(refusal.value)

    assert edit_visit(**change | {"by": cast.coordinator}, version=2).version == 3


def test_author_may_not_change_a_visit_once_its_check_in_was_read(cast):
    visit = log_visit(**facts(cast, by=cast.volunteer, worker=cast.volunteer))
    Visit.objects.update(state="seen")

    with pytest.raises(VisitRefused):
        edit_visit(
            by=cast.volunteer,
            visit=visit,
            version=1,
            worker=cast.volunteer,
            actual_start=visit.actual_start,
            duration_minutes=90,
        )


def test_visit_that_did_not_happen_cannot_be_logged_until_taken_back(cast):
    planned = factories.visit(cast.family, cast.volunteer, state="planned", days_ago=1)
    mark_not_delivered(by=cast.coordinator, visit=planned, reason="family_not_available")

    with pytest.raises(MoveRefused):
        log_visit(**facts(cast, visit=planned, worker=cast.volunteer))
