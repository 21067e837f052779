"""What happens to a check-in once it is with the coordinator: read, asked about, answered."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from families.models import VisitState
from families.models.visit import VISIT_MACHINE
from volunteers.actions.answers import CheckInRefused
from volunteers.actions.check_ins import StaleCheckIn, lock_check_in
from volunteers.models import CheckIn, CheckInNote, NoteKind, Worry
from volunteers.models.check_in import FROM_THE_AUTHOR, TO_THE_AUTHOR


def _answers_for(by: User, check_in: CheckIn) -> bool:
    return CheckIn.objects.coordinated_by(by).filter(pk=check_in.pk).exists()


@transaction.atomic
def add_note(*, by: User, check_in: CheckIn, kind: str, words: str) -> CheckInNote:
    """Add to a check-in without changing it, and give the note.

    Questions, replies and thanks come from the coordinator, answers and later additions from the author. A thank you
    needs no words. Writes the audit event `check_in.note_added`. Raises CheckInRefused for anybody else, or without
    words.
    """
    stored = lock_check_in(by, check_in)
    allowed = stored.author_id == by.pk if kind in FROM_THE_AUTHOR else _answers_for(by, stored)
    if not allowed or kind not in NoteKind.values:
        raise CheckInRefused(_("Only the volunteer and their coordinator write here."))
    if not words.strip() and kind != NoteKind.THANKS:
        raise CheckInRefused({"words": _("Write a few words first.")})
    note = CheckInNote.objects.create(check_in=stored, family_id=stored.family_id, author=by, kind=kind, words=words)
    _record(by, "check_in.note_added", stored, kind=kind)
    return note


@transaction.atomic
def mark_seen(*, by: User, check_in: CheckIn, version: int, words: str = "", thanks: bool = False) -> CheckIn:
    """Note that the coordinator has read a check-in and what its author added; `words` go to the author as a reply,
    or with their `thanks`.

    A worry, or "not sure", is not put away in silence, nor with a bare thank you: without an earlier question or reply,
    words are needed. Reading it twice changes nothing. Writes the audit event `check_in.seen`. Raises CheckInRefused,
    or StaleCheckIn when the author changed it since the page was opened.
    """
    stored = lock_check_in(by, check_in)
    if not _answers_for(by, stored):
        raise CheckInRefused(_("Only the coordinator of this service can mark it as read."))
    if stored.version != version:
        raise StaleCheckIn(stored)
    if words.strip() or thanks:
        add_note(by=by, check_in=stored, kind=NoteKind.THANKS if thanks else NoteKind.REPLY, words=words)
    if stored.worry != Worry.NO and not stored.notes.filter(kind__in=TO_THE_AUTHOR).exclude(words="").exists():
        sentence = _("{name} is waiting to hear. Write what happens next; they will see it.")
        raise CheckInRefused({"words": sentence.format(name=stored.author.display_name)})
    now = timezone.now()
    stored.notes.unread_from_author().update(seen_at=now, seen_by=by)
    if stored.seen_at is None:
        stored.seen_at, stored.seen_by = now, by
        stored.save(update_fields=["seen_at", "seen_by", "updated_at"])
        if stored.visit.state == VisitState.CHECKED_IN:
            VISIT_MACHINE.move(stored.visit, to=VisitState.SEEN, by=by)
        _record(by, "check_in.seen", stored)
    return stored


@transaction.atomic
def note_read(*, by: User, check_in: CheckIn) -> None:
    """The author has opened their check-in: whoever asked, thanked or answered sees that it was read, and when.

    Anybody else who opens it changes nothing.
    """
    if check_in.author_id == by.pk:
        unread = check_in.notes.filter(kind__in=TO_THE_AUTHOR, seen_at=None)
        unread.update(seen_at=timezone.now(), seen_by=by)


def _record(by: User, verb: str, check_in: CheckIn, **details: str) -> None:
    record(
        by=by,
        verb=verb,
        target=check_in,
        label=check_in.visit.family.reference,
        family_id=check_in.family_id,
        details={"visit": check_in.visit_id, **details},
    )
