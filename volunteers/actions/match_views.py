"""What a volunteer says, before a review, of how it goes with a family."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from families.models import MatchAnswer, Review
from volunteers.models import Match, MatchView


class MatchViewRefused(ValidationError):
    """This cannot be said, or not by this person."""


@transaction.atomic
def say_how_it_goes(*, by: User, review: Review, answer: str, words: str = "") -> MatchView:
    """Keep what a volunteer says of their match before this review, and give it; said again, the newest counts.

    Writes "match.viewed", without the answer. Raises MatchViewRefused where the review is over or they are not
    matched in its support.
    """
    match = Match.objects.holding().filter(support=review.support_id, volunteer__user=by).first()
    if match is None:
        raise MatchViewRefused(_("Only the volunteer who visits this family is asked here."))
    stored = Review.objects.visible_to(by).open().select_for_update(of=("self",)).filter(pk=review.pk).first()
    if stored is None:
        raise MatchViewRefused(_("This review is over. You are asked again before the next one."))
    if answer not in MatchAnswer.values:
        raise MatchViewRefused({"answer": _("Choose what comes closest.")})
    of = {"match": match, "support": match.support, "family": match.family}
    view, _is_new = MatchView.objects.update_or_create(
        review=review,
        author=by,
        defaults={"answer": answer, "words": words} | of,
    )
    family = match.family
    record(by=by, verb="match.viewed", target=view, label=family.reference, family_id=family.pk)
    return view
