"""`drydock grade`: grade a stored run again, an answer to a case, or loose files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from harness.cli.failures import clear_errors


@click.command(epilog="Exit codes: 0 done, 2 usage, 4 done but invalid, 5 could not start.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--case",
    "case_id",
    metavar="AREA/NAME",
    help="PATH is an answer to this case (a Markdown file as a model wrote it).",
)
@click.option("--seed", default=1, show_default=True, help="The variant of the case that was answered.")
@click.option(
    "--corpus", "corpora", multiple=True, metavar="DIR", help="A folder of your own cases, beside Drydock's."
)
@click.option("--without", multiple=True, metavar="TOOL", help="Take this tool's rules out.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (docs/json.md).")
def command(
    paths: tuple[Path, ...],
    case_id: str | None,
    seed: int,
    corpora: tuple[str, ...],
    without: tuple[str, ...],
    as_json: bool,
) -> None:
    """Grade a run again from its stored answers (drydock grade runs/RUN), without any call of a model;
    grade one answer to a case (--case AREA/NAME ANSWER.md; of a dialogue one file a turn);
    or ask every rule that needs no case about loose files (drydock grade deploy.yml infra/).
    """
    with clear_errors():
        if case_id is not None:
            document, invalid = _grade_answer(paths, case_id, seed, corpora, frozenset(without))
        elif len(paths) == 1 and (paths[0] / "run.json").is_file():
            _grade_run(paths[0], corpora, frozenset(without), as_json)
            return
        else:
            document, invalid = _grade_files(paths, frozenset(without))
    if as_json:
        print(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        _print_findings(document)
    sys.exit(4 if invalid else 0)


def _grade_run(folder: Path, corpora: tuple[str, ...], without: frozenset[str], as_json: bool) -> None:
    from harness.cli.corpora import corpus_of
    from harness.regrade import regrade
    from reports.summary import summarise

    run = regrade(folder, corpus_of(corpora), without)
    summary = summarise(run)
    if as_json:
        from reports.documents import run_document

        print(json.dumps(run_document(summary), indent=2, ensure_ascii=False))
    else:
        from rich.console import Console

        from reports.table import print_runs

        print_runs([summary], Console())
    sys.exit(4 if summary.invalid else 0)


def _grade_answer(
    paths: tuple[Path, ...], case_id: str, seed: int, corpora: tuple[str, ...], without: frozenset[str]
) -> tuple[dict[str, Any], bool]:
    from harness.cli.corpora import corpus_of
    from harness.loose import grade_answer
    from reports.documents import grade_document

    row = grade_answer(corpus_of(corpora), case_id, seed, paths, without)
    return grade_document(row), not row["graded"]


def _grade_files(paths: tuple[Path, ...], without: frozenset[str]) -> tuple[dict[str, Any], bool]:
    from harness.loose import grade_files
    from reports.documents import grade_document

    row = grade_files(paths, without)
    return grade_document(row), not row["graded"]


def _print_findings(document: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.text import Text

    from reports.safe_text import for_terminal

    console = Console()
    colours = {"pass": "green", "fail": "red", "grader_error": "yellow", "not_applicable": "dim"}
    for finding in document["findings"]:
        gated = f" (gated by {finding['gated_by']})" if finding["gated_by"] else ""
        advisory = " (advisory)" if finding["advisory"] else ""
        words = f"{finding['outcome']:14} {finding['severity']} {finding['rule']}{gated}{advisory}"
        console.print(Text(words, style=colours[finding["outcome"]]))
        for violation in finding["violations"]:
            place = violation["file"] or "answer"
            place += f":{violation['line']}" if violation["line"] else ""
            console.print(Text(for_terminal(f"    {place}: {violation['message']}")), soft_wrap=True)
        if finding["error"]:
            console.print(Text(for_terminal(f"    {finding['error']}")), soft_wrap=True)
    console.print(f"score {document['score']:.3f}", style="bold")
