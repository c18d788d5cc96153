"""Does the ranking hold under other weightings of the same findings?"""

from __future__ import annotations

from collections.abc import Sequence

from reports.comparison.comparison import Entry, Stability
from reports.comparison.measures import case_means, values
from reports.statistics.ranking import kendall

WEIGHTINGS = {"equal_rules": "all rules equal", "equal_constraints": "all constraints equal"}


def stability(entries: Sequence[Entry]) -> list[Stability]:
    """The order under each of the other weightings of docs/scoring.md, and its agreement with the order by score."""
    return [_under(weighting, entries) for weighting in WEIGHTINGS]


def _under(weighting: str, entries: Sequence[Entry]) -> Stability:
    scores: dict[str, float] = {}
    for entry in entries:
        means = case_means(values(entry.grades, weighting))
        scores[entry.name] = sum(means.values()) / len(means)
    headline = [entry.score.mean if entry.score else 0.0 for entry in entries]
    return Stability(
        weighting=WEIGHTINGS[weighting],
        scores=scores,
        order=sorted(scores, key=lambda name: -scores[name]),
        kendall_tau=kendall(headline, list(scores.values())),
    )
