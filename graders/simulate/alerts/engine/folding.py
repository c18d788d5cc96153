"""Sums and extremes over windows, from tables of runs of 1, 2, 4, … positions.

A difference of running totals would be quicker, but leaves rounding of what lies outside the window: a sum of zeros
must be zero, whatever came before.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from graders.simulate.alerts.engine.series import Floats, Integers

Combine = Callable[[Floats, Floats], Floats]


def fold(table: Floats, low: Integers, high: Integers, combine: Combine, nothing: float) -> Floats:
    """`combine` over the positions [low, high) of each row of `table` (rows, G); `nothing` is its neutral value, which
    must stand where a row has no sample. Shape (rows, K)."""
    length = high - low
    position = low.copy()
    result = np.full((len(table), len(low)), nothing)
    size, longest = 1, int(length.max(initial=0))
    while size <= longest:
        taken = (length & size) != 0
        if taken.all():
            result = combine(result, table[:, position])
            position += size
        elif taken.any():
            result[:, taken] = combine(result[:, taken], table[:, position[taken]])
            position[taken] += size
        size *= 2
        if size <= longest:
            half = size // 2
            table = combine(table[:, :-half], table[:, half:])
    return result
