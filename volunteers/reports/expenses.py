"""Expenses as they are read: by the volunteer whose they are, by whoever decides, and by whoever pays."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.clock import at_london, day_in_words, london_date, london_today
from betterstart.documents.writers import Sheet
from families.models import Visit, VisitState
from families.reports.needs import Found, Need
from volunteers.actions import asked_on, driven_before, own_visits
from volunteers.models import ClaimState, ExpenseClaim, ExpenseKind, ExpenseLine, MilesElsewhere, PayRun, Volunteer
from volunteers.models.expense import IN_THE_MAKING, ExpenseClaimQuerySet
from volunteers.models.mileage import MILES_AT_FIRST_RATE, claim_until, tax_year, terms_of, terms_on

PAGE = 20
MOST_VISITS = 5
OFFERED_FOR = dt.timedelta(days=92)
ALIKE_FOR = dt.timedelta(days=92)


@dataclass(frozen=True)
class Line:
    """A line and what is to be said about it."""

    line: ExpenseLine
    has_receipt: bool
    hints: list[str] = field(default_factory=list)

    @property
    def needs_receipt(self) -> bool:
        return not self.line.is_journey and not self.has_receipt and not self.line.no_receipt

    @property
    def worked_out(self) -> str:
        """How a journey comes to its amount: "7.4 miles at 45p"."""
        line = self.line
        if line.miles is None or line.pence_a_mile is None or line.pence_after is None or line.rate_from is None:
            return ""
        parts = []
        for miles, rate in ((line.miles_first, line.pence_a_mile), (line.miles_after, line.pence_after)):
            if miles:
                parts.append(_("{miles} miles at {pence}p").format(miles=_short(miles), pence=_short(rate)))
        return _(" and ").join(parts)


def _short(number: Decimal) -> str:
    return f"{number.normalize():f}"


@dataclass(frozen=True)
class MyExpenses:
    draft: ExpenseClaim | None
    lines: list[Line]
    total: int
    earlier: list[ExpenseClaim]
    older: str
    visits: list[Visit]
    """Own visits of the last three months without a journey."""
    miles: Decimal
    miles_elsewhere: MilesElsewhere | None

    @property
    def miles_left(self) -> Decimal:
        return max(Decimal(0), MILES_AT_FIRST_RATE - self.miles)

    @property
    def is_ready(self) -> bool:
        return bool(self.lines) and not any(each.needs_receipt for each in self.lines)


def with_sums(rows: ExpenseClaimQuerySet) -> ExpenseClaimQuerySet:
    """Each with what it comes to (`comes_to`, in pence), and from which day until which things were spent."""
    paid = models.Sum("lines__pence", filter=models.Q(lines__not_paid=""))
    return rows.annotate(
        comes_to=Coalesce(paid, 0), first=models.Min("lines__happened_on"), last=models.Max("lines__happened_on")
    )


def my_expenses(user: User, before: str = "") -> MyExpenses:
    """Everything for a volunteer's page of expenses, by a fixed number of questions to the database."""
    claims = ExpenseClaim.objects.of(user)
    draft = claims.filter(state=ClaimState.DRAFT).first()
    lines = lines_of(draft) if draft else []
    earlier = with_sums(claims.exclude(state=ClaimState.DRAFT)).order_by("-pk")
    if before.isascii() and before.isdecimal() and len(before) < 19:
        earlier = earlier.filter(pk__lt=int(before))
    rows = list(earlier[: PAGE + 1])
    year = tax_year(london_today())
    return MyExpenses(
        draft=draft,
        lines=lines,
        total=sum(each.line.pence for each in lines),
        earlier=rows[:PAGE],
        older=str(rows[PAGE - 1].pk) if len(rows) > PAGE else "",
        visits=visits_to_claim(user),
        miles=driven_before(user, draft or ExpenseClaim(pk=0), year) + _miles_on(lines, year),
        miles_elsewhere=MilesElsewhere.objects.filter(volunteer__user=user, tax_year=year).first(),
    )


def _miles_on(lines: Sequence[Line], year: int) -> Decimal:
    on = (each.line.miles for each in lines if tax_year(each.line.happened_on) == year)
    return sum((miles for miles in on if miles), Decimal(0))


def lines_of(claim: ExpenseClaim) -> list[Line]:
    rows: Any = claim.lines.annotate(receipts=models.Count("receipt"))
    return [Line(row, bool(row.receipts)) for row in rows]


def not_sent_yet(user: User, volunteer: Volunteer) -> int:
    """Pence on claims that are still in the volunteer's hands, and that nobody can send once their access ends.

    Only the sum, and only for whoever keeps the volunteer: a claim in the making is its writer's.
    """
    if not Volunteer.objects.kept_by(user).filter(pk=volunteer.pk).exists():
        return 0
    with acting_as(Scope.ALL, user.pk):
        lines = ExpenseLine.objects.filter(claim__volunteer=volunteer, claim__state__in=IN_THE_MAKING)
        return lines.aggregate(pence=models.Sum("pence"))["pence"] or 0


def visits_to_claim(user: User, line: ExpenseLine | None = None, journeys: bool = True) -> list[Visit]:
    """The latest visits this person made, and that of the line they change; for a journey those that have none yet."""
    since = at_london(london_today() - OFFERED_FOR, dt.time())
    with acting_as(Scope.ALL, user.pk):
        rows = own_visits(user).filter(actual_start__gte=since)
        if journeys:
            claimed = ExpenseLine.objects.filter(visit=models.OuterRef("pk"), kind=ExpenseKind.MILEAGE, not_paid="")
            rows = rows.exclude(models.Exists(claimed.exclude(claim__state=ClaimState.REJECTED)))
        found = list(rows.only("uuid", "actual_start", "support").order_by("-actual_start", "-pk")[:MOST_VISITS])
        if line and line.visit_id and line.visit_id not in {visit.pk for visit in found}:
            found += own_visits(user).filter(pk=line.visit_id).only("uuid", "actual_start", "support")
    return found


def last_miles(user: User, visit: Visit) -> Decimal | None:
    """How far it was the last time they went there."""
    with acting_as(Scope.ALL, user.pk):
        rows = ExpenseLine.objects.filter(claim__claimant=user, miles__isnull=False, visit__support=visit.support_id)
        return rows.order_by("-happened_on", "-pk").values_list("miles", flat=True).first()


@dataclass(frozen=True)
class ClaimPage:
    claim: ExpenseClaim
    lines: list[Line]
    total: int
    questions: list[Any]
    miles_elsewhere: list[MilesElsewhere]


def claim_page(user: User, claim: ExpenseClaim) -> ClaimPage:
    """One claim with everything that is to be known of it, whoever looks: the volunteer reads the same hints."""
    lines = lines_of(claim)
    hints = _hints(claim, lines)
    years = {tax_year(each.line.happened_on) for each in lines if each.line.is_journey}
    elsewhere = MilesElsewhere.objects.visible_to(user).filter(volunteer=claim.volunteer_id, tax_year__in=years)
    return ClaimPage(
        claim,
        [Line(each.line, each.has_receipt, hints[each.line.pk]) for each in lines],
        sum(each.line.pence for each in lines if not each.line.not_paid),
        list(claim.questions.select_related("asked_by")),
        list(elsewhere.filter(miles__gt=0).order_by("tax_year")),
    )


def _hints(claim: ExpenseClaim, lines: Sequence[Line]) -> dict[int, list[str]]:
    terms, asked = terms_of(claim.organisation_id), asked_on(claim)
    visits = [each.line.visit_id for each in lines if each.line.visit_id]
    with acting_as(Scope.ALL, claim.claimant_id):
        gone = set(Visit.objects.filter(pk__in=visits, state=VisitState.WITHDRAWN).values_list("pk", flat=True))
        alike = ExpenseLine.objects.filter(claim__claimant=claim.claimant_id, miles=None).exclude(claim=claim)
        alike = alike.filter(happened_on__gte=london_today() - ALIKE_FOR).exclude(claim__state=ClaimState.DRAFT)
        sums = Counter(alike.values_list("kind", "pence"))
    hints: dict[int, list[str]] = {each.line.pk: [] for each in lines}
    for each in lines:
        line, said = each.line, hints[each.line.pk]
        months = terms_on(terms, line.happened_on).claim_months
        if asked > claim_until(line.happened_on, months):
            words = ngettext("more than {n} month ago", "more than {n} months ago", months)
            said.append(_("Asked for late: {when}").format(when=words.format(n=months)))
        if line.is_round:
            before = sums[line.kind, line.pence]
            words = ngettext("the same as once before", "the same as {n} times before", before).format(n=before)
            said.append(_("A round sum") + (f", {words}" if before else ""))
        if line.visit_id in gone:
            said.append(_("The visit was taken out: it was entered by mistake"))
        if line.miles_after:
            said.append(_("Beyond 10,000 miles in this tax year"))
        if line.no_receipt:
            said.append(_("No receipt: {why}").format(why=line.no_receipt))
    return hints


@dataclass(frozen=True)
class Claims:
    rows: list[ExpenseClaim]
    older: str


def claims_to_decide(user: User, decided: bool = False, before: str = "") -> Claims:
    """Claims that wait for a decision, the oldest first; or those decided on, the latest first, a page of them."""
    claims = ExpenseClaim.objects.visible_to(user).exclude(claimant=user)
    if not decided:
        rows = with_sums(ExpenseClaim.objects.to_decide(user)).select_related("claimant")
        return Claims(list(rows.order_by("submitted_at", "pk")[:100]), "")
    rows = with_sums(claims.exclude(decided_at=None)).select_related("claimant").order_by("-pk")
    if before.isascii() and before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    page = list(rows[: PAGE + 1])
    return Claims(page[:PAGE], str(page[PAGE - 1].pk) if len(page) > PAGE else "")


def waiting_claims(user: User, today: dt.date, limit: int) -> Found:
    """Claims that wait for this coordinator: one line for all of them, in one query."""
    rows = ExpenseClaim.objects.to_decide(user).filter(state=ClaimState.SUBMITTED)
    found = rows.aggregate(n=models.Count("pk"), oldest=models.Min("submitted_at"))
    if not found["n"]:
        return Found([], 0)
    words = ngettext(
        "{n} expense claim waits, from {day}", "{n} expense claims wait, the oldest from {day}", found["n"]
    )
    need = Need(
        reason=words.format(n=found["n"], day=day_in_words(found["oldest"])),
        family=None,
        since=found["oldest"],
        url=reverse("volunteers:expense-claims"),
        action=_("Decide"),
        icon="inbox",
    )
    return Found([need], 1)


def to_pay(user: User, organisations: Sequence[Any]) -> dict[str, Any]:
    """How many approved claims wait to be paid in these organisations, what they come to, and since when."""
    rows = ExpenseClaim.objects.visible_to(user).filter(state=ClaimState.APPROVED, organisation__in=organisations)
    return rows.aggregate(n=models.Count("pk"), pence=models.Sum("pence"), oldest=models.Min("decided_at"))


def claims_of(user: User, run: PayRun) -> list[ExpenseClaim]:
    rows = with_sums(ExpenseClaim.objects.visible_to(user).filter(pay_run=run)).select_related("claimant")
    return list(rows.order_by("claimant__display_name", "pk"))


def pay_run_sheet(user: User, run: PayRun) -> Sheet:
    """What the bookkeeping needs: whom, how much, for which claim. What somebody did that day is not on it."""
    columns = [_("Name"), _("Claim"), _("Pounds"), _("Spent from"), _("Spent until"), _("Approved on"), _("Paid on")]
    rows = [
        (
            claim.claimant.display_name,
            claim.reference,
            Decimal(claim.pence) / 100,
            claim.first,  # type: ignore[attr-defined]
            claim.last,  # type: ignore[attr-defined]
            london_date(claim.decided_at) if claim.decided_at else None,
            claim.paid_on,
        )
        for claim in claims_of(user, run)
    ]
    return Sheet(name=run.reference, columns=columns, rows=rows)
