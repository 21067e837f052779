"""A whole file beside what is stored. Reads the database and writes nothing: the action decides what becomes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from django.utils.translation import gettext as _

from betterstart.access.models import Organisation, Service, User
from betterstart.access.roles import Role
from betterstart.clock import LONDON
from families.imports.checking import Record, SheetReader
from families.imports.columns import fold_heading
from families.imports.contacts import take_contacts
from families.imports.household import Household, new_household, stored_household
from families.imports.supports import begin_with_first_visit, take_support
from families.imports.visits import SaidVisit, VisitMerge
from families.imports.walking import FileReader
from families.models import Family, FamilyMerge, Visit
from families.reports.duplicates import registered_by_hand

BATCH = 1_000
T = TypeVar("T")


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def workers_of(organisation: Organisation) -> dict[str, User | None]:
    """People who visit or visited for this organisation, by email and by name; None where a name is borne twice."""
    people = User.objects.filter(
        memberships__organisation=organisation, memberships__role__in=[Role.VOLUNTEER, Role.COORDINATOR]
    ).distinct()
    known: dict[str, User | None] = {}
    for person in people:
        name = person.display_name.casefold()
        known[name] = None if name in known else person
    return known | {person.email.casefold(): person for person in people}


class Merge:
    """What one person's file would change in one organisation.

    The caller acts with `Scope.ALL`; only families of the organisation are looked at, and only those with a support
    in a service this person coordinates are touched.
    """

    def __init__(self, reader: FileReader, *, by: User, organisation: Organisation) -> None:
        self.reader = reader
        self.by = by
        self.organisation = organisation
        self.households: dict[str, Household] = {}
        self.visits = VisitMerge(by)
        services = Service.objects.coordinated_by(by).filter(organisation=organisation)
        self._services = {fold_heading(service.name): service for service in services}
        self._service_ids = {service.pk for service in self._services.values()}
        self._workers = workers_of(organisation)
        self._asked: set[int] = set()
        self._usual = self._services.get(fold_heading(reader.fixed.get("support.service", "")))

    def read_households(self) -> None:
        """Understand every family of the file, with people, addresses, contacts and supports."""
        for batch in batches(self.reader.records()):
            self._load(batch)
            for reader, record in batch:
                if household := self._household(reader, record):
                    self._take(household, reader, record)
        for household in self.households.values():
            if not household.is_elsewhere:
                self._finish(household)
        self._warn_of_doubles()

    def read_visits(self) -> Iterator[list[Visit]]:
        """The new visits of the file in batches, unsaved. Families and supports must be understood by now."""
        for batch in batches(self.reader.visit_records()):
            said = [visit for reader, record in batch if (visit := self._said_visit(reader, record))]
            yield self.visits.take(said)

    def counts(self) -> dict[str, int]:
        """How many of each kind are new, get something filled in, or are here already just so."""
        found: Counter[str] = Counter(rows=self.reader.rows, visits_new=self.visits.new, visits_same=self.visits.same)
        for household in self.households.values():
            if household.is_elsewhere:
                continue
            parts = [household.family, *household.members, *household.addresses, *household.contacts]
            filled = any(part.filled or (part.is_new and part is not household.family) for part in parts)
            kind = "new" if household.family.is_new else "filled" if filled else "same"
            found[f"families_{kind}"] += 1
            for name, rows in (("people", household.members), ("supports", household.supports)):
                for row in rows:
                    found[f"{name}_{'new' if row.is_new else 'filled' if row.filled else 'same'}"] += 1
        return dict(found)

    def _load(self, batch: list[tuple[SheetReader, Record]]) -> None:
        """Fetch the families of a batch that are here already, with what belongs to them."""
        wanted = (
            {record.values.get("family.reference", "") for _reader, record in batch} - {""} - self.households.keys()
        )
        stored = Family.objects.filter(organisation=self.organisation, external_reference__in=wanted).prefetch_related(
            "home_members", "shares__member", "addresses", "contact_methods", "supports__service", "joined"
        )
        families = {family.external_reference: family for family in stored}
        for reader, record in batch:
            reference = record.values.get("family.reference")
            if not reference or reference in self.households:
                continue
            if reference in families:
                household = stored_household(families[reference], self._service_ids, reader, record)
            else:
                family = Family(organisation=self.organisation, external_reference=reference, created_by=self.by)
                household = new_household(family, reader, record)
            self.households[reference] = household
        self._note_joined(families.values())

    def _note_joined(self, families: Iterable[Family]) -> None:
        joined = FamilyMerge.objects.standing().filter(merged__in=families).values_list("merged__external_reference")
        for (reference,) in joined:
            self.households[reference].is_joined = True

    def _household(self, reader: SheetReader, record: Record) -> Household | None:
        household = self.households.get(record.values.get("family.reference", ""))
        if household is None or not household.is_elsewhere:
            return household
        if record.row == household.first_row and reader is household.reader:
            sentence = _("Your organisation has a family with this reference in a service you do not coordinate.")
            if household.is_joined:
                sentence = _("This family was joined with another one here. Its rows are left out.")
            reference = record.values["family.reference"]
            reader.complain(record.row, "family.reference", sentence, reference, blocks=not household.is_joined)
        return None

    def _take(self, household: Household, reader: SheetReader, record: Record) -> None:
        household.take(reader, record)
        if record.speaks_of("support"):
            service = self._service(reader, record)
            if service:
                take_support(household, reader, record, service)
        if at := record.values.get("visit.at"):
            day = at.astimezone(LONDON).date()
            household.first_visit = min(household.first_visit or day, day)

    def _service(self, reader: SheetReader, record: Record) -> Service | None:
        name = record.values.get("support.service")
        service = self._services.get(fold_heading(name)) if name else self._usual
        if service is None:
            self._asked.add(id(self.households[record.values["family.reference"]]))
            reader.complain(
                record.row,
                "support.service",
                _("You coordinate no service of this name. Yours are: %(names)s.")
                % {"names": "; ".join(service.name for service in self._services.values())}
                if name
                else _("Say which service this is, in a column or once for all rows."),
                name,
            )
        return service

    def _finish(self, household: Household) -> None:
        if household.family.is_new:
            household.name_family()
            if not household.supports and self._usual:
                take_support(household, household.reader, Record("", household.first_row, {}), self._usual)
            if not household.supports and id(household) not in self._asked:
                household.reader.complain(
                    household.first_row, "support.service", _("Say which service this family is with.")
                )
        if household.first_visit:
            begin_with_first_visit(household, household.first_visit)
        take_contacts(household)
        household.compare_ages()

    def _warn_of_doubles(self) -> None:
        """Say which new families look like one that somebody registered here by hand. A person decides."""
        new = {key: household for key, household in self.households.items() if household.family.is_new}
        candidates = {key: household.candidate() for key, household in new.items()}
        for key, similar in registered_by_hand(self.by, self.organisation, candidates).items():
            words = _("This looks like %(family)s (%(reference)s), registered here by hand. %(reasons)s") % {
                "family": similar.family.in_words,
                "reference": similar.family.reference,
                "reasons": " ".join(similar.reasons),
            }
            advice = _("If it is the same family, leave it out of your file; else nothing needs doing.")
            new[key].reader.complain(
                new[key].first_row,
                "family.reference",
                f"{words} {advice}",
                key,
                blocks=False,
                family=similar.family.reference,
            )

    def _said_visit(self, reader: SheetReader, record: Record) -> SaidVisit | None:
        household = self.households.get(record.values["family.reference"])
        if household is None or household.is_elsewhere:
            return None
        name = record.values["visit.worker"]
        worker = self._workers.get(name.casefold())
        if worker is None:
            sentence = (
                _("Several people have this name. Write the email address.")
                if name.casefold() in self._workers
                else _("We know nobody of this name or email in your organisation. Invite them first, or correct it.")
            )
            reader.complain(record.row, "visit.worker", sentence, name)
            return None
        service_name = record.values.get("support.service")
        service = self._services.get(fold_heading(service_name)) if service_name else None
        return SaidVisit(reader, record, household, service, worker)
