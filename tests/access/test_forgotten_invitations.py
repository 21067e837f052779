"""Who was invited and never came is forgotten after a while."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from betterstart.access.models import Invitation
from betterstart.access.tasks import forget_invitations
from betterstart.audit.models import AuditEvent
from tests import factories


def ago(days: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("fields", "stays"),
    [
        ({"expires_at": ago(31)}, False),
        ({"expires_at": ago(29)}, True),
        ({"expires_at": ago(-3)}, True),
        ({"expires_at": ago(-3), "revoked_at": ago(31)}, False),
        ({"expires_at": ago(40), "revoked_at": ago(29)}, True),
        ({"expires_at": ago(31), "accepted_at": ago(36)}, True),
    ],
)
def test_invitation_nobody_took_up_goes_thirty_days_after_its_end(cast, fields, stays):
    factories.invitation(cast.here, **fields)

    forget_invitations()

    assert Invitation.objects.exists() == stays


def test_setting_says_after_how_many_days(cast, settings):
    settings.INVITATION_KEPT_DAYS = 5
    factories.invitation(cast.here, expires_at=ago(6))

    forget_invitations()

    assert not Invitation.objects.exists()


def test_forgetting_is_audited_once_and_names_nobody(cast, runtime_role):
    factories.invitation(cast.here, service=cast.home, expires_at=ago(31))

    forget_invitations()
    forget_invitations()

    event = AuditEvent.objects.get(verb="invitation.forgotten")
    assert (event.actor_name, event.target_label) == ("Better Start", "")
    assert event.details == {"role": "volunteer", "organisation": "Bowling Families", "service": "Home visiting"}
