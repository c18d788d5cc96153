"""Every pair of entries, measured against each other case by case, with p-values corrected within their family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from statistics import median

from reports.comparison.comparison import Difference, Entry
from reports.comparison.measures import (
    CONSTRAINT,
    SCORE,
    case_means,
    clusters_of,
    constraints_of,
    values,
)
from reports.statistics.families import holm
from reports.statistics.paired import between_epochs, paired_difference
from reports.statistics.power import detectable_difference

# A difference is told when its corrected p is below; its interval then excludes 0 at 95 %.
LEVEL = 0.05
CONSTRAINTS = "constraints"


def differences(entries: Sequence[Entry]) -> tuple[list[Difference], float | None]:
    """All differences, and the smallest that these cases can detect for a typical pair (None: none, or nothing to go by).

    A family is what is read as one table: the scores of all pairs; for two entries all their constraints; for more
    entries, each constraint over all pairs.
    """
    scores = _pairs(entries, SCORE, SCORE)
    found = [difference for difference, _ in scores]
    for name in constraints_of(row for entry in entries for row in entry.grades):
        measure = CONSTRAINT + name
        family = CONSTRAINTS if len(entries) == 2 else measure
        found += [difference for difference, _ in _pairs(entries, measure, family)]
    return _corrected(found), _detectable(scores)


def told(difference: Difference) -> bool:
    """Whether the difference is more than chance explains."""
    return difference.p_holm < LEVEL


def _pairs(entries: Sequence[Entry], measure: str, family: str) -> list[tuple[Difference, float]]:
    pairs = (_difference(first, second, measure, family) for first, second in combinations(entries, 2))
    return [pair for pair in pairs if pair is not None]


def _difference(first: Entry, second: Entry, measure: str, family: str) -> tuple[Difference, float] | None:
    """The difference and its standard error; None where the two share no case of this measure."""
    a, b = values(first.grades, measure), values(second.grades, measure)
    cases = sorted(a.keys() & b.keys())
    if not cases:
        return None
    clusters = clusters_of(first.grades)
    mean_a, mean_b = case_means(a), case_means(b)
    paired = paired_difference(
        [mean_a[case] - mean_b[case] for case in cases], [clusters[case] for case in cases]
    )
    difference = Difference(
        first=first.name,
        second=second.name,
        measure=measure,
        value=paired.value,
        like=(paired.low, paired.high),
        again=between_epochs([a[case] for case in cases], [b[case] for case in cases]),
        p=paired.p,
        p_holm=paired.p,
        family=family,
        clusters=paired.clusters,
    )
    return difference, paired.error


def _corrected(pairs: Sequence[Difference]) -> list[Difference]:
    corrected: dict[int, float] = {}
    for family in {pair.family for pair in pairs}:
        members = [number for number, pair in enumerate(pairs) if pair.family == family]
        corrected |= zip(members, holm([pairs[number].p for number in members]), strict=True)
    return [replace(pair, p_holm=corrected[number]) for number, pair in enumerate(pairs)]


def _detectable(scores: Sequence[tuple[Difference, float]]) -> float | None:
    errors = [error for _, error in scores if error > 0]
    if not errors:
        return None
    return detectable_difference(median(errors), scores[0][0].clusters, len(scores))
