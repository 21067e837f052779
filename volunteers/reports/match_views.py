"""How volunteers find it goes with a family: what they are asked on their page, and what the coordinator reads."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils import timezone

from betterstart.access.models import User
from betterstart.clock import london_date, london_today
from families.models import MatchAnswer, Review
from families.reports.review_page import VolunteersWord
from families.reports.reviews import ASKED_BEFORE
from volunteers.models import Match, MatchView


@dataclass(frozen=True)
class Asked:
    """A review before which the volunteer is asked, and what they said already."""

    review: Review
    view: MatchView | None


def to_say(user: User) -> list[Asked]:
    """For a volunteer's page: the reviews of the coming two weeks of families they visit. One question, or two."""
    mine = Match.objects.holding().filter(volunteer__user=user)
    soon = models.Q(due_on__lte=london_today() + ASKED_BEFORE)
    soon |= models.Q(booked_for__lte=timezone.now() + ASKED_BEFORE)
    rows = Review.objects.visible_to(user).open().filter(soon, support__in=mine.values("support"))
    reviews = list(rows.select_related("family").order_by("due_on", "pk")[:3])
    if not reviews:
        return []
    said = MatchView.objects.visible_to(user).filter(review__in=reviews, author=user)
    views = {view.review_id: view for view in said}
    return [Asked(review, views.get(review.pk)) for review in reviews]


def what_volunteers_say(user: User, review: Review) -> list[VolunteersWord]:
    """For whoever coordinates: every volunteer who is with the family, and what they said before this review."""
    views = list(MatchView.objects.visible_to(user).filter(review=review).select_related("author").order_by("pk"))
    said = {view.author_id for view in views}
    matches = Match.objects.visible_to(user).holding().filter(support=review.support)
    waiting = matches.exclude(volunteer__user__in=said).select_related("volunteer__user") if review.is_open else []
    return [
        *(
            VolunteersWord(
                view.author.display_name,
                str(MatchAnswer(view.answer).label),
                view.words,
                london_date(view.answered_at),
            )
            for view in views
        ),
        *(VolunteersWord(match.volunteer.display_name, "", "", None) for match in waiting),
    ]
