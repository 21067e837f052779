"""Two requests in the same moment, on connections of their own."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import connection

from tests import factories
from tests.conftest import make_cast
from tests.e2e.conftest import _django_db_helper  # noqa: F401  committed rows, emptied in our own way
from tests.volunteers.telling import hours_ago, tell
from volunteers.actions import AlreadyCheckedIn, ask_for_call
from volunteers.models import CallRequest, CheckIn

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts):
    """Run each act in a thread of its own, all let go at once; give what each returned or raised."""
    gate, outcomes = threading.Barrier(len(acts)), []

    def run(act):
        gate.wait(timeout=20)
        try:
            outcomes.append(act())
        except Exception as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


@pytest.mark.parametrize("planned", [True, False])
def test_same_form_twice_at_once_gives_one_row(db, planned):
    cast, key = make_cast(), uuid.uuid4()
    visit = factories.visit(cast.family, cast.volunteer, state="planned") if planned else None
    start = visit.planned_start if visit else hours_ago(5)
    support = cast.family.supports.get()

    outcomes = together(
        *[
            lambda: tell(cast.volunteer, visit, uuid=key, support=support, actual_start=start, my_words="Once.")
            for _device in range(4)
        ]
    )

    assert {outcome.pk for outcome in outcomes} == {CheckIn.objects.get().pk}
    assert cast.family.visits.count() == 1


def test_two_devices_at_once_keep_one_check_in_and_tell_the_other(db):
    cast = make_cast()
    visit = factories.visit(cast.family, cast.volunteer, state="planned")

    def sending(words):
        return lambda: tell(cast.volunteer, visit, my_words=words)

    outcomes = together(sending("From the phone."), sending("From the tablet."))

    stored = CheckIn.objects.get()
    refused = [outcome for outcome in outcomes if isinstance(outcome, AlreadyCheckedIn)]
    assert [outcome.stored for outcome in refused] == [stored]


def test_asking_for_a_call_twice_at_once_gives_one_request(db):
    cast = make_cast()

    outcomes = together(*[lambda: ask_for_call(by=cast.volunteer) for _tap in range(4)])

    assert {outcome.pk for outcome in outcomes} == {CallRequest.objects.get().pk}
