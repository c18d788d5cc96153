"""`drydock show`: an answer with its findings under the lines they speak of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from harness.cli.failures import clear_errors


@click.command()
@click.argument("run_folder", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("sample", required=False, metavar="[SAMPLE]")
@click.option("--rule", help="Only findings of this rule.")
@click.option("--failed", is_flag=True, help="Without SAMPLE: only samples with a failed rule.")
def command(run_folder: Path, sample: str | None, rule: str | None, failed: bool) -> None:
    """Show a run's samples, or one sample: the answer as the model wrote it, findings under their lines.

    SAMPLE is an id such as pipelines/canary-deploy@1#1, or the beginning of one.
    """
    from harness.runs import Run

    with clear_errors():
        run = Run(run_folder)
        run.about  # noqa: B018 - raises for a folder that is no run
        answers, grades = run.answers(), run.grades()
        if sample is None:
            _list(answers, grades, rule, failed)
        else:
            _show(_find(sample, answers, run_folder), answers, grades, rule)


def _find(sample: str, answers: dict[str, Any], folder: Path) -> str:
    from harness.runs import RunError

    matches = [id for id in answers if id == sample] or [id for id in answers if id.startswith(sample)]
    if len(matches) != 1:
        what = "no sample" if not matches else f"{len(matches)} samples ({', '.join(matches[:4])} …)"
        raise RunError(f"{folder}: {what} begin with {sample!r}; `drydock show {folder}` lists them")
    return matches[0]


def _list(answers: dict[str, Any], grades: dict[str, Any], rule: str | None, failed: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    from reports.listing import failed_rules

    table = Table(show_edge=False, pad_edge=False)
    for heading in ("sample", "status", "score", "failed rules"):
        table.add_column(
            heading, justify="right" if heading == "score" else "left", no_wrap=heading == "sample"
        )
    for id, answer in sorted(answers.items()):
        grade = grades.get(id)
        rules = failed_rules(grade) if grade else []
        if (failed and not rules) or (rule and rule not in rules):
            continue
        score = "-" if grade is None else f"{grade['score']:.3f}" if grade["graded"] else "ungraded"
        table.add_row(id, answer["status"], score, " ".join(rules))
    Console().print(table)


def _show(id: str, answers: dict[str, Any], grades: dict[str, Any], rule: str | None) -> None:
    from rich.console import Console
    from rich.text import Text

    from reports.listing import annotated_answer, outcome_lines
    from reports.safe_text import for_terminal

    console = Console()
    answer, grade = answers[id], grades.get(id)
    console.print(
        Text(
            f"{id}: {answer['status']}" + (f", score {grade['score']:.3f}" if grade else ", not graded"),
            style="bold",
        )
    )
    styles = {"text": "", "note": "red", "turn": "bold", "error": "yellow", "pass": "green"}
    for style, line in annotated_answer(answer, grade, rule):
        console.print(Text(for_terminal(line), style=styles[style]), soft_wrap=True)
    for style, line in outcome_lines(grade, rule) if grade else ():
        console.print(Text(for_terminal(line), style=styles[style]), soft_wrap=True)
