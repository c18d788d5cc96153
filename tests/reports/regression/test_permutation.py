"""The nightly test against full enumeration, and what its threshold promises over two thousand nights."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from reports.regression.permutation import permutation_test
from reports.regression.strata import Stratum
from reports.regression.threshold import load_threshold

ALPHA = 0.01


def stratum(tonight: list[float], baseline: list[float], case: str = "a/b") -> Stratum:
    return Stratum(case, f"{case}@1", tuple(tonight), tuple(baseline))


def exact(one: Stratum) -> float:
    """The share of all relabellings whose drop is at least the one seen."""
    pool, size = one.tonight + one.baseline, len(one.tonight)

    def drop(chosen: tuple[int, ...]) -> float:
        rest = [value for place, value in enumerate(pool) if place not in chosen]
        return float(np.mean(rest) - np.mean([pool[place] for place in chosen]))

    drops = [drop(chosen) for chosen in combinations(range(len(pool)), size)]
    return float(np.mean([each >= drops[0] - 1e-9 for each in drops]))


@pytest.mark.parametrize(
    ("tonight", "baseline"),
    [
        ([0.4, 0.5], [0.9, 0.8, 1.0, 0.7]),
        ([0.9, 0.9, 0.2], [0.9, 1.0, 0.3, 0.8, 0.9]),
        ([1.0], [0.2, 0.4, 0.6]),
    ],
)
def test_p_is_that_of_all_relabellings(tonight: list[float], baseline: list[float]) -> None:
    one = stratum(tonight, baseline)
    test = permutation_test([one], ALPHA, 40_000, 1)
    assert test is not None
    assert test.p == pytest.approx(exact(one), abs=0.01)
    assert test.drop == pytest.approx(np.mean(baseline) - np.mean(tonight))


def test_constant_cases_add_their_difference_and_no_noise() -> None:
    strata = [stratum([0.5, 0.5], [1.0] * 14, f"a/{n}") for n in range(8)]
    test = permutation_test(strata, ALPHA, 9_999, 1)
    assert test is not None
    assert test.drop == pytest.approx(0.5)
    assert test.p == pytest.approx(1 / 10_000)
    same = permutation_test([stratum([1.0], [1.0] * 7)], ALPHA, 9_999, 1)
    assert same is not None
    assert (same.drop, same.p) == (0.0, 1.0)


def test_what_no_outcome_could_reach_is_known() -> None:
    test = permutation_test([stratum([0.0], [1.0, 0.9])], ALPHA, 9_999, 1)
    assert test is not None
    assert test.smallest_p == pytest.approx(1 / 3)
    assert permutation_test([], ALPHA, 9_999, 1) is None


def test_false_alarms_stay_within_what_the_threshold_promises() -> None:
    threshold = load_threshold()
    random = np.random.default_rng(7)
    nights, alarms = 2_000, 0
    levels = np.linspace(0.3, 1.0, 16)
    for _ in range(nights):
        # Scores of bad and good answers in turn: bounded, two-humped, other noise in each case.
        draws = np.where(random.random((16, 24)) < levels[:, None], 1.0, random.random((16, 24)))
        strata = [
            stratum(list(values[:3]), list(values[3:]), f"a/{case}") for case, values in enumerate(draws)
        ]
        test = permutation_test(strata, threshold.alpha, 999, threshold.seed)
        assert test is not None
        alarms += test.p <= threshold.alpha and test.drop >= threshold.smallest_drop
    bound: Any = binom
    assert alarms <= bound.ppf(0.995, nights, threshold.alpha)


def test_a_large_drop_is_found() -> None:
    random = np.random.default_rng(8)
    found = 0
    for _ in range(50):
        strata = [
            stratum(list(random.uniform(0.4, 0.9, 3)), list(random.uniform(0.6, 1.0, 21)), f"a/{case}")
            for case in range(16)
        ]
        test = permutation_test(strata, ALPHA, 999, 1)
        found += test is not None and test.p <= ALPHA
    assert found == 50
