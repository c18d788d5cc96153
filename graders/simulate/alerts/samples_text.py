"""Samples in the notation of `promtool test rules`: `1+2x3 _x4 stale`.

Source: Prometheus documentation, «Unit testing for rules».
"""

from __future__ import annotations

import math
from itertools import pairwise

from graders.simulate.alerts.engine.series import Floats


def samples_text(values: Floats) -> str:
    """`values` (NaN: no sample) in short. Where samples end stands a staleness marker.

    promtool expands `a+bxN` by adding b again and again, so a run is only written where that gives the very values: one
    that ended a little lower would be a counter reset.
    """
    given: list[float] = values.tolist()
    parts: list[str] = []
    position = 0
    while position < len(given):
        end = _run_end(given, position)
        first, more = given[position], end - position - 1
        if not math.isnan(first):
            step = given[position + 1] - first if more else 0.0
            parts.append(f"{first!r}{step:+}x{more}" if more else repr(first))
        elif position and not math.isnan(given[position - 1]):
            parts += ["stale", *([f"_x{more}"] if more else [])]
        else:
            parts.append(f"_x{more + 1}")
        position = end
    return " ".join(parts)


def _run_end(given: list[float], begin: int) -> int:
    """Behind the last value that is missing as the one at `begin`, or that one step after the other leads to."""
    if math.isnan(given[begin]):
        return next((i for i in range(begin, len(given)) if not math.isnan(given[i])), len(given))
    step = given[begin + 1] - given[begin] if begin + 1 < len(given) else math.nan
    for number, (value, following) in enumerate(pairwise(given[begin:]), begin + 1):
        if value + step != following or math.isinf(following):
            return number
    return len(given)
