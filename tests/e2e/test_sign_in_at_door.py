"""The door of a group on a phone: tap, tap back, somebody new."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe

from families.models import Family, GroupAttendance
from tests import factories


def test_volunteer_signs_people_in_on_a_phone(people, open_as):
    group = factories.group(
        people.stay_and_play, days=(-7, 0), entry="drop_in", name="Stay and play", run_by=(people.other_volunteer,)
    )
    factories.attendance(group.sessions.first(), people.family.members.get())
    page = open_as(people.other_volunteer, width=360)
    page.goto("/my-visits/")
    page.get_by_role("link", name="Stay and play").click()
    assert not Axe().run(page).response["violations"]

    page.get_by_role("button", name="Amina").dblclick()
    page.get_by_text("Here now: 1 adult · 0 children").wait_for()
    assert page.get_by_role("button", name="Take back").bounding_box()["height"] >= 44
    page.get_by_role("button", name="Take back").click()
    page.get_by_text("Here now: 0 adults · 0 children").wait_for()

    page.get_by_role("link", name="Someone new").click()
    page.get_by_label("First name of the adult").fill("Dee")
    page.get_by_label("First name of a child").first.fill("Ollie")
    page.get_by_role("button", name="They are here").click()
    page.get_by_text("Here now: 1 adult · 1 child").wait_for()

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    here = GroupAttendance.objects.standing().filter(session=group.sessions.last())
    assert set(here.values_list("family__name", flat=True)) == {"Dee"}
    assert Family.objects.filter(name="Dee").count() == 1
