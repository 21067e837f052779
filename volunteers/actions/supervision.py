"""Supervision: agreed, held, written down together, and confirmed by both."""

from __future__ import annotations

import datetime as dt
import re
import uuid as uuids
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Membership, Service, User, UserQuerySet
from betterstart.access.roles import Role
from betterstart.audit.record import record
from betterstart.clock import london_today
from families.models import FamilyMember
from families.models.family import fold
from volunteers.models import (
    SUPERVISION_MACHINE,
    Match,
    MatchState,
    Supervision,
    SupervisionAction,
    SupervisionKind,
    SupervisionNote,
    SupervisionPart,
    SupervisionState,
    Topic,
    Volunteer,
)
from volunteers.models.match import HOLDING
from volunteers.models.supervision import AgreedBy

MOST_IN_A_GROUP = 40
SHORTEST_NAME = 3
LATELY = dt.timedelta(days=28)
"""How long a match that ended is still talked about: a de-brief comes after the ending."""
_OWNING = re.compile(r"['’]s\b", re.IGNORECASE)


class SupervisionRefused(ValidationError):
    """This talk cannot be kept like this. `error_dict` has the sentences by field."""


class NamesFamilies(Exception):
    """Words for a group hold names of families that are visited now. `names` are as they stand on record."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = list(names)


class StaleSupervision(Exception):
    """Somebody changed what is written since the page was opened. `stored` is the talk as it stands."""

    def __init__(self, stored: Supervision) -> None:
        super().__init__(f"supervision {stored.pk} is at version {stored.version}")
        self.stored = stored


@dataclass(frozen=True)
class Agreed:
    """One thing somebody will do."""

    what: str
    doer: str = AgreedBy.PERSON
    due_on: dt.date | None = None


@dataclass(frozen=True)
class Told:
    """A talk as it is written down: when, how long, and what was said about what."""

    held_at: dt.datetime
    minutes: int
    words: Mapping[str, str] = field(default_factory=dict)
    """By topic (without Topic.MATCH and Topic.OWN)."""
    matches: Mapping[int, str] = field(default_factory=dict)
    """By number of the match."""
    agreed: Sequence[Agreed] = ()
    absent: Collection[User] = ()
    """Of a group: who was expected and did not come."""


def _with_whom(by: User, kind: str, people: Collection[User]) -> list[tuple[User, Volunteer | None]]:
    """Each person with their row as a volunteer. Raises SupervisionRefused where this is not theirs to hold."""
    if kind not in SupervisionKind.values:
        raise SupervisionRefused({"kind": _("Choose what kind of talk it is.")})
    if kind != SupervisionKind.GROUP and len(people) != 1:
        raise SupervisionRefused({"people": _("This is a talk between two. Choose one person.")})
    if kind == SupervisionKind.GROUP and not 2 <= len(people) <= MOST_IN_A_GROUP:
        raise SupervisionRefused({"people": _("A group has at least two people, and no more than 40.")})
    kept = {row.user_id: row for row in Volunteer.objects.kept_by(by).filter(user__in=people)}
    strangers = [person for person in people if person.pk not in kept]
    if strangers and (kept or not _manages_coordinators(by, strangers)):
        raise SupervisionRefused(_("You can hold supervision with the volunteers you look after."))
    if len({row.organisation_id for row in kept.values()}) > 1:
        raise SupervisionRefused({"people": _("Choose people of one organisation.")})
    return [(person, kept.get(person.pk)) for person in people]


def coordinators_managed_by(user: User) -> UserQuerySet:
    """The coordinators of the services this person manages, without themselves."""
    services = Service.objects.managed_by(user)
    roles = Membership.objects.active().filter(role=Role.COORDINATOR)
    organisations = services.values("organisation_id")
    theirs = roles.filter(service__in=services) | roles.filter(service=None, organisation__in=organisations)
    return User.objects.filter(is_active=True, pk__in=theirs.values("user")).exclude(pk=user.pk)


def _manages_coordinators(by: User, people: Collection[User]) -> bool:
    wanted = {person.pk for person in people}
    return coordinators_managed_by(by).filter(pk__in=wanted).count() == len(wanted)


def _organisation_of(by: User, pairs: Sequence[tuple[User, Volunteer | None]]) -> int:
    volunteer = next((row for _person, row in pairs if row), None)
    if volunteer:
        return volunteer.organisation_id
    return Service.objects.managed_by(by).values_list("organisation_id", flat=True)[0]


@transaction.atomic
def plan_supervision(
    *, by: User, kind: str, people: Collection[User], planned_at: dt.datetime, uuid: uuids.UUID | None = None
) -> Supervision:
    """Agree when to talk, and give the talk. Sent again with the same `uuid` it gives the same one.

    Writes the audit event `supervision.planned`. Raises SupervisionRefused (sentences by field) when the people are
    not this person's to talk with, or the moment is over.
    """
    if uuid and (stored := Supervision.objects.filter(uuid=uuid, supervisor=by).first()):
        return stored
    if planned_at <= timezone.now():
        raise SupervisionRefused({"day": _("This moment is over. If you have talked, write it down instead.")})
    pairs = _with_whom(by, kind, people)
    row = _create(by, pairs, kind=kind, uuid=uuid or uuids.uuid4(), planned_at=planned_at)
    _record(by, "supervision.planned", row)
    return row


def _create(by: User, pairs: Sequence[tuple[User, Volunteer | None]], **fields: object) -> Supervision:
    row = Supervision.objects.create(organisation_id=_organisation_of(by, pairs), supervisor=by, **fields)
    SupervisionPart.objects.bulk_create(
        SupervisionPart(supervision=row, person=person, volunteer=volunteer, supervisor=by)
        for person, volunteer in pairs
    )
    SUPERVISION_MACHINE.note_start(row, by=by)
    return row


@transaction.atomic
def hold_supervision(
    *,
    by: User,
    told: Told,
    kind: str = "",
    people: Collection[User] = (),
    planned: Supervision | None = None,
    uuid: uuids.UUID | None = None,
    names_meant: bool = False,
) -> Supervision:
    """Write down a talk that was held (one that was `planned`, or of this `kind` with these `people`), and give it.

    Writing is how the one who led it confirms; the others confirm after reading. Writes `supervision.held`. Raises
    SupervisionRefused, MoveRefused where the planned one has moved on, NamesFamilies for a group once.
    """
    if uuid and (stored := Supervision.objects.filter(uuid=uuid, supervisor=by).first()):
        return stored
    if told.held_at > timezone.now():
        raise SupervisionRefused({"day": _("It has not begun yet. Write it down once you have talked.")})
    if planned:
        row = lock_supervision(by, planned)
        pairs = _with_whom(by, row.kind, [part.person for part in row.parts.select_related("person")])
        held = SupervisionState.HELD
        SUPERVISION_MACHINE.move(row, to=held, by=by, supervisor=by, held_at=told.held_at, minutes=told.minutes)
        row.parts.update(supervisor=by)
    else:
        pairs = _with_whom(by, kind, people)
        fields = {"kind": kind, "uuid": uuid or uuids.uuid4(), "state": SupervisionState.HELD}
        row = _create(by, pairs, held_at=told.held_at, minutes=told.minutes, **fields)
    _write(by, row, told, pairs, names_meant=names_meant)
    _record(by, "supervision.held", row, minutes=told.minutes)
    return row


@transaction.atomic
def edit_supervision(
    *, by: User, supervision: Supervision, version: int, told: Told, names_meant: bool = False
) -> Supervision:
    """Change what is written, until somebody has confirmed it; then it stands. Gives the talk.

    Writes `supervision.edited`. Raises SupervisionRefused, NamesFamilies, StaleSupervision.
    """
    row = lock_supervision(by, supervision)
    if row.version != version:
        raise StaleSupervision(row)
    if not may_edit(by, row):
        raise SupervisionRefused(_("This has been read and confirmed, so it stays as it is."))
    if told.held_at > timezone.now():
        raise SupervisionRefused({"day": _("It has not begun yet. Write it down once you have talked.")})
    pairs = [(part.person, part.volunteer) for part in row.parts.select_related("person", "volunteer__user")]
    row.held_at, row.minutes, row.version = told.held_at, told.minutes, row.version + 1
    row.save(update_fields=["held_at", "minutes", "version", "updated_at"])
    _write(by, row, told, pairs, names_meant=names_meant)
    _record(by, "supervision.edited", row)
    return row


def may_edit(by: User, supervision: Supervision) -> bool:
    """Whoever led it may change it, until the first of the others has confirmed."""
    if supervision.supervisor_id != by.pk or supervision.state != SupervisionState.HELD:
        return False
    return not supervision.parts.exclude(confirmed_at=None).exists()


def _write(
    by: User,
    row: Supervision,
    told: Told,
    pairs: Sequence[tuple[User, Volunteer | None]],
    *,
    names_meant: bool,
) -> None:
    volunteers = [volunteer for _person, volunteer in pairs if volunteer]
    matches = {match.pk: match for match in matches_to_talk_through(by, volunteers, row)}
    if row.is_group:
        said = [*told.words.values(), *(agreed.what for agreed in told.agreed)]
        names = [] if names_meant else families_named(matches.values(), said)
        if names:
            raise NamesFamilies(names)
    absent = {person.pk for person in told.absent} if row.is_group else set()
    if len(absent) == len(pairs):
        raise SupervisionRefused({"absent": _("Somebody was there. If nobody came, call it off.")})
    row.parts.filter(person__in=absent).update(came=False)
    row.parts.exclude(person__in=absent).update(came=True)
    # What was written about a match that this form did not show stays.
    asked = row.notes.filter(topic__in=_TOPICS) | row.notes.filter(topic=Topic.MATCH, match__in=list(told.matches))
    kept = []
    for topic, match_id, words in _spoken(row, told, matches):
        note, _new = SupervisionNote.objects.update_or_create(
            supervision=row,
            topic=topic,
            match=matches.get(match_id or 0),
            part=None,
            defaults={"words": words, "author": by},
        )
        kept.append(note.pk)
    asked.exclude(pk__in=kept).delete()
    row.agreed.open().delete()
    SupervisionAction.objects.bulk_create(
        SupervisionAction(supervision=row, what=agreed.what, doer=agreed.doer, due_on=agreed.due_on)
        for agreed in told.agreed
    )


_TOPICS = tuple(topic for topic in Topic if topic not in (Topic.MATCH, Topic.OWN))


def _spoken(row: Supervision, told: Told, matches: Mapping[int, Match]) -> list[tuple[str, int | None, str]]:
    """What was said, in the order of the topics; about families only between two."""
    said: list[tuple[str, int | None, str]] = []
    for topic in Topic:
        if topic == Topic.MATCH and not row.is_group:
            said += [(topic, pk, words) for pk, words in told.matches.items() if words and pk in matches]
        elif topic in _TOPICS and told.words.get(topic):
            said.append((topic, None, told.words[topic]))
    return said


def matches_to_talk_through(
    by: User, volunteers: Collection[Volunteer], talk: Supervision | None = None
) -> list[Match]:
    """The families these volunteers visit, or lately did, and those the talk already speaks of, as far as the one who
    asks may see them.
    """
    lately = models.Q(state=MatchState.ENDED, ended_on__gte=london_today() - LATELY)
    about = models.Q(pk__in=talk.notes.exclude(match=None).values("match")) if talk else models.Q()
    wanted = models.Q(state__in=HOLDING) | lately | about
    rows = Match.objects.visible_to(by).filter(wanted, volunteer__in=volunteers)
    return list(rows.select_related("family", "volunteer__user").order_by("started_on", "pk"))


def families_named(matches: Collection[Match], texts: Collection[str]) -> list[str]:
    """Names of these families, or of people in them, that stand in the texts."""
    said = {word for text in texts for word in fold(_OWNING.sub("", text)).split()}
    if not said or not matches:
        return []
    people = FamilyMember.objects.filter(family__in={match.family_id for match in matches})
    names = {match.family.name for match in matches} | set(people.values_list("display_name", flat=True))
    return sorted(name for name in names if any(len(part) >= SHORTEST_NAME and part in said for part in _parts(name)))


def _parts(name: str) -> list[str]:
    return fold(name).split()


@transaction.atomic
def cancel_supervision(*, by: User, supervision: Supervision, note: str = "") -> Supervision:
    """Call off a planned talk. Writes `supervision.cancelled`. Raises SupervisionRefused, MoveRefused."""
    row = lock_supervision(by, supervision)
    SUPERVISION_MACHINE.move(row, to=SupervisionState.CANCELLED, by=by, note=note)
    _record(by, "supervision.cancelled", row)
    return row


def lock_supervision(by: User, supervision: Supervision) -> Supervision:
    """The talk as it stands, locked. Raises SupervisionRefused for anybody but who led it or keeps the volunteer."""
    if not Supervision.objects.led_or_kept_by(by).filter(pk=supervision.pk).exists():
        raise SupervisionRefused(_("This talk is somebody else’s."))
    return Supervision.objects.select_for_update(of=("self",)).get(pk=supervision.pk)


@transaction.atomic
def confirm_supervision(*, by: User, supervision: Supervision, version: int, words: str = "") -> Supervision:
    """Somebody who was there has read what is written, may add words of their own, and confirms. Gives the talk.

    Once everybody who came has confirmed, the talk is confirmed by both. Confirming twice changes nothing. Writes
    `supervision.confirmed`. Raises SupervisionRefused for anybody else, StaleSupervision.
    """
    mine = SupervisionPart.objects.held().filter(supervision=supervision.pk, person=by).first()
    if mine is None:
        raise SupervisionRefused(_("Only somebody who was there can confirm it."))
    row = Supervision.objects.select_for_update(of=("self",)).get(pk=supervision.pk)
    part = row.parts.select_for_update(of=("self",)).get(pk=mine.pk)
    if part.confirmed_at:
        return row
    if row.version != version:
        raise StaleSupervision(row)
    if words.strip():
        SupervisionNote.objects.create(supervision=row, topic=Topic.OWN, part=part, words=words, author=by)
    part.confirmed_at = timezone.now()
    part.save(update_fields=["confirmed_at"])
    with acting_as(Scope.ALL, by.pk):
        waits = SupervisionPart.objects.to_confirm().filter(supervision=row.pk).exists()
    if not waits:
        SUPERVISION_MACHINE.move(row, to=SupervisionState.CONFIRMED, by=by)
    _record(by, "supervision.confirmed", row)
    return row


@transaction.atomic
def mark_agreed_done(*, by: User, action: SupervisionAction) -> SupervisionAction:
    """What was agreed is done; either of the two may say so. Twice changes nothing. Writes `supervision.action_done`.

    Raises SupervisionRefused for anybody else.
    """
    if not SupervisionAction.objects.visible_to(by).filter(pk=action.pk).exists():
        raise SupervisionRefused(_("Only those who agreed it can say that it is done."))
    stored = SupervisionAction.objects.select_for_update(of=("self",)).select_related("supervision").get(pk=action.pk)
    if stored.done_on is None:
        stored.done_on, stored.done_by = london_today(), by
        stored.save(update_fields=["done_on", "done_by"])
        _record(by, "supervision.action_done", stored.supervision)
    return stored


def _record(by: User, verb: str, row: Supervision, **details: int) -> None:
    people = sorted(row.parts.values_list("person_id", flat=True))
    record(by=by, verb=verb, target=row, label=str(row.get_kind_display()), details={"people": people, **details})
