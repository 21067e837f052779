"""What a coordinator reads: the proposal as it stands now, and never somebody who cannot come any more."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from betterstart.clock import london_today
from tests import factories
from tests.joint_plan.waiting import ready, suggested, waits, worked_out
from volunteers.actions.joint_plan import ask_plan, claim_next, fail_plan
from volunteers.models import JointPlan, JointPlanPair
from volunteers.reports.joint_plan.pages import proposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(alone):
    """Dara has waited longest and is proposed Rosa; Elif is proposed her too; nobody is left for Fay."""
    alone.dara, alone.elif_, alone.fay = (
        waits(alone, name, weeks) for name, weeks in (("Dara", 9), ("Elif", 5), ("Fay", 2))
    )
    alone.rosa = ready(alone, "Rosa", most_families=2)
    alone.plan = worked_out(alone)
    return alone


def rows(cast, **chosen):
    return {row.pair.support.family.name: row for row in proposal(cast.coordinator, cast.plan, **chosen).rows}


def page(client, plan, query="", **headers):
    return client.get(reverse("volunteers:joint-plan", args=[plan.uuid]) + query, headers=headers)


def test_the_page_says_how_many_could_start_and_lists_the_longest_wait_first(planned, as_user):
    answer = page(as_user(planned.coordinator), planned.plan)

    html = answer.content.decode()
    assert "3 families wait for a volunteer. With the people you have, 2 could start." in html
    assert html.index("Dara") < html.index("Elif") < html.index("Fay")
    assert f"{reverse('volunteers:find', args=[planned.dara.pk])}?proposed={planned.rosa.pk}" in html
    assert "Everyone who suits them is proposed to families that have waited longer." in html
    assert "1 family waits only for room" in html
    assert "Nobody has been asked" in html


@pytest.mark.parametrize(
    ("only", "names"), [("with", ["Dara", "Elif"]), ("without", ["Fay"]), ("?", ["Dara", "Elif", "Fay"])]
)
def test_one_can_look_at_those_with_somebody_or_without(planned, only, names):
    assert list(rows(planned, only=only)) == names


def test_who_was_suspended_since_is_not_offered_and_the_page_says_why(planned, as_user):
    planned.rosa.state = "suspended"
    planned.rosa.save()

    html = page(as_user(planned.coordinator), planned.plan).content.decode()

    assert html.count("No longer possible: ") == 2, "Dara and Elif"
    assert "?proposed=" not in html


def test_who_is_leaving_since_is_not_offered(planned):
    planned.rosa.left_on = london_today()
    planned.rosa.save()

    assert rows(planned)["Dara"].changed == "No longer possible: Rosa is leaving, or has left."
    assert not rows(planned)["Dara"].is_proposed


def test_a_place_that_was_taken_since_is_left_to_the_family_that_has_waited_longest(planned):
    planned.rosa.most_families = 1
    planned.rosa.save()

    now = rows(planned)

    assert now["Dara"].is_proposed
    assert not now["Elif"].is_proposed
    assert "less room now" in now["Elif"].changed


def test_a_family_that_is_being_matched_or_has_moved_on_is_settled(planned):
    suggested(planned.dara, planned.other_volunteer_row)
    planned.elif_.state, planned.elif_.started_on = "active", london_today()
    planned.elif_.save()

    now = rows(planned)

    assert (now["Dara"].changed, now["Dara"].is_settled) == ("Is being matched now.", True)
    assert now["Elif"].changed == "Does not wait for a volunteer any more: Active."
    assert proposal(planned.coordinator, planned.plan).settled == 2
    assert now["Fay"].why_nobody


def test_the_place_of_a_settled_family_does_not_stand_in_the_way_of_the_next(planned):
    suggested(planned.dara, planned.other_volunteer_row)
    planned.rosa.most_families = 1
    planned.rosa.save()

    assert rows(planned)["Elif"].is_proposed


def test_a_plan_of_last_week_proposes_nobody(planned, as_user):
    JointPlan.objects.update(facts_at=timezone.now() - dt.timedelta(days=7, minutes=1))

    html = page(as_user(planned.coordinator), planned.plan).content.decode()

    assert "proposes nobody any more" in html
    assert "Dara" not in html


def test_while_it_is_worked_out_the_page_shows_how_far_and_asks_again(planned, as_user):
    plan = ask_plan(by=planned.coordinator, service=planned.home)
    client = as_user(planned.coordinator)
    waiting = page(client, plan).content.decode()
    claim_next()
    JointPlan.objects.filter(pk=plan.pk).update(phase="comparing", percent=40)

    running = page(client, plan, **{"HX-Request": "true"}).content.decode()

    assert "Waiting for its turn" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    assert "Looking at who could visit whom" in running
    assert 'value="40"' in running
    assert "<html" not in running


def test_one_asks_stops_and_asks_again_from_the_page(cast, as_user):
    client = as_user(cast.coordinator)
    ask = reverse("volunteers:joint-plan-ask", args=[cast.home.pk])

    plan = JointPlan.objects.get(uuid=client.post(ask).url.rstrip("/").rsplit("/", 1)[-1])
    stop = reverse("volunteers:joint-plan-stop", args=[plan.uuid])
    assert "Stopped. Nothing of it is kept." in client.post(stop, follow=True).content.decode()
    assert "not being worked out any more" in client.post(stop, follow=True).content.decode()
    assert client.post(ask).url != reverse("volunteers:joint-plan", args=[plan.uuid])


def test_what_did_not_work_says_so(cast, as_user):
    plan = ask_plan(by=cast.coordinator, service=cast.home)
    fail_plan(plan=claim_next())

    assert "This did not work" in page(as_user(cast.coordinator), plan).content.decode()


def test_a_service_without_volunteers_is_refused_with_a_sentence(cast, as_user):
    cast.home.kind = "group"
    cast.home.save()

    answer = as_user(cast.coordinator).post(reverse("volunteers:joint-plan-ask", args=[cast.home.pk]), follow=True)

    assert "This service works without volunteers." in answer.content.decode()


def test_the_start_page_names_each_service_with_its_newest_plan(planned, as_user):
    html = as_user(planned.coordinator).get(reverse("volunteers:joint-plans")).content.decode()

    assert "3 families wait for a volunteer" in html
    assert "2 of 3 could start" in html


def test_a_page_of_thirty_families_asks_as_often_as_one_of_one(alone, as_user):
    client = as_user(alone.coordinator)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert page(client, JointPlan.objects.latest("pk")).status_code == 200
        return len(captured)

    for number in range(3):
        waits(alone, f"Family {number}")
    ready(alone, "Rosa")
    worked_out(alone)
    queries()
    few = queries()
    for number in range(40):
        waits(alone, f"Further {number}")
        ready(alone, f"Person {number}")
    worked_out(alone)

    assert queries() == few < 45
    assert JointPlanPair.objects.count() == 43
    shown = proposal(alone.coordinator, JointPlan.objects.latest("pk"))
    rest = proposal(alone.coordinator, JointPlan.objects.latest("pk"), after=shown.next_after)
    assert (len(shown.rows), len(rest.rows), rest.next_after) == (30, 13, "")


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30])
def test_a_place_that_is_no_place_begins_at_the_top(planned, after):
    assert len(rows(planned, after=after)) == 3


def test_nobody_is_named_to_another_service(planned):
    far = factories.user("Fern Far", "coordinator", planned.stay_and_play)

    assert not JointPlan.objects.visible_to(far)
