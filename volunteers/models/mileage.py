"""What a journey is worth: the rates an organisation pays, and the miles of a tax year they count by. Exactly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Organisation
from volunteers.models.volunteer import Volunteer

if TYPE_CHECKING:
    from betterstart.access.models import User

MILES_AT_FIRST_RATE = Decimal(10_000)
"""In one tax year, with everybody one drives for as a volunteer; every further mile is at the second rate."""
USUAL_CLAIM_MONTHS = 3


@dataclass(frozen=True)
class Terms:
    """What an organisation pays from this day on, and how long somebody has to ask for it."""

    starts_on: dt.date
    pence_a_mile: Decimal
    pence_after: Decimal
    claim_months: int = USUAL_CLAIM_MONTHS


# Approved mileage for cars and vans since 6 April 2011: what may be paid back without counting as income.
USUAL_TERMS = Terms(dt.date(2011, 4, 6), Decimal(45), Decimal(25))


@dataclass(frozen=True)
class Priced:
    """How much of a journey is paid at which rate, and what it comes to."""

    miles_first: Decimal
    miles_after: Decimal
    pence: int


def price(miles: Decimal, driven: Decimal, terms: Terms) -> Priced:
    """What a journey is worth to somebody who has driven this far in the tax year before it.

    A journey that crosses 10,000 miles is split there. A part of a penny is not paid, so that no order of journeys,
    and no way of writing one as two, gives more than the rates allow.
    """
    first = min(miles, max(Decimal(0), MILES_AT_FIRST_RATE - driven))
    exact = first * terms.pence_a_mile + (miles - first) * terms.pence_after
    return Priced(first, miles - first, int(exact.to_integral_value(ROUND_FLOOR)))


def tax_year(day: dt.date) -> int:
    """The year in which the tax year of this day began, on 6 April."""
    return day.year if (day.month, day.day) >= (4, 6) else day.year - 1


def days_of_tax_year(year: int) -> tuple[dt.date, dt.date]:
    """Its first day, and the first day of the next."""
    return dt.date(year, 4, 6), dt.date(year + 1, 4, 6)


def claim_until(day: dt.date, months: int) -> dt.date:
    """The last day on which something spent on this day is asked for in time: the same day, so many months later."""
    ahead = day.month - 1 + months
    year, month = day.year + ahead // 12, ahead % 12 + 1
    last = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month, min(day.day, last))


class ExpenseTermsQuerySet(models.QuerySet["ExpenseTerms"]):
    def visible_to(self, user: User) -> ExpenseTermsQuerySet:
        """What the organisations pay where this person works."""
        return self.filter(organisation__in=Organisation.objects.visible_to(user))


class ExpenseTerms(models.Model):
    """What an organisation pays from a day on. Only ever added to: of one day the newest counts."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from"))
    pence_a_mile = models.DecimalField(
        _("pence for each mile"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    pence_after = models.DecimalField(
        _("pence for each mile after 10,000 in a tax year"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    claim_months = models.PositiveSmallIntegerField(
        _("months to ask for it"),
        default=USUAL_CLAIM_MONTHS,
        validators=[MinValueValidator(1), MaxValueValidator(24)],
    )
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ExpenseTermsQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "-starts_on", "-id"], name="expense_terms_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pence_after__lte=models.F("pence_a_mile"), pence_after__gte=0, claim_months__gte=1),
                name="expense_terms_possible",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} from {self.starts_on}"

    @property
    def terms(self) -> Terms:
        return Terms(self.starts_on, self.pence_a_mile, self.pence_after, self.claim_months)


def terms_of(organisation_id: int) -> list[Terms]:
    """Everything an organisation ever paid, what holds last first; the usual terms where it said nothing."""
    rows = ExpenseTerms.objects.filter(organisation=organisation_id).order_by("-starts_on", "-pk")
    return [*(row.terms for row in rows), USUAL_TERMS]


def terms_on(terms: Sequence[Terms], day: dt.date) -> Terms:
    """Of `terms_of` those that hold on this day."""
    return next((each for each in terms if each.starts_on <= day), terms[-1])


class MilesElsewhereQuerySet(models.QuerySet["MilesElsewhere"]):
    def visible_to(self, user: User) -> MilesElsewhereQuerySet:
        """One's own; coordinators who keep a volunteer and managers of the organisation, theirs."""
        if not user.is_active:
            return self.none()
        theirs = Volunteer.objects.filter(organisation__in=managed_by(user))
        kept = Volunteer.objects.kept_by(user)
        return self.filter(
            models.Q(volunteer__user_id=user.pk) | models.Q(volunteer__in=kept) | models.Q(volunteer__in=theirs)
        )


class MilesElsewhere(models.Model):
    """What a volunteer told of the miles that others paid them for in a tax year."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="+")
    tax_year = models.PositiveSmallIntegerField()
    miles = models.DecimalField(_("miles paid by others"), max_digits=7, decimal_places=1)
    told_at = models.DateTimeField(auto_now=True)

    objects = MilesElsewhereQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["volunteer", "tax_year"], name="miles_elsewhere_once_a_year"),
            models.CheckConstraint(condition=models.Q(miles__gte=0), name="miles_elsewhere_possible"),
        ]

    def __str__(self) -> str:
        return f"{self.miles} in {self.tax_year}"


def managed_by(user: User) -> set[int]:
    """The organisations this person manages."""
    return {held.organisation_id for held in user.active_memberships if held.role == "manager"}
