"""`drydock compare`: which of these runs is better, and does the difference mean anything?"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.failures import clear_errors

if TYPE_CHECKING:
    from reports.comparison.comparison import Comparison


@click.command(epilog="Exit codes: 0 compared, 2 usage, 5 these runs can't be compared (and what to do).")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", type=click.Path(path_type=Path))
@click.option(
    "--across",
    type=click.Choice(["persona"]),
    help="Allow the runs to differ in this, and compare it: `persona` is what a card is worth.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where the report goes.  [default: runs/comparisons/NAME]",
)
@click.option(
    "--history",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Draw the score over the nights whose runs lie below DIR into the page (`drydock trend`).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (docs/json.md).")
def command(
    runs: tuple[Path, ...], across: str | None, out: Path | None, history: Path | None, as_json: bool
) -> None:
    """Compare stored runs, case by case, on what they share: a verdict in words, ranks with ties, differences with
    intervals and corrected p-values, cost. One run alone gives its report.

    \b
    drydock compare runs/A runs/B runs/C
    drydock compare runs/WITH-CARD runs/WITHOUT --across persona

    Writes report.html and comparison.md. Runs that would mislead are refused, with the remedy: an invalid run, other
    rules or tools, another seed, another persona. docs/comparing.md explains every number.
    """
    from reports.comparison.compare import compare

    with clear_errors():
        compared = compare(runs, across_persona=across == "persona")
        folder = out or _default_folder(runs)
        _write(compared, folder, history)
    _print(compared, folder, as_json)


def _default_folder(runs: tuple[Path, ...]) -> Path:
    """Beside the runs; the same runs give the same folder."""
    places = sorted(str(run.resolve()) for run in runs)
    digest = hashlib.sha256("\n".join(places).encode()).hexdigest()[:8]
    models = "_".join(run.resolve().name.split("__")[0] for run in runs)[:80]
    return runs[0].resolve().parent / "comparisons" / f"{models}__{digest}"


def _write(compared: Comparison, folder: Path, history: Path | None) -> None:
    from harness.runs import RunError
    from reports.comparison.markdown import report
    from reports.page import write_page
    from reports.trend.history import history_of

    drawn = (
        history_of(history, sorted({str(entry.about["model"]["name"]) for entry in compared.entries}))
        if history
        else None
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "comparison.md").write_text(report(compared), encoding="utf-8")
        write_page(compared, folder / "report.html", drawn)
    except OSError as error:
        raise RunError(
            f"{folder}: the report cannot be written: {error.strerror}; --out FOLDER puts it elsewhere"
        ) from None


def _print(compared: Comparison, folder: Path, as_json: bool) -> None:
    if as_json:
        from reports.comparison.document import comparison_document

        print(json.dumps(comparison_document(compared), indent=2, ensure_ascii=False))
        print(f"{folder}/report.html", file=sys.stderr)
        return
    from rich.console import Console

    from reports.comparison.terminal import print_comparison

    console = Console(width=None if sys.stdout.isatty() else 140)
    print_comparison(compared, console)
    for name in ("report.html", "comparison.md"):
        console.print(f"{folder}/{name}", style="dim", highlight=False, soft_wrap=True)
