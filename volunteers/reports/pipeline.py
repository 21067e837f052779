"""People on their way to us, by step and oldest first, and what of it a coordinator should hear today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.models import Service, User
from betterstart.clock import at_london, day_in_words, london_date, london_today
from betterstart.transitions.models import Transition
from families.reports.needs import Found, Need, Urgency
from volunteers.models import Break, DbsCheck, Interview, Leaving, Match, Step, Volunteer, VolunteerState, readiness_of
from volunteers.models.volunteer import ON_THEIR_WAY
from volunteers.reports.chasing import WITH_US, stopped_in_words
from volunteers.reports.standing import enquiry_in_words, interview_wanted, missing_in_words

V = VolunteerState
PAGE = 200
TALK_WITHIN = dt.timedelta(days=14)
"""From when on Today tells of somebody who applied and has not been met."""
NEWS = dt.timedelta(days=7)
"""For how long Today tells of a suspension where no match waits for a decision."""


@dataclass(frozen=True)
class Row:
    volunteer: Volunteer
    reason: str
    since: dt.datetime
    url: str
    action: str

    @property
    def ago(self) -> str:
        """ "since yesterday", "for 12 days"."""
        days = (london_today() - london_date(self.since)).days
        if days <= 0:
            return _("since today")
        return ngettext("for {n} day", "for {n} days", days).format(n=days)


@dataclass(frozen=True)
class Section:
    title: str
    key: str
    rows: list[Row]


@dataclass(frozen=True)
class OnTheirWay:
    sections: list[Section]
    total: int
    others: int
    """How many more there are than are shown."""


def _mine(user: User) -> Any:
    """Those whose service this person coordinates, or who named none."""
    services = Service.objects.coordinated_by(user)
    rows = Volunteer.objects.kept_by(user).filter(models.Q(service=None) | models.Q(service__in=services))
    moves = Transition.objects.filter(machine="volunteer", subject_id=models.OuterRef("pk")).order_by("-pk")
    return rows.select_related("user", "application").annotate(
        here_since=Coalesce(models.Subquery(moves.values("happened_at")[:1]), "created_at")
    )


def on_their_way(user: User) -> OnTheirWay:
    """Everybody between a first enquiry and being ready, by the step they are at."""
    latest = Interview.objects.filter(volunteer=models.OuterRef("pk")).order_by("-held_on", "-pk")
    rows = _mine(user).filter(state__in=ON_THEIR_WAY).annotate(talked=models.Subquery(latest.values("pk")[:1]))
    found = list(rows.order_by("here_since", "pk")[: PAGE + 1])
    shown = found[:PAGE]
    talks = Interview.objects.in_bulk([row.talked for row in shown if row.talked])
    missing = readiness_of([row for row in shown if row.state in {V.CHECKING, V.PREPARING}])
    sections = [
        Section(
            str(VolunteerState(state).label),
            state,
            [_row(row, talks, missing) for row in shown if _belongs(row, state)],
        )
        for state in ON_THEIR_WAY
    ]
    aside = [_row(row, talks, missing) for row in shown if _is_aside(row)]
    if aside:
        sections.append(Section(_("Set aside: perhaps sent by a machine"), "aside", aside))
    goodbyes = list(_goodbyes(user))
    if goodbyes:
        sections.append(Section(_("Goodbyes that are not finished"), "goodbyes", goodbyes))
    total = len(shown) if len(found) <= PAGE else rows.count()
    return OnTheirWay([section for section in sections if section.rows], total, total - len(shown))


def _is_aside(row: Any) -> bool:
    return bool(getattr(row, "application", None) and row.application.set_aside_because)


def _belongs(row: Any, state: str) -> bool:
    return row.state == state and not _is_aside(row)


def _row(row: Any, talks: dict[int, Interview], missing: dict[int, list[Step]]) -> Row:
    page = reverse("volunteers:volunteer", args=[row.pk])
    application = getattr(row, "application", None)
    if row.state == V.ENQUIRY and application:
        since = application.asked_again_at or application.answered_at or application.enquired_at
        return Row(row, enquiry_in_words(application), since, page, _("Answer") if waits_on_us(row) else _("Look"))
    if row.state == V.APPLIED:
        talked = talks.get(row.talked)
        if talked is None:
            talk = reverse("volunteers:interview", args=[row.pk])
            return Row(row, interview_wanted(None), row.here_since, talk, _("Write down the talk"))
        return Row(row, interview_wanted(talked), talked.created_at, page, _("Decide"))
    checks = reverse("volunteers:checks", args=[row.pk])
    return Row(row, missing_in_words(row, missing[row.pk]), row.here_since, checks, _("Go on"))


def waits_on_us(row: Volunteer) -> bool:
    """Whether somebody who asked has had no answer yet."""
    application = getattr(row, "application", None)
    return bool(application and not application.set_aside_because) and (
        application.answered_at is None or application.asked_again_at is not None  # type: ignore[union-attr]
    )


def _goodbyes(user: User) -> Iterator[Row]:
    rows = Leaving.objects.visible_to(user).unfinished().filter(volunteer__in=Volunteer.objects.kept_by(user))
    for leaving in rows.select_related("volunteer__user").order_by("left_on", "pk")[:PAGE]:
        missing = []
        if leaving.exit_talk == "offered":
            missing.append(_("the talk at the end is offered, and not held yet"))
        if not leaving.things_back:
            missing.append(_("what they had of ours is not back"))
        if not leaving.data_back:
            missing.append(_("nobody has asked whether anything about families is left with them"))
        since = at_london(leaving.left_on, dt.time(12))
        url = reverse("volunteers:goodbye", args=[leaving.volunteer_id])
        yield Row(leaving.volunteer, "; ".join(missing).capitalize(), since, url, _("Finish"))


def everybody(user: User) -> list[Volunteer]:
    """The organisation's volunteers by name, with their states: for whoever may have to stop one of them."""
    rows = Volunteer.objects.overseen_by(user).exclude(state__in=[V.NOT_PROCEEDING, V.LEFT])
    named = Coalesce("user__display_name", "name")
    return list(rows.select_related("user").annotate(named=named).order_by("named", "pk")[:1000])


def _told_today(user: User, today: dt.date) -> Any:
    now = timezone.now()
    open_matches = Match.objects.open().filter(volunteer=models.OuterRef("pk"))
    agreed = Break.objects.open().filter(volunteer=models.OuterRef("pk"))
    unanswered = models.Q(state=V.ENQUIRY, application__set_aside_because="") & (
        models.Q(application__answered_at=None) | models.Q(application__asked_again_at__isnull=False)
    )
    no = DbsCheck.objects.says_no()
    visits_despite = models.Q(state__in=WITH_US, pk__in=no.values("volunteer")) & models.Exists(
        Match.objects.holding().filter(volunteer=models.OuterRef("pk"))
    )
    its_own = no.filter(volunteer=models.OuterRef("pk"))
    rows = Volunteer.objects.kept_by(user).filter(
        models.Q(service=None)
        | models.Q(service__in=Service.objects.coordinated_by(user))
        | models.Q(state=V.SUSPENDED)
        | visits_despite
    )
    moves = Transition.objects.filter(machine="volunteer", subject_id=models.OuterRef("pk")).order_by("-pk")
    return rows.annotate(
        here_since=Coalesce(models.Subquery(moves.values("happened_at")[:1]), "created_at"),
        back_on=models.Subquery(agreed.values("back_on")[:1]),
        stopped=models.Subquery(its_own.values("stopped")[:1]),
        stopped_at=models.Subquery(its_own.values("stopped_at")[:1]),
        waiting_matches=models.Exists(open_matches),
        talked=models.Exists(Interview.objects.filter(volunteer=models.OuterRef("pk"))),
        asked_at=Greatest("application__enquired_at", "application__asked_again_at"),
    ).filter(
        unanswered
        | visits_despite
        | models.Q(state=V.APPLIED, talked=False, here_since__lt=now - TALK_WITHIN, application__set_aside_because="")
        | models.Q(state=V.ON_BREAK, back_on__lte=today)
        | models.Q(state=V.SUSPENDED) & (models.Q(waiting_matches=True) | models.Q(here_since__gt=now - NEWS))
    )


def people_needs(user: User, today: dt.date, limit: int) -> Found:
    """Suspensions, those with families whose check says no, new enquiries without an answer, whoever waits long for a
    talk, and breaks that are over.
    """
    rows = _told_today(user, today)
    shown = rows.select_related("user", "application").annotate(total=models.Window(models.Count("pk")))
    first = models.When(models.Q(state=V.SUSPENDED) | models.Q(stopped__isnull=False), then=0)
    found = list(shown.order_by(models.Case(first, default=1), "here_since", "pk")[:limit])
    return Found([_need(row) for row in found], found[0].total if found else 0)


def _need(row: Any) -> Need:
    page = reverse("volunteers:volunteer", args=[row.pk])
    told = {"url": page, "family": None, "since": row.here_since}
    name = row.display_name
    if row.state == V.SUSPENDED:
        reason = _("{name} is suspended, and sees no family any more").format(name=name)
        words = _("see to their visits and families now") if row.waiting_matches else ""
        return Need(reason=reason, action=_("See to it"), icon="stop", urgency=Urgency.WORRY, detail=words, **told)
    if row.stopped and row.state in WITH_US:
        words = f"{name}: {stopped_in_words(row.stopped)}"
        checks = {"url": reverse("volunteers:checks", args=[row.pk]), "since": row.stopped_at}
        return Need(reason=words, action=_("Decide"), icon="shield", urgency=Urgency.WORRY, **told | checks)
    if row.state == V.ENQUIRY:
        asked = day_in_words(row.asked_at)
        words = _("{name} would like to volunteer, and waits for an answer since {day}").format(name=name, day=asked)
        return Need(reason=words, action=_("Answer"), icon="volunteers", **told | {"since": row.asked_at})
    if row.state == V.APPLIED:
        days = (london_today() - london_date(row.here_since)).days
        words = _("{name} applied {n} days ago, and nobody has talked with them yet").format(name=name, n=days)
        talk = reverse("volunteers:interview", args=[row.pk])
        return Need(reason=words, action=_("Talk"), icon="volunteers", **told | {"url": talk})
    back = at_london(row.back_on, dt.time())
    words = _("{name}’s break is over since {day}: ask how they are").format(name=name, day=day_in_words(row.back_on))
    return Need(reason=words, action=_("Ask"), icon="pause", **told | {"since": back})
