"""Everything about the checks and the training of one volunteer: for those who keep it, and for themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.clock import london_today
from volunteers.actions.agreements import words_now
from volunteers.models import (
    AgreementKind,
    AgreementSigned,
    AgreementWording,
    Course,
    CourseRun,
    CourseSession,
    DbsCheck,
    Match,
    Reference,
    ReferenceWords,
    Step,
    Volunteer,
    readiness,
)
from volunteers.models.reference import ENOUGH_REFERENCES
from volunteers.models.training import CourseKind


@dataclass(frozen=True)
class Line:
    """One step with how it stands, in words and colour, and the one thing to do about it."""

    step: Step
    tone: str
    word: str
    url: str = ""
    act: str = ""

    @property
    def leads(self) -> bool:
        return self.tone != "ok"


@dataclass(frozen=True)
class Signing:
    """One agreement: its newest words, and what this volunteer said to it last."""

    wording: AgreementWording
    signed: AgreementSigned | None

    @property
    def is_choice(self) -> bool:
        return self.wording.kind == AgreementKind.PHOTO

    @property
    def is_newest(self) -> bool:
        return self.signed is not None and self.signed.wording.version == self.wording.version


@dataclass(frozen=True)
class Trained:
    """A course somebody was at, or has a place in."""

    course: Course
    sessions: Sequence[CourseSession]
    """With `was_there`, `caught_up_on` and `caught_up_how`."""


@dataclass(frozen=True)
class Checks:
    lines: list[Line]
    references: list[Reference]
    dbs: list[DbsCheck]
    training: list[Trained]
    agreements: list[Signing]

    @property
    def is_ready(self) -> bool:
        return all(line.step.is_done for line in self.lines)


def tone_of(step: Step, on: dt.date) -> tuple[str, str]:
    """Colour and word of a step."""
    if step.runs_out_soon(on):
        return "warn", _("Runs out soon")
    return {
        "done": ("ok", _("Done")),
        "waiting": ("still", _("Waits")),
        "lapsed": ("stop", _("Ran out")),
    }[step.state]


def checks_of(volunteer: Volunteer) -> Checks:
    """For those who keep a volunteer's record. A fixed number of queries."""
    today = london_today()
    references = list(volunteer.references.order_by("pk"))
    dbs = list(volunteer.dbs_checks.select_related("seen_by", "decided_by").order_by("-pk"))
    training = trained(volunteer)
    lines = []
    for step in readiness(volunteer, today):
        url, act = _next_act(step, volunteer, references, dbs)
        lines.append(Line(step, *tone_of(step, today), url, act))
    return Checks(lines, references, dbs, training, signings(volunteer))


def _next_act(step: Step, volunteer: Volunteer, references: list[Reference], dbs: list[DbsCheck]) -> tuple[str, str]:
    """The one thing a coordinator would do about a step next: its address, and what it is called."""
    if step.key == "references":
        return ("", "") if step.is_done else _about_references(volunteer, references)
    if step.key == "dbs":
        return _about_dbs(step, volunteer, dbs)
    if step.key in CourseKind.values:
        return ("", "") if step.is_done else (reverse("volunteers:course-list"), _("To the courses"))
    if step.key == "agreements" and not step.is_done:
        return reverse("volunteers:agreement-paper", args=[volunteer.pk]), _("Note signed papers")
    return "", ""


def _about_references(volunteer: Volunteer, references: list[Reference]) -> tuple[str, str]:
    open_ones = [row for row in references if not row.judgement]
    good = sum(row.judgement == "satisfactory" for row in references)
    if to_judge := next((row for row in open_ones if row.is_to_judge), None):
        return reverse("volunteers:reference", args=[to_judge.pk]), _("Read what {name} said").format(name=to_judge)
    if to_ask := next((row for row in open_ones if not row.asked_at), None):
        return reverse("volunteers:reference", args=[to_ask.pk]), _("Ask {name}").format(name=to_ask)
    if good + len(open_ones) < ENOUGH_REFERENCES:
        return reverse("volunteers:reference-add", args=[volunteer.pk]), _("Name somebody to ask")
    return reverse("volunteers:reference", args=[open_ones[0].pk]), _("Ask {name} again").format(name=open_ones[0])


def _about_dbs(step: Step, volunteer: Volunteer, dbs: list[DbsCheck]) -> tuple[str, str]:
    if coming := next((row for row in dbs if not row.issued_on), None):
        return reverse("volunteers:dbs-certificate", args=[coming.pk]), _("Note the certificate")
    if not dbs or step.state == "lapsed":
        return reverse("volunteers:dbs-add", args=[volunteer.pk]), _("Note that it is asked for")
    return reverse("volunteers:dbs-update-service", args=[dbs[0].pk]), _("Look at it online")


def trained(volunteer: Volunteer) -> list[Trained]:
    """The courses a volunteer was at or has a place in, each with its sessions in order."""
    theirs = CourseRun.objects.filter(
        models.Q(places__volunteer=volunteer) | models.Q(sessions__attendances__volunteer=volunteer)
    )
    mine = models.FilteredRelation("attendances", condition=models.Q(attendances__volunteer=volunteer))
    rows = (
        CourseSession.objects.filter(run__in=theirs.order_by().values("pk"))
        .annotate(mine=mine)
        .annotate(
            was_there=models.Case(models.When(mine__isnull=False, then=True), default=False),
            caught_up_on=models.F("mine__caught_up_on"),
            caught_up_how=models.F("mine__caught_up_how"),
        )
        .select_related("run__course")
        .order_by("-run__course__kind", "run", "number")
    )
    by_run: dict[CourseRun, list[Any]] = {}
    for row in rows:
        by_run.setdefault(row.run, []).append(row)
    return [Trained(run.course, sessions) for run, sessions in by_run.items()]


def signings(volunteer: Volunteer) -> list[Signing]:
    """Each agreement in its newest words, with the latest answer to it."""
    organisation = volunteer.organisation_id
    newest = {row.kind: row for row in AgreementWording.objects.filter(organisation=organisation).order_by("version")}
    latest: dict[str, AgreementSigned] = {}
    for signed in volunteer.agreements.select_related("wording").order_by("pk"):
        held = latest.get(signed.wording.kind)
        if held is None or signed.wording.version >= held.wording.version:
            latest[signed.wording.kind] = signed
    return [
        Signing(newest.get(kind) or words_now(organisation, kind), latest.get(kind)) for kind in AgreementKind.values
    ]


@dataclass(frozen=True)
class MyChecks:
    """What a volunteer reads about their own checks and training."""

    lines: list[Line]
    agreements: list[Signing]
    to_sign: list[Signing]
    training: list[Trained]
    said: list[ReferenceWords]
    """What those who were asked about them let them read."""
    join_until: dt.date | None
    """Until when they may join the Update Service with their certificate."""
    renew_by: dt.date | None
    """When their place in the Update Service is to be renewed."""


def my_checks(user: User, volunteer: Volunteer) -> MyChecks:
    """For the volunteer alone. Nothing of what a referee said but what they let them read."""
    today = london_today()
    lines = []
    for step in readiness(volunteer, today):
        tone, word = tone_of(step, today)
        lines.append(Line(_own_words(step, volunteer), tone, word))
    check = volunteer.dbs_checks.newest().first()
    join = check.join_until if check else None
    agreements = signings(volunteer)
    return MyChecks(
        lines=lines,
        agreements=agreements,
        to_sign=[each for each in agreements if not each.is_newest],
        training=trained(volunteer),
        said=_what_they_may_read(user, volunteer),
        join_until=join if join and join >= today else None,
        renew_by=check.update_service_until if check else None,
    )


def _own_words(step: Step, volunteer: Volunteer) -> Step:
    """How many references have come; never which of them was found good enough."""
    if step.key != "references":
        return step
    came = volunteer.references.filter(answered_at__isnull=False).count()
    words = ngettext("{n} of the two has come.", "{n} of the two have come.", came)
    reason = _("Both have come.") if came >= ENOUGH_REFERENCES else words.format(n=came)
    return Step(step.key, step.state, reason, step.runs_out_on)


def _what_they_may_read(user: User, volunteer: Volunteer) -> list[ReferenceWords]:
    with acting_as(Scope.ALL, user.pk):
        rows = ReferenceWords.objects.filter(volunteer=volunteer, may_show=True).select_related("reference")
        return list(rows.only("how_known", "trust_words", "reference__name").order_by("pk"))


def is_with_families(volunteer: Volunteer, asked_by: User) -> bool:
    """Whether a match of theirs holds, also with families the asker does not see."""
    with acting_as(Scope.ALL, asked_by.pk):
        return Match.objects.holding().filter(volunteer=volunteer).exists()
