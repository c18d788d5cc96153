"""histogram_quantile of classic histograms (series with the label `le`).

Source: Prometheus documentation, «histogram_quantile()»; bucketQuantile in promql/quantile.go.
"""

from __future__ import annotations

import numpy as np

from graders.simulate.alerts.engine.labels import NAME, Labels, drop
from graders.simulate.alerts.engine.series import Floats, Truths
from graders.simulate.alerts.engine.vector import Vector


def quantile(share: Floats, buckets: Vector) -> Vector:
    """The quantile `share` (K,) of each histogram among `buckets`. Series whose `le` is no number are left out."""
    groups: dict[Labels, list[tuple[float, int]]] = {}
    for row, labels in enumerate(buckets.labels):
        bound = _bound(dict(labels).get("le", ""))
        if bound is not None:
            groups.setdefault(drop(labels, ("le", NAME)), []).append((bound, row))
    values = np.full((len(groups), len(share)), np.nan)
    present = np.zeros(values.shape, bool)
    for number, members in enumerate(groups.values()):
        members.sort()
        bounds = np.array([bound for bound, _ in members])
        rows = [row for _, row in members]
        counts, there = buckets.values[rows], buckets.present[rows]
        present[number] = there.any(axis=0)
        for pattern in np.unique(there, axis=1).T:
            # Buckets come and go together, so there are few patterns.
            columns = (there == pattern[:, None]).all(axis=0)
            values[number, columns] = _of_one(
                share[columns], bounds[pattern], counts[np.ix_(pattern, columns)]
            )
    return Vector(tuple(groups), values, present)


def _bound(text: str) -> float | None:
    try:
        return float(text.replace("Inf", "inf"))
    except ValueError:
        return None


def _of_one(share: Floats, bounds: Floats, counts: Floats) -> Floats:
    """The quantile of one histogram: `bounds` (buckets,) upwards, `counts` (buckets, K) cumulative."""
    bounds, counts = _coalesced(bounds, counts)
    if len(bounds) < 2 or bounds[-1] != np.inf:
        return _outside(share, np.full(len(share), np.nan))
    counts = np.fmax.accumulate(counts, axis=0)  # what a scrape in between made fall
    total: Floats = counts[-1]
    rank = share * total
    reached: Truths = counts[:-1] >= rank
    bucket = np.where(reached.any(axis=0), reached.argmax(axis=0), len(bounds) - 1)
    column = np.arange(len(share))
    below = np.maximum(bucket - 1, 0)
    start = np.where(bucket > 0, bounds[below], 0.0)
    count_below = np.where(bucket > 0, counts[below, column], 0.0)
    within: Floats = (rank - count_below) / (counts[bucket, column] - count_below)
    result: Floats = start + (bounds[bucket] - start) * within
    result = np.where((bucket == 0) & (bounds[0] <= 0), bounds[0], result)
    result = np.where(bucket == len(bounds) - 1, bounds[-2], result)
    return _outside(share, np.where((total == 0) | np.isnan(total), np.nan, result))


def _outside(share: Floats, result: Floats) -> Floats:
    result = np.where(share < 0, -np.inf, np.where(share > 1, np.inf, result))
    return np.where(np.isnan(share), np.nan, result)


def _coalesced(bounds: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Buckets with the same bound (`1` and `1.0`) added up."""
    unique, where = np.unique(bounds, return_inverse=True)
    if len(unique) == len(bounds):
        return bounds, counts
    total = np.zeros((len(unique), counts.shape[1]))
    np.add.at(total, where, counts)
    return unique, total
