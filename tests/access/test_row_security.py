from __future__ import annotations

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.transitions.models import Transition
from families.models import (
    Family,
    FamilyMember,
    Referral,
    Visit,
)
from families.models.referral import REFERRAL_MACHINE
from tests.access.policy_stories import EVERYONE, MODELS, make_stories
from tests.laid_out import laid_out
from volunteers.models import CheckIn

TABLES = [
    "families_family",
    "families_support",
    "families_assignment",
    "families_visit",
    "families_visitpresence",
    "families_referral",
    "families_transfer",
    "families_datachoice",
    "families_sharingpermission",
    "families_disclosure",
    "families_signpost",
    "families_circle",
    "families_circletie",
    "families_circlelink",
    "families_familyreply",
    "families_need",
    "families_score",
    "families_ownwords",
    "families_planchoice",
    "families_review",
    "families_howitgoes",
    "volunteers_matchview",
    "volunteers_volunteeroffer",
    "volunteers_familyoffer",
    "volunteers_matchfeedback",
    "volunteers_matchdecision",
    "volunteers_lookedagain",
    "volunteers_jointplan",
    "volunteers_jointplanpair",
    "families_groupbooking",
    "families_bookingperson",
    "families_groupattendance",
    "transitions_transition",
    "volunteers_match",
    "volunteers_volunteer",
    "volunteers_checkin",
    "volunteers_checkinnote",
    "families_visitneeds",
    "volunteers_neverwith",
]
# Tables that speak of a family and still carry no policy, each with its reason.
WITHOUT_POLICY: dict[str, str] = {}


@pytest.fixture
def stories(db):
    return laid_out(make_stories)


@pytest.mark.parametrize("who", EVERYONE)
@pytest.mark.parametrize("model", MODELS)
def test_database_shows_each_person_exactly_what_visible_to_says(stories, who, model):
    person = getattr(stories, who)
    expected = set(model.objects.visible_to(person).values_list("pk", flat=True))

    with acting_as(Scope.SCOPED, person.pk):
        shown = set(model.objects.values_list("pk", flat=True))

    assert shown == expected


def test_coordinator_sees_all_families_of_the_service_and_none_of_another(stories):
    with acting_as(Scope.SCOPED, stories.coordinator.pk):
        assert set(Family.objects.values_list("name", flat=True)) == {"Amina", "Berta", "Dara", "Elif", "Fay"}


def test_volunteer_sees_own_family_and_own_visits_only(stories):
    with acting_as(Scope.SCOPED, stories.volunteer.pk):
        assert list(Family.objects.values_list("name", flat=True)) == ["Amina"]
        assert Visit.objects.count() == 1
        assert CheckIn.objects.count() == 1


def test_opened_record_is_visible_for_its_hour_and_not_after(stories):
    with acting_as(Scope.SCOPED, stories.lead.pk):
        assert list(Family.objects.values_list("name", flat=True)) == ["Berta"]
    with acting_as(Scope.SCOPED, stories.manager.pk):
        assert not Family.objects.exists()


def test_runtime_role_sees_nothing_before_it_says_for_whom(stories, runtime_role):
    assert not Family.objects.exists()
    assert not Visit.objects.exists()


def test_whole_partnership_scope_counts_every_family(stories):
    every, ours = Family.objects.count(), Family.objects.filter(supports__service=stories.home).distinct()
    with acting_as(Scope.ALL, stories.manager.pk):
        assert Family.objects.count() == every
        assert set(Family.objects.countable_by(stories.manager)) == set(ours)


def test_switched_off_person_sees_nothing(stories):
    stories.coordinator.is_active = False
    stories.coordinator.save()

    with acting_as(Scope.SCOPED, stories.coordinator.pk):
        assert not Family.objects.exists()


def test_ended_membership_sees_nothing_from_that_moment(stories):
    stories.coordinator.memberships.update(ends_at=timezone.now())

    with acting_as(Scope.SCOPED, stories.coordinator.pk):
        assert not Family.objects.exists()


def test_nested_identity_gives_way_to_the_outer_one(stories):
    every = Family.objects.count()
    with acting_as(Scope.SCOPED, stories.volunteer.pk):
        with acting_as(Scope.ALL, stories.volunteer.pk):
            assert Family.objects.count() == every > 1
        assert Family.objects.count() == 1


def test_identity_survives_a_failed_inner_block(stories):
    with acting_as(Scope.SCOPED, stories.volunteer.pk):
        with pytest.raises(ZeroDivisionError), acting_as(Scope.ALL, stories.volunteer.pk):
            1 / 0  # noqa: B018
        assert Family.objects.count() == 1


def test_hidden_family_cannot_be_changed_or_added_to(stories):
    with acting_as(Scope.SCOPED, stories.volunteer.pk):
        assert Family.objects.filter(pk=stories.other_family.pk).update(name="Taken") == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            FamilyMember.objects.create(family=stories.other_family, display_name="Mallory", role="helper")


def test_every_table_with_a_family_has_a_policy():
    tables = {
        model._meta.db_table
        for model in apps.get_models()
        if any(field.column == "family_id" for field in model._meta.concrete_fields)
    } | {"families_family", "families_familyevent"}
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relrowsecurity")
        protected = {name for (name,) in cursor.fetchall()}

    assert tables - protected == set(WITHOUT_POLICY)
    assert len(tables) > 15


test_every_table_with_a_family_has_a_policy = pytest.mark.django_db(test_every_table_with_a_family_has_a_policy)


@pytest.mark.parametrize("table", TABLES)
def test_policy_works_the_families_out_once_and_uses_an_index(stories, table):
    """An EXISTS, or the function called for each row, would not show as a plan made once before the scan."""
    with acting_as(Scope.SCOPED, stories.coordinator.pk), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain select * from {table}")  # noqa: S608
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "InitPlan" in plan
    assert "Index" in plan


def test_course_of_a_referral_is_read_by_those_who_may_read_the_referral_only(stories):
    row = Referral.objects.get(family=stories.family)
    REFERRAL_MACHINE.note_start(row, by=stories.coordinator)
    seen = {}
    for who in EVERYONE:
        with acting_as(Scope.SCOPED, getattr(stories, who).pk):
            seen[who] = Transition.objects.of("referral", row.pk).exists()

    assert [who for who in EVERYONE if seen[who]] == ["coordinator"]
