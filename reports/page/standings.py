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
    """The pairs that were corrected together, of one measure or of `several`; `one_pair` when all are of the same two
    entries, `repeated` when any has an interval over epochs. `silent` pairs are not listed (none of them can be told
    apart). `reach` is the end of the common scale of their bars."""

    name: str
    several: bool
    one_pair: bool
    repeated: bool
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


def families(comparison: Comparison, most: int = 120) -> list[Family]:
    """The differences as they were corrected together, the score first. A family of more than `most` pairs lists those that
    can be told apart."""
    numbers = {entry.name: number for number, entry in enumerate(comparison.entries, start=1)}
    names = dict.fromkeys(difference.family for difference in comparison.differences)
    return [
        _family(name, [d for d in comparison.differences if d.family == name], numbers, most)
        for name in sorted(names, key=lambda name: name != "score")
    ]


def _family(name: str, differences: list[Difference], numbers: dict[str, int], most: int) -> Family:
    reach = max(0.05, *(abs(edge) for difference in differences for edge in difference.like))
    listed = differences if len(differences) <= most else list(_apart(differences))
    pairs = [_pair(difference, reach, numbers) for difference in listed]
    return Family(
        name,
        several=len({difference.measure for difference in differences}) > 1,
        one_pair=len(listed) > 1
        and len({(difference.first, difference.second) for difference in listed}) == 1,
        repeated=any(difference.again for difference in listed),
        pairs=pairs,
        silent=len(differences) - len(listed),
        reach=reach,
    )


def _apart(differences: Iterable[Difference]) -> Iterable[Difference]:
    return (difference for difference in differences if difference.p_holm < SIGNIFICANT)


def _pair(difference: Difference, reach: float, numbers: dict[str, int]) -> Pair:
    apart = difference.p_holm < SIGNIFICANT
    ahead = "the first" if difference.value > 0 else "the second"
    verdict = f"{ahead} is ahead" if apart else "can’t be told apart"
    href = links.to_pair(numbers[difference.first], numbers[difference.second], difference.measure)
    return Pair(difference, verdict, apart, bar((difference.value, *difference.like), -reach, reach), href)
