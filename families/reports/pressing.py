"""What a manager should ask about today: families who wait long, and referrals past their promise. Never a name."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Count, ExpressionWrapper, F, Min, Q, Value
from django.utils import timezone
from django.utils.translation import ngettext

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Membership, Service, User
from betterstart.access.roles import Role
from betterstart.clock import london_today
from families.models import Referral, Support
from families.models.wait import FIRST_MARK
from families.reports.waiting_list import age_in_words, waiting

DAY = dt.timedelta(days=1)


@dataclass
class Pressing:
    """One service in which somebody has waited too long."""

    service: Service
    long_waits: int = 0
    longest: int = 0
    """Days."""
    unanswered: int = 0
    latest: int = 0
    """Days past the promise, of the oldest unanswered referral."""
    ask: list[str] = field(default_factory=list)
    """Who coordinates it."""

    @property
    def wait_words(self) -> str:
        words = ngettext(
            "{n} family has waited six weeks or more, for {age}",
            "{n} families have waited six weeks or more, the longest for {age}",
            self.long_waits,
        )
        return words.format(n=self.long_waits, age=age_in_words(self.longest))

    @property
    def referral_words(self) -> str:
        words = ngettext(
            "{n} referral is past its promised answer, by {age}",
            "{n} referrals are past their promised answer, the oldest by {age}",
            self.unanswered,
        )
        return words.format(n=self.unanswered, age=age_in_words(self.latest))


def pressing(user: User) -> list[Pressing]:
    """The services this manager answers for in which somebody waits, the longest wait first. Three questions."""
    services = {row.pk: row for row in Service.objects.managed_by(user).select_related("organisation")}
    found = {pk: Pressing(service) for pk, service in services.items()}
    today, now = london_today(), timezone.now()
    promise = ExpressionWrapper(
        F("received_at") + F("service__referral_answer_days") * Value(DAY), output_field=models.DateTimeField()
    )
    with acting_as(Scope.ALL, user.pk):
        waits = waiting(Support.objects.filter(service__in=services)).filter(since__lte=today - FIRST_MARK).order_by()
        for row in waits.values("service").annotate(n=Count("pk"), first=Min("since")):
            found[row["service"]].long_waits = row["n"]
            found[row["service"]].longest = (today - row["first"]).days
        late: Any = Referral.objects.filter(service__in=services, told_at=None, set_aside_because="")
        late = late.annotate(promise=promise).filter(promise__lt=now).order_by()
        for row in late.values("service").annotate(n=Count("pk"), first=Min("promise")):
            found[row["service"]].unanswered = row["n"]
            found[row["service"]].latest = max(1, (now - row["first"]).days)
    shown = [each for each in found.values() if each.long_waits or each.unanswered]
    _name_coordinators(shown)
    return sorted(shown, key=lambda each: (-each.longest, -each.latest, each.service.name))


def _name_coordinators(shown: list[Pressing]) -> None:
    services = [each.service for each in shown]
    organisations = [service.organisation_id for service in services]
    here = Q(service__in=services) | Q(service=None, organisation__in=organisations)
    held = Membership.objects.active().filter(here, role=Role.COORDINATOR).select_related("user")
    by_service: defaultdict[tuple[int, int | None], list[str]] = defaultdict(list)
    for membership in held.order_by("user__display_name"):
        by_service[membership.organisation_id, membership.service_id].append(membership.user.display_name)
    for each in shown:
        organisation = each.service.organisation_id
        each.ask = [*by_service[organisation, each.service.pk], *by_service[organisation, None]]
