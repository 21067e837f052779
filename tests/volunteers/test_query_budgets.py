"""As many queries with thirty rows as with one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.supervising import a_talk
from volunteers.models import CallRequest, CheckInNote


def queries(client, url) -> int:
    client.get(url)  # the first visit fills what is read once for each process
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def one_more(cast, number):
    """Another volunteer with everything, and another visit of each kind for Vera's family."""
    person = factories.user(f"Volunteer {number}", "volunteer", cast.home)
    row = factories.volunteer(person, cast.here)
    family = factories.family(cast.home, f"Family {number}")
    match = factories.match(row, family)
    CallRequest.objects.create(volunteer=row)
    visit = factories.visit(family, person, days_ago=2, state="checked_in")
    check_in = factories.check_in(visit, worry="yes", heaviness=4, my_mood=1, my_impression=["sad"])
    CheckInNote.objects.create(check_in=check_in, family=family, author=person, kind="addendum", words="More")
    factories.visit(family, person, days_ago=-2, state="planned")
    a_talk(cast.coordinator, row, match=match, days_ago=60)
    a_talk(cast.coordinator, cast.volunteer_row, match=cast.match, strengths="Calm.", days_ago=number + 1)
    a_talk(cast.coordinator, cast.volunteer_row, state="planned", days_ago=-number - 1)
    factories.member(cast.family, f"Child {number}")
    factories.visit(cast.family, cast.volunteer, days_ago=-number - 1, state="planned")
    factories.visit(cast.family, cast.volunteer, days_ago=number + 1)
    own = factories.visit(cast.family, cast.volunteer, days_ago=number + 1, state="seen")
    read = factories.check_in(own, seen_at=timezone.now(), seen_by=cast.coordinator, family_said=["calm"])
    CheckInNote.objects.create(check_in=read, family=cast.family, author=cast.coordinator, kind="reply", words="Thanks")
    return match


PAGES = [
    ("volunteer", "volunteers:my-visits", "", 30),
    ("volunteer", "volunteers:after-visits", "", 14),
    ("volunteer", "volunteers:my-check-in", "own", 20),
    ("volunteer", "volunteers:check-in-record", "visit", 24),
    ("volunteer", "volunteers:before-visit", "next", 18),
    ("coordinator", "volunteers:check-in-list", "", 14),
    ("coordinator", "volunteers:check-in", "own", 18),
    ("coordinator", "volunteers:list", "", 14),
    ("coordinator", "volunteers:how-they-are", "", 14),
    ("coordinator", "volunteers:beside-today", "", 20),
    ("coordinator", "volunteers:volunteer", "volunteer", 17),
    ("coordinator", "volunteers:supervision-list", "volunteer", 14),
    ("coordinator", "volunteers:supervision-group-write", "", 12),
    ("volunteer", "volunteers:my-supervision", "", 12),
    ("volunteer", "volunteers:my-load", "", 16),
    ("manager", "volunteers:supervision-dates", "", 14),
    ("coordinator", "volunteers:family-panel", "family", 18),
    ("coordinator", "volunteers:match", "match", 16),
    ("coordinator", "volunteers:match-start", "family", 18),
]


@pytest.mark.parametrize(("who", "name", "about", "most"), PAGES)
def test_page_needs_as_many_queries_for_thirty_rows_as_for_one(cast, as_user, who, name, about, most):
    client = as_user(getattr(cast, who))
    one_more(cast, 0)
    visits = cast.family.visits
    own = visits.get(state="seen")
    args = {
        "": [],
        "own": [own.check_in.pk],
        "visit": [visits.filter(state="delivered").first().uuid],
        "next": [visits.filter(state="planned").first().uuid],
        "volunteer": [cast.volunteer_row.pk],
        "family": [cast.family.uuid],
        "match": [cast.match.pk],
    }[about]
    url = reverse(name, args=args)
    for_one = queries(client, url)

    for number in range(1, 30):
        one_more(cast, number)

    assert queries(client, url) == for_one
    assert for_one <= most
