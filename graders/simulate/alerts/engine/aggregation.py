"""Aggregation operators: one element for each group, or (topk, bottomk) the best elements of each.

Source: Prometheus documentation, «Aggregation operators».
"""

from __future__ import annotations

import numpy as np

from graders.prometheus.promql import Aggregate
from graders.simulate.alerts.engine.labels import Labels, drop, keep
from graders.simulate.alerts.engine.quantiles import of_sorted
from graders.simulate.alerts.engine.series import Floats, Integers, Truths
from graders.simulate.alerts.engine.unsupported import Unsupported
from graders.simulate.alerts.engine.vector import Vector


def aggregate(node: Aggregate, vector: Vector, parameter: Floats | None) -> Vector:
    """`node.op` over `vector`; `parameter` (K,) is that of topk, bottomk and quantile."""
    groups: dict[Labels, list[int]] = {}
    for row, labels in enumerate(vector.labels):
        key = drop(labels, node.labels or ()) if node.without else keep(labels, node.labels or ())
        groups.setdefault(key, []).append(row)
    if node.op in ("topk", "bottomk"):
        assert parameter is not None
        return _ranked(vector, list(groups.values()), parameter, largest=node.op == "topk")
    times = vector.values.shape[1]
    values = np.zeros((len(groups), times))
    present = np.zeros((len(groups), times), bool)
    for number, rows in enumerate(groups.values()):
        there = vector.present[rows]
        present[number] = there.any(axis=0)
        values[number] = _of_group(node.op, vector.values[rows], there, parameter)
    return Vector(tuple(groups), values, present)


def _of_group(op: str, values: Floats, there: Truths, parameter: Floats | None) -> Floats:
    """One operator over rows, shape (rows, K) to (K,)."""
    count: Integers = np.add.reduce(there, axis=0, dtype=np.int64)
    match op:
        case "sum":
            return _total(there, values)
        case "avg":
            return _total(there, values) / np.maximum(count, 1)
        case "count":
            return count.astype(float)
        case "group":
            return np.ones_like(values[0])
        case "min":
            smallest: Floats = np.fmin.reduce(np.where(there, values, np.nan), axis=0)
            return smallest
        case "max":
            largest: Floats = np.fmax.reduce(np.where(there, values, np.nan), axis=0)
            return largest
        case "stddev" | "stdvar":
            size = np.maximum(count, 1)
            mean = _total(there, values) / size
            variance = _total(there, (values - mean) ** 2) / size
            return np.sqrt(variance) if op == "stddev" else variance
        case "quantile":
            assert parameter is not None
            if bool(np.isnan(values[there]).any()):
                raise Unsupported("quantile of values that are not a number")
            ordered = np.sort(np.where(there, values, np.nan), axis=0)
            return of_sorted(ordered.T[None], count[None], parameter)[0]
        case _:
            raise Unsupported(f"the aggregation {op}")


def _total(there: Truths, values: Floats) -> Floats:
    total: Floats = np.add.reduce(np.where(there, values, 0.0), axis=0)
    return total


def _ranked(vector: Vector, groups: list[list[int]], parameter: Floats, *, largest: bool) -> Vector:
    """The `parameter` largest or smallest elements of each group, NaN behind all numbers."""
    present = np.zeros(vector.present.shape, bool)
    for rows in groups:
        there = vector.present[rows]
        values = -vector.values[rows] if largest else vector.values[rows]
        # First what is there, numbers before NaN, then by value.
        order = np.lexsort((values, np.isnan(values), ~there), axis=0)
        rank = np.empty_like(order)
        np.put_along_axis(rank, order, np.arange(len(rows))[:, None], axis=0)
        present[rows] = there & (rank < np.trunc(parameter))
    return Vector(vector.labels, vector.values, present).seen()
