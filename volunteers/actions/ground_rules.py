from __future__ import annotations

from django.db import transaction

from betterstart.access.models import Organisation, Service, User
from betterstart.audit.record import record
from families.actions.editing import StaleEdit
from families.actions.family import NotYourService
from volunteers.models import GroundRules


@transaction.atomic
def word_ground_rules(*, by: User, organisation: Organisation, words: str, version: int) -> GroundRules:
    """Word the ground rules of an organisation, one a line, and give them. Agreements made before keep their words.

    Writes "ground_rules.worded". Raises NotYourService where the asker coordinates no service there, StaleEdit where
    somebody worded them meanwhile (version 0: nobody had).
    """
    if not Service.objects.coordinated_by(by).filter(organisation=organisation).exists():
        raise NotYourService
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    stored = GroundRules.objects.filter(organisation=organisation).first()
    if (stored.version if stored else 0) != version:
        raise StaleEdit(stored or GroundRules(organisation=organisation))
    row = stored or GroundRules(organisation=organisation, version=0)
    row.words, row.version = words, row.version + 1
    row.save()
    record(by=by, verb="ground_rules.worded", target=row, label=organisation.name)
    return row
