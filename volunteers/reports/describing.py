"""A first draft of what each side is told of the other: from what was said, and without a name in it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from betterstart.access.models import User
from families.models import Need, Support, VisitNeeds
from families.models.member import LANGUAGE_NAMES
from families.models.visit_needs import Enjoyed, HomeFact, times_in_words
from families.reports.plan import wishes_about_volunteers
from volunteers.models import Match, Side, VolunteerProfile
from volunteers.models.profile import OfferedAs

MOST_NEEDS = 4


def draft(user: User, match: Match, side: str) -> str:
    """What this side may be told, to be put into the coordinator's own words."""
    if side == Side.VOLUNTEER:
        return about_family(user, match.support)
    return about_volunteer(user, match)


def about_family(user: User, support: Support) -> str:
    """The area, what they would like help with, when visits suit, what is spoken and what is at home."""
    family = support.family
    address = family.addresses.current().first()
    area = address.postcode.rsplit(" ", 1)[0] if address and not address.is_confidential else ""
    said = [_("A family in {area}.").format(area=area) if area else _("A family in our area.")]
    picked = Need.objects.visible_to(user).standing().filter(support=support, item__isnull=False).in_order()
    if needs := list(dict.fromkeys(str(need.item) for need in picked))[:MOST_NEEDS]:
        said.append(_("What they would like help with: {needs}.").format(needs="; ".join(needs)))
    spoken = {each["code"] for adult in family.members.current() if not adult.is_child for each in adult.languages}
    if languages := _languages(spoken or {family.language}):
        said.append(_("They speak: {languages}.").format(languages=languages))
    needs_of_visits = VisitNeeds.objects.visible_to(user).filter(support=support).first()
    return "\n".join([*said, *(_of_visits(needs_of_visits) if needs_of_visits else [])])


def _of_visits(needs: VisitNeeds) -> list[str]:
    said = []
    if needs.suits:
        said.append(_("Visits suit them: {times}.").format(times="; ".join(times_in_words(needs.suits))))
    if needs.at_home:
        facts = [str(HomeFact(fact).label) for fact in needs.at_home]
        said.append(_("At their home: {facts}.").format(facts=", ".join(facts).lower()))
    if needs.no_pets:
        said.append(_("Somebody there cannot be near animals."))
    if needs.enjoys:
        said.append(_("They like: {things}.").format(things=", ".join(needs.enjoys_in_words).lower()))
    return said


def about_volunteer(user: User, match: Match) -> str:
    """What the volunteer speaks and likes, when they can come; a woman or a man, only where the family asked for it."""
    profile = VolunteerProfile.objects.visible_to(user).filter(volunteer=match.volunteer_id).first()
    if profile is None:
        return _("A volunteer of ours, trained and checked, would like to meet you.")
    said = [_("A volunteer of ours, trained and checked.")]
    if profile.offered_as and wishes_about_volunteers([match.support]):
        said.append(str(OfferedAs(profile.offered_as).label) + ".")
    if languages := _languages({each["code"] for each in profile.languages}):
        said.append(_("They speak: {languages}.").format(languages=languages))
    if enjoyed := [str(Enjoyed(code).label) for code in profile.enjoys]:
        said.append(_("They like: {things}.").format(things=", ".join(enjoyed).lower()))
    if profile.times:
        said.append(_("They can come: {times}.").format(times="; ".join(times_in_words(profile.times))))
    return "\n".join(said)


def _languages(codes: set[str]) -> str:
    return ", ".join(sorted(str(LANGUAGE_NAMES.get(code, code)) for code in codes if code))
