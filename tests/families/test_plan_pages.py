"""Pages of a plan: coordinators write what adults say, volunteers read what they may, each adult has their own copy."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from betterstart.audit.models import FamilyRead
from betterstart.clock import london_today
from families.actions.own_words import choose
from families.models import Goal, GoalRating, Need, NeedItem, OwnWords, PlanAction, PlanChoice, Score, Support
from tests import factories
from tests.families.test_family_page import text

URDU = "مجھے پارک جانا ہے۔"


@pytest.fixture
def adult(cast):
    return cast.family.members.get()


@pytest.fixture
def url(cast):
    return f"/families/{cast.family.reference}/supports/{cast.family.supports.get().pk}/plan/"


def today() -> str:
    return london_today().isoformat()


def shown_in(page: str, *words: str) -> int:
    """How many of these stand on the page."""
    return sum(each in page for each in words)


def test_coordinator_goes_through_the_initial_visit_step_by_step(cast, as_user, url, adult):
    client, here = as_user(cast.coordinator), f"{url}{adult.uuid}/"
    assert "0 of 10 done" in text(client.get(f"{url}start/"))
    items = client.get(f"{here}needs/").context["form"].fields["items"].queryset
    said = {"language": "ur", "happened_on": today()}

    client.post(f"{here}asked/spoken/", {"answer": "interpreter", "interpreter": "Language Line"})
    client.post(f"{here}needs/", {"items": [items[0].pk], "said": "Nursery\nSleep", **said})
    number, *rest = Need.objects.order_by("pk")
    scores = {f"score_{number.pk}": "2", f"words_{number.pk}": "Tired.", f"score_{rest[0].pk}": "rather_not"}
    client.post(f"{here}scores/start/", scores | said)
    client.post(f"{here}goals/new/", {"words": URDU, "why": "Days are long.", "rating": "3", **said})
    client.post(f"{here}words/", {"words": "Shoes off, please.", **said})
    client.post(f"{here}asked/wishes/", {"volunteer": "woman", "volunteer_sees": "yes", "language": "ur"})
    family = cast.family
    safety = {"safety_notes": "Ring twice.", "home_safety_on": today(), "version": 1, "family_version": family.version}
    client.post(f"{url}safety/", safety)

    page = text(client.get(f"{url}start/"))
    assert "7 of 10 done" in page
    assert {(each.given, each.value) for each in Score.objects.all()} == {
        ("number", 2), ("rather_not", None), ("not_asked", None),
    }  # fmt: skip
    goal = Goal.objects.get()
    assert (goal.said.words, goal.said.language, goal.said.interpreter) == (URDU, "ur", "Language Line")
    assert (goal.ratings.get().value, OwnWords.objects.get(kind="know").words) == (3, "Shoes off, please.")
    assert set(PlanChoice.objects.values_list("answer", flat=True)) == {"interpreter", "woman", "yes"}
    family.refresh_from_db()
    assert (family.safety_notes, Support.objects.get(pk=goal.support_id).home_safety_on) == (
        "Ring twice.",
        london_today(),
    )
    plan = text(client.get(url))
    assert URDU in plan
    assert "2 of 5" in plan
    assert FamilyRead.objects.filter(page="plan").exists()


@pytest.mark.parametrize(
    ("page", "typed", "sentence"),
    [
        ("scores/start/", {"score": "6"}, "Choose a number from 0 to 5"),
        ("scores/start/", {}, "Nothing is answered yet"),
        ("goals/new/", {"words": URDU, "language": ""}, "Choose the language they said it in."),
        ("goals/new/", {"words": "x" * 1_000_000}, "at most 2000"),
        ("goals/new/", {"words": URDU, "rating": "11"}, "from 0 to 10"),
        ("words/", {"words": " "}, "fill this in"),
        ("asked/spoken/", {"answer": "helper", "interpreter": "Zayd", "grown_up": "on"}, "too much for a child"),
        ("asked/spoken/", {"answer": "helper", "interpreter": "Somebody"}, "If it was a child or their partner"),
        ("asked/spoken/", {"answer": "interpreter"}, "Write who interpreted"),
        ("asked/wishes/", {"words": "Somebody gentle."}, "Choose one."),
        ("needs/", {"items": ["999999"]}, "is not one of the available choices"),
        ("goals/new/", {"words": URDU, "happened_on": "2099-01-01"}, "not come yet"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_what_was_typed_stays(
    cast, as_user, url, adult, page, typed, sentence
):
    factories.member(cast.family, "Zayd")
    need = factories.need(cast.family)
    typed = {"language": "ur", "happened_on": today()} | typed
    if "score" in typed:
        typed[f"score_{need.pk}"] = typed.pop("score")

    answer = as_user(cast.coordinator).post(f"{url}{adult.uuid}/{page}", typed)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert (URDU in answer.text) is (typed.get("words") == URDU)
    assert [model.objects.count() for model in (Score, Goal, PlanChoice)] == [0, 0, 0]


def test_words_of_any_script_are_shown_as_words_and_never_run(cast, as_user, url, adult):
    script = "<script>alert(1)</script>"
    factories.goal(cast.family, script)
    answer = as_user(cast.coordinator).get(url)

    assert script not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert 'dir="auto"' in answer.text


def test_volunteer_reads_goals_and_scores_only_where_the_adult_says_so(cast, as_user, url, adult):
    factories.score(factories.need(cast.family), 2)
    factories.goal(cast.family, "An hour to myself.")
    choice = factories.said(cast.family, "Nobody from my street.", kind="volunteer")
    client = as_user(cast.volunteer)

    page = text(client.get(url))
    assert shown_in(page, "An hour to myself.", "Having people around me") == 2
    assert shown_in(page, "2 of 5", choice.words, "Initial visit") == 0

    of = {"by": cast.coordinator, "support": choice.support, "adult": adult, "kind": "volunteer_sees"}
    choose(answer="yes", **of)
    assert "2 of 5" in text(client.get(url))
    choose(answer="no", **of)
    assert "2 of 5" not in text(client.get(url))
    assert client.get(f"{url}start/").status_code == 403


def test_need_that_is_over_is_closed_and_what_was_said_of_it_stays(cast, as_user, url):
    need = factories.need(cast.family)
    factories.score(need, 4)
    client = as_user(cast.coordinator)

    assert "What they said of it stays." in text(client.post(f"{url}needs/{need.pk}/close/", follow=True))

    assert not Need.objects.standing().exists()
    assert Score.objects.get().value == 4
    assert client.post(f"{url}needs/{need.pk}/close/").status_code == 404


def test_volunteer_ticks_off_their_own_action_and_no_other(cast, as_user, url, adult):
    mine, theirs = (
        PlanAction.objects.create(doer=doer, what=f"By {doer}.", **factories.voice(cast.family))
        for doer in ("volunteer", "family")
    )
    client = as_user(cast.volunteer)

    assert "Saved." in text(client.post(f"{url}actions/{mine.pk}/done/", follow=True))
    client.post(f"{url}actions/{theirs.pk}/done/")

    assert set(PlanAction.objects.exclude(done_on=None)) == {mine}


def test_goal_is_rated_reached_taken_up_again_and_said_differently(cast, as_user, url):
    goal = factories.goal(cast.family, "Sleep.")
    client, page = as_user(cast.coordinator), f"{url}goals/{goal.pk}/"
    said = {"language": "en", "happened_on": today()}

    client.post(page, {"rating": "7", "words": "Nearly.", **said})
    assert "It now says: Reached." in text(client.post(f"{page}reached/", follow=True))
    client.post(f"{page}working_on/")
    assert client.post(f"{page}changed/").status_code == 404
    client.post(f"{page}reword/", {"words": "A whole night.", "version": 3, **said})

    new = Goal.objects.standing().get()
    assert (new.follows, str(new), GoalRating.objects.get().value) == (goal, "A whole night.", 7)
    assert "Sleep." in text(client.get(f"{url}goals/{new.pk}/"))
    assert client.post(f"{page}reword/", {"words": "Again.", "version": 1, **said}).status_code == 409


def test_translation_is_put_beside_and_words_are_taken_back(cast, as_user, url):
    said = factories.said(cast.family, URDU, kind="know", language="ur")
    client, page = as_user(cast.coordinator), f"{url}words/{said.pk}/"
    typed = {"translation": "I want to go to the park.", "into": "en", "translator": "S. Aziz", "version": 1}

    client.post(f"{page}translation/", typed)

    shown = text(client.get(url))
    assert shown_in(shown, URDU, "I want to go to the park.", "translated by S. Aziz") == 3
    client.post(f"{page}take-back/")
    assert URDU not in text(client.get(url))


@pytest.fixture
def couple(cast, adult):
    """Two adults, each with things of their own."""
    yusuf = factories.member(cast.family, "Yusuf", "other_adult")
    for member, word in ((adult, "AMINAS"), (yusuf, "YUSUFS")):
        factories.goal(cast.family, f"{word} goal", member=member)
        factories.said(cast.family, f"{word} life", kind="know", member=member)
        factories.score(factories.need(cast.family, "mood", member=member), 1)
        PlanAction.objects.create(doer="family", what=f"{word} step", **factories.voice(cast.family, member))
    return yusuf


def test_each_adult_has_their_own_copy_and_nothing_of_the_other(cast, as_user, url, adult, couple):
    Goal.objects.filter(member=couple).update(is_ours=True)
    client = as_user(cast.coordinator)
    cast.family.safety_notes = "Dog."
    cast.family.save()

    hers, his = (client.get(f"{url}{who.uuid}/copy/").text for who in (adult, couple))

    assert shown_in(hers, "AMINAS goal", "AMINAS life", "AMINAS step", "YUSUFS goal") == 4  # the last is ours together
    assert shown_in(hers, "YUSUFS life", "YUSUFS step") == 0
    assert "AMINAS" not in his
    type(couple).objects.filter(pk=couple.pk).update(left_on=london_today())
    assert "YUSUFS" not in client.get(f"{url}{adult.uuid}/copy/").text
    assert "Dog." not in hers + his


def test_copy_is_in_the_language_of_the_adult_where_there_is_one(cast, as_user, url, adult):
    factories.need(cast.family)
    for code, translated in (("ur", True), ("so", False)):
        adult.languages = [{"code": code, "preferred": True}]
        adult.save()
        answer = as_user(cast.coordinator).get(f"{url}{adult.uuid}/copy/")
        assert (f'lang="{code}"' in answer.text) is translated
        assert ("Not in their language yet" in answer.text) is not translated


def test_with_several_adults_the_page_asks_whose_it_is_and_sharing_goes_both_ways(cast, as_user, url, adult, couple):
    client = as_user(cast.coordinator)
    typed = {"words": "More.", "language": "en", "happened_on": today()}
    assert client.post(f"{url}{adult.uuid}/goals/new/", typed).status_code == 422
    client.post(f"{url}{adult.uuid}/goals/new/", typed | {"whose": "ours"})
    goal = Goal.objects.get(said__words="More.")
    assert (goal.is_ours, goal.said.is_ours) == (True, True)

    assert "Only Amina sees this now." in text(
        client.post(f"{url}sharing/goal/{goal.pk}/", {"ours": "no"}, follow=True)
    )
    goal.refresh_from_db()
    assert (goal.is_ours, goal.said.is_ours) == (False, False)


def test_action_is_agreed_with_an_adult_towards_a_goal(cast, as_user, url, adult):
    goal = factories.goal(cast.family)
    typed = {"what": "Ring the nursery.", "doer": "coordinator", "adult": adult.pk, "goal": goal.pk, "due_on": today()}

    as_user(cast.coordinator).post(f"{url}actions/new/", typed)

    row = PlanAction.objects.get()
    assert (row.what, row.member, row.goal, row.recorded_by) == ("Ring the nursery.", adult, goal, cast.coordinator)


def test_last_numbers_of_an_ending_are_asked_of_each_adult(cast, as_user, url, adult):
    need = factories.need(cast.family)
    fields = {"state": "ending", "ending_on": london_today(), "ending_reason": "goals_met"}
    Support.objects.filter(pk=need.support_id).update(**fields)
    client, ending = as_user(cast.coordinator), url.replace("/plan/", "/ending/")
    refused = client.post(f"{ending}steps/scores/", {"outcome": "done", "happened_on": today()})
    assert (refused.status_code, "Write down their own numbers first" in text(refused)) == (422, True)
    assert "Ask Amina" in text(client.get(f"{ending}steps/scores/"))

    typed = {f"score_{need.pk}": "5", "language": "en", "happened_on": today()}
    answer = client.post(f"{url}{adult.uuid}/scores/end/", typed)

    assert answer["Location"] == ending
    assert Support.objects.get(pk=need.support_id).final_scores_on == london_today()


def test_administrator_words_orders_and_retires_what_families_are_asked(cast, as_user):
    client = as_user(cast.administrator)
    assert "Having people around me" in text(client.get("/needs/"))
    item = NeedItem.objects.filter(organisation=cast.here, key="company").get()

    typed = {"name": "Company", "hint": "Friends", "heading": "parent", "version": 1}
    assert "Saved: “Company”." in text(client.post(f"/needs/items/{item.pk}/", typed, follow=True))
    client.post(f"/needs/{cast.here.pk}/new/", {"name": "Our street", "heading": "home", "version": 0})
    client.post(f"/needs/items/{item.pk}/up/")
    client.post(f"/needs/items/{item.pk}/retire/")

    asked = as_user(cast.coordinator).get(
        f"/families/{cast.family.reference}/supports/{cast.family.supports.get().pk}/plan/"
        f"{cast.family.members.get().uuid}/needs/"
    )
    assert shown_in(text(asked), "Our street") == 1
    assert shown_in(text(asked), "Company (Friends)") == 0
    new = f"/needs/{cast.here.pk}/new/"
    assert as_user(cast.administrator).post(new, {"name": "", "heading": "x", "version": 0}).status_code == 422


@pytest.mark.parametrize("page", ["", "start/", "{adult}/copy/", "{adult}/scores/review/", "{adult}/needs/", "goal"])
def test_pages_ask_the_same_number_of_questions_for_one_and_for_thirty(cast, as_user, url, adult, page):
    client, counts = as_user(cast.coordinator), []
    first = factories.goal(cast.family)
    address = url + (f"goals/{first.pk}/" if page == "goal" else page.format(adult=adult.uuid))
    for many in (1, 29):
        for number in range(many):
            said = factories.said(cast.family, f"Need {number}", kind="need")
            need = Need.objects.create(said=said, **factories.voice(cast.family))
            factories.score(need, 2, said=factories.said(cast.family, kind="score"))
            goal = factories.goal(cast.family)
            GoalRating.objects.create(
                goal=first if page == "goal" else goal,
                stage="start",
                given="number",
                value=3,
                **factories.voice(cast.family),
            )
            factories.said(cast.family, kind="know")
            PlanAction.objects.create(doer="family", what="Ring.", goal=goal, **factories.voice(cast.family))
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_what_they_said_is_handed_on_to_the_volunteer_and_wishes_about_volunteers_are_not(cast, as_user, url, adult):
    factories.goal(cast.family, URDU, state="working_on")
    factories.said(cast.family, "Shoes off, please.", kind="know")
    of = {"by": cast.coordinator, "support": cast.family.supports.get(), "adult": adult, "kind": "volunteer"}
    choose(answer="woman", words="I would feel easier.", language="en", **of)
    handover = url.replace("/plan/", "/handover/")

    for who in (cast.coordinator, cast.volunteer):
        page = text(as_user(who).get(handover))
        assert shown_in(page, URDU, "Amina would like", "Shoes off, please.") == 3
        assert "I would feel easier." not in page
    begins = text(as_user(cast.coordinator).get(f"/families/{cast.family.uuid}/match/"))
    assert shown_in(begins, "A woman", "I would feel easier.") == 2


def test_initial_visit_leads_on_to_what_they_said(cast, as_user, url):
    visit = factories.visit(cast.family, cast.coordinator, purpose="initial")

    page = as_user(cast.coordinator).get(f"/visits/{visit.uuid}/")

    assert f"{url}start/" in page.text
