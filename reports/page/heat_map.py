"""Models × constraints, areas and rules: numbers with a shade, each a way to what stands behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from harness.runs import Row
from reports.comparison.comparison import Comparison, Entry
from reports.page import links
from reports.statistics.intervals import Interval

STEPS = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """`step` is the shade, 0 (nothing kept) to 10 (all kept); `text` is "" where nothing was judged."""

    text: str
    step: int
    detail: str
    href: str


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One line: what was judged, the same in words, and a cell for each entry."""

    name: str
    about: str
    href: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class HeatGroup:
    """Rows of one kind under a heading."""

    heading: str
    rows: list[HeatRow]


def heat_map(comparison: Comparison, rules: dict[str, Row]) -> list[HeatGroup]:
    """The groups Constraints, Areas and Rules; a group without rows is left out."""
    entries = comparison.entries
    groups = [
        HeatGroup("Constraints", list(_shares(entries, "constraint", lambda entry: entry.constraints))),
        HeatGroup("Areas", list(_shares(entries, "area", lambda entry: entry.areas))),
        HeatGroup("Rules", list(_rules(entries, rules))),
    ]
    return [group for group in groups if group.rows]


def _shares(entries: list[Entry], kind: str, of: Callable[[Entry], dict[str, Interval]]) -> Iterable[HeatRow]:
    for name in sorted({name for entry in entries for name in of(entry)}):
        cells: list[Cell] = []
        for number, entry in enumerate(entries, start=1):
            value = of(entry).get(name)
            cells.append(_share(value, links.to_list(number, **{kind: name})))
        yield HeatRow(name, "", links.to_list(**{kind: name}), cells)


def _share(value: Interval | None, href: str) -> Cell:
    if value is None:
        return Cell("", STEPS, "not judged", href)
    mean, low, high = (100 * part for part in value)
    return Cell(
        f"{mean:.0f}", _step(mean / 100), f"{mean:.1f} points, 95 % interval {low:.1f} to {high:.1f}", href
    )


def _rules(entries: list[Entry], rules: dict[str, Row]) -> Iterable[HeatRow]:
    """Rules that someone failed first, the most failed on top; within the same share by id."""
    ids = {id for entry in entries for id in entry.rules}

    def kept(id: str) -> float:
        counts = [entry.rules[id] for entry in entries if id in entry.rules]
        judged = sum(total for _, total in counts)
        return sum(passed for passed, _ in counts) / judged if judged else 1.0

    for id in sorted(ids, key=lambda id: (kept(id), id)):
        about = rules.get(id)
        words = f"{about['severity']} · {about['constraint']} · {about['question']}" if about else ""
        cells = [
            _count(entry.rules.get(id), links.to_list(number, rule=id))
            for number, entry in _numbered(entries)
        ]
        yield HeatRow(id, words.removesuffix(" · "), links.to_list(rule=id), cells)


def _count(value: tuple[int, int] | None, href: str) -> Cell:
    if value is None or not value[1]:
        return Cell("", STEPS, "not judged", href)
    passed, judged = value
    return Cell(f"{passed}/{judged}", _step(passed / judged), f"passed in {passed} of {judged} answers", href)


def _numbered(entries: list[Entry]) -> Iterable[tuple[int, Entry]]:
    return enumerate(entries, start=1)


def _step(share: float) -> int:
    return round(STEPS * min(1.0, max(0.0, share)))
