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
from volunteers.reports.supervision import (
    Facts,
    call_in_words,
    due_by,
    facts_of,
    gap_in_words,
    hard_in_words,
    something_hard,
    with_due_day,
    with_facts,
)

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
    if len(row.moods) == 2 and max(row.moods) <= LOW:
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
    rows: Any = with_due_day(with_facts(Service.objects.coordinated_by(user), volunteers))
    rows = rows.select_related("user").annotate(
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
    return rows.annotate(why=_why())


def _why() -> models.Case:
    """The first reason that holds. By reasons, never by how much: nobody is set above anybody."""
    now, today = timezone.now(), london_today()
    carries = models.Q(heavy__gt=0) | models.Q(moods__len=2, moods__0__lte=LOW, moods__1__lte=LOW)
    quiet = models.Q(heard_at__lt=now - dt.timedelta(days=QUIET_DAYS), families__len__gt=0)
    return models.Case(
        models.When(something_hard(), then=Why.HARD),
        models.When(call__isnull=False, then=Why.CALL),
        models.When(carries, then=Why.CARRIES),
        models.When(due_by(today, now), then=Why.DUE),
        models.When(quiet, then=Why.QUIET),
        default=Why.WELL,
        output_field=models.IntegerField(),
    )


def _described(user: User, rows: list[Any]) -> list[HowTheyAre]:
    """The rows in words, with what each gave and how heavy it was: two more questions, however many rows."""
    services, people = Service.objects.coordinated_by(user), [row.user_id for row in rows]
    heavy, given = heaviness(services, people), hours(services, people)
    return [_in_words(row, heavy.get(row.user_id, BLANK), given.get(row.user_id, BLANK)) for row in rows]


def _in_words(row: Any, heavy: Weeks, given: Weeks) -> HowTheyAre:
    call, facts = row.call, facts_of(row)
    if call:
        asked = dt.datetime.fromisoformat(call["asked_at"])
        call = call | {"day": day_in_words(asked)}
    offered = None if row.offered is None else float(row.offered)
    sentences = _sentences(row, facts)
    if is_more_than_offered(given, offered):
        sentences.append(_("gave more hours than they offered"))
    return HowTheyAre(
        volunteer=row,
        families=row.families,
        call=call,
        sentences=sentences,
        last_words=_last_words(row),
        why=Why(row.why),
        gap=gap_in_words(facts, london_today()),
        given=given_in_words(given, offered) if offered or any(given) else "",
        picture=heaviness_picture(heavy),
    )


def how_they_are(user: User, after: str = "") -> tuple[list[HowTheyAre], str]:
    """One page of the volunteers of this coordinator's services, by who might need a call, then by name; and the key
    of the next page.
    """
    rows = _annotated(user, Volunteer.objects.supervised_by(user).here())
    if after.isascii() and after.isdecimal() and len(after) < 19:
        last = rows.filter(pk=int(after)).values_list("why", "user__display_name", "pk").first()
        if last:
            name, pk = models.Q(user__display_name__gt=last[1]), models.Q(user__display_name=last[1], pk__gt=last[2])
            rows = rows.filter(models.Q(why__gt=last[0]) | models.Q(why=last[0]) & (name | pk))
    found = list(rows.order_by("why", "user__display_name", "pk")[: PAGE + 1])
    return _described(user, found[:PAGE]), str(found[PAGE - 1].pk) if len(found) > PAGE else ""


def who_to_ring(user: User) -> tuple[list[HowTheyAre], int]:
    """The volunteers with a reason to ring, at most PANEL of them; and how many volunteers there are."""
    volunteers = Volunteer.objects.supervised_by(user).here()
    rows = _annotated(user, volunteers).filter(why__lt=Why.WELL).order_by("why", "user__display_name", "pk")
    return _described(user, list(rows[:PANEL])), volunteers.count()


def one_volunteer(user: User, volunteer: Volunteer) -> HowTheyAre:
    return _described(user, [_annotated(user, Volunteer.objects.filter(pk=volunteer.pk)).get()])[0]


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
