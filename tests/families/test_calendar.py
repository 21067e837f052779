"""One's visits in the calendar one uses anyway: what it says, what it never says, and when it stops."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from betterstart.access import actions as access
from betterstart.clock import LONDON
from betterstart.links.models import Link
from betterstart.logs import without_tokens
from families.models import Assignment, Visit
from tests import factories

PAGE = "/me/calendar/"


def plan(cast, days: float, **fields) -> Visit:
    start = timezone.now().replace(microsecond=0) + dt.timedelta(days=days)
    fields.setdefault("state", "planned")
    return factories.visit(
        cast.family,
        fields.pop("worker", cast.volunteer),
        planned_start=start,
        planned_end=start + dt.timedelta(hours=2),
        actual_start=None,
        duration_minutes=None,
        **fields,
    )


@pytest.fixture
def made(cast, as_user):
    """The address of the volunteer's calendar, as the page showed it."""
    page = as_user(cast.volunteer).post(PAGE).content.decode()
    return re.search(r"/calendar/[\w-]+/visits\.ics", page).group()


def read(client, made) -> Calendar:
    answer = client.get(made)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return Calendar.from_ical(answer.content)


def test_calendar_has_each_visit_planned_with_me_at_its_time(cast, client, made):
    visit = plan(cast, 3)
    plan(cast, 4, worker=cast.coordinator)

    (event,) = read(client, made).walk("VEVENT")

    assert event["UID"] == str(visit.uuid)
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (visit.planned_start, visit.planned_end)


@pytest.mark.parametrize("left_out", [{"state": "moved"}, {"state": "withdrawn"}, {"days": 400}, {"days": -40}])
def test_calendar_leaves_out(cast, client, made, left_out):
    plan(cast, left_out.pop("days", 2), **left_out)

    assert read(client, made).walk("VEVENT") == []


def test_calendar_says_nothing_of_the_family(cast, client, made):
    factories.address(cast.family, "7 Hidden Lane", "BD7 2AA")
    plan(cast, 1, what_happened="Amina told me")
    text = client.get(made).content.decode()

    assert not re.search("amina|hidden|bd7|bowling|home visiting", text, re.IGNORECASE)
    assert cast.family.reference not in text
    assert [str(event["SUMMARY"]) for event in Calendar.from_ical(text).walk("VEVENT")] == ["Visit"]


def test_calendar_client_on_the_command_line_reads_it(cast, client, made, tmp_path):
    visit = plan(cast, 5)
    (tmp_path / "visits.ics").write_bytes(client.get(made).content)
    (tmp_path / "cal").mkdir()
    (tmp_path / "khal.conf").write_text(
        f"[calendars]\n[[mine]]\npath = {tmp_path}/cal\n[locale]\nlocal_timezone = Europe/London\n"
        f"default_timezone = Europe/London\n"
        "timeformat = %H:%M\ndateformat = %d/%m/%Y\nlongdateformat = %d/%m/%Y\n"
        f"[sqlite]\npath = {tmp_path}/khal.db\n"
        "[default]\ndefault_calendar = mine\n"
    )
    khal = [str(Path(sys.executable).parent / "khal"), "-c", str(tmp_path / "khal.conf")]
    env = os.environ | {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    subprocess.run([*khal, "import", "--batch", str(tmp_path / "visits.ics")], check=True, env=env, capture_output=True)
    day = visit.planned_start.astimezone(LONDON)
    told = subprocess.run(
        [*khal, "list", "--format", "{start-time} {title}", f"{day:%d/%m/%Y}", "1d"],
        check=True, env=env, capture_output=True, text=True,
    )  # fmt: skip

    assert f"{day:%H:%M} Visit" in told.stdout


@pytest.mark.parametrize("how", ["taken back", "made anew", "access ended", "altered", "after its time"])
def test_address_opens_nothing_more(cast, as_user, client, made, how):
    if how == "taken back":
        as_user(cast.volunteer).post(f"{PAGE}take-back/")
    if how == "made anew":
        as_user(cast.volunteer).post(PAGE)
    if how == "access ended":
        access.end_access(by=cast.administrator, person=cast.volunteer, reason="Moved away")
    if how == "altered":
        made = made.replace("/visits", "x/visits")
    if how == "after its time":
        Link.objects.update(expires_at=timezone.now())
    answer = Client().get(made)

    assert answer.status_code == 404
    assert answer.content == Client().get("/calendar/nothing/visits.ics").content


def test_visit_is_gone_from_the_calendar_once_they_are_no_longer_together(cast, client, made):
    plan(cast, 3)
    assert len(read(client, made).walk("VEVENT")) == 1
    Assignment.objects.filter(worker=cast.volunteer).update(ends_on=timezone.localdate())

    assert read(client, made).walk("VEVENT") == []


def test_address_is_shown_once_and_stays_out_of_the_log(cast, as_user, made):
    assert made not in as_user(cast.volunteer).get(PAGE).content.decode()
    assert made.split("/")[2] not in without_tokens(f"GET {made} HTTP/1.1")


def test_calendar_asks_the_same_for_thirty_visits(cast, client, made):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(made)
        return len(queries)

    plan(cast, 1)
    few = count()
    for day in range(30):
        plan(cast, 2 + day)

    assert count() == few
