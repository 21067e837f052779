"""What every piece of evidence about a volunteer shares: whose it is, who reads and who writes it, when it runs out."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models.functions import Cast

from volunteers.models.volunteer import Volunteer

if TYPE_CHECKING:
    from betterstart.access.models import User


class EvidenceQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """The facts that readiness is made of, for whoever may see the volunteer."""
        return self.filter(volunteer__in=Volunteer.objects.visible_to(user))

    def kept_by(self, user: User) -> Self:
        """Those a coordinator reads and writes, never about oneself."""
        return self.filter(volunteer__in=Volunteer.objects.kept_by(user))


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the last of the month where that month is shorter. As the database counts."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def in_months(day: Any, months: Any) -> Cast:
    """The same in a query."""
    return Cast(
        models.Func(day, months, arg_joiner=" + interval '1 month' * ", template="(%(expressions)s)"),
        models.DateField(),
    )
