"""An XmR chart in words: its finding, its caption, a sentence for each signal, and its table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from betterstart.charts.measure import Measure

# A signal that ended longer ago than this many periods is no longer the finding.
RECENT = 8
NOTES_SHOWN = 5
NEEDED_FOR_LIMITS = 6
NEEDED_FOR_FULL_LIMITS = 12


class Phase(Protocol):
    """What is usual from position start to end - 1 (`kindness_metrics.measures.spc.Phase`)."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def trial(self) -> bool: ...
    @property
    def mean(self) -> float | None: ...
    @property
    def lpl(self) -> float | None: ...
    @property
    def upl(self) -> float | None: ...


class Fact(Protocol):
    @property
    def rule(self) -> str: ...
    @property
    def direction(self) -> str: ...
    @property
    def label(self) -> str: ...


class Signal(Protocol):
    @property
    def i(self) -> int: ...
    @property
    def facts(self) -> Sequence[Fact]: ...


class XmR(Protocol):
    """A worked series (`kindness_metrics.measures.spc.XmR`)."""

    @property
    def values(self) -> Sequence[float | None]: ...
    @property
    def phases(self) -> Sequence[Phase]: ...
    @property
    def signals(self) -> Sequence[Signal]: ...


@dataclass(frozen=True)
class Episode:
    """A signal as people tell it: the points from `first` to `last` that met one rule to one side."""

    rule: str
    direction: str
    label: str
    points: tuple[int, ...]

    @property
    def first(self) -> int:
        return self.points[0]

    @property
    def last(self) -> int:
        return self.points[-1]


_PLACE = {
    ("outside", "up"): gettext_lazy("above the usual range"),
    ("outside", "down"): gettext_lazy("below the usual range"),
    ("trend", "up"): gettext_lazy("part of a rise without a break"),
    ("trend", "down"): gettext_lazy("part of a fall without a break"),
    ("two_in_three", "up"): gettext_lazy("close to the top of the usual range"),
    ("two_in_three", "down"): gettext_lazy("close to the bottom of the usual range"),
    ("shift", "up"): gettext_lazy("part of a run above the average"),
    ("shift", "down"): gettext_lazy("part of a run below the average"),
}
_FINDING = {
    ("outside", "up"): gettext_lazy("%(name)s rose above the usual range in %(when)s"),
    ("outside", "down"): gettext_lazy("%(name)s fell below the usual range in %(when)s"),
    ("two_in_three", "up"): gettext_lazy("%(name)s came close to the top of the usual range in %(when)s"),
    ("two_in_three", "down"): gettext_lazy("%(name)s came close to the bottom of the usual range in %(when)s"),
    ("trend", "up"): gettext_lazy("%(name)s rose without a break from %(first)s to %(last)s"),
    ("trend", "down"): gettext_lazy("%(name)s fell without a break from %(first)s to %(last)s"),
    ("shift", "up"): gettext_lazy("%(name)s ran above the average from %(first)s to %(last)s"),
    ("shift", "down"): gettext_lazy("%(name)s ran below the average from %(first)s to %(last)s"),
}
_SENTENCE = {
    ("outside", "up"): gettext_lazy("%(span)s: %(how_long)s above the usual range"),
    ("outside", "down"): gettext_lazy("%(span)s: %(how_long)s below the usual range"),
    ("two_in_three", "up"): gettext_lazy("%(span)s: close to the top of the usual range"),
    ("two_in_three", "down"): gettext_lazy("%(span)s: close to the bottom of the usual range"),
    ("trend", "up"): gettext_lazy("%(span)s: a rise without a break, %(how_long)s long"),
    ("trend", "down"): gettext_lazy("%(span)s: a fall without a break, %(how_long)s long"),
    ("shift", "up"): gettext_lazy("%(span)s: %(how_long)s in a row above the average"),
    ("shift", "down"): gettext_lazy("%(span)s: %(how_long)s in a row below the average"),
}
_HOPED_FOR = {
    "improvement": gettext_lazy("%(told)s, as hoped."),
    "concern": gettext_lazy("%(told)s, not as hoped."),
    "neutral": gettext_lazy("%(told)s."),
}


@dataclass(frozen=True)
class Telling:
    """The words of one chart. `dates` are the first days of the periods."""

    measure: Measure
    dates: Sequence[date]
    result: XmR

    def day(self, i: int) -> str:
        return self.measure.day(self.dates, i)

    def when(self, i: int) -> str:
        return self.day(i) if self.measure.period == "month" else _("the week of %(day)s") % {"day": self.day(i)}

    def span(self, first: int, last: int) -> str:
        if first != last:
            return _("%(first)s to %(last)s") % {"first": self.day(first), "last": self.day(last)}
        return self.day(first) if self.measure.period == "month" else _("Week of %(day)s") % {"day": self.day(first)}

    def how_long(self, count: int) -> str:
        if self.measure.period == "month":
            return ngettext("%(n)s month", "%(n)s months", count) % {"n": apnumber(count)}
        return ngettext("%(n)s week", "%(n)s weeks", count) % {"n": apnumber(count)}

    @cached_property
    def phase(self) -> Phase:
        """The phase people live in now: the last."""
        return self.result.phases[-1]

    @cached_property
    def known(self) -> list[int]:
        return [i for i, value in enumerate(self.result.values) if value is not None]

    @cached_property
    def episodes(self) -> list[Episode]:
        """Signals joined to runs: neighbours of one rule and side (at most one point apart for two in three)."""
        starts = {phase.start for phase in self.result.phases}
        done: list[Episode] = []
        running: dict[tuple[str, str], Episode] = {}
        for signal in self.result.signals:
            for fact in signal.facts:
                key = (fact.rule, fact.direction)
                reach = 2 if fact.rule == "two_in_three" else 1
                before = running.get(key)
                if (
                    before
                    and signal.i - before.last <= reach
                    and not starts & set(range(before.last + 1, signal.i + 1))
                ):
                    done.remove(before)
                    joined = Episode(*key, before.label, (*before.points, signal.i))
                else:
                    joined = Episode(*key, fact.label, (signal.i,))
                running[key] = joined
                done.append(joined)
        return sorted(done, key=lambda episode: episode.last)

    def finding(self) -> str:
        name = self.measure.name
        if not self.known:
            return _("%(name)s: nothing to show yet") % {"name": name}
        if self.phase.lpl is None:
            return _("%(name)s: too early to say what is usual") % {"name": name}
        here = [episode for episode in self.episodes if episode.first >= self.phase.start]
        if not here:
            return _("%(name)s held steady") % {"name": name}
        latest = max(here, key=lambda episode: (episode.last, list(_PLACE).index((episode.rule, "up")) * -1))
        after = [i for i in self.known if i > latest.last]
        if len(after) >= RECENT:
            return _("%(name)s held steady from %(when)s on") % {"name": name, "when": self.day(after[0])}
        if latest.rule == "shift" and not after:
            return self._running_on(latest)
        if latest.rule == "outside" and len(latest.points) > 1:
            return self._stood_outside(latest)
        words = {"when": self.when(latest.last), "first": self.day(latest.first), "last": self.day(latest.last)}
        return _FINDING[latest.rule, latest.direction] % {"name": name, **words}

    def _running_on(self, episode: Episode) -> str:
        words = {"name": self.measure.name, "first": self.day(episode.first)}
        if episode.direction == "up":
            return _("%(name)s ran above the average from %(first)s on") % words
        return _("%(name)s ran below the average from %(first)s on") % words

    def _stood_outside(self, episode: Episode) -> str:
        words = {"name": self.measure.name, "first": self.day(episode.first), "last": self.day(episode.last)}
        if episode.direction == "up":
            return _("%(name)s stood above the usual range from %(first)s to %(last)s") % words
        return _("%(name)s stood below the usual range from %(first)s to %(last)s") % words

    def caption(self) -> str:
        if not self.known:
            return _("There are no figures for this time yet.")
        usual = self.measure.usual(self.phase.lpl, self.phase.upl)
        counted = [i for i in self.known if i >= self.phase.start]
        if usual is None or self.phase.mean is None:
            return _("What is usual can be told from %(needed)s with a figure; so far there are %(n)s.") % {
                "needed": self.how_long(NEEDED_FOR_LIMITS),
                "n": apnumber(len(counted)) if counted else _("none"),
            }
        outside = sum(
            any(fact.rule == "outside" for fact in signal.facts)
            for signal in self.result.signals
            if signal.i >= self.phase.start
        )
        low, high = (self.measure.figure(end) for end in usual)
        words = {
            "range": low if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high},
            "inside": len(counted) - outside,
            "total": self.how_long(len(counted)),
            "mean": self.measure.average(self.phase.mean),
        }
        told = [self._within(outside) % words, _("The average is %(mean)s.") % words]
        if self.phase.start:
            told.append(_("Counted from %(day)s on.") % {"day": self.day(self.phase.start)})
        return " ".join(told)

    def _within(self, outside: int) -> str:
        monthly = self.measure.period == "month"
        if outside == 0:
            return (
                _("Every month lies within what is usual here (%(range)s).")
                if monthly
                else _("Every week lies within what is usual here (%(range)s).")
            )
        if outside == 1:
            return (
                _("Every month but one lies within what is usual here (%(range)s).")
                if monthly
                else _("Every week but one lies within what is usual here (%(range)s).")
            )
        return _("%(inside)s of %(total)s lie within what is usual here (%(range)s).")

    def sentence(self, episode: Episode) -> str:
        """What happened, when; and whether it was hoped for, where the chart has a hoped-for direction."""
        if episode.rule == "outside" and len(episode.points) == 1:
            value = self.result.values[episode.first]
            told = _("%(span)s: %(value)s, %(place)s") % {
                "span": self.span(episode.first, episode.first),
                "value": "" if value is None else self.measure.figure(value),
                "place": _PLACE[episode.rule, episode.direction],
            }
        else:
            told = _SENTENCE[episode.rule, episode.direction] % {
                "span": self.span(episode.first, episode.last),
                "how_long": self.how_long(len(episode.points)),
            }
        return _HOPED_FOR[episode.label] % {"told": told}

    def remarks(self, reasons: Mapping[int, str]) -> list[str]:
        """What a reader must know about the lines: a fresh start, a first estimate, missing figures."""
        said = [
            _("From %(day)s on, what is usual is worked out afresh: %(reason)s")
            % {"day": self.day(phase.start), "reason": reasons[phase.start]}
            for phase in self.result.phases
            if phase.start in reasons
        ]
        if self.phase.trial:
            said.append(
                _("The usual range is a first estimate until %(full)s have a figure.")
                % {"full": self.how_long(NEEDED_FOR_FULL_LIMITS)}
            )
        missing = len(self.result.values) - len(self.known)
        if missing and self.known:
            said.append(
                ngettext(
                    "%(how_long)s has no figure: the line is broken there and a cross stands at the foot.",
                    "%(how_long)s have no figure: the line is broken there and a cross stands at the foot.",
                    missing,
                )
                % {"how_long": capfirst(self.how_long(missing))}
            )
        return said

    def columns(self) -> tuple[str, str, str]:
        return (_("Month") if self.measure.period == "month" else _("Week of"), self.measure.unit, _("What stands out"))

    @cached_property
    def rows(self) -> tuple[tuple[str, str, str], ...]:
        told = {signal.i: signal.facts for signal in self.result.signals}
        return tuple(
            (
                self.day(i),
                _("no figure") if value is None else self.measure.figure(value),
                ", ".join(str(_PLACE[fact.rule, fact.direction]) for fact in told.get(i, ())),
            )
            for i, value in enumerate(self.result.values)
        )
