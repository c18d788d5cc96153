"""Functions of range vectors: rates, changes, and what goes `_over_time`.

Source: Prometheus documentation, «Query functions»; promql/functions.go for the arithmetic of extrapolation.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from graders.simulate.alerts.engine.folding import fold
from graders.simulate.alerts.engine.samples import Windows, gather
from graders.simulate.alerts.engine.series import Floats, Integers, Truths

Result = tuple[Floats, Truths]
"""Values and where they are, both (rows, K)."""


def _increase(windows: Windows, *, counter: bool, per_second: bool) -> Result:
    """The increase in the window, extrapolated to its bounds (at most half a sample's distance where data ends)."""
    samples, first, last = windows.samples, windows.first, windows.last
    at_first = samples.at(first)
    gained = samples.at(last) - at_first
    if counter:
        gained = gained + (gather(samples.drops, last) - gather(samples.drops, first))
    first_time, last_time = samples.times[first], samples.times[last]
    to_start = (first_time - windows.starts) / 1000
    to_end = (windows.ends - last_time) / 1000
    sampled = (last_time - first_time) / 1000
    between = sampled / np.maximum(windows.count - 1, 1)
    if counter:
        # A counter can't have been below zero: it is not extrapolated past the time at which it would have been.
        to_zero = sampled * (at_first / gained)
        to_start = np.where((gained > 0) & (at_first >= 0) & (to_zero < to_start), to_zero, to_start)
    threshold = between * 1.1
    covered = sampled + np.where(to_start < threshold, to_start, between / 2)
    covered = covered + np.where(to_end < threshold, to_end, between / 2)
    factor = covered / sampled
    if per_second:
        factor = factor / ((windows.ends - windows.starts) / 1000)
    return gained * factor, windows.count >= 2


def _last_two(windows: Windows, *, rate: bool) -> Result:
    """From the last sample but one to the last one."""
    samples, last = windows.samples, windows.last
    before = np.maximum(gather(samples.previous, np.maximum(last - 1, 0)), 0)
    newest, older = samples.at(last), samples.at(before)
    gained = newest - older
    if rate:
        gained = np.where(newest < older, newest, gained) / (
            (samples.times[last] - samples.times[before]) / 1000
        )
    return gained, windows.count >= 2


def _counted(windows: Windows) -> Result:
    return windows.count.astype(float), windows.count > 0


def _there(windows: Windows) -> Result:
    return np.ones(windows.count.shape), windows.count > 0


def _newest(windows: Windows) -> Result:
    return np.broadcast_to(windows.samples.at(windows.last), windows.count.shape), windows.count > 0


def _oldest(windows: Windows) -> Result:
    return np.broadcast_to(windows.samples.at(windows.first), windows.count.shape), windows.count > 0


def _sum(windows: Windows) -> Result:
    samples = windows.samples
    table = np.where(samples.present, samples.values, 0.0)
    return fold(table, windows.low, windows.high, np.add, 0.0), windows.count > 0


def _average(windows: Windows) -> Result:
    total, there = _sum(windows)
    return total / np.maximum(windows.count, 1), there


def _extreme(windows: Windows, choose: Callable[[Floats, Floats], Floats]) -> Result:
    samples = windows.samples
    table = np.where(samples.present, samples.values, np.nan)
    return fold(table, windows.low, windows.high, choose, np.nan), windows.count > 0


def _smallest(windows: Windows) -> Result:
    return _extreme(windows, np.fmin)


def _largest(windows: Windows) -> Result:
    return _extreme(windows, np.fmax)


def _variance(windows: Windows) -> Result:
    samples = windows.samples
    finite = samples.present & np.isfinite(samples.values)
    middle = np.divide(
        np.where(finite, samples.values, 0.0).sum(axis=1, keepdims=True),
        np.maximum(finite.sum(axis=1, keepdims=True), 1),
    )
    away = np.where(samples.present, samples.values - middle, 0.0)
    count = np.maximum(windows.count, 1)
    mean = fold(away, windows.low, windows.high, np.add, 0.0) / count
    square = fold(away * away, windows.low, windows.high, np.add, 0.0) / count
    lowest = _smallest(windows)[0]
    constant = (lowest == _largest(windows)[0]) & np.isfinite(lowest)
    return np.where(constant, 0.0, np.maximum(square - mean * mean, 0.0)), windows.count > 0


def _deviation(windows: Windows) -> Result:
    variance, there = _variance(windows)
    return np.sqrt(variance), there


def _changes(windows: Windows) -> Result:
    return _counted_steps(windows, windows.samples.changes)


def _resets(windows: Windows) -> Result:
    return _counted_steps(windows, windows.samples.resets)


def _counted_steps(windows: Windows, up_to: Integers) -> Result:
    return (gather(up_to, windows.last) - gather(up_to, windows.first)).astype(float), windows.count > 0


FUNCTIONS: dict[str, Callable[[Windows], Result]] = {
    "rate": lambda windows: _increase(windows, counter=True, per_second=True),
    "increase": lambda windows: _increase(windows, counter=True, per_second=False),
    "delta": lambda windows: _increase(windows, counter=False, per_second=False),
    "irate": lambda windows: _last_two(windows, rate=True),
    "idelta": lambda windows: _last_two(windows, rate=False),
    "changes": _changes,
    "resets": _resets,
    "count_over_time": _counted,
    "present_over_time": _there,
    "last_over_time": _newest,
    "first_over_time": _oldest,
    "sum_over_time": _sum,
    "avg_over_time": _average,
    "min_over_time": _smallest,
    "max_over_time": _largest,
    "stdvar_over_time": _variance,
    "stddev_over_time": _deviation,
}
"""Functions of one range vector. Each is called with numpy's warnings off."""

KEEPS_NAME = frozenset({"last_over_time", "first_over_time"})
