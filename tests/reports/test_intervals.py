"""Intervals against a second implementation and at their edges."""

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.statistics.intervals import clustered_mean, wilson


def test_agrees_with_statsmodels_cluster_robust_ols() -> None:
    stats: Any = import_module("scipy.stats")
    ols: Any = import_module("statsmodels.regression.linear_model").OLS

    rng = np.random.default_rng(7)
    clusters = np.repeat(np.arange(12), [1, 2, 3, 4, 1, 2, 3, 4, 5, 2, 2, 1])
    values = np.clip(0.6 + rng.normal(0, 0.15, 12)[clusters] + rng.normal(0, 0.1, len(clusters)), 0, 1)
    fit = ols(values, np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": clusters})
    reach = stats.t.ppf(0.975, 11) * fit.bse[0]
    found = clustered_mean(values.tolist(), [str(c) for c in clusters])
    assert found is not None
    assert found.mean == pytest.approx(fit.params[0])
    assert (found.low, found.high) == pytest.approx((fit.params[0] - reach, fit.params[0] + reach))


def test_wilson_agrees_with_statsmodels() -> None:
    proportion_confint: Any = import_module("statsmodels.stats.proportion").proportion_confint

    for hits, trials in ((0, 5), (3, 7), (16, 16), (40, 41)):
        assert wilson(hits / trials, trials) == pytest.approx(
            proportion_confint(hits, trials, method="wilson")
        )


def test_sixteen_perfect_clusters_claim_no_certainty() -> None:
    found = clustered_mean([1.0] * 32, [str(number // 2) for number in range(32)])
    assert found is not None
    assert found.mean == found.high == 1.0
    assert found.low == pytest.approx(wilson(1.0, 16)[0])


def test_no_values_no_interval() -> None:
    assert clustered_mean([], []) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from("abcdef")), min_size=1, max_size=40))
def test_never_of_zero_width_and_always_around_the_mean(samples: list[tuple[float, str]]) -> None:
    found = clustered_mean([value for value, _ in samples], [cluster for _, cluster in samples])
    assert found is not None
    assert 0 <= found.low <= found.mean + 1e-9
    assert found.mean - 1e-9 <= found.high <= 1
    assert found.high > found.low
