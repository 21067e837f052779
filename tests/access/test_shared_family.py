"""One family supported by two organisations: what one of them does is not the other's to read."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Membership
from betterstart.access.roles import Role
from betterstart.clock import london_today
from betterstart.transitions.models import Transition
from families.models import Assignment, BreakGlass, ContactChange, Family, LeadContact, Support, Visit
from families.models.support import SUPPORT_MACHINE
from families.models.visit import VISIT_MACHINE
from tests import factories
from tests.access.policy_stories import EVERYONE, MODELS
from tests.conftest import make_cast
from tests.laid_out import laid_out
from volunteers.models import MATCH_MACHINE, CheckIn, CheckInNote, Match

FAR_PEOPLE = ["far_volunteer", "far_manager", "play_coordinator", "both_coordinator", "mover", "far_opener"]
# Everything that hangs on a support, by how one gets from a row to it.
OF_A_SUPPORT = {
    "families.Support": "pk",
    "families.Assignment": "support",
    "families.Visit": "support",
    "families.VisitPresence": "visit__support",
    "volunteers.Match": "support",
    "volunteers.CheckIn": "support",
    "volunteers.CheckInNote": "check_in__support",
    "families.SupportEvent": "pgh_obj",
    "families.AssignmentEvent": "support",
    "families.VisitEvent": "support",
    "volunteers.MatchEvent": "support",
    "volunteers.CheckInEvent": "support",
}


@pytest.fixture
def shared(db) -> SimpleNamespace:
    return laid_out(make_shared)


def make_shared() -> SimpleNamespace:
    """Amina's family is with "Home visiting" and "Stay and play" here, and with "Doula support" of Manningham."""
    cast = make_cast()
    cast.far_volunteer = factories.user("Fay Farvolunteer", Role.VOLUNTEER, cast.far)
    cast.far_manager = factories.user("Fergus Farmanager", Role.MANAGER, cast.elsewhere)
    cast.far_opener = factories.user("Flora Farlead", Role.SAFEGUARDING_LEAD, cast.elsewhere)
    cast.play_coordinator = factories.user("Pia Playcoordinator", Role.COORDINATOR, cast.stay_and_play)
    cast.both_coordinator = factories.user("Bo Bothcoordinator", Role.COORDINATOR, cast.here)
    Membership.objects.create(
        user=cast.both_coordinator, role=Role.COORDINATOR, organisation=cast.elsewhere, service=cast.far
    )
    cast.mover = factories.user("Mo Mover", Role.COORDINATOR, cast.far)
    cast.home_support = cast.family.supports.get()
    cast.play_support = factories.support(cast.family, cast.stay_and_play)
    cast.far_support = factories.support(cast.family, cast.far, first_wish="A quiet word")
    cast.play_only = factories.family(cast.stay_and_play, "Petra")
    far_row = factories.volunteer(cast.far_volunteer, cast.elsewhere)
    far_match = factories.match(far_row, cast.family, support=cast.far_support)
    _live(cast.home_support, cast.volunteer, cast.match)
    _live(cast.far_support, cast.far_volunteer, far_match)
    _live(cast.play_support, cast.play_coordinator)
    # Visits here of somebody who coordinates elsewhere now, and one of a volunteer to a support they are not in.
    factories.visit(cast.family, cast.mover, days_ago=50, support=cast.home_support)
    factories.visit(cast.family, cast.volunteer, days_ago=60, support=cast.play_support)
    _told(cast)
    for opener in (cast.manager, cast.far_opener):
        _open(opener, cast.family)
    return cast


def _live(support: Support, worker, match: Match | None = None) -> None:
    """A visit with somebody present, its check-in and a note on it, each with the history of its moves."""
    visit = factories.visit(support.family, worker, days_ago=3, state="checked_in", support=support)
    visit.presences.create(family=support.family, member=support.family.members.first())
    check_in = factories.check_in(visit, my_words="It was hard to leave")
    CheckInNote.objects.create(check_in=check_in, family=support.family, author=worker, kind="addendum", words="More")
    SUPPORT_MACHINE.note_start(support, by=worker, note="What was said when it began")
    VISIT_MACHINE.note_start(visit, by=worker)
    if match:
        MATCH_MACHINE.note_start(match, by=worker)


def _told(cast) -> None:
    """Where they live in words of each organisation, one of them hidden; a number each was told, who leads."""
    factories.address(cast.family)
    factories.address(cast.family, "Refuge", kind="confidential")
    factories.address(cast.family, "9 Hidden Lane", kind="confidential", organisation=cast.elsewhere)
    number = factories.contact(cast.family.members.first())
    for support in (cast.home_support, cast.far_support):
        ContactChange.objects.create(family=cast.family, support=support, contact=number, kind="added")
    person = cast.other_coordinator
    LeadContact.objects.create(family=cast.family, support=cast.far_support, person=person, state="accepted")
    LeadContact.objects.create(family=cast.family, support=cast.far_support, asked_from=cast.home_support)


def _open(person, family: Family) -> BreakGlass:
    soon = timezone.now() + dt.timedelta(hours=1)
    return BreakGlass.objects.create(family=family, user=person, reason="A call from school", expires_at=soon)


def supports_seen(person) -> dict[str, set[str]]:
    """For each kind of row, the services whose rows the database alone shows this person of the shared family."""
    tables = {label: apps.get_model(label).objects for label in OF_A_SUPPORT}
    moves = Transition.objects.filter(machine="support")
    # What a row belongs to is asked for afterwards: a join would hide it behind the policy of another table.
    with acting_as(Scope.SCOPED, person.pk):
        shown = {label: list(rows.values_list("pk", flat=True)) for label, rows in tables.items()}
        moved = list(moves.values_list("subject_id", flat=True))
    names = dict(Support.objects.filter(family__name="Amina").values_list("pk", "service__name"))
    supports = {
        label: set(rows.filter(pk__in=shown[label]).values_list(OF_A_SUPPORT[label], flat=True))
        for label, rows in tables.items()
    }
    supports["moves"] = set(moved)
    return {kind: {names[pk] for pk in found if pk in names} for kind, found in supports.items()}


@pytest.mark.parametrize("who", [*EVERYONE, *FAR_PEOPLE])
@pytest.mark.parametrize("model", MODELS)
def test_database_shows_of_a_shared_family_exactly_what_visible_to_says(shared, who, model):
    person = getattr(shared, who)
    expected = set(model.objects.visible_to(person).values_list("pk", flat=True))

    with acting_as(Scope.SCOPED, person.pk):
        shown = set(model.objects.values_list("pk", flat=True))
        both = set(model.objects.visible_to(person).values_list("pk", flat=True))

    assert shown == expected == both


@pytest.mark.parametrize(
    ("who", "services"),
    [
        ("coordinator", {"Home visiting", "Stay and play"}),
        ("play_coordinator", {"Home visiting", "Stay and play"}),
        ("other_coordinator", {"Doula support"}),
        ("mover", {"Doula support"}),
        ("both_coordinator", {"Home visiting", "Stay and play", "Doula support"}),
        ("manager", {"Home visiting", "Stay and play"}),
        ("far_opener", {"Doula support"}),
        ("volunteer", {"Home visiting"}),
        ("far_volunteer", {"Doula support"}),
        ("other_volunteer", set()),
        ("lead", set()),
        ("far_manager", set()),
        ("administrator", set()),
        ("nobody", set()),
    ],
)
def test_database_alone_keeps_what_an_organisation_does_to_itself(shared, who, services, monkeypatch):
    for queryset in (Support, Assignment, Visit, CheckIn, CheckInNote, Match, BreakGlass):
        monkeypatch.setattr(type(queryset.objects.all()), "visible_to", lambda rows, user: rows)

    seen = supports_seen(getattr(shared, who))

    assert {kind: found for kind, found in seen.items() if not found <= services} == {}
    assert seen["families.Support"] == services
    assert seen["moves"] == services
    if who in ("coordinator", "other_coordinator", "volunteer", "far_volunteer", "far_opener"):
        assert [kind for kind, found in seen.items() if not found] == []


def test_moves_of_visits_and_matches_are_told_where_the_thing_itself_is(shared):
    def told(person) -> dict[str, int]:
        with acting_as(Scope.SCOPED, person.pk):
            rows = Transition.objects.values_list("machine").annotate(n=models.Count("pk"))
            return dict(rows)

    assert told(shared.other_coordinator) == {"support": 1, "visit": 1, "match": 1}
    assert told(shared.coordinator) == {"support": 2, "visit": 2, "match": 1}
    assert told(shared.volunteer) == {"support": 1, "visit": 1, "match": 1}
    assert told(shared.lead) == {}


def test_why_a_record_was_opened_is_told_in_the_organisation_of_who_opened_it(shared):
    def openers(person) -> set[str]:
        with acting_as(Scope.SCOPED, person.pk):
            return set(BreakGlass.objects.values_list("user__display_name", flat=True))

    assert openers(shared.coordinator) == {"Mona Manager"}
    assert openers(shared.other_coordinator) == {"Flora Farlead"}
    assert openers(shared.volunteer) == set()


def test_opened_record_shows_its_part_for_the_hour_only(shared):
    BreakGlass.objects.update(expires_at=timezone.now())

    assert supports_seen(shared.manager)["families.Visit"] == set()
    with acting_as(Scope.SCOPED, shared.manager.pk):
        assert not Support.objects.exists()


def test_volunteer_whose_time_with_one_organisation_is_over_keeps_only_the_other(shared):
    both = factories.assign(shared.volunteer, shared.family, support=shared.far_support)
    assert supports_seen(shared.volunteer)["families.Support"] == {"Home visiting", "Doula support"}

    both.delete()
    Assignment.objects.filter(worker=shared.volunteer).update(ends_on=london_today())
    factories.assign(shared.volunteer, shared.family, support=shared.far_support)

    seen = supports_seen(shared.volunteer)
    assert seen["families.Support"] == {"Doula support"}
    assert seen["families.Visit"] == set()


def test_other_organisations_support_and_visit_can_neither_be_changed_nor_added_to(shared):
    far_visit = Visit.objects.get(support=shared.far_support)
    fields = {"planned_start": timezone.now(), "planned_end": timezone.now() + dt.timedelta(hours=1)}
    with acting_as(Scope.SCOPED, shared.coordinator.pk):
        assert Support.objects.filter(pk=shared.far_support.pk).update(first_wish="Taken") == 0
        assert Visit.objects.filter(pk=far_visit.pk).update(what_happened="Taken") == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Visit.objects.create(family=shared.family, support=shared.far_support, worker=shared.coordinator, **fields)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            factories.assign(shared.coordinator, shared.family, support=shared.far_support)


def test_last_contact_counts_visits_that_the_writer_of_another_may_not_see(shared):
    """The volunteer records a visit two days ago; the coordinator's own of yesterday stays the last contact."""
    factories.visit(shared.family, shared.coordinator, days_ago=1, support=shared.home_support)
    with acting_as(Scope.SCOPED, shared.volunteer.pk):
        assert Visit.objects.filter(support=shared.home_support).count() == 1
        factories.visit(shared.family, shared.volunteer, days_ago=2, support=shared.home_support)

    shared.home_support.refresh_from_db()
    assert (timezone.now() - shared.home_support.last_contact_at).days == 1


def test_pages_show_a_coordinator_nothing_of_the_other_organisation(shared, as_user):
    far_visit = Visit.objects.get(support=shared.far_support)
    client = as_user(shared.coordinator)

    page = client.get(f"/families/{shared.family.reference}/").content.decode()

    assert "Home visiting" in page
    assert "Stay and play" in page
    assert "Doula support" not in page
    assert "Fay Farvolunteer" not in page
    assert client.get(f"/visits/{far_visit.uuid}/").status_code == 404
