"""Visits of a file beside the visits that are here. A visit that is here stays as it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import Service, User
from betterstart.clock import LONDON
from families.imports import words
from families.imports.checking import Record, SheetReader
from families.imports.household import Household
from families.imports.supports import support_for_visit
from families.models import Support, Visit, VisitMode, VisitState

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class SaidVisit:
    """A row that speaks of a visit, with what it belongs to."""

    reader: SheetReader
    record: Record
    household: Household
    service: Service | None
    worker: User


@dataclass
class VisitMerge:
    """Takes visits in batches and gives those that are new, unsaved."""

    by: User
    new: int = 0
    same: int = 0
    _seen: dict[Key, tuple[int, int]] = field(default_factory=dict)

    def take(self, batch: Sequence[SaidVisit]) -> list[Visit]:
        """The visits of these rows that are not here yet. What cannot be kept is complained about."""
        stored = _stored(batch)
        fresh: list[Visit] = []
        for said in batch:
            support, sentence = support_for_visit(said.household, said.record.values["visit.at"].date(), said.service)
            if support is None:
                said.reader.complain(said.record.row, "visit.date", sentence)
                continue
            visit = self._visit(said, support)
            if self._is_repeated(said, visit) or not _fits(said, visit, support.service):
                continue
            here = _here(visit, stored)
            if here is None:
                self.new += 1
                fresh.append(visit)
            else:
                self.same += 1
                _compare(said, visit, here)
        return fresh

    def _visit(self, said: SaidVisit, support: Support) -> Visit:
        values = said.record.values
        at: dt.datetime = values["visit.at"].astimezone(dt.UTC)
        delivered = values["visit.outcome"] == words.DELIVERED
        minutes = values.get("visit.duration") or support.service.usual_visit_minutes
        return Visit(
            family=said.household.family.row,
            support=support,
            worker=said.worker,
            state=VisitState.DELIVERED if delivered else VisitState.NOT_DELIVERED,
            mode=values.get("visit.mode", VisitMode.HOME),
            actual_start=at if delivered else None,
            duration_minutes=minutes if delivered else None,
            planned_start=None if delivered else at,
            planned_end=None if delivered else at + dt.timedelta(minutes=minutes),
            not_delivered_reason="" if delivered else values["visit.reason"],
            what_happened=values.get("visit.notes", ""),
            recorded_by=self.by,
            recorded_at=timezone.now(),
            external_reference=values.get("visit.reference", ""),
        )

    def _is_repeated(self, said: SaidVisit, visit: Visit) -> bool:
        """Whether the file had this visit before; complains where it said something else of it then."""
        key = (id(said.household), *_key(visit)[1:])
        content = hash((visit.when, visit.state, visit.duration_minutes, visit.worker_id, visit.what_happened))
        row, before = self._seen.setdefault(key, (said.record.row, content))
        if row != said.record.row and before != content:
            said.reader.complain(
                said.record.row,
                "visit.reference" if visit.external_reference else "visit.date",
                _("Row %(row)s speaks of the same visit and says something else. Give each visit its own reference.")
                % {"row": row},
            )
        return row != said.record.row


def _place(visit: Visit) -> Key:
    return visit.family_id, visit.support_id, visit.worker_id, visit.when


def _key(visit: Visit) -> Key:
    """What tells two visits apart: the reference; without one, the support, the worker and the beginning."""
    return (visit.family_id, visit.external_reference) if visit.external_reference else _place(visit)


def _here(visit: Visit, stored: Mapping[Key, Visit]) -> Visit | None:
    here = stored.get(_key(visit)) or stored.get(_place(visit))
    if here and here.external_reference and visit.external_reference not in ("", here.external_reference):
        return None
    return here


def _stored(batch: Sequence[SaidVisit]) -> Mapping[Key, Visit]:
    families = {said.household.family.row.pk for said in batch} - {None}
    if not families:
        return {}
    references = {said.record.values.get("visit.reference", "") for said in batch} - {""}
    moments = [said.record.values["visit.at"] for said in batch]
    found = Visit.objects.filter(family_id__in=families).filter(
        models.Q(external_reference__in=references)
        | models.Q(actual_start__in=moments)
        | models.Q(planned_start__in=moments)
    )
    by_key: dict[Key, Visit] = {}
    for visit in found:
        by_key[_place(visit)] = by_key[_key(visit)] = visit
    return by_key


def _fits(said: SaidVisit, visit: Visit, service: Service) -> bool:
    minutes = visit.duration_minutes or 0
    if minutes > service.longest_visit_minutes:
        said.reader.complain(
            said.record.row,
            "visit.duration",
            _("The longest visit in %(service)s is %(minutes)s minutes.")
            % {"service": service, "minutes": service.longest_visit_minutes},
            minutes,
        )
        return False
    if minutes > service.long_visit_minutes:
        said.reader.complain(
            said.record.row, "visit.duration", _("This was a long visit. Is it right?"), minutes, blocks=False
        )
    return True


def _compare(said: SaidVisit, visit: Visit, here: Visit) -> None:
    if visit.when != here.when:
        moment = here.when.astimezone(LONDON) if here.when else None
        _differs(said, "visit.date", f"{moment:%d/%m/%Y %H:%M}")
    if visit.was_delivered != here.was_delivered:
        _differs(said, "visit.outcome", here.get_state_display())
    elif visit.duration_minutes != here.duration_minutes:
        _differs(said, "visit.duration", str(here.duration_minutes))
    if visit.worker_id != here.worker_id:
        _differs(said, "visit.worker", said.worker.display_name)


def _differs(said: SaidVisit, target: str, shown: str) -> None:
    said.reader.complain(
        said.record.row,
        target,
        _("This visit is here already and says “%(here)s”. It stays as it is.") % {"here": shown},
        said.record.values.get(target) if isinstance(said.record.values.get(target), str | int) else None,
        blocks=False,
    )
