"""Looks together of the demonstration: those that were held in each service's rhythm, and one ahead of each support."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from betterstart.access.demo import World
from betterstart.access.models import User
from betterstart.clock import at_london
from betterstart.transitions.models import Transition
from families.actions.review import first_review_on
from families.models import (
    CopyOutcome,
    FamilyMember,
    HowItGoes,
    MatchAnswer,
    Review,
    ReviewPart,
    ReviewState,
    Support,
    SupportState,
    VisitMode,
)

R, S = ReviewState, SupportState
LOOKED_AT = (S.ACTIVE, S.PAUSED, S.ENDING, S.ENDED_PLANNED)
CHANGES = [
    "Mornings instead of afternoons, while the baby naps.",
    "",
    "They go to the library together every second week.",
    "A shorter visit, and a call in between.",
]
# Of the reviews ahead, by number: days from today on which some are due, booked, or were booked and not written down.
AHEAD: dict[int, tuple[str, int]] = {
    1: (R.BOOKED, 0),
    3: (R.DUE, -10),
    4: (R.DUE, 4),
    6: (R.BOOKED, 5),
    9: (R.BOOKED, -2),
}
DECLINED = 5
ANSWERS = [0, 0, 1, 0, 3, 0, 0, 1, 0, 2, 0]


def build(world: World) -> None:
    supports = Support.objects.filter(state__in=LOOKED_AT, started_on__isnull=False, service__review_every_weeks__gt=0)
    carers = {row.family_id: row for row in FamilyMember.objects.filter(is_main_carer=True, role="parent")}
    coordinators = {world.services[key].pk: people[0] for key, people in world.coordinators.items()}
    reviews = [
        row
        for number, support in enumerate(supports.select_related("service").order_by("pk"))
        for row in _of(world, support, number, coordinators[support.service_id])
    ]
    Review.objects.bulk_create(reviews)
    Transition.objects.bulk_create(
        Transition(
            machine="review",
            subject_id=row.pk,
            family_id=row.family_id,
            to_state=state,
            by=row.recorded_by,
            happened_at=world.moment(min(day, world.today), 9),
        )
        for row in reviews
        for state, day in _course(row)
    )
    of_carers = [(number, row, carers[row.family_id]) for number, row in enumerate(reviews) if row.family_id in carers]
    ReviewPart.objects.bulk_create(
        ReviewPart(**_of_adult(row, carer), **_copy(row, number))
        for number, row, carer in of_carers
        if row.state == R.HELD
    )
    HowItGoes.objects.bulk_create(
        HowItGoes(
            **_of_adult(row, carer),
            answer=MatchAnswer.values[ANSWERS[number % len(ANSWERS)]],
            happened_on=row.held_on or world.today,
            recorded_by=row.recorded_by or coordinators[row.support.service_id],
        )
        for number, row, carer in of_carers
        if row.state == R.HELD or (row.state == R.BOOKED and number % 2)
    )


def _of(world: World, support: Support, number: int, by: User) -> Iterator[Review]:
    """Its past, one look every few weeks, and (unless it is ending or over) the one ahead."""
    of: dict[str, Any] = {"support": support, "family_id": support.family_id}
    service, until = support.service, min(world.today, support.ended_on or world.today)
    ahead = first_review_on(service, support.started_on or until) or until
    due = (support.started_on or until) + dt.timedelta(weeks=service.first_review_weeks)
    rounds = 0
    while due < until - dt.timedelta(days=14):
        held_on = due + dt.timedelta(days=(number + rounds) % 5)
        if rounds == 0 and number % 8 == DECLINED:
            yield Review(**of, state=R.DECLINED, due_on=due, recorded_by=by)
        else:
            mode = VisitMode.HOME if rounds % 3 else VisitMode.PHONE
            change = CHANGES[(number + rounds) % len(CHANGES)]
            yield Review(
                **of, state=R.HELD, due_on=due, held_on=held_on, mode=mode, agreed_change=change, recorded_by=by
            )
        rounds += 1
        due += dt.timedelta(weeks=service.review_every_weeks)
    if support.state == S.ENDING:
        yield Review(**of, state=R.CANCELLED, due_on=due, recorded_by=by)
    elif support.state in {S.ACTIVE, S.PAUSED}:
        state, days = AHEAD.get(number % 12, (R.DUE, (ahead - world.today).days))
        day = world.today + dt.timedelta(days=days)
        booked = {"booked_for": at_london(day, dt.time(13, 30)), "mode": VisitMode.HOME} if state == R.BOOKED else {}
        yield Review(**of, state=state, due_on=day, **booked)


def _course(review: Review) -> list[tuple[str, dt.date]]:
    put_ahead = review.due_on - dt.timedelta(weeks=6)
    if review.state == R.DUE:
        return [(R.DUE, put_ahead)]
    known_on = review.due_on - dt.timedelta(days=8) if review.state == R.BOOKED else review.day
    return [(R.DUE, put_ahead), (review.state, known_on)]


def _of_adult(review: Review, adult: FamilyMember) -> dict[str, Any]:
    return {"review": review, "support": review.support, "family_id": review.family_id, "member": adult}


def _copy(review: Review, number: int) -> dict[str, Any]:
    if number % 4 == 3:
        return {}
    return {"copy": CopyOutcome.NOT_WANTED if number % 9 == 2 else CopyOutcome.GIVEN, "copy_on": review.held_on}
