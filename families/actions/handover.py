from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from families.models import Audience, HandoverLine, Support

KEY = re.compile(r"[a-z0-9:_-]{1,60}")


class HandoverRefused(ValidationError):
    """This line cannot be added, left out or taken back by this person."""


@transaction.atomic
def add_line(*, by: User, support: Support, words: str, audience: str = Audience.EVERYONE) -> HandoverLine:
    """Add a "please know" line to the handover of a support. Writes "handover.line_added". Raises HandoverRefused."""
    _check_with_family(by, support)
    if not words.strip():
        raise HandoverRefused({"words": _("Please write a few words.")})
    said = {"support": support, "words": words, "audience": audience, "by": by}
    if same := HandoverLine.objects.standing().filter(**said).first():
        return same  # sent twice
    line = HandoverLine.objects.create(family=support.family, **said)
    _record(by, support, "handover.line_added", line)
    return line


@transaction.atomic
def leave_out(*, by: User, support: Support, key: str) -> None:
    """Do not pass this line on. Twice is once. Writes "handover.left_out". Raises HandoverRefused."""
    _check_coordinates(by, support)
    if not KEY.fullmatch(key):
        raise HandoverRefused(_("There is no such line."))
    try:
        with transaction.atomic():
            line = HandoverLine.objects.create(support=support, family=support.family, key=key, by=by)
    except IntegrityError:
        return
    _record(by, support, "handover.left_out", line)


@transaction.atomic
def take_back(*, by: User, line: HandoverLine) -> None:
    """Take back one's line, or pass on again what was left out; a coordinator any line. It stays in the history.

    Writes "handover.line_taken_back". Raises HandoverRefused.
    """
    if line.by_id != by.pk:
        _check_coordinates(by, line.support)
    _check_with_family(by, line.support)
    if HandoverLine.objects.standing().filter(pk=line.pk).update(taken_back_at=timezone.now()):
        _record(by, line.support, "handover.line_taken_back", line)


def _check_with_family(by: User, support: Support) -> None:
    supports = Support.objects.filter(pk=support.pk)
    if not (supports.worked_by(by).exists() or supports.coordinated_by(by).exists()):
        raise HandoverRefused(_("Only who is with this family writes here."))


def _check_coordinates(by: User, support: Support) -> None:
    if not Support.objects.coordinated_by(by).filter(pk=support.pk).exists():
        raise HandoverRefused(_("Only a coordinator of this service decides that."))


def _record(by: User, support: Support, verb: str, line: HandoverLine) -> None:
    record(by=by, verb=verb, target=line, label=support.family.reference, family_id=support.family_id)
