"""The demonstration partnership, middle layer: families, their supports, who is with them, and a year of visits."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from betterstart.access.demo import World
from betterstart.access.models import User
from betterstart.transitions.models import Transition
from families.actions.places import place
from families.demo import (
    away,
    circles,
    consents,
    covers,
    doubles,
    endings,
    groups,
    people,
    plans,
    referrals,
    replies,
    reviews,
    signposts,
    together,
    transfers,
    words,
)
from families.demo.closer import Closer
from families.demo.lives import STATES, Life, life_of, minutes, outcome, weekly
from families.demo.own_pages import ways_in
from families.models import (
    Address,
    Assignment,
    BreakGlass,
    ContactMethod,
    Family,
    FamilyMember,
    Support,
    SupportState,
    Visit,
    VisitPresence,
    VisitState,
    WaitsBecause,
)

S = SupportState
WAITS = [WaitsBecause.NO_VOLUNTEER, WaitsBecause.LANGUAGE, WaitsBecause.DAYS_AND_PLACE, WaitsBecause.FAMILY_ASKED]


def service_key(number: int) -> str:
    """Two thirds home visiting, the rest shared by the doulas and the group."""
    return {0: "doula", 5: "doula", 9: "group", 14: "group", 3: "doula"}.get(number % 15, "home")


__all__ = ["build", "ways_in"]


def build(world: World) -> None:
    builder = Builder(world)
    for number in range(world.families - groups.from_the_door(world)):
        builder.add_family(number)
    for support, household in builder.left:
        builder.go_on_with_the_doulas(support, household)
    builder.save()
    referrals.build(world, builder.supports, builder.members)
    transfers.build(world, builder.supports, builder.members)
    groups.build(world, builder.families, builder.members)
    together.build(world, builder.supports)
    reviews.build(world)
    consents.build(world, builder.supports)


def finish(world: World) -> None:
    doubles.build(world)


class Builder:
    """Collects rows of every table, linked in memory, and saves them in a few bulk inserts."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rng = world.rng
        self.families: list[Family] = []
        self.members: list[FamilyMember] = []
        self.addresses: list[Address] = []
        self.contacts: list[ContactMethod] = []
        self.supports: list[Support] = []
        self.assignments: list[Assignment] = []
        self.visits: list[Visit] = []
        self.presences: list[VisitPresence] = []
        self.moves: list[tuple[Support, Transition]] = []
        self.left: list[tuple[Support, people.Household]] = []
        self._next_volunteer = 0

    def add_family(self, number: int) -> None:
        world = self.world
        key = service_key(number)
        service = world.services[key]
        coordinators = world.coordinators[key]
        coordinator = coordinators[number % len(coordinators)]
        state = S.ENDING if number in endings.PREPARED else STATES[number % len(STATES)]
        life = life_of(self.rng, S.ACTIVE if number in (1, 2) else state, world.today)
        if number in endings.TO_BE_ASKED:
            ended = world.today - dt.timedelta(days=45)
            life = replace(life, last_visit=ended, ends=ended)
        if key != "home" and life.state == S.WAITING:
            life = life_of(self.rng, S.ACTIVE, world.today)
        household = people.household(self.rng, number, service.organisation, coordinator, world.today)
        self.families.append(household.family)
        self.members += household.members
        self.addresses += household.addresses
        self.contacts += household.contacts
        support = Support(family=household.family, service=service, **support_fields(world, life, number))
        self.supports.append(support)
        self._note_moves(support, life, coordinator)
        worker = self._worker(key, coordinator, life, number)
        if worker:
            self._assign(support, worker, life, number)
        self._add_visits(support, household, coordinator, worker, life, number)
        if life.state == S.TRANSFERRED:
            self.left.append((support, household))

    def go_on_with_the_doulas(self, left: Support, household: people.Household) -> None:
        """The support in which a family goes on that was handed on."""
        day = left.ended_on or self.world.today
        starts = day + dt.timedelta(days=5)
        life = Life(S.ACTIVE, accepted=day, initial=day, starts=starts, last_visit=None, ends=None)
        coordinator = self.world.coordinators["doula"][0]
        fields = support_fields(self.world, life, 0)
        support = Support(family=left.family, service=self.world.services["doula"], **fields)
        self.supports.append(support)
        self._note_moves(support, life, coordinator)
        self._assign(support, coordinator, life, 0)
        self._add_visits(support, household, coordinator, coordinator, life, 0)

    def _worker(self, key: str, coordinator: User, life: Life, number: int) -> User | None:
        if life.starts is None:
            return None
        if key != "home":
            return coordinator
        if number in (1, 2):  # the demo volunteer is with two families
            return self.world.volunteers[0]
        self._next_volunteer += 1
        return self.world.volunteers[1 + self._next_volunteer % (len(self.world.volunteers) - 1)]

    def _assign(self, support: Support, worker: User, life: Life, number: int) -> None:
        starts = life.starts
        change = starts + dt.timedelta(days=60)
        stayed_on = min(life.ends or self.world.today, self.world.today - dt.timedelta(days=30))
        if number % 11 == 7 and change < stayed_on:  # a volunteer left and another came
            earlier = self.world.volunteers[-1 - number % 5]
            self.assignments.append(self._assignment(support, earlier, starts, change))
            starts = change
        self.assignments.append(self._assignment(support, worker, starts, life.ends))

    def _assignment(self, support: Support, worker: User, starts: dt.date, ends: dt.date | None) -> Assignment:
        return Assignment(support=support, family=support.family, worker=worker, starts_on=starts, ends_on=ends)

    def _worker_on(self, support: Support, day: dt.date, coordinator: User) -> User:
        for assignment in reversed(self.assignments):
            if assignment.support is not support:
                break
            if assignment.starts_on <= day and (assignment.ends_on is None or day <= assignment.ends_on):
                return assignment.worker
        return coordinator

    def _note_moves(self, support: Support, life: Life, by: User) -> None:
        for state, day in path(life, self.world.today):
            came_from = self.moves[-1][1].to_state if self.moves and self.moves[-1][0] is support else ""
            self.moves.append(
                (
                    support,
                    Transition(
                        machine="support",
                        from_state=came_from,
                        to_state=state,
                        happened_at=self.world.moment(day, 12),
                        by=by,
                        reason=support.ending_reason if state == life.state and life.ends else "",
                    ),
                )
            )

    # Visits

    def _add_visits(
        self,
        support: Support,
        household: people.Household,
        coordinator: User,
        worker: User | None,
        life: Life,
        number: int,
    ) -> None:
        today = self.world.today
        hour, every = 9 + number % 7, 14 if support.service.name == "Stay and play" else 7
        if life.state == S.COULD_NOT_REACH:
            for days in (4, 9, 14):
                self._visit(support, household, coordinator, life.accepted + dt.timedelta(days=days), hour,
                            why_not="family_not_available", purpose="initial")  # fmt: skip
        if life.initial and life.initial < today:
            self._visit(support, household, coordinator, life.initial, hour, purpose="initial", minutes=90)
        if life.state == S.WAITING and life.initial:
            self._keep_in_touch(support, household, coordinator, life.initial, number)
        if life.starts is None or worker is None:
            return
        quiet_since = today - dt.timedelta(days=26 + number % 9) if number % 13 == 12 and not life.ends else None
        days = list(weekly(life.starts, life.last_visit or today, every))
        said_goodbye = life.state == S.ENDED_PLANNED or number in endings.SAID_GOODBYE
        goodbye = max((day for day in days if day < today), default=None) if said_goodbye else None
        for day in days:
            if day >= today or (quiet_since and day > quiet_since):
                continue
            purpose = "introduction" if day == life.starts else "ordinary"
            if day == goodbye:
                purpose = "last"
            why_not = "" if purpose != "ordinary" else outcome(self.rng, day)
            if number % 17 == 4 and day >= today - dt.timedelta(days=16):
                why_not = "family_not_available"  # twice in a row: somebody should ask how they are
            self._visit(support, household, self._worker_on(support, day, coordinator), day, hour,
                        purpose=purpose, why_not=why_not)  # fmt: skip
        if life.state in {S.ACTIVE, S.ENDING} and not quiet_since and not goodbye:
            self._plan_ahead(support, worker, hour, every, number)

    def _keep_in_touch(
        self, support: Support, household: people.Household, coordinator: User, since: dt.date, number: int
    ) -> None:
        """A family that waits is rung every two to three weeks; two of the demo's are overdue."""
        until = self.world.today - dt.timedelta(days=30 if (number // 30) % 3 == 1 else 1)
        for day in list(weekly(since, until, every=17))[1:]:
            self._visit(support, household, coordinator, day, 11, mode="phone")

    def _plan_ahead(self, support: Support, worker: User, hour: int, every: int, number: int) -> None:
        first = self.world.today + dt.timedelta(days=(1 + number * 3) % every)
        for ahead in range(2 if number % 5 else 1):
            start = self.world.moment(first + dt.timedelta(days=every * ahead), hour)
            self.visits.append(
                Visit(
                    family=support.family,
                    support=support,
                    worker=worker,
                    planned_start=start,
                    planned_end=start + dt.timedelta(minutes=support.service.usual_visit_minutes),
                )
            )

    def _visit(
        self,
        support: Support,
        household: people.Household,
        worker: User,
        day: dt.date,
        hour: int,
        purpose: str = "ordinary",
        why_not: str = "",
        **facts: Any,
    ) -> None:
        start = self.world.moment(day, hour)
        visit = Visit(
            family=support.family,
            support=support,
            worker=worker,
            purpose=purpose,
            mode=facts.get("mode") or self.rng.choices(["home", "out", "phone", "video"], weights=[70, 18, 9, 3])[0],
            planned_start=start,
            planned_end=start + dt.timedelta(minutes=support.service.usual_visit_minutes),
            recorded_by=worker,
            recorded_at=start + dt.timedelta(hours=4),
        )
        self.visits.append(visit)
        if why_not:
            visit.state, visit.not_delivered_reason = VisitState.NOT_DELIVERED, why_not
            visit.rebooked = self.rng.random() < 0.7
            return
        visit.state = VisitState.DELIVERED
        visit.actual_start = start + dt.timedelta(minutes=self.rng.choice([-5, 0, 0, 0, 5, 10]))
        visit.duration_minutes = facts.get("minutes") or minutes(self.rng, support.service.usual_visit_minutes)
        if visit.mode == "phone":
            visit.duration_minutes = self.rng.choice([15, 20, 30, 40])
        visit.travel_minutes = self.rng.choice([10, 15, 20, 30])
        visit.kinds_of_support = self.rng.sample(
            ["listening", "play", "getting_out", "practical", "feeding", "forms", "language"], self.rng.randint(1, 3)
        )
        visit.what_happened = self._words(household, worker, purpose, support.state != S.WAITING)
        self.presences += [
            VisitPresence(visit=visit, member=member, family=support.family)
            for member in household.members
            if member.role != "unborn"
            and not member.born_after(day)
            and (member.is_main_carer or self.rng.random() < 0.8)
        ]

    def _words(self, household: people.Household, worker: User, purpose: str, known: bool) -> str:
        pool = {"initial": words.INITIAL, "introduction": words.INTRODUCTION, "last": words.ENDING}.get(
            purpose, words.TOGETHER if known else words.WHILE_WAITING
        )
        if purpose == "ordinary" and self.rng.random() < 0.3:
            return ""
        return self.rng.choice(pool).format(
            parent=household.parent_name, child=household.child_name, worker=worker.display_name.split()[0]
        )

    def save(self) -> None:
        place(self.addresses)
        closer = Closer(self.world, self.families, self.members)
        for rows in (self.families, self.members, self.addresses, self.contacts, self.supports, self.assignments):
            _relink(rows)
            type(rows[0]).objects.bulk_create(rows, batch_size=1000)
        for model, rows in closer.rows.items():
            _relink(rows)
            model.objects.bulk_create(rows, batch_size=1000)
        _relink(self.visits)
        Visit.objects.bulk_create(self.visits, batch_size=1000)
        _relink(self.presences)
        VisitPresence.objects.bulk_create(self.presences, batch_size=2000)
        for support, move in self.moves:
            move.subject_id, move.family_id = support.pk, support.family_id
        Transition.objects.bulk_create([move for _support, move in self.moves], batch_size=1000)
        away.build(self.world, self.supports)
        covers.build(self.world, self.supports)
        endings.build(self.world, self.supports)
        signposts.build(self.world, self.supports)
        circles.build(self.world, self.supports)
        plans.build(self.world, self.supports, self.members)
        replies.build(self.world, self.supports, self.members, self.visits)
        lead = User.objects.filter(email__startswith="safeguarding@").first()
        opened = self.world.moment(self.world.today - dt.timedelta(days=9), 15)
        BreakGlass.objects.create(
            family=self.families[2],
            user=lead,
            reason="A call from the nursery about who may collect the children.",
            opened_at=opened,
            expires_at=opened + dt.timedelta(hours=1),
        )
        self.world.shelf.update(visits=self.visits, assignments=self.assignments, supports=self.supports)


def _relink(rows: list[Any]) -> None:
    """Rows were linked before their parents had ids: let each foreign key take the id its parent has by now."""
    for row in rows:
        for field in row._meta.concrete_fields:
            if field.is_relation and field.is_cached(row):
                setattr(row, field.name, getattr(row, field.name))


def support_fields(world: World, life: Life, number: int) -> dict[str, Any]:
    """The columns of a support that has come as far as this life says."""
    knows_family = life.initial is not None and life.initial < world.today
    fields: dict[str, Any] = {
        "state": life.state,
        "accepted_on": life.accepted,
        "started_on": life.starts,
        "ended_on": life.ends,
        "agreed_on": life.initial if knows_family else None,
        "home_safety_on": life.initial if knows_family else None,
        "first_wish": world.rng.choice(words.WISHES) if knows_family else "",
        "waiting_since": life.initial if life.state == S.WAITING else None,
    }
    if life.state == S.WAITING and number % 3:
        # Agreed when they were last rung: some for later, one for today, one that was forgotten.
        agreed = world.today + dt.timedelta(days=[9, 0, -2, 5, 13][number // 10 % 5])
        fields |= {"next_touch_on": agreed, "waits_because": WAITS[number // 10 % len(WAITS)]}
    if life.state == S.PAUSED:
        fields["paused_until"] = world.today + dt.timedelta(days=5 + number % 25)
    if life.state == S.ENDING:
        fields |= {"ending_on": world.today + dt.timedelta(days=9 + number % 14), "ending_reason": "goals_met"}
    if life.state == S.ENDED_PLANNED:
        fields |= {"ending_on": life.ends, "ending_reason": ["goals_met", "age_limit", "family_decided"][number % 3]}
        fields |= {"final_scores_on": life.ends} if number % 4 else {"final_scores_declined": True}
    if life.state == S.ENDED_UNPLANNED:
        fields["ending_reason"] = ["moved", "lost_touch", "family_stopped", "volunteer_left"][number % 4]
    return fields


def path(life: Life, today: dt.date) -> list[tuple[str, dt.date]]:
    """The states a support went through, each with its day."""
    steps = [(str(S.OFFERED), life.accepted)]
    if life.initial and life.initial < today:
        steps.append((S.GETTING_TO_KNOW, life.accepted + dt.timedelta(days=2)))
        if life.state != S.GETTING_TO_KNOW:
            steps.append((S.WAITING, life.initial))
    if life.starts:
        steps.append((S.ACTIVE, life.starts))
    if life.state == S.ENDED_PLANNED and life.ends:
        steps.append((S.ENDING, life.ends - dt.timedelta(days=28)))
    if steps[-1][0] != life.state:
        steps.append((life.state, life.ends or today - dt.timedelta(days=10)))
    return steps
