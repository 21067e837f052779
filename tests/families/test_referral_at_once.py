"""The same form sent in the same moment, on connections of their own."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import connection

from betterstart.access.acting import Scope, acting_as
from betterstart.clock import london_today
from families.actions.referral import receive_referral
from families.models import Referral
from tests.conftest import make_cast
from tests.e2e.conftest import _django_db_helper  # noqa: F401  committed rows, emptied in our own way


@pytest.mark.django_db(transaction=True)
def test_form_sent_at_the_same_moment_is_one_referral(db):
    home = make_cast().home
    home.takes_public_referrals = True
    home.save()
    gate, form, seen = threading.Barrier(4), uuid.uuid4(), []
    people = [{"role": "parent", "is_main_carer": True, "display_name": "Amina"}]

    def send() -> None:
        gate.wait(timeout=20)
        with acting_as(Scope.SCOPED, None):
            agreed = {"agreed_how": "phone", "agreed_on": london_today()}
            seen.append(receive_referral(by=None, uuid=form, service=home, site=str, people=people, **agreed).pk)
        connection.close()

    threads = [threading.Thread(target=send) for _browser in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert seen == [Referral.objects.get().pk] * 4
