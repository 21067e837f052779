"""One match, on its way and while it holds: where it stands, what comes next, and what each side said."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import models
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.models import User
from betterstart.clock import day_in_words, london_date, london_today, moment_in_words
from betterstart.transitions.models import Transition
from families.models import HowItGoes, MatchAnswer, Visit, VisitPurpose
from volunteers.models import FamilyOffer, Match, MatchFeedback, MatchState, MatchView, Side, VolunteerOffer
from volunteers.models.match import NEVER_BEGAN, Kind

MOST_VISITS = 20
COVER_AFTER = dt.timedelta(weeks=4)
WISH_HOLDS = dt.timedelta(days=90)
M = MatchState


@dataclass(frozen=True)
class Step:
    """One move of the match, in words: what, when, by whom, and the note written with it."""

    words: str
    moment: dt.datetime
    who: str
    note: str


@dataclass(frozen=True)
class Act:
    """Something a coordinator can do next: a link, or (where `is_sent`) a button that does it."""

    title: str
    url: str
    icon: str = "on"
    is_sent: bool = False


@dataclass(frozen=True)
class MatchPage:
    match: Match
    steps: list[Step]
    told: str
    """Where it stands, in a sentence or two."""
    next: Act | None
    acts: list[Act]
    """What else may be done."""
    to_volunteer: VolunteerOffer | None
    to_family: FamilyOffer | None
    feedback: dict[str, MatchFeedback]
    """By side: what was asked of it, looking back."""
    beside: list[Match]
    """Covers and handovers beside this match, and the match this one stands beside."""
    wishes: list[str]
    """Who said lately that somebody else may fit better."""
    ahead: list[Visit]
    """Visits planned with this volunteer: to move or call off once the match has ended."""
    unwritten: list[Visit]
    """Past visits nobody has recorded yet; the volunteer can do so until the day is over on which the match ends."""
    has_role: bool
    """Whether the volunteer still has access: if not, a person decides what becomes of the match."""

    @property
    def holds(self) -> bool:
        return self.match.holds

    @property
    def is_alone(self) -> bool:
        return self.holds and not self.has_role

    @property
    def is_over(self) -> bool:
        return self.match.state in {M.ENDED, *NEVER_BEGAN}

    @property
    def needs_cover(self) -> bool:
        """A pause of more than four weeks, and nobody stands in."""
        until = self.match.paused_until
        covered = any(row.kind == Kind.COVER and row.beside_id == self.match.pk for row in self.beside)
        long = until is None or until - london_today() > COVER_AFTER
        return self.match.state == M.PAUSED and long and not covered


def match_page(user: User, match: Match) -> MatchPage:
    """Everything of one match for a coordinator of its service, by a fixed number of questions to the database."""
    offers, family_offer, has_role, has_visited = _told(match)
    ahead, unwritten = _planned(match)
    asked = MatchFeedback.objects.visible_to(user).filter(match=match)
    feedback = {row.side: row for row in asked} if match.state in {M.ENDING, M.ENDED} else {}
    introduction = _introduction(match) if match.state == M.INTRODUCTION_BOOKED else None
    ring = match.first_call_on is None and has_visited
    next_act, told = _next(match, offers, family_offer, introduction, ring)
    beside = Match.objects.visible_to(user).filter(models.Q(pk=match.beside_id) | models.Q(beside=match))
    return MatchPage(
        match=match,
        steps=_steps(match),
        told=told,
        next=next_act,
        acts=_acts(match, offers, family_offer, introduction, next_act),
        to_volunteer=offers,
        to_family=family_offer,
        feedback=feedback,
        beside=list(beside.select_related("volunteer__user").order_by("pk")),
        wishes=_wishes(user, match) if match.holds else [],
        ahead=ahead,
        unwritten=unwritten,
        has_role=has_role,
    )


def _told(match: Match) -> tuple[VolunteerOffer | None, FamilyOffer | None, bool, bool]:
    """In one question: what each side was asked, whether the volunteer has access, and has been there since."""
    visits = Visit.objects.delivered().filter(support=match.support_id, worker=match.volunteer.user_id)
    since = visits.filter(actual_start__date__gte=match.started_on) if match.started_on else visits.none()
    rows = Match.objects.with_role().annotate(has_visited=models.Exists(since))
    row = rows.select_related("volunteer_offer", "family_offer__said_by").get(pk=match.pk)
    offers = getattr(row, "volunteer_offer", None), getattr(row, "family_offer", None)
    return *offers, row.has_role, row.has_visited


def _planned(match: Match) -> tuple[list[Visit], list[Visit]]:
    """Visits planned with this volunteer: those to come, and past ones nobody has recorded."""
    planned = Visit.objects.planned().filter(support=match.support_id, worker=match.volunteer.user_id)
    now = timezone.now()
    rows = list(planned.order_by("planned_start")[: 2 * MOST_VISITS])
    past = [row for row in rows if row.planned_start and row.planned_start <= now]
    return [row for row in rows if row not in past][:MOST_VISITS], past[:MOST_VISITS]


def _steps(match: Match) -> list[Step]:
    rows = Transition.objects.of("match", match.pk).select_related("by").order_by("id")
    words = dict(M.choices)
    return [
        Step(str(words.get(row.to_state, "")), row.happened_at, row.by.display_name if row.by else "", row.note)
        for row in rows
    ]


def _introduction(match: Match) -> Visit | None:
    """The visit on which they meet: the one that took place since they were asked, else the one planned last."""
    planned = match.support.visits.planned().filter(purpose=VisitPurpose.INTRODUCTION)
    return (
        match.introductions().order_by("-actual_start").first()
        or planned.select_related("worker").order_by("-planned_start").first()
    )


def _to(name: str, match: Match, *args: str) -> str:
    return reverse(f"volunteers:{name}", args=[match.pk, *args])


def _asked(offer: VolunteerOffer | FamilyOffer | None, who: str) -> str:
    """ "Joan was asked on Tuesday 4 August." or what they answered, or nothing."""
    if offer is None:
        return ""
    if offer.is_open:
        return _("{who} was asked on {day} and has not answered yet.").format(who=who, day=day_in_words(offer.asked_at))
    words = _("{who} said yes on {day}.") if offer.says_yes else _("{who} said no on {day}.")
    return words.format(who=who, day=day_in_words(offer.answered_at))  # type: ignore[arg-type]


def _next(
    match: Match,
    to_volunteer: VolunteerOffer | None,
    to_family: FamilyOffer | None,
    introduction: Visit | None,
    ring: bool,
) -> tuple[Act | None, str]:
    """The one act that comes next, and where the match stands. `ring`: nobody has, since the first visit."""
    name, family = match.volunteer.display_name, str(match.family)
    if match.state in {M.SUGGESTED, M.OFFERED_TO_VOLUNTEER, M.OFFERED_TO_FAMILY}:
        told = " ".join(filter(None, [_asked(to_volunteer, name), _asked(to_family, family)]))
        return _next_answer(match, to_volunteer, to_family), told or _("Nobody has been asked yet.")
    if match.state == M.INTRODUCTION_BOOKED:
        return _next_meeting(match, introduction)
    if match.state == M.ACTIVE and to_volunteer and ring:
        return Act(_("We have talked"), _to("match-talked", match), "phone", is_sent=True), _(
            "Ring {name} and the family after the first visit: how was it for each?"
        ).format(name=name)
    if match.state == M.ACTIVE:
        return _plan_a_visit(match), ""
    if match.state == M.PAUSED:
        return Act(_("They go on"), _to("match-resume", match), "on", is_sent=True), _paused(match)
    if match.state == M.ENDING and match.ending_on and match.ending_on > london_today():
        return _plan_a_visit(match), _ending(match)
    if match.state == M.ENDING:
        return Act(_("End this match"), _to("match-end", match), "leaving"), _ending(match)
    return _next_after(match)


def _plan_a_visit(match: Match) -> Act:
    plan = reverse("families:visit-plan", args=[match.family.reference])
    return Act(_("Plan a visit"), f"{plan}?support={match.support_id}", "calendar")


def _next_answer(match: Match, to_volunteer: VolunteerOffer | None, to_family: FamilyOffer | None) -> Act:
    if to_volunteer is None:
        words = _("Ask {name}").format(name=match.volunteer.display_name)
        return Act(words, _to("match-ask", match, Side.VOLUNTEER), "send")
    if to_volunteer.is_open:
        words = _("Write down {name}’s answer").format(name=match.volunteer.display_name)
        return Act(words, _to("match-answer", match, Side.VOLUNTEER), "edit")
    if to_family is None:
        return Act(_("Ask the family"), _to("match-ask", match, Side.FAMILY), "families")
    if to_family.is_open:
        return Act(_("Write down the family’s answer"), _to("match-answer", match, Side.FAMILY), "edit")
    return Act(_("Book the introduction"), _to("match-introduction", match), "calendar")


def _next_meeting(match: Match, introduction: Visit | None) -> tuple[Act, str]:
    if introduction is None:
        return (
            Act(_("Book another time"), _to("match-introduction", match), "calendar"),
            _("The introduction did not take place, and no other time is planned."),
        )
    visit = reverse("families:visit-detail", args=[introduction.uuid])
    if introduction.was_delivered:
        words = _("They met on {day}. If it feels right to both, they begin.")
        return Act(_("They begin"), _to("match-begin", match), "joining"), words.format(
            day=day_in_words(introduction.actual_start)  # type: ignore[arg-type]
        )
    words = _("They meet on {when}; {who} comes along.").format(
        when=moment_in_words(introduction.planned_start),  # type: ignore[arg-type]
        who=introduction.worker.display_name,
    )
    if introduction.planned_start and introduction.planned_start <= timezone.now():
        return Act(_("Write down the introduction"), visit, "visit"), words
    return Act(_("Open the visit"), visit, "calendar"), words


def _paused(match: Match) -> str:
    if match.paused_until is None:
        return _("Paused, without a day of going on.")
    if match.paused_until <= london_today():
        return _("The pause was agreed until {day}.").format(day=day_in_words(match.paused_until))
    return _("Paused until {day}.").format(day=day_in_words(match.paused_until))


def _ending(match: Match) -> str:
    if match.ending_on is None:
        return ""
    return _("The last visit together is on {day}.").format(day=day_in_words(match.ending_on))


def _next_after(match: Match) -> tuple[Act | None, str]:
    if match.is_early_ending:
        days = (match.ended_on - match.started_on).days  # type: ignore[operator]
        told = ngettext(
            "It ended without a plan after {n} day. That happens, and is nobody’s failure; an early goodbye is hard"
            " for both.",
            "It ended without a plan after {n} days. That happens, and is nobody’s failure; an early goodbye is hard"
            " for both.",
            days,
        ).format(n=days)
    elif match.state == M.ENDED and match.was_planned is False:
        told = _("It ended without a plan. A call to each side helps.")
    else:
        return None, ""
    if match.after_call_on:
        return None, told
    return Act(_("We have talked with both"), _to("match-talked", match), "phone", is_sent=True), told


def _acts(
    match: Match,
    to_volunteer: VolunteerOffer | None,
    to_family: FamilyOffer | None,
    introduction: Visit | None,
    next_act: Act | None,
) -> list[Act]:
    acts = []
    if match.state in {M.OFFERED_TO_VOLUNTEER, M.OFFERED_TO_FAMILY}:
        if to_volunteer is None:
            acts.append(Act(_("Ask the volunteer"), _to("match-ask", match, Side.VOLUNTEER), "send"))
        elif to_family is None:
            acts.append(Act(_("Ask the family"), _to("match-ask", match, Side.FAMILY), "families"))
        elif to_family.is_open:
            acts.append(Act(_("Write down the family’s answer"), _to("match-answer", match, Side.FAMILY), "edit"))
    if match.state == M.INTRODUCTION_BOOKED:
        acts.append(Act(_("It does not feel right"), _to("match-stop", match), "leaf"))
    elif match.state in {M.SUGGESTED, M.OFFERED_TO_VOLUNTEER, M.OFFERED_TO_FAMILY}:
        acts.append(Act(_("Take it back"), _to("match-stop", match), "undo"))
    if match.state == M.ACTIVE:
        acts.append(Act(_("Pause"), _to("match-pause", match), "pause"))
    if match.state in {M.ACTIVE, M.PAUSED}:
        acts.append(Act(_("Plan a goodbye"), _to("match-ending", match), "leaving"))
        acts.append(Act(_("End it today"), _to("match-end", match), "end"))
    if match.state == M.ENDING:
        acts.append(Act(_("End it today"), _to("match-end", match), "end"))
        acts.append(Act(_("They go on after all"), _to("match-resume", match), "on", is_sent=True))
    return [act for act in acts if next_act is None or act.url != next_act.url]


def _wishes(user: User, match: Match) -> list[str]:
    """Who said lately that somebody else may fit better: the adults, and the volunteer; each by name."""
    since = timezone.now() - WISH_HOLDS
    ours = HowItGoes.objects.visible_to(user).filter(
        support=match.support_id, answer=MatchAnswer.SOMEBODY_ELSE, created_at__gte=since
    )
    theirs = MatchView.objects.visible_to(user).filter(
        match=match, answer=MatchAnswer.SOMEBODY_ELSE, answered_at__gte=since
    )
    # One question for both: what the adults said, and what the volunteer did.
    told = ours.values_list(
        Coalesce(NullIf("member__known_as", models.Value("")), "member__display_name"), "created_at"
    ).union(theirs.values_list("author__display_name", "answered_at"))
    said = sorted(told, key=lambda row: row[1], reverse=True)
    words = _("{name} said on {day} that somebody else may fit better.")
    return list(dict.fromkeys(words.format(name=name, day=day_in_words(london_date(when))) for name, when in said))
