"""What the page of one visit shows: how it stands, how it came about, and what usually follows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from betterstart.access.models import ServiceKind, User
from betterstart.access.permissions import Permission
from betterstart.transitions.models import Transition
from families.actions.visit import may_edit, may_withdraw
from families.actions.visit_rules import coordinates
from families.models import Support, SupportKind, SupportState, Visit, VisitPurpose, VisitState
from families.models.visit import DELIVERED_STATES, VISIT_MACHINE
from families.reports.replies import beside_note
from families.reports.support import move_option
from families.reports.visit import planned_minutes

LONGEST_HISTORY = 50
STATE_TAGS: dict[str, tuple[str, str]] = {
    VisitState.PLANNED: ("still", "planned"),
    VisitState.DELIVERED: ("ok", "check"),
    VisitState.NOT_DELIVERED: ("warn", "close"),
    VisitState.MOVED: ("still", "calendar"),
    VisitState.CHECKED_IN: ("people", "check-in"),
    VisitState.SEEN: ("people", "eye"),
    VisitState.WITHDRAWN: ("stop", "undo"),
}
# How the moves of a visit are told: by the state it came from and went to.
STORIES: dict[tuple[str, str], Any] = {
    ("", VisitState.PLANNED): gettext_lazy("Planned"),
    ("", VisitState.DELIVERED): gettext_lazy("Recorded"),
    ("", VisitState.NOT_DELIVERED): gettext_lazy("Recorded that nobody was reached"),
    (VisitState.PLANNED, VisitState.DELIVERED): gettext_lazy("Recorded"),
    (VisitState.PLANNED, VisitState.NOT_DELIVERED): gettext_lazy("Recorded that it did not happen"),
    (VisitState.PLANNED, VisitState.MOVED): gettext_lazy("Moved to another time"),
    (VisitState.NOT_DELIVERED, VisitState.PLANNED): gettext_lazy("Taken back: planned again"),
    (VisitState.DELIVERED, VisitState.CHECKED_IN): gettext_lazy("A check-in came"),
    (VisitState.CHECKED_IN, VisitState.SEEN): gettext_lazy("The check-in was read"),
    **{
        (state, VisitState.WITHDRAWN): gettext_lazy("Taken out: entered by mistake")
        for state in (*DELIVERED_STATES, VisitState.NOT_DELIVERED)
    },
}


@dataclass(frozen=True)
class Step:
    """Something the reader may want to do next."""

    label: str
    url: str
    icon: str


@dataclass(frozen=True)
class Moment:
    """One thing that happened to a visit."""

    happened_at: dt.datetime
    by: User | None
    words: str
    note: str = ""


def visit_page(visit: Visit, user: User) -> dict[str, Any]:
    """Everything the page of one visit shows."""
    support = visit.support
    leads = coordinates(user, support)
    mine = leads or Support.objects.looked_after_by(user).filter(pk=support.pk).exists()
    upcoming = support.visits.planned().filter(planned_start__gt=timezone.now()).order_by("planned_start").first()
    return {
        "visit": visit,
        "family": visit.family,
        "helps": [member for member in visit.family.members.current() if member.has_needs],
        "present": [presence.member for presence in visit.presences.select_related("member")],
        "kinds": [SupportKind(kind).label for kind in visit.kinds_of_support],
        "upcoming": upcoming if upcoming != visit else None,
        "steps": _next_steps(visit, user, upcoming, leads=leads) if mine else [],
        "can_edit": visit.was_delivered and may_edit(user, visit),
        "can_withdraw": VISIT_MACHINE.find(visit.state, VisitState.WITHDRAWN) and may_withdraw(user, visit, support),
        "is_withdrawn": visit.state == VisitState.WITHDRAWN,
        "can_plan": mine and visit.state == VisitState.PLANNED,
        "can_reopen": leads and visit.state == VisitState.NOT_DELIVERED,
        "planned_minutes": planned_minutes(visit),
        "state": STATE_TAGS[visit.state],
        "history": history_of(visit),
        "said": beside_note(user, visit),
        "reads_answers": leads or Support.objects.responsible_to(user).filter(pk=support.pk).exists(),
        "can_answer": leads,
    }


def _next_steps(visit: Visit, user: User, upcoming: Visit | None, *, leads: bool) -> list[Step]:
    """What usually follows: recording the visit, moving the support on, planning the next one."""
    if visit.state == VisitState.WITHDRAWN:
        again = Step(_("Log it for the right family"), reverse("families:visit-choose-family"), "check-in")
        return [again] if user.may(Permission.VISIT_LOG) else []
    steps = []
    begun = visit.planned_start is not None and visit.planned_start <= timezone.now()
    if visit.state == VisitState.PLANNED and begun:
        steps += _record_step(visit, user)
    if visit.was_delivered and leads:
        steps += _support_step(visit, user)
    if visit.state != VisitState.PLANNED and upcoming is None and visit.support.is_open:
        plan = reverse("families:visit-plan", args=[visit.family.reference])
        steps.append(Step(_("Plan the next visit"), f"{plan}?support={visit.support_id}", "calendar"))
    return steps


def _record_step(visit: Visit, user: User) -> list[Step]:
    """Volunteers tell of their own visit with a check-in, which lives in an app above this one."""
    if user.may(Permission.VISIT_LOG):
        return [Step(_("Record how it was"), reverse("families:visit-record", args=[visit.uuid]), "check-in")]
    try:
        return [Step(_("How was it?"), reverse("volunteers:check-in-record", args=[visit.uuid]), "check-in")]
    except NoReverseMatch:
        return []


def _support_step(visit: Visit, user: User) -> list[Step]:
    """Where an initial, introduction or last visit usually leads. The move itself is a person's to make."""
    support = visit.support
    needs_volunteer = support.service.kind == ServiceKind.HOME_VISITING
    leads_to: dict[tuple[str, str], str] = {
        (SupportState.GETTING_TO_KNOW, VisitPurpose.INITIAL): (
            SupportState.WAITING if needs_volunteer else SupportState.ACTIVE
        ),
        (SupportState.WAITING, VisitPurpose.INTRODUCTION): SupportState.ACTIVE,
        (SupportState.ENDING, VisitPurpose.LAST): SupportState.ENDED_PLANNED,
    }
    steps = []
    if visit.purpose == VisitPurpose.INITIAL and support.is_open and user.may(Permission.SUPPORT_MOVE):
        told = reverse("families:plan-start", args=[visit.family.reference, support.pk])
        steps.append(Step(_("Write down what they said"), told, "leaf"))
    to = leads_to.get((support.state, visit.purpose))
    option = move_option(support, to) if to and user.may(Permission.SUPPORT_MOVE) else None
    if option:
        url = reverse("families:support-move", args=[visit.family.reference, support.pk, option.to])
        steps.append(Step(option.title, url, "on"))
    return steps


def history_of(visit: Visit) -> list[Moment]:
    """What happened to this visit, the newest first: its moves, and the corrections between them."""
    moves = Transition.objects.of("visit", visit.pk).select_related("by").order_by("-id")[:LONGEST_HISTORY]
    story = [
        Moment(move.happened_at, move.by, str(STORIES.get((move.from_state, move.to_state), move.to_state)), move.note)
        for move in moves
    ]
    story += _corrections(visit)
    return sorted(story, key=lambda moment: moment.happened_at, reverse=True)


def last_hand(visit: Visit) -> User | None:
    """Who saved this visit last."""
    hand = _hands(visit).values_list("pgh_context__metadata__user", flat=True).first()
    return User.objects.filter(pk=hand).first() if hand else None


def _hands(visit: Visit) -> Any:
    """The stored versions of the row, the newest first."""
    return visit.events.order_by("-pgh_id")  # type: ignore[attr-defined]


def _corrections(visit: Visit) -> list[Moment]:
    """Versions that changed something without moving the visit to another state."""
    fields = ("pgh_created_at", "pgh_context__metadata__user", "state", "version")
    versions = list(_hands(visit).values_list(*fields)[:LONGEST_HISTORY])
    found = [
        (at, hand, state)
        for (at, hand, state, version), (_at, _hand, before, older) in pairwise(versions)
        if state == before and version > older
    ]
    people = User.objects.in_bulk({hand for _at, hand, _state in found if hand})
    words = {VisitState.PLANNED.value: _("Plan changed")}
    return [Moment(at, people.get(hand), words.get(state, _("Corrected"))) for at, hand, state in found]
