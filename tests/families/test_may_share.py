"""May this be shared now? Thousands of generated histories against a second opinion (consent_oracle)."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

import pytest
from django.utils import timezone

from betterstart.clock import london_today
from families.models import Answer, FamilyMember, Named, SharingPermission
from families.models.sharing import Outcome, Said, To, a_year_from, judge, may_share
from tests import factories
from tests.families.consent_oracle import LONDON, Event, Person, anniversary, may_be_shared
from tests.families.consenting import two_of

# Around both changes of the clocks, the leap day, and midnight in summer and winter.
DAYS = [(2025, 3, 29), (2025, 3, 30), (2025, 3, 31), (2025, 10, 25), (2025, 10, 26), (2025, 10, 27), (2024, 2, 29),
        (2025, 6, 1), (2025, 12, 31)]  # fmt: skip
HOURS = [(0, 0), (0, 30), (1, 0), (1, 30), (2, 0), (12, 0), (23, 0), (23, 59)]
CAST = {"Amina": 1, "Bilal": 2, "Chloe": 3, "Zayn": 11, "Yusuf": 12}


def moments(chance):
    day, hour = chance.choice(DAYS), chance.choice(HOURS)
    local = dt.datetime(*day, *hour, tzinfo=LONDON).replace(fold=chance.randint(0, 1))
    return local.astimezone(dt.UTC)


def history(chance):
    """Who is in the family, what they said in which order it was written down, and about whom it is asked when."""
    people = [Person(name, CAST[name] < 10, chance.random() < 0.15) for name in CAST if chance.random() < 0.8]
    pool = sorted({moments(chance) for _each in range(4)})
    events = []
    for written in range(chance.randint(0, 9)):
        said, word = chance.choice(pool), chance.choice(["given", "given", "refused", "withdrawn"])
        adult, child = chance.choice(["Amina", "Bilal", "Chloe"]), chance.choice([None, None, "Zayn", "Yusuf"])
        end = anniversary(said) if word == "given" and chance.random() < 0.9 else None
        events.append(Event(adult, child, word, said, written, end))
    about = chance.sample(list(CAST), chance.choice([0, 0, 1, 1, 2]))
    at = chance.choice(pool) if chance.random() < 0.3 else moments(chance)
    if events and chance.random() < 0.5:  # at the very end of a yes, and next to it
        around = chance.choice(events)
        at = (around.end or around.said) + dt.timedelta(microseconds=chance.choice([-1, 0, 1]))
    return people, events, about, at


def as_said(event):
    child = CAST[event.child] if event.child else None
    order = (event.said, event.word != "given", event.written)
    return Said(CAST[event.adult], child, event.word, event.said, order, event.end)


def names(people, *, adults):
    return {CAST[each.name]: each.name for each in people if each.is_adult == adults and not each.left}


def test_five_thousand_histories_are_judged_as_the_specification_says():
    chance, verdicts = random.Random(54), Counter()
    for number in range(5_000):
        people, events, about, at = history(chance)
        shuffled = chance.sample(events, len(events))
        verdict = judge(
            map(as_said, shuffled),
            adults=names(people, adults=True),
            children=names(people, adults=False),
            about=[CAST[name] for name in about],
            at=at,
        )
        expected = may_be_shared(events, people, about, at)
        assert bool(verdict) == expected, (number, people, events, about, at, verdict)
        assert verdict.reason
        if verdict and verdict.until and all(event.said <= at for event in events):
            assert not may_be_shared(events, people, about, verdict.until), (number, verdict)
            assert at < verdict.until
        verdicts[verdict.because] += 1
    assert len(verdicts) == 6
    assert min(verdicts.values()) > 50


def test_a_yes_ends_at_midnight_in_london_in_summer_and_winter():
    chance = random.Random(5)
    for _each in range(500):
        said = moments(chance)
        assert a_year_from(said) == anniversary(said), said
        assert a_year_from(said).astimezone(LONDON).time() == dt.time()


@pytest.fixture
def two(cast):
    return two_of(cast)


def ask(cast, to, what="talk", about=(), at=None, organisation=None):
    organisation_id = (organisation or cast.here).pk
    return may_share(family=cast.family, organisation_id=organisation_id, to=to, what=what, about=about, at=at)


def test_rows_in_the_database_are_judged_like_the_oracle_does(two):
    """Each history to a recipient of its own: few statements for hundreds of them."""
    chance, asked, rows = random.Random(7), [], []
    members = {"Amina": two.amina, "Bilal": two.bilal, "Zayn": two.zayn}
    people = [Person("Amina", True), Person("Bilal", True), Person("Zayn", False)]
    for number in range(60):
        _people, events, about, at = history(chance)
        known = [event for event in events if {event.adult, event.child or "Zayn"} <= set(members)]
        known = [event for event in known if event.word != "given" or event.end]
        about = [name for name in about if name in members]
        asked.append((f"Recipient {number}", known, about, at))
        for event in sorted(known, key=lambda event: event.written):
            rows.append(
                SharingPermission(
                    family=two.family, organisation=two.here, member=members[event.adult], what="talk", how="spoken",
                    child=members[event.child] if event.child else None, answer=event.word, expires_at=event.end,
                    named=f"Recipient {number}", asked_by=two.coordinator, happened_at=event.said,
                )
            )  # fmt: skip
    SharingPermission.objects.bulk_create(rows)
    wrong = [
        (name, events, about, at)
        for name, events, about, at in asked
        if bool(ask(two, To(named=name), about=[members[each] for each in about], at=at))
        != may_be_shared(events, people, about, at)
    ]
    assert len(rows) > 80
    assert not wrong


def test_what_one_organisation_was_told_is_no_yes_for_another_nor_for_another_recipient_or_thing(two):
    factories.permission(two.amina, two.here, two.coordinator, service=two.far, what="hand_on")
    assert ask(two, To(service=two.far), "hand_on")
    assert not ask(two, To(service=two.far), "hand_on", organisation=two.elsewhere)
    assert not ask(two, To(service=two.far), "talk")
    assert not ask(two, To(service=two.stay_and_play), "hand_on")
    assert not ask(two, To(service=two.far), "hand_on", about=[two.bilal])


def test_yes_of_somebody_who_left_the_household_counts_no_more(two):
    factories.permission(two.bilal, two.here, two.coordinator, named="Library")
    assert ask(two, To(named="Library"))
    FamilyMember.objects.filter(pk=two.bilal.pk).update(left_on=london_today())

    assert ask(two, To(named="Library")).reason == "Nobody in the family has been asked yet."
    assert not ask(two, To(named="Library"), about=[two.bilal])


AGENCY = [
    # what is kept with the agency, asked how many days ago, what Amina said besides: may they be contacted?
    ("not_asked", None, None, False),
    ("not_asked", None, "given", True),
    ("yes", 3, None, True),
    ("yes", 364, None, True),
    ("yes", 366, None, False),
    ("yes", 366, "given", True),
    ("yes", 3, "refused", False),
    ("yes", 3, "withdrawn", False),
    ("no", 3, None, False),
    ("no", 3, "given", False),
]


@pytest.mark.parametrize(("kept", "days", "said", "allowed"), AGENCY)
def test_agency_is_contacted_only_where_the_family_said_so_within_a_year_and_nobody_says_no(
    two, kept, days, said, allowed
):
    asked_on = None if days is None else london_today() - dt.timedelta(days=days)
    agency = two.family.agencies.create(organisation=two.here, role="gp", may_contact=kept, asked_on=asked_on)
    if said:
        factories.permission(two.amina, two.here, two.coordinator, agency=agency, answer=said)

    assert bool(ask(two, To(agency=agency))) is allowed


@pytest.mark.parametrize(("word", "allowed"), [("not_asked", False), ("yes", True), ("no", False)])
def test_naming_is_read_from_the_support(two, word, allowed):
    support = two.family.supports.get()
    support.may_be_named, support.named_asked_on = word, None if word == Named.NOT_ASKED else london_today()

    assert bool(ask(two, To(others=support), Outcome.NAMED)) is allowed


@pytest.mark.parametrize(("days", "allowed"), [(None, False), (0, True), (364, True), (366, False), (-1, False)])
def test_referral_is_passed_on_with_a_yes_of_the_past_year(two, days, allowed):
    referral = factories.referral(two.home)
    if days is not None:
        referral.sharing_agreed_by = "Zora"
        referral.sharing_agreed_on = london_today() - dt.timedelta(days=days)

    assert bool(ask(two, To(referral=referral), Outcome.FORWARD)) is allowed


@pytest.mark.parametrize("said", [None, *Answer.values])
def test_whoever_referred_them_hears_the_answer_unless_somebody_said_no_and_more_only_with_a_yes(two, said):
    referral = factories.referral(two.home, family=two.family)
    if said:
        factories.permission(two.amina, two.here, two.coordinator, referral=referral, answer=said)

    assert bool(ask(two, To(referral=referral), Outcome.ANSWER)) is (said in {None, "given"})
    assert bool(ask(two, To(referral=referral))) is (said == "given")


def test_yes_says_until_when_it_holds_and_not_a_moment_longer(two):
    now = timezone.now()
    row = factories.permission(two.amina, two.here, two.coordinator, named="Library", happened_at=now)
    assert ask(two, To(named="Library")).until == row.expires_at

    over = ask(two, To(named="Library"), at=row.expires_at)
    assert (bool(over), over.because) == (False, "over")
    assert ask(two, To(named="Library"), at=row.expires_at - dt.timedelta(microseconds=1))
