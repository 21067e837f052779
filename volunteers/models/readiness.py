"""Whether a volunteer may be with families: worked out from dated evidence, never typed, and always with the reason.

`Volunteer.objects.in_date(on)` says the same for everybody at once, in SQL.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.utils.translation import ngettext

from betterstart.clock import day_in_words, london_date, london_today
from volunteers.models.agreement import NEEDED_AGREEMENTS, AgreementKind, AgreementSigned, AgreementWording
from volunteers.models.dbs import DbsCheck, Decision, StatusResult
from volunteers.models.evidence import months_after
from volunteers.models.reference import ENOUGH_REFERENCES, Judgement, Reference
from volunteers.models.training import NEEDED_COURSES, Attendance, Course, CourseKind
from volunteers.models.volunteer import NOT_YET_MET, Volunteer

SOON = dt.timedelta(days=60)
"""From how long before it runs out somebody is told (R14)."""


class Is(StrEnum):
    DONE = "done"
    WAITING = "waiting"
    LAPSED = "lapsed"


@dataclass(frozen=True)
class Step:
    """One thing a volunteer needs before they may be with families."""

    key: str
    state: Is
    reason: str
    """In a sentence: what is so, or what it waits for, and since when."""
    runs_out_on: dt.date | None = None
    """The first day on which it no longer counts, if it is ever to be done again."""

    @property
    def title(self) -> str:
        return str(TITLES[self.key])

    @property
    def is_done(self) -> bool:
        return self.state == Is.DONE

    def runs_out_soon(self, on: dt.date) -> bool:
        return self.is_done and self.runs_out_on is not None and self.runs_out_on - on <= SOON


TITLES = {
    "interview": later("Interview"),
    "references": later("Two references"),
    "dbs": later("DBS check"),
    CourseKind.PREPARATION: later("Preparation course"),
    CourseKind.SAFEGUARDING: later("Safeguarding training"),
    "agreements": later("Agreements"),
}


@dataclass(frozen=True)
class Attended:
    course: Course
    number: int
    day: dt.date


@dataclass
class Evidence:
    """Everything readiness is made of, about one volunteer."""

    volunteer: Volunteer
    references: list[Reference] = field(default_factory=list)
    dbs: list[DbsCheck] = field(default_factory=list)
    attended: list[Attended] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    signed: list[AgreementSigned] = field(default_factory=list)
    asked_again: list[AgreementWording] = field(default_factory=list)
    """Versions that everybody signs again, of the organisation."""

    @property
    def newest_dbs(self) -> DbsCheck | None:
        """The certificate that was issued last, of those somebody has seen."""
        seen = [(row.issued_on, row.pk, row) for row in self.dbs if row.issued_on]
        return max(seen)[2] if seen else None


def evidence_of(volunteers: Iterable[Volunteer]) -> dict[int, Evidence]:
    """The evidence of these volunteers by their ids, in a fixed number of queries."""
    found = {row.pk: Evidence(row) for row in volunteers}
    organisations = {row.volunteer.organisation_id for row in found.values()}
    for reference in Reference.objects.filter(volunteer__in=found):
        found[reference.volunteer_id].references.append(reference)
    for check in DbsCheck.objects.filter(volunteer__in=found):
        found[check.volunteer_id].dbs.append(check)
    rows = Attendance.objects.filter(volunteer__in=found).select_related("session__run__course")
    for row in rows.filter(session__run__course__kind__in=NEEDED_COURSES):
        day = row.caught_up_on or row.session.day
        found[row.volunteer_id].attended.append(Attended(row.session.run.course, row.session.number, day))
    for signed in AgreementSigned.objects.filter(volunteer__in=found).select_related("wording"):
        found[signed.volunteer_id].signed.append(signed)
    asked_again: dict[int, list[AgreementWording]] = defaultdict(list)
    for wording in AgreementWording.objects.filter(organisation__in=organisations, sign_again_from__isnull=False):
        asked_again[wording.organisation_id].append(wording)
    courses: dict[int, list[Course]] = defaultdict(list)
    for course in Course.objects.filter(organisation__in=organisations, kind__in=NEEDED_COURSES, is_open=True):
        courses[course.organisation_id].append(course)
    for each in found.values():
        each.asked_again = asked_again[each.volunteer.organisation_id]
        each.courses = courses[each.volunteer.organisation_id]
    return found


def readiness(volunteer: Volunteer, on: dt.date | None = None) -> list[Step]:
    """Each thing that is needed, with where it stands on this day and why."""
    return steps(evidence_of([volunteer])[volunteer.pk], on or london_today())


def readiness_of(volunteers: Iterable[Volunteer], on: dt.date | None = None) -> dict[int, list[Step]]:
    """The same for many at once, by their ids."""
    return {pk: steps(evidence, on or london_today()) for pk, evidence in evidence_of(volunteers).items()}


def steps(evidence: Evidence, on: dt.date) -> list[Step]:
    """The rule itself: it asks nobody and no database."""
    return [
        _interview(evidence),
        _references(evidence, on),
        _dbs(evidence, on),
        *(_course(evidence, kind, on) for kind in NEEDED_COURSES),
        _agreements(evidence, on),
    ]


def _interview(evidence: Evidence) -> Step:
    if evidence.volunteer.state in NOT_YET_MET:
        return Step("interview", Is.WAITING, _("The interview is still to come."))
    return Step("interview", Is.DONE, _("They are past this step."))


def _references(evidence: Evidence, on: dt.date) -> Step:
    good = sum(row.judgement == Judgement.SATISFACTORY for row in evidence.references)
    bad = sum(row.judgement == Judgement.NOT_SATISFACTORY for row in evidence.references)
    parts = [] if good >= ENOUGH_REFERENCES else _references_missing(evidence.references, good, on)
    if good >= ENOUGH_REFERENCES:
        parts.append(_("Both are satisfactory") if good == ENOUGH_REFERENCES else _("All are satisfactory"))
    if bad:
        words = ngettext("{n} was not satisfactory", "{n} were not satisfactory", bad)
        parts = [_("{n} are satisfactory").format(n=apnumber(good))] if good >= ENOUGH_REFERENCES else parts
        parts.append(words.format(n=apnumber(bad)))
    return Step("references", Is.DONE if good >= ENOUGH_REFERENCES else Is.WAITING, _sentence(parts))


def _references_missing(rows: Sequence[Reference], good: int, on: dt.date) -> list[str]:
    parts = []
    asked = [row for row in rows if row.waits]
    to_judge = sum(row.is_to_judge for row in rows)
    if asked:
        days = (on - min(london_date(row.asked_at) for row in asked if row.asked_at)).days
        words = ngettext("Waiting for {n} reference", "Waiting for {n} references", len(asked))
        parts += [words.format(n=apnumber(len(asked))), _asked_ago(days)]
    if to_judge:
        words = ngettext(
            "{n} has come: say whether it is satisfactory", "{n} have come: say whether they are satisfactory", to_judge
        )
        parts.append(words.format(n=apnumber(to_judge)))
    missing = ENOUGH_REFERENCES - good - len(asked) - to_judge
    if missing > 0:
        words = ngettext("{n} reference still to be asked for", "{n} references still to be asked for", missing)
        parts.append(words.format(n=apnumber(missing)))
    return parts


def _asked_ago(days: int) -> str:
    if days <= 0:
        return _("asked today")
    return ngettext("asked {n} day ago", "asked {n} days ago", days).format(n=days)


def _sentence(parts: Sequence[str]) -> str:
    words = "; ".join(parts)
    return f"{words[:1].upper()}{words[1:]}."


def _dbs(evidence: Evidence, on: dt.date) -> Step:
    check = evidence.newest_dbs
    coming = [row for row in evidence.dbs if not row.issued_on]
    if check is None:
        return Step("dbs", Is.WAITING, _dbs_not_seen(coming, on))
    look_again = check.look_again_on
    state, words = _dbs_says(check, look_again, on)
    if coming and state != Is.DONE:
        words = f"{words} {_dbs_not_seen(coming, on)}"
    return Step("dbs", state, words, look_again if state == Is.DONE else None)


def _dbs_says(check: DbsCheck, look_again: dt.date | None, on: dt.date) -> tuple[Is, str]:
    if check.status_result == StatusResult.CHANGED and check.status_checked_on:
        words = _("The Update Service said on {day} that something has changed: a new certificate is needed.")
        return Is.LAPSED, words.format(day=day_in_words(check.status_checked_on))
    if not check.is_right:
        return Is.WAITING, _("The one seen is not an enhanced check for work with children, with the barred list.")
    if check.is_to_decide:
        return Is.WAITING, _("There is information on the certificate: a manager decides.")
    if check.decision == Decision.NOT_GO_ON:
        return Is.WAITING, _("A manager decided that this certificate is not enough to be with families.")
    if look_again is None or look_again <= on:
        return Is.LAPSED, _("The check ran out on {day}.").format(day=day_in_words(look_again or on))
    words = _("Seen, and decided by a manager") if check.decision else _("Seen, with nothing on it")
    return Is.DONE, _("{seen}. To be looked at again by {day}.").format(seen=words, day=day_in_words(look_again))


def _dbs_not_seen(coming: Sequence[DbsCheck], on: dt.date) -> str:
    if not coming:
        return _("Not asked for yet.")
    days = (on - max(row.asked_on for row in coming)).days
    return _sentence([_("Waiting for the certificate"), _asked_ago(days)])


def _course(evidence: Evidence, kind: CourseKind, on: dt.date) -> Step:
    by_course: dict[Course, dict[int, dt.date]] = defaultdict(dict)
    for row in evidence.attended:
        if row.course.kind == kind and row.course.organisation_id == evidence.volunteer.organisation_id:
            numbers = by_course[row.course]
            numbers[row.number] = max(row.day, numbers.get(row.number, row.day))
    found = [_course_step(course, numbers, on) for course, numbers in by_course.items()]
    if found:
        return max(found, key=lambda step: (_ORDER[step.state], step.runs_out_on or dt.date.max))
    if not any(course.kind == kind for course in evidence.courses):
        return Step(kind, Is.WAITING, _("There is no such course yet."))
    return Step(kind, Is.WAITING, _("No session attended yet."))


_ORDER = {Is.WAITING: 0, Is.LAPSED: 1, Is.DONE: 2}


def _course_step(course: Course, numbers: dict[int, dt.date], on: dt.date) -> Step:
    """`numbers`: for each part of the course the last day on which they did it."""
    needed = course.sessions_needed
    if len(numbers) < needed:
        words = ngettext(
            "{n} of {needed} session attended.", "{n} of {needed} sessions attended.", needed
        )  # "1 of 6 sessions"
        return Step(course.kind, Is.WAITING, words.format(n=len(numbers), needed=needed))
    # It holds for as long as enough of its sessions do: until the one runs out that makes it complete.
    last = sorted(numbers.values())[-needed]
    if course.renew_years is None:
        day = sorted(numbers.values())[needed - 1]
        return Step(course.kind, Is.DONE, _("Complete since {day}.").format(day=day_in_words(day)))
    until = months_after(last, course.renew_years * 12)
    if until <= on:
        return Step(course.kind, Is.LAPSED, _("It ran out on {day}.").format(day=day_in_words(until)))
    return Step(course.kind, Is.DONE, _("Complete. Again by {day}.").format(day=day_in_words(until)), until)


def _agreements(evidence: Evidence, on: dt.date) -> Step:
    newest = {kind: _signed_version(evidence, kind) for kind in NEEDED_AGREEMENTS}
    missing = [kind for kind, version in newest.items() if version is None or version < _oldest(evidence, kind, on)]
    if missing:
        words = _("To be signed: {what}.").format(what=", ".join(str(kind.label) for kind in missing))
        old = [kind for kind in missing if newest[kind] is not None]
        if not old:
            return Step("agreements", Is.WAITING, words)
        return Step("agreements", Is.LAPSED, words + " " + _("There are new words since the last signature."))
    ahead = [
        row.sign_again_from
        for row in evidence.asked_again
        if row.sign_again_from and row.version > (newest.get(AgreementKind(row.kind)) or row.version)
    ]
    if not ahead:
        return Step("agreements", Is.DONE, _("All signed."))
    words = _("All signed. There are new words to sign by {day}.").format(day=day_in_words(min(ahead)))
    return Step("agreements", Is.DONE, words, min(ahead))


def _signed_version(evidence: Evidence, kind: str) -> int | None:
    mine = evidence.volunteer.organisation_id
    versions = [
        row.wording.version
        for row in evidence.signed
        if row.answer and row.wording.kind == kind and row.wording.organisation_id == mine
    ]
    return max(versions, default=None)


def _oldest(evidence: Evidence, kind: str, on: dt.date) -> int:
    """The oldest version that still counts on this day."""
    rows = evidence.asked_again
    return max((row.version for row in rows if row.kind == kind and row.sign_again_from <= on), default=1)  # type: ignore[operator]
