"""A coordinator's desk: the list, one referral, every decision, and the pages behind the links in letters."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent, FamilyRead
from betterstart.clock import london_today
from betterstart.reminders.models import Message
from betterstart.transitions.models import Transition
from families.models import Family, Referral, ReferralQuestion, ReferralTry
from families.models.referral import Fit
from tests import factories

LIST = reverse("families:referral-list")
YES = {"fits": Fit.values, "agreed_how": "phone", "agreed_on": london_today().isoformat()}


def url(name: str, row: Referral, *args: Any) -> str:
    return reverse(f"families:referral{name}", args=[row.uuid, *args])


@pytest.fixture
def desk(cast, as_user):
    return as_user(cast.coordinator)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


# The list


def test_list_has_the_oldest_promise_first_with_the_days_left(cast, desk):
    factories.referral(cast.home, "Amina", days_ago=3)
    factories.referral(cast.home, "Berta", days_ago=16)
    factories.referral(cast.home, "Chloe", days_ago=14)
    factories.referral(cast.far, "Dara", days_ago=30)
    factories.referral(cast.home, "Robot", set_aside_because="trap")

    page = text(desk.get(LIST))

    assert page.index("Berta") < page.index("Chloe") < page.index("Amina")
    assert "answer 2 days late" in page
    assert "answer due today" in page
    assert "day 3 of 14 · answer due in 11 days" in page
    assert "Dara" not in page
    assert "Robot" not in page
    assert "Robot" in text(desk.get(f"{LIST}?list=set-aside"))


@pytest.mark.parametrize("which", ["waiting", "decided", "set-aside"])
def test_list_needs_as_many_queries_for_thirty_rows_as_for_one(cast, desk, which):
    fields: dict[str, Any] = {"decided": {"state": "not_accepted", "decision_reason": "age"}}.get(which, {})
    fields |= {"decided_at": timezone.now()} if which == "decided" else {}
    fields |= {"set_aside_because": "trap"} if which == "set-aside" else {}
    counts = []
    for more in (1, 29):
        for _number in range(more):
            factories.referral(cast.home, **fields)
        desk.get(LIST)
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(f"{LIST}?list={which}").status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_list_of_decided_ones_goes_on_by_key(cast, desk):
    fields = {"state": "not_accepted", "decision_reason": "age", "decided_at": timezone.now()}
    rows = [factories.referral(cast.home, f"Number {number:02}", **fields) for number in range(52)]

    first = text(desk.get(f"{LIST}?list=decided"))
    assert "Number 51" in first
    assert "Number 01" not in first
    assert "Number 01" in text(desk.get(f"{LIST}?list=decided&before={rows[2].pk}"))
    for nonsense in ("x", "9" * 40, "-1"):
        assert desk.get(f"{LIST}?list=decided&before={nonsense}").status_code == 200
    assert desk.get(f"{LIST}?list=nonsense").status_code == 404


# One referral


def a_full_one(cast, number: int) -> Referral:
    row = factories.referral(cast.home, f"Zora {number}", state="more_information", family_words="Company.")
    for _each in range(number):
        factories.question(row, cast.coordinator)
        ReferralTry.objects.create(
            referral=row, service=cast.home, channel="phone", tried_on=london_today(), by=cast.coordinator
        )
        Transition.objects.create(machine="referral", subject_id=row.pk, to_state="received", by=cast.coordinator)
        family = factories.family(cast.home, "Zora")
        factories.member(family, "Little one")
    return row


def test_referral_needs_as_many_queries_with_thirty_of_everything(cast, desk):
    counts = []
    for number in (1, 30):
        row = a_full_one(cast, number)
        desk.get(url("", row))
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(url("", row)).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert counts[0] <= 24


def test_referral_shows_what_was_asked_and_notes_who_read_it(cast, desk):
    words = "کوئی بات کرنے والا <b>"
    row = factories.referral(cast.home, "Amina", family_words=words, words_language="ur", risks="A dog.")

    page = text(desk.get(url("", row)))

    assert 'lang="ur"' in page
    assert "کوئی بات کرنے والا &lt;b&gt;" in page
    assert "She is alone a lot" in page
    assert "A dog." in page
    assert AuditEvent.objects.filter(verb="referral.read", target_id=row.pk, actor_id=cast.coordinator.pk).exists()


def test_referral_of_a_family_is_noted_as_read_with_the_family(cast, desk):
    support = cast.family.supports.get()
    row = factories.referral(
        cast.home, state="accepted", family=cast.family, support=support, decided_at=timezone.now()
    )

    desk.get(url("", row))

    assert FamilyRead.objects.filter(family_id=cast.family.pk, page="referral").exists()


def test_family_that_may_be_the_same_is_proposed_and_one_click_away(cast, desk):
    child = factories.member(cast.family, "Little one")
    row = factories.referral(cast.home, people=[
        {"role": "parent", "is_main_carer": True, "display_name": "Amina"},
        {"role": "child", "display_name": "Little one", "date_of_birth": child.date_of_birth},
    ])  # fmt: skip

    page = text(desk.get(url("", row)))

    assert "Do we know this family already?" in page
    assert f"{url('-accept', row)}?family={cast.family.reference}" in page


def test_answer_that_was_read_is_no_longer_told_of_on_today(cast, desk):
    row = factories.referral(cast.home, state="more_information")
    question = factories.question(row, cast.coordinator)
    ReferralQuestion.objects.filter(pk=question.pk).update(answer="Yes.", answered_at=timezone.now())
    assert "your question about the referral is answered" in text(desk.get(reverse("families:today")))

    desk.get(url("", row))

    assert "your question about the referral is answered" not in text(desk.get(reverse("families:today")))


# Decisions


def test_accepting_a_new_family_leads_to_its_page(cast, desk):
    row = factories.referral(cast.home, "Amina Begum", address={"kind": "home", "lines": "", "postcode": "BD7 2AA"})
    form = desk.get(url("-accept", row)).context["form"]
    typed = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    children = {f"child-0-{name}": form.children[0][name].value() or "" for name in ("display_name", "born")}

    answer = desk.post(
        url("-accept", row), {**typed, **children, "child-TOTAL_FORMS": 1, "child-INITIAL_FORMS": 0, **YES}
    )

    family = Family.objects.get(uuid=row.uuid)
    assert answer["Location"] == reverse("families:family", args=[family.reference])
    assert family.addresses.get().postcode == "BD7 2AA"
    assert family.members.count() == 2
    assert url("", row) in text(desk.get(answer["Location"]))


def test_accepting_a_known_family_offers_only_whom_it_does_not_have(cast, desk):
    family = factories.family(cast.stay_and_play, "Amina")
    cast.coordinator.memberships.create(role="coordinator", organisation=cast.here, service=cast.stay_and_play)
    factories.member(family, "Zain", date_of_birth=london_today() - dt.timedelta(days=500))
    row = factories.referral(cast.home, people=[
        {"role": "parent", "is_main_carer": True, "display_name": "Amina"},
        {"role": "child", "display_name": "Little one", "date_of_birth": london_today() - dt.timedelta(days=500)},
        {"role": "child", "display_name": "Noor", "date_of_birth": london_today() - dt.timedelta(days=1200)},
    ])  # fmt: skip
    address = f"{url('-accept', row)}?family={family.reference}"
    form = desk.get(address).context["form"]
    assert [child["display_name"].value() for child in form.children] == ["Noor"]
    factories.support(family, cast.home, "ended_planned", first_wish="A hand with the twins.")
    assert "A hand with the twins." in text(desk.get(address))

    desk.post(address, {"child-TOTAL_FORMS": 1, "child-INITIAL_FORMS": 0, "child-0-display_name": "Noor", **YES})

    assert set(family.members.values_list("display_name", flat=True)) == {"Amina", "Zain", "Noor"}
    assert family.supports.filter(service=cast.home, state="offered").exists()


def test_reference_nobody_has_is_said_and_another_organisations_family_is_the_same(cast, desk):
    row = factories.referral(cast.home)

    for reference in ("ZZZZZZZ", cast.far_family.reference):
        assert "No family of yours has this reference" in text(desk.get(f"{url('-accept', row)}?family={reference}"))


DECISIONS = [
    ("not_accepted", {"reason": "age", "signpost": "The parent room."}),
    ("withdrawn_by_family", {"note": "They moved."}),
    ("withdrawn_by_referrer", {"note": ""}),
]


@pytest.mark.parametrize(("to", "fields"), DECISIONS)
def test_decision_is_one_page_and_says_what_was_told(cast, desk, to, fields):
    row = factories.referral(cast.home)
    assert url("-decide", row, to) in text(desk.get(url("", row)))
    assert desk.get(url("-decide", row, to)).status_code == 200

    page = text(desk.post(url("-decide", row, to), fields, follow=True))

    assert "whoever asked has been told" in page
    assert Referral.objects.get(pk=row.pk).state == to


def test_decision_that_is_not_possible_is_refused_and_keeps_what_was_typed(cast, desk):
    row = factories.referral(cast.home)
    long = "word " * 3

    answer = desk.post(url("-decide", row, "could_not_reach"), {"note": long})

    assert answer.status_code == 422
    assert "Log at least 3 tries" in text(answer)
    assert long.strip() in text(answer)
    assert desk.get(url("-decide", row, "accepted")).status_code == 404


def test_passing_on_shows_services_of_others_and_needs_permission(cast, desk):
    row = factories.referral(cast.home)
    page = url("-decide", row, "redirected")
    assert "Doula support · Manningham Families" in text(desk.get(page))
    assert desk.post(page, {"service": cast.far.pk}).status_code == 422

    given = {"service": cast.far.pk, "agreed_by": "Amina", "agreed_on": london_today().isoformat()}
    assert desk.post(page, given).status_code == 302

    with acting_as(Scope.SCOPED, cast.other_coordinator.pk):
        assert Referral.objects.get().redirected_from_id == row.pk
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        assert Referral.objects.get() == row


def test_tries_questions_and_answers_by_phone_are_written_down(cast, desk):
    row = factories.referral(cast.home, referrer_email="", days_ago=2)
    desk.post(url("-try", row), {"channel": "phone", "tried_on": london_today().isoformat(), "note": "Rang out."})
    desk.post(url("-decide", row, "more_information"), {"words": "Are Mondays good?"})
    question = row.questions.get()
    assert "Are Mondays good?" in text(desk.get(url("-heard", row, question.pk)))
    desk.post(url("-heard", row, question.pk), {"answer": "Mondays are fine."})

    page = text(desk.get(url("", row)))

    assert "Rang out." in page
    assert "Mondays are fine." in page
    assert not Message.objects.exists()
    again = desk.post(url("-heard", row, question.pk), {"answer": "Not at all."})
    assert (again.status_code, "Not at all." in text(again)) == (422, True)


def test_what_was_set_aside_can_be_taken_in(cast, desk):
    row = factories.referral(cast.home, set_aside_because="fast")
    assert "faster than people type" in text(desk.get(url("", row)))

    desk.post(url("-take-in", row))

    assert Referral.objects.get(pk=row.pk).is_waiting


def test_who_has_not_been_told_is_on_today_until_they_are(cast, desk):
    row = factories.referral(cast.home, referrer_email="")
    desk.post(url("-decide", row, "not_accepted"), {"reason": "no_capacity"})
    assert "has not been told yet" in text(desk.get(reverse("families:today")))

    desk.post(url("-told", row))

    assert "has not been told yet" not in text(desk.get(reverse("families:today")))
