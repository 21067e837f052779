"""How a visit was for a volunteer is for the author and the coordinator of the service: nobody else, on no page."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from families.models import BreakGlass
from tests import factories

SECRET = "I cried in the car afterwards."
WORRY = "She whispered all the time."


@pytest.fixture
def told(cast):
    """A check-in with everything in it, and people who may see the family for other reasons."""
    visit = factories.visit(cast.family, cast.volunteer, days_ago=2, state="checked_in")
    cast.check_in = factories.check_in(
        visit,
        my_words=SECRET,
        my_mood=1,
        heaviness=4,
        wants_call=True,
        worry="yes",
        worry_words=WORRY,
        family_said=["hopeful"],
    )
    hour = timezone.now() + dt.timedelta(hours=1)
    for person in (cast.manager, cast.lead):
        BreakGlass.objects.create(family=cast.family, user=person, reason="A call", expires_at=hour)
    factories.support(cast.family, cast.far)
    factories.assign(cast.other_volunteer, cast.family)
    cast.neighbour = factories.user("Nell Neighbour", "coordinator", cast.stay_and_play)
    return cast


def pages(cast):
    return [
        reverse("volunteers:check-in", args=[cast.check_in.pk]),
        reverse("volunteers:my-check-in", args=[cast.check_in.pk]),
        reverse("volunteers:check-in-edit", args=[cast.check_in.pk]),
        reverse("volunteers:check-in-list"),
        reverse("volunteers:family-panel", args=[cast.family.uuid]),
        reverse("volunteers:list"),
        reverse("volunteers:how-they-are"),
        reverse("volunteers:volunteer", args=[cast.volunteer_row.pk]),
        reverse("families:family", args=[cast.family.reference]),
        reverse("families:visit-detail", args=[cast.check_in.visit.uuid]),
        reverse("families:today"),
    ]


def everything_shown(client, cast):
    return "\n".join(client.get(url).content.decode() for url in pages(cast))


@pytest.mark.parametrize("who", ["volunteer", "coordinator"])
def test_author_and_coordinator_read_it(told, as_user, who):
    assert SECRET in everything_shown(as_user(getattr(told, who)), told)


@pytest.mark.parametrize(
    "who", ["manager", "lead", "other_volunteer", "other_coordinator", "neighbour", "administrator", "nobody"]
)
def test_nobody_else_reads_it_on_any_page(told, as_user, who):
    shown = everything_shown(as_user(getattr(told, who)), told)

    assert SECRET not in shown
    assert "Very heavy" not in shown
    assert "was heavy" not in shown
    assert "A call, please" not in shown


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("volunteer", True),
        ("coordinator", True),
        ("lead", True),
        ("manager", False),
        ("other_coordinator", False),
        ("neighbour", False),
        ("other_volunteer", False),
    ],
)
def test_worry_is_read_by_those_who_can_do_something_about_it(told, as_user, who, reads):
    assert (WORRY in everything_shown(as_user(getattr(told, who)), told)) is reads


def test_what_the_family_said_is_in_the_panel_of_an_opened_record(told, as_user):
    page = as_user(told.lead).get(reverse("volunteers:family-panel", args=[told.family.uuid])).content.decode()

    assert "hopeful" in page
