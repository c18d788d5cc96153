"""Interval and p-value of a paired difference never contradict each other, and false alarms stay below the level."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest

from reports.statistics.paired import between_epochs, paired_difference

stats: Any = import_module("scipy.stats")


def names(count: int) -> list[str]:
    return [f"c{number}" for number in range(count)]


@pytest.mark.parametrize("clusters", [1, 2, 4, 5, 6, 7, 9, 12, 18])
def test_zero_is_outside_exactly_when_p_is_below_the_level(clusters: int) -> None:
    random = np.random.default_rng(clusters)
    for number in range(60):
        shift = number / 60
        draws = random.choice([0.0, shift, 1.0, -0.5], clusters, p=[0.3, 0.5, 0.15, 0.05])
        found = paired_difference([float(draw) for draw in draws], names(clusters))
        excluded = found.low > 1e-9 or found.high < -1e-9
        assert excluded is (found.p < 0.05), (draws, found)
        assert clusters > 5 or found.p > 0.05, "five clusters are too few for any order"


@pytest.mark.parametrize("value", [1.0, 0.4, -0.4])
def test_where_all_clusters_agree_the_bound_and_its_p_agree_too(value: float) -> None:
    for clusters in range(1, 25):
        found = paired_difference([value] * clusters, names(clusters))
        assert (found.low > 0 or found.high < 0) is (found.p < 0.05)
    assert paired_difference([1.0] * 7, names(7)).p == pytest.approx(2 / 2**7), (
        "the sign-flip p at a difference of 1"
    )


def test_equal_models_are_told_apart_no_more_often_than_the_level_says() -> None:
    random = np.random.default_rng(4)
    alarms = 0
    for _ in range(1_000):
        # Passed or failed, four cases in ten the other way by chance: where the t-test alone is too sharp.
        draws = random.choice([-1.0, 0.0, 1.0], 12, p=[0.2, 0.6, 0.2])
        alarms += paired_difference([float(draw) for draw in draws], names(12)).p < 0.05
    assert alarms / 1_000 < 0.05


def test_on_these_cases_again_is_welch_for_one_variant() -> None:
    first, second = [0.9, 0.7, 0.8, 0.95, 0.6], [0.5, 0.65, 0.6]
    expected = stats.ttest_ind(first, second, equal_var=False).confidence_interval(0.95)
    found = between_epochs([first], [second])
    assert found == pytest.approx((float(expected.low), float(expected.high)))


def test_twins_in_one_cluster_count_once() -> None:
    values = [0.3, 0.1, 0.4, 0.2, 0.35, 0.15, 0.25, 0.05]
    single = paired_difference(values, names(8))
    doubled = paired_difference(
        [v for v in values for _ in range(5)], [n for n in names(8) for _ in range(5)]
    )
    assert (doubled.low, doubled.high, doubled.p, doubled.error) == pytest.approx(
        (single.low, single.high, single.p, single.error)
    )
