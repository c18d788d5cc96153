"""What becomes of an alert over time: inactive, pending, firing.

Source: Prometheus documentation, «Alerting rules»; AlertingRule.Eval in rules/alerting.go.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from graders.simulate.alerts.engine.series import Floats, Integers, Truths


class State(IntEnum):
    INACTIVE = 0
    PENDING = 1
    FIRING = 2


States = NDArray[np.int8]
"""Values of State, shape (K,)."""


def states(there: Truths, times: Integers, hold: int, keep_firing: int) -> States:
    """The states of an alert whose expression has a value where `there`, evaluated at `times`; all in milliseconds.

    It fires once it has been there for `hold`, and goes on until the expression has been empty for `keep_firing`.
    """
    result = np.zeros(len(there), np.int8)
    edges = np.diff(np.concatenate([[0], there.astype(np.int8), [0]]))
    begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    kept_until = -1  # a position: up to there the alert still fires although nothing is there
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        # An alert that is still kept firing goes on firing; another one has to wait.
        fires = begin if begin <= kept_until else _first(times, begin, end, hold)
        result[begin:fires] = State.PENDING
        result[fires:end] = State.FIRING
        kept_until = -1
        if fires < end < len(times) and keep_firing:
            kept_until = _first(times, end, len(times), keep_firing)
            result[end:kept_until] = State.FIRING
    return result


def restless_states(there: Truths, values: Floats, times: Integers, hold: int, keep_firing: int) -> States:
    """The states of an alert with its value in a label: each other value is a new alert that has to wait anew. The alerts of
    all values are one here, in the highest of their states."""
    number = np.cumsum(others(there, values))
    odd, even = (states(there & (number % 2 == parity), times, hold, keep_firing) for parity in (1, 0))
    return np.maximum(odd, even)


def others(there: Truths, values: Floats) -> Truths:
    """Where an alert with its value in a label is there with another value than at the time before."""
    changes = there.copy()
    changes[1:] &= values[1:] != values[:-1]
    return changes


def _first(times: Integers, begin: int, end: int, later: int) -> int:
    """The first position of [begin, end) that is `later` milliseconds after `begin`; `end` without one."""
    due: np.int64 = times[begin] + later
    return begin + int(np.searchsorted(times[begin:end], due))
