"""The values that are compared: for each case those of its epochs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness.runs import Row
from reports.statistics.intervals import Interval, clustered_mean

SCORE = "score"
CONSTRAINT = "constraint "
# case -> the value of each of its epochs
Values = Mapping[str, Sequence[float]]


def values(grades: Iterable[Row], measure: str) -> Values:
    """The values of a measure: a key of the grades (`score`, `ships`, …) or `constraint NAME`, where a case has it."""
    found: dict[str, list[float]] = {}
    for row in grades:
        value: Any = (
            row["constraints"].get(measure.removeprefix(CONSTRAINT))
            if measure.startswith(CONSTRAINT)
            else row[measure]
        )
        if value is not None:
            found.setdefault(row["case"], []).append(float(value))
    return found


def case_means(of: Values) -> dict[str, float]:
    """One number a case: a case with more epochs weighs no more than another."""
    return {case: sum(epochs) / len(epochs) for case, epochs in of.items()}


def interval(of: Values, clusters: Mapping[str, str]) -> Interval | None:
    """The mean over cases with its interval «on work like this»; None without a case."""
    means = case_means(of)
    return clustered_mean(list(means.values()), [clusters[case] for case in means])


def clusters_of(grades: Iterable[Row]) -> dict[str, str]:
    """Case -> cluster."""
    return {row["case"]: row["cluster"] for row in grades}


def constraints_of(grades: Iterable[Row]) -> list[str]:
    """The constraints that any of these answers was judged by."""
    return sorted({name for row in grades for name in row["constraints"]})
