"""Thanks reach the volunteer; what a family said stands there only while the adult lets us use it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from families.models import PurposeBasis
from tests import factories
from tests.volunteers import spending
from volunteers.actions import FamilySaid, ThanksRefused, thank, thanks_read
from volunteers.models import Thanks
from volunteers.reports.thanks import my_thanks, new_thanks


@pytest.fixture
def adult(cast):
    return cast.family.members.get(role="parent", is_main_carer=True)


def give(by, volunteer, words="", said=None):
    with acting_as(Scope.SCOPED, by.pk):
        return thank(by=by, volunteer=volunteer, words=words, said=said)


def read(cast):
    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        rows, _older = my_thanks(cast.volunteer)
        return [(each.thanks.words, each.shows_family and each.thanks.family_words) for each in rows]


@pytest.mark.parametrize("who", ["coordinator", "manager", "lead"])
def test_whoever_works_with_a_volunteer_thanks_them(cast, who):
    give(getattr(cast, who), cast.volunteer_row, "For Tuesday.")

    assert read(cast) == [("For Tuesday.", False)]


@pytest.mark.parametrize("who", ["volunteer", "other_volunteer", "other_coordinator", "administrator", "nobody"])
def test_nobody_thanks_themselves_or_somebody_they_do_not_work_with(cast, who):
    with pytest.raises(ThanksRefused):
        give(getattr(cast, who), cast.volunteer_row, "Well done.")


def test_words_of_a_family_need_its_yes_and_go_at_once_when_it_is_taken_back(cast, adult):
    said = FamilySaid(adult, "Dziękuję za wtorek.", "pl", "Thank you for Tuesday.")
    with pytest.raises(ThanksRefused, match="has not been asked yet"):
        give(cast.coordinator, cast.volunteer_row, said=said)

    spending.allows_words(adult, cast.coordinator, happened_at=timezone.now() - dt.timedelta(days=1))
    give(cast.coordinator, cast.volunteer_row, said=said)
    spending.thanks(cast.volunteer_row, cast.coordinator, adult, words="And from me.")
    assert read(cast) == [("And from me.", "Dziękuję."), ("", "Dziękuję za wtorek.")]

    spending.allows_words(adult, cast.coordinator, "withdrawn")
    assert read(cast) == [("And from me.", False)]


@pytest.mark.parametrize("change", ["another adult said no", "left", "legitimate"])
def test_only_the_word_of_the_adult_who_said_it_counts_while_they_are_part_of_the_family(cast, adult, change):
    spending.allows_words(adult, cast.coordinator)
    spending.thanks(cast.volunteer_row, cast.coordinator, adult)
    if change == "another adult said no":
        spending.allows_words(factories.member(cast.family, "Yusuf", "other_adult"), cast.coordinator, "refused")
    elif change == "left":
        type(adult).objects.filter(pk=adult.pk).update(left_on=timezone.localdate())
    else:
        PurposeBasis.objects.create(organisation=cast.here, purpose="story", basis="legitimate")

    assert [bool(words) for _own, words in read(cast)] == [change != "left"]


def test_words_of_a_family_the_volunteer_never_was_with_are_not_passed_on(cast):
    adult = cast.other_family.members.get(role="parent")
    spending.allows_words(adult, cast.coordinator)

    with pytest.raises(ThanksRefused, match="is or was with"):
        give(cast.coordinator, cast.volunteer_row, said=FamilySaid(adult, "Thanks.", "en"))
    with pytest.raises(ThanksRefused, match="Write what"):
        give(cast.coordinator, cast.volunteer_row)


def test_thanks_stand_on_the_first_page_until_they_are_kept_and_then_among_ones_own(cast, as_user):
    row = spending.thanks(cast.volunteer_row, cast.coordinator, words="For being there on Tuesday.")
    client = as_user(cast.volunteer)
    assert "For being there on Tuesday." in client.get(reverse("volunteers:my-visits")).content.decode()

    client.post(reverse("volunteers:thanks-keep", args=[row.pk]))

    assert "For being there on Tuesday." not in client.get(reverse("volunteers:my-visits")).content.decode()
    assert "For being there on Tuesday." in client.get(reverse("volunteers:my-thanks")).content.decode()


def test_reading_twice_keeps_the_first_moment(cast):
    row = spending.thanks(cast.volunteer_row, cast.coordinator)
    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        first = thanks_read(by=cast.volunteer, thanks=row).read_at
        assert thanks_read(by=cast.volunteer, thanks=row).read_at == first
        assert new_thanks(cast.volunteer) == []
    with pytest.raises(Thanks.DoesNotExist):
        thanks_read(by=cast.coordinator, thanks=row)


def test_a_coordinator_passes_on_what_a_family_said_from_the_page_and_is_told_what_is_missing(cast, as_user, adult):
    client = as_user(cast.coordinator)
    url = reverse("volunteers:thank", args=[cast.volunteer_row.pk])
    sent = {
        "words": "",
        "member": str(adult.uuid),
        "family_words": "Dziękuję.",
        "language": "pl",
        "translation": "Thanks.",
    }

    refused = client.post(url, sent)
    assert refused.status_code == 422
    assert "has not been asked yet" in refused.content.decode()
    assert "Dziękuję." in refused.content.decode()

    spending.allows_words(adult, cast.coordinator)
    assert client.post(url, sent).status_code == 302
    assert Thanks.objects.get().member == adult
