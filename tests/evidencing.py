"""The evidence of volunteers for tests: plain functions, used by way of `factories`."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

from django.utils import timezone

from betterstart.access.models import Organisation, User
from betterstart.clock import london_today
from volunteers.models import (
    AgreementSigned,
    AgreementWording,
    Attendance,
    Course,
    CourseRun,
    CourseSession,
    DbsCheck,
    Reference,
    Volunteer,
)
from volunteers.models.agreement import NEEDED_AGREEMENTS

_numbers = count(1)


def evidence(volunteer: Volunteer, by: User) -> None:
    """Two good references, a clear check, both courses, everything signed: all in date for more than a year."""
    reference(volunteer, by, judgement="satisfactory")
    reference(volunteer, by, judgement="satisfactory")
    dbs(volunteer, by)
    sessions = [course(volunteer.organisation, by, kind) for kind in ("preparation", "safeguarding")]
    Attendance.objects.bulk_create(Attendance(session=each, volunteer=volunteer, noted_by=by) for each in sessions)
    signed(volunteer, by)


def reference(volunteer: Volunteer, by: User, days_ago: int = 30, **fields: Any) -> Reference:
    """Asked for so many days ago; answered too, where it is judged."""
    number = next(_numbers)
    asked = timezone.now() - dt.timedelta(days=days_ago)
    named = {"name": f"Rita Referee {number}", "relation": "Employer", "email": f"referee-{number}@example.org"}
    facts = {"created_by": by, "asked_at": asked, "asked_by": by}
    if fields.get("judgement"):
        facts |= {"answered_at": asked, "answered_by": "link", "judged_at": asked, "judged_by": by}
    return Reference.objects.create(volunteer=volunteer, **named | facts | fields)


def dbs(volunteer: Volunteer, by: User, days_ago: int = 300, **fields: Any) -> DbsCheck:
    """A clear enhanced check with the children's barred list, issued so many days ago and seen."""
    issued = london_today() - dt.timedelta(days=days_ago)
    asked = {"created_by": by, "consented_on": issued, "asked_on": issued}
    seen = {"certificate_number": "001234567890", "issued_on": issued, "result": "clear"}
    seen |= {"seen_at": timezone.now(), "seen_by": by}
    return DbsCheck.objects.create(volunteer=volunteer, **asked | seen | fields)


def course(organisation: Organisation, by: User, kind: str, days_ago: int = 300) -> CourseSession:
    """The one session of a course of the organisation that is complete with it, held so many days ago."""
    day = london_today() - dt.timedelta(days=days_ago)
    renew = {"safeguarding": 3}.get(kind)
    row, _new = Course.objects.get_or_create(
        organisation=organisation,
        kind=kind,
        defaults={"name": kind.capitalize(), "sessions_needed": 1, "renew_years": renew},
    )
    session = CourseSession.objects.filter(run__course=row, day=day).first()
    return session or CourseSession.objects.create(
        run=CourseRun.objects.create(course=row, place="The hub", created_by=by), number=1, day=day
    )


def signed(volunteer: Volunteer, by: User) -> None:
    of = {"organisation": volunteer.organisation, "version": 1}
    wordings = list(AgreementWording.objects.filter(**of, kind__in=NEEDED_AGREEMENTS))
    wordings = wordings or AgreementWording.objects.bulk_create(
        AgreementWording(kind=kind, words="Kindly.", **of) for kind in NEEDED_AGREEMENTS
    )
    AgreementSigned.objects.bulk_create(
        AgreementSigned(volunteer=volunteer, wording=each, how="paper", noted_by=by) for each in wordings
    )
