"""Which nights belong on one line.

A model may have several runs in a night: the fixed panel and the rotating one, two cards, a second try. A run goes on the
line whose last night had the same conditions. Where none has, the conditions of some line have changed: it goes on the
nearest line whose own conditions never come again; while they do, the two stand side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reports.trend.changes import Change, changes
from reports.trend.point import Point

# Another card or seed makes another experiment; a new version of a tool is news in the same one.
_APART = {"persona": 4, "seed": 4}


@dataclass(frozen=True, slots=True)
class Night:
    """`changes` since the night before on this line; nights of the same `stretch` can be compared."""

    point: Point
    changes: list[Change]
    stretch: int


@dataclass(slots=True)
class Series:
    """One line: nights in the order of time. `name` is unique in a trend, for people."""

    name: str
    nights: list[Night] = field(default_factory=list[Night])

    @property
    def last(self) -> Point:
        return self.nights[-1].point

    def append(self, point: Point) -> None:
        """Put the night at the end; what changed since the last one begins a new stretch."""
        changed = changes(self.last, point) if self.nights else []
        before = self.nights[-1].stretch if self.nights else 0
        self.nights.append(Night(point, changed, before + bool(changed)))


def series_of(points: Sequence[Point]) -> list[Series]:
    """The lines of each model, models by name, lines by their first night."""
    found: list[Series] = []
    for model in sorted({point.model for point in points}):
        own = sorted(
            (point for point in points if point.model == model), key=lambda p: (p.moment, str(p.folder))
        )
        lines = _lines(own)
        for line, name in zip(lines, _names(model, [line.last for line in lines]), strict=True):
            line.name = name
        found += lines
    return found


def _lines(points: Sequence[Point]) -> list[Series]:
    last_seen = {point.conditions: number for number, point in enumerate(points)}
    lines: list[Series] = []
    for number, point in enumerate(points):
        nearest = min(
            (line for line in reversed(lines) if _may_go_on(line, point, last_seen, number)),
            key=lambda line: _distance(line.last, point),
            default=None,
        )
        if nearest is None:
            nearest = Series(point.model)
            lines.append(nearest)
        nearest.append(point)
    return lines


def _may_go_on(line: Series, point: Point, last_seen: dict[str, int], now: int) -> bool:
    if line.last.conditions == point.conditions:
        return True
    return line.last.rotating == point.rotating and last_seen[line.last.conditions] < now


def _distance(before: Point, after: Point) -> int:
    return sum(_APART.get(change.what, 1) for change in changes(before, after))


def _names(model: str, lasts: Sequence[Point]) -> list[str]:
    """The model's name, with what tells its lines apart, and a number where nothing else does."""
    names = [model] * len(lasts)
    for tell in _TELLINGS:
        doubled = {name for name in names if names.count(name) > 1}
        for name in doubled:
            members = [number for number, other in enumerate(names) if other == name]
            words = {number: tell(lasts[number]) for number in members}
            if len(set(words.values())) > 1:
                for number, word in words.items():
                    names[number] = f"{name}, {word}"
    return [
        name if names.count(name) == 1 else f"{name} ({names[: number + 1].count(name)})"
        for number, name in enumerate(names)
    ]


def _card(point: Point) -> str:
    card = point.about["persona"]
    return f"card {card['name']} {card['version']}" if card else "no card"


def _panel(point: Point) -> str:
    return "rotating seed" if point.rotating else f"seed {point.about['seed']}"


_TELLINGS: tuple[Callable[[Point], str], ...] = (_panel, _card)
