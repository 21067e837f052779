"""Whom a coordinator chooses for a family, and why: written down as it was decided."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import london_today
from families.models import Support
from volunteers.actions.offers import suggest_match
from volunteers.actions.pairing import MATCHED_STATES, MatchRefused
from volunteers.models import LookedAgain, MatchDecision, Volunteer

LOOK_AGAIN_AFTER = dt.timedelta(weeks=4)


@transaction.atomic
def decide_match(
    *,
    by: User,
    support: Support,
    volunteer: Volunteer | None,
    why: str,
    family_said: str,
    look_again_if: str,
    look_again_on: dt.date,
    shown: dict[str, Any],
) -> MatchDecision:
    """Write down whom `by` chooses for this support (None: none of these), and give the decision.

    Somebody chosen is suggested: the match is made, nobody is told yet. `shown` is what lay before the coordinator.
    Writes "match.decided". Raises MatchRefused where the asker does not coordinate the service, the support does not
    wait or run, a field is empty or the day is not ahead, and whatever `suggest_match` refuses (no place left, not
    ready any more, asked already).
    """
    if not Support.objects.coordinated_by(by).filter(pk=support.pk).exists():
        raise MatchRefused(_("You do not coordinate this service."))
    if support.state not in MATCHED_STATES:
        sentence = _("A match begins while a family waits for a volunteer or is visited. This support is: {now}.")
        raise MatchRefused(sentence.format(now=support.get_state_display()))
    words = {"why": why, "family_said": family_said, "look_again_if": look_again_if}
    _check_words(words)
    _check_ahead("look_again_on", look_again_on)
    match = suggest_match(by=by, support=support, volunteer=volunteer) if volunteer else None
    decision = MatchDecision.objects.create(
        support=support,
        service=support.service,
        volunteer=volunteer,
        match=match,
        look_again_on=look_again_on,
        shown=shown,
        by=by,
        **words,
    )
    family = support.family
    details = {"volunteer": volunteer.pk if volunteer else None, "could": shown.get("could")}
    record(by=by, verb="match.decided", target=decision, label=family.reference, family_id=family.pk, details=details)
    return decision


@transaction.atomic
def look_again(*, by: User, decision: MatchDecision, found: str, next_on: dt.date | None = None) -> LookedAgain:
    """Write down what came of looking at a decision again, and give it; `next_on`: the day of the next look, if any.

    Writes "match.looked_again". Raises MatchRefused where the asker does not coordinate the service, nothing is
    written, or the day is not ahead.
    """
    if not MatchDecision.objects.visible_to(by).filter(pk=decision.pk).exists():
        raise MatchRefused(_("You do not coordinate this service."))
    _check_words({"found": found})
    if next_on:
        _check_ahead("next_on", next_on)
    of = {"decision": decision, "service_id": decision.service_id, "by": by}
    look = LookedAgain.objects.create(found=found, next_on=next_on, **of)
    family = decision.support.family
    record(by=by, verb="match.looked_again", target=look, label=family.reference, family_id=family.pk)
    return look


def _check_words(words: dict[str, str]) -> None:
    if empty := [name for name, said in words.items() if not said.strip()]:
        raise MatchRefused({name: _("Please write a sentence or two.") for name in empty})


def _check_ahead(field: str, day: dt.date) -> None:
    if day <= london_today():
        raise MatchRefused({field: _("Choose a day that is still ahead.")})
