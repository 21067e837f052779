"""What one adult says at a review of how it goes with the volunteer, and the copy they take home."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import london_today
from families.actions.editing import save_edit
from families.actions.family import NotYourService
from families.actions.own_words import listen, note, write_words
from families.actions.review import ReviewRefused
from families.models import (
    CopyOutcome,
    FamilyMember,
    HowItGoes,
    MatchAnswer,
    Review,
    ReviewPart,
    ReviewState,
    Sayable,
    Support,
)

# A word that comes a few days late still belongs to the review.
STILL_ASKED = dt.timedelta(weeks=4)


def may_answer(review: Review) -> bool:
    """Whether somebody may still be asked at this review: until four weeks after it was held."""
    if review.state == ReviewState.HELD and review.held_on:
        return london_today() <= review.held_on + STILL_ASKED
    return review.is_open


@transaction.atomic
def say_how_it_goes(
    *,
    by: User | None,
    review: Review,
    adult: FamilyMember,
    answer: str,
    words: str = "",
    language: str = "",
    interpreter: str = "",
) -> HowItGoes:
    """Write down what one adult says of how it goes with the volunteer, in their words, and give the row.

    `by` is whoever writes it down for them; None where they do so on their own page. What they said before stays, and
    counts no more. Writes "review.match_answered", without the answer. Raises NotYourService, PlanRefused,
    ReviewRefused.
    """
    support = Support.objects.get(pk=review.support_id)
    day = listen(by=by, support=support, adult=adult, on=None)
    if not may_answer(review):
        raise ReviewRefused(_("This review is closed. Ask again at the next one."))
    if answer not in MatchAnswer.values:
        raise ReviewRefused({"answer": _("Choose what comes closest.")})
    said = None
    if words.strip():
        said = write_words(
            by=by, support=support, adult=adult, kind=Sayable.MATCH, words=words, language=language, day=day,
            interpreter=interpreter,
        )  # fmt: skip
    row = HowItGoes.objects.create(
        review=review,
        support=support,
        family_id=support.family_id,
        member=adult,
        answer=answer,
        said=said,
        happened_on=day,
        recorded_by=by,
    )
    note(by, row, "review.match_answered")
    return row


@transaction.atomic
def note_copy(*, by: User, part: ReviewPart, version: int, outcome: str) -> ReviewPart:
    """Note that an adult has their copy, or did not want one, and give their part. Writes "review.copy".

    Raises NotYourService, ReviewRefused, StaleEdit.
    """
    if not Support.objects.coordinated_by(by).filter(pk=part.support_id).exists():
        raise NotYourService
    if outcome not in CopyOutcome.values:
        raise ReviewRefused({"outcome": _("Choose what comes closest.")})
    if save_edit(part, version=version, copy=outcome, copy_on=london_today()):
        family = part.family
        details = {"adult": str(part.member.uuid), "outcome": outcome}
        record(by=by, verb="review.copy", target=part, label=family.reference, family_id=family.pk, details=details)
    return part
