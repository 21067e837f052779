"""What an organisation asks families about, and what a family picks of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from betterstart.access.models import Organisation, User
from betterstart.audit.record import record
from betterstart.clock import london_today
from families.actions.editing import save_edit
from families.actions.own_words import PlanRefused, listen, note, write_words
from families.models import FamilyMember, Need, NeedItem, Sayable, Support
from families.models.need import USUAL_NEEDS, Heading


class NeedItemRefused(ValidationError):
    """This cannot stand in the list of needs. `error_dict` has a sentence for each field."""


def need_set(organisation: Organisation) -> list[NeedItem]:
    """What an organisation asks about, in its order; the usual ones where nobody has set up anything."""
    items = list(NeedItem.objects.filter(organisation=organisation))
    if not items:
        usual = [
            NeedItem(organisation=organisation, key=key, heading=heading, order=place)
            for place, (key, (heading, _words)) in enumerate(USUAL_NEEDS.items())
        ]
        NeedItem.objects.bulk_create(usual, ignore_conflicts=True)
        items = list(NeedItem.objects.filter(organisation=organisation))
    return items


@transaction.atomic
def save_need_item(
    *,
    by: User,
    organisation: Organisation,
    item: NeedItem | None = None,
    version: int = 0,
    heading: str,
    name: str,
    hint: str = "",
) -> NeedItem:
    """Word one of an organisation's needs, or add one at the end. Writes "need_item.saved".

    One of the usual needs may be left without a name: then it reads as usual, in every language. Raises
    PermissionDenied, NeedItemRefused, StaleEdit.
    """
    _administers(by, organisation)
    if heading not in Heading.values:
        raise NeedItemRefused({"heading": _("Choose a heading.")})
    if not name.strip() and not (item and item.key):
        raise NeedItemRefused({"name": _("Write it as families would say it.")})
    fields: dict[str, Any] = {"heading": heading, "name": name, "hint": hint}
    if item:
        save_edit(item, version=version, **fields)
    else:
        last = max((each.order for each in need_set(organisation)), default=0)
        item = NeedItem.objects.create(organisation=organisation, order=last + 1, **fields)
    _record_item(by, item, "need_item.saved")
    return item


@transaction.atomic
def move_need_item(*, by: User, item: NeedItem, up: bool) -> None:
    """Change places with the one above or below under the same heading. Writes "need_item.moved".

    Raises PermissionDenied.
    """
    _administers(by, item.organisation)
    items = list(NeedItem.objects.select_for_update().filter(organisation=item.organisation).in_use())
    beside = [each for each in items if each.heading == item.heading]
    place = next((place for place, each in enumerate(beside) if each.pk == item.pk), None)
    other = None if place is None else place + (-1 if up else 1)
    if place is None or other is None or not 0 <= other < len(beside):
        return
    here, there = items.index(beside[place]), items.index(beside[other])
    items[here], items[there] = items[there], items[here]
    for order, each in enumerate(items):
        each.order = order
    NeedItem.objects.bulk_update(items, ["order"])
    _record_item(by, item, "need_item.moved", up=up)


@transaction.atomic
def retire_need_item(*, by: User, item: NeedItem, back: bool = False) -> NeedItem:
    """Ask families about it no more, or again. Who picked it keeps it. Writes "need_item.retired" or ".brought_back".

    Raises PermissionDenied.
    """
    _administers(by, item.organisation)
    if back == (item.retired_on is None):
        return item
    save_edit(item, version=item.version, retired_on=None if back else london_today())
    _record_item(by, item, "need_item.brought_back" if back else "need_item.retired")
    return item


def _administers(by: User, organisation: Organisation) -> None:
    if not Organisation.objects.administered_by(by).filter(pk=organisation.pk).exists():
        raise PermissionDenied


def _record_item(by: User, item: NeedItem, verb: str, **details: Any) -> None:
    record(by=by, verb=verb, target=item, label=str(item), details=details)


@transaction.atomic
def pick_needs(
    *,
    by: User | None,
    support: Support,
    adult: FamilyMember,
    items: Collection[NeedItem],
    said: Sequence[str] = (),
    language: str = "",
    is_ours: bool = False,
    interpreter: str = "",
    happened_on: dt.date | None = None,
) -> list[Need]:
    """What an adult would like help with: these of the list, and what they say in words of their own.

    Those of the list that they had picked and do not pick now are closed; their scores stay. Gives what is new. Writes
    "needs.picked". Raises NotYourService, PlanRefused.
    """
    day = listen(by=by, support=support, adult=adult, on=happened_on)
    foreign = [item for item in items if item.organisation_id != support.service.organisation_id]
    here = {need.item_id: need for need in support.needs.standing().filter(member=adult, item__isnull=False)}
    if foreign or any(item.retired_on and item.pk not in here for item in items):
        raise PlanRefused({"items": _("This is not in the list any more. Choose again.")})
    wanted = {item.pk for item in items}
    for item_id, need in here.items():
        if item_id not in wanted:
            save_edit(need, version=need.version, closed_on=day)
    of: dict[str, Any] = {"support": support, "family_id": support.family_id, "member": adult, "is_ours": is_ours}
    of |= {"happened_on": day, "recorded_by": by}
    new = [Need(item=item, **of) for item in items if item.pk not in here]
    for words in filter(str.strip, said):
        row = write_words(
            by=by, support=support, adult=adult, kind=Sayable.NEED, words=words, language=language, day=day,
            is_ours=is_ours, interpreter=interpreter,
        )  # fmt: skip
        new.append(Need(said=row, **of))
    try:
        with transaction.atomic():
            Need.objects.bulk_create(new)
    except IntegrityError as error:
        raise PlanRefused(_("Somebody wrote this down at the same moment. Look at it again.")) from error
    closed = here.keys() - wanted
    if new or closed:
        note(by, (new or list(here.values()))[0], "needs.picked", new=len(new), closed=len(closed))
    return new


@transaction.atomic
def close_need(*, by: User, need: Need) -> Need:
    """They do not need help with it any more. Its scores stay. Writes "needs.picked". Raises NotYourService,
    PlanRefused.
    """
    day = listen(by=by, support=need.support, adult=need.member, on=None)
    if need.closed_on is None:
        save_edit(need, version=need.version, closed_on=day)
        note(by, need, "needs.picked", new=0, closed=1)
    return need
