"""A volunteer tells of themselves on their phone; a coordinator reads it, and writes what they were told."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from betterstart.clock import london_today
from families.models import Support
from tests import factories
from tests.families.test_family_page import text
from tests.volunteers.matching_rows import never, profile
from volunteers.models import NeverWith, Section, Volunteer, VolunteerProfile

TICKED = re.compile(r'type="checkbox"[^>]* checked')
MINE = "/my-visits/about-me/"

TYPED = {
    Section.TIMES: {"times": ["mon-morning", "fri-evening"]},
    Section.ROOM: {"hours_a_week": "3.5", "most_families": "2"},
    Section.TRAVEL: {"postcode": "bd7 2aa", "miles": "3", "means": ["bus"], "has_car": "no"},
    Section.LANGUAGES: {
        "language_0": "ur",
        "skills_0": ["speaks"],
        "language_1": "en",
        "skills_1": ["speaks", "reads"],
    },
    Section.HELPS: {"skills": ["play"], "enjoys": ["books"], "skills_words": "Sewing"},
    Section.SHARED: {"shared": ["lone_parent"], "shared_words": ""},
    Section.HOMES: {"home_cat": "cannot", "home_dog": "", "has_pets": "yes"},
    Section.ME: {"limits": "Not after dark", "offered_as": "woman"},
}
SHOWN = {
    Section.TIMES: "Monday: morning",
    Section.ROOM: "3.5 hours a week",
    Section.TRAVEL: "Up to 3 miles",
    Section.LANGUAGES: "Urdu, spoken",
    Section.HELPS: "Books and stories",
    Section.SHARED: "A parent alone",
    Section.HOMES: "A cat: I cannot",
    Section.ME: "Not after dark",
}


def test_volunteer_tells_section_by_section_and_reads_it_back(cast, as_user):
    client = as_user(cast.volunteer)
    for version, (section, typed) in enumerate(TYPED.items()):
        form = client.get(f"{MINE}{section}/").content.decode()
        assert not TICKED.search(form)
        answer = client.post(f"{MINE}{section}/", typed | {"version": version})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{MINE}#{section}")

    page = text(client.get(MINE))

    assert [section for section, words in SHOWN.items() if words not in page] == []
    assert page.count("Said on") == len(TYPED)
    kept = VolunteerProfile.objects.get()
    assert (kept.has_car, kept.has_pets, kept.homes) == (False, True, {"cat": "cannot"})
    again = client.get(f"{MINE}languages/").context["form"]
    assert again.initial["skills_1"] == ["speaks", "reads"]


def test_form_keeps_what_was_typed_where_it_cannot_be_so(cast, as_user):
    client = as_user(cast.volunteer)
    for section, typed, words in (
        ("travel", {"postcode": "Bradford", "miles": "77"}, "does not look like a postcode"),
        ("room", {"hours_a_week": "50", "most_families": "1"}, "less than or equal to 40"),
        ("languages", {"language_0": "ur"}, "Say whether you speak it, read it, or both."),
        ("languages", {"skills_0": ["speaks"]}, "Choose the language."),
    ):
        answer = client.post(f"{MINE}{section}/", typed | {"version": 0})
        assert answer.status_code == 422
        assert words in text(answer)
    assert client.get(f"{MINE}secrets/").status_code == 404


def test_lowering_the_number_below_the_families_there_are_is_refused_kindly(cast, as_user):
    Volunteer.objects.filter(pk=cast.volunteer_row.pk).update(most_families=2)
    factories.match(cast.volunteer_row, cast.other_family)

    answer = as_user(cast.volunteer).post(f"{MINE}room/", {"version": 0, "most_families": "1", "hours_a_week": "3"})

    assert answer.status_code == 422
    assert "You are with 2 families now, or about to meet them. Talk with your coordinator first" in text(answer)


def test_coordinator_reads_the_area_alone_and_writes_what_they_were_told(cast, as_user):
    profile(cast.volunteer_row, postcode="BD7 2AA", said={"travel": {"on": "2026-06-03", "by": cast.volunteer.pk}})
    client, url = as_user(cast.coordinator), f"/volunteers/{cast.volunteer_row.pk}/profile/"
    page = text(client.get(url))
    assert "Wednesday 3 June" in page
    assert "2AA" not in page + text(client.get(f"{url}travel/"))

    told = {"version": 1, "miles": "4", "said_on": london_today().isoformat(), "postcode": ""}
    client.post(f"{url}travel/", told)

    kept = VolunteerProfile.objects.get()
    assert (kept.postcode, kept.miles, kept.said["travel"]["by"]) == ("BD7 2AA", 4, cast.coordinator.pk)
    assert "written down by Carys Coordinator" in text(client.get(url))
    stale = client.post(f"{url}travel/", told)
    assert (stale.status_code, "Somebody changed this" in text(stale)) == (409, True)
    client.post(f"{url}insurance/", {"version": 2, "seen_on": london_today().isoformat()})
    assert "by Carys Coordinator" in text(client.get(url))


def test_never_with_is_noted_in_one_step_from_what_the_family_asked(cast, as_user):
    reply = factories.reply(cast.family, "other_volunteer")
    client, url = as_user(cast.coordinator), f"/families/{cast.family.uuid}/never-with/"
    link = f"{url}?reply={reply.uuid}"
    assert link in client.get(f"/families/{cast.family.reference}/replies/{reply.uuid}/").content.decode()
    known = client.get(link).context["form"].initial

    client.post(link, known | {"said_on": known["said_on"].isoformat()})

    row = NeverWith.objects.get()
    assert (row.volunteer, row.said_by, row.reason, row.reply) == (cast.volunteer_row, "family", "asked", reply)
    assert "Vera Volunteer" in text(client.get(url))
    assert text(client.get(f"/volunteers/{cast.volunteer_row.pk}/profile/")).count("Amina") == 1
    client.post(f"{url}{row.pk}/take-back/", {"why": "They talked."})
    assert "Taken back by Carys Coordinator" in text(client.get(url))


@pytest.mark.parametrize("asked", ["nonsense", "1f0e6a3e-0000-4000-8000-000000000000"])
def test_link_of_no_reply_shows_nothing_of_another(cast, as_user, asked):
    status = as_user(cast.coordinator).get(f"/families/{cast.family.uuid}/never-with/?reply={asked}").status_code

    assert status == (200 if asked == "nonsense" else 404)


def test_what_a_family_said_is_on_no_page_of_the_volunteer(cast, as_user):
    never(cast.family, cast.volunteer_row, cast.coordinator, words="She talks too much")
    never(cast.family, cast.volunteer_row, cast.coordinator, "volunteer", words="My cousin lives there")

    page = text(as_user(cast.volunteer).get(MINE))

    assert "She talks too much" not in page
    assert "My cousin lives there" in page


def queries(client, url) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("page", ["mine", "theirs", "never"])
def test_thirty_take_as_many_queries_as_one(cast, as_user, page):
    profile(cast.volunteer_row)
    client = as_user(cast.volunteer if page == "mine" else cast.coordinator)
    pages = {"mine": MINE, "theirs": f"/volunteers/{cast.volunteer_row.pk}/profile/"}
    url = pages.get(page, f"/families/{cast.family.uuid}/never-with/")
    never(cast.family, cast.volunteer_row, cast.coordinator, "volunteer")
    first = queries(client, url)
    support = Support.objects.get(family=cast.family)
    for number in range(10):
        row = factories.volunteer(factories.user(f"V {number}", "volunteer", cast.home), cast.here, evidence=False)
        never(support.family, row, cast.coordinator)
        never(support.family, cast.volunteer_row, cast.coordinator, "volunteer")

    assert queries(client, url) == first <= 20
