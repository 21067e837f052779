"""Pages of people without an account, read in Urdu: each word that such a page asks for has a translation."""

from __future__ import annotations

import gettext
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real

from betterstart.links.actions import give_link
from families.actions.referrer import ANSWER_LASTS, ANSWER_LINK, STATUS_LASTS, STATUS_LINK
from families.models import FamilyMember, ReferralQuestion
from families.models.wording import ABOUT, QUESTIONS, REASONS, our_words
from tests import factories
from tests.families.asking import ONE_CHILD, fill_in, myself, professional, send, step_url
from tests.families.own import CODE, LEAVE, OPEN, enter, link_of
from tests.project.test_house_rules import first_party_patterns

START, CHOICES = reverse("families:refer"), reverse("families:own-choices")
NONSENSE = ["service", "referrer_email", "phone", "email", "postcode", "agreed_how", "agreed_on", "language", "needs"]


class Missed(gettext.NullTranslations):
    """Stands behind a catalogue and notes what it was asked for in vain."""

    def __init__(self) -> None:
        super().__init__()
        self.words: set[str] = set()

    def gettext(self, message: str) -> str:
        word = message.split("\x04")[-1]
        self.words |= {word} if any(char.isalpha() for char in word) else set()
        return super().gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.words.add(msgid1)
        return super().ngettext(msgid1, msgid2, n)


@pytest.fixture
def missed(monkeypatch) -> set[str]:
    behind = Missed()
    monkeypatch.setattr(trans_real.translation("ur"), "_fallback", behind)
    return behind.words


@pytest.fixture
def urdu(cast) -> Client:
    cast.home.takes_public_referrals = True
    cast.home.save()
    return Client(headers={"Accept-Language": "ur"})


def test_word_without_translation_is_noticed(missed):
    with translation.override("ur"):
        assert translation.gettext("Yes") == "ہاں"
        translation.gettext("Not a word of ours")
        translation.ngettext("one of ours", "many of ours", 2)
        translation.pgettext("alt. month", "Smarch")

    assert missed == {"Not a word of ours", "one of ours", "Smarch"}


@pytest.mark.parametrize(("kind", "steps"), [("family", myself), ("professional", professional)])
def test_all_steps_of_asking_for_support_speak_urdu_also_when_they_refuse(cast, urdu, missed, kind, steps):
    pages = [urdu.get(START)]
    for slug in steps(cast.home):
        nonsense = {**ONE_CHILD, **dict.fromkeys(NONSENSE, "x"), "child-0-born": "x", "go": "next"}
        pages += [urdu.get(step_url(kind, slug)), urdu.post(step_url(kind, slug), nonsense)]
    fill_in(urdu, kind, steps(cast.home))
    pages += [urdu.get(reverse("families:refer-review", args=[kind])), urdu.get(reverse("families:refer-later"))]
    send(urdu, kind)
    pages.append(urdu.get(reverse("families:refer-thanks")))

    assert {page.status_code for page in pages} <= {200, 422}
    assert all('<html lang="ur" dir="rtl"' in page.content.decode() for page in pages)
    assert missed == set()


def test_pages_behind_links_speak_urdu(cast, urdu, missed):
    referral = factories.referral(cast.home, "Zora")
    question = ReferralQuestion.objects.create(
        referral=referral, service=cast.home, words="?", asked_by=cast.coordinator
    )
    links = [
        give_link(by=None, purpose=STATUS_LINK, subject_id=referral.pk, lasts=STATUS_LASTS),
        give_link(by=None, purpose=ANSWER_LINK, subject_id=question.pk, lasts=ANSWER_LASTS),
    ]
    pages = [urdu.get(link, follow=True) for link in links]
    pages += [urdu.get("/link/nothing/"), urdu.get("/nowhere/")]

    assert all('<html lang="ur" dir="rtl"' in page.content.decode() for page in pages)
    assert missed == set()


@pytest.fixture
def adult(cast) -> FamilyMember:
    """Somebody who reads Urdu, with something of everything that a page of theirs may show."""
    family, adult = cast.family, cast.family.members.get()
    adult.languages = [{"code": "ur", "preferred": True, "reads": True}]
    adult.save()
    for days_ago, mode in ((3, "home"), (2, "phone"), (1, "out")):
        visit = factories.visit(family, cast.volunteer, days_ago=days_ago, mode=mode, what_happened="We played.")
    factories.visit(family, cast.volunteer, days_ago=-2, state="planned", mode="video")
    factories.plan(family)
    factories.review(family, due_in=-1, state="held")
    factories.review(family)
    of = {"state": "answered", "answered_by": cast.coordinator, "did": "We moved it.", "outcome": "changed"}
    factories.reply(family, "not_quite", visit=visit, **of)
    factories.reply(family, "other_volunteer", state="seen", seen_by=cast.coordinator)
    factories.reply(family, "call", coordinator_only=True)
    factories.permission(adult, cast.here, cast.coordinator, named="Nursery")
    factories.circle_link(factories.circle(adult, cast.coordinator, days_ago=90))
    circle = factories.circle(adult, cast.coordinator)
    factories.circle_link(circle)
    for strength, kind in enumerate(["friend", "neighbour", "community", "service"]):
        helps = ["practical", "emotional", "information", "company"]
        of = {"strength": strength, "gives": True, "receives": strength > 1, "strained": True, "helps": helps}
        factories.circle_tie(circle, f"Number {strength}", kind, since="2020", **of)
    return adult


def ways_in_our_page(**known: object) -> list[str]:
    """Each address of an adult's own page, but the way out."""
    routes = {name: pattern for name, pattern in first_party_patterns() if name.startswith("families:own")}
    inside = {name: each.pattern for name, each in routes.items() if str(each.pattern).startswith("our-page/")}
    found = [reverse(name, kwargs={arg: known[arg] for arg in each.converters}) for name, each in inside.items()]
    return [path for path in found if path not in (OPEN, LEAVE)]


def test_our_page_speaks_urdu_on_each_of_its_pages_also_where_it_refuses(cast, adult, urdu, missed):
    own = factories.own_page(adult, cast.coordinator)
    urdu.get(link_of(own))
    pages = [urdu.get(OPEN), urdu.post(OPEN, {"code": "x"}), urdu.post(OPEN, {"code": "1234", "device": "own"})]
    enter(own, urdu)
    pages += [urdu.post(CODE, {"code": code}) for code in ("x", "1111")]
    ways = ways_in_our_page(uuid=adult.family.visits.delivered().first().uuid, kind="html")
    pages += [urdu.get(path, {"whole": ""}) for path in ways]
    urdu.post(CODE, {})
    refused = [urdu.post(path, {"kind": "x", "uuid": uuid.uuid4(), "visit_version": 1}) for path in ways]
    stale = {"kind": "choice", "key": "photos", "organisation": cast.here.pk, "answer": "given", "read": "99"}
    refused += [urdu.post(CHOICES, stale | each) for each in ({}, {"key": "record"})]
    pages += [page for page in refused if page.status_code == 422]

    assert {page.status_code for page in pages} <= {200, 422}
    assert all('<html lang="ur" dir="rtl"' in page.content.decode() for page in pages)
    assert missed == set()


def test_copies_for_an_adult_speak_urdu_to_whoever_reads_it(cast, adult, as_user, missed):
    family, support = cast.family, cast.family.supports.get()
    review = support.reviews.get(state="held")
    plan = reverse("families:plan-copy", args=[family.reference, support.pk, adult.uuid])
    seen = reverse("families:review-copy", args=[family.reference, review.pk, adult.uuid])

    for page in map(as_user(cast.coordinator).get, (plan, seen)):
        assert '<article class="sheet" lang="ur"' in page.content.decode()
    assert missed == set()


@pytest.mark.parametrize("about", [about for about, _label in ABOUT])
def test_what_families_are_asked_or_told_is_said_in_urdu(about, missed):
    shown = [our_words(about, is_question, "ur") for is_question in (True, False) if about in words_for(is_question)]

    assert shown
    assert {each.language for each in shown} == {"ur"}
    assert missed == set()


def words_for(is_question: bool) -> dict[str, object]:
    return QUESTIONS if is_question else REASONS
