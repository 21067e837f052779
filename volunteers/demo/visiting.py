"""The volunteers, who visits whom, and what they said after visits."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from betterstart.access.demo import World
from families.models import MatchAnswer, Review, Visit, VisitState
from families.reports.reviews import ASKED_BEFORE
from volunteers.models import CheckIn, CheckInNote, Match, MatchState, MatchView, Volunteer, VolunteerState

GOOD = ["calm", "safe", "cared_for", "understood", "connected", "grateful", "hopeful", "proud", "joyful", "encouraged"]
HARD = ["tired", "lonely", "overwhelmed", "worried", "flat", "sad", "frustrated"]
LINES = [
    "She put the kettle on before I had my coat off.",
    "“I slept, and nobody needed me for an hour.”",
    "We laughed until the baby laughed too.",
    "“You remembered what I told you last week.”",
    "He waved at the window until I was round the corner.",
    "“It is the only morning I do not feel watched.”",
    "She taught me three words of Urdu. I practise on the bus.",
    "“I took them to the park on my own. I wanted to tell you first.”",
    "A hard week, and she still asked how I was.",
    "“آج پہلی بار دل ہلکا ہوا۔”",
    "“You did not tell me what to do. You just stayed.”",
    "They saved me the last samosa.",
]
MY_WORDS = [
    "Came home tired but glad.",
    "I keep thinking about what she said.",
    "Lovely morning.",
    "It was a lot today.",
    "Not sure I said the right thing.",
    "",
    "",
    "",
]
WORRIES = [
    "She went quiet when the phone rang. It may be nothing.",
    "The heating has been off for a week and the baby has a cough.",
    "He was in the next room and she whispered the whole time.",
]


VIEWS = [
    "We laugh a lot. I look forward to Thursdays.",
    "An earlier bus would help; I am late every time.",
    "I think she would like somebody who speaks her language.",
    "",
]


def build(world: World) -> None:
    rows = [
        Volunteer(
            user=person,
            organisation=world.services["home"].organisation,
            phone=f"07700 901{number:03d}",
            joined_on=world.today - dt.timedelta(days=world.rng.randint(60, 1500)),
            state=VolunteerState.READY,
            most_families=2 if number % 4 == 0 else 1,
        )
        for number, person in enumerate(world.volunteers)
    ]
    Volunteer.objects.bulk_create(rows)
    by_person = {row.user_id: row for row in rows}
    _matches(world, by_person)
    _check_ins(world, by_person)
    _match_views(world)


def _match_views(world: World) -> None:
    """What two thirds of the volunteers said before the review that is near; the first one is still to be asked."""
    soon = Review.objects.open().filter(due_on__lte=world.today + ASKED_BEFORE)
    matches = Match.objects.active().filter(support__in=soon.values("support")).select_related("volunteer")
    ahead = {review.support_id: review for review in soon}
    MatchView.objects.bulk_create(
        MatchView(
            review=ahead[match.support_id],
            match=match,
            support_id=match.support_id,
            family_id=match.family_id,
            author_id=match.volunteer.user_id,
            answer=MatchAnswer.values[number % 4],
            words=VIEWS[number % 4],
        )
        for number, match in enumerate(matches.order_by("pk"))
        if number % 3 and match.volunteer.user_id != world.volunteers[0].pk
    )


def _matches(world: World, by_person: dict[int, Volunteer]) -> None:
    matches = []
    for assignment in world.shelf["assignments"]:
        volunteer = by_person.get(assignment.worker_id)
        if volunteer is None:
            continue
        ended = assignment.ends_on
        reason = ""
        if ended:
            reason = "support_ended" if assignment.support.ended_on == ended else "volunteer_leaving"
        matches.append(
            Match(
                family_id=assignment.family_id,
                support_id=assignment.support_id,
                volunteer=volunteer,
                assignment=assignment,
                state=MatchState.ENDED if ended else MatchState.ACTIVE,
                started_on=assignment.starts_on,
                ended_on=ended,
                end_reason=reason,
                agreed_time=f"{assignment.starts_on:%A}s",
            )
        )
    Match.objects.bulk_create(matches)


def _check_ins(world: World, by_person: dict[int, Volunteer]) -> None:
    rng, now = world.rng, world.moment(world.today, 7)
    check_ins, visits = [], []
    recent = now - dt.timedelta(days=2)
    mine = [visit for visit in world.shelf["visits"] if visit.was_delivered and visit.worker_id in by_person]
    newest_of_demo_volunteer = max(
        (visit for visit in mine if visit.worker_id == world.volunteers[0].pk), key=lambda visit: visit.actual_start
    )
    for number, visit in enumerate(sorted(mine, key=lambda visit: visit.actual_start)):
        waits = visit is newest_of_demo_volunteer or (visit.actual_start > recent and number % 3 == 0)
        if waits or rng.random() < 0.1:  # a check-in still to come, and one in ten that never came
            continue
        delay = (
            dt.timedelta(hours=rng.randint(60, 120)) if rng.random() < 0.15 else dt.timedelta(hours=rng.randint(3, 40))
        )
        recorded = min(visit.actual_start + delay, now)
        check_in = CheckIn(
            uuid=uuid.UUID(int=rng.getrandbits(128), version=4),
            visit=visit,
            support_id=visit.support_id,
            family_id=visit.family_id,
            author_id=visit.worker_id,
            recorded_at=recorded,
            **answers(world, visit, number),
        )
        visit.state = VisitState.CHECKED_IN
        if visit.actual_start < now - dt.timedelta(days=8) or (number % 2 and check_in.worry == "no"):
            visit.state = VisitState.SEEN
            check_in.seen_at = min(recorded + dt.timedelta(hours=20), now)
            check_in.seen_by = world.coordinators["home"][number % 2]
        check_ins.append(check_in)
        visits.append(visit)
    _make_some_ask_for_someone(check_ins)
    Visit.objects.bulk_update(visits, ["state"], batch_size=1000)
    CheckIn.objects.bulk_create(check_ins, batch_size=1000)
    asked = [row for row in check_ins if row.seen_at][-6:]
    CheckInNote.objects.bulk_create(
        [
            CheckInNote(
                check_in=row,
                family_id=row.family_id,
                author_id=row.seen_by_id,
                kind="question",
                words="Thank you for this. Would it help if I came along next week?",
            )
            for row in asked
        ]
    )


def answers(world: World, visit: Visit, number: int) -> dict[str, Any]:
    """Mostly good days and some hard ones; spirits rise a little the longer a family is visited."""
    rng = world.rng
    known_for = (visit.actual_start.date() - visit.support.started_on).days if visit.support.started_on else 0
    good_day = rng.random() < min(0.55 + known_for / 700, 0.85)
    said = (
        rng.sample(GOOD, rng.randint(1, 2)) if good_day else [rng.choice(HARD), rng.choice(GOOD)][: rng.randint(1, 2)]
    )
    asked = rng.random() < 0.75
    line = rng.choice(LINES) if number % 6 == 0 else ""
    return {
        "family_said": said if asked else [],
        "my_impression": [] if asked else said[:1],
        "rather_not_say": False,
        "my_mood": rng.choices([2, 3, 4, 5], weights=[4, 16, 45, 35] if good_day else [15, 40, 35, 10])[0],
        "my_words": rng.choice(MY_WORDS),
        "heaviness": rng.choices([0, 1, 2, 3, 4], weights=[45, 30, 15, 8, 2] if good_day else [15, 25, 30, 22, 8])[0],
        "wants_call": False,
        "worry": "no",
        "line_to_share": line,
        "may_share_line": bool(line) and number % 4 != 2,
    }


def _make_some_ask_for_someone(check_ins: list[CheckIn]) -> None:
    """Among the newest: one worry, two "not sure", one wish for a call and one very heavy visit, all unread."""
    newest = check_ins[-12:]
    for row, worry in zip(newest[:3], ["yes", "not_sure", "not_sure"], strict=False):
        row.worry, row.worry_words = worry, WORRIES[check_ins.index(row) % len(WORRIES)]
    for row in newest[3:4]:
        row.wants_call = True
    for row in newest[4:5]:
        row.heaviness = 4
    for row in newest[:6]:
        row.seen_at = row.seen_by = None
        row.visit.state = VisitState.CHECKED_IN
