"""A volunteer's check-in after a visit: recorded once, changed by its author until it is read."""

from __future__ import annotations

import datetime as dt
import uuid as uuids
from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import london_date
from families.actions.visit import (
    edit_visit,
    lock_support,
    lock_visit,
    log_not_delivered,
    log_visit,
    mark_not_delivered,
)
from families.actions.visit import may_edit as may_edit_visit
from families.actions.visit_rules import Findings, check_present
from families.models import Support, Visit, VisitMode, VisitPresence, VisitState
from families.models.visit import MAX_WORDS, VISIT_MACHINE
from volunteers.actions.answers import Answers, CheckInRefused, VisitFacts, digest
from volunteers.actions.calls import ask_for_call, close_call
from volunteers.models import CallRequest, CheckIn, CheckInNote, NoteKind, Volunteer, Worry


class AlreadyCheckedIn(Exception):
    """This visit has a check-in, or this form was sent before with other answers. `stored` is what is on record."""

    def __init__(self, stored: CheckIn) -> None:
        super().__init__(f"visit {stored.visit_id} has check-in {stored.pk}")
        self.stored = stored


class StaleCheckIn(Exception):
    """Somebody changed the check-in since the page was opened. `stored` is the check-in as it stands."""

    def __init__(self, stored: CheckIn) -> None:
        super().__init__(f"check-in {stored.pk} is at version {stored.version}")
        self.stored = stored


@transaction.atomic
def record_check_in(
    *,
    by: User,
    uuid: uuids.UUID,
    facts: VisitFacts,
    answers: Answers,
    visit: Visit | None = None,
    support: Support | None = None,
    version: int | None = None,
    confirmed: Collection[str] = (),
    device_time: dt.datetime | None = None,
) -> CheckIn:
    """Keep what a volunteer tells after a visit, and give the check-in.

    `visit` is a planned visit, or one already written down; without it (and with `support`) the two met without a
    plan. The visit itself is recorded by the actions of `families`. `uuid` is the form's own: the same answers sent
    again give the same row; other answers under the same uuid, or a second check-in for the visit, change nothing and
    raise AlreadyCheckedIn. A wish for a call becomes a call request. Writes the audit event `check_in.recorded`.

    Raises also CheckInRefused and VisitRefused (sentences by field), VisitNeedsAnswer, StaleVisit, MoveRefused.
    """
    support = visit.support if visit else support
    _check_together(by, support, visit)  # type: ignore[arg-type]
    support = lock_support(support)  # type: ignore[arg-type]
    about = f"visit {visit.pk}" if visit else f"support {support.pk}"
    sent = digest(facts, answers, about)
    own = CheckIn.objects.filter(author=by, family=support.family_id).select_related("visit")
    if stored := own.filter(uuid=uuid).first():
        if stored.sent_digest == sent:
            return stored
        raise AlreadyCheckedIn(stored)
    fields = answers.as_fields()
    if visit and (stored := CheckIn.objects.filter(visit=visit).select_related("visit").first()):
        raise AlreadyCheckedIn(stored)
    visit = _write_visit(by, support, visit, facts, version, confirmed)
    check_in = CheckIn(
        uuid=uuid,
        visit=visit,
        support=support,
        family_id=support.family_id,
        author=by,
        sent_digest=sent,
        device_time=device_time,
        **fields,
    )
    _insert(check_in)
    if visit.was_delivered:
        VISIT_MACHINE.move(visit, to=VisitState.CHECKED_IN, by=by, version=visit.version + 1)
    if check_in.wants_call:
        ask_for_call(by=by, check_in=check_in)
    _record(by, "check_in.recorded", check_in, support)
    return check_in


def _check_together(by: User, support: Support, visit: Visit | None) -> None:
    if not Volunteer.objects.filter(user=by).exists() or not support.assignments.in_force().filter(worker=by).exists():
        raise CheckInRefused(_("Check-ins are written by the volunteer who is with this family."))
    if visit and visit.worker_id != by.pk:
        raise CheckInRefused(_("This visit is somebody else’s."))


def _write_visit(
    by: User,
    support: Support,
    visit: Visit | None,
    facts: VisitFacts,
    version: int | None,
    confirmed: Collection[str],
) -> Visit:
    """Record the visit as the volunteer tells it, or add their words to one that is on record already."""
    if visit and visit.was_delivered:
        told_of_the_time = facts.actual_start is not None or not facts.happened
        return _add_to_visit(by, lock_visit(visit, version if told_of_the_time else None), facts)
    if not facts.happened:
        return _write_not_delivered(by, support, visit, facts, version)
    if facts.actual_start is None or facts.duration_minutes is None:
        raise CheckInRefused({"duration_minutes": _("Say how long it was.")})
    return log_visit(
        by=by,
        support=support,
        visit=visit,
        version=version,
        confirmed=confirmed,
        worker=by,
        purpose=visit.purpose if visit else "ordinary",
        actual_start=facts.actual_start,
        duration_minutes=facts.duration_minutes,
        mode=facts.mode or (visit.mode if visit else VisitMode.HOME),
        travel_minutes=facts.travel_minutes,
        present=facts.present,
        someone_else=facts.someone_else,
        what_happened=facts.what_happened,
        kinds_of_support=facts.kinds_of_support,
    )


def _write_not_delivered(
    by: User, support: Support, visit: Visit | None, facts: VisitFacts, version: int | None
) -> Visit:
    reason, note, rebooked = facts.not_delivered_reason, facts.what_happened, facts.rebooked
    if visit:
        return mark_not_delivered(by=by, visit=visit, reason=reason, note=note, rebooked=rebooked, version=version)[0]
    if facts.actual_start is None:
        raise CheckInRefused({"began_on": _("Say which day it was.")})
    return log_not_delivered(
        by=by,
        support=support,
        worker=by,
        planned_start=facts.actual_start,
        minutes=support.service.usual_visit_minutes,
        reason=reason,
        mode=facts.mode or VisitMode.HOME,
        note=note,
        rebooked=rebooked,
    )


def _add_to_visit(by: User, visit: Visit, facts: VisitFacts) -> Visit:
    """Nothing that somebody else wrote about this visit is changed; words, people and kinds of support are added."""
    findings = Findings()
    check_present(findings, support=visit.support, present=facts.present, day=london_date(visit.actual_start))  # type: ignore[arg-type]
    findings.settle(())
    if facts.what_happened and facts.what_happened not in visit.what_happened:
        words = "\n\n".join(filter(None, [visit.what_happened, facts.what_happened]))
        if len(words) > MAX_WORDS:
            room = MAX_WORDS - len(visit.what_happened) - 2
            sentence = _("Others wrote here too, so there is room for {room} characters. Please shorten it.")
            raise CheckInRefused({"what_happened": sentence.format(room=max(room, 0))})
        visit.what_happened = words
    visit.kinds_of_support = list(dict.fromkeys([*visit.kinds_of_support, *facts.kinds_of_support]))
    visit.someone_else = visit.someone_else or facts.someone_else
    visit.save(update_fields=["what_happened", "kinds_of_support", "someone_else", "updated_at"])
    there = set(visit.presences.values_list("member_id", flat=True))
    VisitPresence.objects.bulk_create(
        VisitPresence(visit=visit, member=member, family_id=visit.family_id)
        for member in facts.present
        if member.pk not in there
    )
    return visit


def _insert(check_in: CheckIn) -> None:
    try:
        with transaction.atomic():
            check_in.save(force_insert=True)
    except IntegrityError as error:
        if "check_in_once_per_author" not in str(error):
            raise
        raise CheckInRefused(_("This form was used before. Open the check-in again; your words are kept.")) from error


def _record(by: User, verb: str, check_in: CheckIn, support: Support) -> None:
    record(
        by=by,
        verb=verb,
        target=check_in,
        label=support.family.reference,
        family_id=support.family_id,
        details={"visit": check_in.visit_id},
    )


def lock_check_in(by: User, check_in: CheckIn) -> CheckIn:
    """The check-in as it stands, held. Raises CheckInRefused for somebody who may not see it."""
    if not CheckIn.objects.visible_to(by).filter(pk=check_in.pk).exists():
        raise CheckInRefused(_("This check-in is for the volunteer who wrote it, and their coordinator."))
    lock_support(check_in.visit.support)
    rows = CheckIn.objects.select_for_update(of=("self",))
    return rows.select_related("visit__support__service", "visit__family", "author").get(pk=check_in.pk)


def may_edit(by: User, check_in: CheckIn) -> bool:
    """Whether the author may still change it: not read yet, and not older than the service allows."""
    days = check_in.visit.support.service.check_in_edit_days
    return (
        check_in.author_id == by.pk
        and check_in.seen_at is None
        and check_in.visit.state != VisitState.WITHDRAWN
        and timezone.now() - check_in.recorded_at <= dt.timedelta(days=days)
    )


@transaction.atomic
def edit_check_in(
    *,
    by: User,
    check_in: CheckIn,
    version: int,
    answers: Answers,
    facts: VisitFacts | None = None,
    visit_version: int | None = None,
    confirmed: Collection[str] = (),
) -> CheckIn:
    """Change one's own check-in, and (with `facts`) what one recorded of the visit. Gives the check-in.

    A worry that is toned down leaves a note with what was said before, so that nobody who was meant to hear it misses
    it. Writes the audit event `check_in.edited`. Raises CheckInRefused once it is read or too old (add a note then),
    StaleCheckIn, and what `edit_visit` raises.
    """
    stored = lock_check_in(by, check_in)
    support = stored.visit.support
    if stored.version != version:
        raise StaleCheckIn(stored)
    if not may_edit(by, stored):
        raise CheckInRefused(_("This check-in can no longer be changed. You can add a note to it."))
    if facts and stored.visit.was_delivered and may_edit_visit(by, stored.visit, support):
        edit_visit(
            by=by,
            visit=stored.visit,
            version=visit_version if visit_version is not None else stored.visit.version,
            confirmed=confirmed,
            worker=by,
            purpose=stored.visit.purpose,
            actual_start=facts.actual_start or stored.visit.actual_start,  # type: ignore[arg-type]
            duration_minutes=facts.duration_minutes or stored.visit.duration_minutes,  # type: ignore[arg-type]
            mode=facts.mode or stored.visit.mode,
            travel_minutes=facts.travel_minutes,
            present=facts.present,
            someone_else=facts.someone_else,
            what_happened=facts.what_happened,
            kinds_of_support=facts.kinds_of_support,
        )
    _keep_toned_down_worry(by, stored, answers)
    _follow_call(by, stored, wanted=answers.wants_call)
    for name, value in answers.as_fields().items():
        setattr(stored, name, value)
    stored.version += 1
    stored.save()
    _record(by, "check_in.edited", stored, support)
    return stored


def _keep_toned_down_worry(by: User, stored: CheckIn, answers: Answers) -> None:
    rank: list[str] = [Worry.NO, Worry.NOT_SURE, Worry.YES]
    if answers.worry in rank and rank.index(answers.worry) < rank.index(stored.worry):
        words = _("Changed from “{answer}”. {words}").format(
            answer=stored.get_worry_display(), words=stored.worry_words
        )
        CheckInNote.objects.create(
            check_in=stored, family_id=stored.family_id, author=by, kind=NoteKind.ADDENDUM, words=words.strip()
        )


def _follow_call(by: User, stored: CheckIn, *, wanted: bool) -> None:
    if wanted and not stored.wants_call:
        ask_for_call(by=by, check_in=stored)
    elif stored.wants_call and not wanted:
        for request in CallRequest.objects.open().filter(check_in=stored):
            close_call(by=by, request=request)
