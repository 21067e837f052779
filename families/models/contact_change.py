from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pghistory
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service
from betterstart.transitions.machine import Move, StateMachine
from families.models.contact import Address, ContactMethod, strictest
from families.models.family import Family
from families.models.support import OPEN_STATES, Support

if TYPE_CHECKING:
    from betterstart.access.models import User


class ChangeKind(models.TextChoices):
    ADDED = "added", _("Added")
    CHANGED = "changed", _("Changed")
    STOPPED = "stopped", _("Not used any more")


class ChangeState(models.TextChoices):
    UNANSWERED = "unanswered", _("Not answered yet")
    USED = "used", _("We use it too")
    KEPT = "kept", _("We keep ours")


class ContactChangeQuerySet(models.QuerySet["ContactChange"]):
    def visible_to(self, user: User) -> ContactChangeQuerySet:
        """What was changed under the supports this person may see."""
        return self.filter(support__in=Support.objects.visible_to(user))

    def under_way(self) -> ContactChangeQuerySet:
        """Of supports that go on: what their people use may differ from what the family's record says last."""
        return self.filter(support__state__in=OPEN_STATES)

    def not_taken(self) -> ContactChangeQuerySet:
        """The service goes on with what it had: nobody has answered, or it keeps its own."""
        return self.under_way().exclude(state=ChangeState.USED)

    def unanswered(self) -> ContactChangeQuerySet:
        return self.under_way().filter(state=ChangeState.UNANSWERED)

    def answered_by(self, user: User) -> ContactChangeQuerySet:
        """Those that this person may answer: of the services they coordinate."""
        return self.filter(support__service__in=Service.objects.coordinated_by(user))


@pghistory.track(exclude=["changed_by_service"], append_only=True)
class ContactChange(models.Model):
    """Another organisation changed how a family is reached, seen from one support: use it too, or keep ours.

    `before` is what this support goes on with until it takes the change over: of a way to reach somebody the values
    (none where there was none), of where they live every address that held. Warnings never wait, and taking a change
    over never loosens one: `known_contacts` reads them from both.
    """

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="contact_changes")
    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="contact_changes")
    contact = models.ForeignKey(ContactMethod, on_delete=models.PROTECT, null=True, related_name="changes")
    """None: where they live."""
    kind = models.CharField(max_length=10, choices=ChangeKind)
    before: Any = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=ChangeState, default=ChangeState.UNANSWERED)
    changed_by_service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, related_name="+")
    """Only while the family agrees that it may be named to other services; so it has no history."""
    changed_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = ContactChangeQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["support"], condition=models.Q(state="unanswered"), name="contact_change_waits")
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ChangeState.values), name="contact_change_state_known"),
            models.UniqueConstraint(
                fields=["support", "contact"], condition=models.Q(contact__isnull=False), name="contact_change_once"
            ),
            models.UniqueConstraint(fields=["support"], condition=models.Q(contact=None), name="address_change_once"),
        ]

    def __str__(self) -> str:
        return f"{self.support_id}: {self.kind} {self.contact_id or 'address'}"

    @property
    def is_unanswered(self) -> bool:
        return self.state == ChangeState.UNANSWERED

    @property
    def is_one_more(self) -> bool:
        """What was told was not known here before, so nothing shows that it waits."""
        return self.is_unanswered and self.kind == ChangeKind.ADDED

    @property
    def is_taken(self) -> bool:
        return self.state == ChangeState.USED


C = ChangeState
CHANGE_MACHINE = StateMachine(
    name="contact_change",
    refusal=_("This was answered meanwhile."),
    moves=(
        Move((C.UNANSWERED, C.KEPT), C.USED),
        Move((C.UNANSWERED,), C.KEPT),
        Move((C.USED, C.KEPT), C.UNANSWERED),
    ),
)

# What one asks another service about. Who told us, when, and when to ask again changes nothing for them.
RULES = ("safe", "safe_days", "safe_from", "safe_until", "may_leave_message", "may_say_who_we_are", "shared_device")
CONTACT_FACTS = ("channel", "value", *RULES, "code_word", "safe_third_person")
ADDRESS_FACTS = ("kind", "lines", "postcode", "access_notes")
_CONTACT_KEPT = (*CONTACT_FACTS, "review_on", "source", "told_on")
_ADDRESS_KEPT = (*ADDRESS_FACTS, "valid_from", "source", "told_on")


def facts_of(row: ContactMethod | Address) -> tuple[Any, ...]:
    """What matters of a way to reach somebody, or of an address, to compare two of them."""
    names = CONTACT_FACTS if isinstance(row, ContactMethod) else ADDRESS_FACTS
    return tuple(getattr(row, name) for name in names)


def kept(row: ContactMethod | Address) -> dict[str, Any]:
    """A row as `before` keeps it."""
    names = _CONTACT_KEPT if isinstance(row, ContactMethod) else _ADDRESS_KEPT
    values = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}


def _read(model: type[models.Model], name: str, value: Any) -> Any:
    field: Any = model._meta.get_field(name)
    return field.to_python(value)


def contact_as_kept(row: ContactMethod, values: dict[str, Any]) -> ContactMethod:
    """The same way to reach somebody, as it was; it holds, whatever another organisation was told."""
    was = copy.copy(row)
    for name, value in values.items():
        setattr(was, name, _read(ContactMethod, name, value))
    was.valid_to = None
    return was


def address_as_kept(family: Family, values: dict[str, Any]) -> Address:
    return Address(family=family, **{n: _read(Address, n, value) for n, value in values.items()})


@dataclass(frozen=True)
class Known:
    """A way to reach somebody as some supports go on with it."""

    contact: ContactMethod
    change: ContactChange | None
    """What another organisation was told, and these supports have not taken over."""


def known_contacts(
    rows: Iterable[ContactMethod], changes: Sequence[ContactChange], supports: Collection[int]
) -> list[Known]:
    """The ways to reach a family as the people of these (open) supports use them, the strictest warnings in force.

    `rows` are all that hold, and those that `changes` (of these supports) speak of. Where one of the supports has
    taken a change over, what it took is shown, with the question of the others beside it.
    """
    about: defaultdict[int | None, list[ContactChange]] = defaultdict(list)
    for change in changes:
        about[change.contact_id].append(change)
    found = (_known(row, about[row.pk], set(supports)) for row in rows)
    return [known for known in found if known]


def _known(row: ContactMethod, changes: list[ContactChange], supports: set[int]) -> Known | None:
    apart = [change for change in changes if not change.is_taken]
    shown: ContactMethod | None = row if row.valid_to is None else None
    if supports and {change.support_id for change in apart} == supports:
        shown = contact_as_kept(row, apart[0].before[0]) if apart[0].before else None
    if shown is None:
        return None
    was = [(change, contact_as_kept(row, change.before[0])) for change in changes if change.before]
    # Warnings about another number are no warnings about this one, unless somebody took it over from that.
    others = [each for change, each in was if change.is_taken or each.value == shown.value]
    if row.value == shown.value:
        others.append(row)
    return Known(carefully(shown, others), apart[0] if apart else None)


def carefully(contact: ContactMethod, others: Sequence[ContactMethod]) -> ContactMethod:
    """The same number with the warnings of all: taking something over, or waiting with it, never loosens a rule."""
    if not others:
        return contact
    careful, all_of_them = copy.copy(contact), [contact, *others]
    for name, value in strictest(all_of_them).items():
        setattr(careful, name, value)
    careful.code_word = next((each.code_word for each in all_of_them if each.code_word), "")
    careful.safe_third_person = next((each.safe_third_person for each in all_of_them if each.safe_third_person), "")
    return careful


def known_addresses(
    rows: Iterable[Address], changes: Sequence[ContactChange], supports: Collection[int], family: Family
) -> tuple[list[Address], ContactChange | None]:
    """Where the people of these (open) supports go on to look for the family, and what they have not taken over."""
    apart = [change for change in changes if change.contact_id is None and not change.is_taken]
    if supports and {change.support_id for change in apart} == set(supports):
        return [address_as_kept(family, values) for values in apart[0].before], apart[0]
    return list(rows), apart[0] if apart else None


def ways_used_by(support: Support, family: Family, changes: Sequence[ContactChange] | None = None) -> list[Known]:
    """Ways to reach a family as the people of one support use them: two questions, one where `changes` are read."""
    if changes is None:
        changes = changes_of(support)
    asked = [change.contact_id for change in changes if change.contact_id]
    rows = family.contact_methods.filter(models.Q(valid_to=None) | models.Q(pk__in=asked)).select_related("member")
    return known_contacts(rows, changes, {support.pk} if support.is_open else set())


def changes_of(support: Support) -> list[ContactChange]:
    """What its people were asked about; nothing of a support that is over."""
    return list(ContactChange.objects.under_way().filter(support=support))
