"""One circle of support: how it hangs together, with everyone and without us, and how it changed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from betterstart.access.models import User
from families.models import AlterKind, Circle, CircleLink, CircleTie
from kindness_metrics.measures import networks

CIRCLES_COMPARED = 8


@dataclass(frozen=True)
class CircleDay:
    """One circle of an adult: its figures with everyone, and without the programme."""

    circle: Circle
    everyone: networks.Network
    without: networks.Network


@dataclass(frozen=True)
class CircleFigures:
    now: CircleDay
    before: CircleDay | None
    change: networks.Change | None
    line: list[CircleDay]
    """This one and the finished ones before it, the oldest first."""
    leans: bool
    """The dependency warning: it grew with us and shrank without us."""


def circle_figures(user: User, circle: Circle) -> CircleFigures:
    """What one circle tells, compared with those that the same adult drew before it with the same organisation."""
    rows = Circle.objects.visible_to(user).standing().latest_first()
    rows = rows.filter(member=circle.member_id, organisation=circle.organisation_id, finished_at__isnull=False)
    before = rows.filter(Q(drawn_on__lt=circle.drawn_on) | Q(drawn_on=circle.drawn_on, pk__lt=circle.pk))
    circles = [circle, *before[: CIRCLES_COMPARED - 1]]
    alters: dict[int, list[networks.Alter]] = {each.pk: [] for each in circles}
    for tie in CircleTie.objects.standing().filter(circle__in=circles).order_by("pk"):
        alters[tie.circle_id].append(_alter(tie))
    knowing: dict[int, list[networks.Pair]] = {each.pk: [] for each in circles}
    pairs = CircleLink.objects.filter(circle__in=circles).values_list("circle", "one__who", "other__who")
    for circle_id, one, other in pairs:
        knowing[circle_id].append((one, other))
    line = [
        CircleDay(
            each,
            networks.network(alters[each.pk], knowing[each.pk]),
            networks.without_programme(alters[each.pk], knowing[each.pk]),
        )
        for each in reversed(circles)
    ]
    last = line[-2] if len(line) > 1 else None
    return CircleFigures(
        now=line[-1],
        before=last,
        change=networks.change(alters[last.circle.pk], alters[circle.pk]) if last else None,
        line=line,
        leans=any(
            networks.leans_on_programme(
                [getattr(day.everyone, figure) for day in line], [getattr(day.without, figure) for day in line]
            )
            for figure in ("size", "mean_strength")
        ),
    )


def _alter(tie: CircleTie) -> networks.Alter:
    return networks.Alter(
        id=tie.who,
        formal=tie.formal,
        strength=tie.strength,
        gives=tie.gives,
        receives=tie.receives,
        strained=tie.strained,
        programme=tie.kind == AlterKind.PROGRAMME,
    )
