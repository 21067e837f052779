"""Where a planned ending stands: what is done, by whom and when, what comes next, and what is still missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.models import User
from betterstart.clock import LONDON, day_in_words, london_date, london_today
from betterstart.transitions.machine import MoveRefused
from betterstart.transitions.models import Transition
from families.actions.ending import FOLLOW_UP_BY, no_follow_up
from families.models import (
    EndingStep,
    FollowUp,
    PostedLetter,
    StepKind,
    StepOutcome,
    Support,
    SupportState,
    TurnTo,
    Visit,
    Way,
)
from families.models.reasons import REASON_WORDS
from families.models.support import SUPPORT_MACHINE, last_visit
from families.models.visit import SupportKind, VisitPurpose

S = SupportState
DONE, NEXT, LATER, NOT_NEEDED = "done", "next", "later", "not_needed"
TONES = {DONE: "ok", NEXT: "people", LATER: "info", NOT_NEEDED: "still"}
# A visit is already planned this near to a day of the series: that day is not offered again.
NEAR = dt.timedelta(days=3)


@dataclass(frozen=True)
class Step:
    """One step as the page shows it."""

    key: str
    title: str
    means: str
    status: str
    who: str = ""
    when: dt.date | None = None
    detail: str = ""
    url: str = ""
    action: str = ""
    lines: Sequence[str] = ()

    @property
    def tone(self) -> str:
        return TONES[self.status]

    @property
    def word(self) -> str:
        return {DONE: _("Done"), NEXT: _("Next"), LATER: _("To do"), NOT_NEEDED: _("Not needed")}[self.status]

    @property
    def drawing(self) -> str:
        return {DONE: "check", NEXT: "on", LATER: "clock", NOT_NEEDED: "close"}[self.status]


@dataclass(frozen=True)
class EndingPage:
    support: Support
    steps: list[Step]
    may_finish: bool
    missing: str
    """What the end as planned still needs, in a sentence; empty where nothing is missing or no ending is prepared."""
    turn_to: list[TurnTo]
    follow_up: FollowUp | None
    follow_up_due: str
    """In a sentence, when the family is asked how it is; or why it is not."""
    may_follow_up: bool

    @property
    def done(self) -> int:
        return sum(step.status in {DONE, NOT_NEEDED} for step in self.steps)


def ending_page(support: Support) -> EndingPage:
    """In a fixed number of questions. `support` is read with its service and family."""
    taken = {step.kind: step for step in EndingStep.objects.standing().filter(support=support).select_related("by")}
    turn_to = list(TurnTo.objects.standing().filter(support=support))
    moves = Transition.objects.of("support", support.pk).filter(to_state=S.ENDING).select_related("by").order_by("-id")
    found = [
        _agreed(support, moves.first()),
        *_visits(support),
        *[_taken(support, kind, taken.get(kind), turn_to) for kind in StepKind],
    ]
    follow_up = FollowUp.objects.filter(support=support).select_related("by").first()
    missing = _missing(support) if support.state == S.ENDING else ""
    return EndingPage(
        support=support,
        steps=_with_next(found, is_prepared=support.state == S.ENDING),
        may_finish=support.state == S.ENDING and not missing,
        missing=missing,
        turn_to=turn_to,
        follow_up=follow_up,
        follow_up_due=_follow_up_words(support),
        may_follow_up=follow_up is None and not no_follow_up(support),
    )


def _missing(support: Support) -> str:
    """The first thing the machine would refuse to end it for."""
    move = SUPPORT_MACHINE.find(support.state, S.ENDED_PLANNED)
    try:
        if move and move.guard:
            move.guard(support)
    except MoveRefused as refused:
        return str(refused)
    return ""


def _with_next(steps: list[Step], *, is_prepared: bool) -> list[Step]:
    """The first open step is what comes next, from the day that is agreed on."""
    first = next((step for step in steps if step.status == LATER), None)
    if first is None or not (is_prepared or first.key == "agreed"):
        return steps
    return [Step(**{**vars(step), "status": NEXT}) if step is first else step for step in steps]


def _agreed(support: Support, move: Transition | None) -> Step:
    is_agreed = support.ending_on is not None and support.state in {S.ENDING, S.ENDED_PLANNED}
    return Step(
        key="agreed",
        title=_("The day is agreed"),
        means=_("With the family, four weeks ahead or more, so that there is time to part."),
        status=DONE if is_agreed else LATER,
        who=move.by.display_name if is_agreed and move and move.by else "",
        when=london_date(move.happened_at) if is_agreed and move else None,
        detail=_("The last visit was agreed for {day}. {reason}.").format(
            day=day_in_words(support.ending_on), reason=REASON_WORDS.get(support.ending_reason, "")
        )
        if is_agreed and support.ending_on
        else "",
        url="#agree" if support.state in {S.ACTIVE, S.PAUSED, S.ENDING} else "",
        action=_("Another day") if is_agreed else _("Agree the day"),
    )


def _visits(support: Support) -> list[Step]:
    ahead = list(support.visits.planned().filter(planned_start__gt=timezone.now()).select_related("worker"))
    ahead.sort(key=lambda visit: visit.planned_start or timezone.now())
    last = last_visit(support)
    goodbye = [
        visit
        for visit in ahead
        if visit.purpose == VisitPurpose.LAST
        or (visit.planned_start and london_date(visit.planned_start) == support.ending_on)
    ]
    spaced = Step(
        key="visits",
        title=_("Visits with more time between them"),
        means=_("Weekly at first, then every two weeks, then the last one: parting in small steps."),
        status=DONE if goodbye or last else LATER,
        detail=_planned_words(len(ahead), said_goodbye=last is not None),
        lines=[day_in_words(visit.planned_start) for visit in ahead if visit.planned_start],
        url=reverse("families:ending-visits", args=[support.family.reference, support.pk])
        if support.state == S.ENDING and not last
        else "",
        action=_("Plan them"),
    )
    held = Step(
        key="last",
        title=_("The last visit"),
        means=_("Say goodbye, look back together, give what is theirs."),
        status=DONE if last else LATER,
        who=last.worker.display_name if last else "",
        when=london_date(last.actual_start) if last and last.actual_start else None,
        url=f"{reverse('families:visit-log', args=[support.family.reference])}?support={support.pk}"
        if support.state == S.ENDING and not last
        else "",
        action=_("Log it"),
    )
    return [spaced, held]


def _planned_words(planned: int, *, said_goodbye: bool) -> str:
    if not planned:
        return ""
    words = ngettext("{n} visit is planned.", "{n} visits are planned.", planned)
    if said_goodbye:
        words = ngettext(
            "{n} visit is still planned after the last one. Call it off, or tell the family why you come.",
            "{n} visits are still planned after the last one. Call them off, or tell the family why you come.",
            planned,
        )
    return words.format(n=planned)


def _means(kind: str) -> str:
    return {
        StepKind.SCORES: _("How they see it now, in their own numbers. They may prefer not to give any."),
        StepKind.TURN_TO: _("People, places and groups that are there when we no longer come."),
        StepKind.CELEBRATION: _("Something small to mark what they have done: a walk, a cake, a card."),
        StepKind.LETTER: _("Plain warm words to keep, in their language where we can."),
        StepKind.REFERRER: _("Only if the family agrees, and only a few words."),
        StepKind.KEEPSAKE: _("A page of the days you spent together. It is the family’s."),
    }[StepKind(kind)]


def _action(kind: str, step: EndingStep | None) -> str:
    if step:
        return _("Change")
    return {
        StepKind.SCORES: _("Note it"),
        StepKind.TURN_TO: _("Make the list"),
        StepKind.CELEBRATION: _("Note it"),
        StepKind.LETTER: _("Write it"),
        StepKind.REFERRER: _("Tell them"),
        StepKind.KEEPSAKE: _("Make it"),
    }[StepKind(kind)]


def _taken(support: Support, kind: str, step: EndingStep | None, turn_to: list[TurnTo]) -> Step:
    status = {StepOutcome.DONE: DONE, StepOutcome.NOT_NEEDED: NOT_NEEDED}.get(step.outcome if step else "", LATER)  # type: ignore[call-overload]
    if kind == StepKind.SCORES and (support.final_scores_on or support.final_scores_declined):
        status = NOT_NEEDED if support.final_scores_declined else DONE
    if kind == StepKind.TURN_TO and turn_to and status == LATER:
        status = DONE
    is_open = support.state == S.ENDING or (support.state == S.ENDED_PLANNED and kind != StepKind.SCORES)
    if kind == StepKind.CELEBRATION and support.state != S.ENDING:
        is_open = False
    return Step(
        key=kind,
        title=str(StepKind(kind).label),
        means=_means(kind),
        status=status,
        who=step.by.display_name if step else "",
        when=step.happened_on if step else (support.final_scores_on if kind == StepKind.SCORES else None),
        detail=_detail(support, kind, step),
        lines=[row.name for row in turn_to] if kind == StepKind.TURN_TO else (),
        url=reverse("families:ending-step", args=[support.family.reference, support.pk, kind]) if is_open else "",
        action=_action(kind, step),
    )


def _detail(support: Support, kind: str, step: EndingStep | None) -> str:
    if kind == StepKind.SCORES and support.final_scores_declined:
        return _("The family preferred not to give scores.")
    if step is None:
        return ""
    if step.outcome == StepOutcome.BEGUN:
        return _("It is written and waits to be given.") if kind == StepKind.LETTER else _("It is begun.")
    if step.way:
        return _way_words(step)
    return step.words if kind == StepKind.CELEBRATION else ""


def _way_words(step: EndingStep) -> str:
    """How it went; a letter to an address that is hidden now says so, and not where that is."""
    words = str(Way(step.way).label)
    if step.way == Way.POST and PostedLetter.objects.filter(step=step).to_a_hidden_address().exists():
        return f"{words}. {_('It went to an address that is hidden now.')}"
    return words


def _follow_up_words(support: Support) -> str:
    if support.ended_on is None or support.state not in {S.ENDED_PLANNED, S.ENDED_UNPLANNED}:
        return ""
    if reason := no_follow_up(support):
        return reason
    return _("Due until {last}: ask how they are.").format(last=day_in_words(support.ended_on + FOLLOW_UP_BY))


def thinning_out(support: Support, taken: Sequence[dt.date] = ()) -> list[dt.date]:
    """Days to offer until the agreed last one: counted back from it every two weeks, and before that every week.

    About half of the time is fortnightly. Days near a visit that is planned already (`taken`) are left out, except the
    last itself.
    """
    last, today = support.ending_on, london_today()
    if last is None or last <= today:
        return []
    half = today + (last - today) / 2
    days, day = [last], last
    while (day := day - dt.timedelta(weeks=2 if day > half else 1)) > today:
        days.append(day)
    free = [day for day in days if day == last or all(abs(day - other) > NEAR for other in taken)]
    return sorted(day for day in free if day != last or last not in taken)


def planned_days(support: Support) -> list[dt.date]:
    starts = support.visits.planned().filter(planned_start__gt=timezone.now()).values_list("planned_start", flat=True)
    return sorted(london_date(start) for start in starts if start)


# What is printed for the family


@dataclass(frozen=True)
class Keepsake:
    """What a family and we did together, from facts that may be theirs: nothing anybody wrote about them."""

    wish: str
    began_on: dt.date | None
    ended_on: dt.date | None
    visits: int
    days: list[tuple[str, str]]
    """The special days: what, and when."""
    people: list[str]
    together: list[str]
    """What you did, most often first, in words."""
    celebration: str


def keepsake(support: Support) -> Keepsake:
    visits = list(support.visits.delivered().select_related("worker").order_by("actual_start"))
    done: dict[str, int] = {}
    for visit in visits:
        for kind in visit.kinds_of_support:
            done[kind] = done.get(kind, 0) + 1
    kinds = sorted((kind for kind in done if kind != SupportKind.OTHER), key=lambda kind: -done[kind])
    celebration = EndingStep.objects.standing().filter(support=support, kind=StepKind.CELEBRATION).first()
    return Keepsake(
        wish=support.first_wish,
        began_on=support.started_on or support.accepted_on,
        ended_on=support.ended_on or support.ending_on,
        visits=len(visits),
        days=_special_days(visits),
        people=list(dict.fromkeys(visit.worker.display_name for visit in visits)),
        together=[str(SupportKind(kind).label) for kind in kinds],
        celebration=celebration.words if celebration and celebration.outcome == StepOutcome.DONE else "",
    )


def _special_days(visits: list[Visit]) -> list[tuple[str, str]]:
    names = {
        VisitPurpose.INITIAL: _("The first time we met"),
        VisitPurpose.INTRODUCTION: _("The day {name} was introduced"),
        VisitPurpose.LAST: _("The last visit"),
    }
    return [
        (names[VisitPurpose(visit.purpose)].format(name=visit.worker.display_name), day_in_words(visit.actual_start))
        for visit in visits
        if visit.purpose in names and visit.actual_start
    ]


def letter_language(support: Support) -> str:
    """The family's language where the page is translated into it, else ours."""
    wanted = support.family.language.lower()
    known = {code.lower(): code for code, _name in settings.LANGUAGES}
    return known.get(wanted) or known.get(f"{wanted}-gb") or settings.LANGUAGE_CODE


def letter_words(support: Support, by: User) -> str:
    """The letter to begin with, in the language of the family where there is a translation. Nothing about worries."""
    with translation.override(letter_language(support)):
        began = support.started_on or support.accepted_on
        return "\n\n".join(
            [
                _("Dear {family},").format(family=main_carer(support)),
                _("Thank you for letting us be part of your days since {day}.").format(day=_month(began)),
                _("You told us what you would like, and you did the work of it. It was good to be beside you."),
                _("If you would like to come back to us one day, you are welcome. You need no reason."),
                _("With warm wishes,\n{name}").format(name=by.display_name),
            ]
        )


def _month(day: dt.date) -> str:
    return date_format(day, "E Y")


def main_carer(support: Support) -> str:
    carer = support.family.members.current().filter(is_main_carer=True).first()
    return str(carer or support.family.name)


def usual_plan(support: Support, user: User) -> dict[str, Any]:
    """Who, when and how long the last visits were: the most likely answers for those to come."""
    visits: Any = support.visits.standing()
    last = visits.with_happened_at().exclude(purpose=VisitPurpose.INITIAL).order_by("-happened_at").first()
    usual: dict[str, Any] = {"worker": user.pk, "minutes": support.service.usual_visit_minutes, "mode": "home"}
    if last:
        when = timezone.localtime(last.happened_at, LONDON)
        usual |= {"worker": last.worker_id, "mode": last.mode, "time": when.time().replace(second=0, microsecond=0)}
    return usual
