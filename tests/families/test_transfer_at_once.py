"""Two people of the receiving service say yes, and a third offers it, in one moment, on connections of their own."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from django.db import connection

from betterstart.access.acting import Scope, acting_as
from betterstart.transitions.machine import MoveRefused
from families.actions.support import AlreadyOffered, offer_support
from families.actions.transfer import accept_transfer
from families.models import Support, Transfer
from tests import factories
from tests.conftest import make_cast
from tests.e2e.conftest import _django_db_helper  # noqa: F401  committed rows, emptied in our own way


@pytest.mark.django_db(transaction=True)
def test_yes_said_twice_and_an_offer_at_the_same_moment_are_one_support(db):
    cast = make_cast()
    row = factories.transfer(cast.family.supports.get(), cast.far, cast.coordinator)
    gate, answers = threading.Barrier(3), []

    def accept() -> None:
        mine = Transfer.objects.get(pk=row.pk)
        gate.wait(timeout=20)
        try:
            with acting_as(Scope.SCOPED, cast.other_coordinator.pk):
                accept_transfer(by=cast.other_coordinator, transfer=mine)
            answers.append("yes")
        except MoveRefused:
            answers.append("too late")
        connection.close()

    def offer() -> None:
        gate.wait(timeout=20)
        with suppress(AlreadyOffered), acting_as(Scope.SCOPED, cast.other_coordinator.pk):
            offer_support(by=cast.other_coordinator, family=cast.family, service=cast.far)
        connection.close()

    threads = [threading.Thread(target=act) for act in (accept, accept, offer)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(answers) == ["too late", "yes"]
    assert Support.objects.filter(family=cast.family, service=cast.far).count() == 1
