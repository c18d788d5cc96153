"""Rank, score and price of each entry, and the pairs, in the words and positions that the page prints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reports.comparison.comparison import Comparison, Difference, Entry
from reports.page import links

SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval on a common scale, as percent of its width: where it begins, stands and ends."""

    low: float
    mean: float
    high: float


@dataclass(frozen=True, slots=True)
class Pair:
    """One difference in words and on a bar; `verdict` never orders what chance explains."""

    difference: Difference
    verdict: str
    told_apart: bool
    bar: Bar
    href: str


@dataclass(frozen=True, slots=True)
class Family:
    """The pairs that were corrected together; `silent` pairs are not listed (none of them can be told apart)."""

    measure: str
    pairs: list[Pair]
    silent: int
    reach: float


def rank(entry: Entry) -> str:
    """`1`, or `1 – 3` where entries of these ranks can't be told apart."""
    best, worst = entry.rank
    return str(best) if best == worst else f"{best} – {worst}"


def bar(value: tuple[float, float, float], low: float = 0.0, high: float = 1.0) -> Bar:
    """The interval (mean, low, high) on a scale from `low` to `high`."""

    def place(number: float) -> float:
        return round(100 * min(1.0, max(0.0, (number - low) / (high - low))), 2)

    mean, least, most = value
    return Bar(place(least), place(mean), place(most))


def families(comparison: Comparison, most: int = 45) -> list[Family]:
    """The differences by what they measure, score first. A family of more than `most` pairs lists what can be told apart."""
    measures = dict.fromkeys(difference.measure for difference in comparison.differences)
    numbers = {entry.name: number for number, entry in enumerate(comparison.entries, start=1)}
    return [
        _family(measure, [d for d in comparison.differences if d.measure == measure], numbers, most)
        for measure in sorted(measures, key=lambda measure: (measure != "score", measure))
    ]


def _family(measure: str, differences: list[Difference], numbers: dict[str, int], most: int) -> Family:
    reach = max(0.05, *(abs(edge) for difference in differences for edge in difference.like))
    listed = differences if len(differences) <= most else list(_apart(differences))
    pairs = [_pair(difference, reach, numbers) for difference in listed]
    return Family(measure, pairs, len(differences) - len(listed), reach)


def _apart(differences: Iterable[Difference]) -> Iterable[Difference]:
    return (difference for difference in differences if difference.p_holm < SIGNIFICANT)


def _pair(difference: Difference, reach: float, numbers: dict[str, int]) -> Pair:
    apart = difference.p_holm < SIGNIFICANT
    ahead = "the first" if difference.value > 0 else "the second"
    verdict = f"{ahead} is ahead" if apart else "can’t be told apart"
    href = links.to_pair(numbers[difference.first], numbers[difference.second], difference.measure)
    return Pair(difference, verdict, apart, bar((difference.value, *difference.like), -reach, reach), href)
