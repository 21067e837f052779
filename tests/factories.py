"""Fictional people and families for tests: plain functions, fixed values, traits as arguments."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from betterstart.access.models import Invitation, Membership, Organisation, Service, User, token_hash
from betterstart.access.roles import Role
from betterstart.clock import at_london, london_today
from betterstart.directory.models import Entry
from families.models import (
    Address,
    Assignment,
    BookingPerson,
    Circle,
    CircleLink,
    CircleTie,
    ContactMethod,
    Disclosure,
    Family,
    FamilyMember,
    FamilyReply,
    Goal,
    GoalRating,
    GroupAttendance,
    GroupBooking,
    GroupSeries,
    GroupSession,
    HandoverLine,
    Need,
    NeedItem,
    OwnPage,
    OwnWords,
    PlanAction,
    PlanChoice,
    Referral,
    ReferralQuestion,
    Review,
    ReviewPart,
    Score,
    SharingPermission,
    Signpost,
    Support,
    SupportState,
    Transfer,
    TurnTo,
    Visit,
    VisitState,
)
from families.models.need import USUAL_NEEDS
from families.models.sharing import a_year_from
from families.models.transfer import LASTS_DAYS
from tests.evidencing import course, dbs, evidence, reference, signed
from volunteers.models import CheckIn, Match, MatchState, Volunteer, VolunteerState

__all__ = ["course", "dbs", "evidence", "reference", "signed"]  # made beside, used as the others are

_numbers = count(1)
PASSWORD = "a-long-test-password"


def organisation(name: str = "") -> Organisation:
    return Organisation.objects.create(name=name or f"Scheme {next(_numbers)}")


def service(organisation: Organisation, name: str = "", **fields: Any) -> Service:
    return Service.objects.create(organisation=organisation, name=name or f"Service {next(_numbers)}", **fields)


def user(name: str, role: str | None = None, at: Service | Organisation | None = None, **fields: Any) -> User:
    email = fields.pop("email", f"{name.lower().replace(' ', '.')}@example.org")
    person = User.objects.create_user(email=email, display_name=name, password=PASSWORD, **fields)
    if role and isinstance(at, Service):
        Membership.objects.create(user=person, role=role, organisation=at.organisation, service=at)
    elif role and at:
        Membership.objects.create(user=person, role=role, organisation=at)
    return person


def invitation(organisation: Organisation, role: str = Role.VOLUNTEER, token: str = "", **fields: Any) -> Invitation:
    """An open invitation whose link ends in `token`."""
    number = next(_numbers)
    fields.setdefault("email", f"invited-{number}@example.org")
    fields.setdefault("expires_at", timezone.now() + dt.timedelta(days=7))
    return Invitation.objects.create(
        display_name="Ines Invited",
        role=role,
        organisation=organisation,
        invited_by=fields.pop("by", None),
        token_hash=token_hash(token or f"token-{number}"),
        **fields,
    )


def family(service: Service, name: str = "Amina", state: str = SupportState.ACTIVE, **fields: Any) -> Family:
    """A family with one support in this service, started eight weeks ago, and one parent and one child."""
    row = Family.objects.create(organisation=service.organisation, name=name, **fields)
    member(row, name, "parent", is_main_carer=True)
    support(row, service, state)
    row.search_text = row.describe_for_search()
    row.save(update_fields=["search_text"])
    return row


def member(family: Family, name: str, role: str = "child", **fields: Any) -> FamilyMember:
    if role == "child":
        fields.setdefault("date_of_birth", london_today() - dt.timedelta(days=500))
    return FamilyMember.objects.create(family=family, display_name=name, role=role, **fields)


def own_page(adult: FamilyMember, by: User, code: str = "4827", **fields: Any) -> OwnPage:
    """The page of an adult who has chosen this code; its link is made apart."""
    support_row = fields.pop("support", None) or adult.family.supports.first()
    fields.setdefault("expires_at", timezone.now() + dt.timedelta(days=365))
    fields.setdefault("code_is_first", False)
    of = {
        "family": adult.family,
        "adult": adult,
        "support": support_row,
        "organisation": support_row.service.organisation,
    }
    return OwnPage.objects.create(**of, given_by=by, given_how="printed", code=make_password(code), **fields)


def contact(member: FamilyMember, channel: str = "phone", value: str = "07700 900123", **fields: Any) -> ContactMethod:
    return ContactMethod.objects.create(family=member.family, member=member, channel=channel, value=value, **fields)


def address(family: Family, lines: str = "1 High Street", postcode: str = "BD7 2AA", **fields: Any) -> Address:
    return Address.objects.create(family=family, lines=lines, postcode=postcode, **fields)


def support(family: Family, service: Service, state: str = SupportState.ACTIVE, **fields: Any) -> Support:
    began = london_today() - dt.timedelta(weeks=8)
    fields.setdefault("accepted_on", began)
    if state not in {"offered", "getting_to_know", "waiting"}:
        fields.setdefault("started_on", began)
    if state == SupportState.PAUSED:
        fields.setdefault("paused_until", london_today() + dt.timedelta(weeks=2))
    if state.startswith("ended") or state in {"declined", "could_not_reach", "transferred"}:
        fields.setdefault("ended_on", london_today() - dt.timedelta(days=1))
    return Support.objects.create(family=family, service=service, state=state, **fields)


def transfer(support: Support, to_service: Service, by: User, state: str = "sent", **fields: Any) -> Transfer:
    """One service asks another to go on with a family: yesterday, with the yes of its parent."""
    yesterday = london_today() - dt.timedelta(days=1)
    parent = support.family.members.get(is_main_carer=True)
    agreed = {"agreed_by": parent, "agreed_how": "spoken", "agreed_on": yesterday}
    sent = {"sent_by": by, "sent_on": yesterday, "lapses_on": yesterday + dt.timedelta(days=LASTS_DAYS)}
    facts = {"proposed": {}, "family_agreed": agreed, "withdrawn": {}}.get(state, agreed | sent)
    services = {"from_service": support.service, "to_service": to_service}
    of = {"family": support.family, "support": support, "state": state, "created_by": by}
    row = Transfer.objects.create(**services, **of, **{"summary": "A baby is due in spring."} | facts | fields)
    if facts:
        permission(row.agreed_by, support.service.organisation, by, service=to_service, what="hand_on", days_ago=1)
    return row


def permission(member: FamilyMember, organisation: Organisation, by: User | None, **fields: Any) -> SharingPermission:
    """An adult's yes to share with one recipient (`service`, `agency`, `referral` or `named`)."""
    fields.setdefault(
        "happened_at", at_london(london_today() - dt.timedelta(days=fields.pop("days_ago", 0)), dt.time())
    )
    fields = {"answer": "given", "how": "spoken" if by else "online", "what": "talk"} | fields
    if fields["answer"] == "given":
        fields.setdefault("expires_at", a_year_from(fields["happened_at"]))
    return SharingPermission.objects.create(
        family=member.family, member=member, organisation=organisation, asked_by=by, **fields
    )


def disclosure(family: Family, by: User, **fields: Any) -> Disclosure:
    """Something shared without a yes, of which the family does not know."""
    fields.setdefault("organisation", family.organisation)
    told = {"what": "What he told us", "to_whom": "The council", "why": "He was not safe", "basis": "child"}
    told |= {"family_told": "no", "why_not_told": "It could put him at risk"} | fields
    return Disclosure.objects.create(family=family, by=by, **told)


def ending_lines(family: Family, by: User) -> tuple[TurnTo, HandoverLine]:
    """Somebody this family can turn to, and something whoever comes next should know."""
    of = {"family": family, "support": family.supports.get()}
    line = HandoverLine.objects.create(words="They like mornings.", by=by, **of)
    return TurnTo.objects.create(name="Stay and play", added_by=by, **of), line


def signpost(family: Family, by: User, days_ago: int = 0, entry: Entry | None = None, **fields: Any) -> Signpost:
    """Something in the directory that this family was told of."""
    entry = entry or Entry.objects.create(name=f"Story corner {next(_numbers)}")
    day = london_today() - dt.timedelta(days=days_ago)
    fields = {"how": "told", "happened_on": day, "ask_on": day + dt.timedelta(weeks=4), "by": by} | fields
    support_row = fields.pop("support", None) or family.supports.first()
    return Signpost.objects.create(support=support_row, family=family, entry=entry, entry_name=entry.name, **fields)


def voice(family: Family, member: FamilyMember | None = None, **fields: Any) -> dict[str, Any]:
    """What every entry of an adult carries: the main carer's, under the first support, unless said otherwise."""
    support_row = fields.pop("support", None) or family.supports.order_by("pk").first()
    adult = member or family.members.get(role="parent", is_main_carer=True)
    return {"support": support_row, "family": family, "member": adult, **fields}


def said(family: Family, words: str = "Someone to talk to.", kind: str = "goal", **fields: Any) -> OwnWords:
    of = voice(family, language=fields.pop("language", "en"), **fields)
    return OwnWords.objects.create(words=words, kind=kind, **of)


def need(family: Family, key: str = "company", **fields: Any) -> Need:
    """Something of the usual list that an adult picked."""
    of = voice(family, **fields)
    heading = USUAL_NEEDS[key][0]
    organisation = of["support"].service.organisation
    item, _new = NeedItem.objects.get_or_create(organisation=organisation, key=key, defaults={"heading": heading})
    return Need.objects.create(item=item, **of)


def score(need: Need, value: int | None = 2, **fields: Any) -> Score:
    fields.setdefault("stage", "start")
    fields.setdefault("given", "rather_not" if value is None else "number")
    of = {"family": need.family, "support": need.support, "member": need.member} | fields
    return Score.objects.create(need=need, value=value, **of)


def goal(family: Family, words: str = "An hour to myself.", **fields: Any) -> Goal:
    of = voice(family, **{name: fields.pop(name) for name in ("support", "member", "is_ours") if name in fields})
    return Goal.objects.create(said=said(words=words, **of), **of, **fields)


def plan(family: Family, **fields: Any) -> tuple[Need, Goal, PlanAction]:
    """A need with a score, a goal with a rating, something agreed and a choice: a row of everything in a plan."""
    of = voice(family, **fields)
    row, aim = need(**of), goal(**of)
    score(row, **of)
    GoalRating.objects.create(goal=aim, stage="start", given="number", value=3, **of)
    PlanChoice.objects.create(kind="volunteer_sees", answer="no", **of)
    return row, aim, PlanAction.objects.create(doer="volunteer", what="Look for a group.", goal=aim, **of)


def circle(member: FamilyMember, by: User, days_ago: int = 0, **fields: Any) -> Circle:
    """A finished circle of support of one adult, asked again in fifteen weeks."""
    day = london_today() - dt.timedelta(days=days_ago)
    of = {"family": member.family, "organisation": member.family.organisation, "member": member, "drawn_with": by}
    facts = {"drawn_on": day, "finished_at": timezone.now(), "ask_on": day + dt.timedelta(weeks=15)}
    return Circle.objects.create(**of | facts | fields)


def circle_tie(circle: Circle, nickname: str = "Mum", kind: str = "kin", **fields: Any) -> CircleTie:
    formal = kind in {"service", "programme"}
    known = {"circle": circle, "family": circle.family, "nickname": nickname, "kind": kind, "formal": formal}
    return CircleTie.objects.create(**known | fields)


def circle_link(circle: Circle) -> CircleLink:
    """Two in a circle who know each other."""
    one, other = circle_tie(circle), circle_tie(circle, "Vera", "programme", strength=3)
    return CircleLink.objects.create(circle=circle, family=circle.family, one=one, other=other)


def reply(
    family: Family, kind: str = "something_else", days_ago: float = 0, adult: FamilyMember | None = None, **fields: Any
) -> FamilyReply:
    """What the parent of this family said, on their own page or (`written_by`) to somebody who wrote it down."""
    adult = adult or family.members.get(role="parent", is_main_carer=True)
    told = "told" if fields.get("written_by") else "own_page"
    said_at = timezone.now() - dt.timedelta(days=days_ago)
    support_row = fields.pop("support", None) or family.supports.first()
    facts = {"words": "Please ring in the morning.", "how": told, "said_at": said_at, "support": support_row}
    if fields.get("state") == "answered":
        facts |= {"answer": "We will.", "heard": "own_page", "answered_at": timezone.now()}
    if (visit_row := fields.get("visit")) is not None:
        facts |= {"visit_version": visit_row.version}
    return FamilyReply.objects.create(family=family, member=adult, kind=kind, **facts | fields)


def review(family: Family, due_in: int = 5, state: str = "due", **fields: Any) -> Review:
    """A look together that is due in so many days; held on that day, or booked for its morning."""
    day = london_today() + dt.timedelta(days=due_in)
    if state == "booked":
        fields.setdefault("booked_for", at_london(day, dt.time(10)))
    if state == "held":
        fields.setdefault("held_on", day)
    support_row = fields.pop("support", None) or family.supports.order_by("pk").first()
    row = Review.objects.create(support=support_row, family=family, state=state, due_on=day, **fields)
    if state == "held":
        adult = family.members.get(role="parent", is_main_carer=True)
        ReviewPart.objects.create(review=row, support=support_row, family=family, member=adult)
    return row


def assign(worker: User, family: Family, **fields: Any) -> Assignment:
    fields.setdefault("starts_on", london_today() - dt.timedelta(weeks=8))
    support_row = fields.pop("support", None) or family.supports.first()
    return Assignment.objects.create(worker=worker, family=family, support=support_row, **fields)


def volunteer(person: User | None, organisation: Organisation, **fields: Any) -> Volunteer:
    """A volunteer who is with us, with everything that takes; `evidence=False` for one without, or another state."""
    fields.setdefault("state", VolunteerState.READY)
    has_evidence = fields.pop("evidence", fields["state"] == VolunteerState.READY)
    row = Volunteer.objects.create(user=person, organisation=organisation, **fields)
    if has_evidence:
        evidence(row, user(f"Kim Keeper {next(_numbers)}"))
    return row


def match(volunteer: Volunteer, family: Family, **fields: Any) -> Match:
    """The two are together, active unless told otherwise."""
    fields.setdefault("state", MatchState.ACTIVE)
    assignment = assign(volunteer.user, family, support=fields.pop("support", None))
    return Match.objects.create(
        family=family,
        support=assignment.support,
        volunteer=volunteer,
        assignment=assignment,
        started_on=assignment.starts_on,
        **fields,
    )


def visit(family: Family, worker: User, days_ago: float = 1, state: str = VisitState.DELIVERED, **fields: Any) -> Visit:
    start = timezone.now().replace(minute=0, second=0, microsecond=0) - dt.timedelta(days=days_ago)
    fields.setdefault("planned_start", start)
    fields.setdefault("planned_end", start + dt.timedelta(hours=2))
    if state in {VisitState.DELIVERED, VisitState.CHECKED_IN, VisitState.SEEN}:
        fields.setdefault("actual_start", start)
        fields.setdefault("duration_minutes", 120)
    if state == VisitState.NOT_DELIVERED:
        fields.setdefault("not_delivered_reason", "family_not_available")
    support_row = fields.pop("support", None) or family.supports.first()
    return Visit.objects.create(family=family, support=support_row, worker=worker, state=state, **fields)


def check_in(visit: Visit, **fields: Any) -> CheckIn:
    fields.setdefault("worry", "no")
    fields.setdefault("author", visit.worker)
    return CheckIn.objects.create(visit=visit, support=visit.support, family=visit.family, **fields)


def referral(service: Service, name: str = "Amina", days_ago: float = 0, **fields: Any) -> Referral:
    """A professional's referral of a parent with one child, as it waits for a decision."""
    child = {"role": "child", "display_name": "Little one", "date_of_birth": london_today() - dt.timedelta(days=500)}
    people = fields.pop("people", [{"role": "parent", "is_main_carer": True, "display_name": name}, child])
    contacts = fields.pop("contacts", [{"channel": "phone", "value": "07700 900123", "safe": "yes"}])
    defaults = {
        "referrer_name": "Rosa Referrer",
        "referrer_agency": "Health visiting, East",
        "referrer_email": "rosa@example.org",
        "reason": "She is alone a lot, and would love company.",
        "agreed_how": "phone",
        "agreed_on": london_today(),
        "received_at": timezone.now() - dt.timedelta(days=days_ago),
    }
    household = {"people": people, "contacts": contacts, "address": fields.pop("address", None)}
    return Referral.objects.create(service=service, household=household, **defaults | fields)


def question(referral: Referral, by: User, words: str = "Is somebody at home on Mondays?") -> ReferralQuestion:
    return ReferralQuestion.objects.create(referral=referral, service=referral.service, words=words, asked_by=by)


def group(
    service: Service, days: tuple[int, ...] = (0, 7), run_by: tuple[User, ...] = (), **fields: Any
) -> GroupSeries:
    """A group with a session on each of these days, counted from today; it lasts the whole day, so that it is on."""
    series = GroupSeries.objects.create(
        service=service, name=fields.pop("name", f"Group {next(_numbers)}"), venue="The hub", **fields
    )
    for day in days:
        session(series, day)
    for person in run_by:
        series.named.create(user=person)
    return series


def session(series: GroupSeries, day: int = 0, **fields: Any) -> GroupSession:
    starts, ends = (at_london(london_today() + dt.timedelta(days=each), dt.time()) for each in (day, day + 1))
    return GroupSession.objects.create(series=series, starts_at=starts, ends_at=ends, **fields)


def booking(series: GroupSeries, family: Family, state: str = "booked", **fields: Any) -> GroupBooking:
    """For everybody in the family, under its open support in the group's service (made where there is none)."""
    support_row = family.supports.open().filter(service=series.service).first() or support(family, series.service)
    row = GroupBooking.objects.create(series=series, family=family, support=support_row, state=state, **fields)
    for each in family.members.all():
        BookingPerson.objects.create(booking=row, member=each, family=family)
    return row


def attendance(session: GroupSession, member: FamilyMember, **fields: Any) -> GroupAttendance:
    family = member.family
    support_row = family.supports.filter(service=session.series.service).first() or support(
        family, session.series.service
    )
    fields.setdefault("arrived_at", session.starts_at)
    return GroupAttendance.objects.create(session=session, member=member, family=family, support=support_row, **fields)
