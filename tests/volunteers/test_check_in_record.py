from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from betterstart.access.models import Service
from betterstart.audit.models import AuditEvent
from betterstart.transitions.machine import MoveRefused
from betterstart.transitions.models import Transition
from families.actions.visit_rules import StaleVisit, VisitNeedsAnswer
from families.models import Visit, VisitState
from tests import factories
from tests.volunteers.telling import hours_ago, sentences, tell
from volunteers.actions import AlreadyCheckedIn, CheckInRefused
from volunteers.models import CallRequest, CheckIn


@pytest.fixture
def planned(cast):
    return factories.visit(cast.family, cast.volunteer, days_ago=1, state="planned")


def test_check_in_of_planned_visit_delivers_it_and_says_so_step_by_step(cast, planned):
    check_in = tell(cast.volunteer, planned, what_happened="We made pasta necklaces.")

    planned.refresh_from_db()
    assert planned.state == VisitState.CHECKED_IN
    assert (planned.actual_start, planned.duration_minutes) == (planned.planned_start, 120)
    assert planned.what_happened == "We made pasta necklaces."
    assert (check_in.author, check_in.family, check_in.visit) == (cast.volunteer, cast.family, planned)
    moves = Transition.objects.of("visit", planned.pk).order_by("id")
    assert [move.to_state for move in moves] == ["delivered", "checked_in"]
    assert AuditEvent.objects.get(verb="check_in.recorded").family_id == cast.family.pk


def test_check_in_of_visit_that_did_not_happen_keeps_the_reason(cast, planned):
    check_in = tell(
        cast.volunteer,
        planned,
        happened=False,
        not_delivered_reason="family_not_available",
        rebooked=True,
        actual_start=None,
        feelings=[],
        heaviness=3,
    )

    planned.refresh_from_db()
    assert (planned.state, planned.not_delivered_reason, planned.rebooked) == (
        VisitState.NOT_DELIVERED,
        "family_not_available",
        True,
    )
    assert (check_in.visit, check_in.heaviness) == (planned, 3)


def test_check_in_of_delivered_visit_adds_to_it_and_changes_nothing_else(cast):
    visit = factories.visit(cast.family, cast.volunteer, what_happened="Carys wrote this.", kinds_of_support=["play"])
    child = factories.member(cast.family, "Zain")

    tell(cast.volunteer, visit, what_happened="And I wrote this.", kinds_of_support=["listening"], present=[child])

    visit.refresh_from_db()
    assert visit.state == VisitState.CHECKED_IN
    assert visit.what_happened == "Carys wrote this.\n\nAnd I wrote this."
    assert visit.kinds_of_support == ["play", "listening"]
    assert list(visit.present.all()) == [child]


def test_check_in_without_a_plan_makes_the_visit(cast):
    start = hours_ago(3)

    check_in = tell(cast.volunteer, support=cast.family.supports.get(), actual_start=start, mode="out")

    visit = check_in.visit
    assert (visit.state, visit.worker, visit.actual_start, visit.mode) == ("checked_in", cast.volunteer, start, "out")


def test_try_without_a_plan_is_kept_too(cast):
    support = cast.family.supports.get()

    check_in = tell(
        cast.volunteer,
        support=support,
        happened=False,
        not_delivered_reason="family_not_available",
        actual_start=hours_ago(2),
    )

    assert (check_in.visit.state, check_in.visit.support) == ("not_delivered", support)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (
            {"feelings": ["calm", "tired"], "family_chose": True},
            {"family_said": ["calm", "tired"], "my_impression": [], "rather_not_say": False, "other_feeling": ""},
        ),
        (
            {"feelings": ["calm"], "family_chose": False},
            {"family_said": [], "my_impression": ["calm"], "rather_not_say": False, "other_feeling": ""},
        ),
        (
            {"feelings": ["proud"], "own_feeling": "سکون", "family_chose": True},
            {"family_said": ["proud", "something_else"], "other_feeling": "سکون", "my_impression": []},
        ),
        (
            {"feelings": ["rather_not_say"], "family_chose": True},
            {"family_said": [], "my_impression": [], "rather_not_say": True, "other_feeling": ""},
        ),
        ({"feelings": []}, {"family_said": [], "my_impression": [], "rather_not_say": False}),
        ({"my_mood": 2, "heaviness": 0}, {"my_mood": 2, "heaviness": 0}),
        ({"my_mood": None, "heaviness": None}, {"my_mood": None, "heaviness": None}),
        (
            {"line_to_share": "He laughed.", "may_share_line": True},
            {"line_to_share": "He laughed.", "may_share_line": True},
        ),
    ],
)
def test_answers_are_stored_apart_by_whose_they_are(cast, planned, told, kept):
    check_in = CheckIn.objects.get(pk=tell(cast.volunteer, planned, **told).pk)

    assert {name: getattr(check_in, name) for name in kept} == kept


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"worry": ""}, "worry"),
        ({"worry": "maybe"}, "worry"),
        ({"feelings": ["calm", "tired", "sad", "flat"]}, "feelings"),
        ({"feelings": ["calm", "rather_not_say"]}, "feelings"),
        ({"feelings": ["made_up"]}, "feelings"),
        ({"feelings": ["something_else"]}, "own_feeling"),
        ({"own_feeling": "x" * 61}, "own_feeling"),
        ({"my_mood": 6}, "my_mood"),
        ({"heaviness": 5}, "heaviness"),
        ({"heaviness": -1}, "heaviness"),
        ({"may_share_line": True, "line_to_share": ""}, "line_to_share"),
        ({"duration_minutes": None}, "duration_minutes"),
        ({"duration_minutes": 4}, "duration_minutes"),
        ({"duration_minutes": 361}, "duration_minutes"),
        ({"actual_start": hours_ago(-1)}, "actual_start"),
        ({"actual_start": hours_ago(24 * 57)}, "worker"),
        ({"actual_start": hours_ago(24 * 61)}, "actual_start"),
        ({"happened": False, "not_delivered_reason": ""}, "reason"),
        ({"happened": False, "not_delivered_reason": "bored"}, "reason"),
    ],
)
def test_check_in_refuses_by_field_and_keeps_nothing(cast, planned, told, field):
    with pytest.raises(ValidationError) as refusal:
        tell(cast.volunteer, planned, **told)

    assert field in sentences(refusal.value)
    planned.refresh_from_db()
    assert planned.state == VisitState.PLANNED
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("who", ["other_volunteer", "coordinator", "manager", "nobody"])
def test_check_in_is_for_the_volunteer_of_the_family(cast, who):
    visit = factories.visit(cast.family, getattr(cast, who), state="planned")

    with pytest.raises(CheckInRefused, match="volunteer who is with this family"):
        tell(getattr(cast, who), visit)

    assert not CheckIn.objects.exists()


def test_check_in_after_the_match_ended_is_refused(cast, planned):
    cast.match.assignment.ends_on = timezone.localdate()
    cast.match.assignment.save()

    with pytest.raises(CheckInRefused, match="volunteer who is with this family"):
        tell(cast.volunteer, planned)

    assert not CheckIn.objects.exists()


def test_check_in_on_ended_support_is_refused_with_the_day(cast, planned):
    cast.family.supports.update(state="ended_planned", ended_on=timezone.localdate() - dt.timedelta(days=3))

    with pytest.raises(ValidationError) as refusal:
        tell(cast.volunteer, planned)

    assert "This support ended on" in sentences(refusal.value)["support"][0]


def test_check_in_of_a_child_not_yet_born_is_refused(cast, planned):
    baby = factories.member(cast.family, "Bean", "unborn")

    with pytest.raises(ValidationError) as refusal:
        tell(cast.volunteer, planned, present=[baby])

    assert "not born" in sentences(refusal.value)["present"][0]


def test_check_in_of_moved_visit_is_refused(cast, planned):
    later = factories.visit(cast.family, cast.volunteer, days_ago=-2, state="planned")
    Visit.objects.filter(pk=planned.pk).update(state="moved", moved_to=later)

    with pytest.raises(MoveRefused):
        tell(cast.volunteer, planned)


def test_visit_changed_since_the_page_was_opened_is_shown_not_overwritten(cast, planned):
    Visit.objects.filter(pk=planned.pk).update(mode="phone", version=2)

    with pytest.raises(StaleVisit) as stale:
        tell(cast.volunteer, planned, version=1)

    assert stale.value.stored.mode == "phone"


def test_long_visit_is_asked_about_and_then_kept(cast, planned):
    Service.objects.update(long_visit_minutes=240)

    with pytest.raises(VisitNeedsAnswer) as asked:
        tell(cast.volunteer, planned, duration_minutes=300)
    check_in = tell(cast.volunteer, planned, duration_minutes=300, confirmed=list(asked.value.questions))

    assert check_in.visit.duration_minutes == 300


def test_same_form_sent_twenty_times_gives_one_row(cast, planned):
    key = uuid.uuid4()

    rows = {tell(cast.volunteer, planned, uuid=key).pk for _again in range(20)}

    assert len(rows) == 1
    assert CheckIn.objects.count() == 1
    assert AuditEvent.objects.filter(verb="check_in.recorded").count() == 1


def test_same_form_with_other_answers_changes_nothing_and_shows_what_is_kept(cast, planned):
    key = uuid.uuid4()
    first = tell(cast.volunteer, planned, uuid=key, worry="yes", worry_words="She whispered.")

    with pytest.raises(AlreadyCheckedIn) as kept:
        tell(cast.volunteer, planned, uuid=key, worry="no", worry_words="")

    assert kept.value.stored == first
    first.refresh_from_db()
    assert (first.worry, first.worry_words) == ("yes", "She whispered.")


def test_second_check_in_of_a_visit_from_another_device_shows_the_first(cast, planned):
    first = tell(cast.volunteer, planned)

    with pytest.raises(AlreadyCheckedIn) as kept:
        tell(cast.volunteer, planned, heaviness=4)

    assert kept.value.stored == first
    assert CheckIn.objects.count() == 1


def test_somebody_elses_form_id_is_as_good_as_unknown(cast, planned):
    key = uuid.uuid4()
    factories.match(cast.other_volunteer_row, cast.other_family)
    theirs = factories.visit(cast.other_family, cast.other_volunteer, state="planned")
    tell(cast.other_volunteer, theirs, uuid=key, my_words="Private to Wilf.")

    mine = tell(cast.volunteer, planned, uuid=key)

    assert (mine.author, mine.my_words) == (cast.volunteer, "")
    assert CheckIn.objects.count() == 2


def test_form_id_used_for_a_family_one_left_is_refused_without_a_hint(cast, planned):
    key = uuid.uuid4()
    left = factories.visit(cast.other_family, cast.volunteer, days_ago=30, state="checked_in")
    factories.check_in(left, uuid=key)

    with pytest.raises(ValidationError) as refusal:
        tell(cast.volunteer, planned, uuid=key)

    assert cast.other_family.name not in str(refusal.value)


def test_wish_for_a_call_becomes_one_request(cast, planned):
    tell(cast.volunteer, planned, wants_call=True)

    request = CallRequest.objects.get()
    assert (request.volunteer, request.closed_at) == (cast.volunteer_row, None)
    assert request.check_in == planned.check_in
