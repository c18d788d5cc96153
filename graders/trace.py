"""What a simulation saw, kept with the violation that it shows, for reports to draw.

Five forms, one for each kind of question: what happened over time, which way led there, who reaches what, what a
principal may do, what a plan changes. All are plain data of bounded size, written to a run as `row` gives it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

# A timeline is drawn some hundred pixels wide; longer lists and names would only make runs large.
MOST_POINTS = 240
MOST_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class Line:
    """A value over time at the points of its timeline; None where there is none."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasts from `start` to `end` (seconds from the timeline's begin; None: to its end).

    An `incident` is what the scenario does, a `page` or a `ticket` a firing alert (`label` its name), an `expected` the time
    in which a page or ticket is due.
    """

    label: str
    level: Literal["incident", "page", "ticket", "expected"]
    start: float
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """An incident: values (such as the error ratio) every `seconds`, and what happened when."""

    title: str
    seconds: float
    lines: tuple[Line, ...]
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One job or step on a path: what became of it (`success`, `failure`, `skipped`, …), and why where that needs saying."""

    name: str
    outcome: str
    note: str = ""
    file: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """How a run got somewhere, in order: from the event to the step in question."""

    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """Whether a row reaches a column, and whether it should (None: nobody asked)."""

    allowed: bool
    expected: bool | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Who reaches what: `cells[i][j]` is row i to column j."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Permission:
    """One request or permission: whether it is needed, forbidden or neither (`excess`), whether it is granted, and what
    grants or denies it."""

    request: str
    asked: Literal["needed", "forbidden", "excess"]
    granted: bool
    by: str = ""


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a principal needs, must not get, and gets."""

    title: str
    entries: tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What a plan does to one resource: `create`, `update`, `replace`, `delete` or `read`, and what makes it."""

    address: str
    action: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """A plan's changes."""

    title: str
    entries: tuple[Change, ...]


Trace = Timeline | Path | Matrix | Permissions | Changes

_FORMS: dict[type, str] = {
    Timeline: "timeline",
    Path: "path",
    Matrix: "matrix",
    Permissions: "permissions",
    Changes: "changes",
}


def row(trace: Trace) -> dict[str, Any]:
    """The trace as JSON data: its `form` (timeline, path, matrix, permissions, changes) and its fields, lists and texts cut
    to their limits."""
    return {"form": _FORMS[type(trace)], **_bounded(asdict(trace))}


def _bounded(value: Any) -> Any:
    if isinstance(value, str):
        return value[:MOST_CHARACTERS]
    if isinstance(value, dict):
        return {key: _bounded(item) for key, item in cast(dict[str, Any], value).items()}
    if isinstance(value, tuple):
        return [_bounded(item) for item in cast(tuple[Any, ...], value)[:MOST_POINTS]]
    return value


def timeline(
    title: str, seconds: float, lines: Sequence[tuple[str, Sequence[float]]], spans: Sequence[Span] = ()
) -> Timeline:
    """A timeline of at most `MOST_POINTS` points of values every `seconds` (NaN: none). Of points that fall together the
    largest stays: a spike is what the reader looks for."""
    longest = max((len(values) for _, values in lines), default=0)
    factor = max(1, -(-longest // MOST_POINTS))
    return Timeline(
        title,
        seconds * factor,
        tuple(Line(name, _thinned(values, factor)) for name, values in lines),
        tuple(spans),
    )


def _thinned(values: Sequence[float], factor: int) -> tuple[float | None, ...]:
    groups = (values[start : start + factor] for start in range(0, len(values), factor))
    known = ([float(value) for value in group if not math.isnan(value)] for group in groups)
    return tuple(float(f"{max(group):.6g}") if group else None for group in known)
