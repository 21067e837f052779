"""A family that waits hears from us: what was said, when we are in touch again, why it waits."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from families.actions.support import move_support
from families.actions.touch import TouchRefused, keep_in_touch
from families.models import Family, Support, Visit
from families.reports.waiting import promises
from tests import factories

DAY = dt.timedelta(days=1)


@pytest.fixture
def waits(cast) -> Support:
    """Accepted eight weeks ago, rung three weeks and a day ago."""
    family = factories.family(cast.home, "Wanda", state="waiting")
    family.supports.update(waiting_since=london_today() - 42 * DAY, first_wish="Somebody to talk to.")
    factories.visit(family, cast.coordinator, days_ago=22, mode="phone", duration_minutes=15)
    return family.supports.select_related("family", "service").get()


def touch(cast, support: Support, **fields) -> Visit:
    fields = {"way": "phone", "next_on": london_today() + 14 * DAY, **fields}
    return keep_in_touch(by=cast.coordinator, support=support, **fields)


def due(cast) -> list[str]:
    found = promises(cast.coordinator, london_today(), 20).needs
    return [need.reason for need in found if need.family and need.family.name == "Wanda"]


def test_call_is_a_visit_with_the_words_and_keeps_the_next_day_and_the_reason(cast, waits):
    assert due(cast)

    visit = touch(cast, waits, words="She sounded brighter.", because="language", minutes=15)

    waits.refresh_from_db()
    assert (visit.mode, visit.what_happened, visit.duration_minutes) == ("phone", "She sounded brighter.", 15)
    assert (waits.next_touch_on, waits.waits_because) == (london_today() + 14 * DAY, "language")
    assert (timezone.now() - waits.last_contact_at).seconds < 1800
    assert due(cast) == []
    event = AuditEvent.objects.get(verb="support.touched")
    assert event.details["next"] == (london_today() + 14 * DAY).isoformat()


def test_try_counts_as_a_try_and_not_as_a_contact_and_is_held_until_the_next(cast, waits):
    before = waits.last_contact_at

    visit = touch(cast, waits, way="nobody", next_on=london_today() + 2 * DAY)

    waits.refresh_from_db()
    assert (visit.state, visit.not_delivered_reason) == ("not_delivered", "family_not_available")
    assert waits.last_contact_at == before
    assert due(cast) == []


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"next_on": london_today()}, "next_on", "after today"),
        ({"next_on": london_today() + 22 * DAY}, "next_on", "asked for a longer gap"),
        ({"next_on": london_today() + 85 * DAY, "asked_for": True}, "next_on", "a long time"),
        ({"way": "nobody", "next_on": london_today() + 8 * DAY}, "next_on", "Try again until"),
        ({"happened_on": london_today() + DAY}, "happened_on", "has not come"),
        ({"happened_on": london_today() - 57 * DAY}, "actual_start", "cannot be earlier"),
        ({"minutes": 2}, "duration_minutes", "at least 5"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_leaves_no_trace(cast, waits, fields, field, words):
    with pytest.raises(ValidationError) as refused:
        touch(cast, waits, **fields)

    assert words in refused.value.message_dict[field][0]
    waits.refresh_from_db()
    assert (waits.next_touch_on, waits.visits.count()) == (None, 1)
    assert not AuditEvent.objects.filter(verb="support.touched").exists()


def test_longer_gap_is_kept_where_the_family_asked_for_it(cast, waits):
    touch(cast, waits, next_on=london_today() + 60 * DAY, asked_for=True)

    waits.refresh_from_db()
    assert waits.next_touch_on == london_today() + 60 * DAY


def test_same_form_sent_twice_makes_one_contact(cast, waits):
    key = uuid.uuid4()

    first, again = (touch(cast, waits, uuid=key) for _time in range(2))

    assert (first, waits.visits.count()) == (again, 2)
    assert AuditEvent.objects.filter(verb="support.touched").count() == 1


def test_first_contact_moves_an_offered_support_on(cast):
    family = factories.family(cast.home, "Olga", state="offered")

    touch(cast, family.supports.get())

    assert family.supports.get().state == "getting_to_know"


@pytest.mark.parametrize("state", ["active", "paused", "ending", "declined", "ended_planned"])
def test_family_that_does_not_wait_is_not_touched(cast, state):
    family = factories.family(cast.home, "Ada", state=state)

    with pytest.raises(TouchRefused, match="does not wait any more"):
        touch(cast, family.supports.get())


def test_wait_for_another_volunteer_begins_without_the_old_agreement(cast, waits):
    Support.objects.filter(pk=waits.pk).update(
        state="active", started_on=london_today(), next_touch_on=london_today() + DAY, waits_because="language"
    )

    move_support(by=cast.coordinator, support=waits, to="waiting", reason="practical")

    waits.refresh_from_db()
    assert (waits.next_touch_on, waits.waits_because) == (None, "")


# Today


@pytest.mark.parametrize(("days", "listed"), [(1, False), (0, True), (-3, True)])
def test_today_tells_of_an_agreed_touch_on_its_day(cast, waits, days, listed):
    factories.visit(waits.family, cast.coordinator, days_ago=10, mode="phone", duration_minutes=15)
    Support.objects.filter(pk=waits.pk).update(next_touch_on=london_today() + days * DAY)

    assert bool(due(cast)) is listed
    assert not listed or "we said we would be in touch" in due(cast)[0]


def test_contact_after_the_agreed_day_counts_and_the_promise_begins_anew(cast, waits):
    Support.objects.filter(pk=waits.pk).update(next_touch_on=london_today() - 2 * DAY)
    factories.visit(waits.family, cast.coordinator, days_ago=1, mode="phone", duration_minutes=15)

    assert due(cast) == []


@pytest.mark.parametrize(
    ("age", "contact", "listed"), [(41, 5, False), (42, 5, True), (63, 1, True), (84, 1, True), (43, 1, False)]
)
def test_today_tells_at_each_mark_of_an_age_until_somebody_was_in_touch(cast, waits, age, contact, listed):
    """The mark falls on the day itself; a contact on it or after it is the answer."""
    Support.objects.filter(pk=waits.pk).update(accepted_on=london_today() - age * DAY)
    factories.visit(waits.family, cast.coordinator, days_ago=contact, mode="phone", duration_minutes=15)

    assert bool(due(cast)) is listed


def test_oldest_promise_comes_first_whether_agreed_or_not(cast, waits):
    Support.objects.exclude(pk=waits.pk).filter(service=cast.home).update(state="declined", ended_on=london_today())
    for name, days in (("Ines", 2), ("Jola", 5)):
        family = factories.family(cast.home, name, state="waiting")
        factories.visit(family, cast.coordinator, days_ago=12, mode="phone", duration_minutes=15)
        family.supports.update(next_touch_on=london_today() - days * DAY)

    found = promises(cast.coordinator, london_today(), 20).needs

    assert [need.family.name for need in found] == ["Wanda", "Jola", "Ines"]


def test_family_in_grief_is_not_hurried(cast, waits):
    Family.objects.filter(pk=waits.family_id).update(silent_since=timezone.now())

    [need] = [need for need in promises(cast.coordinator, london_today(), 20).needs if need.family.name == "Wanda"]

    assert (need.url, need.action) == (waits.family.page, "Open the record")


# The page


def address(support: Support) -> str:
    return reverse("families:touch", args=[support.family.reference, support.pk]) + "?from=list"


def form_of(**fields) -> dict[str, str]:
    fields = {"uuid": str(uuid.uuid4()), "way": "phone", "words": "", "because": "", "minutes": "5", **fields}
    fields.setdefault("next_on", (london_today() + 10 * DAY).isoformat())
    return {"happened_on": london_today().isoformat(), **fields}


def test_page_shows_how_to_reach_them_their_wish_and_what_was_said(cast, as_user, waits):
    factories.contact(waits.family.members.get(role="parent"), value="07700 900999", may_leave_message=False)
    Visit.objects.filter(family=waits.family).update(what_happened="Told her about the library group.")

    page = as_user(cast.coordinator).get(address(waits)).content.decode()

    for words in ("07700 900999", "Do not leave a message", "Somebody to talk to.", "Told her about the library"):
        assert words in page


def test_saving_leads_back_to_the_list_and_says_when_today_tells_again(cast, as_user, waits):
    answer = as_user(cast.coordinator).post(address(waits), form_of(words="All well."), follow=True)

    assert answer.redirect_chain == [(reverse("families:waiting-list"), 302)]
    assert "Saved. Today tells you again on" in answer.content.decode()
    assert waits.visits.filter(what_happened="All well.").exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"next_on": (london_today() + 30 * DAY).isoformat()}, "The family asked for a longer gap"),
        ({"next_on": "31/02/2027"}, "Write the day"),
        ({"minutes": "2"}, "at least 5"),
        ({"happened_on": (london_today() + DAY).isoformat()}, "has not come"),
        ({"way": "pigeon"}, "Select a valid choice"),
        ({"because": "nonsense"}, "Select a valid choice"),
        ({"words": "x" * 2001}, "Please shorten it"),
        ({"uuid": "1"}, "valid UUID"),
    ],
)
def test_refused_page_keeps_what_was_typed(cast, as_user, waits, fields, words):
    answer = as_user(cast.coordinator).post(address(waits), form_of(**{"words": "Long talk.", **fields}))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert fields.get("words", "Long talk.") in answer.content.decode()


def test_family_that_started_meanwhile_leads_to_its_support(cast, as_user, waits):
    Support.objects.filter(pk=waits.pk).update(state="active", started_on=london_today())

    answer = as_user(cast.coordinator).post(address(waits), form_of())

    assert answer.url == reverse("families:support", args=[waits.family.reference, waits.pk])
    assert waits.visits.count() == 1
