"""The values that expressions have, at all evaluation times together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graders.simulate.alerts.engine.labels import Labels
from graders.simulate.alerts.engine.series import Floats, Truths


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number at each of K times: `values` has shape (K,)."""

    values: Floats


@dataclass(frozen=True, slots=True)
class Vector:
    """An instant vector at each of K times: row i is the element with `labels[i]`.

    `values` and `present` have shape (rows, K). An element that is not there has `present` False (its value says nothing);
    NaN is a value like others, since 0/0 is there and compares with nothing.
    """

    labels: tuple[Labels, ...]
    values: Floats
    present: Truths

    def rows(self, chosen: Sequence[int]) -> Vector:
        """The rows `chosen`."""
        return Vector(tuple(self.labels[i] for i in chosen), self.values[chosen], self.present[chosen])

    def seen(self) -> Vector:
        """The rows that are there at any time."""
        there = np.flatnonzero(np.logical_or.reduce(self.present, axis=1))
        return self if len(there) == len(self.labels) else self.rows([int(row) for row in there])

    def at_any_row(self) -> Truths:
        """At which times anything is there, shape (K,)."""
        return np.logical_or.reduce(self.present, axis=0)


Value = Scalar | Vector


def always(values: Floats, labels: Labels = ()) -> Vector:
    """One element that is always there."""
    return Vector((labels,), values[None, :], np.ones((1, len(values)), bool))


def stacked(parts: Sequence[Vector], times: int) -> Vector:
    """All rows of `parts`, none at `times` times without parts."""
    if len(parts) == 1:
        return parts[0]
    return Vector(
        tuple(labels for part in parts for labels in part.labels),
        np.concatenate([np.zeros((0, times)), *(part.values for part in parts)]),
        np.concatenate([np.zeros((0, times), bool), *(part.present for part in parts)]),
    )
