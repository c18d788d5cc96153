"""From when on each rule must be evaluated, where only what alerts do from some time on is asked.

A month of history fills the windows; what alerts did in it interests nobody. A rule is evaluated from the first time that
an alert of interest reaches back to: through `for`, `keep_firing_for`, windows, offsets and subqueries.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from graders.prometheus.promql import Expr, Selector, Subquery, children
from graders.prometheus.rules_file import Entry
from graders.simulate.alerts.engine.ordering import ALERTS_FOR_STATE, Task, may_read
from graders.simulate.alerts.engine.selection import LOOKBACK
from graders.simulate.alerts.engine.series import Integers, Truths
from graders.simulate.alerts.engine.storage import milliseconds


def beginnings(found: Sequence[Task], ordered: Sequence[int], since: int, interval: int) -> list[float]:
    """For each task the first time (milliseconds; -inf: all) at which its result matters, so that all alerts are right
    from `since` on. `ordered` are the positions of the tasks, each behind what it reads; `interval` is the server's."""
    found_of: list[float] = [math.inf] * len(found)
    for position in reversed(ordered):
        task = found[position]
        if task.entry.is_alert:
            found_of[position] = min(found_of[position], since)
        begin = found_of[position] - warm_up(task.entry, task.interval)
        found_of[position] = begin
        for selector, back in _reaches(task.expr, 0.0, interval):
            for other, writer in enumerate(found):
                if may_read(selector, writer):
                    # Since when an alert has been active may lie before any window.
                    far = (
                        math.inf
                        if writer.entry.is_alert and selector.name in (None, ALERTS_FOR_STATE)
                        else 0.0
                    )
                    # A reader before its writer sees what was written one evaluation earlier.
                    found_of[other] = min(found_of[other], begin - back - far - writer.interval)
    return found_of


def warm_up(entry: Entry, interval: int) -> int:
    """Milliseconds that an alert takes to be in the state that it would be in after any history, if it then is `settled`."""
    if not entry.is_alert:
        return 0
    return milliseconds(entry.hold) + 2 * milliseconds(entry.keep_firing) + interval


def settled(there: Truths, times: Integers, entry: Entry, by: float) -> bool:
    """Whether an alert, with a value where `there`, has forgotten by then what was before `times` (milliseconds).

    What keeps it firing over gaps may do so for ever after one old firing; a gap of `keep_firing_for` ends that.
    """
    keep = milliseconds(entry.keep_firing)
    if not keep:
        return True
    early = times <= by
    present = times[early][there[early]]
    edges = np.concatenate([times[:1], present, times[early][-1:]])
    return bool(np.any(np.diff(edges) > keep))


def _reaches(expr: Expr, above: float, interval: int) -> Iterator[tuple[Selector, float]]:
    """Each selector with the milliseconds that it looks back at most from the evaluation of the whole expression."""
    if isinstance(expr, Selector | Subquery):
        span = LOOKBACK if expr.range is None else milliseconds(expr.range)
        above = math.inf if expr.at is not None else above + span + max(0, milliseconds(expr.offset))
    if isinstance(expr, Selector):
        yield expr, above
    if isinstance(expr, Subquery):
        above += milliseconds(expr.step) if expr.step else interval
    for child in children(expr):
        yield from _reaches(child, above, interval)
