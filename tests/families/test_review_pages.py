"""The pages of a review: booked, called off, declined, held; each adult's part theirs alone; their copy."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent, FamilyRead
from betterstart.clock import london_today
from families.models import BreakGlass, HowItGoes, PlanAction, Review, ReviewPart
from families.reports.review_page import review_page, three_looks
from tests import factories
from volunteers.models import MatchView


def days(number: int) -> dt.date:
    return london_today() + dt.timedelta(days=number)


def url(review, rest=""):
    return f"/families/{review.family.reference}/reviews/{review.pk}/{rest}"


@pytest.fixture
def amina(cast):
    return cast.family.members.get(role="parent")


@pytest.fixture
def yusuf(cast):
    return factories.member(cast.family, "Yusuf", "other_adult")


def sent(review, adult, **fields):
    given = {"version": review.version, "held_on": london_today().isoformat(), "mode": "home", "there": [adult.pk]}
    return given | {"next_on": days(84).isoformat(), "agreed_change": "Mornings instead."} | fields


def test_day_is_agreed_from_today_and_the_page_tells_it(cast, as_user):
    row = factories.review(cast.family)
    client = as_user(cast.coordinator)
    assert f'href="{url(row)}"' in client.get("/today/").text

    typed = {"version": 1, "day": days(2).isoformat(), "time": "14:30", "mode": "home"}
    page = client.post(url(row, "book/"), typed, follow=True).text

    assert "Booked: you look together on" in page
    assert "14:30" in page
    assert url(row) not in client.get("/today/").text
    assert FamilyRead.objects.filter(page="review").exists()


def test_review_in_the_future_is_refused_kindly_and_keeps_what_was_typed(cast, as_user, amina):
    row = factories.review(cast.family)

    answer = as_user(cast.coordinator).post(url(row, "held/"), sent(row, amina, held_on=days(1).isoformat()))

    assert answer.status_code == 422
    assert "This day has not come yet." in answer.text
    assert "Mornings instead." in answer.text


def test_held_review_leads_on_to_the_next_and_a_second_try_finds_it_written(cast, as_user, amina):
    row = factories.review(cast.family)
    client = as_user(cast.coordinator)

    page = client.post(url(row, "held/"), sent(row, amina), follow=True).text

    assert "Mornings instead." in page
    ahead = Review.objects.open().get()
    assert f'href="{url(ahead)}"' in page
    assert "This review has moved on" in client.post(url(row, "held/"), sent(row, amina), follow=True).text
    assert Review.objects.count() == 2
    assert f'href="{url(ahead)}"' in client.get(f"/families/{cast.family.reference}/").text
    assert "We looked together" in client.get(f"/families/{cast.family.reference}/").text


@pytest.mark.parametrize(
    ("state", "rest", "typed", "words"),
    [
        ("booked", "call-off/", {"reason": "by_family"}, "Called off."),
        (
            "due",
            "decline/",
            {"next_on": (london_today() + dt.timedelta(days=70)).isoformat()},
            "Nobody asks them again",
        ),
    ],
)
def test_family_may_want_another_day_or_none(cast, as_user, state, rest, typed, words):
    row = factories.review(cast.family, 2, state)

    page = as_user(cast.coordinator).post(url(row, rest), {"version": 1} | typed, follow=True)

    assert words in page.text
    assert Review.objects.open().count() == 1


def test_nothing_is_ticked_or_chosen_before_somebody_does(cast, as_user, amina):
    row = factories.review(cast.family)
    HowItGoes.objects.create(review=row, answer="well", **factories.voice(cast.family))
    client = as_user(cast.coordinator)

    for rest in ("held/", f"{amina.uuid}/match/"):
        assert " checked" not in client.get(url(row, rest)).text


def test_each_side_is_asked_apart_and_only_the_coordinator_reads_both(cast, as_user, amina):
    row = factories.review(cast.family)
    typed = {"answer": "mostly", "words": "Slower, please.", "language": "ur", "interpreter": ""}
    coordinator = as_user(cast.coordinator)
    assert coordinator.post(url(row, f"{amina.uuid}/match/"), typed).status_code == 302
    of = {"family": cast.family, "support": row.support, "match": cast.match, "author": cast.volunteer}
    MatchView.objects.create(review=row, answer="somebody_else", words="It is hard.", **of)

    page = coordinator.get(url(row)).text

    assert "Slower, please." in page
    assert "It is hard." in page
    assert (HowItGoes.objects.get().said.language, HowItGoes.objects.get().member) == ("ur", amina)
    assert "mostly" not in str(AuditEvent.objects.get(verb="review.match_answered").details)
    assert as_user(cast.volunteer).get(url(row)).status_code == 404
    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        assert not HowItGoes.objects.exists()
    with acting_as(Scope.FAMILY, None, adult_id=amina.pk):
        assert HowItGoes.objects.count() == 1
    with pytest.raises(DatabaseError, match="permission denied"), acting_as(Scope.FAMILY, None, adult_id=amina.pk):
        MatchView.objects.count()


def test_reader_of_an_opened_record_sees_no_answer_of_either_side(cast, as_user, amina):
    row = factories.review(cast.family)
    HowItGoes.objects.create(review=row, answer="somebody_else", **factories.voice(cast.family))
    until = timezone.now() + dt.timedelta(hours=1)
    BreakGlass.objects.create(family=cast.family, user=cast.manager, reason="A call from school", expires_at=until)

    page = as_user(cast.manager).get(url(row))

    assert page.status_code == 200
    assert "Somebody else may fit better" not in page.text
    assert review_page(cast.manager, row, coordinates=False).adults[0].answer is None


def test_child_is_not_the_one_who_interprets(cast, as_user, amina):
    factories.member(cast.family, "Zayn")
    row = factories.review(cast.family)
    typed = {"answer": "well", "words": "Good.", "language": "ur", "interpreter": "Zayn"}

    answer = as_user(cast.coordinator).post(url(row, f"{amina.uuid}/match/"), typed)

    assert answer.status_code == 422
    assert "too much for a child" in answer.text


def test_pictures_show_first_last_time_and_now_of_each_adult(cast, as_user, amina, yusuf):
    need, goal = factories.need(cast.family), factories.goal(cast.family)
    factories.score(need, 2, happened_on=days(-50))
    factories.score(need, 4, happened_on=days(-30), stage="review")
    factories.review(cast.family, -30, "held")
    row = factories.review(cast.family)
    factories.score(need, 3, happened_on=days(0), stage="review")
    factories.need(cast.family, "money", member=yusuf)

    page = as_user(cast.coordinator).get(url(row)).text

    assert "Having people around me: first 2, last time 4, now 3" in page
    assert f"{goal}: first not said, now not said" in page
    assert page.index("Yusuf</h2>") < page.index("Making the money last")


def test_what_is_asked_at_a_review_belongs_to_it_and_leads_back(cast, as_user, amina):
    need, goal = factories.need(cast.family), factories.goal(cast.family)
    action = PlanAction.objects.create(doer="family", what="Ring the nursery.", **factories.voice(cast.family))
    row = factories.review(cast.family)
    said = {"language": "ur", "happened_on": london_today().isoformat()}
    client, plan = as_user(cast.coordinator), f"/families/{cast.family.reference}/supports/{row.support_id}/plan/"
    pages = {
        f"{plan}{amina.uuid}/scores/review/": {f"score_{need.pk}": "4", **said},
        f"{plan}goals/{goal.pk}/": {"rating": "7", **said},
        f"{plan}actions/{action.pk}/done/": {},
    }
    shown = client.get(url(row)).text
    assert all(f"{page}?review={row.pk}" in shown for page in pages)

    answers = [client.post(f"{page}?review={row.pk}", typed) for page, typed in pages.items()]

    assert [answer.headers.get("Location") for answer in answers] == [url(row)] * 3
    assert (need.scores.last().stage, goal.ratings.last().stage) == ("review", "review")
    assert client.post(f"{plan}actions/{action.pk}/again/?review=0x1").headers["Location"] == plan


@pytest.mark.parametrize(
    ("said", "since", "shown"),
    [
        ([], None, ["First not said", "Now not said"]),
        ([(-50, "start", 2)], None, ["First 2", "Now not said"]),
        ([(-50, "start", 2), (0, "review", 4)], None, ["First 2", "Now 4"]),
        ([(-50, "start", 2), (-20, "review", 4), (0, "review", None)], -20, ["First 2", "Last time 4", "Now not said"]),
        ([(-20, "review", 4), (0, "review", 3)], -20, ["First 4", "Now 3"]),
        ([(-50, "start", 2), (-9, "between", 5), (0, "review", 1)], None, ["First 2", "Last time 5", "Now 1"]),
        ([(-50, "start", 2), (-20, "review", 4)], -20, ["First 2", "Last time 4", "Now not said"]),
        ([(-50, "start", 2), (0, "review", 1), (0, "review", 3)], None, ["First 2", "Now 3"]),
        ([(0, "review", 3)], None, ["First not said", "Now 3"]),
    ],
)
def test_what_was_said_since_the_last_look_is_now_and_what_was_not_said_is_no_number(cast, said, since, shown):
    need = factories.need(cast.family)
    numbers = [factories.score(need, value, happened_on=days(day), stage=stage) for day, stage, value in said]

    found = three_looks(numbers, days(since) if since is not None else None)

    assert [f"{look.label} {'not said' if look.value is None else look.value}" for look in found] == shown


# The copy


def test_copy_holds_what_is_theirs_and_ours_and_nothing_of_the_other_adult(cast, as_user, amina, yusuf):
    factories.score(factories.need(cast.family), 2)
    factories.goal(cast.family, "An hour to myself.", member=yusuf)
    factories.goal(cast.family, "A holiday.", member=yusuf, is_ours=True)
    row = factories.review(cast.family, -3, "held", agreed_change="Mornings instead.")
    ReviewPart.objects.create(review=row, member=yusuf, family=cast.family, support=row.support)
    client = as_user(cast.coordinator)

    hers = client.get(url(row, f"{amina.uuid}/copy/")).text
    his = client.get(url(row, f"{yusuf.uuid}/copy/")).text

    assert "Having people around me" in hers
    assert "An hour to myself." not in hers
    assert "Having people around me" not in his
    assert "An hour to myself." in his
    assert all("A holiday." in page and "Mornings instead." in page for page in (hers, his))


def test_adult_who_was_not_there_has_no_copy_and_reads_nothing_that_was_agreed(cast, as_user, yusuf):
    row = factories.review(cast.family, -3, "held", agreed_change="Mornings instead.")

    assert as_user(cast.coordinator).get(url(row, f"{yusuf.uuid}/copy/")).status_code == 404
    with acting_as(Scope.FAMILY, None, adult_id=yusuf.pk):
        assert not Review.objects.values_list("agreed_change").exists()
    parent = cast.family.members.get(is_main_carer=True)
    with acting_as(Scope.FAMILY, None, adult_id=parent.pk):
        assert Review.objects.values_list("agreed_change", flat=True).get() == "Mornings instead."


def test_copy_is_in_the_language_of_that_adult(cast, as_user, amina):
    amina.languages = [{"code": "en"}, {"code": "pl", "preferred": True}]
    amina.save()
    row = factories.review(cast.family, -3, "held")

    assert 'class="sheet" lang="pl"' in as_user(cast.coordinator).get(url(row, f"{amina.uuid}/copy/")).text


def test_copy_that_was_given_is_noted_with_its_day(cast, as_user, amina):
    row = factories.review(cast.family, -3, "held")
    typed = {"version": 1, "outcome": "given"}

    page = as_user(cast.coordinator).post(url(row, f"{amina.uuid}/copy/given/"), typed, follow=True).text

    assert "given to them" in page
    assert ReviewPart.objects.get().copy_on == london_today()


# How much it asks of the database


def test_page_asks_the_same_number_of_questions_for_one_and_for_thirty(cast, as_user):
    coordinator, counts = as_user(cast.coordinator), []
    row = factories.review(cast.family)
    for many in (1, 29):
        for number in range(many):
            factories.review(cast.family, -30 - number - many, "held")
            adult = factories.member(cast.family, f"Adult {number}", "other_adult")
            HowItGoes.objects.create(review=row, answer="well", **factories.voice(cast.family, adult))
            factories.plan(cast.family, member=adult)
        with CaptureQueriesContext(connection) as queries:
            assert coordinator.get(url(row)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 34
