"""What happened with a family, newest first. Each kind of happening is a `Source` of its own.

Those of this app are here, higher apps register theirs. Of what happened in the same moment the first is told first.
"""

from families.reports.timeline import circles, reviews, said, supports, visits, wishes
from families.reports.timeline.source import GROUPS, Answer, Asker, Entry, Source, Teller, midnight, register_source
from families.reports.timeline.thread import Key, Month, Timeline, timeline
from families.reports.timeline.visits import register_feelings

__all__ = [
    "GROUPS",
    "Answer",
    "Asker",
    "Entry",
    "Key",
    "Month",
    "Source",
    "Teller",
    "Timeline",
    "midnight",
    "register_feelings",
    "register_source",
    "timeline",
]

for source in (
    Source("visit", "visits", visits.visits, visits.tell_visit),
    Source("move", "steps", supports.moves, supports.tell_move),
    Source("left", "people", supports.left, supports.tell_left),
    Source("joined", "people", supports.joined, supports.tell_joined),
    Source("group", "visits", visits.sessions, visits.tell_session),
    Source("pointed", "nearby", supports.pointed, supports.tell_pointed),
    Source("answered", "nearby", supports.answered, supports.tell_answered),
    Source("review", "wishes", reviews.held, reviews.tell_held),
    Source("goal", "wishes", wishes.goals, wishes.tell_goal),
    Source("goalmove", "wishes", wishes.goal_moves, wishes.tell_goal_move),
    Source("scores", "said", wishes.scores, wishes.tell_scores),
    Source("circle", "said", circles.circles, circles.tell_circle),
    Source("said", "said", said.said_alone, said.tell_said),
):
    register_source(source)
