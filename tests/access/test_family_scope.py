"""What the database shows to an adult of a family on their own page: nothing that no migration opened for them."""

import pytest
from django.db import DatabaseError, connection, transaction

from betterstart.access.acting import Scope, acting_as
from families.models import MemberRole
from tests import factories

# Open to them as they are, each with its reason.
NOT_OF_A_FAMILY = {
    "access_organisation": "who keeps their record",
    "access_service": "what they are with",
    "families_needitem": "what an organisation asks every family about",
    "access_user": "the name of whoever visits",
    "families_purposebasis": "on which basis an organisation uses what",
    "families_wording": "the words in which it asks",
    "pghistory_context": "a trace of what they write; it names a request and nothing else",
}


def page_of(adult):
    return acting_as(Scope.FAMILY, None, adult_id=adult.pk)


def ask(question: str):
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall()


@pytest.fixture
def adult(cast):
    return factories.member(cast.family, "Sana", role=MemberRole.PARENT)


def whose_page():
    return ask("select families_page_adult_id(), families_page_family_id()")[0]


def test_own_page_belongs_to_the_adult_and_their_family(cast, adult):
    with page_of(adult):
        assert whose_page() == (adult.pk, cast.family.pk)


@pytest.mark.parametrize(
    "change",
    [{"left_on": "2026-01-01"}, {"role": MemberRole.CHILD}],
    ids=["left the household", "is a child"],
)
def test_own_page_of_somebody_who_has_none_belongs_to_nobody(cast, adult, change):
    type(adult).objects.filter(pk=adult.pk).update(**change)

    with page_of(adult):
        assert whose_page() == (None, None)


def test_own_page_ends_with_its_block(cast, adult):
    with page_of(adult):
        pass

    assert ask("select access_adult_id()")[0] == (None,)


def test_table_without_word_for_families_cannot_be_read(cast, adult):
    with pytest.raises(DatabaseError), transaction.atomic(), page_of(adult):
        ask("select 1 from families_breakglass")


def test_every_table_families_read_has_a_policy_or_a_reason(db):
    tables = ask(
        """
        select distinct c.relname from pg_class c
        where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
          and has_any_column_privilege('app_family', c.oid, 'select')
          and not exists (
              select from pg_policy p where p.polrelid = c.oid and c.relrowsecurity
              and p.polroles @> array[(select oid from pg_roles where rolname = 'app_family')]
          )
        """
    )

    assert {name for (name,) in tables} == set(NOT_OF_A_FAMILY)


def test_families_change_and_remove_nothing(db):
    able = ask(
        """
        select c.relname from pg_class c
        where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
          and (has_any_column_privilege('app_family', c.oid, 'update')
               or has_table_privilege('app_family', c.oid, 'delete'))
        """
    )

    assert able == [("pghistory_context",)]
