from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from betterstart.audit.models import FamilyRead
from betterstart.clock import london_today
from families.models.support import SUPPORT_MACHINE
from tests import factories


def url(family) -> str:
    return f"/families/{family.reference}/"


def text(response) -> str:
    """What the page says, tags gone and white space single."""
    body = re.sub(r"(?s)<(script|style|svg).*?</\1>|<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(body).split())


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("Amina", "Amina’s family"),
        ("James", "James’s family"),
        ("The Khan family", "The Khan family"),
        ("Household of Zoë", "Household of Zoë"),
        ("Familyman", "Familyman’s family"),
        ("آمنہ", "\u2068آمنہ\u2069’s family"),
        ("<b>Bo</b>", "<b>Bo</b>’s family"),
        ("X" * 200, "X" * 200 + "’s family"),
    ],
)
def test_page_is_about_the_family_in_human_words(cast, as_user, name, heading):
    family = factories.family(cast.home, name)

    page = as_user(cast.coordinator).get(url(family))

    assert re.search(r"(?s)<h1>(.*?)</h1>", page.content.decode()).group(1).strip() == html.escape(heading)


@pytest.mark.parametrize("who", ["other_coordinator", "other_volunteer", "manager", "lead"])
def test_page_of_a_family_one_may_not_see_is_the_same_as_none(cast, as_user, who):
    client = as_user(getattr(cast, who))

    foreign = client.get(url(cast.family))
    absent = client.get("/families/ZZZZZZ2/")

    assert foreign.status_code == absent.status_code == 404
    assert foreign.content == absent.content


@pytest.mark.parametrize("reference", ["amina", "%00%00%00", "1", "ZZZZZZ2%00", "ZZZZZZZZZZZZ", "..", "zzzzzz2"])
def test_page_with_a_broken_reference_does_not_exist(cast, as_user, reference):
    assert as_user(cast.coordinator).get(f"/families/{reference}/").status_code == 404


def test_reading_is_noted_in_the_transaction_that_serves_the_page(cast, as_user):
    as_user(cast.volunteer).get(url(cast.family))

    read = FamilyRead.objects.get()
    assert (read.reader_id, read.family_id, read.page, read.reason) == (cast.volunteer.pk, cast.family.pk, "family", "")


def test_page_shows_adults_children_and_unborn_with_their_ages(cast, as_user):
    today = london_today()
    factories.member(cast.family, "Yusuf", date_of_birth=today - dt.timedelta(days=800), pronunciation="YOU-suf")
    factories.member(cast.family, "Baby", role="unborn", due_date=today + dt.timedelta(days=30))
    factories.member(cast.family, "Nadia", role="helper")
    factories.member(cast.family, "Gone", role="other_adult", left_on=today)

    page = text(as_user(cast.coordinator).get(url(cast.family)))

    assert "Amina Main carer" in page
    assert "Yusuf 2 years say “YOU-suf”" in page
    assert f"due {today + dt.timedelta(days=30):%-d %B}" in page
    assert "Nadia Friend or relative who helps" in page
    assert page.index("No longer part of this family") < page.index("Gone")


def test_timeline_shows_visits_with_feelings_joinings_leavings_and_moves(cast, as_user):
    visit = factories.visit(cast.family, cast.volunteer, days_ago=3, state="checked_in", what_happened="We sang.")
    factories.check_in(visit, family_said=["understood"], my_impression=["tired"], other_feeling="floaty")
    factories.visit(cast.family, cast.volunteer, days_ago=9, state="not_delivered")
    old = cast.family.assignments.get()
    support = cast.family.supports.get()
    factories.assign(
        cast.other_volunteer,
        cast.family,
        starts_on=old.starts_on - dt.timedelta(days=20),
        ends_on=old.starts_on - dt.timedelta(days=1),
    )
    SUPPORT_MACHINE.move(
        support, to="paused", by=cast.coordinator, reason="holiday", paused_until=london_today() + dt.timedelta(days=3)
    )

    page = text(as_user(cast.coordinator).get(url(cast.family)))

    story = page[page.index("What happened") :]
    order = [
        "Home visiting · Paused · Away",
        "At home · 2 hours",
        "We sang.",
        "understood",
        "floaty",
        "Family not available",
        "Vera Volunteer joins the family",
        "Wilf Othervolunteer says goodbye",
        "Wilf Othervolunteer joins the family",
    ]
    assert [story.index(words) for words in order] == sorted(story.index(words) for words in order)
    assert "tired" not in story


def test_planned_visits_come_apart_from_what_happened(cast, as_user):
    factories.visit(cast.family, cast.volunteer, days_ago=-5, state="planned")
    factories.visit(cast.family, cast.volunteer, days_ago=2, state="planned")

    page = as_user(cast.coordinator).get(url(cast.family))

    assert len(page.context["page"].timeline.coming) == 1
    assert "not logged yet" in text(page)


def test_timeline_pages_by_key_and_every_entry_comes_exactly_once(cast, as_user, monkeypatch):
    monkeypatch.setattr("families.reports.timeline.thread.PAGE", 3)
    moment = timezone.now() - dt.timedelta(days=4)
    for number in range(7):
        factories.visit(cast.family, cast.volunteer, actual_start=moment, what_happened=f"note {number}")
    for number in range(7, 11):
        factories.visit(cast.family, cast.volunteer, days_ago=number, what_happened=f"note {number}")
    client, address, seen, titles = as_user(cast.coordinator), url(cast.family), [], []
    while address:
        page = client.get(address)
        shown = page.context["page"].timeline
        seen += [entry.text for month in shown.months for entry in month.entries if entry.text]
        titles += [entry.title for month in shown.months for entry in month.entries]
        address = f"{url(cast.family)}?before={shown.earlier}" if shown.earlier else ""

    assert sorted(seen) == sorted(f"note {number}" for number in range(11))
    assert titles.count("Vera Volunteer joins the family") == 1


def test_earlier_answers_htmx_with_the_next_stretch_alone(cast, as_user, monkeypatch):
    monkeypatch.setattr("families.reports.timeline.thread.PAGE", 2)
    for days in range(1, 6):
        factories.visit(cast.family, cast.volunteer, days_ago=days)
    client = as_user(cast.coordinator)
    key = client.get(url(cast.family)).context["page"].timeline.earlier

    stretch = client.get(url(cast.family), {"before": str(key)}, headers={"HX-Request": "true"})

    assert stretch.content.decode().count('class="visit"') == 2
    assert "<h1" not in stretch.content.decode()


@pytest.mark.parametrize("before", ["", "x", "1-2-3-4", f"{10**40}-1-1", f"1-1-{10**30}", "-1--1--1", "١-١-١"])
def test_timeline_with_a_broken_key_is_the_page_or_an_end(cast, as_user, before):
    assert as_user(cast.coordinator).get(url(cast.family), {"before": before}).status_code == 200


def test_volunteer_sees_own_visits_and_no_reasons_of_moves(cast, as_user):
    factories.visit(cast.family, cast.volunteer, days_ago=3, what_happened="Mine.")
    factories.visit(cast.family, cast.coordinator, days_ago=2, what_happened="Not for volunteers.")
    support = cast.family.supports.get()
    SUPPORT_MACHINE.move(
        support,
        to="paused",
        by=cast.coordinator,
        reason="illness",
        note="Told in confidence.",
        paused_until=london_today() + dt.timedelta(days=3),
    )

    page = text(as_user(cast.volunteer).get(url(cast.family)))

    assert "Mine." in page
    assert "Home visiting · Paused" in page
    assert "Not for volunteers." not in page
    assert "Told in confidence" not in page
    assert "Illness" not in page
    assert "Add a person" not in page


def test_other_organisations_support_and_its_visits_stay_with_it(cast, as_user):
    foreign = factories.support(cast.family, cast.far)
    factories.visit(cast.family, cast.other_coordinator, support=foreign, what_happened="Doula secrets.")

    here = text(as_user(cast.coordinator).get(url(cast.family)))
    there = text(as_user(cast.other_coordinator).get(url(cast.family)))

    assert "Doula support" not in here
    assert "Doula secrets." not in here
    assert "Doula secrets." in there
    assert "Home visiting" not in there


@pytest.mark.parametrize("before", [False, True], ids=["top", "earlier"])
def test_page_needs_at_most_twelve_queries_and_as_many_for_thirty_visits_and_people(cast, as_user, before):
    client = as_user(cast.coordinator)

    def add(number: int) -> None:
        visit = factories.visit(cast.family, cast.volunteer, days_ago=number + 1, state="checked_in")
        factories.check_in(visit, family_said=["understood"])
        factories.visit(cast.family, cast.volunteer, days_ago=-number - 1, state="planned")
        factories.contact(factories.member(cast.family, f"Person {number}"))
        factories.assign(factories.user(f"Worker {number}"), cast.family)

    def ask() -> list[str]:
        query = {"before": "99999999999999999-0-0"} if before else {}
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url(cast.family), query).status_code == 200
        return [each["sql"] for each in asked if not re.match("SAVEPOINT|RELEASE|ROLLBACK", each["sql"])]

    add(0)
    few = ask()
    for number in range(1, 30):
        add(number)
    many = ask()

    assert len(few) == len(many) <= 12
