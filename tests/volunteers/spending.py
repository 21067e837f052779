"""Claims, receipts and thanks for tests, in each state."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from betterstart.access.models import User
from betterstart.clock import london_today
from families.models import DataChoice, FamilyMember
from volunteers.models import ExpenseClaim, ExpenseLine, PayRun, Receipt, Thanks, Volunteer

DECIDED = ("approved", "rejected", "paid")


def claim(volunteer: Volunteer, state: str = "submitted", by: User | None = None, **fields: Any) -> ExpenseClaim:
    """A claim with a journey of ten miles and a bus ticket of £2.80 with its receipt. `by` decided on it."""
    of = {"volunteer": volunteer, "organisation": volunteer.organisation, "claimant": volunteer.account, "state": state}
    if state != "draft":
        fields.setdefault("submitted_at", timezone.now())
    if state in DECIDED:
        fields |= {"decided_by": by, "decided_at": fields.get("decided_at", timezone.now()), "pence": 730}
    if state == "paid":
        run = PayRun.objects.create(
            organisation=volunteer.organisation, until=london_today(), pence=730, made_by=by or volunteer.account
        )
        fields |= {"pay_run": run, "paid_on": london_today()}
    row = ExpenseClaim.objects.create(**of, **fields)
    journey(row)
    bus = line(row)
    Receipt.objects.create(line=bus, media_type="image/jpeg", content=b"\xff\xd8\xff")
    return row


def journey(claim: ExpenseClaim, miles: str = "10", days_ago: int = 2, **fields: Any) -> ExpenseLine:
    facts: dict[str, Any] = {
        "kind": "mileage",
        "happened_on": london_today() - dt.timedelta(days=days_ago),
        "what_for": "Visit, there and back",
        "miles": Decimal(miles),
        "miles_after": Decimal(0),
        "pence_a_mile": Decimal(45),
        "pence_after": Decimal(25),
        "rate_from": dt.date(2011, 4, 6),
        "pence": int(Decimal(miles) * 45),
    }
    return ExpenseLine.objects.create(claim=claim, **facts | fields)


def line(claim: ExpenseClaim, pence: int = 280, days_ago: int = 2, **fields: Any) -> ExpenseLine:
    facts = {
        "kind": "fare",
        "what_for": "Bus there and back",
        "happened_on": london_today() - dt.timedelta(days=days_ago),
    }
    return ExpenseLine.objects.create(claim=claim, pence=pence, **facts | fields)


def allows_words(adult: FamilyMember, by: User, answer: str = "given", **fields: Any) -> DataChoice:
    """An adult's answer to whether the organisation may use their words."""
    of = {"family": adult.family, "organisation": adult.family.organisation, "member": adult, "asked_by": by}
    return DataChoice.objects.create(purpose="story", answer=answer, how="spoken", **of, **fields)


def thanks(volunteer: Volunteer, by: User, adult: FamilyMember | None = None, **fields: Any) -> Thanks:
    """Thanks in one's own words, or with those of an adult of a family."""
    said = {"family": adult.family, "member": adult, "family_words": "Dziękuję.", "language": "pl"} if adult else {}
    return Thanks.objects.create(volunteer=volunteer, given_by=by, **{"words": "Thank you."} | said | fields)


def photo(
    form: str = "JPEG", size: tuple[int, int] = (60, 40), name: str = "receipt.jpg", **saved: Any
) -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", size, "white").save(drawn, form, **saved)
    return SimpleUploadedFile("receipt", drawn.getvalue())
