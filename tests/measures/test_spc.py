import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kindness_metrics.measures.spc import Assurance, Label, Options, Rule, assurance, xmr

figures = st.integers(-1000, 1000).map(lambda tenths: tenths / 10)
series = st.lists(st.none() | figures, max_size=40)


@pytest.mark.parametrize(("points", "limits"), [(0, "none"), (5, "none"), (6, "trial"), (11, "trial"), (12, "full")])
def test_limits_of_a_series_are_named_by_its_number_of_points(points, limits):
    assert xmr([1.0, 2.0] * (points // 2) + [1.0] * (points % 2)).phases[0].limits == limits


def test_five_points_have_a_mean_and_neither_limits_nor_signals():
    found = xmr([1, 1, 1, 1, 1000])

    assert found.phases[0].mean == pytest.approx(200.8)
    assert (found.phases[0].lpl, found.phases[0].upl, found.phases[0].url_mr, found.signals) == (None, None, None, ())


def test_a_missing_period_enters_no_mean_and_no_moving_range():
    found = xmr([10, 12, None, 11, 13, 12, 10])

    assert found.moving_ranges == (None, 2, None, None, 2, 1, 2)
    assert (found.phases[0].n, found.phases[0].mean) == (6, pytest.approx(68 / 6))


def test_a_run_is_not_carried_across_a_missing_period():
    usual = [10, 12] * 6

    whole = xmr([*usual, *[12] * 7], options=Options(baseline=12))
    broken = xmr([*usual, *[12] * 3, None, *[12] * 4], options=Options(baseline=12))

    assert {signal.primary for signal in whole.signals} == {Rule.SHIFT}
    assert broken.signals == ()


def test_a_baseline_of_eight_points_gives_trial_limits():
    assert xmr([10, 12] * 10, options=Options(baseline=8)).phases[0].limits == "trial"


def test_points_after_an_unmoving_baseline_signal_on_either_side():
    found = xmr([5] * 12 + [4, 6], options=Options(baseline=12))

    assert [(signal.i, signal.primary, signal.direction) for signal in found.signals] == [
        (12, "outside", "down"),
        (13, "outside", "up"),
    ]


def test_a_series_of_missing_periods_only_has_no_mean():
    assert (xmr([None] * 12).phases[0].mean, xmr([None] * 12).phases[0].limits) == (None, "none")


def test_a_point_that_rises_below_the_mean_keeps_both_facts():
    values = [50] * 12 + [41, 42, 43, 44, 45, 46, 47]

    found = xmr([*[49, 51] * 6, *values[12:]], options=Options(baseline=12), good="up").signals[-1]

    assert [(fact.rule, fact.direction, fact.label) for fact in found.facts] == [
        (Rule.TREND, "up", Label.IMPROVEMENT),
        (Rule.SHIFT, "down", Label.CONCERN),
    ]


def test_a_peak_between_two_trends_keeps_both_directions_and_is_named_by_the_first():
    rise = [47.5, 48, 48.5, 49, 49.5, 50, 50.5]
    peak = xmr([*[48, 52] * 6, *rise, *reversed(rise[:-1])], options=Options(baseline=12)).signals[6]

    assert peak.i == 18
    assert [(fact.rule, fact.direction) for fact in peak.facts[:2]] == [(Rule.TREND, "up"), (Rule.TREND, "down")]
    assert peak.direction == "up"


def test_without_a_good_direction_every_signal_is_neutral():
    assert {signal.label for signal in xmr([1, 2] * 6 + [99], good="none").signals} == {Label.NEUTRAL}


@pytest.mark.parametrize(
    ("target", "good", "expected"),
    [
        (11, "up", Assurance.MISSES),
        (4, "up", Assurance.MEETS),
        (10, "up", Assurance.HIT_AND_MISS),
        (11, "down", Assurance.MEETS),
        (4, "down", Assurance.MISSES),
        (7, "none", None),
    ],
)
def test_assurance_against_limits_5_and_10(target, good, expected):
    assert assurance(target, 5, 10, good) == expected


def test_assurance_without_limits_cannot_be_worked_out():
    assert assurance(3, None, None, "up") is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"phases": ()},
        {"phases": (1,)},
        {"phases": (0, 5, 5)},
        {"phases": (0, 9, 4)},
        {"baseline": 0},
        {"shift_length": 5},
        {"trend_length": 8},
    ],
)
def test_options_outside_the_method_are_refused(wrong):
    with pytest.raises(ValueError, match=r"phases|baseline|runs"):
        Options(**wrong)


def test_a_phase_behind_the_end_is_refused():
    with pytest.raises(ValueError, match="phase"):
        xmr([1, 2, 3], options=Options(phases=(0, 3)))


@pytest.mark.parametrize("figure", [math.nan, math.inf])
def test_a_figure_that_is_not_finite_is_refused(figure):
    with pytest.raises(ValueError, match="finite"):
        xmr([1, figure])


@given(series)
def test_mean_lies_between_its_lines_and_lines_are_symmetrical(values):
    phase = xmr(values).phases[0]

    assert (phase.lpl is None) == (phase.limits == "none")
    if phase.lpl is not None:
        assert phase.lpl <= phase.lower_2s <= phase.mean <= phase.upper_2s <= phase.upl
        assert phase.upl - phase.mean == pytest.approx(phase.mean - phase.lpl, abs=1e-6)


@given(series)
def test_every_position_keeps_its_figure_and_signals_are_points_in_order(values):
    found = xmr(values)
    at = [signal.i for signal in found.signals]

    assert len(found.moving_ranges) == len(found.values) == len(values)
    assert at == sorted(set(at))
    assert all(values[i] is not None for i in at)


@given(st.lists(figures, min_size=6, max_size=40), st.integers(-50, 50), st.integers(1, 20))
def test_moving_and_stretching_the_figures_moves_the_lines_and_keeps_the_signals(values, move, stretch):
    found, moved = xmr(values), xmr([value * stretch + move for value in values])

    assert moved.phases[0].upl == pytest.approx(found.phases[0].upl * stretch + move, abs=1e-6)
    assert [(s.i, s.rules) for s in moved.signals if Rule.OUTSIDE in s.rules] == [
        (s.i, s.rules) for s in found.signals if Rule.OUTSIDE in s.rules
    ]


@given(st.lists(figures, min_size=6, max_size=40))
def test_turning_the_figures_upside_down_turns_every_direction(values):
    def facts(result):
        return {(signal.i, fact.rule, fact.direction) for signal in result.signals for fact in signal.facts}

    turned = {(i, rule, "down" if side == "up" else "up") for i, rule, side in facts(xmr(values))}

    assert facts(xmr([-value for value in values])) == turned


@given(st.lists(figures, min_size=12, max_size=40))
def test_order_in_time_never_changes_the_mean(values):
    assert xmr(sorted(values)).phases[0].mean == xmr(values).phases[0].mean


@given(figures, st.integers(6, 40))
def test_a_constant_series_has_no_signal(value, points):
    assert xmr([value] * points).signals == ()


@given(st.lists(figures, min_size=12, max_size=40), st.integers(1, 11))
def test_phases_are_judged_as_if_they_were_charts_of_their_own(values, cut):
    found = xmr(values, options=Options(phases=(0, cut)))
    first, second = xmr(values[:cut]), xmr(values[cut:])

    assert [phase.mean for phase in found.phases] == [first.phases[0].mean, second.phases[0].mean]
    assert [(s.i, s.facts) for s in found.signals] == [
        *((s.i, s.facts) for s in first.signals),
        *((s.i + cut, s.facts) for s in second.signals),
    ]


@given(st.lists(figures, min_size=6, max_size=40))
def test_screening_never_widens_the_limits(values):
    plain, screened = xmr(values).phases[0], xmr(values, options=Options(screen_moving_ranges=True)).phases[0]

    assert screened.mean == plain.mean
    assert screened.mr_bar <= plain.mr_bar
    assert screened.n_mr_used <= plain.n_mr_used
