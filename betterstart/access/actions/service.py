from __future__ import annotations

from typing import Any

from django.db import transaction

from betterstart.access.actions.rules import must_administer
from betterstart.access.models import Organisation, Service, User
from betterstart.access.recording import record


@transaction.atomic
def save_service(*, by: User, organisation: Organisation, service: Service | None = None, **fields: Any) -> Service:
    """Make a service or change its promises; the audit event holds what changed. Raises PermissionDenied."""
    must_administer(by, organisation)
    if service is None:
        service = Service.objects.create(organisation=organisation, **fields)
        record(by=by, verb="service.opened", target=service, label=service.name, details={"kind": service.kind})
        return service
    service = Service.objects.select_for_update().get(pk=service.pk, organisation=organisation)
    changes = {name: [getattr(service, name), value] for name, value in fields.items()}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if changes:
        for name, (_old, new) in changes.items():
            setattr(service, name, new)
        service.save(update_fields=[*changes, "updated_at"])
        record(by=by, verb="service.changed", target=service, label=service.name, details=changes)
    return service


@transaction.atomic
def rename_organisation(*, by: User, organisation: Organisation, name: str) -> Organisation:
    """Change what the organisation is called, everywhere and from now on. Raises PermissionDenied."""
    must_administer(by, organisation)
    before, organisation.name = organisation.name, name
    organisation.save(update_fields=["name", "updated_at"])
    record(by=by, verb="organisation.renamed", target=organisation, label=name, details={"name": [before, name]})
    return organisation
