"""Two who are together already, brought from paper: the match begins without being offered, under the same rules."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.clock import day_in_words, london_today
from families.models import Support
from volunteers.actions.introductions import assign, goodbye_today
from volunteers.actions.match_course import end_match
from volunteers.actions.offers import suggest_match
from volunteers.actions.pairing import MATCHED_STATES, MatchRefused, check_pair, families_now, hold_pair, say
from volunteers.models import MATCH_MACHINE, Match, MatchState, Volunteer

__all__ = ["MATCHED_STATES", "MatchRefused", "end_match", "families_now", "start_match", "suggest_match"]


@transaction.atomic
def start_match(
    *, by: User, support: Support, volunteer: Volunteer, started_on: dt.date | None = None, agreed_time: str = ""
) -> Match:
    """Put down that a volunteer and a family are together already, from a day (today by default). Gives the match.

    Creates the assignment that gives the volunteer access, and the match; the support stays where it is, because the
    introduction visit starts it. Writes the audit event `match.started`. Raises MatchRefused when the asker does not
    coordinate the service, the support does not wait or run, the volunteer is not ready or has no place, the day lies
    ahead or before the support, or the two are together already.
    """
    started_on = started_on or london_today()
    support, volunteer = hold_pair(by, support, volunteer)
    check_pair(by, support, volunteer)
    if started_on > london_today():
        raise MatchRefused({"started_on": _("Choose today or an earlier day. Access begins with the match.")})
    if started_on < support.accepted_on:
        sentence = _("This support began on {day}. A match cannot be earlier than that.")
        raise MatchRefused({"started_on": sentence.format(day=day_in_words(support.accepted_on))})
    goodbye_today(support, volunteer, started_on)
    match = Match.objects.create(
        family=support.family,
        support=support,
        volunteer=volunteer,
        assignment=assign(support, volunteer, started_on),
        state=MatchState.ACTIVE,
        started_on=started_on,
        agreed_time=agreed_time,
    )
    MATCH_MACHINE.note_start(match, by=by)
    say(by, "match.started", match, started_on=started_on.isoformat())
    return match
