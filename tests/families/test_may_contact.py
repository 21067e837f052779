"""The one function against an oracle that was written apart from it, over ten thousand people, ways and moments."""

from __future__ import annotations

import datetime as dt
import random
from itertools import count

import pytest

from families.models import ContactMethod, FamilyMember, KeptApart
from families.models.safe_contact import BY_HAND, Content, Person, may_contact
from tests.families import contact_oracle as oracle

CASES, PARTS = 10_000, 4
NUMBERS = ["07700 900123", "+44 7700 900123", "0044 7700-900123", "07700 900999"]
EMAILS = ["amina@example.org", "Amina@Example.org", "both@example.org"]
CHANNELS = ["phone", "text", "email", "post", "visit"]
SPRING, AUTUMN = dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC), dt.datetime(2026, 10, 25, 1, tzinfo=dt.UTC)
ids = count(1)


def some_moment(chance: random.Random) -> dt.datetime:
    """Often near a change of the clocks; always a half hour, or a minute beside one."""
    begin = chance.choice(
        [SPRING, AUTUMN, dt.datetime(2026, 6, 1, tzinfo=dt.UTC), dt.datetime(2026, 12, 20, tzinfo=dt.UTC)]
    )
    halves = chance.choice([chance.randrange(-6, 7), chance.randrange(-48 * 3, 48 * 3)])
    return begin + dt.timedelta(minutes=30 * halves + chance.choice([0, 0, 0, 1, 29]))


def some_value(chance: random.Random, channel: str) -> str:
    return chance.choice({"email": EMAILS, "phone": NUMBERS, "text": NUMBERS}.get(channel, [""]))


def some_row(chance: random.Random, today: dt.date, wanted: str) -> dict:
    channel = wanted if wanted and chance.random() < 0.8 else chance.choice(CHANNELS)
    asked = chance.random() < 0.85
    return {
        "channel": channel,
        "value": some_value(chance, channel),
        "safe": chance.choice(["yes"] * 8 + ["no"]) if asked else "unknown",
        "days": sorted(chance.sample(range(1, 8), chance.randrange(1, 6))) if chance.random() < 0.4 else [],
        "hours": tuple(chance.sample(range(48), 2)) if chance.random() < 0.5 else None,
        "leave": chance.random() < 0.5,
        "say": chance.random() < 0.6,
        "shared": chance.random() < 0.12,
        "review_on": today + dt.timedelta(days=chance.choice([-1, 0, 1, 40])) if chance.random() < 0.5 else None,
        "told_on": today - dt.timedelta(days=chance.choice([0, 3, 83, 84, 85])),
        "ended": chance.random() < 0.1,
    }


def some_apart(chance: random.Random) -> dict:
    never_contact = chance.random() < 0.5
    return {
        "about": chance.choice(["link", "name", "number", "other", "other"]),
        "number": chance.choice(NUMBERS),
        "never_contact": never_contact,
        "never_tell": not never_contact or chance.random() < 0.5,
        "state": chance.choice(["waiting", "stands", "stands", "lifted"]),
    }


def some_case(chance: random.Random) -> dict:
    now = some_moment(chance)
    today = oracle.london(now).date()
    channel = chance.choice([*CHANNELS, "email", "phone", BY_HAND])

    def rarely() -> bool:
        return chance.random() < 0.04

    return {
        "now": now,
        "channel": channel,
        "to": some_value(chance, channel) if chance.random() < 0.3 else "",
        "role": "child" if rarely() else chance.choice(["parent", "parent", "other_adult", "helper"]),
        "left": rarely(),
        "died": rarely(),
        "silent": rarely(),
        "hidden_home": rarely(),
        "ways": [some_row(chance, today, channel) for _each in range(chance.randrange(1, 4))],
        "others": [some_row(chance, today, channel) for _each in range(chance.choice([0, 0, 1]))],
        "apart": [some_apart(chance) for _each in range(chance.choice([0] * 6 + [1, 2]))],
        "automatic": chance.random() < 0.6,
        "asked_for": chance.random() < 0.2,
        "link": rarely(),
        "invitation": rarely(),
        "voicemail": rarely(),
        "access": rarely(),
        "names_us": rarely(),
        "says_name": rarely(),
    }


def as_way(row: dict, member: FamilyMember) -> ContactMethod:
    begin, end = row["hours"] or (None, None)
    return ContactMethod(
        pk=next(ids),
        member_id=member.pk,
        channel=row["channel"],
        value=row["value"],
        safe=row["safe"],
        safe_days=row["days"],
        safe_from=None if begin is None else dt.time(begin // 2, begin % 2 * 30),
        safe_until=None if end is None else dt.time(end // 2, end % 2 * 30),
        may_leave_message=row["leave"],
        may_say_who_we_are=row["say"],
        shared_device=row["shared"],
        review_on=row["review_on"],
        told_on=row["told_on"],
        valid_to=row["told_on"] if row["ended"] else None,
    )


def as_apart(row: dict) -> KeptApart:
    who = {"link": {"name": "Somebody", "member_id": 1}, "name": {"name": "amina  KHÁN"}, "other": {"name": "Karim"}}
    named = who.get(row["about"], {"name": "The owner of this number", "reached_at": row["number"]})
    if row["about"] == "other":
        named = named | {"member_id": 2}
    return KeptApart(**named, never_contact=row["never_contact"], never_tell=row["never_tell"], state=row["state"])


def as_person(case: dict) -> Person:
    left_on = dt.date(2026, 1, 1) if case["left"] else None
    member = FamilyMember(pk=1, display_name="Amina Khan", role=case["role"], left_on=left_on)
    other = FamilyMember(pk=2, display_name="Karim", role="parent")
    return Person(
        member=member,
        ways=[as_way(row, member) for row in case["ways"]],
        alike=[as_way(row, other) for row in case["others"]],
        kept_apart=[as_apart(row) for row in case["apart"]],
        silent=case["silent"],
        has_died=case["died"],
        home_is_hidden=case["hidden_home"],
        unsaid=["Home visiting", "Zayn"],
    )


def as_content(case: dict) -> Content:
    return Content(
        holds_link=case["link"],
        holds_invitation=case["invitation"],
        names_us=case["names_us"],
        leaves_message=case["voicemail"],
        gives_access=case["access"],
        is_automatic=case["automatic"],
        is_asked_for=case["asked_for"],
        words="See you at HOME-VISITING, zayn." if case["says_name"] else "See you on Tuesday.",
    )


@pytest.mark.parametrize("part", range(PARTS))
def test_ten_thousand_people_ways_and_moments_are_judged_as_the_notes_say(part):
    chance, wrong, seen = random.Random(f"contact {part}"), [], {"yes": 0, "later": 0, "no": 0}
    for _each in range(CASES // PARTS):
        case = some_case(chance)
        found = may_contact(as_person(case), case["channel"], case["now"], as_content(case), to=case["to"])
        expected, waits = oracle.verdict(case)
        hour = oracle.first_hour(case, waits) if expected == "later" else None
        said = "yes" if found.may else "later" if hour or found.not_before else "no"
        seen[said] += 1
        if expected == "later" and hour is None:
            expected = "no"
        if said != expected or found.not_before != hour or bool(found.why) == found.may:
            wrong.append((case, expected, hour, found))
    assert not wrong, (len(wrong), wrong[0])
    assert min(seen.values()) > CASES // PARTS / 20, seen
