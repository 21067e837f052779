"""Two who pay in the same moment, on connections of their own."""

from __future__ import annotations

import pytest

from betterstart.access.acting import Scope, acting_as
from betterstart.clock import london_today
from tests.conftest import make_cast
from tests.e2e.conftest import _django_db_helper  # noqa: F401  committed rows, emptied in our own way
from tests.volunteers import spending
from tests.volunteers.test_check_in_at_once import together
from volunteers.actions import make_pay_run
from volunteers.models import ExpenseClaim, PayRun

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_claim_is_paid_once_and_the_other_is_told_that_nothing_is_left(db):
    cast = make_cast()
    for row in (cast.volunteer_row, cast.other_volunteer_row):
        spending.claim(row, "approved", by=cast.coordinator)

    def paying(by):
        def pay():
            with acting_as(Scope.SCOPED, by.pk):
                return make_pay_run(by=by, organisation=cast.here, until=london_today())

        return pay

    outcomes = together(paying(cast.manager), paying(cast.administrator))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ExpenseRefused", "PayRun"]
    assert set(ExpenseClaim.objects.values_list("state", "pay_run")) == {("paid", PayRun.objects.get().pk)}
