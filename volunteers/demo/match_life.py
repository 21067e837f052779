"""Matches of the demonstration on their way, and some that rest, end, or did not come about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import cycle

from django.db import models

from betterstart.access.demo import World
from betterstart.access.models import User
from betterstart.transitions.models import Transition
from families.models import FamilyMember, Support, SupportState, Visit, VisitPurpose
from volunteers.models import FamilyOffer, Match, MatchFeedback, MatchState, Volunteer, VolunteerOffer

M = MatchState
ABOUT_FAMILY = [
    "A family not far from the park would like company at home, and somebody to go to groups with. Mornings suit them.",
    "A parent who is new to the area would like to practise English over a cup of tea. There is a cat.",
    "A family that has had a hard year would like an hour of play for the little ones, and a listening ear.",
]
ABOUT_VOLUNTEER = [
    "Somebody who has brought up children, speaks English and Urdu, and likes to cook.",
    "Somebody patient who likes walks and parks, and is free on Tuesdays.",
    "Somebody who likes books and music, and can come in the afternoon.",
]
WHO, WHERE = "A mother and her little boy", "By the front door of the library, ten minutes before."


@dataclass(frozen=True)
class Story:
    """How far a match came: its state, what each side answered (None: not asked), and how many days ago it began."""

    state: str
    volunteer: str | None = None
    family: str | None = None
    days: int = 3
    path: tuple[str, ...] = ()


STORIES = [
    Story(M.OFFERED_TO_VOLUNTEER, "", None, 2),
    Story(M.SUGGESTED, days=1),
    Story(M.OFFERED_TO_VOLUNTEER, "", None, 10),
    Story(M.OFFERED_TO_FAMILY, "yes", "", 4, (M.OFFERED_TO_VOLUNTEER,)),
    Story(M.OFFERED_TO_FAMILY, "yes", "yes", 6, (M.OFFERED_TO_VOLUNTEER,)),
    Story(M.INTRODUCTION_BOOKED, "yes", "yes", 8, (M.OFFERED_TO_VOLUNTEER, M.OFFERED_TO_FAMILY)),
    Story(M.DECLINED_BY_VOLUNTEER, "no", None, 20, (M.OFFERED_TO_VOLUNTEER,)),
    Story(M.DECLINED_BY_FAMILY, "yes", "no", 25, (M.OFFERED_TO_VOLUNTEER, M.OFFERED_TO_FAMILY)),
    Story(M.WITHDRAWN, "", None, 30, (M.OFFERED_TO_VOLUNTEER,)),
    Story(M.NOT_SUITABLE, "yes", "yes", 35, (M.OFFERED_TO_VOLUNTEER, M.OFFERED_TO_FAMILY, M.INTRODUCTION_BOOKED)),
]


def build(world: World) -> None:
    by = world.coordinators["home"][0]
    service = world.services["home"]
    waiting = Support.objects.filter(service=service, state=SupportState.WAITING).order_by("pk")
    supports = list(waiting[: len(STORIES)])
    free = _with_room(world, len(STORIES))
    told = list(zip(STORIES, cycle(supports), free, strict=False))
    Match.objects.bulk_create(_begun(story, support, volunteer) for story, support, volunteer in told)
    matches = list(Match.objects.filter(assignment=None).order_by("pk").select_related("support", "volunteer"))
    for number, (match, (story, _support, _volunteer)) in enumerate(zip(matches, told, strict=True)):
        _on_the_way(world, by, match, story, number)
    _resting_and_ending(world, by)


def _begun(story: Story, support: Support, volunteer: Volunteer) -> Match:
    return Match(family_id=support.family_id, support=support, volunteer=volunteer, state=story.state)


def _with_room(world: World, wanted: int) -> list[Volunteer]:
    """Ready volunteers with a free place, the one who shows the volunteer's pages first."""
    first = Volunteer.objects.get(user=world.volunteers[0])
    Volunteer.objects.filter(pk=first.pk).update(most_families=3)
    rows = (
        Volunteer.objects.ready()
        .filter(organisation=first.organisation_id)
        .annotate(n=models.Count("matches", filter=models.Q(matches__state=M.ACTIVE)))
    )
    others = rows.filter(n__lt=models.F("most_families")).exclude(pk=first.pk).order_by("pk")
    return [first, *others[: wanted - 1]]


def _on_the_way(world: World, by: User, match: Match, story: Story, number: int) -> None:
    began = world.moment(world.today - dt.timedelta(days=story.days), 9, 30)
    Match.objects.filter(pk=match.pk).update(created_at=began)
    of = {"match": match, "family_id": match.family_id, "support_id": match.support_id}
    answered = {"answered_at": began + dt.timedelta(days=1), "told": "phone", "recorded_by": by}
    if story.volunteer is not None:
        offer = VolunteerOffer.objects.create(
            volunteer=match.volunteer,
            description=ABOUT_FAMILY[number % 3],
            asked_by=by,
            answer=story.volunteer,
            **of,
            **(answered if story.volunteer else {}),
        )
        booked = story.state == M.INTRODUCTION_BOOKED
        over = story.state in {M.DECLINED_BY_VOLUNTEER, M.DECLINED_BY_FAMILY, M.WITHDRAWN, M.NOT_SUITABLE}
        VolunteerOffer.objects.filter(pk=offer.pk).update(
            asked_at=began,
            meet_who=WHO if booked else "",
            meet_where=WHERE if booked else "",
            closed_at=began + dt.timedelta(days=3) if over else None,
        )
    if story.family is not None:
        adult = FamilyMember.objects.filter(family=match.family_id, role="parent").order_by("pk").first()
        offer_of_family = FamilyOffer.objects.create(
            description=ABOUT_VOLUNTEER[number % 3],
            asked_by=by,
            answer=story.family,
            said_by=adult if story.family else None,
            **of,
            **(answered if story.family else {}),
        )
        FamilyOffer.objects.filter(pk=offer_of_family.pk).update(asked_at=began)
    if story.state == M.INTRODUCTION_BOOKED:
        _meeting(world, by, match)
    _history(
        by, match, (M.SUGGESTED, *story.path, story.state) if story.volunteer is not None else (story.state,), began
    )


def _meeting(world: World, by: User, match: Match) -> None:
    start = world.moment(world.today + dt.timedelta(days=3), 10)
    Visit.objects.create(
        family_id=match.family_id,
        support_id=match.support_id,
        worker=by,
        purpose=VisitPurpose.INTRODUCTION,
        planned_start=start,
        planned_end=start + dt.timedelta(hours=1),
    )


def _history(by: User, match: Match, states: tuple[str, ...], began: dt.datetime) -> None:
    Transition.objects.bulk_create(
        Transition(
            machine="match",
            subject_id=match.pk,
            family_id=match.family_id,
            from_state=states[number - 1] if number else "",
            to_state=state,
            by=by,
            happened_at=began + dt.timedelta(hours=20 * number),
        )
        for number, state in enumerate(states)
    )


def _resting_and_ending(world: World, by: User) -> None:
    """Of the matches that hold one rests and one ends; of those that ended most were planned."""
    today = world.today
    ours = Match.objects.filter(support__service=world.services["home"]).exclude(volunteer__user=world.volunteers[0])
    holding = list(ours.filter(state=M.ACTIVE, support__state=SupportState.ACTIVE).order_by("-started_on", "-pk")[:3])
    for match, to, days, fields in zip(
        holding,
        (M.PAUSED, M.ENDING),
        (12, 9),
        (
            {"paused_until": today + dt.timedelta(weeks=5)},
            {"ending_on": today + dt.timedelta(weeks=2), "end_reason": "practical"},
        ),
        strict=False,
    ):
        Match.objects.filter(pk=match.pk).update(state=to, **fields)
        _history(by, match, (M.ACTIVE, to), world.moment(today - dt.timedelta(days=days), 11))
        if to == M.ENDING:
            of = {"match": match, "family_id": match.family_id, "support_id": match.support_id}
            said = {"answer": "good", "words": "I shall miss them. We both grew.", "told": "themselves"}
            said |= {"answered_at": world.moment(today - dt.timedelta(days=2), 19), "recorded_by": match.volunteer.user}
            MatchFeedback.objects.create(side="volunteer", volunteer=match.volunteer, **of, **said)
            MatchFeedback.objects.create(side="family", **of)
    ended = Match.objects.filter(state=M.ENDED)
    ended.update(was_planned=True)
    unplanned = list(
        ended.exclude(end_reason="support_ended").order_by("-ended_on", "pk").values_list("pk", flat=True)[::4]
    )
    rang = Match.objects.filter(pk__in=unplanned)
    rang.update(was_planned=False, end_reason="practical", after_call_on=models.F("ended_on"))
    Match.objects.filter(pk__in=unplanned[:1]).update(after_call_on=None, end_reason="not_right")
