"""Everything one person may read about one family, read in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.http import Http404
from django.utils import timezone

from betterstart.access.models import User
from betterstart.access.roles import Role
from betterstart.places.models import Area
from betterstart.places.reports import credits_of
from families.models import (
    Address,
    AgencyRole,
    Assignment,
    BookingState,
    BreakGlass,
    ContactChange,
    Family,
    FamilyMember,
    FamilyMerge,
    Flag,
    GroupBooking,
    HouseholdFlag,
    LeadContact,
    OtherAgency,
    PostedLetter,
    Referral,
    Review,
    Support,
    Transfer,
)
from families.models.booking import OPEN_BOOKINGS
from families.models.contact_change import Known, known_addresses
from families.models.member import ADULT_ROLES, MemberRole
from families.models.support import BEFORE_START
from families.reports.circles import CircleLine, circle_lines
from families.reports.circles import on_the_page as circles_on_the_page
from families.reports.contact_banner import ContactBanner, apart_beside, banner_with
from families.reports.promise import Promise
from families.reports.reach import changes_beside, changes_read, ways_to_reach
from families.reports.reviews import on_the_card, review_read
from families.reports.said import Said, said_on_the_page
from families.reports.signposts import Line, on_the_page
from families.reports.timeline import Key, Timeline, timeline
from families.reports.together import lead_beside, lead_here, named_beside

OPENINGS_SHOWN = 10
AGENCY_FACTS = ("role", "agency", "person_name", "may_contact")


@dataclass(frozen=True)
class Opening:
    """A record opened outside somebody's own work."""

    pk: int
    name: str
    reason: str
    opened_at: dt.datetime
    expires_at: dt.datetime
    is_open: bool

    @property
    def minutes_left(self) -> int:
        return max(1, round((self.expires_at - timezone.now()).total_seconds() / 60))


@dataclass(frozen=True)
class Reach:
    """One person and the ways to reach them, the safest told first what to mind."""

    member: FamilyMember
    ways: list[Known]


@dataclass(frozen=True)
class SupportCard:
    support: Support
    promise: Promise
    with_them: list[dict[str, Any]]
    """Who is with the family: name, id and since when."""
    may_move: bool
    groups: list[dict[str, Any]]
    """Groups that expect them, or where they wait for a place: name, uuid and the state in words."""
    referral: uuid.UUID | None
    """The id of what was asked for them, for a reader who may open it; else none."""
    transfer: dict[str, Any] | None
    """Where another service is asked to go on with them."""
    review: Review | None
    """The look together that is ahead."""

    @property
    def waits(self) -> bool:
        return self.support.state in BEFORE_START


@dataclass(frozen=True)
class Home:
    ward: str
    """What the ward is called; its code where nobody gave us names. Never known of a hidden address."""
    address: Address


@dataclass(frozen=True)
class Joined:
    pk: int
    reference: str
    name: str
    reason: str
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class FamilyPage:
    family: Family
    coordinates: bool
    """May change the record."""
    works_here: bool
    """Is with the family, or coordinates: sees code words and hidden addresses."""
    opening: Opening | None
    """Why the reader sees this record, if not through their own work."""
    openings: list[Opening]
    people: list[FamilyMember]
    left: list[FamilyMember]
    agencies: list[dict[str, Any]]
    """Who else is with them, and whether we may contact them. Nothing for a reader who may not know."""
    flags_to_ask: list[str]
    """What a referrer told and the family has not been asked, in words."""
    nearby: list[Line]
    """Where they were pointed to, for a reader who answers for them."""
    circles: list[CircleLine]
    """The latest circle of support of each adult, for a reader who answers for them."""
    said: list[Said]
    """What they say back, for the same reader: what waits first."""
    reach: list[Reach]
    homes: list[Home]
    moved: ContactChange | None
    """Another organisation was told that they live elsewhere, and these services have not taken that over."""
    more_ways: bool
    """Another organisation was told one more, and waits for an answer of this reader."""
    supports: list[SupportCard]
    beside: list[dict[str, Any]]
    """Other services that are with them, where the family agreed that they are named."""
    lead: dict[str, Any] | None
    """Who the family tells its story to, as far as this reader may know."""
    lead_asked: bool
    """A service was asked, and has not answered."""
    timeline: Timeline
    joined: list[Joined]
    """Records that were joined into this one, for those who may take them apart."""

    @property
    def answers_for(self) -> bool:
        """Reads the whole record, not only what a visit needs."""
        return self.coordinates or self.opening is not None

    @property
    def adults(self) -> list[FamilyMember]:
        return [member for member in self.people if member.role in ADULT_ROLES and member.role != MemberRole.HELPER]

    @property
    def children(self) -> list[FamilyMember]:
        return [member for member in self.people if member.is_child]

    @property
    def helpers(self) -> list[FamilyMember]:
        return [member for member in self.people if member.role == MemberRole.HELPER]

    @property
    def contact_banner(self) -> ContactBanner:
        ways = [way.contact for each in self.reach for way in each.ways]
        hidden = any(home.address.is_confidential for home in self.homes)
        return banner_with(self.family, ways, hidden_address=hidden)

    @property
    def wants_a_lead(self) -> bool:
        """Several services, and nobody to whom they tell their story."""
        return not self.lead and sum(card.support.is_open for card in self.supports) + len(self.beside) > 1

    @property
    def place_credits(self) -> list[str]:
        """Whom to thank for the wards on this page, which only those who coordinate are shown."""
        shown = [home.address.postcode_edition for home in self.homes if home.ward and self.coordinates]
        return credits_of(shown[0]) if shown else []


def family_page(user: User, reference: str, *, before: Key | None = None) -> FamilyPage:
    """The page of one family for this person. Raises Http404 for one they may not see."""
    family = _family(user, reference)
    works_here = family.coordinates or family.together
    opening = _opening(family.opening) if family.opening and not works_here else None
    members = list(FamilyMember.objects.visible_to(user).of_family(family))
    cards = _supports(user, family)
    open_now = {card.support.pk for card in cards if card.support.is_open}
    mine = {card.support.pk for card in cards if card.may_move}
    changes = changes_read(family, open_now)
    homes, moved = _homes(family, changes, open_now)
    return FamilyPage(
        family=family,
        coordinates=family.coordinates,
        works_here=works_here,
        opening=opening,
        openings=[_opening(facts) for facts in family.recent_openings],
        people=[member for member in members if member.gone_on is None],
        left=[member for member in members if member.gone_on is not None],
        agencies=[each | {"words": _agency_in_words(each)} for each in family.others],
        flags_to_ask=[str(Flag(flag).label) for flag in dict.fromkeys(family.told)],
        circles=circle_lines(family.circles_drawn or (), members),
        nearby=[Line.of(facts) for facts in family.pointed or ()],
        said=[Said.of(facts) for facts in family.said_back or ()],
        reach=reach_of(members, ways_to_reach(user, family, changes, open_now)),
        homes=homes,
        moved=moved,
        more_ways=any(change.is_one_more and change.support_id in mine for change in changes),
        supports=cards,
        beside=family.beside,
        lead=family.lead or next((lead_beside(each) for each in family.beside if each["lead"]), None),
        lead_asked=any(pk in open_now | {each["support"] for each in family.beside} for pk in family.lead_asked),
        timeline=timeline(
            user,
            family,
            [card.support for card in cards],
            now=timezone.now(),
            before=before,
            reads_reasons=not family.together or family.coordinates,
        ),
        joined=[Joined(**facts | {"at": dt.datetime.fromisoformat(facts["at"])}) for facts in family.joined_records]
        if family.coordinates
        else [],
    )


def _family(user: User, reference: str) -> Any:
    openings = BreakGlass.objects.visible_to(user).filter(family=OuterRef("pk")).order_by("-pk")
    facts = JSONObject(
        pk="pk",
        name="user__display_name",
        reason="reason",
        opened_at="opened_at",
        expires_at="expires_at",
        closed_at="closed_at",
    )
    ward = Area.objects.filter(code=OuterRef("ward_code")).values("name")
    homes = Address.objects.visible_to(user).filter(family=OuterRef("pk")).current()
    homes = homes.annotate(ward=Coalesce(Subquery(ward), "ward_code"))
    joined = FamilyMerge.objects.visible_to(user).standing().filter(kept=OuterRef("pk")).order_by("-pk")
    merged = JSONObject(
        pk="pk",
        reference="merged_reference",
        name="merged_name",
        reason="reason",
        by="by__display_name",
        at="happened_at",
    )
    columns = ("id", "kind", "lines", "postcode", "access_notes", "postcode_edition", "ward", "source", "told_on")
    home = JSONObject(**{name: name for name in columns})
    others = OtherAgency.objects.visible_to(user).filter(family=OuterRef("pk")).current()
    leads_asked = LeadContact.objects.visible_to(user).asked().filter(family=OuterRef("pk"))
    letters = PostedLetter.objects.visible_to(user).filter(family=OuterRef("pk"))
    told = HouseholdFlag.objects.visible_to(user).filter(family=OuterRef("pk")).to_ask()
    family = (
        Family.objects.visible_to(user)
        .filter(reference=reference)
        .annotate(
            coordinates=Exists(Support.objects.coordinated_by(user).filter(family=OuterRef("pk"))),
            together=Exists(Assignment.objects.in_force().filter(worker=user, family=OuterRef("pk"))),
            homes=ArraySubquery(homes.values_list(home)),
            changes=changes_beside(user),
            beside=named_beside(),
            apart=apart_beside(user),
            letters=ArraySubquery(letters.to_a_hidden_address().values_list("posted_at__date")),
            lead=lead_here(user),
            lead_asked=ArraySubquery(leads_asked.values_list("support_id")),
            others=ArraySubquery(others.values_list(JSONObject(**{name: name for name in AGENCY_FACTS}))),
            pointed=ArraySubquery(on_the_page(user)),
            circles_drawn=ArraySubquery(circles_on_the_page(user)),
            said_back=said_on_the_page(user),
            told=ArraySubquery(told.values_list("flag")),
            joined_records=ArraySubquery(joined.values_list(merged)),
            opening=Subquery(openings.open().filter(user=user).values_list(facts)[:1]),
            recent_openings=ArraySubquery(openings.values_list(facts)[:OPENINGS_SHOWN]),
        )
        .first()
    )
    if family is None:
        raise Http404
    return family


def _agency_in_words(facts: dict[str, Any]) -> str:
    """ "Midwife · Jo Bell", or where no name is known "GP · Horton Park Surgery"."""
    return " · ".join(filter(None, [str(AgencyRole(facts["role"]).label), facts["person_name"] or facts["agency"]]))


def _opening(facts: dict[str, Any]) -> Opening:
    opened_at, expires_at = (dt.datetime.fromisoformat(facts[name]) for name in ("opened_at", "expires_at"))
    is_open = facts["closed_at"] is None and expires_at > timezone.now()
    return Opening(facts["pk"], facts["name"], facts["reason"], opened_at, expires_at, is_open)


def reach_of(members: Sequence[FamilyMember], ways: Sequence[Known]) -> list[Reach]:
    reaches = [Reach(member, [way for way in ways if way.contact.member_id == member.pk]) for member in members]
    for reach in reaches:
        for way in reach.ways:
            way.contact.member = reach.member
    return [reach for reach in reaches if reach.ways]


def _homes(
    family: Any, changes: Sequence[ContactChange], supports: set[int]
) -> tuple[list[Home], ContactChange | None]:
    wards = {facts["id"]: facts.pop("ward") for facts in family.homes}
    rows = [
        Address(family=family, **facts | {"told_on": dt.date.fromisoformat(facts["told_on"])}) for facts in family.homes
    ]
    addresses, moved = known_addresses(rows, changes, supports, family)
    return [Home(wards.get(address.pk, ""), address) for address in addresses], moved


def _supports(user: User, family: Family) -> list[SupportCard]:
    together = Assignment.objects.in_force().filter(support=OuterRef("pk")).order_by("starts_on")
    who = JSONObject(id="worker_id", name="worker__display_name", since="starts_on")
    transfers = Transfer.objects.visible_to(user).open().filter(support=OuterRef("pk"))
    transfer = JSONObject(pk="pk", state="state", name="to_service__name")
    listed = GroupBooking.objects.visible_to(user).filter(support=OuterRef("pk"), state__in=OPEN_BOOKINGS)
    group = JSONObject(name="series__name", uuid="series__uuid", state="state")
    asked = Referral.objects.visible_to(user).filter(support=OuterRef("pk"))
    supports = (
        Support.objects.visible_to(user)
        .filter(family=family)
        .select_related("service__organisation")
        .with_promise()
        .with_returning()
        .annotate(
            with_them=ArraySubquery(together.values_list(who)),
            listed=ArraySubquery(listed.order_by("pk").values_list(group)),
            asked=Subquery(asked.values("uuid")[:1]),
            transfer=Subquery(transfers.values_list(transfer)[:1]),
            look=Subquery(on_the_card()),
        )
        .most_pressing_first()
    )
    return [_card(user, support) for support in supports]


def _card(user: User, support: Any) -> SupportCard:
    with_them = [each | {"since": dt.date.fromisoformat(each["since"])} for each in support.with_them]
    groups = [each | {"state": str(BookingState(each["state"]).label).lower()} for each in support.listed]
    coordinates = may_coordinate(user, support)
    review = review_read(support.look) if coordinates and support.look else None
    promise, asked, transfer = Promise.of(support), support.asked, support.transfer
    return SupportCard(support, promise, with_them, coordinates, groups, asked, transfer, review)


def may_coordinate(user: User, support: Support) -> bool:
    """As `Service.objects.coordinated_by`, from the memberships the request has read already."""
    return any(
        membership.role == Role.COORDINATOR
        and (membership.service_id or support.service_id) == support.service_id
        and membership.organisation_id == support.service.organisation_id
        for membership in user.active_memberships
    )
