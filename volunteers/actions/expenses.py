"""What a volunteer does with their own expenses: write down what was spent, add the receipt, send it, answer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import day_in_words, london_date, london_today
from betterstart.documents.uploads import FileRefused, photo_or_pdf
from betterstart.transitions.machine import MoveRefused
from families.models import Visit
from volunteers.models import ClaimState, ExpenseClaim, ExpenseKind, ExpenseLine, MilesElsewhere, Receipt, Volunteer
from volunteers.models.expense import CLAIM_MACHINE, SENT
from volunteers.models.mileage import days_of_tax_year, price, tax_year, terms_of, terms_on

MOST_LINES = 100
OLDEST_DAYS = 2 * 365
# Paying anything but what was spent would count as pay.
_FLAT = re.compile(r"\b(allowance|flat[ -]?(rate|sum)|lump sum|weekly (expenses|payment|money)|honorarium)\b", re.I)


class ExpenseRefused(ValidationError):
    """This cannot be claimed, or not so, or not by this person."""


@dataclass(frozen=True)
class Spent:
    """What one line says. Miles for a journey, else pence."""

    kind: str
    what_for: str
    happened_on: dt.date
    visit: Visit | None = None
    miles: Decimal | None = None
    pence: int | None = None


def own_visits(by: User) -> models.QuerySet[Visit]:
    """Visits this person made, also to families they left. Ask as `Scope.ALL`; show nothing but the day."""
    return Visit.objects.delivered().filter(worker=by)


@transaction.atomic
def save_line(*, by: User, spent: Spent, line: ExpenseLine | None = None) -> ExpenseLine:
    """Write down something that was spent, or change it while the claim is still in the volunteer's hands.

    A new line goes on the claim in the making, which begins with it. A journey keeps the rate of its day, and is split
    where the 10,000 miles of the tax year are reached. Writes "expense.written". Raises ExpenseRefused.
    """
    volunteer = _claimant(by)
    claim = _in_the_making(by, line.claim_id) if line else _draft(by, volunteer)
    _check(by, claim, spent, line)
    if line is None:
        if claim.lines.count() >= MOST_LINES:
            raise ExpenseRefused(_("This claim is full. Send it, and go on with a new one."))
        line = ExpenseLine(claim=claim)
    line.kind, line.what_for, line.happened_on = spent.kind, spent.what_for, spent.happened_on
    line.visit = spent.visit
    line.miles, line.pence = spent.miles, spent.pence or 0
    line.pence_a_mile = line.pence_after = line.miles_after = line.rate_from = None
    _price(by, claim, [*claim.lines.exclude(pk=line.pk), line])
    record(by=by, verb="expense.written", target=claim, label=claim.reference, details={"pence": line.pence})
    return line


def _claimant(by: User) -> Volunteer:
    """The volunteer, locked: what they write at the same moment on another phone waits."""
    volunteer = Volunteer.objects.select_for_update(of=("self",)).filter(user=by).first()
    if volunteer is None:
        raise ExpenseRefused(_("Only volunteers claim expenses here."))
    return volunteer


def _draft(by: User, volunteer: Volunteer) -> ExpenseClaim:
    of = {"volunteer": volunteer, "organisation_id": volunteer.organisation_id, "claimant": by}
    claim = ExpenseClaim.objects.filter(volunteer=volunteer, state=ClaimState.DRAFT).first()
    if claim is None:
        claim = ExpenseClaim.objects.create(**of)
        CLAIM_MACHINE.note_start(claim, by=by)
    return claim


def _in_the_making(by: User, claim_id: int) -> ExpenseClaim:
    claim = ExpenseClaim.objects.of(by).select_for_update(of=("self",)).filter(pk=claim_id).first()
    if claim is None:
        raise ExpenseRefused(_("This is not your claim."))
    if not claim.is_in_the_making:
        raise ExpenseRefused(_("This claim is sent. It can be changed only when somebody asks you about it."))
    return claim


def _check(by: User, claim: ExpenseClaim, spent: Spent, line: ExpenseLine | None) -> None:
    today = london_today()
    if _FLAT.search(spent.what_for):
        sentence = _(
            "We pay back what you spent, and cannot pay a flat sum: it would count as pay. Write what it was for, "
            "and what it cost."
        )
        raise ExpenseRefused({"what_for": sentence})
    if spent.happened_on > today:
        raise ExpenseRefused({"happened_on": _("This day is still to come. Claim it once you have spent it.")})
    if (today - spent.happened_on).days > OLDEST_DAYS:
        raise ExpenseRefused({"happened_on": _("This is more than two years ago. Please talk with your coordinator.")})
    if spent.visit:
        _check_visit(by, claim, spent, line)


def _check_visit(by: User, claim: ExpenseClaim, spent: Spent, line: ExpenseLine | None) -> None:
    visit = spent.visit
    with acting_as(Scope.ALL, by.pk):
        is_theirs = visit is not None and own_visits(by).filter(pk=visit.pk).exists()
        journeys = ExpenseLine.objects.filter(visit=visit, kind=ExpenseKind.MILEAGE, not_paid="")
        journeys = journeys.exclude(claim__state=ClaimState.REJECTED).exclude(pk=line.pk if line else 0)
        other = journeys.select_related("claim").first() if is_theirs and spent.kind == ExpenseKind.MILEAGE else None
    if not is_theirs:
        raise ExpenseRefused({"visit": _("Choose one of your own visits that took place, or none.")})
    if other:
        raise ExpenseRefused(
            {"visit": _("The journey to this visit is already on {claim}.").format(claim=other.claim.reference)}
        )


def _price(by: User, claim: ExpenseClaim, lines: Sequence[ExpenseLine]) -> None:
    """Give every journey of a claim its rate, in the order of their days, and save what that changes."""
    terms = terms_of(claim.organisation_id)
    driven: dict[int, Decimal] = {}
    for line in sorted(lines, key=lambda each: (each.happened_on, each.pk or 1 << 62)):
        if line.miles is not None:
            year = tax_year(line.happened_on)
            if year not in driven:
                driven[year] = driven_before(by, claim, year)
            holds = terms_on(terms, line.happened_on)
            priced = price(line.miles, driven[year], holds)
            if not priced.pence:
                raise ExpenseRefused({"miles": _("This comes to less than a penny.")})
            line.pence_a_mile, line.pence_after, line.rate_from = holds.pence_a_mile, holds.pence_after, holds.starts_on
            line.miles_after, line.pence = priced.miles_after, priced.pence
            driven[year] += line.miles
        line.save()


def driven_before(by: User, claim: ExpenseClaim, year: int) -> Decimal:
    """How far this person has driven in a tax year as a volunteer, without this claim: what any organisation here was
    asked to pay and did not turn down, and what they told of others.
    """
    begins, ends = days_of_tax_year(year)
    with acting_as(Scope.ALL, by.pk):
        lines = ExpenseLine.objects.filter(claim__claimant=by, claim__state__in=SENT, not_paid="")
        lines = lines.filter(happened_on__gte=begins, happened_on__lt=ends).exclude(claim=claim)
        here = lines.aggregate(miles=models.Sum("miles"))["miles"]
        elsewhere = MilesElsewhere.objects.filter(volunteer__user=by, tax_year=year).first()
    return (here or Decimal(0)) + (elsewhere.miles if elsewhere else Decimal(0))


@transaction.atomic
def remove_line(*, by: User, line: ExpenseLine) -> ExpenseClaim:
    """Take a line, with its receipt, off a claim that is still in the volunteer's hands. Writes "expense.removed"."""
    _claimant(by)
    claim = _in_the_making(by, line.claim_id)
    claim.lines.filter(pk=line.pk).delete()
    _price(by, claim, list(claim.lines.all()))
    record(by=by, verb="expense.removed", target=claim, label=claim.reference)
    return claim


@transaction.atomic
def tell_miles_elsewhere(*, by: User, year: int, miles: Decimal) -> MilesElsewhere:
    """Note how many miles others paid this volunteer for in a tax year, and price again what is not sent yet.

    Writes "miles.told". Raises ExpenseRefused.
    """
    volunteer = _claimant(by)
    told, _new = MilesElsewhere.objects.update_or_create(volunteer=volunteer, tax_year=year, defaults={"miles": miles})
    for claim in ExpenseClaim.objects.of(by).filter(state__in=[ClaimState.DRAFT, ClaimState.QUERIED]):
        _price(by, claim, list(claim.lines.all()))
    record(by=by, verb="miles.told", target=volunteer, label=by.display_name, details={"year": year})
    return told


@transaction.atomic
def keep_receipt(*, by: User, line: ExpenseLine, file: UploadedFile) -> Receipt:
    """Keep the photo or PDF of a receipt, in place of an earlier one. Writes "receipt.kept". Raises ExpenseRefused."""
    claim = _in_the_making(by, line.claim_id)
    try:
        kept = photo_or_pdf(file)
    except FileRefused as refusal:
        raise ExpenseRefused({"receipt": refusal.sentence}) from refusal
    facts = {"content": kept.content, "media_type": kept.media_type}
    receipt, _new = Receipt.objects.update_or_create(line=line, defaults=facts)
    ExpenseLine.objects.filter(pk=line.pk).update(no_receipt="")
    record(by=by, verb="receipt.kept", target=claim, label=claim.reference)
    return receipt


def note_receipt_opened(*, by: User, receipt: Receipt) -> None:
    """Somebody else's receipt was opened: it can carry a family's street. Writes "receipt.opened"."""
    claim = receipt.line.claim
    if claim.claimant_id != by.pk:
        record(by=by, verb="receipt.opened", target=claim, label=claim.reference)


@transaction.atomic
def say_no_receipt(*, by: User, line: ExpenseLine, why: str) -> ExpenseLine:
    """Note why there is no receipt for a line. Raises ExpenseRefused where there must be one."""
    _in_the_making(by, line.claim_id)
    if line.is_round:
        raise ExpenseRefused({"no_receipt": round_sum()})
    line.no_receipt = why
    line.save(update_fields=["no_receipt", "updated_at"])
    return line


def round_sum() -> str:
    return _(
        "This is a round sum, and we can only pay back exactly what was spent. A photo of the ticket, the price on the "
        "machine or your bank statement is enough; or put the amount right."
    )


@transaction.atomic
def send_claim(*, by: User, claim: ExpenseClaim, answer: str = "") -> ExpenseClaim:
    """Send a claim to be decided on, for the first time or with the answer to a question, which is then needed.

    Rates are worked out once more: what was sent in between counts. Writes "claim.sent". Raises ExpenseRefused with
    what is still missing.
    """
    _claimant(by)
    stored = _in_the_making(by, claim.pk)
    lines = list(stored.lines.select_related("receipt"))
    _check_whole(stored, lines, answer)
    _price(by, stored, lines)
    if stored.state == ClaimState.QUERIED:
        stored.questions.filter(answered_at=None).update(answer=answer, answered_at=timezone.now())
    moment = stored.submitted_at or timezone.now()
    try:
        CLAIM_MACHINE.move(stored, to=ClaimState.SUBMITTED, by=by, submitted_at=moment)
    except MoveRefused as refusal:
        raise ExpenseRefused(str(refusal)) from refusal
    record(by=by, verb="claim.sent", target=stored, label=stored.reference)
    return stored


def _check_whole(claim: ExpenseClaim, lines: Sequence[ExpenseLine], answer: str) -> None:
    if not lines:
        raise ExpenseRefused(_("There is nothing on this claim yet."))
    if claim.state == ClaimState.QUERIED and not answer:
        raise ExpenseRefused({"answer": _("Please answer the question, so that they can go on.")})
    for line in lines:
        if line.is_journey or hasattr(line, "receipt"):
            continue
        of = _("{what}, {day}").format(what=line.what_for, day=day_in_words(line.happened_on))
        if line.is_round:
            raise ExpenseRefused(f"{of}: {round_sum()}")
        if not line.no_receipt:
            raise ExpenseRefused(_("{line}: add the receipt, or say why there is none.").format(line=of))


def asked_on(claim: ExpenseClaim) -> dt.date:
    """The day by which it counts whether something is asked for in time."""
    return london_date(claim.submitted_at) if claim.submitted_at else london_today()
