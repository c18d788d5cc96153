"""Each statistic against a second implementation or a published example."""

from __future__ import annotations

import math
from importlib import import_module
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from reports.statistics.families import holm
from reports.statistics.paired import between_epochs, paired_difference
from reports.statistics.pass_at_k import over_cases, pass_all, pass_at
from reports.statistics.power import detectable_difference
from reports.statistics.ranking import kendall, pareto_front, rank_ranges
from reports.statistics.sign_flip import sign_flip, smallest_p

stats: Any = import_module("scipy.stats")
api: Any = import_module("statsmodels.api")


def _mean(values: Any, axis: int) -> Any:
    return np.mean(values, axis=axis)


def sample(seed: int, clusters: int = 20, each: int = 1) -> tuple[list[float], list[str]]:
    random = np.random.default_rng(seed)
    effects = random.normal(0.1, 0.15, clusters)
    values = [
        float(np.clip(effect + random.normal(0, 0.05), -1, 1)) for effect in effects for _ in range(each)
    ]
    return values, [f"c{number}" for number in range(clusters) for _ in range(each)]


@pytest.mark.parametrize("each", [1, 3])
def test_the_clustered_error_is_that_of_statsmodels(each: int) -> None:
    values, clusters = sample(1, 15, each)
    groups = [int(name[1:]) for name in clusters]
    fit = api.OLS(values, np.ones(len(values))).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}, use_t=True
    )
    # statsmodels without its correction, times the factor G / (G − 1) of Miller (2024).
    expected = float(fit.bse[0]) * (15 / 14) ** 0.5
    assert paired_difference(values, clusters).error == pytest.approx(expected)


def test_single_cases_give_the_paired_t_test() -> None:
    random = np.random.default_rng(2)
    first, second = random.uniform(0.4, 1, 30), random.uniform(0.3, 0.9, 30)
    found = paired_difference(list(first - second), [f"c{n}" for n in range(30)])
    test = stats.ttest_rel(first, second)
    interval = test.confidence_interval(0.95)
    # The larger p and the wider interval of two methods: never sharper than the t-test.
    assert found.p >= float(test.pvalue) - 1e-12
    assert found.low <= float(interval.low) + 1e-12
    assert found.high >= float(interval.high) - 1e-12
    assert found.p == pytest.approx(float(test.pvalue), abs=0.01)


@pytest.mark.parametrize("seed", range(4))
def test_the_sign_flip_p_is_that_of_scipy(seed: int) -> None:
    values = list(np.random.default_rng(seed).normal(0.08, 0.2, 9))
    p, interval = sign_flip(values, [1] * 9)
    exact = stats.permutation_test(
        (np.array(values),),
        _mean,
        permutation_type="samples",
        vectorized=True,
    )
    assert p == pytest.approx(float(exact.pvalue), abs=1e-9)
    assert interval is not None
    assert (interval[0] > 0 or interval[1] < 0) is (p < 0.05)
    assert smallest_p(9) == pytest.approx(2 / 2**9)


def test_an_interval_always_has_a_width() -> None:
    for values in ([0.0] * 8, [1.0] * 8, [0.3], [0.2, 0.2]):
        found = paired_difference(values, [f"c{n}" for n in range(len(values))])
        assert found.low < found.high
        assert found.low <= found.value <= found.high
    assert between_epochs([[1.0, 1.0]], [[1.0, 1.0]]) not in (None, (0.0, 0.0))
    assert between_epochs([[1.0]], [[0.5]]) is None
    with pytest.raises(ValueError, match="no difference"):
        paired_difference([], [])


def test_the_interval_covers_as_often_as_it_says() -> None:
    random = np.random.default_rng(11)
    covered = 0
    for _ in range(2_000):
        draws = random.uniform(-0.3, 0.4, 12)
        found = paired_difference(list(map(float, draws)), [f"c{n}" for n in range(12)])
        covered += found.low <= 0.05 <= found.high
    assert covered / 2_000 == pytest.approx(0.95, abs=0.015)


def test_holm_gives_the_worked_example() -> None:
    # Wikipedia, «Holm–Bonferroni method», example: p = 0.01, 0.04, 0.03, 0.005 at level 0.05 rejects the first and the last.
    corrected = holm([0.01, 0.04, 0.03, 0.005])
    assert corrected == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert [p < 0.05 for p in corrected] == [True, False, False, True]
    assert holm([]) == []


@pytest.mark.parametrize(("samples", "passed"), [(5, 0), (5, 2), (6, 6), (10, 1)])
def test_pass_at_k_is_the_share_of_all_choices(samples: int, passed: int) -> None:
    outcomes = [True] * passed + [False] * (samples - passed)
    for k in range(1, samples + 1):
        chosen = list(combinations(outcomes, k))
        assert pass_at(k, samples, passed) == pytest.approx(sum(map(any, chosen)) / len(chosen))
        assert pass_all(k, samples, passed) == pytest.approx(sum(map(all, chosen)) / len(chosen))
        # The stable product of Chen et al. (2021, arXiv 2107.03374), figure 3.
        if samples - passed >= k:
            product = 1.0 - math.prod(1.0 - k / n for n in range(samples - passed + 1, samples + 1))
            assert pass_at(k, samples, passed) == pytest.approx(product)


def test_each_case_counts_once() -> None:
    at, every = over_cases([("a", [True, True]), ("a", [False, False]), ("b", [True, False])])
    assert at == pytest.approx({1: 0.5, 2: 0.75})
    assert every == pytest.approx({1: 0.5, 2: 0.25})


def test_the_detectable_difference_is_found_in_four_of_five() -> None:
    clusters, noise = 20, 0.1
    difference = detectable_difference(noise / clusters**0.5, clusters, 1)
    assert difference is not None
    draws = np.random.default_rng(5).normal(difference, noise, (4_000, clusters))
    found: Any = stats.ttest_1samp(draws, 0, axis=1).pvalue < 0.05
    assert float(found.mean()) == pytest.approx(0.8, abs=0.025)
    assert detectable_difference(0.0, clusters, 1) is None
    assert detectable_difference(0.1, 4, 6) is None, "four clusters can't reach 0.05 / 6"


def test_ranks_are_ranges_and_the_front_is_what_nobody_beats() -> None:
    assert rank_ranges(["a", "b", "c"], [("a", "c"), ("b", "c")]) == {"a": (1, 2), "b": (1, 2), "c": (3, 3)}
    points = {"dear": (0.9, 10.0), "cheap": (0.7, 1.0), "beaten": (0.7, 2.0), "twin": (0.9, 10.0)}
    assert pareto_front(points) == {"dear", "cheap", "twin"}
    assert kendall([1, 2, 3], [1, 2, 3]) == pytest.approx(1.0)
    assert kendall([1, 1], [1, 2]) is None
