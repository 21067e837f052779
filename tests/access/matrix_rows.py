"""One row of everything that has a page, here and in the other organisation, and the addresses made from them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from betterstart.lexicon.models import FairWordingPrompt
from tests import factories


def add_rows(cast: SimpleNamespace) -> None:
    cast.prompt = FairWordingPrompt.objects.first()
    cast.invitation = factories.invitation(cast.here, by=cast.administrator, token="here")
    cast.far_invitation = factories.invitation(cast.elsewhere, token="elsewhere")


def prompt(cast: SimpleNamespace) -> dict[str, Any]:
    return {"prompt_id": cast.prompt.pk}


def invitation(cast: SimpleNamespace) -> dict[str, Any]:
    return {"invitation_id": cast.invitation.pk}


def far_invitation(cast: SimpleNamespace) -> dict[str, Any]:
    return {"invitation_id": cast.far_invitation.pk}


def token(cast: SimpleNamespace) -> dict[str, Any]:
    return {"token": "here"}


def person(cast: SimpleNamespace) -> dict[str, Any]:
    return {"person_id": cast.volunteer.pk}


def far_person(cast: SimpleNamespace) -> dict[str, Any]:
    return {"person_id": cast.other_coordinator.pk}


def membership(cast: SimpleNamespace) -> dict[str, Any]:
    return {"person_id": cast.volunteer.pk, "membership_id": cast.volunteer.memberships.get().pk}


def far_membership(cast: SimpleNamespace) -> dict[str, Any]:
    return {"person_id": cast.other_coordinator.pk, "membership_id": cast.other_coordinator.memberships.get().pk}


def service(cast: SimpleNamespace) -> dict[str, Any]:
    return {"service_id": cast.home.pk}


def far_service(cast: SimpleNamespace) -> dict[str, Any]:
    return {"service_id": cast.far.pk}


def organisation(cast: SimpleNamespace) -> dict[str, Any]:
    return {"organisation_id": cast.here.pk}


def far_organisation(cast: SimpleNamespace) -> dict[str, Any]:
    return {"organisation_id": cast.elsewhere.pk}
