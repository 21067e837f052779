"""Which support a row speaks of: one that is here, one the file spoke of before, or a new one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from betterstart.access.models import Service
from betterstart.clock import london_today
from families.imports.checking import Record, SheetReader
from families.imports.household import Household, Row, differ
from families.models import Support, SupportState

SUPPORT_FIELDS = {
    "support.accepted_on": "accepted_on",
    "support.started_on": "started_on",
    "support.paused_until": "paused_until",
    "support.ending_reason": "ending_reason",
}
STANDING_FIELDS = {"support.state": "state", "support.ended_on": "ended_on"}


def take_support(household: Household, reader: SheetReader, record: Record, service: Service) -> None:
    """What a row says of a support in this service.

    A support that is here keeps its state: states move on the family's page, where the rules for each move are asked.
    """
    support = _find(household, record, service)
    if support is None:
        household.supports.append(_new(household, record, service))
        _refuse_second_open(household, reader, record, service)
        return
    reference = record.values.get("support.reference", "")
    if reference and not support.row.external_reference:
        support.row.external_reference = reference
        support.filled.add("external_reference")
    for target, name in SUPPORT_FIELDS.items():
        support.fill(reader, record, target, name)
    for target, name in STANDING_FIELDS.items():
        if target not in record.values or not support.agree(reader, record, target):
            continue
        if getattr(support.row, name) != record.values[target]:
            differ(reader, record, target, support.row, name)


def _find(household: Household, record: Record, service: Service) -> Row | None:
    reference = record.values.get("support.reference", "")
    candidates = [support for support in household.supports if support.row.service_id == service.pk]
    for support in candidates:
        if reference and support.row.external_reference == reference:
            return support
    free = [support for support in candidates if not (reference and support.row.external_reference)]
    return next((support for support in free if _is_same_time(support.row, record.values)), None)


def _is_same_time(support: Support, said: dict[str, Any]) -> bool:
    """Without a reference: the same support unless one of the two had ended before the other began."""
    began = said.get("support.started_on") or said.get("support.accepted_on")
    here_began = support.started_on or support.accepted_on
    if began and here_began == began:
        return True
    if began and support.ended_on and support.ended_on <= began:
        return False
    ended = said.get("support.ended_on")
    return not (ended and here_began and ended <= here_began)


def _new(household: Household, record: Record, service: Service) -> Row:
    said = record.values
    started, ended = said.get("support.started_on"), said.get("support.ended_on")
    accepted = said.get("support.accepted_on") or started or ended or london_today()
    state = said.get("support.state", SupportState.OFFERED)
    support = Row(
        Support(
            family=household.family.row,
            service=service,
            state=state,
            accepted_on=accepted,
            started_on=started,
            waiting_since=accepted if state == SupportState.WAITING else None,
            paused_until=said.get("support.paused_until"),
            ended_on=ended,
            ending_reason=said.get("support.ending_reason", ""),
            external_reference=said.get("support.reference", ""),
        ),
        is_new=True,
    )
    for target in (*SUPPORT_FIELDS, *STANDING_FIELDS):
        if target in said:
            support.said[target] = said[target], record.row
    return support


def _refuse_second_open(household: Household, reader: SheetReader, record: Record, service: Service) -> None:
    still_open = [
        support for support in household.supports if support.row.service_id == service.pk and support.row.is_open
    ]
    if len(still_open) > 1:
        reader.complain(
            record.row,
            "support.service",
            _("This family already has an open support in %(service)s. One must end before another starts.")
            % {"service": service},
        )


def begin_with_first_visit(household: Household, day: dt.date) -> None:
    """A support of which the file only says that there were visits began with the first of them."""
    for support in household.supports:
        row = support.row
        if not support.is_new or {"support.state", "support.started_on"} & support.said.keys():
            continue
        row.state = SupportState.ACTIVE
        row.started_on = min(row.started_on or day, day)
        if "support.accepted_on" not in support.said:
            row.accepted_on = row.started_on


def support_for_visit(household: Household, day: dt.date, service: Service | None) -> tuple[Support | None, str]:
    """The support a visit on that day belongs to, or a sentence that says why none can be told."""
    supports = [row.row for row in household.supports if service is None or row.row.service_id == service.pk]
    if not supports:
        return None, _("This family has no support that this visit could belong to.")
    around = [support for support in supports if _covers(support, day)]
    if len(around) == 1:
        return around[0], ""
    if len(around) > 1 or len(supports) > 1:
        return None, _("This visit could belong to several supports of the family. Say the service.")
    only = supports[0]
    if only.ended_on and day > only.ended_on:
        return None, _("This visit is later than the end of the support on %(day)s.") % {
            "day": f"{only.ended_on:%d/%m/%Y}"
        }
    return only, ""


def _covers(support: Support, day: dt.date) -> bool:
    began = min(filter(None, (support.accepted_on, support.started_on)))
    return began <= day and (support.ended_on is None or day <= support.ended_on)
