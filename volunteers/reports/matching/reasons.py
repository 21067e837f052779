"""What speaks for one volunteer with one family, what to think about, and what nobody knows: sentences, never a number
of fit. None of it weighs more than another, and who reads it may see it the other way round.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.clock import day_in_words, london_today
from families.models import Enjoyed, HomeFact
from volunteers.models.profile import Experience
from volunteers.reports.matching import words
from volunteers.reports.matching.rules import distance
from volunteers.reports.matching.sides import FamilySide, VolunteerSide

OLD = dt.timedelta(days=183)
LONG_WITHOUT = dt.timedelta(days=28)
NEAR_THE_LIMIT = 0.75
HOURS_OF_A_VISIT = 2
Sentences = Iterator[str]


@dataclass(frozen=True)
class Reasons:
    """Three short lists, and how old what they rest on is."""

    speaks_for: list[str] = field(default_factory=list)
    think_about: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    volunteer_told_on: dt.date | None = None


def reasons(family: FamilySide, volunteer: VolunteerSide) -> Reasons:
    """For a pair that no rule bars."""
    return Reasons(
        _all(FOR, family, volunteer),
        _all(THINK_ABOUT, family, volunteer),
        _all(MISSING, family, volunteer),
        volunteer.told_on,
    )


def _is_near_the_limit(far: float, limit: float | None) -> bool:
    return limit is not None and far > limit * NEAR_THE_LIMIT


def _all(parts: tuple[Callable[[FamilySide, VolunteerSide], Sentences], ...], *sides: object) -> list[str]:
    return [sentence for part in parts for sentence in part(*sides)]  # type: ignore[arg-type]


def _together(family: FamilySide, volunteer: VolunteerSide) -> Sentences:
    if volunteer.volunteer_id in family.knew:
        yield _("Was with this family before.")


def _language(family: FamilySide, volunteer: VolunteerSide) -> Sentences:
    if shared := family.languages & volunteer.languages:
        yield _("Speaks {languages}, as the family does.").format(languages=words.languages(shared))


def _wish(family: FamilySide, volunteer: VolunteerSide) -> Sentences:
    if family.wishes_gender and family.wishes_gender == volunteer.gender:
        yield (
            _("Is a woman, as the family asked.")
            if volunteer.gender == "woman"
            else _("Is a man, as the family asked.")
        )


def _times(family: FamilySide, volunteer: VolunteerSide) -> Sentences:
    if shared := family.slots & volunteer.slots:
        yield _("Both can on {times}.").format(times=words.times(shared))


def _near(family: FamilySide, volunteer: VolunteerSide) -> Sentences:
    far = distance(family, volunteer)
    if far is not None and not _is_near_the_limit(far, volunteer.travels_km):
        yield _("Lives {miles} from them, in a straight line.").format(miles=words.miles(far))


def _skills(family: FamilySide, volunteer: VolunteerSide) -> Sentences:
    if shared := family.needs & volunteer.skills:
        yield _("Can help with what they picked: {needs}.").format(needs=words.needs(shared))


def _interests(family: FamilySide, volunteer: VolunteerSide) -> Sentences:
    if shared := family.interests & volunteer.interests:
        yield _("Both like: {interests}.").format(interests=words.labels(Enjoyed, shared))


def _experience(family: FamilySide, volunteer: VolunteerSide) -> Sentences:
    if shared := family.circumstances & volunteer.experience:
        yield _("Has lived through it too, and chose to share it: {experience}.").format(
            experience=words.labels(Experience, shared)
        )


def _hours(family: FamilySide, volunteer: VolunteerSide) -> Sentences:
    left = volunteer.hours_left
    if left is not None and left >= HOURS_OF_A_VISIT:
        yield ngettext("Has {n} hour a week left.", "Has {n} hours a week left.", int(left)).format(n=f"{left:g}")


def _long_without(family: FamilySide, volunteer: VolunteerSide) -> Sentences:
    ended = volunteer.last_match_ended_on
    if ended and london_today() - ended >= LONG_WITHOUT:
        yield _("Their last match ended on {day}.").format(day=day_in_words(ended))


def _interpreter(family: FamilySide, volunteer: VolunteerSide) -> Sentences:
    if family.interpreter and family.languages and family.languages.isdisjoint(volunteer.languages):
        yield _("An interpreter would have to come to each visit.")


def _no_time(family: FamilySide, volunteer: VolunteerSide) -> Sentences:
    if family.slots and volunteer.slots and family.slots.isdisjoint(volunteer.slots):
        yield _("No time yet that suits both. Ask whether one of them can move.")


def _far(family: FamilySide, volunteer: VolunteerSide) -> Sentences:
    far = distance(family, volunteer)
    if far is not None and _is_near_the_limit(far, volunteer.travels_km):
        yield _("Lives {miles} from them, nearly as far as they travel.").format(miles=words.miles(far))


def _few_hours(family: FamilySide, volunteer: VolunteerSide) -> Sentences:
    if volunteer.hours_left is not None and volunteer.hours_left < HOURS_OF_A_VISIT:
        yield _("Has few hours left in a week: ask what is possible.")


def _first_family(family: FamilySide, volunteer: VolunteerSide) -> Sentences:
    if volunteer.is_new:
        yield _("This would be their first family: plan more time together at the start.")


def _rather_not(family: FamilySide, volunteer: VolunteerSide) -> Sentences:
    at_home = set(family.animals)
    at_home |= {
        fact
        for fact, is_so in ((HomeFact.SMOKE, family.somebody_smokes), (HomeFact.STAIRS, family.has_stairs))
        if is_so
    }
    if shared := at_home & volunteer.rather_not:
        yield _("Would rather not, and still can: {facts}.").format(facts=words.labels(HomeFact, shared))


def _other_service(family: FamilySide, volunteer: VolunteerSide) -> Sentences:
    if volunteer.services and family.service_id not in volunteer.services:
        yield _("Volunteers with another service here so far.")


def _old_facts(family: FamilySide, volunteer: VolunteerSide) -> Sentences:
    if volunteer.told_on and london_today() - volunteer.told_on > OLD:
        yield _("What they told us is from {day}: ask whether it still holds.").format(
            day=day_in_words(volunteer.told_on)
        )


def _not_known(family: FamilySide, volunteer: VolunteerSide) -> Sentences:
    """What nobody knows of the volunteer, where it matters with this family."""
    if family.wishes_gender and not volunteer.gender:
        yield (
            _("whether they are a woman, as the family asked: ask before you offer")
            if family.wishes_gender == "woman"
            else _("whether they are a man, as the family asked: ask before you offer")
        )
    if not volunteer.languages:
        yield _("which languages they speak")
    if not volunteer.slots:
        yield _("when they can")
    if volunteer.position is None:
        yield _("where they live")
    if volunteer.travels_km is None:
        yield _("how far they travel")
    if family.no_pets and volunteer.keeps_pets is None:
        yield _("whether they have animals at home, which the family cannot have")
    for is_there, accepts, unknown in (
        (family.has_pets, volunteer.accepts_pets, _("whether they can be with a pet, which the family has")),
        (family.somebody_smokes, volunteer.accepts_smoke, _("whether they can be where somebody smokes")),
        (family.has_stairs, volunteer.manages_stairs, _("whether they can climb the stairs")),
    ):
        if is_there and accepts is None:
            yield unknown


def missing_of(family: FamilySide) -> list[str]:
    """What nobody knows of the family, where it would matter with any volunteer."""
    unknown = (
        (not family.languages, _("which languages they speak")),
        (family.position is None and not family.address_is_hidden, _("where they live")),
        (not family.slots, _("when visits suit them")),
        (family.has_pets is None, _("whether they have pets")),
        (family.somebody_smokes is None, _("whether somebody smokes at home")),
        (family.has_stairs is None, _("whether there are stairs")),
        (not family.needs, _("what they would like help with")),
    )
    return [said for is_unknown, said in unknown if is_unknown]


def known_of(family: FamilySide) -> list[str]:
    """What the family told that matters to whoever comes, a few words each."""
    known = (
        (family.languages, _("speak {languages}").format(languages=words.languages(family.languages))),
        (family.interpreter, _("an interpreter can come too")),
        (family.wishes_gender == "woman", _("asked for a woman")),
        (family.wishes_gender == "man", _("asked for a man")),
        (family.slots, words.times(family.slots)),
        (family.worker_led, _("two people or a paid worker have to come")),
        (family.animals, words.labels(HomeFact, family.animals)),
        (family.no_pets, _("nobody who has animals at home")),
        (family.somebody_smokes, _("somebody smokes at home")),
        (family.has_stairs, _("stairs")),
        (family.needs, _("would like help with {needs}").format(needs=words.needs(family.needs))),
        (family.interests, _("like {interests}").format(interests=words.labels(Enjoyed, family.interests))),
        (family.address_is_hidden, _("their address is kept hidden, so nobody’s way to them is worked out")),
    )
    return [said for is_so, said in known if is_so]


def facts_of(volunteer: VolunteerSide) -> list[str]:
    """What a card begins with: which languages, when, how many places."""
    facts = (
        words.languages(volunteer.languages),
        words.times(volunteer.slots) if volunteer.slots else "",
        _room(volunteer.places_left),
    )
    return [said for said in facts if said]


def _room(places: int) -> str:
    return ngettext("room for one family", "room for {n} families", places).format(n=places)


FOR = (_together, _language, _wish, _times, _near, _skills, _experience, _interests, _hours, _long_without)
THINK_ABOUT = (_interpreter, _no_time, _far, _few_hours, _rather_not, _first_family, _other_service, _old_facts)
MISSING = (_not_known,)
