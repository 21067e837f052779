from __future__ import annotations

import pytest

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from tests import factories
from volunteers.actions import CallRefused, ask_for_call, close_call
from volunteers.models import CallRequest


def ask(by, words=""):
    with acting_as(Scope.SCOPED, by.pk):
        return ask_for_call(by=by, words=words)


def close(by, request):
    with acting_as(Scope.SCOPED, by.pk):
        return close_call(by=by, request=request)


def test_asking_twice_gives_one_request_with_both_words(cast):
    first = ask(cast.volunteer, "After six, please")
    again = ask(cast.volunteer, "About Tuesday")
    same = ask(cast.volunteer, "About Tuesday")

    assert first == again == same
    assert CallRequest.objects.get().words == "After six, please · About Tuesday"
    assert AuditEvent.objects.filter(verb="call.asked").count() == 1


def test_words_that_no_longer_fit_are_refused_not_cut(cast):
    ask(cast.volunteer, "x" * 290)

    with pytest.raises(CallRefused, match="no room"):
        ask(cast.volunteer, "y" * 20)

    assert CallRequest.objects.get().words == "x" * 290


def test_asking_is_for_volunteers(cast):
    with pytest.raises(CallRefused):
        ask(cast.manager)


@pytest.mark.parametrize("who", ["coordinator", "volunteer"])
def test_closed_by_the_coordinator_or_by_oneself_once(cast, who):
    request = ask(cast.volunteer)

    closed = close(getattr(cast, who), request)
    again = close(cast.coordinator, request)

    assert closed.closed_by == getattr(cast, who)
    assert again.closed_at == closed.closed_at
    assert AuditEvent.objects.filter(verb="call.closed").count() == 1


def test_asking_again_after_a_talk_opens_a_new_request(cast):
    close(cast.coordinator, ask(cast.volunteer))

    assert ask(cast.volunteer).closed_at is None
    assert CallRequest.objects.count() == 2


@pytest.mark.parametrize("who", ["other_volunteer", "other_coordinator", "manager", "lead", "administrator"])
def test_nobody_else_sees_or_closes_it(cast, who):
    request = ask(cast.volunteer, "Private")
    by = getattr(cast, who)

    assert not CallRequest.objects.visible_to(by).exists()
    with acting_as(Scope.SCOPED, by.pk):
        assert not CallRequest.objects.exists()
    with pytest.raises((CallRefused, CallRequest.DoesNotExist)):
        close(by, request)


def test_coordinator_of_another_service_of_the_organisation_may_not_close_it(cast):
    neighbour = factories.user("Nell Neighbour", "coordinator", cast.stay_and_play)
    request = ask(cast.volunteer)

    with pytest.raises(CallRefused, match="Only this volunteer or their coordinator"):
        close(neighbour, request)
