import pytest

from kindness_metrics.measures.spc import Options, assurance, xmr
from tests.measures.golden import GOLDEN, cases, close, name

XMR = cases("xmr")
ASSURANCE = cases("xmr_assurance")
LINES = ("mean", "mr_bar", "lpl", "upl", "lower_2s", "upper_2s", "url_mr")


def worked(case):
    options = Options(**{**case["options"], "phases": tuple(case["options"]["phases"])})
    return xmr(case["values"], options=options, good=case["improvement_direction"])


@pytest.mark.parametrize("case", XMR, ids=name)
def test_phases_of_golden_case_equal_file(case):
    found = worked(case).phases

    assert len(found) == len(case["expect"]["phases"])
    for phase, expected in zip(found, case["expect"]["phases"], strict=True):
        for key, value in expected.items():
            assert getattr(phase, key) == (close(value, "xmr") if key in LINES else value), key


@pytest.mark.parametrize("case", XMR, ids=name)
def test_moving_ranges_of_golden_case_equal_file(case):
    assert list(worked(case).moving_ranges) == [close(one, "xmr") for one in case["expect"]["moving_ranges"]]


@pytest.mark.parametrize("case", XMR, ids=name)
def test_signals_of_golden_case_equal_file(case):
    found = [
        {
            "i": signal.i,
            "rules": list(signal.rules),
            "primary": signal.primary,
            "direction": signal.direction,
            "label": signal.label,
        }
        for signal in worked(case).signals
    ]

    assert found == case["expect"]["signals"]


@pytest.mark.parametrize("case", ASSURANCE)
def test_assurance_of_golden_case_equals_file(case):
    good = {"increase": "up", "decrease": "down"}[case["improvement"]]

    assert assurance(case["target"], case["lpl"], case["upl"], good) == case["expect"]


def test_xmr_cases_run_are_all_in_the_file():
    assert (len(XMR), len(ASSURANCE)) == (11, 3)
    assert (len(GOLDEN["xmr"]), len(GOLDEN["xmr_assurance"])) == (len(XMR), len(ASSURANCE))


def test_nist_flow_rate_with_the_exact_constant_equals_the_handbook():
    case = next(case for case in XMR if case["id"] == "xmr-nist-flowrate")
    phase = worked(case).phases[0]

    assert phase.mean + 3 / 1.128 * phase.mr_bar == pytest.approx(case["published"]["ucl_with_3_over_1.128"], abs=6e-5)
    assert phase.mean - 3 / 1.128 * phase.mr_bar == pytest.approx(case["published"]["lcl_with_3_over_1.128"], abs=6e-5)


BASELINE = [60, 62, 61, 59, 60, 63, 58, 61, 60, 59, 62, 61]
SEED_123 = next(case for case in XMR if case["id"] == "xmr-nhsr-seed123-spike-screened")["values"]
OUTLIER = [1, 2, 1, 2, 10, *[1, 2] * 6, 1]
TABLE = [
    (OUTLIER, Options(screen_moving_ranges=True), (1.94, 1.0, -0.72, 4.60), 0.005, {4: ["outside"]}),
    (OUTLIER, Options(), (1.94, 1.8824, -3.06, 6.95), 0.005, {4: ["outside"]}),
    (SEED_123, Options(), (0.6694, 1.9797, -4.5966, 5.9355), 6e-5, {14: ["outside"]}),
    (
        [71, 74, 70, 73, 72, 75, 71, 73, 72, 74, 73, 70, 75, 77, 74, 76, 75, 77, 76, 75],
        Options(baseline=12),
        (72.3333, 2.4545, 65.8042, 78.8624),
        6e-5,
        {i: ["shift"] for i in range(12, 20)},
    ),
    (
        [*BASELINE, 65, 61, 65.5],
        Options(baseline=12),
        (60.5, 2.0909, 54.9382, 66.0618),
        6e-5,
        {12: ["two_in_three"], 14: ["two_in_three"]},
    ),
    (
        [*BASELINE, 67, 61, 65],
        Options(baseline=12),
        (60.5, 2.0909, 54.9382, 66.0618),
        6e-5,
        {12: ["outside", "two_in_three"], 14: ["two_in_three"]},
    ),
    (
        [*BASELINE, 67, 61, 65],
        Options(baseline=12, two_in_three="nhsr"),
        (60.5, 2.0909, 54.9382, 66.0618),
        6e-5,
        {12: ["outside"]},
    ),
]


@pytest.mark.parametrize(("values", "options", "lines", "tolerance", "signals"), TABLE)
def test_printed_table_row_equals_table(values, options, lines, tolerance, signals):
    found = xmr(values, options=options)
    phase = found.phases[0]

    assert (phase.mean, phase.mr_bar, phase.lpl, phase.upl) == pytest.approx(lines, abs=tolerance, rel=0)
    assert {signal.i: list(signal.rules) for signal in found.signals} == signals
