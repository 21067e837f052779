"""What a volunteer told of themselves, section by section, with the day of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from betterstart.access.models import User
from volunteers.models import NeverWith, Section, Volunteer, VolunteerProfile

WHY_ASKED = {
    Section.TIMES: gettext_lazy("So that your visits and the family’s week fit."),
    Section.ROOM: gettext_lazy("So that it never becomes too much."),
    Section.TRAVEL: gettext_lazy("So that the way is not longer than you like."),
    Section.LANGUAGES: gettext_lazy("Being understood is half of it."),
    Section.HELPS: gettext_lazy("Liking the same things is a good beginning."),
    Section.SHARED: gettext_lazy("Only if you want to: some families like somebody who has been there."),
    Section.HOMES: gettext_lazy("So that nobody suffers from a cat, smoke or stairs."),
    Section.ME: gettext_lazy("What you leave out needs no reason."),
}


@dataclass(frozen=True)
class Card:
    section: Section
    lines: Sequence[str]
    said_on: dt.date | None
    by: str
    """Who wrote it down, where that was not the volunteer."""

    @property
    def why_asked(self) -> str:
        return str(WHY_ASKED[self.section])


@dataclass(frozen=True)
class ProfilePage:
    volunteer: Volunteer
    profile: VolunteerProfile
    cards: Sequence[Card]
    never: Sequence[NeverWith]

    @property
    def told(self) -> int:
        return sum(card.said_on is not None for card in self.cards)


def profile_of(user: User, volunteer: Volunteer) -> VolunteerProfile:
    """What this person may read of it; a blank row where nothing was said."""
    rows = VolunteerProfile.objects.visible_to(user).filter(volunteer=volunteer).select_related("insurance_seen_by")
    return rows.first() or VolunteerProfile(volunteer=volunteer)


def profile_page(user: User, volunteer: Volunteer) -> ProfilePage:
    """For the volunteer themselves, or a coordinator who keeps them."""
    profile = profile_of(user, volunteer)
    writers = {told["by"] for told in profile.said.values()} - {volunteer.user_id}
    names = dict(User.objects.filter(pk__in=writers).values_list("pk", "display_name")) if writers else {}
    never = NeverWith.objects.visible_to(user).standing().filter(volunteer=volunteer)
    if volunteer.user_id != user.pk:
        never = never.select_related("family")
    cards = [_card(profile, volunteer, section, names) for section in Section]
    return ProfilePage(volunteer, profile, cards, list(never))


def _card(profile: VolunteerProfile, volunteer: Volunteer, section: Section, names: dict[int, str]) -> Card:
    lines = profile.in_words(section)
    said_on = profile.said_on(section)
    if section == Section.ROOM and said_on:
        most = volunteer.most_families
        lines.append(ngettext("{n} family at a time", "{n} families at a time", most).format(n=most))
    if said_on and not lines:
        lines = [_("Left open")]
    return Card(section, lines, said_on, names.get(profile.said.get(section, {}).get("by"), ""))
