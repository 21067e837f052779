"""Two people at the same group in the same moment, on connections of their own."""

from __future__ import annotations

import pytest

from families.actions.booking import book
from families.actions.sign_in import sign_in
from families.models import GroupAttendance, GroupBooking, Support
from families.models.booking import NoPlace
from tests import factories
from tests.conftest import make_cast
from tests.e2e.conftest import _django_db_helper  # noqa: F401  committed rows, emptied in our own way
from tests.volunteers.test_check_in_at_once import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_last_place_at_once_goes_to_one_and_the_other_is_told(db):
    cast = make_cast()
    group = factories.group(cast.home, places=1)
    families = [factories.family(cast.home, f"Family {number}") for number in range(4)]

    def booking(family):
        return lambda: book(by=cast.coordinator, series=group, family=family, people=list(family.members.all()))

    outcomes = together(*map(booking, families))

    assert [type(outcome) for outcome in outcomes if not isinstance(outcome, GroupBooking)] == [NoPlace] * 3
    assert GroupBooking.objects.booked().count() == 1


def test_two_tablets_tapping_at_once_make_one_row_and_one_support(db):
    cast = make_cast()
    both = (cast.volunteer, cast.other_volunteer)
    group = factories.group(cast.stay_and_play, days=(-7, 0), run_by=both, entry="drop_in")
    member, (before, session) = cast.family.members.get(), group.sessions.all()
    old = factories.attendance(before, member)
    Support.objects.filter(pk=old.support_id).update(state="ended_planned", ended_on=old.support.accepted_on)

    outcomes = together(
        *[lambda who=who: sign_in(by=who, session=session, people=[member.uuid])[0] for who in both * 2]
    )

    assert {outcome.pk for outcome in outcomes} == {GroupAttendance.objects.get(session=session).pk}
    assert Support.objects.open().filter(service=cast.stay_and_play).count() == 1
