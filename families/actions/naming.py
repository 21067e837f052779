"""Whether other services may know that this one is with a family: the family's word, which it can take back."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import london_today
from families.actions.answer import who_may_answer
from families.actions.editing import save_edit
from families.actions.support import SupportRefused, edit_support
from families.models import ContactChange, FamilyMember, LeadContact, LeadState, Named, Support
from families.models.lead_contact import LEAD_MACHINE


@transaction.atomic
def take_back_naming(*, adult: FamilyMember, support: Support) -> None:
    """An adult, on their own page, wants other services not to know of this one any more: at once, as `note_naming`.

    Twice is once. Writes "support.naming_taken_back". Raises PermissionDenied for somebody not of this family.
    """
    with acting_as(Scope.ALL, None):
        support = Support.objects.select_for_update(of=("self",)).select_related("family").get(pk=support.pk)
        if not who_may_answer(support.family).filter(pk=adult.pk).exists():
            raise PermissionDenied
        if support.may_be_named == Named.NO:
            return
        fields = {"may_be_named": Named.NO, "named_asked_on": london_today(), "named_asked_by": None}
        save_edit(support, version=support.version, **fields)
        _forget(None, support)
        details = {"adult": str(adult.uuid)}
        label = support.family.reference
        record(
            by=None,
            verb="support.naming_taken_back",
            target=support,
            label=label,
            family_id=support.family_id,
            details=details,
        )


@transaction.atomic
def note_naming(
    *, by: User, support: Support, version: int, may_be_named: str, named_asked_on: dt.date | None
) -> Support:
    """Write down what the family said, when, and that `by` asked. Without a yes every trace with others goes at once.

    A lead contact of this service is one no more, what it asked or was asked is taken back, and changes that it was
    told lose its name. Writes "support.changed". Raises SupportRefused, StaleEdit.
    """
    if not Support.objects.coordinated_by(by).filter(pk=support.pk).exists():
        raise SupportRefused(_("You do not coordinate this service."))
    asked_by = None if may_be_named == Named.NOT_ASKED else by
    fields = {"may_be_named": may_be_named, "named_asked_on": named_asked_on, "named_asked_by": asked_by}
    edit_support(by=by, support=support, version=version, **fields)
    if may_be_named != Named.YES:
        _forget(by, support)
    return support


def _forget(by: User | None, support: Support) -> None:
    with acting_as(Scope.ALL, by.pk if by else None):
        told = ContactChange.objects.filter(family=support.family_id, changed_by_service=support.service_id)
        told.update(changed_by_service=None)
        leads = LeadContact.objects.filter(family=support.family_id)
        for lead in leads.filter(support=support, state=LeadState.ACCEPTED):
            LEAD_MACHINE.move(lead, to=LeadState.OVER, by=by, note=_("The family does not want it to be known."))
        asked = leads.filter(state=LeadState.ASKED)
        for lead in asked.filter(support=support) | asked.filter(asked_from=support):
            LEAD_MACHINE.move(lead, to=LeadState.WITHDRAWN, by=by, answered_at=timezone.now())
        leads.filter(support=support).update(asked_from=None)
