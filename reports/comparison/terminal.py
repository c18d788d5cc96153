"""A comparison on the terminal: notes and verdict first, then the tables that decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.comparison.comparison import Comparison
from reports.comparison.tables import tables
from reports.safe_text import for_terminal

if TYPE_CHECKING:
    from rich.console import Console


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print all but the tables by constraint that more than two entries have. What does not fit wraps in its column."""
    from rich.table import Table
    from rich.text import Text

    for note in comparison.notes:
        console.print(Text(f"note: {for_terminal(note)}", style="yellow"))
    for number, sentence in enumerate(comparison.verdict):
        console.print(Text(for_terminal(sentence), style="bold" if number == 0 else ""))
    for table in tables(comparison, briefly=True):
        shown = Table(title=None, show_edge=False, pad_edge=False)
        for number, heading in enumerate(table.headings):
            shown.add_column(Text(for_terminal(heading)), justify="right" if number else "left")
        for row in table.rows:
            shown.add_row(*(Text(for_terminal(cell)) for cell in row))
        console.print(Text(f"\n{for_terminal(table.title)}", style="bold"))
        console.print(shown)
