from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from families.actions.visit_rules import StaleVisit
from families.models import Visit
from tests import factories
from tests.volunteers.telling import tell
from volunteers.actions import Answers, CheckInRefused, StaleCheckIn, VisitFacts, edit_check_in, mark_seen
from volunteers.models import CallRequest, CheckIn


@pytest.fixture
def told(cast):
    visit = factories.visit(cast.family, cast.volunteer, days_ago=1, state="planned")
    return tell(cast.volunteer, visit, worry="yes", worry_words="She whispered.", what_happened="Park.")


def edit(check_in, by=None, version=1, facts=None, visit_version=None, **answers):
    by = by or check_in.author
    with acting_as(Scope.SCOPED, by.pk):
        return edit_check_in(
            by=by,
            check_in=check_in,
            version=version,
            facts=facts,
            visit_version=visit_version,
            answers=Answers(**{"worry": "yes", "worry_words": "She whispered.", **answers}),
        )


def test_edit_changes_the_answers_and_the_version(told):
    edit(told, heaviness=4, my_words="It was a lot.")

    told.refresh_from_db()
    assert (told.heaviness, told.my_words, told.version) == (4, "It was a lot.", 2)
    assert AuditEvent.objects.filter(verb="check_in.edited").count() == 1


def test_edit_of_the_visit_goes_with_it(told):
    edit(told, facts=VisitFacts(duration_minutes=90, what_happened="Park and bakery."))

    visit = Visit.objects.get(pk=told.visit_id)
    assert (visit.duration_minutes, visit.what_happened, visit.state) == (90, "Park and bakery.", "checked_in")


def test_edit_from_a_stale_page_shows_what_is_stored(told):
    edit(told, my_words="From the phone.")

    with pytest.raises(StaleCheckIn) as stale:
        edit(told, my_words="From the tablet.", version=1)

    assert stale.value.stored.my_words == "From the phone."
    assert CheckIn.objects.get().my_words == "From the phone."


def test_edit_from_a_page_with_a_stale_visit_is_refused_whole(told):
    Visit.objects.filter(pk=told.visit_id).update(version=9, what_happened="Carys corrected.")

    with pytest.raises(StaleVisit):
        edit(told, my_words="New", facts=VisitFacts(what_happened="Mine"), visit_version=2)

    told.refresh_from_db()
    assert (told.my_words, told.version) == ("", 1)


@pytest.mark.parametrize("days", [7, 8])
def test_edit_is_open_for_the_days_of_the_service(told, days):
    CheckIn.objects.update(recorded_at=timezone.now() - dt.timedelta(days=days, minutes=-1))

    if days == 7:
        assert edit(told, heaviness=2).heaviness == 2
    else:
        with pytest.raises(CheckInRefused, match="add a note"):
            edit(told, heaviness=2)


def test_edit_is_closed_once_read(cast, told):
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        mark_seen(by=cast.coordinator, check_in=told, version=1, words="I will call her today.")

    with pytest.raises(CheckInRefused, match="add a note"):
        edit(told, heaviness=2)


@pytest.mark.parametrize("who", ["coordinator", "other_volunteer", "manager"])
def test_edit_is_for_the_author(cast, told, who):
    with pytest.raises(CheckInRefused):
        edit(told, by=getattr(cast, who), heaviness=2)

    told.refresh_from_db()
    assert told.version == 1


def test_bad_answers_are_refused_and_nothing_changes(told):
    with pytest.raises(ValidationError):
        edit(told, heaviness=9, facts=VisitFacts(what_happened="Lost?"))

    told.refresh_from_db()
    assert (told.version, told.visit.what_happened) == (1, "Park.")


def test_worry_toned_down_stays_readable(told):
    edit(told, worry="no", worry_words="")

    told.refresh_from_db()
    note = told.notes.get()
    assert told.worry == "no"
    assert (note.kind, note.seen_at) == ("addendum", None)
    assert "She whispered." in note.words


def test_wish_for_a_call_follows_the_edit(cast, told):
    edit(told, wants_call=True)
    assert CallRequest.objects.open().get().check_in == told

    edit(told, wants_call=False, version=2)
    assert not CallRequest.objects.open().exists()
    assert CallRequest.objects.get().closed_by == cast.volunteer
