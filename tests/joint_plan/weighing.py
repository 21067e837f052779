"""What makes one plan better than another, said once more and in another way than the solver says it."""

from __future__ import annotations

from itertools import product

import highspy
import numpy as np

from volunteers.reports.joint_plan.solving import Question

Worth = tuple[int, tuple[int, ...], int]


def question(waits, places, pairs) -> Question:
    """From plain lists; `pairs` are (family, volunteer, travel)."""
    columns = np.array(pairs, dtype=np.int64).reshape(-1, 3)
    return Question(np.array(waits, dtype=np.int64), np.array(places, dtype=np.int64), *columns.T)


def worth(asked: Question, chosen) -> Worth:
    """The larger the better: how many start, how long they waited (the longest first), how little they travel."""
    waits = sorted((int(wait) for wait in asked.waits[asked.families[chosen]]), reverse=True)
    return len(waits), tuple(waits), -int(asked.travel[chosen].sum())


def is_allowed(asked: Question, chosen) -> bool:
    """Nobody twice, nobody beyond their places."""
    families = asked.families[chosen]
    taken = np.bincount(asked.volunteers[chosen], minlength=len(asked.places))
    return len(set(families.tolist())) == len(families) and bool((taken <= asked.places).all())


def best_of_all(asked: Question) -> Worth:
    """Every plan there is, one by one."""
    of_each = [[None, *np.flatnonzero(asked.families == family)] for family in range(len(asked.waits))]
    plans = (np.array([pair for pair in plan if pair is not None], dtype=int) for plan in product(*of_each))
    return max(worth(asked, plan) for plan in plans if is_allowed(asked, plan))


def best_by_linear_programs(asked: Question) -> tuple[int, int, int]:
    """How many, their days together, the travel: three linear programs, each on the best face of the one before.

    The plans are the corners of an integral polytope, so are those of its faces: the values are those of whole plans.
    """
    program = highspy.Highs()
    program.setOptionValue("output_flag", False)
    pairs, days = len(asked.families), asked.waits[asked.families]
    program.addVars(pairs, np.zeros(pairs), np.ones(pairs))
    for owners, room in ((asked.families, np.ones(len(asked.waits))), (asked.volunteers, asked.places)):
        order = np.argsort(owners, kind="stable")
        starts = np.searchsorted(owners[order], np.arange(len(room)))
        low, high = np.zeros(len(room)), np.asarray(room, dtype=float)
        program.addRows(len(room), low, high, pairs, starts.astype(np.int32), order.astype(np.int32), np.ones(pairs))
    found = []
    every = np.arange(pairs, dtype=np.int32)
    for value, sense in (
        (np.ones(pairs), highspy.ObjSense.kMaximize),
        (days, highspy.ObjSense.kMaximize),
        (asked.travel, highspy.ObjSense.kMinimize),
    ):
        program.changeColsCost(pairs, every, value.astype(float))
        program.changeObjectiveSense(sense)
        program.run()
        assert program.getModelStatus() == highspy.HighsModelStatus.kOptimal
        best = round(program.getInfo().objective_function_value)
        program.addRow(best, best, pairs, every, value.astype(float))
        found.append(best)
    return found[0], found[1], found[2]


def made_up(families: int, volunteers: int, each: int, seed: int) -> Question:
    """About nine places for ten families, so that who goes without is the question."""
    random = np.random.default_rng(seed)
    taken = random.random(volunteers)
    places = (
        np.where(taken < 0.1, 0, np.where(taken < 0.2, 2, 1))
        if families <= volunteers
        else random.integers(1, 4, volunteers)
    )
    return Question(
        waits=random.integers(0, 200, families),
        places=(places * 0.9 + random.random(volunteers) * 0.5).astype(np.int64),
        families=np.repeat(np.arange(families), each),
        volunteers=np.concatenate([random.choice(volunteers, each, replace=False) for _ in range(families)]),
        travel=random.integers(0, 150, families * each),
    )
