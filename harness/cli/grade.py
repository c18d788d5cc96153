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
@click.option(
    "--junit",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="JUnit XML, one test case for each rule in each case.",
)
@click.option(
    "--sarif",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Of loose files: SARIF 2.1.0 for code scanning.",
)
@click.option(
    "--annotations",
    is_flag=True,
    help="Of loose files: print findings as GitHub annotations on their lines.",
)
def command(
    paths: tuple[Path, ...],
    case_id: str | None,
    seed: int,
    corpora: tuple[str, ...],
    without: tuple[str, ...],
    as_json: bool,
    junit: Path | None,
    sarif: Path | None,
    annotations: bool,
) -> None:
    """Grade a run again from its stored answers (drydock grade runs/RUN), without any call of a model;
    grade one answer to a case (--case AREA/NAME ANSWER.md; of a dialogue one file a turn);
    or ask every rule that needs no case about loose files (drydock grade deploy.yml infra/).
    """
    is_run = case_id is None and len(paths) == 1 and (paths[0] / "run.json").is_file()
    if (sarif or annotations) and (is_run or case_id is not None):
        raise click.UsageError(
            "--sarif and --annotations speak of files on this disk; the files of an answer are only in it (--junit works)"
        )
    with clear_errors():
        if is_run:
            _grade_run(paths[0], corpora, frozenset(without), as_json, junit)
            return
        if case_id is not None:
            document, invalid = _grade_answer(paths, case_id, seed, corpora, frozenset(without))
        else:
            document, invalid = _grade_files(paths, frozenset(without))
        _write(document, case_id or "files", junit, sarif)
    if as_json:
        print(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        _print_findings(document)
    if annotations:
        from reports.ci.annotations import annotations_of, command_lines

        # The JSON document stays alone on standard output; the runner reads commands from both.
        print(
            "\n".join(command_lines(annotations_of(document["findings"]))),
            file=sys.stderr if as_json else sys.stdout,
        )
    sys.exit(4 if invalid else 0)


def _write(document: dict[str, Any], case: str, junit: Path | None, sarif: Path | None) -> None:
    if junit is not None:
        from reports.ci.junit import write_junit
        from reports.ci.outcome import outcomes_of

        rows = ((case, finding["sample"], finding) for finding in document["findings"])
        write_junit(outcomes_of(rows), "drydock grade", junit)
    if sarif is not None:
        from reports.ci.sarif import write_sarif

        write_sarif(document["findings"], sarif)


def _grade_run(
    folder: Path, corpora: tuple[str, ...], without: frozenset[str], as_json: bool, junit: Path | None
) -> None:
    from harness.cli.corpora import corpus_of
    from harness.regrade import regrade
    from reports.summary import summarise

    run = regrade(folder, corpus_of(corpora), without)
    summary = summarise(run)
    if junit is not None:
        from reports.ci.junit import write_junit
        from reports.ci.outcome import outcomes_of

        rows = (
            (row["case"], row["sample"], finding) for row in summary.grades for finding in row["findings"]
        )
        write_junit(outcomes_of(rows), f"drydock {summary.about['model']['name']}", junit)
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

    row = grade_answer(corpus_of(corpora, (case_id,)), case_id, seed, paths, without)
    return grade_document(row), not row["graded"]


def _grade_files(paths: tuple[Path, ...], without: frozenset[str]) -> tuple[dict[str, Any], bool]:
    from harness.loose import grade_files
    from reports.documents import grade_document

    row = grade_files(paths, without)
    return grade_document(row), not row["graded"]


def _print_findings(document: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.text import Text

    from reports.ci.outcome import one_line, place

    console = Console()
    colours = {"pass": "green", "fail": "red", "grader_error": "yellow", "not_applicable": "dim"}
    for finding in document["findings"]:
        gated = f" (gated by {finding['gated_by']})" if finding["gated_by"] else ""
        advisory = " (advisory)" if finding["advisory"] else ""
        words = f"{finding['outcome']:14} {finding['severity']} {finding['rule']}{gated}{advisory}"
        console.print(Text(words, style=colours[finding["outcome"]]))
        for violation in finding["violations"]:
            # One line each, begun by us: a line that begins with `::` is a command to the runner that shows the log.
            line = one_line(f"{place(violation)}: {violation['message']}")
            console.print(Text(f"  - {line}"), soft_wrap=True)
        if finding["error"]:
            console.print(Text(f"  - {one_line(finding['error'])}"), soft_wrap=True)
    console.print(f"score {document['score']:.3f}", style="bold")
