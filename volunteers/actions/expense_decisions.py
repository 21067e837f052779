"""What is decided on claims, and how they are paid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import Organisation, User
from betterstart.access.permissions import Permission
from betterstart.audit.record import record
from betterstart.clock import at_london, london_today
from betterstart.transitions.machine import MoveRefused
from volunteers.actions.expenses import ExpenseRefused
from volunteers.models import ClaimQuestion, ClaimState, ExpenseClaim, ExpenseTerms, PayRun
from volunteers.models.expense import CLAIM_MACHINE
from volunteers.models.pay_run import paid_for_by


def _to_decide(by: User, claim: ExpenseClaim) -> ExpenseClaim:
    if not by.may(Permission.EXPENSE_DECIDE):
        raise ExpenseRefused(_("You do not decide on expenses."))
    if claim.claimant_id == by.pk:
        raise ExpenseRefused(_("Somebody else decides on your own claim."))
    rows = ExpenseClaim.objects.to_decide(by).select_for_update(of=("self",))
    stored = rows.filter(pk=claim.pk).first()
    if stored is None:
        raise ExpenseRefused(_("This claim has moved on. Open it again to see where it stands now."))
    return stored


@transaction.atomic
def ask_about_claim(*, by: User, claim: ExpenseClaim, words: str) -> ClaimQuestion:
    """Ask the volunteer something before deciding; the claim is theirs to change until they answer.

    Writes "claim.asked", without the words. Raises ExpenseRefused.
    """
    stored = _to_decide(by, claim)
    _move(stored, ClaimState.QUERIED, by)
    question = ClaimQuestion.objects.create(claim=stored, words=words, asked_by=by)
    record(by=by, verb="claim.asked", target=stored, label=stored.reference)
    return question


@transaction.atomic
def decide_claim(
    *, by: User, claim: ExpenseClaim, seen: int, not_paid: Mapping[int, str], words: str = ""
) -> ExpenseClaim:
    """Approve a claim, but for the lines named in `not_paid` with the reason of each; with none left it is rejected.

    `seen` is what the claim came to, in pence, when they looked at it. Writes "claim.approved" or "claim.rejected".
    Raises ExpenseRefused for one's own claim, one that moved on, and one that was changed meanwhile.
    """
    stored = _to_decide(by, claim)
    lines = {line.pk: line for line in stored.lines.all()}
    if sum(line.pence for line in lines.values()) != seen:
        raise ExpenseRefused(_("The volunteer has changed this claim since you opened it. Look at it again, please."))
    for pk, why in not_paid.items():
        if pk not in lines or not why:
            raise ExpenseRefused(_("Say for each line that is not paid why not."))
        lines[pk].not_paid = why
        lines[pk].save(update_fields=["not_paid", "updated_at"])
    pence = sum(line.pence for line in lines.values() if not line.not_paid)
    to = ClaimState.APPROVED if pence else ClaimState.REJECTED
    stored.questions.filter(answered_at=None).update(answered_at=timezone.now())
    _move(stored, to, by, pence=pence, decided_by=by, decided_at=timezone.now(), decision_words=words)
    record(by=by, verb=f"claim.{to}", target=stored, label=stored.reference, details={"pence": pence})
    return stored


def _move(claim: ExpenseClaim, to: str, by: User, **changes: Any) -> None:
    try:
        CLAIM_MACHINE.move(claim, to=to, by=by, **changes)
    except MoveRefused as refusal:
        raise ExpenseRefused(str(refusal)) from refusal


@transaction.atomic
def make_pay_run(*, by: User, organisation: Organisation, until: dt.date) -> PayRun:
    """Put every claim of an organisation that was approved until this day into one run, and mark all of them paid.

    Of two who do so at the same moment the second waits, and then finds nothing left. Writes "expenses.paid". Raises
    ExpenseRefused where nothing is to be paid, or somebody does not pay there.
    """
    if organisation.pk not in paid_for_by(by):
        raise ExpenseRefused(_("You do not pay expenses back for this organisation."))
    if until > london_today():
        raise ExpenseRefused({"until": _("Choose today or an earlier day.")})
    ends = at_london(until + dt.timedelta(days=1), dt.time())
    claims = ExpenseClaim.objects.visible_to(by).filter(organisation=organisation, state=ClaimState.APPROVED)
    due = list(claims.filter(decided_at__lt=ends).order_by("pk").select_for_update(of=("self",)))
    if not due:
        raise ExpenseRefused({"until": _("Nothing that was approved until then is still to be paid.")})
    run = PayRun.objects.create(
        organisation=organisation, until=until, made_by=by, pence=sum(claim.pence for claim in due)
    )
    for claim in due:
        _move(claim, ClaimState.PAID, by, pay_run=run, paid_on=london_today())
    details = {"claims": len(due), "pence": run.pence}
    record(by=by, verb="expenses.paid", target=run, label=run.reference, details=details)
    return run


@transaction.atomic
def set_terms(*, by: User, organisation: Organisation, terms: Mapping[str, object]) -> ExpenseTerms:
    """What an organisation pays from a day on. What is on claims already keeps its rate until it is sent.

    Writes "expenses.terms_set". Raises ExpenseRefused for somebody who does not pay there.
    """
    if organisation.pk not in paid_for_by(by):
        raise ExpenseRefused(_("You do not pay expenses back for this organisation."))
    row = ExpenseTerms.objects.create(organisation=organisation, set_by=by, **terms)
    record(by=by, verb="expenses.terms_set", target=row, label=organisation.name)
    return row
