"""Families that may be the same one: by four signs, each with a sentence that says what they have in common."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Membership, Organisation, Service, User
from betterstart.access.roles import Role
from families.models import Address, ContactMethod, DatePrecision, Family, FamilyMember, MemberRole
from families.models.contact import as_reached
from families.models.family import FamilyQuerySet, fold, sounds

MOST_SHOWN = 5
MOST_READ = 400
LIKE_ENOUGH = 0.65

# The signs are looked up by an index each, over every family; then those are kept that the person may see, or that
# another service of their organisation knows. Names are compared afterwards, in Python: it reads every script.
LOOK_ALIKES = f"""
    with born as materialized (
        select id, family_id, role, display_name, known_as, date_of_birth as day, birth_precision as precision
        from families_familymember where date_of_birth = any(%(born)s::date[])
    ), person as (
        select born.* from born
        union all
        select born.id, s.family_id, role, display_name, known_as, day, precision
        from born join families_sharedcare s on s.member_id = born.id and s.until is null
    ), alike as (
        select family_id, 'born' as sign, display_name as one, known_as as two, day, precision from person
        union all
        select c.family_id, 'reached', c.value, '', null, ''
        from families_contactmethod c
        where families_reached_as(c.channel, c.value) = any(%(reached)s::text[])
        union all
        select a.family_id, 'near', a.postcode, '', person.day, person.precision
        from families_address a
        join person on person.family_id = a.family_id and person.role = 'child'
            and person.day = any(%(children)s::date[]) and person.precision = 'day'
        where a.postcode = %(postcode)s and a.valid_to is null and a.postcode <> '' and a.kind <> 'confidential'
    ), visible(id) as materialized (
        select families_visible_ids()
    ), known(id) as materialized (
        select id from visible
        union
        select s.family_id from families_support s where s.service_id = any(%(around)s)
    )
    select f.*, alike.sign, alike.one, alike.two, alike.day, alike.precision,
        f.id in (select id from visible) as may_see,
        array(
            select s.service_id from families_support s where s.family_id = f.id and s.service_id = any(%(around)s)
        ) as services
    from alike join known on known.id = alike.family_id join families_family f on f.id = known.id
    order by f.name, f.id, sign
    limit {MOST_READ}
"""  # noqa: S608  (no more than a number of ours)


@dataclass(frozen=True)
class Similar:
    family: Family
    reasons: list[str]


@dataclass(frozen=True)
class KnownNearby:
    """Another service of one's own organisation knows a family that looks alike. Not which, nor why."""

    service: Service
    ask: list[str]
    """Names of its coordinators."""


@dataclass(frozen=True)
class LookAlikes:
    similar: list[Similar] = field(default_factory=list)
    nearby: list[KnownNearby] = field(default_factory=list)

    @property
    def marks(self) -> list[str]:
        """By which a form says which of these a person has seen."""
        return [
            *(str(each.family.uuid) for each in self.similar),
            *(f"service-{each.service.pk}" for each in self.nearby),
        ]


def look_alikes(
    user: User,
    *,
    people: Sequence[dict[str, Any]],
    contacts: Sequence[dict[str, Any]] = (),
    postcode: str = "",
    but: int = 0,
) -> LookAlikes:
    """The same date of birth with a similar name; the same phone or email; the same postcode and a child's birthday.

    `people` and `contacts` are fields of FamilyMember and ContactMethod; `but` is the id of a family not to be found.
    One question to the database over all families, and a second where there is somebody to ask. What another
    organisation knows is never among it, nor that it knows anything: not even as a hint.
    """
    around = _services_around(user)
    with acting_as(Scope.ALL, user.pk):
        found: list[Any] = list(
            Family.objects.raw(LOOK_ALIKES, _asked(people, contacts, postcode) | {"around": around})
        )
    reasons: defaultdict[Family, list[str]] = defaultdict(list)
    services: set[int] = set()
    for row in found:
        sentence = _sentence_for(row, people) if row.pk != but else ""
        if sentence and row.may_see and sentence not in reasons[row]:
            reasons[row].append(sentence)
        elif sentence and not row.may_see:
            services |= set(row.services)
    similar = sorted((Similar(family, why) for family, why in reasons.items()), key=lambda each: -len(each.reasons))
    return LookAlikes(similar[:MOST_SHOWN], _whom_to_ask(services) if services else [])


def _asked(people: Sequence[dict[str, Any]], contacts: Sequence[dict[str, Any]], postcode: str) -> dict[str, Any]:
    born = {person["date_of_birth"] for person in people if person.get("date_of_birth")}
    children = {person["date_of_birth"] for person in people if _is_dated_child(person)}
    reached = {as_reached(contact["channel"], contact["value"]) for contact in contacts} - {""}
    return {"born": list(born), "children": list(children), "reached": list(reached), "postcode": postcode}


def _is_dated_child(person: Mapping[str, Any]) -> bool:
    exact = person.get("birth_precision", DatePrecision.DAY) == DatePrecision.DAY
    return bool(person["role"] == MemberRole.CHILD and person.get("date_of_birth") and exact)


def _services_around(user: User) -> list[int]:
    """Services of the organisations where this person is a coordinator: one controller, many services."""
    held = {each.organisation_id for each in user.active_memberships if each.role == Role.COORDINATOR}
    return list(Service.objects.filter(organisation__in=held).values_list("pk", flat=True)) if held else []


def _whom_to_ask(services: set[int]) -> list[KnownNearby]:
    coordinators = Membership.objects.active().filter(role=Role.COORDINATOR).select_related("user")
    known = Service.objects.filter(pk__in=services).select_related("organisation").order_by("name")
    held = list(coordinators.filter(organisation__in=known.values("organisation")).order_by("user__display_name"))
    return [
        KnownNearby(
            service,
            [
                each.user.display_name
                for each in held
                if (each.service_id or service.pk) == service.pk and each.organisation_id == service.organisation_id
            ],
        )
        for service in known
    ]


def _sentence_for(row: Any, people: Sequence[dict[str, Any]]) -> str:
    if row.sign == "reached":
        return reached_sentence(row.one)
    if row.sign == "near":
        return near_sentence(row.day, row.one)
    there = [name for name in (row.one, row.two) if name]
    for person in people:
        if person.get("date_of_birth") == row.day and any(alike(person["display_name"], name) for name in there):
            return born_sentence(person["display_name"], row.two or row.one, row.day, row.precision)
    return ""


def born_sentence(one: str, other: str, day: dt.date, precision: str = DatePrecision.DAY) -> str:
    written = {DatePrecision.MONTH: "F Y", DatePrecision.YEAR: "Y"}.get(DatePrecision(precision or "day"), "j F Y")
    if fold(one) == fold(other):
        return _("Both have {name}, born {day}.").format(name=other, day=date_format(day, written))
    return _("{name} and {other} were both born {day}.").format(name=one, other=other, day=date_format(day, written))


def reached_sentence(value: str) -> str:
    return _("Both can be reached at {value}.").format(value=value)


def near_sentence(day: dt.date, postcode: str) -> str:
    return _("Both have a child born {day} and live in {postcode}.").format(
        day=date_format(day, "j F Y"), postcode=postcode
    )


@lru_cache(maxsize=10_000)
def _consonants(name: str) -> frozenset[str]:
    return frozenset(sound.consonants for sound in sounds(name))


@lru_cache(maxsize=10_000)
def _folded(name: str) -> str:
    return fold(name)


def alike(one: str, other: str) -> bool:
    """Whether two names may be one person's: nearly the same letters, or a word that sounds the same."""
    if _consonants(one) & _consonants(other):
        return True
    letters = SequenceMatcher(None, _folded(one), _folded(other))
    return letters.quick_ratio() >= LIKE_ENOUGH and letters.ratio() >= LIKE_ENOUGH


# Files on their way in --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """A family that is about to come in from elsewhere: fields of its people and contacts, and its postcode."""

    people: Sequence[dict[str, Any]]
    contacts: Sequence[dict[str, Any]]
    postcode: str = ""


def registered_by_hand(
    user: User, organisation: Organisation, candidates: Mapping[str, Candidate]
) -> dict[str, Similar]:
    """For each candidate the family most like it, by the same four signs, if there is one.

    Looked for among those this person coordinates here that came from no file; four questions to the database,
    however many candidates there are.
    """
    mine = Family.objects.coordinated_by(user).filter(organisation=organisation, external_reference="")
    found: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for key, family_id, reason in [*_people_by_hand(mine, candidates), *_contacts_by_hand(mine, candidates)]:
        if reason not in found[key, family_id]:
            found[key, family_id].append(reason)
    families = Family.objects.in_bulk({family_id for _key, family_id in found})
    best: dict[str, Similar] = {}
    for (key, family_id), reasons in found.items():
        if key not in best or len(reasons) > len(best[key].reasons):
            best[key] = Similar(families[family_id], reasons)
    return best


def _people_by_hand(mine: FamilyQuerySet, candidates: Mapping[str, Candidate]) -> Iterator[tuple[str, int, str]]:
    born: defaultdict[dt.date, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for key, candidate in candidates.items():
        for person in candidate.people:
            if person["date_of_birth"]:
                born[person["date_of_birth"]].append((key, person))
    homes = Address.objects.filter(family__in=mine).current().exclude(kind="confidential")
    known = set(homes.values_list("family_id", "postcode"))
    for member in FamilyMember.objects.filter(family__in=mine, date_of_birth__in=born).order_by("pk"):
        day: dt.date = member.date_of_birth  # type: ignore[assignment]
        for key, person in born[day]:
            if any(alike(person["display_name"], name) for name in (member.display_name, member.known_as) if name):
                yield (
                    key,
                    member.family_id,
                    born_sentence(person["display_name"], str(member), day, member.birth_precision),
                )
            postcode, children = candidates[key].postcode, member.role == person["role"] == MemberRole.CHILD
            if children and postcode and (member.family_id, postcode) in known:
                yield key, member.family_id, near_sentence(day, postcode)


def _contacts_by_hand(mine: FamilyQuerySet, candidates: Mapping[str, Candidate]) -> Iterator[tuple[str, int, str]]:
    reached: defaultdict[str, list[str]] = defaultdict(list)
    for key, candidate in candidates.items():
        for contact in candidate.contacts:
            if way := as_reached(contact["channel"], contact["value"]):
                reached[way].append(key)
    contacts = ContactMethod.objects.filter(family__in=mine)
    for family_id, channel, value in contacts.values_list("family_id", "channel", "value"):
        for key in reached.get(as_reached(channel, value), ()):
            yield key, family_id, reached_sentence(value)
