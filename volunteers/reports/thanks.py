"""Thanks as they are read: what a family said stands there only while the adult lets us use it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from families.models import DataChoice, FamilyMember, Purpose, Support
from families.models.own_words import VOICES
from families.models.sharing import SPEAK_FOR_THEMSELVES, Said, judge
from families.models.wording import Words
from volunteers.models import Match, Thanks, Volunteer

PAGE = 20
MOST_ADULTS = 60


@dataclass(frozen=True)
class Thanked:
    thanks: Thanks
    shows_family: bool
    """Whether what the family said may be shown now."""

    @property
    def says_something(self) -> bool:
        return bool(self.thanks.words) or self.shows_family


def my_thanks(user: User, before: str = "") -> tuple[list[Thanked], str]:
    """One page of what one was thanked for, the latest first, and the next key."""
    rows = Thanks.objects.to(user).select_related("given_by", "family").order_by("-pk")
    if before.isascii() and before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    page = list(rows[: PAGE + 1])
    return _as_allowed(page[:PAGE]), str(page[PAGE - 1].pk) if len(page) > PAGE else ""


def new_thanks(user: User) -> list[Thanked]:
    """What has waited longest to be read, for the first page of the volunteer: one at a time."""
    rows = Thanks.objects.to(user).filter(read_at=None).select_related("given_by", "family")
    return _as_allowed(list(rows.order_by("pk")[:PAGE]))[:1]


def thanks_of(user: User, volunteer_id: int) -> list[Thanked]:
    """What somebody who keeps this volunteer, or thanked them, may read of it."""
    rows = Thanks.objects.visible_to(user).filter(volunteer=volunteer_id).select_related("given_by", "family")
    return _as_allowed(list(rows.order_by("-pk")[:PAGE]))


def _as_allowed(rows: list[Thanks]) -> list[Thanked]:
    """Without those of which nothing may be shown."""
    allowed = _allowed(row for row in rows if row.member_id)
    shown = [Thanked(row, row.pk in allowed) for row in rows]
    return [each for each in shown if each.says_something]


def _allowed(rows: Iterable[Thanks]) -> set[int]:
    """Of these thanks with words of a family those that may be shown: the same answer as `may_use` for each, in as
    many queries for one as for a hundred. Looks at every answer whoever asks, so that no "no" is overlooked.
    """
    rows, at = list(rows), timezone.now()
    if not rows:
        return set()
    with acting_as(Scope.ALL, None):
        organisations = dict(
            Thanks.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "volunteer__organisation")
        )
        asked = {each: Words(each).is_asked(Purpose.STORY) for each in set(organisations.values())}
        members = {row.member_id for row in rows if row.member_id}
        people = FamilyMember.objects.filter(pk__in=members, left_on=None, role__in=SPEAK_FOR_THEMSELVES)
        adults = {each.pk: str(each) for each in people}
        choices = list(DataChoice.objects.filter(member__in=members, child=None, purpose=Purpose.STORY))
    found = set()
    for row in rows:
        organisation = organisations[row.pk]
        said = [Said.of(each) for each in choices if each.organisation_id == organisation]
        if not asked[organisation] or judge(said, adults=adults, children={}, about=[row.member_id or 0], at=at):
            found.add(row.pk)
    return found


def adults_of(user: User, volunteer: Volunteer) -> list[FamilyMember]:
    """Whose words this person may pass on to a volunteer: adults of families the two of them share."""
    supports = Support.objects.responsible_to(user)
    together = Match.objects.filter(volunteer=volunteer, support__in=supports).exclude(started_on=None)
    people = FamilyMember.objects.filter(family__in=together.values("family"), left_on=None, role__in=VOICES)
    return list(people.select_related("family").order_by("family__name", "pk")[:MOST_ADULTS])
