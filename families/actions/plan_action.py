"""What was agreed to do next, by whom and by when."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.clock import london_today
from families.actions.editing import save_edit
from families.actions.family import NotYourService
from families.actions.own_words import PlanRefused, listen, note
from families.models import Doer, FamilyMember, Goal, PlanAction, Support

FURTHEST = dt.timedelta(days=366)


@transaction.atomic
def agree_action(
    *,
    by: User | None,
    support: Support,
    adult: FamilyMember,
    doer: str,
    what: str,
    due_on: dt.date | None = None,
    goal: Goal | None = None,
    is_ours: bool = False,
    happened_on: dt.date | None = None,
) -> PlanAction:
    """Write down what somebody does next, agreed with an adult of the family. Writes "plan_action.agreed".

    Raises NotYourService, PlanRefused.
    """
    day = listen(by=by, support=support, adult=adult, on=happened_on)
    if doer not in Doer.values:
        raise PlanRefused({"doer": _("Choose who does it.")})
    if not what.strip():
        raise PlanRefused({"what": _("Please write what they do.")})
    if due_on and not day <= due_on <= day + FURTHEST:
        raise PlanRefused({"due_on": _("Choose a day from today on, within a year.")})
    if goal and (goal.support_id != support.pk or not (goal.member_id == adult.pk or goal.is_ours)):
        raise PlanRefused({"goal": _("This is not one of their goals.")})
    row = PlanAction.objects.create(
        support=support,
        family_id=support.family_id,
        member=adult,
        doer=doer,
        what=what,
        due_on=due_on,
        goal=goal,
        is_ours=is_ours,
        happened_on=day,
        recorded_by=by,
    )
    note(by, row, "plan_action.agreed", doer=doer)
    return row


@transaction.atomic
def finish_action(*, by: User, row: PlanAction, version: int, done_on: dt.date | None = None) -> PlanAction:
    """It is done. Volunteers say so of what is theirs to do. Writes "plan_action.done".

    Raises NotYourService, PlanRefused, StaleEdit.
    """
    _may(by, row)
    day = done_on or london_today()
    if not row.happened_on <= day <= london_today():
        raise PlanRefused({"done_on": _("Choose a day since it was agreed, at the latest today.")})
    if row.is_open:
        save_edit(row, version=version, done_on=day, done_by=by)
        note(by, row, "plan_action.done")
    return row


@transaction.atomic
def drop_action(*, by: User, row: PlanAction, version: int) -> PlanAction:
    """Nobody needs to do it any more. Writes "plan_action.dropped". Raises NotYourService, StaleEdit."""
    _may(by, row)
    if row.is_open:
        save_edit(row, version=version, dropped_on=london_today())
        note(by, row, "plan_action.dropped")
    return row


@transaction.atomic
def reopen_action(*, by: User, row: PlanAction, version: int) -> PlanAction:
    """It is not done after all. Writes "plan_action.reopened". Raises NotYourService, StaleEdit."""
    _may(by, row)
    if not row.is_open:
        save_edit(row, version=version, done_on=None, done_by=None, dropped_on=None)
        note(by, row, "plan_action.reopened")
    return row


def _may(by: User, row: PlanAction) -> None:
    if Support.objects.coordinated_by(by).filter(pk=row.support_id).exists():
        return
    if row.doer == Doer.VOLUNTEER and Support.objects.open().worked_by(by).filter(pk=row.support_id).exists():
        return
    raise NotYourService
