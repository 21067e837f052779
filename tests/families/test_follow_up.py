"""Six to eight weeks after an ending somebody asks the family how it is: once, and never a silent family."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from betterstart.clock import london_today
from families.actions.ending import EndingRefused, record_follow_up
from families.models import Family, FollowUp, Support
from families.reports.endings_due import endings
from tests import factories
from tests.families.test_family_page import text


def ended(cast, weeks: float, state: str = "ended_planned", reason: str = "goals_met") -> Support:
    day = london_today() - dt.timedelta(days=round(weeks * 7))
    fields = {"accepted_on": day - dt.timedelta(weeks=20), "started_on": day - dt.timedelta(weeks=16)}
    family = factories.family(cast.home, "Zora", state=state)
    family.supports.update(ended_on=day, ending_reason=reason, **fields)
    return family.supports.select_related("family", "service").get()


def due(cast) -> list[str]:
    return [need.family.name for need in endings(cast.coordinator, london_today(), 10).needs]


@pytest.mark.parametrize(
    ("weeks", "state", "reason", "is_due"),
    [
        (5.8, "ended_planned", "goals_met", False),
        (6, "ended_planned", "goals_met", True),
        (8, "ended_planned", "family_decided", True),
        (11.8, "ended_planned", "goals_met", True),
        (12, "ended_planned", "goals_met", False),
        (7, "ended_unplanned", "moved", True),
        (7, "ended_unplanned", "family_stopped", True),
        (7, "ended_unplanned", "lost_touch", False),
        (7, "ended_unplanned", "unsafe", False),
        (7, "ended_unplanned", "child_removed", False),
        (7, "ended_unplanned", "death", False),
        (7, "transferred", "", False),
        (7, "declined", "", False),
    ],
)
def test_today_asks_for_it_from_six_weeks_on_where_a_family_is_asked_at_all(cast, weeks, state, reason, is_due):
    ended(cast, weeks, state, reason)

    assert due(cast) == (["Zora"] if is_due else [])


def test_silent_family_is_not_on_today_and_cannot_be_recorded(cast):
    row = ended(cast, 7)
    Family.objects.filter(pk=row.family_id).update(silent_since=timezone.now())
    row.family.refresh_from_db()

    assert due(cast) == []
    with pytest.raises(EndingRefused, match="left in silence"):
        record_follow_up(by=cast.coordinator, support=row, outcome="made")
    assert not FollowUp.objects.exists()


def test_family_that_is_back_with_the_service_is_not_asked_on_today(cast):
    row = ended(cast, 7)
    factories.support(row.family, cast.home, state="offered")

    assert due(cast) == []


@pytest.mark.parametrize("outcome", ["made", "could_not_reach", "not_wanted"])
def test_recorded_once_it_is_gone_from_today_whatever_came_of_it(cast, outcome):
    row = ended(cast, 7)
    record_follow_up(by=cast.coordinator, support=row, outcome=outcome)

    assert due(cast) == []
    with pytest.raises(EndingRefused, match="asked once"):
        record_follow_up(by=cast.coordinator, support=row, outcome="made")
    assert FollowUp.objects.get().outcome == outcome


@pytest.mark.parametrize(
    ("weeks", "fields", "sentence"),
    [
        (5, {"outcome": "made"}, "Give the family time"),
        (7, {"outcome": "nonsense"}, "Choose how it went"),
        (7, {"outcome": "made", "happened_on": 1}, "between the end of the support and today"),
        (7, {"outcome": "made", "happened_on": -70}, "between the end of the support and today"),
    ],
)
def test_what_cannot_be_is_refused_by_name(cast, weeks, fields, sentence):
    row = ended(cast, weeks)
    if "happened_on" in fields:
        fields = fields | {"happened_on": london_today() + dt.timedelta(days=fields["happened_on"])}

    with pytest.raises(EndingRefused, match=sentence):
        record_follow_up(by=cast.coordinator, support=row, **fields)

    assert not FollowUp.objects.exists()


def test_running_support_is_not_followed_up(cast):
    with pytest.raises(EndingRefused, match="has not ended"):
        record_follow_up(by=cast.coordinator, support=cast.family.supports.get(), outcome="made")


def test_today_leads_to_the_page_that_records_it(cast, as_user):
    row = ended(cast, 7)
    client = as_user(cast.coordinator)
    need = endings(cast.coordinator, london_today(), 10).needs[0]
    assert f'href="{need.url}"' in client.get("/today/").content.decode()
    assert "How is Zora?" in text(client.get(need.url))

    sent = {"outcome": "made", "words": "We go on our own now.", "happened_on": london_today().isoformat()}
    page = client.post(need.url, sent, follow=True)

    assert "We go on our own now." in text(page)
    assert FollowUp.objects.get().support == row
    assert "asked" in text(client.get(need.url, follow=True))


def test_last_visit_of_the_coming_week_that_nobody_planned_is_on_today(cast):
    day = london_today() + dt.timedelta(days=6)
    row = cast.family.supports.get()
    Support.objects.filter(pk=row.pk).update(state="ending", ending_on=day, ending_reason="goals_met")
    needs = endings(cast.coordinator, london_today(), 10)
    assert [need.family.name for need in needs.needs] == ["Amina"]

    start = timezone.now() + dt.timedelta(days=2)
    factories.visit(
        cast.family,
        cast.volunteer,
        state="planned",
        purpose="last",
        planned_start=start,
        planned_end=start + dt.timedelta(hours=1),
    )

    assert endings(cast.coordinator, london_today(), 10).total == 0


def test_today_learns_of_all_that_in_one_question(cast, django_assert_num_queries):
    for _number in range(4):
        ended(cast, 7)
    cast.coordinator.active_memberships  # noqa: B018  (read once for each request)

    with django_assert_num_queries(1):
        assert endings(cast.coordinator, london_today(), 2).total == 4
