"""Samples of some series on one grid of times, and the windows of range selectors over them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from graders.simulate.alerts.engine.labels import Labels
from graders.simulate.alerts.engine.series import Floats, Integers, Truths

_Number = TypeVar("_Number", np.float64, np.int64)


class Samples:
    """Rows of samples: `values` and `present` have shape (rows, G), `times` (G,) holds milliseconds, ascending."""

    def __init__(self, labels: Sequence[Labels], times: Integers, values: Floats, present: Truths) -> None:
        self.labels = tuple(labels)
        self.times = times
        self.values = values
        self.present = present

    def rows(self, chosen: Sequence[int]) -> Samples:
        rows = list(chosen)
        return Samples([self.labels[i] for i in rows], self.times, self.values[rows], self.present[rows])

    @cached_property
    def complete(self) -> bool:
        """Is there a sample in every row at every time?"""
        return bool(self.present.all())

    @cached_property
    def before(self) -> Integers:
        """How many samples stand before each position, shape (rows, G + 1); (1, G + 1) when complete."""
        size = len(self.times)
        if self.complete:
            return np.arange(size + 1, dtype=np.int64)[None, :]
        counts = np.zeros((len(self.labels), size + 1), np.int64)
        np.cumsum(self.present, axis=1, out=counts[:, 1:])
        return counts

    @cached_property
    def previous(self) -> Integers:
        """The position of the last sample at or before each position (-1: none); one row when complete."""
        positions = np.arange(len(self.times), dtype=np.int64)
        if self.complete:
            return positions[None, :]
        return np.maximum.accumulate(np.where(self.present, positions, -1), axis=1)

    @cached_property
    def next(self) -> Integers:
        """The position of the first sample at or after each position (G: none); one row when complete."""
        positions = np.arange(len(self.times), dtype=np.int64)
        if self.complete:
            return positions[None, :]
        ahead = np.where(self.present, positions, len(self.times))
        return np.minimum.accumulate(ahead[:, ::-1], axis=1)[:, ::-1]

    @cached_property
    def drops(self) -> Floats:
        """At each position the sum of the values from which the row's counter was reset up to there."""
        fell = self._follows & (self.values < self._earlier)
        return np.cumsum(np.where(fell, self._earlier, 0.0), axis=1)

    @cached_property
    def resets(self) -> Integers:
        """How often the row fell, up to and with each position."""
        return np.cumsum(self._follows & (self.values < self._earlier), axis=1, dtype=np.int64)

    @cached_property
    def changes(self) -> Integers:
        """How often the row changed, up to and with each position; NaN after NaN is no change."""
        differs = (self.values != self._earlier) & ~(np.isnan(self.values) & np.isnan(self._earlier))
        return np.cumsum(self._follows & differs, axis=1, dtype=np.int64)

    @cached_property
    def _follows(self) -> Truths:
        """Is there a sample here, and one before it?"""
        return self.present & (self.before[:, :-1] > 0)

    @cached_property
    def _earlier(self) -> Floats:
        """The value of the sample before each position (anything where there is none)."""
        shifted = np.concatenate(
            [np.full((len(self.previous), 1), -1, np.int64), self.previous[:, :-1]], axis=1
        )
        return self.at(np.maximum(shifted, 0))

    def at(self, positions: Integers) -> Floats:
        """The values at `positions`, shape (rows or 1, K)."""
        return gather(self.values, positions)


def gather(table: NDArray[_Number], positions: Integers) -> NDArray[_Number]:
    """`table[i, positions[i, k]]`; `positions` and `table` may have one row that holds for all."""
    if len(positions) == 1:
        return table[:, positions[0]]
    if len(table) == 1:
        return table[0][positions]
    return np.take_along_axis(table, positions, axis=1)


class Windows:
    """The window of a range selector at K times: samples from `starts` to `ends` (milliseconds, shape (K,)).

    Prometheus 2 counts a sample that is exactly as old as the window is long, Prometheus 3 does not (`left_open`). No
    sample later than `known` (milliseconds, shape (K,)) is seen; with `lagged` none at that very time either.
    """

    def __init__(
        self,
        samples: Samples,
        starts: Integers,
        ends: Integers,
        *,
        known: Integers,
        lagged: bool,
        left_open: bool,
    ) -> None:
        self.samples = samples
        self.starts = starts
        self.ends = ends
        times = samples.times
        seen = np.searchsorted(times, known, "left" if lagged else "right")
        self.high = np.minimum(np.searchsorted(times, ends, "right"), seen)
        self.low = np.minimum(np.searchsorted(times, starts, "right" if left_open else "left"), self.high)

    @cached_property
    def count(self) -> Integers:
        """How many samples each window holds, shape (rows, K)."""
        before = self.samples.before
        counts = before[:, self.high] - before[:, self.low]
        return np.broadcast_to(counts, (len(self.samples.labels), len(self.ends)))

    @cached_property
    def first(self) -> Integers:
        """The position of each window's first sample (any valid position where there is none)."""
        last = len(self.samples.times) - 1
        return np.clip(self.samples.next[:, np.minimum(self.low, last)], 0, last)

    @cached_property
    def last(self) -> Integers:
        """The position of each window's last sample (any valid position where there is none)."""
        return np.maximum(self.samples.previous[:, np.maximum(self.high - 1, 0)], 0)
