"""Handing a family on, as the two services see it: each step on its page, and Today on both sides."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import FamilyRead
from betterstart.clock import london_today
from families.models import Support, Transfer
from families.reports.transfers import asked, to_see_to
from families.tasks import close_unanswered_transfers
from tests import factories
from tests.families.test_family_page import text


@pytest.fixture
def support(cast) -> Support:
    return cast.family.supports.get()


@pytest.fixture
def sent(cast, support) -> Transfer:
    return factories.transfer(support, cast.far, cast.coordinator)


def today(person, provider) -> list[str]:
    with acting_as(Scope.SCOPED, person.pk):
        return [need.reason for need in provider(person, london_today(), 20).needs]


def test_family_is_handed_on_from_page_to_page(cast, as_user, support):
    client = as_user(cast.coordinator)
    propose = f"/families/{cast.family.reference}/supports/{support.pk}/hand-on/"
    assert propose in client.get(f"/families/{cast.family.reference}/supports/{support.pk}/").content.decode()
    assert "Vera Volunteer says goodbye to this family" in text(client.get(propose))
    page = client.post(propose, {"to_service": cast.far.pk, "summary": "A new baby."}, follow=True)
    row = Transfer.objects.get()
    assert page.redirect_chain[-1][0] == f"/transfers/{row.pk}/"
    assert "Nothing is shared yet" in text(page)

    parent = cast.family.members.get(role="parent")
    agreed = {
        "summary": "A new baby in May.",
        "agreed_by": parent.pk,
        "agreed_how": "spoken",
        "agreed_on": "2026-11-20",
    }
    page = client.post(f"/transfers/{row.pk}/agreed/", agreed, follow=True)
    assert "Amina agreed on Friday 20 November" in text(page)
    page = client.post(f"/transfers/{row.pk}/send/", follow=True)
    assert "You stay responsible, with every visit and promise" in text(page)

    client = as_user(cast.other_coordinator)
    page = text(client.get(f"/transfers/{row.pk}/"))
    assert "A new baby in May." in page
    assert "Amina" not in page
    page = client.post(f"/transfers/{row.pk}/yes/", {"state": "getting_to_know", "note": "Gladly."}, follow=True)
    assert "You are responsible for this family from now on" in text(page)
    new = Support.objects.get(service=cast.far, family=cast.family)
    page = text(client.get(f"/families/{cast.family.reference}/supports/{new.pk}/"))
    assert "Home visiting (Bowling Families) handed them on to you" in page

    page = text(as_user(cast.coordinator).get(f"/transfers/{row.pk}/"))
    assert "Odile Othercoordinator said yes" in page
    assert "Gladly." in page


def test_history_of_the_support_tells_who_when_and_why(cast, as_user, support, sent):
    client = as_user(cast.other_coordinator)
    client.post(f"/transfers/{sent.pk}/no/", {"reason": "no_place", "note": "In spring perhaps."})

    page = text(as_user(cast.coordinator).get(f"/families/{cast.family.reference}/supports/{support.pk}/"))

    assert "Doula support said that it is not possible: No place free now" in page
    assert "Odile Othercoordinator" in page
    assert "In spring perhaps." in page


@pytest.mark.parametrize(
    ("step", "typed", "sentence"),
    [
        ("agreed", {"summary": "Words.", "agreed_how": "spoken", "agreed_on": "2026-11-20"}, "required"),
        ("agreed", {"summary": " ", "agreed_how": "spoken", "agreed_on": "2026-11-20"}, "required"),
        ("agreed", {"summary": "Words.", "agreed_how": "x", "agreed_on": "2026-11-20"}, "not one of"),
        ("agreed", {"summary": "Words.", "agreed_how": "spoken", "agreed_on": "2099-01-01"}, "has not come yet"),
        ("agreed", {"summary": "Words.", "agreed_how": "spoken", "agreed_on": "2020-01-01"}, "more than a year ago"),
        ("agreed", {"summary": "x" * 2001, "agreed_how": "spoken", "agreed_on": "2026-11-20"}, "at most 2000"),
    ],
)
def test_agreement_that_cannot_be_is_refused_and_keeps_the_words(cast, as_user, support, step, typed, sentence):
    row = factories.transfer(support, cast.far, cast.coordinator, "proposed")
    if sentence != "required" or typed["summary"] == " ":
        typed["agreed_by"] = cast.family.members.get(role="parent").pk

    answer = as_user(cast.coordinator).post(f"/transfers/{row.pk}/{step}/", typed)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert typed["summary"] in answer.content.decode()
    row.refresh_from_db()
    assert row.state == "proposed"


@pytest.mark.parametrize("who", ["child", "stranger", "left"])
def test_only_an_adult_of_the_family_agrees(cast, as_user, support, who):
    row = factories.transfer(support, cast.far, cast.coordinator, "proposed")
    gone = factories.member(cast.family, "Dan", "parent", left_on=london_today())
    person = {"stranger": cast.other_family.members.get(role="parent"), "left": gone}.get(who)
    person = person or factories.member(cast.family, "Zain")
    typed = {"summary": "Words.", "agreed_how": "spoken", "agreed_on": "2026-11-20", "agreed_by": person.pk}

    assert as_user(cast.coordinator).post(f"/transfers/{row.pk}/agreed/", typed).status_code == 422


def test_question_goes_there_and_the_answer_back_while_the_days_run_on(cast, as_user, sent):
    client = as_user(cast.other_coordinator)
    client.post(f"/transfers/{sent.pk}/ask/", {"question": "Which days suit her?"})
    again = client.post(f"/transfers/{sent.pk}/ask/", {"question": "And where?"})
    assert "An earlier question waits for its answer." in text(again)
    assert not today(cast.other_coordinator, asked)
    assert today(cast.coordinator, to_see_to) == ["Doula support asks something before it answers"]

    client = as_user(cast.coordinator)
    question = sent.questions.get()
    url = f"/transfers/{sent.pk}/questions/{question.pk}/"
    assert "Which days suit her?" in text(client.get(url))
    assert client.post(url, {"reply": "Mondays."}).status_code == 422
    client.post(url, {"reply": "Mondays.", "family_agreed": "on"})
    assert client.post(url, {"reply": "Fridays.", "family_agreed": "on"}).status_code == 302

    assert not today(cast.coordinator, to_see_to)
    assert len(today(cast.other_coordinator, asked)) == 1
    page = text(as_user(cast.other_coordinator).get(f"/transfers/{sent.pk}/"))
    assert "Mondays." in page
    assert "Fridays." not in page


def test_no_is_read_by_the_sender_and_by_nobody_else_any_more(cast, as_user, sent):
    client = as_user(cast.other_coordinator)
    assert client.post(f"/transfers/{sent.pk}/no/", {"reason": ""}).status_code == 422

    page = client.post(f"/transfers/{sent.pk}/no/", {"reason": "no_place"}, follow=True)

    assert "goes on with the family and reads why" in text(page)
    assert client.get(f"/transfers/{sent.pk}/").status_code == 404
    client = as_user(cast.coordinator)
    assert today(cast.coordinator, to_see_to) == ["Doula support said that it is not possible: you go on"]
    client.post(f"/transfers/{sent.pk}/noted/")
    assert not today(cast.coordinator, to_see_to)
    assert cast.family.supports.get().is_open


def test_nobody_answers_in_time_and_the_sender_hears_it(cast, sent):
    close_unanswered_transfers()
    assert Transfer.objects.get().state == "sent"
    Transfer.objects.update(lapses_on=london_today())

    close_unanswered_transfers()
    close_unanswered_transfers()

    assert today(cast.coordinator, to_see_to) == ["Doula support did not answer in time: you go on"]
    assert not today(cast.other_coordinator, asked)


@pytest.mark.parametrize(
    ("state", "days_ago", "told"),
    [
        ("proposed", 6, []),
        ("proposed", 8, ["has the family agreed that Doula support is asked?"]),
        ("family_agreed", 0, ["the family agreed: now ask Doula support"]),
        ("sent", 0, []),
        ("withdrawn", 9, []),
    ],
)
def test_today_tells_the_sender_what_is_left_to_do(cast, support, state, days_ago, told):
    row = factories.transfer(support, cast.far, cast.coordinator, state)
    Transfer.objects.filter(pk=row.pk).update(created_at=row.created_at - dt.timedelta(days=days_ago))

    assert today(cast.coordinator, to_see_to) == told


def test_question_that_waits_comes_again_near_the_last_day(cast, sent):
    sent.questions.create(family=sent.family, question="Which days?", asked_by=cast.other_coordinator)
    assert not today(cast.other_coordinator, asked)

    Transfer.objects.update(lapses_on=london_today() + dt.timedelta(days=3))

    assert today(cast.other_coordinator, asked) == ["Home visiting asks whether you can go on with a family"]


def test_reading_it_is_noted_for_the_family_also_where_the_record_is_closed(cast, as_user, sent):
    as_user(cast.other_coordinator).get(f"/transfers/{sent.pk}/")

    read = FamilyRead.objects.get(reader_id=cast.other_coordinator.pk)
    assert (read.family_reference, read.page) == (cast.family.reference, "transfer")


def test_step_that_is_over_shows_where_it_stands(cast, as_user, sent):
    client = as_user(cast.coordinator)

    page = client.get(f"/transfers/{sent.pk}/agreed/", follow=True)
    assert "This has been answered or taken back meanwhile." in text(page)
    assert "meanwhile" in text(client.post(f"/transfers/{sent.pk}/send/", follow=True))
    client.post(f"/transfers/{sent.pk}/take-back/", {"note": "They would rather stay."})
    assert "meanwhile" in text(client.get(f"/transfers/{sent.pk}/take-back/", follow=True))


def test_second_transfer_waits_until_the_first_is_over(cast, as_user, support, sent):
    url = f"/families/{cast.family.reference}/supports/{support.pk}/hand-on/"
    client = as_user(cast.coordinator)
    assert client.post(url, {"to_service": cast.far.pk, "summary": "Words."})["Location"] == f"/transfers/{sent.pk}/"

    client.post(f"/transfers/{sent.pk}/take-back/", {"note": ""})

    assert sent.summary in client.get(url).content.decode()


@pytest.mark.parametrize("which", ["coming", "past"])
def test_list_asks_the_database_as_often_for_thirty_as_for_one(cast, as_user, which):
    def add(number: int) -> None:
        support = cast.far_family.supports.get()
        if which == "coming":
            support = factories.family(cast.far, f"Family {number}").supports.get()
        factories.transfer(support, cast.home, cast.other_coordinator, "sent" if which == "coming" else "lapsed")

    client = as_user(cast.coordinator if which == "coming" else cast.other_coordinator)
    add(0)
    with CaptureQueriesContext(connection) as few:
        client.get(f"/transfers/?list={which}")
    for number in range(1, 30):
        add(number)
    with CaptureQueriesContext(connection) as many:
        page = client.get(f"/transfers/?list={which}")

    assert page.content.decode().count('class="row-title"') == 30
    assert len(few) == len(many)


def test_page_asks_the_database_as_often_for_thirty_questions_as_for_one(cast, as_user, sent):
    def ask(number: int) -> None:
        by = factories.user(f"Person {number}")
        replied = {"reply": "Yes.", "replied_by": by, "replied_at": sent.created_at}
        sent.questions.create(family=sent.family, question="?", asked_by=by, **replied)

    client = as_user(cast.other_coordinator)
    ask(0)
    with CaptureQueriesContext(connection) as few:
        client.get(f"/transfers/{sent.pk}/")
    for number in range(1, 30):
        ask(number)
    with CaptureQueriesContext(connection) as many:
        assert "Person 29" in text(client.get(f"/transfers/{sent.pk}/"))

    assert len(few) == len(many)


def test_over_is_turned_page_by_page(cast, as_user, support):
    for _number in range(51):
        factories.transfer(support, cast.far, cast.coordinator, "withdrawn")
    client = as_user(cast.coordinator)

    first = client.get("/transfers/?list=past").content.decode()
    oldest = Transfer.objects.order_by("-pk")[49].pk

    assert f"before={oldest}" in first
    assert client.get(f"/transfers/?list=past&before={oldest}").content.decode().count('class="row-title"') == 1
    assert client.get("/transfers/?list=past&before=x").status_code == 200
    assert client.get("/transfers/?list=nonsense").status_code == 404
