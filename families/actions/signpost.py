"""Pointing a family to something nearby, and asking weeks later what came of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import london_today
from betterstart.directory.models import Entry
from families.actions.answer import AnswerRefused, give_permission
from families.actions.editing import save_edit
from families.actions.family import NotYourService
from families.models import Answer, Family, FamilyMember, HowAnswered, Pointing, Signpost, SignpostResult, Support, What
from families.models.sharing import To, may_share
from families.models.signpost import ASK_AFTER

LONGEST_AGO = dt.timedelta(days=365)


class SignpostRefused(ValidationError):
    """This cannot be written down so. `error_dict` has the sentences by field."""


@transaction.atomic
def point_to(
    *,
    by: User,
    family: Family,
    entry: Entry,
    how: str,
    note: str = "",
    happened_on: dt.date | None = None,
    agreed_by: FamilyMember | None = None,
) -> Signpost:
    """Write down what was done with a family about an entry, and give the row. It is asked after four weeks.

    To introduce them shares who they are: with a permission that holds, or by the yes of `agreed_by` to whoever asks,
    which is written down ("permission.given").

    While it is open, the same again is one row: doing more than before ("introduced" after "told") is written on it,
    less changes nothing. Writes "signpost.made" or "signpost.changed". Raises NotYourService, SignpostRefused.
    """
    support = _support(by, family)
    day = happened_on or london_today()
    if how not in Pointing.values:
        raise SignpostRefused({"how": _("Choose what you did.")})
    if not london_today() - LONGEST_AGO <= day <= london_today():
        raise SignpostRefused({"happened_on": _("Choose a day of the past year, at the latest today.")})
    if how == Pointing.INTRODUCED:
        _check_permission(by, support, entry, agreed_by)
    here = Signpost.objects.open().select_for_update().filter(support=support, entry=entry).first()
    if here:
        return _do_more(by, here, how, note, day)
    if not entry.is_offered:
        raise SignpostRefused(_("This is not offered any more. Look for something else."))
    row = Signpost.objects.create(
        support=support,
        family=family,
        entry=entry,
        entry_name=entry.name,
        how=how,
        note=note,
        happened_on=day,
        ask_on=day + ASK_AFTER,
        by=by,
    )
    _record(by, row, "signpost.made", how=how)
    return row


def _check_permission(by: User, support: Support, entry: Entry, agreed_by: FamilyMember | None) -> None:
    organisation, to = support.service.organisation, To(named=entry.name)
    if agreed_by:
        if agreed_by.family_id != support.family_id:
            raise SignpostRefused({"agreed_by": _("Choose an adult of this family.")})
        said: dict[str, Any] = {"what": What.INTRODUCE, "answer": Answer.GIVEN, "how": HowAnswered.SPOKEN}
        try:
            give_permission(by=by, adult=agreed_by, organisation=organisation, to=to, **said)
        except AnswerRefused as refusal:
            raise SignpostRefused({"agreed_by": refusal.messages}) from refusal
    may = may_share(family=support.family, organisation_id=organisation.pk, to=to, what=What.INTRODUCE)
    if not may:
        raise SignpostRefused({"agreed_by": may.reason})


def _do_more(by: User, row: Signpost, how: str, note: str, day: dt.date) -> Signpost:
    fields: dict[str, Any] = {"note": note} if note else {}
    if Pointing.values.index(how) > Pointing.values.index(row.how):
        fields |= {"how": how, "happened_on": day, "ask_on": max(row.ask_on, day + ASK_AFTER), "by": by}
    if save_edit(row, version=row.version, **fields):
        _record(by, row, "signpost.changed", how=row.how)
    return row


def _support(by: User, family: Family) -> Support:
    """The support under which it is kept: one of theirs that is open, else the last one."""
    mine = Support.objects.coordinated_by(by).filter(family=family)
    support = mine.open().order_by("pk").first() or mine.order_by("-pk").first()
    if support is None:
        raise NotYourService
    # Two taps at once are one: the second waits here and then finds the first.
    return Support.objects.select_for_update().get(pk=support.pk)


@transaction.atomic
def answer_signpost(*, by: User, row: Signpost, version: int, result: str, helped: str = "") -> Signpost:
    """Write down what came of it and whether it helped. Who still waits is asked again four weeks later.

    Writes "signpost.answered". Raises SignpostRefused, StaleEdit.
    """
    if row.taken_back_at:
        raise SignpostRefused(_("This was taken back as entered by mistake."))
    if result not in SignpostResult.values:
        raise SignpostRefused({"result": _("Choose what comes closest.")})
    again = Signpost.objects.open().filter(support=row.support, entry=row.entry).exclude(pk=row.pk)
    if result == SignpostResult.WAITING and again.exists():
        raise SignpostRefused({"result": _("They were told of it again since. Answer there.")})
    today = london_today()
    fields: dict[str, Any] = {"result": result, "helped": helped, "answered_on": today, "answered_by": by}
    if result == SignpostResult.WAITING:
        fields["ask_on"] = today + ASK_AFTER
    save_edit(row, version=version, **fields)
    _record(by, row, "signpost.answered", result=result)
    return row


@transaction.atomic
def take_back_signpost(*, by: User, row: Signpost) -> Signpost:
    """It was entered by mistake: it is shown no more and asked no more. Twice is the same as once.

    Writes "signpost.taken_back".
    """
    if row.taken_back_at is None:
        save_edit(row, version=row.version, taken_back_at=timezone.now())
        _record(by, row, "signpost.taken_back")
    return row


def _record(by: User, row: Signpost, verb: str, **details: Any) -> None:
    """Never what they were told of: it can say more of a family than a log should."""
    family = row.family
    record(by=by, verb=verb, target=row, label=family.reference, family_id=family.pk, details=details)
