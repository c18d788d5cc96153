"""Tonight's values of each variant beside the baseline's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from harness.runs import Row

Measure = Callable[[Row], float | None]


@dataclass(frozen=True, slots=True)
class Stratum:
    """One variant: the values of its samples tonight and on the nights before. `case` is the case that it varies."""

    case: str
    variant: str
    tonight: tuple[float, ...]
    baseline: tuple[float, ...]


def strata(tonight: Iterable[Row], nights: Iterable[Sequence[Row]], measure: Measure) -> list[Stratum]:
    """The variants that have a value on both sides, by name. `measure` is None where a grade has no such value."""
    now, before = _values(tonight, measure), _values((row for night in nights for row in night), measure)
    return [
        Stratum(variant.partition("@")[0], variant, tuple(now[variant]), tuple(before[variant]))
        for variant in sorted(now.keys() & before.keys())
    ]


def variant_of(row: Row) -> str:
    """`area/case@seed`."""
    return str(row["sample"]).rpartition("#")[0]


def _values(rows: Iterable[Row], measure: Measure) -> dict[str, list[float]]:
    values: defaultdict[str, list[float]] = defaultdict(list)
    for row in rows:
        value = measure(row)
        if value is not None:
            values[variant_of(row)].append(float(value))
    return values
