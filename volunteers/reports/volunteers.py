"""How the volunteers are: what they asked for and what they carried, in sentences. Nobody is set against anybody."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.humanize.templatetags.humanize import apnumber
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.clock import day_in_words, london_date, london_today
from volunteers.models import CallRequest, CheckIn, Match, Volunteer
from volunteers.models.volunteer import VolunteerQuerySet

PAGE = 30
PANEL = 6
LATEST = 12
FORTNIGHT = dt.timedelta(days=14)
HEAVY = 3
LOW = 2
QUIET_DAYS = 21


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


def _sentences(row: Any) -> list[str]:
    said = []
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
    """Everything about each volunteer in the one query, from check-ins this coordinator answers for."""
    said = CheckIn.objects.coordinated_by(user).standing().filter(author=models.OuterRef("user"))
    together = Match.objects.coordinated_by(user).holding().filter(volunteer=models.OuterRef("pk"))
    heavy = said.filter(recorded_at__gte=timezone.now() - FORTNIGHT, heaviness__gte=HEAVY).order_by()
    call = CallRequest.objects.open().filter(volunteer=models.OuterRef("pk"))
    in_charge = Volunteer.objects.supervised_by(user).filter(pk=models.OuterRef("volunteer"))
    return volunteers.select_related("user").annotate(
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


def _described(row: Any) -> HowTheyAre:
    call = row.call
    if call:
        asked = dt.datetime.fromisoformat(call["asked_at"])
        call = call | {"day": day_in_words(asked)}
    return HowTheyAre(row, row.families, call, _sentences(row), _last_words(row))


def how_they_are(user: User, after: str = "") -> tuple[list[HowTheyAre], str]:
    """One page of the volunteers of this coordinator's services by name, and the key of the next page."""
    volunteers = Volunteer.objects.supervised_by(user).here()
    if after.isascii() and after.isdecimal() and len(after) < 19:
        last = Volunteer.objects.visible_to(user).filter(pk=int(after)).values_list("user__display_name", "pk").first()
        if last:
            behind = models.Q(user__display_name__gt=last[0]) | models.Q(user__display_name=last[0], pk__gt=last[1])
            volunteers = volunteers.filter(behind)
    rows = list(_annotated(user, volunteers).order_by("user__display_name", "pk")[: PAGE + 1])
    return [_described(row) for row in rows[:PAGE]], str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""


def who_to_ring(user: User) -> tuple[list[HowTheyAre], int]:
    """The volunteers with something to say, by name, at most PANEL of them; and how many volunteers there are."""
    volunteers = Volunteer.objects.supervised_by(user).here()
    quiet_since = timezone.now() - dt.timedelta(days=QUIET_DAYS)
    rows = _annotated(user, volunteers).filter(
        models.Q(call__isnull=False)
        | models.Q(heavy__gt=0)
        | models.Q(moods__len=2, moods__0__lte=LOW, moods__1__lte=LOW)
        | models.Q(heard_at__lt=quiet_since, families__len__gt=0)
    )
    return [_described(row) for row in rows.order_by("user__display_name", "pk")[:PANEL]], volunteers.count()


def one_volunteer(user: User, volunteer: Volunteer) -> HowTheyAre:
    return _described(_annotated(user, Volunteer.objects.filter(pk=volunteer.pk)).get())


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
