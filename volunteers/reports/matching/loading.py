"""Reading the two sides of matching: a fixed number of queries for any number of rows, within the asker's rights.

Rows come as few columns and no models: ten thousand of each side are read for one joint plan.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Membership, User
from betterstart.access.roles import Role
from betterstart.places.reports import points_of
from families.models import (
    Address,
    AddressKind,
    ChoiceAnswer,
    ChoiceKind,
    FamilyMember,
    FlagAnswer,
    HomeFact,
    HouseholdFlag,
    Interpreter,
    Need,
    PlanChoice,
    Support,
    VisitNeeds,
    WhoComes,
)
from families.models.own_words import VOICES
from families.models.visit_needs import SLOT_CODES
from volunteers.actions.pair_rules import ANIMALS
from volunteers.models import (
    Match,
    MatchEndReason,
    MatchState,
    NeverWith,
    Volunteer,
    VolunteerProfile,
    VolunteerState,
    readiness_of,
)
from volunteers.models.match import TAKING_A_PLACE
from volunteers.models.profile import KM_IN_A_MILE
from volunteers.reports.matching.sides import FamilySide, Point, VolunteerSide

ANY_TIME = frozenset(SLOT_CODES)
HOURS_OF_A_FAMILY = 3.0
"""A visit and the way there, a week: what schemes ask volunteers for."""
PARTED_FOR_GOOD = frozenset({MatchEndReason.NOT_RIGHT, MatchEndReason.SAFETY})


def _any(column: str, ids: Iterable[int]) -> models.Func:
    """As `column in ids`, with all of them in one value: a list of ten thousand is dear to write and to read."""
    listed = models.Value(list(ids), output_field=ArrayField(models.BigIntegerField()))
    of: dict[str, Any] = {
        "template": "%(expressions)s)",
        "arg_joiner": " = any(",
        "output_field": models.BooleanField(),
    }
    return models.Func(models.F(column), listed, **of)


def _ids(rows: Iterable[models.Model]) -> list[int]:
    if isinstance(rows, models.QuerySet):
        return list(rows.values_list("pk", flat=True))
    return [row.pk for row in rows]


def _gathered(pairs: Iterable[tuple[int, Any]]) -> dict[int, frozenset[Any]]:
    found: dict[int, set[Any]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return {key: frozenset(values) for key, values in found.items()}


class _Spoken(NamedTuple):
    languages: frozenset[str]
    interpreter: bool


class _Wish(NamedTuple):
    answer: str
    on: dt.date


def family_sides(user: User, supports: Iterable[Support]) -> list[FamilySide]:
    """What matching may know of these supports, in their order: of those this person answers for, and no others."""
    asked = _ids(supports)
    columns = ("pk", "family_id", "service_id", "service__organisation_id", "waiting_since", "accepted_on")
    found = Support.objects.responsible_to(user).filter(_any("pk", asked)).order_by()
    rows = {row[0]: row for row in found.values_list(*columns)}
    here = _any("support", rows)
    families = {row[1] for row in rows.values()}
    of_them = _any("family", families)
    needs = {row["support_id"]: row for row in VisitNeeds.objects.filter(here).values(*_NEEDS)}
    spoken = _spoken_by(families)
    wishes = _wishes(list(rows))
    picked = _gathered(Need.objects.standing().filter(here, item__isnull=False).values_list("support_id", "item__key"))
    hidden, places = _homes_of(families)
    never = _gathered(
        NeverWith.objects.visible_to(user)
        .standing()
        .filter(of_them)
        .order_by()
        .values_list("family_id", "volunteer_id")
    )
    flags = HouseholdFlag.objects.visible_to(user).filter(of_them, answer=FlagAnswer.CONFIRMED)
    lived = _gathered(flags.order_by().values_list("family_id", "flag"))
    met = _Met(families)
    nothing: frozenset[Any] = frozenset()
    sides = []
    for pk, family, service, organisation, since, accepted in (rows[pk] for pk in asked if pk in rows):
        told = needs.get(pk)
        wish = wishes.get(pk)
        side = FamilySide(
            support_id=pk,
            family_id=family,
            service_id=service,
            organisation_id=organisation,
            waiting_since=since or accepted,
            position=places.get(family),
            address_is_hidden=family in hidden,
            needs=picked.get(pk, nothing),
            circumstances=lived.get(family, nothing),
            never=never.get(family, nothing),
            matched_before=met.not_again(pk, family),
            knew=met.knew(family),
            wishes_gender=wish.answer if wish else "",
            told_on=max(filter(None, [told and told["said_on"], wish and wish.on]), default=None),
            **_languages(told, spoken.get(family)),
            **_at_visits(told),
        )
        sides.append(side)
    return sides


_NEEDS = (
    "support_id", "suits", "at_home", "no_pets", "who_comes", "language", "interpreter_will_do", "enjoys", "said_on",
)  # fmt: skip


def _at_visits(told: dict[str, Any] | None) -> dict[str, Any]:
    if told is None:
        return {}
    home, suits = told["at_home"], told["suits"]
    slots = frozenset() if suits is None else frozenset(suits) or ANY_TIME
    facts = {"slots": slots, "no_pets": told["no_pets"], "interests": frozenset(told["enjoys"])}
    facts["worker_led"] = told["who_comes"] != WhoComes.ONE
    if home is None:
        return facts
    animals = ANIMALS.intersection(home)
    at_home = {"somebody_smokes": HomeFact.SMOKE in home, "has_stairs": HomeFact.STAIRS in home}
    return facts | at_home | {"has_pets": bool(animals), "animals": animals}


def _languages(told: dict[str, Any] | None, spoken: _Spoken | None) -> dict[str, Any]:
    """The language that visits have to be in, where one was stated; else what is spoken at home."""
    if told and told["language"]:
        return {"languages": frozenset({told["language"]}), "interpreter": told["interpreter_will_do"]}
    return spoken._asdict() if spoken else {}


def _spoken_by(families: set[int]) -> dict[int, _Spoken]:
    """What the main carer speaks; where nobody asked them, what any adult of the household does."""
    adults = FamilyMember.objects.filter(_any("family", families), role__in=VOICES, left_on=None)
    rows = adults.order_by("is_main_carer").values_list("family_id", "is_main_carer", "languages", "interpreter")
    found: dict[int, _Spoken] = {}
    for family, is_main, languages, interpreter in rows:
        codes = frozenset(each["code"] for each in languages if each.get("speaks", True))
        needs_one = interpreter in (Interpreter.LANGUAGE, Interpreter.SIGN)
        before = found.get(family)
        if (codes and (is_main or before is None)) or before is None or not before.languages:
            found[family] = _Spoken(codes, needs_one)
        elif not is_main:
            found[family] = _Spoken(before.languages | codes, before.interpreter or needs_one)
    return found


def _wishes(supports: Sequence[int]) -> dict[int, _Wish]:
    """A wish for a woman or a man, as it was said last; the main carer's first."""
    rows = PlanChoice.objects.filter(_any("support", supports), kind=ChoiceKind.VOLUNTEER)
    newest = rows.order_by("support_id", "member_id", "-id").distinct("support_id", "member_id")
    found: dict[int, _Wish] = {}
    carers = set()
    for support, answer, day, is_main in newest.values_list(
        "support_id", "answer", "happened_on", "member__is_main_carer"
    ):
        if answer not in (ChoiceAnswer.WOMAN, ChoiceAnswer.MAN) or support in carers:
            continue
        before = found.get(support)
        if is_main or before is None or before.on < day:
            found[support] = _Wish(answer, day)
        if is_main:
            carers.add(support)
    return found


def _homes_of(families: set[int]) -> tuple[set[int], dict[int, Point]]:
    """The families whose address is hidden, and where the others live, as far as the postcode says."""
    rows = Address.objects.current().filter(_any("family", families)).order_by("id")
    hidden, postcodes = set(), {}
    for family, kind, postcode in rows.values_list("family_id", "kind", "postcode"):
        if kind == AddressKind.CONFIDENTIAL:
            hidden.add(family)
        elif postcode:
            postcodes[family] = postcode
    points = points_of(set(postcodes.values()))
    shown = ((family, points.get(postcode)) for family, postcode in postcodes.items() if family not in hidden)
    return hidden, {family: point for family, point in shown if point}


class _Met:
    """Who was asked for, or was with, these families, as far as the asker may know."""

    def __init__(self, families: set[int]) -> None:
        self._here: dict[int, set[int]] = defaultdict(set)
        self._parted: dict[int, set[int]] = defaultdict(set)
        self._knew: dict[int, set[int]] = defaultdict(set)
        rows = Match.objects.filter(_any("family", families)).exclude(state=MatchState.WITHDRAWN)
        for support, family, volunteer, state, reason in rows.values_list(
            "support_id", "family_id", "volunteer_id", "state", "end_reason"
        ):
            if state != MatchState.ENDED:
                self._here[support].add(volunteer)
            elif reason in PARTED_FOR_GOOD:
                self._parted[family].add(volunteer)
            else:
                self._knew[family].add(volunteer)

    def not_again(self, support: int, family: int) -> frozenset[int]:
        return frozenset(self._here.get(support, set()) | self._parted.get(family, set()))

    def knew(self, family: int) -> frozenset[int]:
        return frozenset(self._knew.get(family, set()) - self._parted.get(family, set()))


def volunteer_sides(user: User, volunteers: Iterable[Volunteer]) -> list[VolunteerSide]:
    """What matching may know of these volunteers, in their order: of those this person keeps, and no others.

    How many families each is with is counted also where the asker may not see the families.
    """
    asked = _ids(volunteers)
    found = Volunteer.objects.kept_by(user).filter(_any("pk", asked)).order_by()
    rows = {row[0]: row for row in found.values_list("pk", "organisation_id", "user_id", "state", "most_families")}
    ids = list(rows)
    held = _services_of(ids)
    profiles = {
        row["volunteer_id"]: row for row in VolunteerProfile.objects.filter(_any("volunteer", ids)).values(*_PROFILE)
    }
    points = points_of({row["postcode"] for row in profiles.values()})
    ready, taken = _ready_and_taken(user, ids)
    lapsed = _missing([pk for pk, row in rows.items() if row[3] == VolunteerState.READY and pk not in ready])
    sides = []
    for pk, organisation, person, state, most in (rows[pk] for pk in asked if pk in rows):
        told = profiles.get(pk)
        places, began, last = taken.get(pk, (0, 0, None))
        has_role = (person, organisation) in held
        is_ready = pk in ready and has_role
        side = VolunteerSide(
            volunteer_id=pk,
            organisation_id=organisation,
            is_ready=is_ready,
            not_ready_because="" if is_ready else lapsed.get(pk) or _not_ready(state),
            places_left=max(0, most - places),
            services=held.get((person, organisation), frozenset()) - {None},
            last_match_ended_on=last,
            is_new=not began,
            **(_told_by(told, points, places) if told else {}),
        )
        sides.append(side)
    return sides


_PROFILE = (
    "volunteer_id", "times", "hours_a_week", "postcode", "miles", "means", "languages", "skills", "enjoys", "shared",
    "homes", "has_pets", "offered_as", "said",
)  # fmt: skip


def _not_ready(state: str) -> str:
    if state == VolunteerState.READY:
        return _("They have no access as a volunteer now.")
    return str(VolunteerState(state).label)


def _missing(volunteers: Sequence[int]) -> dict[int, str]:
    """Of those who are with us and whose evidence is not in date: the first thing that is missing, in a sentence."""
    if not volunteers:
        return {}
    steps_of = readiness_of(Volunteer.objects.filter(_any("pk", volunteers)))
    missing = {pk: [step.reason for step in steps if not step.is_done] for pk, steps in steps_of.items()}
    return {pk: reasons[0] for pk, reasons in missing.items() if reasons}


def _services_of(volunteers: Sequence[int]) -> dict[tuple[int | None, int], frozenset[Any]]:
    """For each person and organisation the services they volunteer with; None stands for all of them."""
    rows = Membership.objects.active().filter(_any("user__volunteer", volunteers), role=Role.VOLUNTEER)
    found: dict[tuple[int | None, int], set[Any]] = defaultdict(set)
    for person, organisation, service in rows.values_list("user_id", "organisation_id", "service_id"):
        found[person, organisation].add(service)
    return {key: frozenset(services) for key, services in found.items()}


def _ready_and_taken(
    user: User, volunteers: Sequence[int]
) -> tuple[set[int], dict[int, tuple[int, int, dt.date | None]]]:
    """Who of them is ready; and of each how many families they are with or about to meet, how many matches began, and
    when the last ended: also where the asker may not see the families.
    """
    with acting_as(Scope.ALL, user.pk):
        ready = Volunteer.objects.here().filter(_any("pk", volunteers)).ready_ids()
        rows = Match.objects.filter(_any("volunteer", volunteers)).order_by().values("volunteer_id")
        counted = rows.annotate(
            taken=models.Count("pk", filter=models.Q(state__in=TAKING_A_PLACE)),
            began=models.Count("started_on"),
            last=models.Max("ended_on"),
        )
        taken = {pk: tuple(facts) for pk, *facts in counted.values_list("volunteer_id", "taken", "began", "last")}
        return ready, taken


def _told_by(told: dict[str, Any], points: dict[str, Point], places: int) -> dict[str, Any]:
    homes, miles, hours = told["homes"], told["miles"], told["hours_a_week"]
    cannot = frozenset(fact for fact, how in homes.items() if how == "cannot")
    days = {section: dt.date.fromisoformat(said["on"]) for section, said in told["said"].items()}
    return {
        "languages": frozenset(each["code"] for each in told["languages"] if each["speaks"]),
        "reads": frozenset(each["code"] for each in told["languages"] if each["reads"]),
        "position": points.get(told["postcode"]),
        "travels_km": None if miles is None else miles * KM_IN_A_MILE,
        "means": frozenset(told["means"]),
        "slots": frozenset(told["times"]),
        "hours_a_week": None if hours is None else float(hours),
        "hours_left": None if hours is None else max(0.0, float(hours) - HOURS_OF_A_FAMILY * places),
        "accepts_pets": _accepts(homes, ANIMALS),
        "accepts_smoke": _accepts(homes, {HomeFact.SMOKE}),
        "manages_stairs": _accepts(homes, {HomeFact.STAIRS}),
        "cannot_animals": cannot & ANIMALS,
        "rather_not": frozenset(fact for fact, how in homes.items() if how == "rather_not"),
        "keeps_pets": told["has_pets"],
        "gender": told["offered_as"],
        "skills": frozenset(told["skills"]),
        "experience": frozenset(told["shared"]),
        "interests": frozenset(told["enjoys"]),
        "told": days,
        "told_on": max(days.values(), default=None),
    }


def _accepts(homes: dict[str, str], facts: Iterable[str]) -> bool | None:
    """Whether they can be with any of these; None where they did not speak of all of them."""
    said = [homes.get(fact) for fact in facts]
    if any(how in ("fine", "rather_not") for how in said):
        return True
    return None if None in said else False
