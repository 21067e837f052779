"""Who waits longest, who is offered a volunteer, and whose match ends early: by group, with what the numbers bear.

Read with the whole-partnership scope from the services a manager answers for; single families leave this module only as
counts that `disclosure` lets through.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil, floor

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Service, ServiceKind, User
from families.models import Address, FamilyMember, Personal, Referral, Support
from families.models.private import EthnicGroup
from families.models.reasons import UNPLANNED_REASONS
from families.models.support import OPEN_STATES
from kindness_metrics.measures.disclosure import THRESHOLD, one_way, percent_display
from kindness_metrics.measures.proportions import Difference, newcombe_difference, wilson
from kindness_metrics.measures.survival import kaplan_meier
from volunteers.models import Match, MatchEndReason, MatchState

LOOKED_BACK = dt.timedelta(days=730)
LONG_WAIT_DAYS = 28
EARLY_DAYS = 90
FEWEST_FOR_A_MIDDLE = 10
WORTH_A_LOOK_DAYS = 7
EXACT_FROM = 50
"""From how many on a share is told to the whole percent."""
ACCEPTED = (MatchState.INTRODUCTION_BOOKED, MatchState.NOT_SUITABLE, MatchState.ACTIVE, MatchState.PAUSED,
            MatchState.ENDING, MatchState.ENDED)  # fmt: skip
OFFERED = (MatchState.OFFERED_TO_VOLUNTEER, MatchState.OFFERED_TO_FAMILY, MatchState.DECLINED_BY_VOLUNTEER,
           MatchState.DECLINED_BY_FAMILY, *ACCEPTED)  # fmt: skip
NOT_KNOWN = "not_known"


@dataclass
class Waited:
    """One family's wait in one service, and what came of it."""

    support: int
    family: int
    days: int
    began: bool
    gave_up: bool
    offered: bool = False
    accepted: bool = False
    match_began: bool = False
    """A match of theirs began, and ninety days have passed since or it has ended."""
    ended_early: bool = False
    groups: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Grouping:
    key: str
    name: str | Promise
    told: str | Promise
    """Where it comes from, and what it cannot say."""
    labels: dict[str, str | Promise]


UNKNOWN = {NOT_KNOWN: gettext_lazy("not known, or rather not said")}
GROUPINGS = {
    grouping.key: grouping
    for grouping in (
        Grouping(
            "area",
            gettext_lazy("Where they live"),
            gettext_lazy("By the Index of Multiple Deprivation of the address. Hidden addresses are not known."),
            {
                "1-2": gettext_lazy("the most deprived fifth of areas"),
                "3-5": gettext_lazy("deciles 3 to 5"),
                "6-10": gettext_lazy("the less deprived half"),
                **UNKNOWN,
            },
        ),
        Grouping(
            "ethnic-group",
            gettext_lazy("Ethnic group"),
            gettext_lazy("As the main carer told it, in the five broad groups of the census."),
            {
                "asian": gettext_lazy("Asian"),
                "black": gettext_lazy("Black"),
                "mixed": gettext_lazy("Mixed"),
                "white": gettext_lazy("White"),
                "other": gettext_lazy("another group"),
                **UNKNOWN,
            },
        ),
        Grouping(
            "language",
            gettext_lazy("Language"),
            gettext_lazy("Of the family: whether an interpreter comes, or they like another language best."),
            {
                "interpreter": gettext_lazy("with an interpreter"),
                "other": gettext_lazy("another language than English"),
                "english": gettext_lazy("English"),
                **UNKNOWN,
            },
        ),
        Grouping(
            "access",
            gettext_lazy("What helps them take part"),
            gettext_lazy("Whether anybody in the family told us what helps. Disability itself is not asked."),
            {"told": gettext_lazy("told us what helps"), "none": gettext_lazy("nothing told")},
        ),
        Grouping(
            "route",
            gettext_lazy("How they came"),
            gettext_lazy("Who asked for the support."),
            {
                "self": gettext_lazy("the family itself"),
                "health": gettext_lazy("health services"),
                "other": gettext_lazy("somebody else"),
                **UNKNOWN,
            },
        ),
        Grouping(
            "carers",
            gettext_lazy("Who cares"),
            gettext_lazy("Parents and carers on the family’s page."),
            {
                "one": gettext_lazy("one parent or carer"),
                "more": gettext_lazy("two or more"),
                **UNKNOWN,
            },
        ),
    )
}
BROAD = {
    **dict.fromkeys(["1", "2", "3", "4", "5"], "asian"),
    **dict.fromkeys(["6", "7", "8"], "black"),
    **dict.fromkeys(["9", "10", "11", "12"], "mixed"),
    **dict.fromkeys(["13", "14", "15", "16", "17"], "white"),
    **dict.fromkeys(["18", "19"], "other"),
}
HEALTH = {"health_visitor", "midwifery", "gp", "mental_health"}


@dataclass(frozen=True)
class ShownShare:
    """A share as it may be seen: whole percents, tens, or nothing, with the interval drawn."""

    percent: int | None
    p: float | None = None
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True)
class GroupLine:
    label: str
    families: int | None
    """None: too few to be shown."""
    median: float | None
    """Days until half had begun, those still waiting counted."""
    half_still_wait: bool
    """There are enough families for a middle, and more than half of them have not begun."""
    gave_up: int | None
    long_waits: ShownShare
    offered: ShownShare
    accepted: ShownShare
    early: ShownShare
    gap: str
    """How many more (or fewer) in a hundred waited long than of all others, with what the numbers bear."""
    words: str
    """What that says, if it says anything."""


@dataclass(frozen=True)
class Equity:
    grouping: Grouping
    lines: list[GroupLine]
    families: int | None
    since: dt.date


def equity(user: User, service: Service | None, grouping: Grouping, today: dt.date) -> Equity:
    """Waits and matches of the last two years in one home-visiting service this person manages, by group."""
    allowed = Service.objects.managed_by(user).filter(kind=ServiceKind.HOME_VISITING, pk=service.pk if service else 0)
    since = today - LOOKED_BACK
    with acting_as(Scope.ALL, user.pk):
        rows = waits(list(allowed.values_list("pk", flat=True)), since, today)
        READERS[grouping.key](rows)
    return compare(rows, grouping, since)


def waits(services: list[int], since: dt.date, today: dt.date) -> list[Waited]:
    """One row for each support accepted since that day. A wait ends with the first day of support."""
    supports = Support.objects.filter(service__in=services, accepted_on__gte=since)
    rows = []
    for pk, family, accepted, started, ended, state in supports.values_list(
        "pk", "family", "accepted_on", "started_on", "ended_on", "state"
    ):
        gave_up = started is None and state not in OPEN_STATES
        until = started or (ended if gave_up and ended else today)
        rows.append(Waited(pk, family, max((until - accepted).days, 0), started is not None, gave_up))
    _matches(rows, today)
    return rows


def _matches(rows: list[Waited], today: dt.date) -> None:
    by_support = {row.support: row for row in rows}
    unplanned = set(UNPLANNED_REASONS)
    told = Match.objects.filter(support__in=by_support).order_by("started_on").values_list(
        "support", "state", "started_on", "ended_on", "end_reason", "support__ending_reason"
    )  # fmt: skip
    for support, state, started, ended, reason, ending in told:
        row = by_support[support]
        row.offered |= state in OFFERED
        row.accepted |= state in ACCEPTED
        if started is None or row.match_began:
            continue
        lasted = ((ended or today) - started).days
        row.match_began = ended is not None or lasted >= EARLY_DAYS
        is_planned = reason == MatchEndReason.GOALS_MET or (
            reason == MatchEndReason.SUPPORT_ENDED and ending not in unplanned
        )
        row.ended_early = ended is not None and lasted < EARLY_DAYS and not is_planned


def _areas(rows: list[Waited]) -> None:
    current = Address.objects.current().filter(family__in=[row.family for row in rows]).exclude(imd_decile=None)
    deciles = dict(current.order_by("pk").values_list("family", "imd_decile"))
    for row in rows:
        decile = deciles.get(row.family)
        name = NOT_KNOWN if decile is None else "1-2" if decile <= 2 else "3-5" if decile <= 5 else "6-10"
        row.groups["area"] = name


def _ethnic_groups(rows: list[Waited]) -> None:
    told = Personal.objects.filter(family__in=[row.family for row in rows], member__is_main_carer=True)
    told = told.exclude(ethnic_group__in=[EthnicGroup.NOT_ASKED, EthnicGroup.NOT_KNOWN, EthnicGroup.PREFER_NOT])
    groups = {family: BROAD[group] for family, group in told.order_by("pk").values_list("family", "ethnic_group")}
    for row in rows:
        row.groups["ethnic-group"] = groups.get(row.family, NOT_KNOWN)


def _languages(rows: list[Waited]) -> None:
    told = Support.objects.filter(pk__in=[row.support for row in rows])
    spoken = {pk: (code, asks) for pk, code, asks in told.values_list(
        "pk", "family__language", "family__interpreter_needed")}  # fmt: skip
    for row in rows:
        code, asks = spoken[row.support]
        name = "interpreter" if asks else "english" if code == "en" else "other" if code else NOT_KNOWN
        row.groups["language"] = name


def _access(rows: list[Waited]) -> None:
    people = FamilyMember.objects.filter(family__in=[row.family for row in rows], left_on=None)
    told = set(people.exclude(access_needs=[]).values_list("family", flat=True))
    for row in rows:
        row.groups["access"] = "told" if row.family in told else "none"


def _routes(rows: list[Waited]) -> None:
    told = Referral.objects.filter(support__in=[row.support for row in rows]).order_by("pk")
    routes = {
        support: "self" if is_self else "health" if agency in HEALTH else "other"
        for support, is_self, agency in told.values_list("support", "is_self_referral", "agency_type")
    }
    for row in rows:
        row.groups["route"] = routes.get(row.support, NOT_KNOWN)


def _carers(rows: list[Waited]) -> None:
    adults = FamilyMember.objects.filter(family__in=[row.family for row in rows], left_on=None, role="parent")
    numbers = dict(adults.order_by().values_list("family").annotate(n=models.Count("pk")))
    for row in rows:
        n = numbers.get(row.family, 0)
        row.groups["carers"] = NOT_KNOWN if not n else "one" if n == 1 else "more"


READERS: dict[str, Callable[[list[Waited]], None]] = {
    "area": _areas,
    "ethnic-group": _ethnic_groups,
    "language": _languages,
    "access": _access,
    "route": _routes,
    "carers": _carers,
}


def compare(rows: Sequence[Waited], grouping: Grouping, since: dt.date) -> Equity:
    """The groups side by side. A group too small to be shown, or needed to hide one, shows no figure at all."""
    groups = {key: [row for row in rows if row.groups[grouping.key] == key] for key in grouping.labels}
    sizes = one_way([len(group) for group in groups.values()])
    lines = []
    for at, (key, group) in enumerate(groups.items()):
        size = sizes[at] if sizes is not None else None
        others = [row for row in rows if row.groups[grouping.key] != key]
        lines.append(_line(str(grouping.labels[key]), size, group, others))
    return Equity(grouping, lines, len(rows) if sizes is not None else None, since)


def _line(label: str, size: int | None, group: Sequence[Waited], others: Sequence[Waited]) -> GroupLine:
    nothing = ShownShare(None)
    if not size:
        return GroupLine(label, size, None, False, None, nothing, nothing, nothing, nothing, "", "")
    gave_up = sum(row.gave_up for row in group)
    began = [row for row in group if row.match_began]
    return GroupLine(
        label,
        size,
        _median(group),
        _half_still_wait(group),
        gave_up if gave_up == 0 or gave_up >= THRESHOLD else None,
        _share(*_long(group)),
        _share(sum(row.offered for row in group), len(group)),
        _share(sum(row.accepted for row in group if row.offered), sum(row.offered for row in group)),
        _share(sum(row.ended_early for row in began), len(began)),
        _gap(group, others),
        _words(group, others),
    )


def _half_still_wait(group: Sequence[Waited]) -> bool:
    return len(group) >= FEWEST_FOR_A_MIDDLE and _median(group) is None


def _median(group: Sequence[Waited]) -> float | None:
    curve = kaplan_meier((row.days, row.began) for row in group)
    return curve.median if curve and curve.n >= FEWEST_FOR_A_MIDDLE else None


def _long(group: Iterable[Waited]) -> tuple[int, int]:
    """How many waited over four weeks, of those of whom it is known by now."""
    known = [row for row in group if row.began or row.days > LONG_WAIT_DAYS]
    return sum(row.days > LONG_WAIT_DAYS for row in known), len(known)


def _share(x: int, n: int) -> ShownShare:
    """Whole percents from fifty, tens from twenty, and nothing where those with or those without are fewer than five.

    Under fifty it is drawn as it is written, with its line out to the next five: a place in a picture is a figure too.
    """
    found, percent = wilson(x, n), percent_display(x, n)
    if found is None or percent is None or x < THRESHOLD or n - x < THRESHOLD:
        return ShownShare(None)
    if n >= EXACT_FROM:
        return ShownShare(percent, found.p, found.low, found.high)
    low, high = floor(found.low * 20) / 20, ceil(found.high * 20) / 20
    return ShownShare(percent, percent / 100, min(low, percent / 100), max(high, percent / 100))


def _bears(group: Sequence[Waited], others: Sequence[Waited]) -> Difference | None:
    """The share of long waits here less that of all others, where both may be seen."""
    here, there = _long(group), _long(others)
    if _share(*here).percent is None or _share(*there).percent is None:
        return None
    return newcombe_difference(*here, *there)


def _gap(group: Sequence[Waited], others: Sequence[Waited]) -> str:
    found = _bears(group, others)
    if found is None:
        return ""
    low, middle, high = (round(20 * value) * 5 for value in (found.low, found.value, found.high))
    return _("{middle} in 100 ({low} to {high})").format(middle=f"{middle:+d}", low=f"{low:+d}", high=f"{high:+d}")


def _words(group: Sequence[Waited], others: Sequence[Waited]) -> str:
    """Never "no difference": a gap that may be chance is still a gap."""
    if len(group) < FEWEST_FOR_A_MIDDLE or len(others) < FEWEST_FOR_A_MIDDLE:
        return ""
    difference = newcombe_difference(*_long(group), *_long(others))
    if difference is not None and difference.low > 0:
        return _("They wait longer than the others, and by more than chance explains. Look into it.")
    here, there = _median(group), _median(others)
    waits_longer = there is not None and (here is None or here - there >= WORTH_A_LOOK_DAYS)
    if waits_longer or (difference is not None and difference.value > 0 and here is None):
        return _("They wait longer than the others. So few families cannot say whether it is chance. Look into it.")
    return ""
