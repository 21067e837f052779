"""Which pairings let the most waiting families start; of those plans, the longest waits; of those, the least travel.

The sets of families that can start together are the independent sets of a transversal matroid (a place of a volunteer
takes one family). In a matroid one set is best for every way of valuing a longer wait more at once: it is as large as
any, and its k-th longest wait is at least as long as the k-th longest of every other set, for every k. So nothing hangs
on whether one adds up days or compares the longest wait first, and the days may be replaced by their rank among the
waits. What is left open (families that wait equally long) the travel decides, over all such sets. One minimum-cost
flow answers all three: an unserved family costs its rank times more than all travel together could.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.int64]]


class Unsolvable(Exception):
    """The solver gave no optimum: the numbers are out of its range, or it is at fault. There is always a plan."""


@dataclass(frozen=True)
class Question:
    """Families and volunteers by place in their lists; the possible pairs as three columns of equal length."""

    waits: Numbers
    """Days each family has waited."""
    places: Numbers
    """How many more families each volunteer may visit."""
    families: Numbers
    volunteers: Numbers
    travel: Numbers
    """Of each possible pair, in steps of whatever length; a whole number, not negative."""

    def __post_init__(self) -> None:
        if not len(self.families) == len(self.volunteers) == len(self.travel):
            raise ValueError("the columns of the pairs differ in length")
        for column in (self.waits, self.places, self.families, self.volunteers, self.travel):
            if len(column) and column.min() < 0:
                raise ValueError("a number is negative")
        if len(self.families) and (self.families.max() >= len(self.waits) or self.volunteers.max() >= len(self.places)):
            raise ValueError("a pair names somebody who is not there")


def solve(question: Question) -> Numbers:
    """The places (ascending) of the chosen pairs in the columns of the question.

    The order in which the pairs are listed changes nothing. Raises Unsolvable, which no question within reason causes.
    """
    import numpy as np
    from ortools.graph.python import min_cost_flow

    order = np.lexsort((question.travel, question.volunteers, question.families))
    order = order[question.places[question.volunteers[order]] > 0]
    if not len(order):
        return order
    families, volunteers, travel = (
        column[order].astype(np.int64) for column in (question.families, question.volunteers, question.travel)
    )
    waiting, family = np.unique(families, return_inverse=True)
    asked, volunteer = np.unique(volunteers, return_inverse=True)
    more_than_all_travel = int(np.maximum.reduceat(travel, np.searchsorted(families, waiting)).sum()) + 1
    ranks = np.unique(question.waits[waiting], return_inverse=True)[1] + 1
    sink = len(waiting) + len(asked)

    flow = min_cost_flow.SimpleMinCostFlow()
    one_each = np.ones(len(order), dtype=np.int64)
    pairs = flow.add_arcs_with_capacity_and_unit_cost(family, len(waiting) + volunteer, one_each, travel)
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(len(waiting)),
        np.full(len(waiting), sink),
        np.ones(len(waiting), dtype=np.int64),
        ranks * more_than_all_travel,
    )
    places = np.minimum(question.places[asked], len(waiting))
    flow.add_arcs_with_capacity_and_unit_cost(
        len(waiting) + np.arange(len(asked)), np.full(len(asked), sink), places, np.zeros(len(asked), dtype=np.int64)
    )
    flow.set_nodes_supplies(
        np.append(np.arange(len(waiting)), sink), np.append(np.ones(len(waiting), dtype=np.int64), -len(waiting))
    )
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise Unsolvable(status.name)
    return np.sort(order[flow.flows(pairs) > 0])
