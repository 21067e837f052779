"""What this app knows that was promised to a family, or to its volunteer. Registered with the handover in `apps.py`."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext as _

from betterstart.clock import day_in_words
from families.reports.handover import Line, Reading
from volunteers.models import CallRequest, CheckIn, CheckInNote, Match, NoteKind


def promised(reading: Reading) -> list[Line]:
    """The day and time that were agreed with a volunteer."""
    matches = Match.objects.visible_to(reading.reader).holding().filter(support=reading.support)
    return [
        Line(
            match.agreed_time, f"match:{match.pk}", _("agreed with {name}").format(name=match.volunteer), own_words=True
        )
        for match in matches.exclude(agreed_time="").select_related("volunteer__user")
    ]


def waiting(reading: Reading) -> list[Line]:
    """Calls not made yet, check-ins nobody read, questions without an answer; for the service's coordinators alone."""
    if not reading.leads:
        return []
    together = Match.objects.visible_to(reading.reader).holding().filter(support=reading.support)
    calls = CallRequest.objects.visible_to(reading.reader).open().filter(volunteer__in=together.values("volunteer"))
    lines = [
        Line(_("{name} asked for a call on {day}.").format(name=call.volunteer, day=day_in_words(call.asked_at)))
        for call in calls.select_related("volunteer__user")
    ]
    check_ins = (
        CheckIn.objects.visible_to(reading.reader).coordinated_by(reading.reader).filter(support=reading.support)
    )
    words = _("{name}’s check-in of {day} has not been read yet.")
    lines += [
        Line(words.format(name=check_in.author.display_name, day=day_in_words(check_in.recorded_at)))
        for check_in in check_ins.standing().unseen().select_related("author").order_by("recorded_at")
    ]
    later = CheckInNote.objects.filter(check_in=models.OuterRef("check_in"), pk__gt=models.OuterRef("pk"))
    questions = CheckInNote.objects.filter(check_in__in=check_ins, kind=NoteKind.QUESTION)
    questions = questions.filter(~models.Exists(later.filter(kind=NoteKind.ANSWER)))
    words = _("A question of {day} to {name} has no answer yet.")
    return lines + [
        Line(words.format(name=note.check_in.author.display_name, day=day_in_words(note.created_at)))
        for note in questions.select_related("check_in__author").order_by("pk")
    ]
