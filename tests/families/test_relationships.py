from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from families.actions.relationship import (
    RelationshipRefused,
    descendants,
    edit_relationship,
    end_relationship,
    relate,
)
from families.models import Kin, Relationship
from families.models.relationship import DESCENT, OTHER_SIDE
from tests import factories


@pytest.fixture
def people(cast) -> SimpleNamespace:
    return SimpleNamespace(
        amina=cast.family.members.get(),
        nani=factories.member(cast.family, "Nani", role="helper"),
        yusuf=factories.member(cast.family, "Yusuf", date_of_birth=dt.date(2024, 5, 6)),
        sara=factories.member(cast.family, "Sara", date_of_birth=dt.date(2025, 5, 6)),
    )


def say(cast, person, relative, kind=Kin.PARENT, **fields) -> Relationship:
    return relate(by=cast.coordinator, family=cast.family, person=person, relative=relative, kind=kind, **fields)


def test_said_once_it_is_shown_from_both_sides(cast, people, as_user):
    say(cast, people.amina, people.yusuf, responsibility="yes", lives_with="yes")
    client = as_user(cast.coordinator)

    child = client.get(f"{cast.family.page}people/{people.yusuf.uuid}/").context["page"].related
    parent = client.get(f"{cast.family.page}people/{people.amina.uuid}/").context["page"].related

    assert [(str(each.other), each.word) for each in child] == [("Amina", "mother, father or parent")]
    assert [(str(each.other), each.word) for each in parent] == [("Yusuf", "child")]
    assert AuditEvent.objects.get(verb="relationship.added").family_id == cast.family.pk


@pytest.mark.parametrize("kind", Kin.values)
def test_every_kind_has_a_word_for_either_side(cast, people, kind):
    row = say(cast, people.amina, people.yusuf, kind)

    words = {row.word_for_other(people.amina.pk), row.word_for_other(people.yusuf.pk)}
    assert len(words) == (2 if kind in OTHER_SIDE else 1)


@pytest.mark.parametrize(
    ("pair", "kind", "field"),
    [
        (("amina", "amina"), "sibling", "other"),
        (("yusuf", "nani"), "parent", "kind"),
        (("yusuf", "nani"), "grandparent", "kind"),
        (("sara", "yusuf"), "parent", "kind"),
        (("amina", "yusuf"), "friend", "other"),
        (("yusuf", "amina"), "parent", "other"),
    ],
    ids=["oneself", "parent of the grandmother", "her grandparent", "younger", "twice", "twice, turned round"],
)
def test_what_cannot_be_is_refused_and_leaves_no_trace(cast, people, pair, kind, field):
    say(cast, people.nani, people.amina)
    say(cast, people.amina, people.yusuf)
    before = AuditEvent.objects.count()

    with pytest.raises(RelationshipRefused) as refusal:
        say(cast, *(getattr(people, name) for name in pair), kind)

    assert list(refusal.value.error_dict) == [field]
    assert (AuditEvent.objects.count(), Relationship.objects.count()) == (before, 2)


def test_stranger_of_another_family_is_refused(cast, people):
    with pytest.raises(RelationshipRefused, match="Choose a person of this family"):
        say(cast, cast.other_family.members.get(), people.yusuf)


def test_change_of_places_is_held_to_the_same_rules(cast, people):
    say(cast, people.nani, people.amina)
    row = say(cast, people.nani, people.yusuf, Kin.GRANDPARENT)
    say(cast, people.amina, people.yusuf)

    with pytest.raises(RelationshipRefused, match="in a circle"):
        edit_relationship(
            by=cast.coordinator, relationship=row, version=1, person=people.yusuf, relative=people.nani, kind="parent"
        )


def test_ended_one_leaves_room_for_another_and_stays_in_the_history(cast, people):
    row = say(cast, people.amina, people.nani, Kin.PARTNER)
    end_relationship(by=cast.coordinator, relationship=row, version=1)

    say(cast, people.amina, people.nani, Kin.FORMER_PARTNER)

    assert Relationship.objects.count() == 2


def test_nobody_has_parental_responsibility_for_an_equal(cast, people):
    row = say(cast, people.amina, people.nani, Kin.PARTNER, responsibility="yes")

    assert row.responsibility == "unknown"


@pytest.mark.parametrize("fields", [{"relative": "amina"}, {"relative": "yusuf"}], ids=["oneself", "twice"])
def test_database_holds_the_same_where_no_action_is_asked(cast, people, fields):
    say(cast, people.yusuf, people.amina, Kin.FRIEND)

    with pytest.raises(IntegrityError), transaction.atomic():
        Relationship.objects.create(
            family=cast.family, person=people.amina, relative=getattr(people, fields["relative"]), kind="friend"
        )


edges = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=30)


@given(edges)
def test_lines_taken_one_by_one_never_close_a_circle(wanted):
    """As the action takes them: a line is refused when its forebear already comes after the descendant."""
    taken: list[tuple[int, int]] = []
    for forebear, descendant in wanted:
        if forebear != descendant and forebear not in descendants(descendant, taken):
            taken.append((forebear, descendant))

    for person in range(7):
        assert person not in descendants(person, taken)
    for refused in set(wanted) - set(taken):
        assert refused[0] == refused[1] or refused[0] in descendants(refused[1], taken)


def test_volunteers_and_strangers_read_no_relationships(cast, people, as_user):
    say(cast, people.amina, people.yusuf, contact_restriction="Only at the centre.", court_order_note="Order of May.")
    for who in ("volunteer", "other_coordinator", "manager"):
        person = getattr(cast, who)
        with acting_as(Scope.SCOPED, person.pk):
            assert not Relationship.objects.exists()
        assert not Relationship.objects.visible_to(person).exists()

    page = as_user(cast.volunteer).get(f"{cast.family.page}people/{people.yusuf.uuid}/").content.decode()
    assert "Only at the centre." not in page
    assert "Who they are to each other" not in page


def test_form_says_it_from_either_side_and_shows_a_refusal_beside_the_field(cast, people, as_user):
    client, page = as_user(cast.coordinator), f"{cast.family.page}people/{people.yusuf.uuid}/relationships/"
    typed = {"other": people.amina.pk, "what": "parent:is", "responsibility": "yes", "lives_with": "part"}

    assert client.post(f"{page}new/", typed).status_code == 302
    row = Relationship.objects.get()
    assert (row.person, row.relative, row.kind, row.responsibility) == (people.amina, people.yusuf, "parent", "yes")

    again = client.post(f"{page}new/", typed | {"what": "parent:has"})
    assert again.status_code == 422
    assert "written down already" in again.content.decode()

    change = {"what": "step_parent:is", "responsibility": "no", "lives_with": "no", "version": "1"}
    assert client.post(f"{page}{row.pk}/edit/", change).status_code == 302
    assert client.post(f"{page}{row.pk}/edit/", change).status_code == 409
    assert client.post(f"{page}{row.pk}/end/").status_code == 302
    assert client.get(f"{page}{row.pk}/edit/").status_code == 404


def test_descent_is_never_between_equals():
    assert set(OTHER_SIDE) > DESCENT
