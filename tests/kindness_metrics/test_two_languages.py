from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from betterstart.clock import london_today
from families.models import Support, Visit
from kindness_metrics.reports import PERIODS, Period, two_languages
from tests import factories

URL = "/two-languages/"


def quarter(today: dt.date | None = None) -> Period:
    return Period.named("quarter", today or london_today())


def read(cast, services=None):
    return two_languages(cast.manager, services or [cast.home], quarter())


def families(cast, number: int, **fields):
    return [factories.family(cast.home, f"Family {n}", **fields) for n in range(number)]


# The figures


def test_families_supported_counts_each_family_once_and_only_with_a_contact(cast):
    for family in families(cast, 6):
        factories.visit(family, cast.volunteer, days_ago=3)
        factories.visit(family, cast.volunteer, days_ago=10)
    lone = factories.family(cast.home, "Only missed")
    factories.visit(lone, cast.volunteer, days_ago=2, state="not_delivered")
    texted = factories.family(cast.home, "Only messages")
    factories.visit(texted, cast.volunteer, days_ago=2, mode="messages")
    rung = factories.family(cast.home, "Short call")
    factories.visit(rung, cast.volunteer, days_ago=2, mode="phone", duration_minutes=9)

    assert read(cast).families == 6


def test_visit_entered_by_mistake_is_in_no_figure_and_in_no_words(cast):
    visited = families(cast, 6)
    for family in visited:
        factories.visit(family, cast.volunteer, days_ago=3)
    before = read(cast)
    for number, family in enumerate(visited):
        plan = {} if number else {"planned_start": None, "planned_end": None}
        visit = factories.visit(family, cast.volunteer, days_ago=1, **plan)
        factories.check_in(visit, family_said=["calm"], line_to_share="Berta laughed.", may_share_line=True)
        Visit.objects.filter(pk=visit.pk).update(state="withdrawn")

    after = read(cast)

    assert (before.families, before.planned, before.happened) == (6, 6, 6)
    assert vars(after) == vars(before)


def test_call_of_ten_minutes_is_a_contact(cast):
    for family in families(cast, 5):
        factories.visit(family, cast.volunteer, days_ago=3, mode="phone", duration_minutes=10)

    assert read(cast).families == 5


def test_coming_to_a_group_is_a_contact_and_one_taken_back_is_none(cast):
    session = factories.group(cast.home, days=(-3,)).sessions.get()
    came = [factories.attendance(session, family.members.get()) for family in families(cast, 6)]
    factories.visit(came[0].family, cast.volunteer, days_ago=3)
    others = Support.objects.exclude(family__in=[row.family for row in came])
    others.update(state="ended_planned", ended_on=london_today())

    assert read(cast).families == 6
    assert read(cast).median_days == 3
    came[5].undone_at = came[5].arrived_at
    came[5].save()
    assert read(cast).families == 5


def test_fewer_than_five_families_are_not_shown(cast):
    for family in families(cast, 4):
        factories.visit(family, cast.volunteer, days_ago=3)

    assert read(cast).families is None


def test_visits_of_another_organisation_are_never_counted(cast):
    for number in range(7):
        family = factories.family(cast.far, f"Far {number}")
        factories.visit(family, cast.other_coordinator, days_ago=3)

    report = read(cast, [cast.home, cast.far])

    assert report.families == 0
    assert report.planned == 0


def test_visits_of_those_planned_leave_out_what_nobody_could_help(cast):
    family = cast.family
    for days in range(2, 12):
        factories.visit(family, cast.volunteer, days_ago=days)
    for days in range(12, 17):
        factories.visit(family, cast.volunteer, days_ago=days, state="not_delivered")
    for reason in ("cancelled_by_coordinator", "holiday"):
        factories.visit(family, cast.volunteer, days_ago=20, state="not_delivered", not_delivered_reason=reason)
    factories.visit(family, cast.volunteer, days_ago=21, state="moved")
    factories.visit(family, cast.volunteer, days_ago=-3, state="planned")
    for days in range(22, 28):
        factories.visit(family, cast.volunteer, days_ago=days, planned_start=None, planned_end=None)

    report = read(cast)

    assert (report.happened, report.planned, report.unplanned) == (10, 15, 6)


def test_few_missed_visits_cannot_be_read_off_by_subtraction(cast):
    for days in range(2, 12):
        factories.visit(cast.family, cast.volunteer, days_ago=days)
    for days in (13, 14):
        factories.visit(cast.family, cast.volunteer, days_ago=days, state="not_delivered")

    report = read(cast)

    assert report.planned == 12
    assert report.happened is None


def test_days_since_contact_takes_the_middle_and_counts_broken_promises(cast):
    rows = families(cast, 7)
    for family, days in zip(rows, [1, 2, 3, 9, 10, 12, 20], strict=True):
        factories.visit(family, cast.volunteer, days_ago=days)
        factories.visit(family, cast.volunteer, days_ago=days + 30)
    cast.family.supports.update(state="waiting", started_on=None)
    cast.other_family.supports.update(state="waiting", started_on=None)

    report = read(cast)

    assert report.active_supports == 7
    assert report.median_days == 9
    assert report.past_promise is None  # four: too few to show
    factories.visit(factories.family(cast.home, "Eighth"), cast.volunteer, days_ago=40)
    assert read(cast).past_promise == 5


def test_continuity_is_the_median_of_families_with_three_visits(cast):
    a, b = cast.volunteer, cast.other_volunteer
    for workers in ([a, a, a], [a, a, b], [b, b, b], [a, b, a], [a, a, a]):
        family = factories.family(cast.home, "Family")
        for number, worker in enumerate(workers):
            factories.visit(family, worker, days_ago=30 - number)
    factories.visit(factories.family(cast.home, "Two visits"), a, days_ago=1)

    report = read(cast)

    assert report.coc.families == 5
    assert report.coc.median == pytest.approx(1.0)
    assert report.coc.lower_quartile == pytest.approx(1 / 3)
    assert report.secon.lower_quartile == pytest.approx(0.5)


def test_weekly_visits_are_whole_weeks_from_monday(cast):
    factories.visit(cast.family, cast.volunteer, days_ago=14)

    report = read(cast)

    assert len(report.weeks) == 26
    assert all(week.weekday() == 0 for week in report.weeks)
    assert report.weeks[-1] + dt.timedelta(days=7) <= london_today() + dt.timedelta(days=1)
    assert sum(report.weekly_visits) == 1


def test_feelings_are_the_familys_own_and_rare_ones_stay_hidden(cast):
    for number in range(6):
        visit = factories.visit(cast.family, cast.volunteer, days_ago=number + 2)
        said = ["calm", "lonely"] if number < 2 else ["calm"]
        factories.check_in(visit, family_said=said, my_impression=["angry"])

    report = read(cast)

    assert report.feelings == [("calm", 6)]
    assert report.rarer_feelings == 1


def test_shared_line_needs_permission_and_leaves_silent_families_alone(cast):
    for number, (words, shared) in enumerate([("Shared.", True), ("Kept.", False)]):
        visit = factories.visit(cast.family, cast.volunteer, days_ago=number + 2)
        factories.check_in(visit, line_to_share=words, may_share_line=shared)

    assert [line.words for line in read(cast).lines] == ["Shared."]
    cast.family.silent_since = timezone.now()
    cast.family.save()
    assert read(cast).lines == []


@pytest.mark.parametrize(
    ("name", "today", "start", "end"),
    [
        ("this-quarter", dt.date(2026, 11, 25), dt.date(2026, 10, 1), dt.date(2026, 11, 26)),
        ("last-quarter", dt.date(2026, 2, 3), dt.date(2025, 10, 1), dt.date(2026, 1, 1)),
        ("last-quarter", dt.date(2026, 7, 1), dt.date(2026, 4, 1), dt.date(2026, 7, 1)),
        ("quarter", dt.date(2026, 11, 25), dt.date(2026, 8, 27), dt.date(2026, 11, 26)),
        ("year", dt.date(2026, 11, 25), dt.date(2025, 11, 27), dt.date(2026, 11, 26)),
        ("nonsense", dt.date(2026, 11, 25), dt.date(2026, 8, 27), dt.date(2026, 11, 26)),
    ],
)
def test_period_is_half_open(name, today, start, end):
    assert Period.named(name, today) == Period(start, end)


# The page


def test_page_shows_both_voices_to_the_manager(cast, as_user):
    for number, family in enumerate(families(cast, 6)):
        visit = factories.visit(family, cast.volunteer, days_ago=number + 2)
        factories.check_in(visit, family_said=["calm"], line_to_share="We laughed.", may_share_line=True)

    page = as_user(cast.manager).get(URL)
    text = page.content.decode()

    assert page.status_code == 200
    assert "What the numbers say" in text
    assert "What people say" in text
    assert "We laughed." in text
    assert "Family 1" not in text


@pytest.mark.parametrize("who", ["coordinator", "volunteer", "lead", "administrator", "nobody"])
def test_page_is_for_managers_only(cast, as_user, who):
    assert as_user(getattr(cast, who)).get(URL).status_code == 403


def test_page_with_another_organisations_service_shows_ones_own(cast, as_user):
    page = as_user(cast.manager).get(URL, {"service": cast.far.pk})

    assert page.status_code == 200
    assert "Doula support" not in page.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"service": "x"},
        {"service": "999999999999999999999"},
        {"period": "_connector"},
        {"line": "9" * 400},
        {"line": "٣"},
    ],
)
def test_page_takes_rubbish_in_the_address_calmly(cast, as_user, query):
    assert as_user(cast.manager).get(URL, query).status_code == 200


def test_page_without_any_data_says_so(cast, as_user):
    text = as_user(cast.manager).get(URL).content.decode()

    assert "No line has been shared" in text
    assert "not shown" in text


def test_page_needs_the_same_queries_for_one_family_and_for_thirty(cast, as_user):
    client = as_user(cast.manager)

    def queries(number: int) -> int:
        for family in families(cast, number):
            for days in (2, 9, 16):
                visit = factories.visit(family, cast.volunteer, days_ago=days)
                factories.check_in(visit, family_said=["calm"], line_to_share=f"Line {days}", may_share_line=True)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(URL)
        return len(captured)

    few = queries(1)
    assert queries(30) == few
    assert few <= 29


def test_definitions_page_explains_every_figure(cast, as_user):
    text = as_user(cast.manager).get(reverse("kindness_metrics:definitions")).content.decode()

    for key in ("families-supported", "visits-delivered", "days-since-contact", "coc", "secon", "feelings"):
        assert f'id="{key}"' in text


def test_every_period_offered_opens(cast, as_user):
    client = as_user(cast.manager)

    assert [client.get(URL, {"period": name}).status_code for name, _label in PERIODS] == [200] * 4
