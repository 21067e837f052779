"""What becomes of a check-in whose visit was entered by mistake."""

from __future__ import annotations

import pytest
from django.urls import reverse

from betterstart.access.acting import Scope, acting_as
from betterstart.clock import london_today
from families.actions.visit import withdraw_visit
from families.models import Visit
from tests import factories
from tests.volunteers.telling import tell
from volunteers.actions import may_edit
from volunteers.models import CheckIn
from volunteers.reports import needs
from volunteers.reports.reading import check_in_list

WORDS = "A quiet afternoon."


def told_then_taken_out(cast, **answers) -> CheckIn:
    visit = factories.visit(cast.family, cast.volunteer, state="planned")
    row = tell(cast.volunteer, visit, my_words=WORDS, **answers)
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        withdraw_visit(by=cast.coordinator, visit=visit, note="It was the other family.")
    return CheckIn.objects.select_related("visit__support__service").get(pk=row.pk)


def asked(person):
    with acting_as(Scope.SCOPED, person.pk):
        return needs.asked(person, london_today(), 10).needs


@pytest.mark.parametrize("answers", [{"worry": "yes"}, {"worry": "not_sure"}, {"heaviness": 4}])
def test_what_asks_for_a_person_stays_on_today_and_among_what_is_to_be_read(cast, answers):
    told_then_taken_out(cast, **answers)

    assert [need.detail for need in asked(cast.coordinator)] == ["the visit was entered by mistake"]
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        assert check_in_list(cast.coordinator).to_read == 1


def test_worry_leaves_today_once_it_is_answered(cast, as_user):
    row = told_then_taken_out(cast, worry="yes")
    client = as_user(cast.coordinator)
    page = client.get(reverse("volunteers:check-in", args=[row.pk])).content.decode()

    client.post(reverse("volunteers:check-in", args=[row.pk]), {"version": row.version, "words": "I ring you at ten."})

    assert "This visit was entered by mistake" in page
    assert WORDS in page
    assert not asked(cast.coordinator)


def test_check_in_that_asks_for_nobody_is_hidden_with_its_visit(cast, as_user):
    told_then_taken_out(cast)

    client = as_user(cast.coordinator)
    for url in (reverse("volunteers:check-in-list"), reverse("volunteers:volunteer", args=[cast.volunteer_row.pk])):
        page = client.get(url).content.decode()
        assert reverse("volunteers:check-in", args=[CheckIn.objects.get().pk]) not in page
    panel = client.get(reverse("volunteers:family-panel", args=[cast.family.uuid])).content.decode()
    assert "Hopeful" not in panel
    assert Visit.objects.get().check_in.my_words == WORDS


def test_its_author_is_told_by_whom_and_why_and_still_reads_it(cast, as_user):
    row = told_then_taken_out(cast)

    client = as_user(cast.volunteer)
    page = client.get(reverse("volunteers:my-visits")).content.decode()

    assert "Carys Coordinator took out your visit to Amina" in page
    assert "It was the other family." in page
    assert WORDS in client.get(reverse("volunteers:my-check-in", args=[row.pk])).content.decode()
    assert not may_edit(cast.volunteer, row)


def test_who_took_out_their_own_visit_is_not_told(cast, as_user):
    own = factories.visit(cast.family, cast.volunteer, planned_start=None, planned_end=None, recorded_by=cast.volunteer)
    Visit.objects.filter(pk=own.pk).update(recorded_at=own.actual_start)
    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        withdraw_visit(by=cast.volunteer, visit=own, note="Twice.")

    page = as_user(cast.volunteer).get(reverse("volunteers:my-visits"))

    assert page.context["page"].taken_out == []
