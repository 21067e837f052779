from __future__ import annotations

from dataclasses import dataclass

from django.db import models

from betterstart.access.models import Organisation, Service, User
from volunteers.actions.agreements import words_now
from volunteers.models import AgreementKind, AgreementWording


@dataclass(frozen=True)
class Worded:
    organisation: Organisation
    wordings: list[AgreementWording]
    """The newest words of each agreement."""


def worded_by(user: User) -> models.QuerySet[Organisation]:
    """The organisations whose agreements this person words: those they coordinate a service of, or administer."""
    coordinated = Service.objects.coordinated_by(user).values("organisation_id")
    administered = Organisation.objects.administered_by(user).values("pk")
    return Organisation.objects.filter(models.Q(pk__in=coordinated) | models.Q(pk__in=administered)).order_by("name")


def wordings(user: User) -> list[Worded]:
    """What volunteers are asked to sign, organisation by organisation."""
    organisations = list(worded_by(user))
    rows = AgreementWording.objects.filter(organisation__in=organisations).order_by("version")
    newest = {(row.organisation_id, row.kind): row for row in rows}
    return [
        Worded(each, [newest.get((each.pk, kind)) or words_now(each.pk, kind) for kind in AgreementKind.values])
        for each in organisations
    ]
