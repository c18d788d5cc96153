"""`drydock show`: runs, samples, findings, and an answer with its findings under the lines they speak of."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.failures import clear_errors
from harness.cli.pager import pager

if TYPE_CHECKING:
    from rich.console import Console

    from harness.runs import Row, Run
    from reports.listing.selection import Selection
    from reports.listing.style import Line

_OUTCOMES = ("pass", "fail", "not_applicable", "grader_error")
_COLOURS = {"text": "", "note": "red", "turn": "bold", "error": "yellow", "pass": "green", "quiet": "dim"}


@click.command(epilog="Exit codes: 0 shown, 2 usage, 5 there is no such run, sample, case or rule.")
@click.argument("run_folder", metavar="[RUN]", required=False, type=click.Path(path_type=Path))
@click.argument("sample", metavar="[SAMPLE]", required=False)
@click.option("--findings", is_flag=True, help="List findings by rule instead; failed ones unless --outcome.")
@click.option(
    "--rule", "rules", multiple=True, metavar="ID", help="Only this rule, or rules beginning so: GHA, K8S-1."
)
@click.option(
    "--case", "cases", multiple=True, metavar="CASE", help="Only this case: iac/, 'pipelines/*', '*/ecs*'."
)
@click.option("--failed", is_flag=True, help="Only rules that failed, advisory ones aside.")
@click.option(
    "--outcome",
    "outcomes",
    multiple=True,
    type=click.Choice(_OUTCOMES),
    help="Only findings that came out so.",
)
@click.option(
    "--runs",
    default=Path("runs"),
    show_default=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Where runs are listed, and looked for by name.",
)
@click.option("--no-pager", is_flag=True, help="Print at once, on a terminal too.")
def command(
    run_folder: Path | None,
    sample: str | None,
    findings: bool,
    rules: tuple[str, ...],
    cases: tuple[str, ...],
    failed: bool,
    outcomes: tuple[str, ...],
    runs: Path,
    no_pager: bool,
) -> None:
    """List runs; of a RUN its samples; of a SAMPLE the answer as the model wrote it, findings under their lines.

    \b
    drydock show                                       all runs, the newest first
    drydock show runs/RUN --failed                     samples with the rules that failed
    drydock show runs/RUN iac/ecs                      one answer
    drydock show runs/RUN --findings --rule GHA        what the GHA rules found, sample by sample
    drydock show runs/RUN --findings --outcome grader_error

    RUN is a folder, or the beginning or end of its name in runs/. SAMPLE is an id such as pipelines/canary-deploy@1#1,
    or its beginning. On a terminal the output goes through $PAGER (less).
    """
    if run_folder is None and (findings or rules or cases or failed or outcomes):
        raise click.UsageError("a filter needs a RUN; `drydock show` lists the runs")
    if failed and outcomes:
        raise click.UsageError(
            "--failed and --outcome exclude each other; --outcome fail counts advisory rules too"
        )
    if sample is not None and cases:
        raise click.UsageError("--case picks samples, and SAMPLE is one already")
    outcomes = outcomes or (("fail",) if failed else ("fail", "grader_error") if findings else ())
    with clear_errors():
        from harness.runs import Run
        from reports.listing.findings import finding_lines
        from reports.listing.runs import find_run, run_lines
        from reports.listing.samples import sample_rows
        from reports.listing.selection import sample_named

        if run_folder is None:
            lines = list(run_lines(runs))
            with pager(not no_pager) as console:
                _print(lines, console)
            return
        run = Run(find_run(run_folder, runs))
        expected = [str(id) for id in run.about.get("samples", ())]
        answers, grades = run.answers(), run.grades()
        selection = _selection(run, expected, grades, rules, cases, outcomes, failed)
        if sample is not None:
            sample = sample_named(sample, answers, run.folder)
            grades = {id: grade for id, grade in grades.items() if id == sample}
    with pager(not no_pager) as console:
        if findings:
            _print(finding_lines(grades, selection, _questions()), console)
        elif sample is not None:
            _print(_answer_lines(answers[sample], grades.get(sample), selection), console)
        else:
            heading = "rules" if selection.outcomes and not failed else "failed rules"
            _print_samples(sample_rows(expected, answers, grades, selection), heading, console)


def _selection(
    run: Run,
    expected: Iterable[str],
    grades: dict[str, Row],
    rules: tuple[str, ...],
    cases: tuple[str, ...],
    outcomes: tuple[str, ...],
    failed: bool,
) -> Selection:
    """What the options say, held against what is in the run. Raises `RunError` for a rule or case that is not."""
    from reports.listing.selection import Selection, case_of, cases_named, rules_named

    judged = {finding["rule"] for grade in grades.values() for finding in grade["findings"]}
    return Selection(
        rules=rules_named(rules, judged | set(run.about.get("rules", ())), run.folder),
        cases=cases_named(cases, {case_of(id) for id in (*expected, *grades)}, run.folder),
        outcomes=frozenset(outcomes) or None,
        weighing=failed,
    )


def _questions() -> dict[str, str]:
    """What each rule asks."""
    from graders.kinds import RULES

    return {id: rule.summary for id, rule in RULES.items()}


def _answer_lines(answer: Row, grade: Row | None, selection: Selection) -> Iterable[Line]:
    from reports.listing.answer import annotated_answer, outcome_lines

    score = "not graded" if grade is None else f"score {grade['score']:.3f}"
    ungraded = "" if grade is None or grade["graded"] else " (ungraded: a rule could not be judged)"
    yield "turn", f"{answer['sample']}: {answer['status']}, {score}{ungraded}"
    yield from annotated_answer(answer, grade, selection)
    if grade is not None:
        yield from outcome_lines(grade, selection)


def _print(lines: Iterable[Line], console: Console) -> None:
    from rich.text import Text

    from reports.safe_text import for_terminal

    for style, line in lines:
        console.print(Text(for_terminal(line), style=_COLOURS[style]), soft_wrap=True)


def _print_samples(rows: Iterable[tuple[str, ...]], rules: str, console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    from reports.safe_text import for_terminal

    table = Table(show_edge=False, pad_edge=False)
    for heading in ("sample", "status", "score", rules):
        table.add_column(heading, no_wrap=heading != rules)
    for row in rows:
        table.add_row(*(Text(for_terminal(cell)) for cell in row))
    if table.row_count:
        console.print(table)
    else:
        console.print("No sample is as asked for.", style="dim")
