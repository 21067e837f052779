"""What volunteers of the demonstration partnership spent, in every state of a claim, and what they were thanked for."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

from PIL import Image, ImageDraw

from betterstart.access.demo import World
from betterstart.access.models import User
from betterstart.clock import london_date
from families.models import DataChoice, FamilyMember, Purpose, Visit
from families.models.own_words import VOICES
from families.models.sharing import may_use
from volunteers.models import (
    CLAIM_MACHINE,
    ClaimQuestion,
    ClaimState,
    ExpenseClaim,
    ExpenseKind,
    ExpenseLine,
    Match,
    PayRun,
    Receipt,
    Thanks,
    Volunteer,
)
from volunteers.models.mileage import USUAL_TERMS, price

C = ClaimState
# For the volunteer who signs in one of each; for the others what a coordinator and a manager find waiting.
STATES = [(C.PAID, C.REJECTED, C.QUERIED, C.DRAFT), (C.PAID, C.SUBMITTED), (C.PAID, C.APPROVED), (C.SUBMITTED,)]
SPENT = [
    (ExpenseKind.FARE, "Bus there and back", 480),
    (ExpenseKind.PARKING, "Parking at the hub", 260),
    (ExpenseKind.MATERIALS, "Paper and glue for painting together", 615),
]
WORDS = [
    "Thank you for staying on Tuesday when the bus did not come.",
    "I heard how you sat on the floor and sang. That is the work.",
]
FAMILY_WORDS = ("Przy Pani nie muszę udawać, że wszystko jest dobrze.", "With you I need not pretend that all is well.")


def build(world: World) -> None:
    rows = list(Volunteer.objects.filter(user__in=world.volunteers[: len(STATES)]).select_related("user"))
    rows.sort(key=lambda row: world.volunteers.index(row.account))
    _claims(world, rows)
    _thanks(world, rows[0])


def _claims(world: World, rows: list[Volunteer]) -> None:
    coordinator = world.coordinators["home"][0]
    claims = []
    for volunteer, states in zip(rows, STATES, strict=True):
        claims += [_claim(world, volunteer, state, coordinator) for state in states]
    paid = [claim for claim in claims if claim.state == C.PAID]
    lines = [line for number, claim in enumerate(claims) for line in _lines(world, claim, number)]
    for claim in claims:
        if claim.state in (C.APPROVED, C.PAID):
            claim.pence = sum(line.pence for line in lines if line.claim is claim)
    run = PayRun.objects.create(
        organisation=rows[0].organisation,
        until=world.today - dt.timedelta(days=20),
        pence=sum(claim.pence for claim in paid),
        made_by=_manager(rows[0]),
    )
    for claim in paid:
        claim.pay_run, claim.paid_on = run, run.until
    ExpenseClaim.objects.bulk_create(claims)
    ExpenseLine.objects.bulk_create(lines)
    Receipt.objects.bulk_create(
        Receipt(line=line, media_type="image/jpeg", content=_drawn(line))
        for line in lines
        if line.kind == ExpenseKind.FARE
    )
    for claim in claims:
        CLAIM_MACHINE.note_start(claim, by=claim.claimant)
    queried = next(claim for claim in claims if claim.state == C.QUERIED)
    ClaimQuestion.objects.create(claim=queried, words="Is this for one way, or there and back?", asked_by=coordinator)


def _manager(volunteer: Volunteer) -> User:
    return User.objects.filter(memberships__role="manager", memberships__organisation=volunteer.organisation).earliest(
        "pk"
    )


def _claim(world: World, volunteer: Volunteer, state: str, coordinator: User) -> ExpenseClaim:
    age = {C.PAID: 30, C.REJECTED: 24, C.APPROVED: 9, C.QUERIED: 5, C.SUBMITTED: 4}.get(C(state), 0)
    sent = world.moment(world.today - dt.timedelta(days=age), 18) if age else None
    claim = ExpenseClaim(
        volunteer=volunteer,
        organisation_id=volunteer.organisation_id,
        claimant=volunteer.account,
        state=state,
        submitted_at=sent,
    )
    if sent and state in (C.PAID, C.REJECTED, C.APPROVED):
        claim.decided_by, claim.decided_at = coordinator, sent + dt.timedelta(days=2)
    if state == C.REJECTED:
        claim.decision_words = "The monthly pass was paid already. Please tell me if I am wrong."
    return claim


def _lines(world: World, claim: ExpenseClaim, number: int) -> list[ExpenseLine]:
    """A journey for each of two of their own visits, and something with a receipt."""
    until = claim.submitted_at or world.moment(world.today, 7)
    visits = Visit.objects.delivered().filter(worker=claim.claimant, actual_start__lt=until)
    journeys = [_journey(claim, visit) for visit in visits.order_by("-actual_start")[number % 2 : number % 2 + 2]]
    kind, what_for, pence = SPENT[number % len(SPENT)]
    day = london_date(until) - dt.timedelta(days=3)
    why = "" if kind == ExpenseKind.FARE else "The machine printed none."
    spent = ExpenseLine(claim=claim, kind=kind, what_for=what_for, pence=pence, happened_on=day, no_receipt=why)
    if claim.state == C.REJECTED:
        spent.not_paid = "Paid already with the monthly pass."
        return [spent]
    return [*journeys, spent]


def _journey(claim: ExpenseClaim, visit: Visit) -> ExpenseLine:
    miles = Decimal(visit.pk % 60 + 15) / 10
    priced = price(miles, Decimal(0), USUAL_TERMS)
    return ExpenseLine(
        claim=claim,
        kind=ExpenseKind.MILEAGE,
        visit=visit,
        happened_on=london_date(visit.actual_start or visit.planned_start),  # type: ignore[arg-type]
        what_for="Visit, there and back",
        miles=miles,
        miles_after=priced.miles_after,
        pence_a_mile=USUAL_TERMS.pence_a_mile,
        pence_after=USUAL_TERMS.pence_after,
        rate_from=USUAL_TERMS.starts_on,
        pence=priced.pence,
    )


def _drawn(line: ExpenseLine) -> bytes:
    """A ticket, as a phone might have seen it."""
    paper = Image.new("RGB", (320, 220), "#f4efe6")
    pen = ImageDraw.Draw(paper)
    for at, words in enumerate(["DAY TICKET", f"{line.happened_on:%d.%m.%Y}", f"GBP {line.pence / 100:.2f}"]):
        pen.text((40, 40 + 50 * at), words, fill="#333333", font_size=28)
    content = io.BytesIO()
    paper.save(content, "JPEG", quality=70)
    return content.getvalue()


def _thanks(world: World, volunteer: Volunteer) -> None:
    coordinator = world.coordinators["home"][0]
    now = world.moment(world.today, 7)
    rows = [Thanks(volunteer=volunteer, given_by=coordinator, words=words) for words in WORDS]
    rows[0].read_at = now
    match = Match.objects.active().filter(volunteer=volunteer).order_by("pk").first()
    adult = match and FamilyMember.objects.filter(family=match.family_id, role__in=VOICES).order_by("pk").first()
    if adult:
        said, meaning = FAMILY_WORDS
        if not may_use(adult=adult, organisation_id=volunteer.organisation_id, purpose=Purpose.STORY):
            _asked(adult, volunteer, coordinator, now)
        of = {"family": adult.family, "member": adult, "family_words": said, "language": "pl", "translation": meaning}
        rows.append(Thanks(volunteer=volunteer, given_by=coordinator, **of))
    Thanks.objects.bulk_create(rows)


def _asked(adult: FamilyMember, volunteer: Volunteer, coordinator: User, now: dt.datetime) -> None:
    """The adult was asked about it and said yes."""
    DataChoice.objects.create(
        family=adult.family,
        organisation_id=volunteer.organisation_id,
        member=adult,
        purpose=Purpose.STORY,
        answer="given",
        how="spoken",
        asked_by=coordinator,
        happened_at=now,
    )
