"""What a simulation gives the engine: series of samples on one common grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grid:
    """`count` scrapes, `step_seconds` apart; `start` is the time of the first one in seconds since 1970 (0: a Thursday)."""

    start: float
    step_seconds: float
    count: int

    @property
    def seconds(self) -> Floats:
        """The time of each scrape."""
        return self.milliseconds / 1000

    @property
    def milliseconds(self) -> Integers:
        """The time of each scrape as Prometheus stores it."""
        step = round(self.step_seconds * 1000)
        return round(self.start * 1000) + step * np.arange(self.count, dtype=np.int64)

    @property
    def end(self) -> float:
        """The time of the last scrape, in seconds."""
        return self.start + self.step_seconds * (self.count - 1)


@dataclass(frozen=True, slots=True)
class Series:
    """One series: `labels` with `__name__`, one value for each scrape of the grid, NaN where the scrape has no sample.

    The first missing sample after a present one is a staleness marker, as Prometheus writes it when a target or a series
    is gone.
    """

    labels: Mapping[str, str]
    values: Floats
