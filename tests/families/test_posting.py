"""Letters by post: over many households none goes to the wrong person or an address that is over or hidden."""

from __future__ import annotations

import datetime as dt
import random
from itertools import count

from betterstart.clock import at_london, london_today
from families.actions.contact import edit_address
from families.actions.ending import take_step
from families.actions.merge import merge_families, separate_families
from families.models import Address, ContactMethod, EndingStep, FamilyMember, PostedLetter, Support
from families.models.posted_letter import where_to_post
from families.models.safe_contact import Content, Person, may_contact_all, names_in
from tests import factories
from tests.families.test_family_page import text

NOW = at_london(dt.date(2026, 11, 25), dt.time(11))
DAY = NOW.date()
SURNAMES, FIRST = ["Khan", "Khan", "Begum", "Nowak"], ["Amina", "Karim", "Zofia", "Adam"]
STREETS = ["1 High Street", "1 High Street", "14 Back Lane", "3 Mill Row", "9 The Grove"]
ids = count(1)


def some_history(chance: random.Random, family: int) -> list[Address]:
    """Homes of one family over the years: some over, some hidden, now and then two at once, or half of one."""
    rows = []
    for number in range(chance.choice([0, 1, 1, 2, 3])):
        kind = chance.choice(["home"] * 12 + ["temporary", "confidential", "no_fixed_abode"])
        over = chance.random() < (0.9 if number else 0.15)
        lines = "" if kind == "no_fixed_abode" or chance.random() < 0.05 else chance.choice(STREETS)
        rows.append(
            Address(
                pk=next(ids),
                family_id=family,
                kind=kind,
                lines=lines,
                postcode=chance.choice(["BD7 2AA", "BD5 0AA"]),
                valid_to=DAY - dt.timedelta(days=chance.randrange(0, 900)) if over else None,
            )
        )
    return rows


def some_adult(chance: random.Random, family: int, homes: list[Address]) -> Person:
    left = chance.random() < 0.15
    name = f"{chance.choice(FIRST)} {chance.choice(SURNAMES)}"
    member = FamilyMember(
        pk=next(ids), family_id=family, display_name=name, role="parent", left_on=DAY if left else None
    )
    safe = chance.choice(["yes"] * 10 + ["no", "unknown"])
    way = ContactMethod(pk=next(ids), family_id=family, member_id=member.pk, channel="post", safe=safe, told_on=DAY)
    hidden = any(home.kind == "confidential" and home.valid_to is None for home in homes)
    return Person(member=member, ways=[way], home_is_hidden=hidden)


def expected(person: Person, homes: list[Address]) -> tuple[str, str] | None:
    """Said again from the notes: their own name, at the one whole address that holds, after their yes."""
    now = [(home.kind, home.lines, home.postcode) for home in homes if not home.valid_to]
    said_yes = [way.safe for way in person.ways] == ["yes"]
    if person.member.left_on or not said_yes or len(now) != 1:
        return None
    kind, lines, postcode = now[0]
    return (person.member.display_name, f"{lines}, {postcode}") if lines and kind in {"home", "temporary"} else None


def test_letters_of_five_hundred_households_name_the_right_person_at_the_right_address():
    chance, posted, wrong = random.Random("letters"), 0, []
    for family in range(1, 501):
        homes = some_history(chance, family)
        next_door = some_history(chance, family + 1000)  # the same names and streets, another family
        for person in (some_adult(chance, family, homes), some_adult(chance, family, homes)):
            found = where_to_post(person, [*homes, *next_door], NOW)
            letter = found.envelope and (found.envelope.name, str(found.envelope.address))
            posted += letter is not None
            if letter != expected(person, homes) or bool(found.why) == bool(letter):
                wrong.append((letter, expected(person, homes), found.why))
    assert not wrong, (len(wrong), wrong[0])
    assert posted >= 300, posted


def test_letter_to_a_couple_needs_the_yes_of_each():
    chance = random.Random("couples")
    for family in range(1, 301):
        couple = [some_adult(chance, family, []) for _adult in range(2)]
        yes = [not person.member.left_on and person.ways[0].safe == "yes" for person in couple]
        assert may_contact_all(couple, "post", NOW, Content(is_automatic=False)).may == all(yes)
    assert not may_contact_all([], "post", NOW).may


def test_name_is_found_however_it_is_written_and_not_inside_another_word():
    unsaid = ["Home visiting", "Ann", "Štefánia", "BD7 2AA", ""]

    assert names_in("HOME-visiting, Stefania. bd7 2aa", unsaid) == ["Home visiting", "Štefánia", "BD7 2AA"]
    assert names_in("Anna is at home, visiting nobody in BD7 2AB", ["Ann", "BD7 2AA"]) == []


def test_letter_in_the_post_is_shown_with_its_address_until_that_is_hidden_and_then_the_coordinator_is_told(
    cast, as_user
):
    support = cast.family.supports.get()
    Support.objects.update(state="ending", ending_on=london_today() + dt.timedelta(weeks=4))
    carer = cast.family.members.get()
    factories.contact(carer, "post", "", safe="yes")
    home = factories.address(cast.family, "77 Canary Row")
    step = {"kind": "letter", "outcome": "done", "way": "post", "words": "Dear Amina", "happened_on": london_today()}
    take_step(by=cast.coordinator, support=Support.objects.get(pk=support.pk), **step)
    sheet = f"/families/{cast.family.reference}/supports/{support.pk}/ending/letter/"

    letter = PostedLetter.objects.get()
    assert (letter.member, letter.address) == (carer, home)
    assert "77 Canary Row" in text(as_user(cast.coordinator).get(sheet))
    assert "A letter is out" not in text(as_user(cast.coordinator).get(cast.family.page))

    edit_address(by=cast.coordinator, address=home, version=home.version, kind="confidential")

    page = text(as_user(cast.coordinator).get(sheet))
    assert "Do not post this letter now Their address is hidden" in page
    assert "77 Canary Row" not in page
    told = text(as_user(cast.coordinator).get(cast.family.page))
    assert "a letter went to an address that is hidden now" in told
    assert "It went to an address that is hidden now." in text(
        as_user(cast.coordinator).get(f"/families/{cast.family.reference}/supports/{support.pk}/ending/")
    )


def test_record_joined_to_one_with_the_same_address_does_not_make_a_letter_look_as_if_it_had_gone_astray(cast):
    theirs = factories.family(cast.home, "Berta K", state="ended_planned")
    for family in (cast.family, theirs):
        factories.address(family)
    support = theirs.supports.get()
    step = EndingStep.objects.create(kind="letter", outcome="done", by=cast.coordinator, support=support, family=theirs)
    of = {"support": support, "step": step, "member": theirs.members.get(), "posted_by": cast.coordinator}
    letter = PostedLetter.objects.create(family=theirs, address=theirs.addresses.get(), **of)

    merge = merge_families(by=cast.coordinator, kept=cast.family, merged=theirs, name="Amina", reason="The same.")

    letter.refresh_from_db()
    assert letter.address == cast.family.addresses.get()
    separate_families(by=cast.coordinator, merge=merge, reason="They are two.")
    letter.refresh_from_db()
    assert letter.address == theirs.addresses.get()
