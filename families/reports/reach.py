"""How a family is reached, as the services of one reader use it: what other organisations were told may differ."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from betterstart.access.models import User
from families.models import ContactChange, ContactMethod, Family, Support
from families.models.contact_change import Known, known_contacts

_FACTS = JSONObject(
    id="pk",
    support_id="support_id",
    contact_id="contact_id",
    kind="kind",
    before="before",
    state="state",
    changed_at="changed_at",
)


def changes_beside(user: User) -> ArraySubquery:
    """Of families: the changes that the reader's services were asked about. For `changes_read`."""
    changes = ContactChange.objects.visible_to(user).under_way().filter(family=OuterRef("pk"))
    return ArraySubquery(changes.values_list(_FACTS))


def changes_read(family: Any, supports: Collection[int]) -> list[ContactChange]:
    """What `changes_beside` found about these supports."""
    found = [facts for facts in family.changes if facts["support_id"] in supports]
    return [
        ContactChange(family=family, **facts | {"changed_at": dt.datetime.fromisoformat(facts["changed_at"])})
        for facts in found
    ]


def ways_to_reach(
    user: User, family: Family, changes: Sequence[ContactChange], supports: Collection[int]
) -> list[Known]:
    """Ways to reach the people of a family as these open supports use them."""
    asked = [change.contact_id for change in changes if change.contact_id]
    rows = ContactMethod.objects.visible_to(user).filter(family=family).filter(Q(valid_to=None) | Q(pk__in=asked))
    return known_contacts(rows, changes, supports)


def way_used(user: User, contact: ContactMethod) -> Known | None:
    """One way to reach somebody as the reader's services use it; None where they do not."""
    supports = Support.objects.visible_to(user).open().filter(family=contact.family_id)
    changes = ContactChange.objects.visible_to(user).under_way().filter(contact=contact)
    return next(iter(known_contacts([contact], list(changes), set(supports.values_list("pk", flat=True)))), None)
