"""Talks as people read them: one, those of one volunteer, one's own, and (dates alone) those a manager oversees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Service, User, UserQuerySet
from betterstart.clock import LONDON, london_today
from volunteers.actions.supervision import coordinators_managed_by, may_edit
from volunteers.models import (
    Supervision,
    SupervisionAction,
    SupervisionNote,
    SupervisionPart,
    SupervisionState,
    Topic,
    Volunteer,
    VolunteerState,
)
from volunteers.models.supervision import HELD_STATES, AgreedBy
from volunteers.reports.supervision import (
    MANAGER_AFTER,
    Facts,
    call_in_words,
    facts_of_each,
    gap_in_words,
    hard_in_words,
)

MOST_TALKS = 30
ORDER = {topic: at for at, topic in enumerate(Topic)}


@dataclass(frozen=True)
class TalkPage:
    supervision: Supervision
    parts: list[SupervisionPart]
    """Who was there, as far as the reader may know."""
    notes: list[SupervisionNote]
    """In the order of the topics: strengths before worries."""
    agreed: list[Any]
    """Each with the name of who does it (`who`)."""
    mine: SupervisionPart | None
    may_edit: bool
    leads: bool

    @property
    def waits_for(self) -> list[SupervisionPart]:
        """Who came and has not confirmed yet."""
        if self.supervision.state != SupervisionState.HELD:
            return []
        return [part for part in self.parts if part.came and part.confirmed_at is None]

    @property
    def families(self) -> list[Any]:
        """Whose visits are talked about here, as far as the reader may know."""
        return [note.match.family for note in self.notes if note.match]

    @property
    def absent(self) -> list[SupervisionPart]:
        return [part for part in self.parts if not part.came] if self.supervision.was_held else []


def talk_page(user: User, row: Supervision) -> TalkPage:
    """One talk with its words, by a fixed number of questions. `row` comes with its supervisor."""
    parts = list(SupervisionPart.objects.shared_with(user).filter(supervision=row).select_related("person"))
    notes = SupervisionNote.objects.visible_to(user).filter(supervision=row).select_related("match__family", "author")
    mine = next((part for part in parts if part.person_id == user.pk), None)
    agreed = list(SupervisionAction.objects.visible_to(user).filter(supervision=row))
    return TalkPage(
        supervision=row,
        parts=parts,
        notes=sorted(notes, key=lambda note: (ORDER[Topic(note.topic)], note.pk)),
        agreed=[_with_doer(user, action, row, parts) for action in agreed],
        mine=mine,
        may_edit=may_edit(user, row),
        leads=row.supervisor_id == user.pk,
    )


def _with_doer(user: User, action: Any, row: Supervision, parts: list[SupervisionPart]) -> Any:
    """`who`: the name of who does it; empty for everybody of a group."""
    people = [part.person for part in parts]
    if action.doer == AgreedBy.SUPERVISOR:
        action.who = row.supervisor.display_name
    else:
        action.who = "" if row.is_group or not people else people[0].display_name
    return action


def who_may_come(user: User) -> UserQuerySet:
    """Whom a coordinator may invite to a group: the volunteers they keep, who are with us."""
    with_us = [VolunteerState.PREPARING, VolunteerState.READY, VolunteerState.ON_BREAK]
    kept = Volunteer.objects.kept_by(user).here().filter(state__in=with_us)
    return User.objects.filter(is_active=True, pk__in=kept.values("user"))


def recorded(user: User, row: Supervision) -> dict[str, Any]:
    """A talk on record, as the form that changes it starts."""
    page = talk_page(user, row)
    held = timezone.localtime(row.held_at, LONDON)
    shown: dict[str, Any] = {"day": held.date(), "time": held.time(), "which": "second" if held.fold else "first"}
    shown |= {"uuid": row.uuid, "version": row.version, "minutes": row.minutes}
    shown["absent"] = [part.person_id for part in page.absent]
    for note in page.notes:
        shown[f"match_{note.match_id}" if note.match_id else note.topic] = note.words
    for number, action in enumerate((one for one in page.agreed if one.done_on is None), start=1):
        shown |= {f"what_{number}": action.what, f"doer_{number}": action.doer, f"due_{number}": action.due_on}
    return shown


@dataclass(frozen=True)
class OfVolunteer:
    facts: Facts
    gap: str
    hard: list[str]
    """What happened, and by when somebody rings."""
    ahead: list[Supervision]
    held: list[Supervision]
    agreed: list[SupervisionAction]
    """What was agreed with this volunteer and is not done yet."""


def of_volunteer(user: User, volunteer: Volunteer) -> OfVolunteer:
    """Everything about talking with one volunteer, for a coordinator who keeps them."""
    today = london_today()
    services = Service.objects.coordinated_by(user)
    facts = facts_of_each(services, Volunteer.objects.filter(pk=volunteer.pk))[volunteer.pk]
    theirs = SupervisionPart.objects.shared_with(user).filter(volunteer=volunteer).values("supervision_id")
    talks = Supervision.objects.filter(pk__in=theirs).select_related("supervisor")
    held = talks.filter(state__in=HELD_STATES).order_by("-held_at", "-pk")
    came = SupervisionPart.objects.filter(supervision=models.OuterRef("pk"), volunteer=volunteer)
    held = held.annotate(
        came=models.Subquery(came.values("came")[:1]), confirmed_at=models.Subquery(came.values("confirmed_at")[:1])
    )
    agreed = SupervisionAction.objects.visible_to(user).open().filter(supervision__in=theirs)
    return OfVolunteer(
        facts=facts,
        gap=gap_in_words(facts, today),
        hard=[hard_words(facts)] if facts.hard else [],
        ahead=list(talks.filter(state=SupervisionState.PLANNED).order_by("planned_at")[:MOST_TALKS]),
        held=list(held[:MOST_TALKS]),
        agreed=list(agreed.select_related("supervision__supervisor").order_by("due_on", "pk")[:MOST_TALKS]),
    )


def hard_words(facts: Facts) -> str:
    """ "was worried on Tuesday 4 August: no call for 2 working days"."""
    event, at = facts.longest_hard  # type: ignore[misc]
    return f"{hard_in_words(event, at)}: {call_in_words(at, london_today())}"


@dataclass(frozen=True)
class MyTalks:
    to_confirm: list[SupervisionPart]
    ahead: list[SupervisionPart]
    earlier: list[SupervisionPart]
    agreed: list[SupervisionAction]
    """What oneself agreed to do, and has not done yet."""


def my_talks(user: User) -> MyTalks:
    """One's own supervision: what waits to be read, what is planned, and what was."""
    mine = SupervisionPart.objects.visible_to(user).filter(person=user).select_related("supervision__supervisor")
    held = mine.held().order_by("-supervision__held_at", "-pk")
    ahead = mine.filter(supervision__state=SupervisionState.PLANNED).order_by("supervision__planned_at")
    rows = list(held[:MOST_TALKS])
    agreed = (
        SupervisionAction.objects.visible_to(user)
        .open()
        .filter(supervision__in=held.values("supervision_id"), doer=AgreedBy.PERSON)
    )
    return MyTalks(
        to_confirm=[part for part in rows if part.confirmed_at is None],
        ahead=list(ahead[:MOST_TALKS]),
        earlier=[part for part in rows if part.confirmed_at],
        agreed=list(agreed.select_related("supervision").order_by("due_on", "pk")[:MOST_TALKS]),
    )


def talks_waiting(user: User) -> list[SupervisionPart]:
    """For a volunteer's first page: what waits to be read and confirmed, and the next talk that is planned."""
    mine = SupervisionPart.objects.visible_to(user).filter(person=user).select_related("supervision__supervisor")
    waits = models.Q(supervision__state=SupervisionState.HELD, came=True, confirmed_at=None)
    ahead = models.Q(supervision__state=SupervisionState.PLANNED, supervision__planned_at__gte=timezone.now())
    rows = mine.filter(waits | ahead).order_by("-supervision__held_at", "supervision__planned_at")
    return list(rows[:3])


@dataclass(frozen=True)
class OverseenRow:
    number: int
    name: str
    gap: str
    late: bool
    """Two weeks and more after it was due."""


@dataclass(frozen=True)
class Overseen:
    rows: list[OverseenRow]
    coordinators: list[Any]
    """Coordinators, each with when they last talked with this manager (`talked_at`)."""


def overseen(user: User) -> Overseen:
    """Dates alone, for a manager: nothing of what was said, and no reason why."""
    today = london_today()
    services = Service.objects.managed_by(user)
    with acting_as(Scope.ALL, user.pk):
        seen = Volunteer.objects.overseen_by(user).here().filter(organisation__in=services.values("organisation_id"))
        known = facts_of_each(services, seen)
    listed = [
        OverseenRow(pk, facts.name, gap_in_words(facts, today), _is_late(facts, today))
        for pk, facts in known.items()
        if facts.since or facts.talked_on
    ]
    talked = SupervisionPart.objects.held().filter(person=models.OuterRef("pk"), supervisor=user)
    newest = talked.order_by("-supervision__held_at").values("supervision__held_at")[:1]
    people = coordinators_managed_by(user).annotate(talked_at=models.Subquery(newest))
    return Overseen(listed, list(people.order_by("display_name", "pk")))


def _is_late(facts: Facts, today: Any) -> bool:
    return facts.due_on is not None and facts.due_on + MANAGER_AFTER <= today
