"""Readiness: each step with its reason, and the same answer in SQL for everybody at once."""

from __future__ import annotations

import datetime as dt
import random

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.clock import london_today
from betterstart.transitions.machine import MoveRefused
from tests import factories
from volunteers.actions.breaks import agree_break
from volunteers.actions.readiness import settle
from volunteers.models import (
    VOLUNTEER_MACHINE,
    AgreementSigned,
    AgreementWording,
    Attendance,
    CourseSession,
    DbsCheck,
    Reference,
    Volunteer,
    VolunteerState,
    readiness,
    readiness_of,
)
from volunteers.models.agreement import NEEDED_AGREEMENTS
from volunteers.models.evidence import months_after
from volunteers.models.readiness import Is

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 25)


@pytest.fixture
def newcomer(cast):
    """Somebody who has been interviewed, without any evidence yet."""
    return factories.volunteer(None, cast.here, name="Nell Newcomer", state=VolunteerState.CHECKING)


def step(volunteer: Volunteer, key: str, on: dt.date | None = None):
    return next(each for each in readiness(volunteer, on) if each.key == key)


def test_ready_volunteer_has_every_step_done_and_is_among_the_ready(cast):
    assert {each.state for each in readiness(cast.volunteer_row)} == {Is.DONE}
    assert cast.volunteer_row in Volunteer.objects.ready()


def test_newcomer_is_told_what_is_missing_in_sentences(newcomer):
    assert {each.key: each.reason for each in readiness(newcomer)} == {
        "interview": "They are past this step.",
        "references": "Two references still to be asked for.",
        "dbs": "Not asked for yet.",
        "preparation": "No session attended yet.",
        "safeguarding": "No session attended yet.",
        "agreements": "To be signed: Role description, Code of conduct, Confidentiality, Privacy notice.",
    }


def test_references_that_wait_say_since_when_and_those_that_came_ask_to_be_judged(cast, newcomer):
    factories.reference(newcomer, cast.coordinator, days_ago=12)
    assert step(newcomer, "references").reason == (
        "Waiting for one reference; asked 12 days ago; one reference still to be asked for."
    )

    factories.reference(newcomer, cast.coordinator, answered_at=timezone.now(), answered_by="link")
    assert "one has come: say whether it is satisfactory" in step(newcomer, "references").reason


def test_one_not_satisfactory_among_three_is_said_and_two_good_ones_are_enough(cast, newcomer):
    for judgement in ("satisfactory", "not_satisfactory", "satisfactory"):
        factories.reference(newcomer, cast.coordinator, judgement=judgement)

    assert step(newcomer, "references").is_done
    assert step(newcomer, "references").reason == "Two are satisfactory; one was not satisfactory."


@pytest.mark.parametrize(
    ("fields", "state", "reason"),
    [
        ({}, Is.DONE, "Seen, with nothing on it"),
        ({"level": "standard"}, Is.WAITING, "not an enhanced check"),
        ({"workforce": "adult"}, Is.WAITING, "not an enhanced check"),
        ({"children_barred": False}, Is.WAITING, "not an enhanced check"),
        ({"result": "information"}, Is.WAITING, "a manager decides"),
        ({"days_ago": 3 * 366}, Is.LAPSED, "ran out on"),
    ],
)
def test_check_counts_only_where_it_is_right_decided_and_in_date(cast, newcomer, fields, state, reason):
    factories.dbs(newcomer, cast.coordinator, **fields)

    assert step(newcomer, "dbs").state == state
    assert reason in step(newcomer, "dbs").reason


def test_newest_certificate_counts_also_where_an_older_one_was_better(cast, newcomer):
    factories.dbs(newcomer, cast.coordinator, days_ago=200)
    factories.dbs(newcomer, cast.coordinator, days_ago=10, result="information")

    assert step(newcomer, "dbs").state == Is.WAITING


def test_look_online_that_found_a_change_ends_the_check_and_one_that_did_not_renews_it(cast, newcomer):
    check = factories.dbs(newcomer, cast.coordinator, days_ago=1000)
    today, by = london_today(), {"status_checked_by": cast.coordinator}
    check = DbsCheck(**{f.attname: getattr(check, f.attname) for f in check._meta.concrete_fields})
    for result, state in (("no_change", Is.DONE), ("changed", Is.LAPSED)):
        DbsCheck.objects.filter(pk=check.pk).update(status_result=result, status_checked_on=today, **by)
        assert step(newcomer, "dbs").state == state
    assert check.look_again_on == months_after(check.issued_on, 36)


def test_training_is_complete_by_different_sessions_and_runs_out_where_it_must_be_renewed(cast, newcomer):
    session = factories.course(cast.here, cast.coordinator, "safeguarding", days_ago=100)
    Attendance.objects.create(session=session, volunteer=newcomer, noted_by=cast.coordinator)

    assert step(newcomer, "safeguarding").is_done
    until = months_after(session.day, 36)
    assert step(newcomer, "safeguarding").runs_out_on == until
    assert step(newcomer, "safeguarding", until - dt.timedelta(days=1)).is_done
    assert step(newcomer, "safeguarding", until).state == Is.LAPSED

    session.run.course.sessions_needed = 2
    session.run.course.save()
    again = CourseSession.objects.create(run=session.run, number=2, day=session.day)
    assert step(newcomer, "safeguarding").reason == "1 of 2 sessions attended."
    Attendance.objects.create(session=again, volunteer=newcomer, noted_by=cast.coordinator)
    assert step(newcomer, "safeguarding").is_done


def test_new_words_that_must_be_signed_again_make_the_old_ones_not_enough_from_their_day(cast):
    day = london_today() + dt.timedelta(days=20)
    AgreementWording.objects.create(
        organisation=cast.here, kind="conduct", version=2, words="New.", sign_again_from=day
    )

    before, after = (step(cast.volunteer_row, "agreements", each) for each in (day - dt.timedelta(days=1), day))
    assert (before.state, before.runs_out_on) == (Is.DONE, day)
    assert after.state == Is.LAPSED
    assert "Code of conduct" in after.reason
    assert cast.volunteer_row in Volunteer.objects.ready(day - dt.timedelta(days=1))
    assert cast.volunteer_row not in Volunteer.objects.ready(day)


def test_lapsed_check_takes_a_volunteer_out_of_what_is_offered_and_changes_no_state(cast):
    DbsCheck.objects.filter(volunteer=cast.volunteer_row).update(issued_on=dt.date(2020, 1, 1))

    assert cast.volunteer_row not in Volunteer.objects.available_to(cast.home)
    assert cast.other_volunteer_row in Volunteer.objects.available_to(cast.home)
    cast.volunteer_row.refresh_from_db()
    assert cast.volunteer_row.state == VolunteerState.READY


def test_break_keeps_somebody_away_on_its_days_alone_wherever_it_is_asked(cast):
    starts_on, back_on = TODAY + dt.timedelta(days=10), TODAY + dt.timedelta(days=40)
    agree_break(by=cast.coordinator, volunteer=cast.volunteer_row, starts_on=starts_on, back_on=back_on)
    day = dt.timedelta(days=1)
    here = Volunteer.objects.filter(pk=cast.volunteer_row.pk)

    for on, is_ready in ((starts_on - day, True), (starts_on, False), (back_on - day, False), (back_on, True)):
        assert here.ready(on).exists() == is_ready, on
        assert bool(here.ready_ids(on)) == is_ready, on


def test_evidence_carries_a_volunteer_on_as_far_as_it_reaches_and_no_further(cast, newcomer):
    assert settle(volunteer=newcomer, by=cast.coordinator) == []
    with pytest.raises(MoveRefused, match="Two references are asked for first"):
        VOLUNTEER_MACHINE.move(newcomer, to=VolunteerState.PREPARING, by=cast.coordinator)

    factories.evidence(newcomer, cast.coordinator)
    assert settle(volunteer=newcomer, by=cast.coordinator) == ["preparing"]
    with pytest.raises(MoveRefused, match="no account yet"):
        VOLUNTEER_MACHINE.move(newcomer, to=VolunteerState.READY, by=cast.coordinator)

    Volunteer.objects.filter(pk=newcomer.pk).update(user=cast.nobody)
    assert settle(volunteer=newcomer, by=None) == ["ready"]
    assert newcomer.state == VolunteerState.READY


def random_evidence(rng: random.Random, by, organisation, volunteers: list[Volunteer]) -> None:
    """Rows of every kind around their edges: enough and too little, in date and just over, right and wrong."""
    now, asked = timezone.now(), {"asked_at": timezone.now(), "asked_by": by, "created_by": by}
    came = {"answered_at": now, "answered_by": "link", "judged_at": now, "judged_by": by}
    edge = [0, 1, 1094, 1095, 1096, 1097, 1460, 1461]
    sessions = {
        kind: [factories.course(organisation, by, kind, days_ago=days) for days in edge]
        for kind in ("preparation", "safeguarding")
    }
    for kind, rows in sessions.items():
        for number, session in enumerate(rows):
            CourseSession.objects.filter(pk=session.pk).update(number=number % 3 + 1)
        rows[0].run.course.sessions_needed = 2
        rows[0].run.course.renew_years = {"preparation": rng.choice([None, 4]), "safeguarding": 3}[kind]
        rows[0].run.course.save()
    words = [
        AgreementWording(organisation=organisation, kind=kind, version=version, words="Words.", sign_again_from=day)
        for kind in NEEDED_AGREEMENTS
        for version, day in ((1, None), (2, rng.choice([None, TODAY, TODAY + dt.timedelta(days=1)])), (3, None))
    ]
    AgreementSigned.objects.all().delete()
    AgreementWording.objects.all().delete()
    AgreementWording.objects.bulk_create(words)
    references, checks, attended, signed = [], [], {}, []
    for row in volunteers:
        often = rng.random() < 0.7  # most have nearly everything, so that some are ready
        for number in range(rng.choice([2, 2, 3]) if often else rng.randint(0, 2)):
            judged = rng.choice(["satisfactory"] * 9 + ["", "not_satisfactory"])
            facts = asked | (came if judged else {})
            references.append(
                Reference(volunteer=row, name="R", relation="E", email=f"{number}@e.org", judgement=judged, **facts)
            )
        for _each in range(rng.choice([1, 1, 2]) if often else rng.randint(0, 2)):
            issued = TODAY - dt.timedelta(days=rng.choice(edge))
            result = rng.choice(["clear"] * 6 + ["information"])
            fields = {"level": rng.choice(["enhanced"] * 8 + ["basic"]), "issued_on": issued, "result": result}
            fields |= {"certificate_number": "001234567890", "seen_at": now, "seen_by": by}
            if result == "information" and rng.random() < 0.6:
                fields |= {"decision": rng.choice(["go_on", "not_go_on"]), "decided_at": now, "decided_by": by}
            if rng.random() < 0.3:
                looked = rng.choice(["no_change", "no_change", "changed"])
                day = max(issued, TODAY - dt.timedelta(days=rng.choice(edge)))
                fields |= {"status_result": looked, "status_checked_on": day, "status_checked_by": by}
            checks.append(
                DbsCheck(volunteer=row, created_by=by, consented_on=issued, asked_on=issued, **fields)
                if rng.random() < 0.95
                else DbsCheck(volunteer=row, created_by=by)
            )
        for rows in sessions.values():
            for session in rng.sample(rows, rng.randint(2, 5) if often else rng.randint(0, 2)):
                caught = {"caught_up_on": TODAY, "caught_up_how": "Talked."} if rng.random() < 0.1 else {}
                attended[session.pk, row.pk] = Attendance(session=session, volunteer=row, noted_by=by, **caught)
        for word in words:
            if rng.random() < (0.9 if often else 0.3):
                signed.append(AgreementSigned(volunteer=row, wording=word, how="paper", noted_by=by))
    Reference.objects.bulk_create(references)
    DbsCheck.objects.bulk_create(checks)
    Attendance.objects.bulk_create(attended.values())
    AgreementSigned.objects.bulk_create(signed)


@pytest.mark.parametrize("seed", range(2))
def test_sql_and_sentences_never_differ_over_generated_evidence(cast, seed):
    rng = random.Random(seed)
    with time_machine.travel(dt.datetime.combine(TODAY, dt.time(12), tzinfo=dt.UTC), tick=False):
        people = Volunteer.objects.bulk_create(
            Volunteer(organisation=cast.here, name=f"V{number}", state=rng.choice(["checking"] * 9 + ["applied"]))
            for number in range(100)
        )
        random_evidence(rng, cast.coordinator, cast.here, people)
        mine = Volunteer.objects.filter(pk__in=[row.pk for row in people])
        for on in (TODAY - dt.timedelta(days=1), TODAY, TODAY + dt.timedelta(days=1), TODAY + dt.timedelta(days=400)):
            said = {pk for pk, steps in readiness_of(people, on).items() if all(each.is_done for each in steps)}
            assert set(mine.in_date(on).values_list("pk", flat=True)) == said
            if on == TODAY:
                assert 5 < len(said) < 90


@pytest.mark.parametrize("who", ["coordinator", "manager", "lead", "volunteer"])
def test_whoever_may_see_a_volunteer_works_out_the_same_readiness(cast, who):
    person = getattr(cast, who)
    with acting_as(Scope.SCOPED, person.pk):
        assert cast.volunteer_row in Volunteer.objects.ready()
        assert all(each.is_done for each in readiness(cast.volunteer_row))


def test_readiness_of_many_costs_as_many_questions_as_of_one(cast):
    for number in range(3):
        factories.volunteer(factories.user(f"Vi {number}"), cast.here)
    counts = []
    for some in (Volunteer.objects.all()[:1], Volunteer.objects.all()):
        rows = list(some)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            readiness_of(rows)
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 6
