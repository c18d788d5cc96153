"""What a simulation saw, drawn with characters: a timeline, a path, a matrix, permissions, a plan's changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from harness.runs import Row

_WIDTH = 60
_BARS = " ▁▂▃▄▅▆▇█"
_MARKS = {"incident": "━", "page": "█", "ticket": "▒", "expected": "┄"}
_SIGNS = {"success": "✓", "failure": "✕", "skipped": "–", "cancelled": "–"}


def trace_lines(trace: Row) -> Iterator[str]:
    """A trace as lines of text, its title first. `trace` is as `graders.trace.row` gives it."""
    yield f"┌ {trace['title']}"
    for line in _FORMS[trace["form"]](trace):
        yield f"│ {line}".rstrip()


def duration(seconds: float) -> str:
    """`45 s`, `12 min`, `6.5 h`, `3 d`: the largest unit of which there is at least one."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"


def _timeline(trace: Row) -> Iterator[str]:
    """Each value as bars below its highest, each span as a stroke over the same axis."""
    points = max((len(line["values"]) for line in trace["lines"]), default=1)
    total = points * trace["seconds"]
    names = [line["name"] for line in trace["lines"]] + [span["label"] for span in trace["spans"]]
    margin = min(28, max(map(len, names), default=0))
    for line in trace["lines"]:
        known = [value for value in line["values"] if value is not None]
        top = max(known, default=0.0)
        yield f"{line['name'][:margin]:{margin}} {_bars(line['values'], top)} up to {top:.3g}"
    for span in trace["spans"]:
        end = total if span["end"] is None else span["end"]
        last = f"to {duration(end)}" if span["end"] is not None else "to the end"
        when = f"{span['level']} from {duration(span['start'])} {last}"
        stroke = _stroke(span["start"] / total, end / total, _MARKS[span["level"]])
        yield f"{span['label'][:margin]:{margin}} {stroke} {when}"
    yield f"{'':{margin}} 0{duration(total):>{_WIDTH - 1}}"


def _bars(values: Sequence[float | None], top: float) -> str:
    """At most `_WIDTH` bars; of values that share one the highest is drawn. What is above 0 is never drawn as nothing."""
    width = min(_WIDTH, len(values))
    drawn = ""
    for column in range(width):
        shared = values[column * len(values) // width : (column + 1) * len(values) // width]
        value = max((each for each in shared if each is not None), default=0.0)
        height = min(8, max(1, round(8 * value / top))) if value > 0 and top > 0 else 0
        drawn += _BARS[height]
    return drawn.ljust(_WIDTH)


def _stroke(start: float, end: float, mark: str) -> str:
    """A stroke between two shares of the axis, at least one column wide."""
    first = min(_WIDTH - 1, max(0, int(start * _WIDTH)))
    last = min(_WIDTH, max(first + 1, round(end * _WIDTH)))
    return (" " * first + mark * (last - first)).ljust(_WIDTH)


def _path(trace: Row) -> Iterator[str]:
    for number, step in enumerate(trace["steps"]):
        place = f"  {step['file']}{':' + str(step['line']) if step['line'] else ''}" if step["file"] else ""
        note = f" ({step['note']})" if step["note"] else ""
        arrow = "  " if number == 0 else "→ "
        yield f"{arrow}{_SIGNS.get(step['outcome'], '·')} {step['name']}: {step['outcome']}{note}{place}"


def _matrix(trace: Row) -> Iterator[str]:
    """Rows by columns: `yes` and `no`, with `!` where the opposite was expected."""
    names: list[str] = trace["columns"]
    margin = max(map(len, trace["rows"]), default=0)
    widths = [max(4, len(name)) for name in names]
    yield " " * margin + "".join(f"  {name:>{width}}" for name, width in zip(names, widths, strict=True))
    for name, cells in zip(trace["rows"], trace["cells"], strict=True):
        words = (_word(cell) for cell in cells)
        yield f"{name:{margin}}" + "".join(
            f"  {word:>{width}}" for word, width in zip(words, widths, strict=True)
        )


def _word(cell: Mapping[str, Any]) -> str:
    wrong = cell["expected"] is not None and cell["expected"] != cell["allowed"]
    return ("yes" if cell["allowed"] else "no") + ("!" if wrong else "")


def _permissions(trace: Row) -> Iterator[str]:
    for entry in trace["entries"]:
        wrong = entry["granted"] == (entry["asked"] != "needed")
        by = f"  {entry['by']}" if entry["by"] else ""
        granted = "granted" if entry["granted"] else "denied"
        yield f"{'✕' if wrong else '✓'} {entry['asked']:9} {granted:7} {entry['request']}{by}"


def _changes(trace: Row) -> Iterator[str]:
    signs = {"create": "+", "update": "~", "delete": "-", "replace": "-/+", "read": "<="}
    for entry in trace["entries"]:
        note = f"  {entry['note']}" if entry["note"] else ""
        yield f"{signs.get(entry['action'], '?'):>3} {entry['address']} ({entry['action']}){note}"


_FORMS: dict[str, Callable[[Row], Iterator[str]]] = {
    "timeline": _timeline,
    "path": _path,
    "matrix": _matrix,
    "permissions": _permissions,
    "changes": _changes,
}
