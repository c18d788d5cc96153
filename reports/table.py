"""The closing table of a run, and the comparison of several, on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reports.figures import RunFigures, figures, headline, worst_findings
from reports.safe_text import for_terminal
from reports.summary import Summary

if TYPE_CHECKING:
    from rich.console import Console


def print_runs(summaries: Sequence[Summary], console: Console) -> None:
    """Print one column a run, the worst findings of each run below, and first of all what makes a run invalid."""
    from rich.table import Table
    from rich.text import Text

    for summary in summaries:
        if summary.invalid:
            console.print(Text(headline(summary), style="bold red"), soft_wrap=True)
    table = Table(title=None, show_edge=False, pad_edge=False)
    table.add_column("", style="bold", no_wrap=True)
    columns: list[RunFigures] = [figures(summary) for summary in summaries]
    for column in columns:
        table.add_column(for_terminal(column.name), justify="right")
    for label in columns[0].rows | {label: "" for column in columns for label in column.rows}:
        table.add_row(label, *(column.rows.get(label, "") for column in columns))
    console.print(table)
    for summary in summaries:
        found = worst_findings(summary)
        if found:
            console.print(
                Text(f"\nWorst findings of {for_terminal(summary.about['model']['name'])}", style="bold")
            )
            for line in found:
                console.print(Text("  " + for_terminal(line)), soft_wrap=True)
        for sample, rule, error in summary.grader_errors[:5]:
            console.print(
                Text(for_terminal(f"grader error: {sample} {rule}: {error}"), style="yellow"), soft_wrap=True
            )
