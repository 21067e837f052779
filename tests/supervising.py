"""Talks with volunteers for tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from betterstart.access.models import User
from volunteers.models import Supervision, SupervisionAction, SupervisionNote, SupervisionPart, Volunteer


def a_talk(by: User, *people: Volunteer | User, days_ago: float = 1, state: str = "held", **fields: Any) -> Supervision:
    """Supervision by this person: with words about `strengths` and a `match`, each one’s own words, and an action."""
    match, strengths = fields.pop("match", None), fields.pop("strengths", "")
    at = timezone.now().replace(second=0, microsecond=0) - dt.timedelta(days=days_ago)
    fields.setdefault("kind", "one_to_one")
    is_held = state in {"held", "confirmed"}
    when = {"held_at": at, "minutes": 45} if is_held else {"planned_at": at}
    rows = [row if isinstance(row, Volunteer) else None for row in people]
    organisation = rows[0].organisation if rows[0] else by.memberships.get().organisation
    row = Supervision.objects.create(organisation=organisation, supervisor=by, state=state, **when | fields)
    for person, volunteer in zip(people, rows, strict=True):
        account = volunteer.account if volunteer else person
        part = row.parts.create(person=account, volunteer=volunteer, supervisor=by)
        if is_held:
            row.notes.create(topic="own", part=part, words="I was glad to talk.", author=account)
    if strengths:
        row.notes.create(topic="strengths", words=strengths, author=by)
    if match:
        row.notes.create(topic="match", match=match, words="It goes well.", author=by)
    if is_held:
        row.agreed.create(what="Ask about the course", doer="person")
    return row


def forget_talks() -> None:
    """For tests that begin with nobody having talked."""
    for model in (SupervisionAction, SupervisionNote, SupervisionPart, Supervision):
        model.objects.all().delete()
