"""A colleague holds the Today of somebody who is away: for some days, by agreement, and without seeing any more."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Membership, User
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from families.actions.cover import CoverRefused, answer_cover, arrange_cover, end_cover
from families.models import Cover, Family, LeadContact
from families.reports.cover import asked_to_hold, covers_of, with_covers
from families.reports.needs import needs_of
from families.reports.today import this_week
from families.reports.waiting import unrecorded
from tests import factories

DAY = dt.timedelta(days=1)
PAGE = "/today/away/"


@pytest.fixture
def team(cast):
    """Carys shares home visiting with Dana; Gita coordinates the group alone, and Dana could stand in for her too."""
    cast.dana = factories.user("Dana Deputy", "coordinator", cast.here)
    cast.gita = factories.user("Gita Group", "coordinator", cast.stay_and_play)
    return cast


def arranged(team, away, held_by, *, by=None, first=0, last=9, **fields) -> Cover:
    today = london_today()
    return arrange_cover(
        by=by or away, away=away, held_by=held_by, starts_on=today + first * DAY, ends_on=today + last * DAY, **fields
    )


def agreed(team, away, held_by, **fields) -> Cover:
    return answer_cover(by=held_by, cover=arranged(team, away, held_by, **fields), agrees=True)


def in_force(person) -> list[str]:
    return [cover.away.display_name for cover in Cover.objects.in_force().filter(held_by=person)]


# Arranging


def test_what_a_colleague_asked_counts_once_they_said_yes(team):
    cover = arranged(team, team.gita, team.dana, note="Ring the library.")
    assert in_force(team.dana) == []
    assert [need.detail for need in asked_to_hold(team.dana, london_today(), 9).needs] == ["Ring the library."]

    answer_cover(by=team.dana, cover=cover, agrees=True)

    assert in_force(team.dana) == ["Gita Group"]
    assert asked_to_hold(team.dana, london_today(), 9).total == 0
    verbs = AuditEvent.objects.filter(verb__startswith="cover.").order_by("pk").values_list("verb", "actor_id")
    assert list(verbs) == [("cover.asked", team.gita.pk), ("cover.agreed", team.dana.pk)]


def test_no_leaves_the_days_free_for_another_colleague(team):
    answer_cover(by=team.dana, cover=arranged(team, team.coordinator, team.dana), agrees=False)
    other = factories.user("Eva Else", "coordinator", team.home)

    assert arranged(team, team.coordinator, other).pk
    assert in_force(team.dana) == []


@pytest.mark.parametrize("who", ["manager", "lead"])
def test_manager_or_lead_settles_it_and_it_counts_at_once(team, who):
    arranged(team, team.gita, team.dana, by=getattr(team, who))

    assert in_force(team.dana) == ["Gita Group"]
    assert AuditEvent.objects.get(verb="cover.set").actor_id == getattr(team, who).pk


@pytest.mark.parametrize(("first", "last"), [(0, 0), (0, 84), (365, 370)])
def test_days_at_the_edge_are_taken(team, first, last):
    assert arranged(team, team.gita, team.dana, first=first, last=last).pk


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(-1, 3, "starts_on"), (5, 4, "ends_on"), (0, 85, "ends_on"), (366, 370, "starts_on")],
)
def test_bad_days_are_refused(team, first, last, field):
    with pytest.raises(CoverRefused) as refused:
        arranged(team, team.gita, team.dana, first=first, last=last)

    assert list(refused.value.error_dict) == [field]
    assert not Cover.objects.exists()


@pytest.mark.parametrize(
    ("away", "held_by", "by", "field", "words"),
    [
        ("gita", "gita", "gita", "held_by", "somebody else"),
        ("gita", "coordinator", "gita", "held_by", "does not coordinate all these services"),
        ("gita", "volunteer", "gita", "held_by", "does not coordinate all these services"),
        ("gita", "other_coordinator", "gita", "held_by", "does not coordinate all these services"),
        ("dana", "gita", "dana", "held_by", "does not coordinate all these services"),
        ("other_coordinator", "dana", "manager", "away", "of your organisation"),
        ("volunteer", "dana", "manager", "away", "of your organisation"),
        ("gita", "dana", "coordinator", "away", "of your organisation"),
    ],
)
def test_who_may_not_see_the_families_or_not_settle_it_is_refused(team, away, held_by, by, field, words):
    with pytest.raises(CoverRefused, match=words) as refused:
        arranged(team, getattr(team, away), getattr(team, held_by), by=getattr(team, by))

    assert list(refused.value.error_dict) == [field]


def test_colleague_whose_role_ends_before_the_last_day_is_refused(team):
    Membership.objects.filter(user=team.dana).update(ends_at=timezone.now() + 5 * DAY)

    with pytest.raises(CoverRefused, match="until then"):
        arranged(team, team.gita, team.dana, last=9)
    assert arranged(team, team.gita, team.dana, last=3).pk


@pytest.mark.parametrize(("first", "last", "free"), [(9, 12, False), (10, 12, True), (0, 2, False), (3, 4, False)])
def test_covers_of_one_person_do_not_overlap(team, first, last, free):
    arranged(team, team.coordinator, team.dana, first=2, last=9)
    other = factories.user("Eva Else", "coordinator", team.here)

    if free:
        assert arranged(team, team.coordinator, other, first=first, last=last).pk
    else:
        with pytest.raises(CoverRefused, match="Dana Deputy is asked to hold it"):
            arranged(team, team.coordinator, other, first=first, last=last)


def test_colleague_who_is_away_themselves_cannot_hold_it(team):
    eva = factories.user("Eva Else", "coordinator", team.here)
    arranged(team, team.dana, eva, first=5, last=8)

    with pytest.raises(CoverRefused, match="Dana Deputy is away from"):
        arranged(team, team.gita, team.dana, first=0, last=5)
    assert arranged(team, team.gita, team.dana, first=0, last=4).pk


def test_who_holds_a_colleagues_today_does_not_leave_it_alone(team):
    agreed(team, team.gita, team.dana)
    eva = factories.user("Eva Else", "coordinator", team.here)

    with pytest.raises(CoverRefused, match="That must end first"):
        arranged(team, team.dana, eva, first=3, last=4)


def test_yes_is_asked_again_of_what_has_changed_meanwhile(team):
    cover = arranged(team, team.gita, team.dana)
    Membership.objects.filter(user=team.dana).update(ends_at=timezone.now())

    with pytest.raises(CoverRefused, match="does not coordinate"):
        answer_cover(by=team.dana, cover=cover, agrees=True)


def test_answer_is_given_once_and_by_who_was_asked(team):
    cover = arranged(team, team.gita, team.dana)

    with pytest.raises(CoverRefused):
        answer_cover(by=team.coordinator, cover=cover, agrees=True)
    answer_cover(by=team.dana, cover=cover, agrees=False)
    with pytest.raises(CoverRefused):
        answer_cover(by=team.dana, cover=cover, agrees=True)


def test_cover_ends_by_itself_and_early(team):
    cover = agreed(team, team.gita, team.dana)
    assert [Cover.objects.in_force(london_today() + days * DAY).count() for days in (-1, 0, 9, 10)] == [0, 1, 1, 0]

    end_cover(by=team.gita, cover=cover)

    assert in_force(team.dana) == []
    with pytest.raises(CoverRefused, match="is over"):
        end_cover(by=team.gita, cover=cover)


def test_database_keeps_covers_of_one_person_apart(team):
    agreed(team, team.gita, team.dana)
    days = {"starts_on": london_today(), "ends_on": london_today() + DAY}

    with pytest.raises(IntegrityError), transaction.atomic():
        Cover.objects.create(away=team.gita, held_by=team.coordinator, asked_by=team.gita, **days)


# What it shows


def marked(user, *needs_from) -> dict[str, str]:
    user = User.objects.get(pk=user.pk)
    with acting_as(Scope.SCOPED, user.pk):
        needs = needs_of(user, london_today(), 50).needs
        shown = with_covers(user, needs, covers_of(user, london_today()).holding)
        return {each.need.family.name: each.words for each in shown if each.need.family}


def test_what_would_wait_for_the_absent_one_alone_is_marked_and_the_teams_is_not(team):
    alone = factories.family(team.stay_and_play, "Sole")
    told = factories.family(team.home, "Told")
    theirs = factories.family(team.home, "Theirs")
    told.supports.update(may_be_named="yes", named_asked_on=london_today())
    LeadContact.objects.create(family=told, support=told.supports.get(), person=team.coordinator, state="accepted")
    factories.assign(team.coordinator, theirs)
    agreed(team, team.gita, team.dana)
    agreed(team, team.coordinator, team.dana)
    factories.user("Eva Else", "coordinator", team.home)

    words = marked(team.dana)

    assert words[alone.name].startswith("for Gita, until")
    assert words[told.name].startswith("for Carys, until")
    assert words[theirs.name].startswith("for Carys, until")
    assert (words["Amina"], words["Berta"]) == ("", "")


def test_cover_shows_no_family_that_could_not_be_seen_before(team):
    factories.family(team.stay_and_play, "Sole")
    before = marked(team.dana)
    agreed(team, team.gita, team.dana)
    assert set(marked(team.dana)) == set(before)

    Cover.objects.update(held_by=team.coordinator)  # as if a rule had been missed
    with acting_as(Scope.SCOPED, team.coordinator.pk):
        assert not Family.objects.filter(name="Sole").exists()
    assert "Sole" not in marked(team.coordinator)


def test_own_visits_of_the_absent_one_are_minded_at_once_and_named_in_the_week(team):
    factories.visit(team.family, team.coordinator, state="planned", days_ago=3 / 24)
    ahead = factories.visit(team.family, team.coordinator, state="planned", days_ago=-2)
    today = london_today()
    assert not unrecorded(team.dana, today, 9).needs

    agreed(team, team.coordinator, team.dana)

    assert [need.family.name for need in unrecorded(team.dana, today, 9).needs] == ["Amina"]
    assert ahead in [visit for day in this_week(team.dana, today) for visit in day.named]


# Pages


def test_page_asks_a_colleague_and_they_answer_it(team, as_user):
    days = {"starts_on": london_today().isoformat(), "ends_on": (london_today() + 4 * DAY).isoformat(), "note": ""}
    answer = as_user(team.gita).post(PAGE, {"held_by": team.dana.pk, **days}, follow=True)
    assert "It counts once Dana Deputy has said yes." in answer.content.decode()

    client = as_user(team.dana)
    assert "Gita Group asks you to hold their Today" in client.get("/today/").content.decode()
    client.post(reverse("families:cover-answer", args=[Cover.objects.get().pk]), {"answer": "yes"})

    assert "You hold the Today of Gita Group until" in client.get("/today/").content.decode()
    assert "Dana Deputy holds your Today from" in as_user(team.gita).get("/today/").content.decode()


def test_refused_page_says_why_beside_the_field_and_keeps_what_was_typed(team, as_user):
    days = {"starts_on": london_today().isoformat(), "ends_on": (london_today() - DAY).isoformat()}

    answer = as_user(team.gita).post(PAGE, {"held_by": team.dana.pk, "note": "Keep me.", **days})

    assert answer.status_code == 422
    assert "This is before the first day." in answer.content.decode()
    assert "Keep me." in answer.content.decode()


def test_coordinator_without_a_colleague_learns_who_can_help(cast, as_user):
    assert "An administrator can give a colleague the role" in as_user(cast.coordinator).get(PAGE).content.decode()


def test_manager_settles_and_stops_a_cover(team, as_user):
    client = as_user(team.manager)
    days = {"starts_on": london_today().isoformat(), "ends_on": london_today().isoformat(), "note": ""}
    client.post("/who-is-away/", {"away": team.gita.pk, "held_by": team.dana.pk, **days})
    cover = Cover.objects.in_force().get()
    assert "Dana Deputy for Gita Group" in client.get("/who-is-away/").content.decode()

    client.post(reverse("families:cover-stop", args=[cover.pk]))
    assert not Cover.objects.in_force().exists()


def test_cover_of_others_is_absent_for_who_has_no_part_in_it(team, as_user):
    cover = agreed(team, team.gita, team.dana)

    assert as_user(team.coordinator).post(reverse("families:cover-end", args=[cover.pk])).status_code == 404
    assert not Cover.objects.visible_to(team.coordinator).exists()
    assert Cover.objects.visible_to(team.manager).get() == cover
