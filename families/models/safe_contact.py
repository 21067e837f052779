"""May we contact this person, on this channel, now, with this content? One function answers; everything asks it.

`may_contact` is pure: it judges rows that were read already (`people_to_reach` in families.models.reaching reads them).
Whoever may not be contacted now because of the hour may be at `Verdict.not_before`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from betterstart.clock import LONDON
from families.models.contact import Channel, ContactMethod, Safe, as_reached
from families.models.family import fold
from families.models.kept_apart import KeptApart
from families.models.member import ADULT_ROLES, FamilyMember

BY_HAND = ""
"""The channel of what is put into somebody's hands."""
WRITTEN = frozenset({Channel.TEXT, Channel.EMAIL, Channel.POST})
RINGS = frozenset({Channel.PHONE, Channel.TEXT, Channel.EMAIL})
ONE_DEVICE = frozenset({Channel.PHONE, Channel.TEXT})
"""Calls and text messages of one number reach one device."""
# Nothing automatic rings in these hours, whatever else is allowed.
QUIET_FROM, QUIET_UNTIL = dt.time(20), dt.time(8)
LOOKED_AHEAD_DAYS = 15
ASKED_HOLDS = dt.timedelta(weeks=12)
"""How long what somebody said is safe counts, where no other day was agreed."""
CLOCKS_CHANGE_AT = dt.time(1)
"""In UTC, in spring and in autumn."""
LINK = re.compile(r"https?:|www\.", re.IGNORECASE)
INVITATION = re.compile(r"BEGIN:VCALENDAR", re.IGNORECASE)


@dataclass(frozen=True)
class Content:
    """What would reach them, and how it comes about."""

    holds_link: bool = False
    holds_invitation: bool = False
    """An invitation for a calendar, which others who share it read."""
    names_us: bool = False
    leaves_message: bool = False
    """It stays on an answering machine."""
    gives_access: bool = False
    """A link to Our page, or an answer to somebody who asks to read what is kept."""
    is_automatic: bool = True
    """Nobody of us does it by hand just now."""
    is_asked_for: bool = False
    """They asked for it a moment ago, so the quiet hours of the night do not hold it back; their own hours do."""
    words: str = ""
    """Everything that could be read: sender, subject, preview and text."""

    @classmethod
    def of(cls, *words: str, **facts: bool) -> Content:
        """The content of a message, as its words show it: nobody can forget to say that it holds a link."""
        text = "\n".join(words)
        return cls(
            holds_link=bool(LINK.search(text)), holds_invitation=bool(INVITATION.search(text)), words=text, **facts
        )


@dataclass(frozen=True)
class Person:
    """One person, and all that decides whether they may be contacted."""

    member: FamilyMember
    ways: Sequence[ContactMethod] = ()
    """Theirs, those that are not used any more among them."""
    alike: Sequence[ContactMethod] = ()
    """Of other people, or as other services keep them: what stands for a number or an address of this person too."""
    kept_apart: Sequence[KeptApart] = ()
    """Whom somebody of this family must never be in contact with, or never be told of."""
    silent: bool = False
    has_died: bool = False
    home_is_hidden: bool = False
    unsaid: Sequence[str] = ()
    """Names of services and children, and addresses: nothing of it is written unless the person chose that."""


@dataclass(frozen=True)
class Verdict:
    may: bool
    why: str = ""
    """Why not, in a sentence."""
    not_before: dt.datetime | None = None
    """Where only the hour is wrong: when it may be."""
    way: ContactMethod | None = None
    """The number or address to use."""
    mind: Sequence[str] = field(default=())
    """What to mind when one does it, in a few words each, the most important first."""

    @property
    def may_later(self) -> bool:
        """Now, or at a better hour."""
        return self.may or self.not_before is not None


def may_contact(
    person: Person, channel: str, now: dt.datetime, content: Content | None = None, *, to: str = ""
) -> Verdict:
    """Whether this person may be contacted on this channel at this moment with this content.

    `to` narrows it to one number or address. Of several the first that may be used is given as `way`.
    """
    content = content or Content()
    if why := _why_not_them(person, channel, content):
        return Verdict(may=False, why=why)
    if channel == BY_HAND:
        return Verdict(may=True)
    if channel == Channel.POST and person.home_is_hidden:
        return Verdict(may=False, why=_("Their address is hidden: nothing is sent there by post."))
    ways = [way for way in person.ways if way.channel == channel and way.valid_to is None and _is(way, to)]
    if not ways:
        words = _("We do not use this for {name}, or know of none.")
        return Verdict(may=False, why=words.format(name=person.member))
    verdicts = [_judge(person, way, now, content) for way in ways]
    return min(verdicts, key=_best_first)


def may_contact_all(
    people: Iterable[Person], channel: str, now: dt.datetime, content: Content | None = None
) -> Verdict:
    """Whether one thing may go to all of these together: a letter to a couple needs the yes of each."""
    verdicts = [may_contact(person, channel, now, content) for person in people]
    if not verdicts:
        return Verdict(may=False, why=_("Say for whom it is."))
    return max(verdicts, key=_best_first)


def names_in(words: str, unsaid: Iterable[str]) -> list[str]:
    """Which of these names and addresses stand in the words, however they are written."""
    text = f" {fold(words).replace('.', ' ')} "
    solid = " ".join(text.split())
    found = []
    for name in unsaid:
        folded = " ".join(fold(name).replace(".", " ").split())
        if folded and f" {folded} " in f" {solid} ":
            found.append(name)
    return found


def asked_until(way: ContactMethod) -> dt.date:
    """The last day on which what they said is safe still counts."""
    return way.review_on or way.told_on + ASKED_HOLDS


def must_be_asked(way: ContactMethod, today: dt.date) -> bool:
    """Nobody has asked whether it is safe, or so long ago that it must be asked again."""
    return way.safe == Safe.UNKNOWN or asked_until(way) < today


def is_within(way: ContactMethod, moment: dt.datetime) -> bool:
    """Whether this moment lies in the days and hours this person named, by the clock in London.

    From the first minute up to, not including, the last. Hours over midnight belong to the day they begin on.
    """
    there = moment.astimezone(LONDON)
    day, clock = there.isoweekday(), there.time()
    if way.safe_from is None or way.safe_until is None:
        return not way.safe_days or day in way.safe_days
    if way.safe_from < way.safe_until:
        return way.safe_from <= clock < way.safe_until and (not way.safe_days or day in way.safe_days)
    if clock >= way.safe_from:
        return not way.safe_days or day in way.safe_days
    before = (day - 2) % 7 + 1
    return clock < way.safe_until and (not way.safe_days or before in way.safe_days)


# Who


def _why_not_them(person: Person, channel: str, content: Content) -> str:
    member, is_sent = person.member, content.is_automatic or channel in WRITTEN
    names = {"name": member}
    if person.has_died:
        return _("{name} has died.").format(**names)
    if member.left_on is not None:
        return _("{name} is not part of this family any more.").format(**names)
    if member.role not in ADULT_ROLES:
        return _("Nobody writes to a child or calls it.")
    theirs = _about_them(person)
    if any(row.never_contact for row in theirs):
        return _("Never contact {name}.").format(**names)
    if theirs and (is_sent or content.gives_access):
        return _("Never tell {name} anything of this family.").format(**names)
    if (is_sent or content.gives_access) and any(row.waits for row in person.kept_apart):
        return _("A safeguarding lead must look first: somebody near this family must not be told.")
    return _("The family is left in silence.") if person.silent and is_sent else ""


def _about_them(person: Person) -> list[KeptApart]:
    return [row for row in person.kept_apart if row.is_in_force and row.is_about(person.member, person.ways)]


# Which way


def _is(way: ContactMethod, to: str) -> bool:
    if not to:
        return True
    return way.value == to or (bool(as_reached(way.channel, to)) and _reached(way) == as_reached(way.channel, to))


def _reached(way: ContactMethod) -> str:
    return as_reached(way.channel, way.value)


def _same(person: Person, way: ContactMethod) -> list[ContactMethod]:
    """Every row that stands for the same way: of this person, or of anybody where it is one number or address."""
    own = [row for row in person.ways if row.valid_to is None and row.channel == way.channel and row is not way]
    others = [row for row in person.alike if row.valid_to is None and row.channel == way.channel]
    if way.channel not in RINGS:
        return [way, *own, *(row for row in others if row.member_id == person.member.pk)]
    reached = _reached(way)
    if not reached:
        return [way, *(row for row in own if row.value == way.value)]
    return [way, *(row for row in (*own, *others) if _reached(row) == reached)]


def _is_shared(person: Person, way: ContactMethod, same: Sequence[ContactMethod]) -> bool:
    """Somebody else may read it: noted here, or beside the same number used for calls or for texts."""
    if any(row.shared_device for row in same):
        return True
    if way.channel not in ONE_DEVICE:
        return False
    rows = [row for row in (*person.ways, *person.alike) if row.valid_to is None and row.channel in ONE_DEVICE]
    reached = _reached(way)
    return bool(reached) and any(row.shared_device for row in rows if _reached(row) == reached)


def _judge(person: Person, way: ContactMethod, now: dt.datetime, content: Content) -> Verdict:
    same = _same(person, way)
    shared = _is_shared(person, way, same)
    mind = _to_mind(person, same, shared, now)
    if why := _why_not_this(person, way, same, shared, now, content):
        return Verdict(may=False, why=why, way=way, mind=mind)
    keeps_quiet = content.is_automatic and not content.is_asked_for and way.channel in RINGS
    if _suits(same, now, keeps_quiet):
        return Verdict(may=True, way=way, mind=mind)
    later = _next_hour(same, now, keeps_quiet)
    if later is None:
        why = _("There is no hour at which it would be safe.")
    elif all(is_within(row, now) for row in same):
        why = _("It waits until the morning.")
    else:
        why = _("It is not an hour at which it is safe.")
    return Verdict(may=False, why=why, not_before=later, way=way, mind=mind)


def _why_not_this(
    person: Person, way: ContactMethod, same: Sequence[ContactMethod], shared: bool, now: dt.datetime, content: Content
) -> str:
    """Why this number or address may not be used for this, whatever the hour."""
    if any(row.safe == Safe.NO for row in same):
        return _("They asked us not to use this.")
    today = now.astimezone(LONDON).date()
    is_sent = content.is_automatic or way.channel in WRITTEN
    if is_sent and any(must_be_asked(row, today) for row in same):
        return _("Nobody has asked whether this is safe, or not for a long time.")
    if shared and way.channel in WRITTEN:
        return _("Somebody else may read it: only calls are safe there.")
    if shared and (content.holds_link or content.holds_invitation):
        return _("Somebody else may see it: no links and no invitations go there.")
    if content.leaves_message and not all(row.may_leave_message for row in same):
        return _("Do not leave a message.")
    if all(row.may_say_who_we_are for row in same):
        return ""
    if content.names_us:
        return _("They have not said that we may say who we are.")
    if found := names_in(content.words, person.unsaid):
        return _("It names what must not be read there: {names}.").format(names=", ".join(found))
    return ""


def _to_mind(person: Person, same: Sequence[ContactMethod], shared: bool, now: dt.datetime) -> list[str]:
    way = same[0]
    said = [_("Tell them nothing of this family")] if _about_them(person) else []
    if way.channel == Channel.PHONE and not all(row.may_leave_message for row in same):
        said.append(_("Do not leave a message"))
    if shared:
        said.append(_("Somebody else may see or hear it"))
    if way.channel in {*ONE_DEVICE, Channel.VISIT} and not all(row.may_say_who_we_are for row in same):
        said.append(_("Do not say who we are"))
    if any(must_be_asked(row, now.astimezone(LONDON).date()) for row in same):
        said.append(_("Ask whether this is safe"))
    return said


# When


def quiet_until(moment: dt.datetime) -> dt.datetime | None:
    """In the quiet hours, when they end; else nothing."""
    there = moment.astimezone(LONDON)
    if QUIET_UNTIL <= there.time() < QUIET_FROM:
        return None
    day = there.date() + dt.timedelta(days=there.time() >= QUIET_FROM)
    return dt.datetime.combine(day, QUIET_UNTIL, tzinfo=LONDON).astimezone(dt.UTC)


def _suits(same: Sequence[ContactMethod], moment: dt.datetime, keeps_quiet: bool) -> bool:
    return not (keeps_quiet and quiet_until(moment)) and all(is_within(row, moment) for row in same)


def _next_hour(same: Sequence[ContactMethod], now: dt.datetime, keeps_quiet: bool) -> dt.datetime | None:
    """The first moment after `now` that suits everybody; None where none comes in the next two weeks.

    Something can only begin to suit at midnight, at the beginning of somebody's hours, at the end of the quiet ones,
    or when the clocks change.
    """
    clocks = {dt.time(), QUIET_UNTIL, *(row.safe_from for row in same if row.safe_from)}
    today = now.astimezone(LONDON).date()
    for day in (today + dt.timedelta(days=ahead) for ahead in range(LOOKED_AHEAD_DAYS)):
        moments = [
            dt.datetime.combine(day, clock.replace(fold=fold), tzinfo=LONDON).astimezone(dt.UTC)
            for clock in clocks
            for fold in (0, 1)
        ]
        moments.append(dt.datetime.combine(day, CLOCKS_CHANGE_AT, tzinfo=dt.UTC))
        for moment in sorted(set(moments)):
            if moment > now and _suits(same, moment, keeps_quiet):
                return moment
    return None


def _best_first(verdict: Verdict) -> tuple[bool, bool, dt.datetime]:
    """Of several verdicts the one that lets most: now, later, never."""
    return not verdict.may, verdict.not_before is None, verdict.not_before or dt.datetime.min.replace(tzinfo=dt.UTC)
