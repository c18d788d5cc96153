"""A trend on the terminal: each line as a sparkline and a sentence, then its last nights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reports.safe_text import for_terminal
from reports.trend.rows import CHANGED, NOT_COMPARABLE, cells, said, sentence, sparkline
from reports.trend.series import Night
from reports.trend.trend import Trend

if TYPE_CHECKING:
    from rich.console import Console

_NIGHTS = 14


def print_trend(trend: Trend, console: Console) -> None:
    """Print it; what is older than the last fourteen nights of a line stands in `trend.md` and in the JSON document."""
    from rich.text import Text

    for note in trend.notes:
        console.print(Text(f"note: {for_terminal(note)}", style="yellow"))
    for series in trend.series:
        console.print(Text(for_terminal(sentence(series)), style="bold"))
        console.print(Text(f"  {sparkline(series, trend.series)}"), soft_wrap=True)
        shown = series.nights[-_NIGHTS:]
        for style, line in _lines(shown):
            console.print(Text(f"  {line}", style=style), soft_wrap=True)
        if len(series.nights) > len(shown):
            console.print(
                f"{len(series.nights) - len(shown)} earlier nights: --out FOLDER or --json", style="dim"
            )
        console.print()
    if any(night.changes for series in trend.series for night in series.nights):
        console.print(Text(NOT_COMPARABLE), style="dim")


def _lines(nights: Sequence[Night]) -> Iterator[tuple[str, str]]:
    """(style, line): a heading, then the nights in columns, and between them what changed."""
    rows = [cells(night) for night in nights]
    headings = [heading for heading in rows[0] if heading != CHANGED]
    widths = {heading: max(len(heading), *(len(row[heading]) for row in rows)) for heading in headings}
    yield "dim", "  ".join(heading.ljust(widths[heading]) for heading in headings).rstrip()
    for night, row in zip(nights, rows, strict=True):
        if night.changes:
            yield "yellow", for_terminal(f"── {said(night)}")
        void = night.point.hollow or night.point.score is None
        yield (
            "dim" if void else "",
            "  ".join(row[heading].ljust(widths[heading]) for heading in headings).rstrip(),
        )
