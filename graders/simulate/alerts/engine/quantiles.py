"""The φ-quantile of a few values, as Prometheus interpolates it (promql/quantile.go)."""

from __future__ import annotations

import numpy as np

from graders.simulate.alerts.engine.series import Floats, Integers


def of_sorted(values: Floats, count: Integers, share: Floats) -> Floats:
    """The quantile `share` (K,) of `values[:, k]`, shape (rows, K, most), sorted upwards with `count[i, k]` values first.

    Below 0 it is -Inf, above 1 +Inf, of nothing NaN. Shape (rows, K).
    """
    rank = share * (count - 1.0)
    last = np.maximum(count - 1, 0)
    known = np.nan_to_num(rank, nan=0.0)
    lower = np.clip(np.floor(known).astype(np.int64), 0, last)
    upper = np.minimum(lower + 1, last)
    weight = rank - np.floor(rank)
    at_lower = np.take_along_axis(values, lower[..., None], axis=2)[..., 0]
    at_upper = np.take_along_axis(values, upper[..., None], axis=2)[..., 0]
    result = at_lower * (1 - weight) + at_upper * weight
    result = np.where(share < 0, -np.inf, np.where(share > 1, np.inf, result))
    return np.where((count == 0) | np.isnan(share), np.nan, result)
