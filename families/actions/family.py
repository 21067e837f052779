from __future__ import annotations

import uuid as uuids
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Service, User
from betterstart.audit.record import record
from families.actions.contact import add_address, add_contact
from families.actions.editing import save_edit
from families.actions.member import add_member
from families.models import Family, FamilyMember, Support
from families.models.support import SUPPORT_MACHINE


class NotYourService(Exception):
    """Only a coordinator of a service takes families into it, and only while it takes new ones."""


class AlreadyRegistered(Exception):
    """This form was sent before; the family it made may be opened by whoever may see it."""


@transaction.atomic
def register_family(
    *,
    by: User,
    uuid: uuids.UUID,
    service: Service,
    name: str,
    people: Sequence[dict[str, Any]],
    contacts: Sequence[dict[str, Any]] = (),
    address: dict[str, Any] | None = None,
    first_wish: str = "",
    sure: bool = False,
    **fields: Any,
) -> Family:
    """Take a family into a service: the family, the offer of support, its people and how to reach them.

    `uuid` is chosen by the form, so that sending it twice makes one family. `people` are fields of FamilyMember, the
    first of them the person that `contacts` (fields of ContactMethod) belong to. Writes "family.registered" and the
    events of each part. Raises NotYourService, AlreadyRegistered, MemberRefused, ReallyAChild, ContactRefused.
    """
    if not Service.objects.coordinated_by(by).filter(pk=service.pk, is_open=True).exists():
        raise NotYourService
    # The new family has no support yet through which its coordinator could see it.
    with acting_as(Scope.ALL, by.pk):
        family, is_new = Family.objects.get_or_create(
            uuid=uuid, defaults={"organisation": service.organisation, "name": name, "created_by": by, **fields}
        )
        if not is_new:
            raise AlreadyRegistered
        support = Support.objects.create(family=family, service=service, first_wish=first_wish)
    SUPPORT_MACHINE.note_start(support, by=by)
    record(
        by=by,
        verb="family.registered",
        target=family,
        label=family.reference,
        family_id=family.pk,
        details={"service": service.name},
    )
    members = [add_member(by=by, family=family, sure=sure, **person) for person in people]
    _reach(by, family, members, contacts, address)
    family.refresh_search_text()
    return family


def _reach(
    by: User,
    family: Family,
    members: Sequence[FamilyMember],
    contacts: Sequence[dict[str, Any]],
    address: dict[str, Any] | None,
) -> None:
    for contact in contacts:
        add_contact(by=by, member=members[0], **contact)
    if address:
        add_address(by=by, family=family, **address)


@transaction.atomic
def edit_family(*, by: User, family: Family, version: int, **fields: Any) -> Family:
    """Change the name, language or notes of a family. Writes "family.changed" with the names of the fields.

    Raises StaleEdit.
    """
    changed = save_edit(family, version=version, **fields)
    if changed:
        family.refresh_search_text()
        record(
            by=by,
            verb="family.changed",
            target=family,
            label=family.reference,
            family_id=family.pk,
            details={"fields": changed},
        )
    return family
