"""Reviews that are to be held: what Today and the pages of a support say of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import JSONObject, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.clock import LONDON, at_london, day_in_words, moment_in_words
from families.models import Review, ReviewState, Support, SupportState
from families.reports.needs import Found, Need, Urgency

R, S = ReviewState, SupportState
NOTICE = OVERDUE = dt.timedelta(days=7)
# So long before a review the volunteer is asked how it goes.
ASKED_BEFORE = dt.timedelta(weeks=2)
MOST_LISTED = 12
TOTAL = models.Window(models.Count("*"))


def coming(user: User, today: dt.date, limit: int) -> Found:
    """Reviews of this person's families that are due within a week or overdue, and those booked for today or before.

    One question to the database. A support that rests asks for none, nor does a family in silence; what was booked
    stays booked.
    """
    rows: Any = Review.objects.open().filter(support__in=Support.objects.coordinated_by(user))
    rows = rows.annotate(booked_on=TruncDate("booked_for", tzinfo=LONDON), total=TOTAL)
    due = Q(state=R.DUE, due_on__lte=today + NOTICE, family__silent_since=None) & ~Q(support__state=S.PAUSED)
    rows = rows.filter(due | Q(state=R.BOOKED, booked_on__lte=today)).select_related("family")
    found = list(rows.order_by("due_on", "pk")[:limit])
    return Found([_need(row, today) for row in found], found[0].total if found else 0)


def _need(review: Review, today: dt.date) -> Need:
    is_today = review.state == R.BOOKED and review.day == today
    if review.state == R.BOOKED and not is_today:
        reason, action = _("you wanted to look together on {day}: how did it go?"), _("Write it down")
    elif is_today:
        reason, action = _("you look together today at {time}"), _("Prepare")
    elif review.due_on + OVERDUE < today:
        reason, action = _("you wanted to look together by {day}, and no day is agreed"), _("Agree a day")
    else:
        reason, action = _("time to look together, by {day}"), _("Agree a day")
    time = moment_in_words(review.booked_for).rpartition(" ")[2] if review.booked_for else ""
    return Need(
        reason=reason.format(day=day_in_words(review.day), time=time),
        family=review.family,
        since=review.booked_for or at_london(review.due_on, dt.time()),
        url=review_url(review),
        action=action,
        urgency=Urgency.ASKED if is_today else Urgency.PROMISE,
        icon="eye",
    )


def review_url(review: Review) -> str:
    """Its page, which is the family's record."""
    return reverse("families:review", args=[review.family.reference, review.pk])


def ahead_and_before(user: User, support: Support) -> list[Review]:
    """For the page of a support: the review that is ahead, and those that were held or declined, the latest first."""
    rows = Review.objects.visible_to(user).filter(support=support).exclude(state=R.CANCELLED).select_related("family")
    return sorted(rows.order_by("-due_on", "-pk")[:MOST_LISTED], key=lambda review: not review.is_open)


def on_the_card() -> Any:
    """For the page of one family: the review that is ahead of each support, as an expression over supports."""
    rows = Review.objects.open().filter(support=models.OuterRef("pk"))
    return rows.values_list(JSONObject(pk="pk", due_on="due_on", booked_for="booked_for"))[:1]


def review_read(facts: dict[str, Any]) -> Review:
    """What `on_the_card` found, as a review that is not to be saved."""
    booked = facts["booked_for"] and dt.datetime.fromisoformat(facts["booked_for"])
    return Review(pk=facts["pk"], due_on=dt.date.fromisoformat(facts["due_on"]), booked_for=booked)


def looks_together(review: Review) -> str:
    """When a support is looked at next, in a sentence."""
    if review.booked_for:
        return _("We look together again on {when}.").format(when=moment_in_words(review.booked_for))
    return _("We look together again by {day}.").format(day=day_in_words(review.due_on))
