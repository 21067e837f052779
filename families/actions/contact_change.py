"""What one organisation is told about reaching a family is put to the others: each takes it or keeps its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Service, User
from betterstart.audit.record import record
from families.models import Address, ChangeKind, ChangeState, ContactChange, ContactMethod, Family, Named, Support
from families.models.contact_change import (
    CHANGE_MACHINE,
    carefully,
    contact_as_kept,
    facts_of,
    kept,
    known_contacts,
)
from families.models.sharing import may_be_named

Rows = Sequence[ContactMethod] | Sequence[Address]


class ChangeRefused(ValidationError):
    """This answer is not this person's to give, or it is about something that has changed since they looked."""


def tell_contact(*, by: User, contact: ContactMethod, was: ContactMethod | None) -> None:
    """After a way to reach somebody was written: it holds at once in one's own organisation, others are asked.

    `was` is the row before, None for a new one. Needs a transaction.
    """
    ours = ContactChange.objects.visible_to(by).filter(contact=contact)
    _ours_now(by, ours)
    now = [contact] if contact.valid_to is None else []

    def before(change: ContactChange) -> Rows:
        if was is None or was.valid_to is not None:
            return []
        stays = [change] if change.pk else []  # warnings that outlived an earlier answer
        return [known.contact for known in known_contacts([was], stays, {change.support_id})]

    _ask_others(by, contact.family, contact, before, lambda _organisation: now)


def tell_addresses(*, by: User, family: Family, was: Sequence[Address]) -> None:
    """After where they live was written: the same. `was` is `current_addresses` before. Needs a transaction.

    A hidden address is told to nobody: the others hear that the one they have does not hold.
    """
    _ours_now(by, ContactChange.objects.visible_to(by).filter(family=family, contact=None))
    now = current_addresses(by=by, family=family)

    def seen(rows: Iterable[Address], organisation: int) -> list[Address]:
        return [row for row in rows if not row.is_confidential or row.told_to(family) == organisation]

    _ask_others(
        by,
        family,
        None,
        lambda change: seen(was, change.support.service.organisation_id),
        lambda organisation: seen(now, organisation),
    )


def current_addresses(*, by: User, family: Family) -> list[Address]:
    """Every address that holds, those hidden from this person too: only to compare before and after."""
    with acting_as(Scope.ALL, by.pk):
        return list(Address.objects.current().filter(family=family))


def _ours_now(by: User, changes: QuerySet[ContactChange]) -> None:
    """Who writes has decided: what was asked of their own services is answered."""
    for change in changes.exclude(state=ChangeState.USED, before=[]):
        change.before = []
        if change.is_taken:
            change.save(update_fields=["before"])
        else:
            CHANGE_MACHINE.move(
                change, to=ChangeState.USED, by=by, before=[], answered_by=by, answered_at=timezone.now()
            )


def _ask_others(
    by: User,
    family: Family,
    contact: ContactMethod | None,
    before: Callable[[ContactChange], Rows],
    now: Callable[[int], Rows],
) -> None:
    # Of whom one sees the supports, one tells: somebody who works for two organisations tells both.
    ours = set(Support.objects.visible_to(by).filter(family=family).values_list("service__organisation_id", flat=True))
    named = _named_service(by, family)
    with acting_as(Scope.ALL, by.pk):
        others = Support.objects.open().filter(family=family).exclude(service__organisation__in=ours)
        there = ContactChange.objects.filter(family=family, contact=contact).select_for_update()
        asked = {change.support_id: change for change in there}
        for support in others.select_related("service").order_by("pk"):
            change = asked.get(support.pk) or ContactChange(family=family, contact=contact)
            change.support, is_apart = support, bool(change.pk) and not change.is_taken
            goes_on_with = change.before if is_apart else [kept(row) for row in before(change)]
            _put(by, change, goes_on_with, now(support.service.organisation_id), named)


def _put(by: User, change: ContactChange, goes_on_with: list[Any], now: Rows, named: Service | None) -> None:
    """Ask a support whether it takes over `now`; nothing to ask where that is what it goes on with."""
    same = [_facts(values) for values in goes_on_with] == [_facts(kept(row)) for row in now]
    if same and (change.pk is None or change.is_taken):
        return
    kind = ChangeKind.STOPPED if not now else ChangeKind.CHANGED if goes_on_with else ChangeKind.ADDED
    facts: dict[str, Any] = {
        "kind": kind,
        "before": [] if same else goes_on_with,
        "changed_by_service": named,
        "changed_at": timezone.now(),
        "answered_by": None,
        "answered_at": None,
    }
    for name, value in facts.items():
        setattr(change, name, value)
    to = ChangeState.USED if same else ChangeState.UNANSWERED
    if change.pk is None:
        change.save()
        CHANGE_MACHINE.note_start(change, by=None)  # who it was is not told
    elif change.state == to:
        change.save()
    else:
        CHANGE_MACHINE.move(change, to=to, by=None, **facts)


def _facts(values: dict[str, Any]) -> dict[str, Any]:
    beside = {"review_on", "source", "told_on", "valid_from"}
    return {name: value for name, value in values.items() if name not in beside}


def _named_service(by: User, family: Family) -> Service | None:
    """The service that was told, if the family agreed that others may know of it."""
    supports = Support.objects.open().coordinated_by(by).filter(family=family, may_be_named=Named.YES)
    support = supports.select_related("service").order_by("pk").first()
    return support.service if support and may_be_named(support) else None


@transaction.atomic
def answer_change(*, by: User, change: ContactChange, use: bool, seen_at: dt.datetime) -> ContactChange:
    """Take over what another organisation was told, or keep what this service goes on with.

    `seen_at` is the `changed_at` that the person saw. Warnings that were in force here stay in force, whatever the
    other organisation noted. Writes "contact.change_used" or "contact.change_kept". Raises ChangeRefused where it
    changed since or is not theirs to answer, MoveRefused where somebody else has answered.
    """
    mine = ContactChange.objects.under_way().answered_by(by).select_for_update(of=("self",))
    stored = mine.select_related("family", "contact").filter(pk=change.pk).first()
    if stored is None:
        raise ChangeRefused(_("You do not coordinate this service."))
    if stored.changed_at != seen_at:
        raise ChangeRefused(_("It has changed again since you looked. Here is what holds now."))
    before = _rules_that_stay(stored) if use else stored.before
    to = ChangeState.USED if use else ChangeState.KEPT
    CHANGE_MACHINE.move(stored, to=to, by=by, before=before, answered_by=by, answered_at=timezone.now())
    record(
        by=by,
        verb=f"contact.change_{to}",
        target=stored.contact or stored.family,
        label=stored.family.reference,
        family_id=stored.family_id,
        details={"about": "contact" if stored.contact_id else "address", "support": stored.support_id},
    )
    return stored


def _rules_that_stay(change: ContactChange) -> list[Any]:
    """What was in force here, if the other organisation noted anything looser; else nothing."""
    contact = change.contact
    if contact is None or not change.before:
        return []
    ours = contact_as_kept(contact, change.before[0])
    return change.before if facts_of(carefully(contact, [ours])) != facts_of(contact) else []
