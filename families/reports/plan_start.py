"""The initial visit, step by step: what there is to talk about with each adult, what is done, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.clock import london_date
from families.models import ChoiceKind, Score, Support, VisitNeeds, VisitPurpose
from families.reports.ending import DONE, LATER, NEXT, Step
from families.reports.plan import AdultPart, PlanPage, plan_page


def _url(support: Support, name: str, *args: Any) -> str:
    return reverse(f"families:{name}", args=[support.family.reference, support.pk, *args])


@dataclass(frozen=True)
class StartPage:
    page: PlanPage
    common: list[Step]
    parts: list[tuple[AdultPart, list[Step]]]

    @property
    def steps(self) -> list[Step]:
        return [step for _part, steps in self.parts for step in steps] + self.common

    @property
    def done(self) -> int:
        return sum(step.status == DONE for step in self.steps)


def start_page(user: User, support: Support) -> StartPage:
    """What there is to talk about at the initial visit, what is done, and what comes next."""
    page = plan_page(user, support)
    scored = Score.objects.visible_to(user).filter(support=support).said().values_list("member_id", flat=True)
    answered = set(scored)
    current = [part for part in page.parts if part.adult.left_on is None]
    parts = [(part, _steps_of(support, part, part.adult.pk in answered)) for part in current]
    common = _common(support, needs_of_visits(user, support))
    found = StartPage(page, common, parts)
    following = next((step for step in found.steps if step.status == LATER and step.url), None)

    def marked(steps: list[Step]) -> list[Step]:
        return [replace(step, status=NEXT) if step is following else step for step in steps]

    return StartPage(page, marked(common), [(part, marked(steps)) for part, steps in parts])


def _step(key: str, title: str, means: str, *, done: bool, url: str, action: str, again: str = "", **more: Any) -> Step:
    """`again`: what the link says once it is done."""
    action = again or _("Change") if done else action
    return Step(key=key, title=title, means=means, status=DONE if done else LATER, url=url, action=action, **more)


def _steps_of(support: Support, part: AdultPart, scored: bool) -> list[Step]:
    adult, spoken = part.adult.uuid, part.spoken
    needs = [str(line.need) for _heading, lines in part.headings for line in lines]
    goals = [str(line.goal) for line in part.goals]
    wished = part.wish is not None or ChoiceKind.VOLUNTEER_SEES in part.choices
    return [
        _step(
            "spoken", _("How you speak with each other"),
            _("In which language, and who interprets: never a child, never a partner."),
            done=spoken is not None, url=_url(support, "plan-asked", adult, "spoken"), action=_("Write it down"),
            detail=spoken.in_words if spoken else "",
        ),
        _step(
            "needs", _("What they would like help with"), _("They pick, from the list or in words of their own."),
            done=bool(needs), url=_url(support, "plan-needs", adult), action=_("Pick together"), lines=needs,
        ),
        _step(
            "scores", _("How they cope with it, in their own numbers"),
            _("From 0 to 5. Only they give a number, or they would rather not say."),
            done=scored, url=_url(support, "plan-scores", adult, "start") if needs else "", action=_("Ask them"),
            again=_("Ask again"),
        ),
        _step(
            "goals", _("What they want to reach"),
            _("In their own words and their own language. About three is enough."),
            done=bool(goals), url=_url(support, "plan-goal-new", adult), action=_("Add a goal"),
            again=_("Add another"), lines=goals,
        ),
        _step(
            "know", _("What to know of their life"),
            _("Their culture, their faith, what is hard just now: what they want whoever comes to know."),
            done=bool(part.know), url=_url(support, "plan-words", adult), action=_("Write it down"),
            again=_("Add to it"), lines=[str(words) for words in part.know],
        ),
        _step(
            "wishes", _("Who comes, and who sees the numbers"),
            _("Wishes about a volunteer, and whether the volunteer may see their scores."),
            done=wished, url=_url(support, "plan-asked", adult, "wishes"), action=_("Ask them"),
        ),
    ]  # fmt: skip


def needs_of_visits(user: User, support: Support) -> VisitNeeds | None:
    """What visits must fit, as far as this person may know it; None where nobody asked."""
    rows = VisitNeeds.objects.visible_to(user).filter(support=support)
    return rows.select_related("said_by", "recorded_by").first()


def _common(support: Support, fits: VisitNeeds | None) -> list[Step]:
    family = support.family
    visit = support.visits.delivered().filter(purpose=VisitPurpose.INITIAL).order_by("actual_start").first()
    day = london_date(visit.actual_start) if visit and visit.actual_start else None
    log = f"{reverse('families:visit-log', args=[family.reference])}?support={support.pk}"
    return [
        _step(
            "safety", _("Coming to their home safely"), _("For those who visit. It is on no page of the family."),
            done=support.home_safety_on is not None, url=_url(support, "plan-safety"), action=_("Write it down"),
            when=support.home_safety_on, detail=family.safety_notes,
        ),
        _step(
            "visits", _("What visits must fit"), _("When they suit, animals, stairs, and what has to be so."),
            done=fits is not None, url=_url(support, "plan-visits"), action=_("Ask them"),
            when=fits and fits.said_on, lines=(fits.in_words or [_("Nothing special")]) if fits else [],
        ),
        _step(
            "agreed", _("They agree to be supported"),
            _("They know what is kept about them, and that they can read it and stop at any time."),
            done=support.agreed_on is not None, url=_url(support, "support"), action=_("Write down the day"),
            when=support.agreed_on,
        ),
        _step(
            "visit", _("The visit itself"), _("When it was, how long, and who was there."),
            done=visit is not None, url="" if visit else log, action=_("Log it"), when=day,
        ),
    ]  # fmt: skip
