"""How the volunteers are: what they asked for and what they carried, in sentences. Nobody is set against anybody."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from django.contrib.humanize.templatetags.humanize import apnumber
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Service, User
from betterstart.charts.chart import Chart
from betterstart.clock import day_in_words, london_date, london_today
from volunteers.models import CallRequest, CheckIn, Match, Volunteer
from volunteers.models.volunteer import VolunteerQuerySet
from volunteers.reports.load import (
    WEEKS,
    Weeks,
    given_in_words,
    heaviness,
    heaviness_picture,
    hours,
    is_more_than_offered,
)
from volunteers.reports.supervision import Facts, call_in_words, facts_of_each, gap_in_words, hard_in_words

PAGE = 30
PANEL = 6
LATEST = 12
FORTNIGHT = dt.timedelta(days=14)
HEAVY = 3
LOW = 2
QUIET_DAYS = 21
BLANK: Weeks = [None] * WEEKS


class Why(IntEnum):
    """Why somebody might need a call, in the order in which a coordinator would ring."""

    HARD = 0
    CALL = 1
    CARRIES = 2
    DUE = 3
    QUIET = 4
    WELL = 5

    @property
    def heading(self) -> str:
        return {
            Why.HARD: _("Something hard happened: ring first"),
            Why.CALL: _("Asked for a call"),
            Why.CARRIES: _("Carried a lot lately"),
            Why.DUE: _("Time to talk"),
            Why.QUIET: _("Not heard from lately"),
            Why.WELL: _("Nothing that presses"),
        }[self]


@dataclass(frozen=True)
class HowTheyAre:
    volunteer: Volunteer
    families: list[dict[str, Any]]
    """Reference and name of the families of this coordinator that the volunteer visits."""
    call: dict[str, Any] | None
    """The open wish for a call: id, day and words."""
    sentences: list[str]
    """Why one might ring, in words."""
    last_words: str
    """When the last check-in came."""
    why: Why
    """Why this person stands where they stand in the list."""
    gap: str
    """When the two last talked, and when a talk is due."""
    given: str = ""
    """Hours of visits and travel beside what they offered."""
    picture: Chart | None = None
    """How heavy the last weeks were, if they said so."""

    @property
    def is_due(self) -> bool:
        return self.why == Why.DUE


def _sentences(row: Any, facts: Facts) -> list[str]:
    said = []
    if facts.longest_hard:
        event, at = facts.longest_hard
        said.append(_("{what}: {call}").format(what=hard_in_words(event, at), call=call_in_words(at, london_today())))
    if row.heavy:
        sentence = ngettext("{n} visit this fortnight was heavy", "{n} visits this fortnight were heavy", row.heavy)
        said.append(sentence.format(n=apnumber(row.heavy)))
    if _was_hard_twice(row):
        said.append(_("the last two visits were hard for them"))
    if row.families and _quiet_days(row) >= QUIET_DAYS:
        said.append(_("no check-in for {n} days").format(n=_quiet_days(row)))
    return said


def _quiet_days(row: Any) -> int:
    return (london_today() - london_date(row.heard_at)).days if row.heard_at else 0


def _last_words(row: Any) -> str:
    if not row.last_check_in:
        return _("no check-in yet")
    days = (london_today() - london_date(row.last_check_in)).days
    if days <= 0:
        return _("last check-in today")
    return ngettext("last check-in {n} day ago", "last check-in {n} days ago", days).format(n=days)


def _annotated(user: User, volunteers: VolunteerQuerySet) -> models.QuerySet[Any]:
    """Everything about each volunteer in the one query, from what this coordinator answers for."""
    said = CheckIn.objects.coordinated_by(user).standing().filter(author=models.OuterRef("user"))
    together = Match.objects.coordinated_by(user).holding().filter(volunteer=models.OuterRef("pk"))
    heavy = said.filter(recorded_at__gte=timezone.now() - FORTNIGHT, heaviness__gte=HEAVY).order_by()
    call = CallRequest.objects.open().filter(volunteer=models.OuterRef("pk"))
    in_charge = Volunteer.objects.supervised_by(user).filter(pk=models.OuterRef("volunteer"))
    return volunteers.select_related("user").annotate(
        offered=models.F("profile__hours_a_week"),
        families=ArraySubquery(
            together.order_by("started_on").values_list(
                JSONObject(name="family__name", uuid="family__uuid", match="pk")
            )
        ),
        last_check_in=models.Subquery(said.order_by("-recorded_at").values("recorded_at")[:1]),
        first_match=models.Subquery(together.order_by("started_on").values("created_at")[:1]),
        heard_at=Coalesce("last_check_in", "first_match"),
        heavy=Coalesce(models.Subquery(heavy.values("author").annotate(n=models.Count("pk")).values("n")), 0),
        moods=ArraySubquery(said.exclude(my_mood=None).order_by("-recorded_at").values("my_mood")[:2]),
        call=models.Subquery(
            call.filter(models.Exists(in_charge)).values_list(
                JSONObject(pk="pk", asked_at="asked_at", words="words", check_in="check_in_id")
            )[:1]
        ),
    )


def _why(row: Any, facts: Facts) -> Why:
    """The first reason that holds. By reasons, never by how much: nobody is set above anybody."""
    if facts.hard:
        return Why.HARD
    if row.call:
        return Why.CALL
    if row.heavy or _was_hard_twice(row):
        return Why.CARRIES
    now = timezone.now()
    if facts.was_missed(now) or facts.is_due(london_today(), now):
        return Why.DUE
    return Why.QUIET if row.families and _quiet_days(row) >= QUIET_DAYS else Why.WELL


def _was_hard_twice(row: Any) -> bool:
    return len(row.moods) == 2 and max(row.moods) <= LOW


def _by_reason(user: User, volunteers: VolunteerQuerySet) -> list[Any]:
    """All of these volunteers with their `facts` and `why`, by who might need a call, then by name."""
    known = facts_of_each(Service.objects.coordinated_by(user), volunteers)
    rows = list(_annotated(user, volunteers).order_by("user__display_name", "pk"))
    for row in rows:
        row.facts = known[row.pk]
        row.why = _why(row, row.facts)
    return sorted(rows, key=lambda row: row.why)


def _described(user: User, rows: list[Any]) -> list[HowTheyAre]:
    """The rows in words, with what each gave and how heavy it was: two more questions, however many rows."""
    services, people = Service.objects.coordinated_by(user), [row.user_id for row in rows]
    heavy, given = heaviness(services, people), hours(services, people)
    return [_in_words(row, heavy.get(row.user_id, BLANK), given.get(row.user_id, BLANK)) for row in rows]


def _in_words(row: Any, heavy: Weeks, given: Weeks) -> HowTheyAre:
    call = row.call
    if call:
        asked = dt.datetime.fromisoformat(call["asked_at"])
        call = call | {"day": day_in_words(asked)}
    offered = None if row.offered is None else float(row.offered)
    sentences = _sentences(row, row.facts)
    if is_more_than_offered(given, offered):
        sentences.append(_("gave more hours than they offered"))
    return HowTheyAre(
        volunteer=row,
        families=row.families,
        call=call,
        sentences=sentences,
        last_words=_last_words(row),
        why=row.why,
        gap=gap_in_words(row.facts, london_today()),
        given=given_in_words(given, offered) if offered or any(given) else "",
        picture=heaviness_picture(heavy),
    )


def how_they_are(user: User, after: str = "") -> tuple[list[HowTheyAre], str]:
    """One page of the volunteers of this coordinator's services, by who might need a call, then by name; and the key
    of the next page. A key that is nobody's gives the first page.
    """
    rows = _by_reason(user, Volunteer.objects.supervised_by(user).here())
    begins = next((at for at, row in enumerate(rows, start=1) if str(row.pk) == after), 0)
    shown = rows[begins : begins + PAGE]
    return _described(user, shown), str(shown[-1].pk) if len(rows) > begins + PAGE else ""


def who_to_ring(user: User) -> tuple[list[HowTheyAre], int]:
    """The volunteers with a reason to ring, at most PANEL of them; and how many volunteers there are."""
    rows = _by_reason(user, Volunteer.objects.supervised_by(user).here())
    return _described(user, [row for row in rows if row.why != Why.WELL][:PANEL]), len(rows)


def one_volunteer(user: User, volunteer: Volunteer) -> HowTheyAre:
    return _described(user, _by_reason(user, Volunteer.objects.filter(pk=volunteer.pk)))[0]


def with_room(by: User, volunteers: VolunteerQuerySet) -> list[tuple[Volunteer, int]]:
    """Volunteers by name, each with how many families they visit, also those the asker may not see."""
    rows = list(volunteers.select_related("user").order_by("user__display_name", "pk"))
    with acting_as(Scope.ALL, by.pk):
        taken = Match.objects.taking_a_place().filter(volunteer__in=[row.pk for row in rows]).order_by()
        counts = dict(taken.values_list("volunteer").annotate(n=models.Count("pk")))
    return [(row, counts.get(row.pk, 0)) for row in rows]


def recent_check_ins(user: User, volunteer: Volunteer) -> list[CheckIn]:
    """The latest check-ins of a volunteer that this coordinator answers for."""
    rows = CheckIn.objects.visible_to(user).coordinated_by(user).standing().filter(author=volunteer.user_id)
    return list(rows.select_related("visit__family").order_by("-recorded_at")[:LATEST])
