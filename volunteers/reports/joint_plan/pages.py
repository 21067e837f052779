"""A plan as a coordinator reads it: asked again against the rules whenever it is opened. Nothing stale is offered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Service, ServiceKind, User
from betterstart.clock import london_today
from families.models import Support, SupportState
from families.reports.waiting_list import age_in_words
from volunteers.models import JointPlan, JointPlanPair, Match
from volunteers.reports.joint_plan.explaining import Help
from volunteers.reports.joint_plan.words import help_in_words, left_out_in_words, why_nobody
from volunteers.reports.matching.loading import family_sides, volunteer_sides
from volunteers.reports.matching.reasons import reasons
from volunteers.reports.matching.rules import why_not
from volunteers.reports.matching.sides import FamilySide, VolunteerSide

PAGE = 30
MOST_HELPS = 6


@dataclass(frozen=True)
class Row:
    """One family of a plan, as it stands now."""

    pair: Any
    speaks_for: list[str] = field(default_factory=list)
    think_about: list[str] = field(default_factory=list)
    changed: str = ""
    """What has happened since the plan was made: then nobody is proposed."""
    is_settled: bool = False
    """It changed for the better: the family is being matched, or does not wait any more."""
    why_nobody: str = ""

    @property
    def age(self) -> str:
        return age_in_words(max(0, (london_today() - self.pair.since).days))

    @property
    def is_proposed(self) -> bool:
        return self.pair.volunteer_id is not None and not self.changed


@dataclass(frozen=True)
class Proposal:
    """A plan that was worked out, one page of its families, and what it says as a whole."""

    plan: JointPlan
    rows: list[Row]
    next_after: str
    settled: int
    """How many of its families are being matched by now, or do not wait any more."""

    @cached_property
    def lead(self) -> str:
        """ "32 families wait. With the people you have, 27 could start." """
        waiting, starting = self.plan.waiting, self.plan.could_start
        wait = ngettext("{n} family waits for a volunteer.", "{n} families wait for a volunteer.", waiting)
        if not waiting:
            return _("No family waits for a volunteer.")
        return f"{wait.format(n=waiting)} {self._could_start(waiting, starting)}"

    @staticmethod
    def _could_start(waiting: int, starting: int) -> str:
        if not starting:
            return _("With the people you have, nobody could start now.")
        if starting == waiting:
            return ngettext(
                "With the people you have, it could start.",
                "With the people you have, all of them could start.",
                waiting,
            )
        return ngettext(
            "With the people you have, {n} could start.", "With the people you have, {n} could start.", starting
        ).format(n=starting)

    @property
    def without(self) -> int:
        return self.plan.waiting - self.plan.could_start

    @property
    def helps(self) -> list[str]:
        return [help_in_words(Help(*each)) for each in self.plan.helps[:MOST_HELPS]]

    @property
    def left_out(self) -> list[str]:
        return left_out_in_words(self.plan.left_out)


def proposal(user: User, plan: JointPlan, *, only: str = "", after: str = "") -> Proposal:
    """One page of a finished plan, the longest wait first. `only`: "with" or "without" somebody, or both.

    `plan` is one that `user` may see: they coordinate every family in it, so its rows are read without asking the
    policies for each of ten thousand; the sides are read as themselves. The same number of queries for any number of
    families. A plan that is too old proposes nobody.
    """
    pairs = JointPlanPair.objects.visible_to(user).filter(plan=plan)
    over = ~models.Q(support__state=SupportState.WAITING) | models.Q(matched=True)
    listed = pairs.filter(volunteer__isnull=only == "without") if only in ("with", "without") else pairs
    if after.isascii() and after.isdecimal() and len(after) < 19:
        listed = listed.filter(pk__gt=int(after))
    listed = _with_match(listed).select_related("support__family", "volunteer__user").order_by("pk")
    with acting_as(Scope.ALL, user.pk):
        settled = _with_match(pairs).filter(over).count()
        found = list(listed[: PAGE + 1]) if plan.holds else []
        before = _proposed_before(plan, {pair.volunteer_id for pair in found} - {None})
    page = found[:PAGE]
    return Proposal(plan, _rows(user, page, before), str(page[-1].pk) if len(found) > PAGE else "", settled)


def _with_match(pairs: Any) -> Any:
    """`matched`: the family is being matched with somebody, whoever it is."""
    under_way = Match.objects.open().filter(support=models.OuterRef("support"))
    return pairs.annotate(matched=models.Exists(under_way))


def _rows(user: User, pairs: Sequence[Any], before: Counter[int]) -> list[Row]:
    people = {pair.volunteer_id: pair.volunteer for pair in pairs if pair.volunteer_id}
    families = {side.support_id: side for side in family_sides(user, [pair.support for pair in pairs])}
    volunteers = {side.volunteer_id: side for side in volunteer_sides(user, people.values())}
    return [
        _row(pair, families.get(pair.support_id), volunteers.get(pair.volunteer_id), before[pair.pk]) for pair in pairs
    ]


def _proposed_before(plan: JointPlan, volunteers: set[int]) -> Counter[int]:
    """For each pair still open: to how many families that have waited longer its volunteer is proposed as well."""
    of_them = _with_match(JointPlanPair.objects.filter(plan=plan, volunteer__in=volunteers))
    still_open = of_them.filter(support__state=SupportState.WAITING, matched=False).order_by("pk")
    seen, before = Counter[int](), Counter[int]()
    for pk, volunteer in still_open.values_list("pk", "volunteer_id"):
        before[pk] = seen[volunteer]
        seen[volunteer] += 1
    return before


def _row(pair: Any, family: FamilySide | None, volunteer: VolunteerSide | None, before: int) -> Row:
    if pair.matched:
        return Row(pair, changed=_("Is being matched now."), is_settled=True)
    if family is None or pair.support.state != SupportState.WAITING:
        now = pair.support.get_state_display()
        return Row(pair, changed=_("Does not wait for a volunteer any more: {now}.").format(now=now), is_settled=True)
    if pair.volunteer_id is None:
        return Row(pair, why_nobody=why_nobody(pair.barrier, family))
    if volunteer is None or pair.volunteer.left_on is not None:
        return Row(pair, changed=_no_longer(_("{name} is leaving, or has left.").format(name=pair.volunteer)))
    if barriers := why_not(family, volunteer):
        return Row(pair, changed=_no_longer(" ".join(barrier.sentence for barrier in barriers)))
    if before >= volunteer.places_left:
        sentence = _("{name} has less room now, and is proposed to families that have waited longer.")
        return Row(pair, changed=_no_longer(sentence.format(name=pair.volunteer)))
    found = reasons(family, volunteer)
    return Row(pair, speaks_for=found.speaks_for, think_about=found.think_about)


def _no_longer(why: str) -> str:
    return _("No longer possible: {why}").format(why=why)


@dataclass(frozen=True)
class Choice:
    """One service of a coordinator: how many wait for a volunteer, and its newest plan."""

    service: Service
    waiting: int
    plan: JointPlan | None


def services_to_plan(user: User) -> list[Choice]:
    """The home-visiting services this person coordinates. Three queries."""
    services = list(Service.objects.coordinated_by(user).filter(kind=ServiceKind.HOME_VISITING).order_by("name", "pk"))
    waits = Support.objects.coordinated_by(user).filter(service__in=services, state=SupportState.WAITING).order_by()
    counts = dict(waits.values_list("service").annotate(n=models.Count("pk")))
    newest = JointPlan.objects.visible_to(user).filter(service__in=services).order_by("service", "-pk")
    plans = {plan.service_id: plan for plan in newest.distinct("service").select_related("asked_by")}
    return [Choice(service, counts.get(service.pk, 0), plans.get(service.pk)) for service in services]
