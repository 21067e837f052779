"""Where a support stands against what was promised to the family, in words. Lists, pages and Today say it alike."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models.functions import JSONObject, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.clock import LONDON, day_in_words, london_date, london_today
from families.models import Support, SupportState
from families.models.support import CLOSED_STATES

S = SupportState
# Tone of a state as the tag component knows it: a word and a drawing always go with the colour.
TONES = {
    S.OFFERED: "info",
    S.GETTING_TO_KNOW: "info",
    S.WAITING: "warn",
    S.ACTIVE: "ok",
    S.PAUSED: "still",
    S.ENDING: "people",
    **dict.fromkeys(CLOSED_STATES, "still"),
}


DRAWINGS = {S.WAITING: "waiting", S.PAUSED: "pause", S.ENDING: "end", **dict.fromkeys(CLOSED_STATES, "end")}


@dataclass(frozen=True)
class Promise:
    """The facts of one support that decide whether somebody should look."""

    state: str
    service: str
    accepted_on: dt.date
    started_on: dt.date | None
    waiting_since: dt.date | None
    paused_until: dt.date | None
    ending_on: dt.date | None
    ended_on: dt.date | None
    last_contact_on: dt.date | None
    promised_every: int
    touch_on: dt.date | None
    due_on: dt.date | None

    @classmethod
    def of(cls, support: Support) -> Promise:
        """From a support read `with_promise()` and its service."""
        last = support.last_contact_at  # type: ignore[attr-defined]
        fields = {name: getattr(support, name) for name in _PLAIN}
        return cls(**fields, service=support.service.name, last_contact_on=last and london_date(last))

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> Promise:
        """From what `AS_JSON` gives inside another query."""
        days: dict[str, Any] = {
            name: dt.date.fromisoformat(value) if value and name.endswith(("_on", "_since", "_until")) else value
            for name, value in facts.items()
        }
        return cls(**days)

    @property
    def state_word(self) -> str:
        return str(SupportState(self.state).label)

    @property
    def tone(self) -> str:
        return TONES[SupportState(self.state)]

    @property
    def drawing(self) -> str:
        """The icon of the state; empty for the one that goes with its tone."""
        return DRAWINGS.get(SupportState(self.state), "")

    @property
    def days_late(self) -> int:
        """Days since the promise was broken; 0 while it is kept."""
        return max(0, (london_today() - self.due_on).days) if self.due_on else 0

    @property
    def is_broken(self) -> bool:
        return self.days_late > 0

    @property
    def promise_words(self) -> str:
        """ "every week", "every 3 weeks", "every 10 days"."""
        days = self.promised_every
        if days % 7:
            return ngettext("every day", "every {n} days", days).format(n=days)
        return ngettext("every week", "every {n} weeks", days // 7).format(n=days // 7)

    @property
    def sentence(self) -> str:
        """The reason to look, or how things stand: "not seen for 24 days · promised every week"."""
        if self.state in CLOSED_STATES:
            return _("since {day}").format(day=day_in_words(self.ended_on)) if self.ended_on else ""
        if self.state == S.PAUSED and self.paused_until:
            words = _("should have started again on {day}") if self.is_broken else _("starts again on {day}")
            return words.format(day=day_in_words(self.paused_until))
        parts = [self._stage(), self.contact_words]
        if self.touch_on and self.touch_on == self.due_on:
            words = (
                _("we said we would be in touch on {day}")
                if self.touch_on <= london_today()
                else _("in touch again on {day}")
            )
            parts.append(words.format(day=day_in_words(self.touch_on)))
        elif self.is_broken or self.state == S.ACTIVE:
            parts.append(_("promised {every}").format(every=self.promise_words))
        return " · ".join(filter(None, parts))

    def _stage(self) -> str:
        if self.state == S.WAITING:
            days = (london_today() - (self.waiting_since or self.accepted_on)).days
            return ngettext("waiting {n} day for a volunteer", "waiting {n} days for a volunteer", days).format(n=days)
        if self.state in {S.OFFERED, S.GETTING_TO_KNOW}:
            days = (london_today() - self.accepted_on).days
            return ngettext("with us for {n} day", "with us for {n} days", days).format(n=days)
        if self.state == S.ENDING and self.ending_on:
            return _("last visit {day}").format(day=day_in_words(self.ending_on))
        return ""

    @property
    def contact_words(self) -> str:
        """ "not seen yet", "seen 5 days ago"."""
        if self.last_contact_on is None:
            return _("not seen yet")
        days = (london_today() - self.last_contact_on).days
        if days <= 0:
            return _("seen today")
        if self.is_broken:
            return ngettext("not seen for {n} day", "not seen for {n} days", days).format(n=days)
        return ngettext("seen {n} day ago", "seen {n} days ago", days).format(n=days)


_PLAIN = (
    "state",
    "accepted_on",
    "started_on",
    "waiting_since",
    "paused_until",
    "ending_on",
    "ended_on",
    "promised_every",
    "touch_on",
    "due_on",
)
AS_JSON = JSONObject(
    **{name: name for name in _PLAIN},
    service="service__name",
    last_contact_on=TruncDate(models.F("last_contact_at"), tzinfo=LONDON),
)
