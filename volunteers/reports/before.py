"""What a volunteer needs to know on the way to a visit."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from betterstart.clock import LONDON, london_date, london_today
from families.models import Address, Channel, ContactMethod, FamilyMember, Safe, Visit
from families.models.contact import WEEKDAYS
from families.models.contact_change import Known, changes_of, known_addresses, ways_used_by

ICONS = {Channel.PHONE: "phone", Channel.TEXT: "message", Channel.EMAIL: "email", Channel.POST: "inbox"}
# Only the postcode leaves the page, and only when somebody follows the link.
MAP = "https://www.openstreetmap.org/search?"


@dataclass(frozen=True)
class Reaching:
    """One number or address, and what makes using it safe."""

    contact: ContactMethod
    rules: list[str]
    is_asked: bool = False
    """Another service was told something else, and nobody has answered whether we use it too."""

    @property
    def may_use(self) -> bool:
        return self.contact.safe != Safe.NO

    @property
    def may_call(self) -> bool:
        return self.may_use and self.contact.channel in {Channel.PHONE, Channel.TEXT}

    @property
    def dialled(self) -> str:
        return "".join(char for char in self.contact.value if char.isdigit() or char == "+")

    @property
    def icon(self) -> str:
        return ICONS.get(Channel(self.contact.channel), "place")


@dataclass(frozen=True)
class Visiting:
    visit: Visit
    people: list[FamilyMember]
    address: Address | None
    address_is_asked: bool
    """Another service was told that they live elsewhere, and nobody has answered whether we go there too."""
    contacts: list[Reaching]
    last: Visit | None
    """The visit before, for its words."""

    @property
    def says_interpreter(self) -> bool:
        """The family needs one, and it does not stand beside the name of the person who does."""
        return self.visit.family.interpreter_needed and not any(person.needs_interpreter for person in self.people)

    @property
    def forbids_messages(self) -> bool:
        return any(reaching.contact.forbids_messages for reaching in self.contacts)

    @property
    def first_names(self) -> list[str]:
        return [str(person) for person in self.people]

    @property
    def street(self) -> str:
        """Where to go, unless that must not stand on a page somebody carries about."""
        return "" if self.address is None or self.address.is_confidential else str(self.address)

    @property
    def map_url(self) -> str:
        postcode = self.address.postcode if self.address and self.street else ""
        return MAP + urlencode({"query": postcode}) if postcode else ""

    @property
    def day(self) -> str:
        """ "Today", "Tomorrow", else nothing."""
        if self.visit.planned_start is None:
            return ""
        days = (london_date(self.visit.planned_start) - london_today()).days
        return {0: _("Today"), 1: _("Tomorrow")}.get(days, "")

    @property
    def hours(self) -> str:
        """ "10:00 to 12:00"."""
        ends = (self.visit.planned_start, self.visit.planned_end)
        start, end = (date_format(timezone.localtime(moment, LONDON), "H:i") for moment in ends)
        return _("{start} to {end}").format(start=start, end=end)

    @property
    def language(self) -> str:
        return language_name(self.visit.family.language)


def language_name(code: str) -> str:
    """The name of a language where Django knows it, else the code."""
    try:
        return str(get_language_info(code.lower())["name_translated"])
    except KeyError:
        return code


def visiting(visit: Visit) -> Visiting:
    """What to know before this visit: five questions to the database, whatever the family is like."""
    family = visit.family
    before = Visit.objects.delivered().filter(family=family, worker_id=visit.worker_id)
    changes = changes_of(visit.support)
    supports = {visit.support.pk} if visit.support.is_open else set()
    addresses, moved = known_addresses(family.addresses.current(), changes, supports, family)
    return Visiting(
        visit=visit,
        people=list(family.members.current()),
        address=addresses[0] if addresses else None,
        address_is_asked=bool(moved and moved.is_unanswered),
        contacts=[_reaching(known) for known in ways_used_by(visit.support, family, changes)],
        last=before.order_by("-actual_start").first(),
    )


def _reaching(known: Known) -> Reaching:
    is_asked = bool(known.change and known.change.is_unanswered)
    return Reaching(known.contact, rules(known.contact), is_asked)


def rules(contact: ContactMethod) -> list[str]:
    """What to do and not to do with this number or address, each in a few words."""
    if contact.safe == Safe.NO:
        return [_("Do not use this")]
    said = []
    if contact.safe == Safe.UNKNOWN:
        said.append(_("Nobody has asked yet whether this is safe"))
    if contact.forbids_messages:
        said.append(_("Do not leave a message"))
    if not contact.may_say_who_we_are:
        said.append(_("Do not say to anyone else where you call from"))
    if contact.shared_device:
        said.append(_("Others may read it"))
    if contact.safe_days:
        names = dict(WEEKDAYS)
        said.append(_("Only on {days}").format(days=", ".join(str(names[day]) for day in contact.safe_days)))
    if contact.safe_from and contact.safe_until:
        hours = {"start": f"{contact.safe_from:%H:%M}", "end": f"{contact.safe_until:%H:%M}"}
        said.append(_("Only between {start} and {end}").format(**hours))
    if contact.code_word:
        said.append(_("Code word: {word}").format(word=contact.code_word))
    if contact.safe_third_person:
        said.append(_("If not, ask {person}").format(person=contact.safe_third_person))
    return said
