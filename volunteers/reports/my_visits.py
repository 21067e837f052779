"""A volunteer's first page: the next visit, the check-in that waits, and who is there for the volunteer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import models
from django.db.models.functions import JSONObject
from django.utils import timezone

from betterstart.access.models import User
from betterstart.transitions.models import Transition
from families.models import FamilyReply, GroupSession, Visit, VisitState
from families.reports.groups import next_session
from families.reports.replies import said_to
from volunteers.models import CallRequest, CheckIn, CheckInNote, Match, NoteKind, SupervisionPart
from volunteers.reports.before import Visiting, visiting
from volunteers.reports.match_views import Asked, to_say
from volunteers.reports.my_offers import MyOffers, my_offers
from volunteers.reports.supervision_pages import talks_waiting
from volunteers.reports.thanks import Thanked, new_thanks

MOST_AHEAD = 6
MOST_WAITING = 5
PAGE = 20
NEWS_FOR = dt.timedelta(days=14)


@dataclass(frozen=True)
class MyVisits:
    first_name: str
    next: Visiting | None
    later: list[Visit]
    waiting: list[Visit]
    """Visits without a check-in, the latest first."""
    news: list[CheckInNote]
    """What a coordinator wrote back lately, and questions not answered yet."""
    said: list[FamilyReply]
    """What families said lately about one's own notes."""
    taken_out: list[Visit]
    """Visits that somebody else took out lately as entered by mistake: `out` says who, and why."""
    matches: list[Match]
    """Those that hold, and those whose last day is today."""
    call: CallRequest | None
    group: GroupSession | None
    """The next session of a group they run."""
    talks: list[SupervisionPart]
    """Supervision that waits to be confirmed, or is planned."""
    asked: list[Asked]
    """Families that are looked at soon: how does it go with them?"""
    thanks: list[Thanked]
    """What they were thanked for and have not read yet."""
    offers: MyOffers

    @property
    def without_plan(self) -> list[Match]:
        """Where the two go on, and no visit is planned."""
        planned = {visit.support_id for visit in (*self.later, *([self.next.visit] if self.next else []))}
        return [match for match in self.matches if match.is_active and match.support_id not in planned]


def my_visits(user: User) -> MyVisits:
    """Everything for one volunteer's page, by a fixed number of questions to the database."""
    now = timezone.now()
    mine = Visit.objects.visible_to(user).filter(worker=user).select_related("family", "support__service")
    ahead = list(mine.planned().filter(planned_end__gt=now).order_by("planned_start", "pk")[:MOST_AHEAD])
    return MyVisits(
        first_name=user.display_name.split()[0],
        next=visiting(ahead[0]) if ahead else None,
        later=ahead[1:],
        waiting=waiting_for_check_in(user)[:MOST_WAITING],
        news=_news(user, now),
        said=list(said_to(user, now - NEWS_FOR)[:3]),
        taken_out=_taken_out(user, now),
        matches=list(
            Match.objects.visible_to(user)
            .together()
            .filter(volunteer__user=user)
            .select_related("family", "support__service")
            .order_by("started_on", "pk")
        ),
        call=CallRequest.objects.visible_to(user).open().filter(volunteer__user=user).first(),
        group=next_session(user),
        talks=talks_waiting(user),
        asked=to_say(user),
        thanks=new_thanks(user),
        offers=my_offers(user),
    )


def waiting_for_check_in(user: User) -> list[Visit]:
    """Visits that should have ended, or are on record, and have no check-in yet; only as old as may be recorded."""
    mine = Visit.objects.visible_to(user).filter(worker=user, check_in=None).with_happened_at()
    over = models.Q(state=VisitState.PLANNED, planned_end__lte=timezone.now()) | models.Q(state=VisitState.DELIVERED)
    rows = mine.filter(over).select_related("family", "support__service").order_by("-happened_at", "-pk")  # type: ignore[misc]
    return [row for row in rows[: MOST_WAITING * 2] if _recordable(row)]


def _recordable(visit: Visit) -> bool:
    age = timezone.now() - (visit.when or timezone.now())
    return age.days <= visit.support.service.late_visit_days


def _news(user: User, now: dt.datetime) -> list[CheckInNote]:
    """Questions not answered yet before anything else; then what came back and was not opened yet, or came lately."""
    notes = CheckInNote.objects.filter(check_in__in=CheckIn.objects.visible_to(user).filter(author=user))
    back = models.Q(kind__in=[NoteKind.REPLY, NoteKind.THANKS])
    lately = back & (models.Q(created_at__gte=now - NEWS_FOR) | models.Q(seen_at=None))
    rows = notes.filter(models.Q(pk__in=notes.open_questions().values("pk")) | lately)
    waits = models.Case(models.When(kind=NoteKind.QUESTION, then=0), default=1)
    return list(rows.select_related("author", "check_in__visit__family").order_by(waits, "-pk")[:3])


def _taken_out(user: User, now: dt.datetime) -> list[Visit]:
    told = Transition.objects.filter(machine="visit", subject_id=models.OuterRef("pk"), to_state=VisitState.WITHDRAWN)
    told = told.filter(happened_at__gte=now - NEWS_FOR).exclude(by=user)
    out = models.Subquery(told.values_list(JSONObject(who="by__display_name", why="note"))[:1])
    rows = Visit.objects.visible_to(user).filter(worker=user, state=VisitState.WITHDRAWN).annotate(out=out)
    return list(rows.exclude(out=None).select_related("family").order_by("-pk")[:3])


def my_check_ins(user: User, before: str = "") -> tuple[list[CheckIn], str]:
    """One page of one's own check-ins, the latest first, each with how many notes came back; and the next key."""
    rows = CheckIn.objects.visible_to(user).standing().filter(author=user).select_related("visit__family")
    if before.isascii() and before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    rows = rows.annotate(notes_count=models.Count("notes")).order_by("-pk")
    page: list[CheckIn] = list(rows[: PAGE + 1])
    return page[:PAGE], str(page[PAGE - 1].pk) if len(page) > PAGE else ""
