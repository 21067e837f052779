"""Writing down what was shared without the family's yes, and what an organisation asks its families."""

from __future__ import annotations

import datetime as dt
import uuid as uuids
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import Membership, Organisation, User
from betterstart.access.roles import Role
from betterstart.audit.record import record
from betterstart.clock import at_london, london_today
from families.models import Disclosure, Family, FamilyTold, PurposeBasis, Support, Wording
from families.models.known import acts_for
from families.models.wording import NEVER_ASKED, Basis, Words


class DisclosureRefused(ValidationError):
    """This cannot be written down so. `error_dict` has a sentence for each field."""


@transaction.atomic
def disclose(
    *, by: User, family: Family, uuid: uuids.UUID, happened_on: dt.date | None = None, **fields: Any
) -> Disclosure:
    """Write down what was shared without a yes: what, with whom, why, and whether the family knows; give the row.

    Fields are those of Disclosure. The same `uuid` again is the same row. Writes "disclosure.recorded", never what or
    with whom. Raises DisclosureRefused, PermissionDenied.
    """
    organisation_id = _discloses_for(by, family)
    if same := Disclosure.objects.filter(uuid=uuid, by=by).first():
        return same
    today = london_today()
    if happened_on and happened_on > today:
        raise DisclosureRefused({"happened_on": _("This day has not come yet.")})
    if fields.get("family_told") == FamilyTold.NO and not fields.get("why_not_told", "").strip():
        raise DisclosureRefused({"why_not_told": _("Say why the family was not told.")})
    about = fields.get("about")
    if about and not family.members.filter(pk=about.pk).exists():
        raise DisclosureRefused({"about": _("Choose somebody of this family.")})
    is_past = happened_on and happened_on < today
    happened_at = at_london(happened_on, dt.time(12)) if is_past and happened_on else timezone.now()
    row = Disclosure.objects.create(
        family=family, organisation_id=organisation_id, uuid=uuid, by=by, happened_at=happened_at, **fields
    )
    details = {"basis": row.basis, "family_told": row.family_told}
    record(
        by=by,
        verb="disclosure.recorded",
        target=row,
        label=family.reference,
        family_id=family.pk,
        details=details,
    )
    return row


def _discloses_for(by: User, family: Family) -> int:
    """In whose name: a coordinator's own organisation, or that of a safeguarding lead who opened the record."""
    try:
        return acts_for(by, family)
    except PermissionDenied:
        held = Membership.objects.active().filter(user=by, role=Role.SAFEGUARDING_LEAD).values("organisation")
        supports = Support.objects.responsible_to(by).filter(family=family, service__organisation__in=held)
        organisation_id = supports.order_by("ended_on", "pk").values_list("service__organisation", flat=True).first()
        if organisation_id is None:
            raise
        return organisation_id


@transaction.atomic
def word_it(
    *, by: User, organisation: Organisation, about: str, basis: str = "", language: str, words: str, version: int
) -> bool:
    """An organisation says on which basis it does something, and in which words families hear of it, from now on.

    `basis`: none where there is nothing to choose (being supported, sharing). `version` is the one of the words that
    the person saw. What was answered before keeps its words. Where the basis makes a question of a reason, or the other
    way round, only the basis is kept: gives whether the words were too. Writes "wording.changed". Raises
    ValidationError.
    """
    if not Organisation.objects.administered_by(by).filter(pk=organisation.pk).exists():
        raise PermissionDenied
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    before = Words(organisation.pk).about(about, language)
    if basis:
        if basis not in Basis.values or (basis == Basis.CONSENT and about in NEVER_ASKED):
            raise ValidationError({"basis": _("Without this there is no support, so a no could not be kept.")})
        if Words(organisation.pk).bases[about] != basis:
            PurposeBasis.objects.create(organisation=organisation, purpose=about, basis=basis, by=by)
    now = Words(organisation.pk).about(about, language)
    if now.is_question != before.is_question:  # other words are needed: those typed were for what it was before
        record(by=by, verb="wording.changed", target=organisation, label=f"{organisation}: {about}")
        return False
    if now.version != version and now.language == language:
        raise ValidationError({"words": _("Somebody changed these words meanwhile. Look at them again.")})
    if (now.words, now.language) != (words, language):
        key = {"organisation": organisation, "about": about, "is_question": now.is_question, "language": language}
        last = Wording.objects.filter(**key).aggregate(last=Max("version"))["last"] or 1
        Wording.objects.create(**key, version=last + 1, words=words, by=by)
    record(by=by, verb="wording.changed", target=organisation, label=f"{organisation}: {about} {language}")
    return True
