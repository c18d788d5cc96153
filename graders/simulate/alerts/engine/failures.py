"""When the evaluation of a query fails: Prometheus then writes nothing for the rule at that time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graders.simulate.alerts.engine.labels import Labels
from graders.simulate.alerts.engine.series import Truths
from graders.simulate.alerts.engine.vector import Vector


@dataclass(frozen=True, slots=True)
class Failure:
    """`message` is what Prometheus says, `when` (K,) the evaluations at which it says so."""

    message: str
    when: Truths


SAME_LABELS = "vector cannot contain metrics with the same labelset"


def united(vector: Vector, failures: list[Failure], message: str = SAME_LABELS) -> Vector:
    """`vector` with one row for each label set; a failure where two rows of the same labels are there at once."""
    if len(set(vector.labels)) == len(vector.labels):
        return vector
    places: dict[Labels, list[int]] = {}
    for row, labels in enumerate(vector.labels):
        places.setdefault(labels, []).append(row)
    twice = np.zeros(vector.present.shape[1], bool)
    chosen = [rows[0] for rows in places.values()]
    values, present = vector.values[chosen], vector.present[chosen]
    for number, rows in enumerate(places.values()):
        for row in rows[1:]:
            there = vector.present[row]
            twice |= present[number] & there
            values[number] = np.where(there, vector.values[row], values[number])
            present[number] |= there
    if twice.any():
        failures.append(Failure(message, twice))
    return Vector(tuple(places), values, present)


def failed(failures: Sequence[Failure], times: int) -> Truths:
    """At which of `times` evaluations any of them happened."""
    when = np.zeros(times, bool)
    for failure in failures:
        when |= failure.when
    return when
