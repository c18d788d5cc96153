"""`comparison.md`."""

from __future__ import annotations

from collections.abc import Iterator

from reports.comparison.comparison import Comparison
from reports.comparison.tables import Table, tables
from reports.safe_text import for_markdown


def report(comparison: Comparison) -> str:
    """The whole comparison: verdict and notes, then every table. Names of models and cases are a stranger's text."""
    names = ", ".join(entry.name for entry in comparison.entries)
    lines = [f"# {for_markdown(names)}", ""]
    lines += [f"{for_markdown(sentence)}\n" for sentence in comparison.verdict]
    if comparison.notes:
        lines += ["## Before you read on", "", *(f"- {for_markdown(note)}" for note in comparison.notes), ""]
    for table in tables(comparison):
        lines += _table(table)
    lines += ["## Runs", "", *(f"- {for_markdown(e.name)}: `{e.folder}`" for e in comparison.entries), ""]
    lines.append("docs/comparing.md says what each number means and which formula it comes from.")
    return "\n".join(lines) + "\n"


def _table(table: Table) -> Iterator[str]:
    yield f"## {for_markdown(table.title)}\n"
    yield f"{table.note}\n"
    yield f"| {' | '.join(for_markdown(heading) for heading in table.headings)} |"
    yield f"|{' --- |' + ' ---: |' * (len(table.headings) - 1)}"
    for row in table.rows:
        yield f"| {' | '.join(for_markdown(cell) for cell in row)} |"
    yield ""
