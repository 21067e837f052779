"""What an adult reads on their own page. Ask as them (`Scope.FAMILY`): the database shows nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from families.models import Family, OwnPage, Support, Visit
from families.models.support import OPEN_STATES


@dataclass(frozen=True)
class OwnHome:
    is_silent: bool
    """The family is left in peace: nothing is asked, nothing has a day."""
    services: list[str]
    """Who is with them now, by name."""
    last_visit: Visit | None
    next_visit: Visit | None


def visits_of(page: OwnPage):  # type: ignore[no-untyped-def]
    """The visits this adult may read about, with who came. Only the columns that are theirs to see."""
    rows = Visit.objects.filter(family=page.family_id).select_related("worker", "support__service")
    return rows.only(*VISIT_COLUMNS)


VISIT_COLUMNS = (
    "uuid", "family_id", "state", "purpose", "mode", "planned_start", "planned_end", "actual_start",
    "duration_minutes", "what_happened", "kinds_of_support", "recorded_at", "worker__display_name",
    "support__service__name",
)  # fmt: skip


def own_home(page: OwnPage) -> OwnHome:
    silent_since = Family.objects.values_list("silent_since", flat=True).get(pk=page.family_id)
    supports = Support.objects.filter(family=page.family_id, state__in=OPEN_STATES).order_by("accepted_on", "pk")
    visits = visits_of(page)
    planned = visits.planned().filter(planned_start__gte=timezone.now()).order_by("planned_start")
    return OwnHome(
        is_silent=silent_since is not None,
        services=list(supports.values_list("service__name", flat=True)),
        last_visit=visits.delivered().order_by("-actual_start", "-pk").first(),
        next_visit=None if silent_since else planned.first(),
    )
