"""What must hold for a visit, with the sentences people get when it does not."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.models import Membership, User
from betterstart.access.roles import Role
from betterstart.clock import day_in_words, duration_in_words, london_date, london_today, moment_in_words
from betterstart.transitions.models import Transition
from families.models import FamilyMember, Support, SupportState, Visit
from families.models.support import CLOSED_STATES
from families.models.visit import SHORTEST_VISIT_MINUTES

FURTHEST_PLAN = dt.timedelta(days=366)
LONGEST_POSSIBLE = dt.timedelta(hours=12)  # what the database accepts at most
MOST_NAMED = 3


class VisitRefused(ValidationError):
    """The visit cannot be kept like this.

    `error_dict` has the sentences by field, each with the code of its rule: not_yours, support_ended, support_paused,
    before_support, future, too_old, too_short, too_long, past, too_far, worker_not_with_family, not_in_family,
    not_born, left_family, no_such_hour, used_before, not_yet, closed_to_you.
    """


class VisitNeedsAnswer(Exception):
    """Unusual, not impossible: the person is asked first. `questions` maps "long", "overlap" or "late" to a sentence.

    The same call with these keys in `confirmed` goes through.
    """

    def __init__(self, questions: dict[str, str]) -> None:
        super().__init__(", ".join(questions))
        self.questions = questions


class StaleVisit(Exception):
    """Somebody changed the visit since the form was opened. `stored` is the visit as it stands."""

    def __init__(self, stored: Visit) -> None:
        super().__init__(f"visit {stored.pk} is at version {stored.version}")
        self.stored = stored


class Findings:
    """Everything found wrong or unusual, so that a person hears it all at once."""

    def __init__(self) -> None:
        self.errors: defaultdict[str, list[ValidationError]] = defaultdict(list)
        self.questions: dict[str, str] = {}

    def refuse(self, field: str, code: str, sentence: str) -> None:
        self.errors[field].append(ValidationError(sentence, code=code))

    def ask(self, key: str, sentence: str) -> None:
        self.questions.setdefault(key, sentence)

    def settle(self, confirmed: Collection[str]) -> None:
        """Raises VisitRefused for what is wrong, else VisitNeedsAnswer for what is unusual and not confirmed."""
        if self.errors:
            raise VisitRefused(dict(self.errors))
        open_questions = {key: words for key, words in self.questions.items() if key not in confirmed}
        if open_questions:
            raise VisitNeedsAnswer(open_questions)


def coordinates(user: User, support: Support) -> bool:
    return Support.objects.coordinated_by(user).filter(pk=support.pk).exists()


def coordinators_of(support: Support) -> models.QuerySet[User]:
    """People who coordinate the service of this support now."""
    service = support.service
    held = Membership.objects.active().filter(role=Role.COORDINATOR)
    here = models.Q(service=service) | models.Q(service=None, organisation=service.organisation_id)
    return User.objects.filter(is_active=True, pk__in=held.filter(here).values("user"))


def check_may_write(findings: Findings, *, by: User, leads: bool, worker: User) -> None:
    """Coordinators of the service (`leads`) write every visit of it; a volunteer their own."""
    if not leads and worker.pk != by.pk:
        sentence = _("You can record and plan your own visits. This one is somebody else’s.")
        findings.refuse("worker", "not_yours", sentence)


def check_worker(findings: Findings, *, support: Support, worker: User, days: Sequence[dt.date]) -> None:
    """With the family on each of the days, or a coordinator of the service."""
    if coordinators_of(support).filter(pk=worker.pk).exists():
        return
    spells = list(support.assignments.filter(worker=worker).values_list("starts_on", "ends_on"))
    missing = [day for day in days if not any(start <= day and (not end or day < end) for start, end in spells)]
    if missing:
        sentence = _("{name} is not with this family on {days}.")
        findings.refuse(
            "worker", "worker_not_with_family", sentence.format(name=worker.display_name, days=_listed(missing))
        )


def _listed(days: Sequence[dt.date]) -> str:
    """The first days in words, and how many more."""
    words = ", ".join(day_in_words(day) for day in days[:MOST_NAMED])
    rest = len(days) - MOST_NAMED
    if rest <= 0:
        return words
    return ngettext("{days} and {n} more day", "{days} and {n} more days", rest).format(days=words, n=rest)


def check_support(findings: Findings, *, support: Support, days: Sequence[dt.date], field: str) -> None:
    """Open, not paused on those days, and not before it was accepted. `field` is where the day was typed."""
    if support.state in CLOSED_STATES and support.ended_on:
        sentence = _("This support ended on {day}. A visit can only be added while a support is open.")
        findings.refuse("support", "support_ended", sentence.format(day=day_in_words(support.ended_on)))
    elif support.state == SupportState.PAUSED and support.paused_until:
        paused_on = _paused_on(support)
        if any(paused_on <= day < support.paused_until for day in days):
            sentence = _("This support is paused until {day}. Start it again first, or choose another day.")
            findings.refuse(field, "support_paused", sentence.format(day=day_in_words(support.paused_until)))
    if any(day < support.accepted_on for day in days):
        sentence = _("This support began on {day}. A visit cannot be earlier than that.")
        findings.refuse(field, "before_support", sentence.format(day=day_in_words(support.accepted_on)))


def _paused_on(support: Support) -> dt.date:
    moves = Transition.objects.of("support", support.pk).filter(to_state=SupportState.PAUSED)
    latest = moves.order_by("-id").values_list("happened_at", flat=True).first()
    return london_date(latest) if latest else dt.date.min


def check_happened(findings: Findings, *, support: Support, leads: bool, start: dt.datetime, field: str) -> None:
    """Not in the future, and not too old for this person to record."""
    if start > timezone.now():
        sentence = _("This time has not come yet. Plan the visit, and record it afterwards.")
        findings.refuse(field, "future", sentence)
    elif not leads and (london_today() - london_date(start)).days > support.service.late_visit_days:
        sentence = _("This was more than {days} days ago. Ask your coordinator to record it.")
        findings.refuse(field, "too_old", sentence.format(days=support.service.late_visit_days))


def check_minutes(findings: Findings, *, support: Support, minutes: int) -> None:
    longest = support.service.longest_visit_minutes
    if minutes < SHORTEST_VISIT_MINUTES:
        sentence = _("A visit lasts at least {minutes} minutes. For less, note it with the next visit.")
        findings.refuse("duration_minutes", "too_short", sentence.format(minutes=SHORTEST_VISIT_MINUTES))
    elif minutes > longest:
        sentence = _("The longest visit that can be recorded is {duration}. Please check the minutes.")
        findings.refuse("duration_minutes", "too_long", sentence.format(duration=duration_in_words(longest)))


def ask_if_long(findings: Findings, *, support: Support, minutes: int) -> None:
    if minutes > support.service.long_visit_minutes:
        sentence = _("Yes, it really was that long: {duration}.")
        findings.ask("long", sentence.format(duration=duration_in_words(minutes)))


def check_planned(findings: Findings, *, support: Support, starts: Sequence[dt.datetime]) -> None:
    """Ahead of us, within a year; after an agreed last visit only when the person says so."""
    if min(starts) <= timezone.now():
        findings.refuse("planned_start", "past", _("This time has passed. If the visit took place, log it instead."))
    elif max(starts) > timezone.now() + FURTHEST_PLAN:
        findings.refuse("planned_start", "too_far", _("This is more than a year ahead. Please check the year."))
    ending_on = support.ending_on if support.state == SupportState.ENDING else None
    if ending_on and london_date(max(starts)) > ending_on:
        sentence = _("Yes, plan it although the last visit was agreed for {day}.")
        findings.ask("late", sentence.format(day=day_in_words(ending_on)))


def check_present(findings: Findings, *, support: Support, present: Iterable[FamilyMember], day: dt.date) -> None:
    present = list(present)
    of_family = support.family.members.filter(pk__in=[member.pk for member in present])
    gone = {member.pk: member.gone_on for member in of_family}
    for member in present:
        left_on = gone.get(member.pk)
        if member.pk not in gone:
            findings.refuse("present", "not_in_family", _("Choose people of this family."))
        elif member.born_after(day):
            findings.refuse(
                "present", "not_born", _("{name} was not born yet on {day}.").format(name=member, day=day_in_words(day))
            )
        elif left_on and left_on <= day:
            findings.refuse(
                "present",
                "left_family",
                _("{name} left this family on {day}.").format(name=member, day=day_in_words(left_on)),
            )


def ask_if_elsewhere(
    findings: Findings, *, worker: User, starts: Sequence[dt.datetime], minutes: int, planned: bool, besides: int | None
) -> None:
    """One person in two places: among what is planned, or among what took place. Looks at what the asker may see."""
    length = dt.timedelta(minutes=minutes)
    visits = Visit.objects.filter(worker=worker).exclude(pk=besides).select_related("family")  # type: ignore[misc]
    earliest, latest = min(starts), max(starts) + length
    if planned:
        visits = visits.planned().filter(planned_start__lt=latest, planned_end__gt=earliest)
    else:
        visits = visits.delivered().filter(actual_start__lt=latest, actual_start__gt=earliest - LONGEST_POSSIBLE)
    clashes = [
        (visit, when)
        for visit in visits
        for when, end in [_stretch(visit)]
        if any(start < end and when < start + length for start in starts)
    ]
    if clashes:
        visit, when = min(clashes, key=lambda clash: clash[1])
        sentence = _("Yes, although {name} has another visit then: {family}, {when}.")
        findings.ask(
            "overlap",
            sentence.format(name=worker.display_name, family=visit.family, when=moment_in_words(when)),
        )


def _stretch(visit: Visit) -> tuple[dt.datetime, dt.datetime]:
    if visit.actual_start:
        return visit.actual_start, visit.actual_start + dt.timedelta(minutes=visit.duration_minutes or 0)
    return visit.planned_start, visit.planned_end  # type: ignore[return-value]
