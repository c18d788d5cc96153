"""`trend.md`."""

from __future__ import annotations

from reports.safe_text import for_markdown
from reports.trend.rows import INTERVALS, NOT_COMPARABLE, cells, sentence
from reports.trend.trend import Trend


def report(trend: Trend, chart: str | None) -> str:
    """The whole report; `chart` is the address of the plot, beside it."""
    lines = ["# Score over nights", ""]
    lines += [f"- {for_markdown(sentence(series))}" for series in trend.series]
    lines += ["", NOT_COMPARABLE, "", INTERVALS, ""]
    if trend.notes:
        lines += ["## Before you read on", "", *(f"- {for_markdown(note)}" for note in trend.notes), ""]
    if chart:
        lines += [f"![Score over nights; the tables below have the same numbers]({chart})", ""]
    for series in trend.series:
        rows = [cells(night) for night in series.nights]
        lines += [f"## {for_markdown(series.name)}", ""]
        lines += [f"| {' | '.join(rows[0])} |", f"|{' --- |' * len(rows[0])}"]
        lines += [f"| {' | '.join(for_markdown(cell) for cell in row.values())} |" for row in rows]
        lines.append("")
    return "\n".join(lines)
