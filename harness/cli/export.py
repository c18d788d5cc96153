"""`drydock export`: Drydock's corpus, grades and runs in the form of other programs."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.failures import clear_errors


@click.group()
def command() -> None:
    """Hand Drydock's cases and graders to promptfoo, or the findings of a run to pandas, DuckDB and the like."""


@command.command(epilog="Exit codes: 0 done, 2 usage, 5 could not start.")
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="NAME",
    help="As for `drydock eval`; several give a column each. Default: both replays of the corpus.",
)
@click.option("--api-base", metavar="URL", help="An OpenAI-compatible server, with --model openai/NAME.")
@click.option(
    "--persona", metavar="FILE|none", help="The card under test. Default: persona/devops-engineer.md."
)
@click.option("--corpus", "corpora", multiple=True, metavar="DIR", help="Your own cases, beside Drydock's.")
@click.option("--case", "only", multiple=True, metavar="PATTERN", help="Only cases whose id matches.")
@click.option("--seed", default=1, show_default=True, help="Draws the parameters of each case.")
@click.option(
    "--epochs", default=1, show_default=True, type=click.IntRange(min=1), help="Samples per variant."
)
@click.option(
    "--out",
    default="promptfoo",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write. Files of an earlier export in it are replaced.",
)
def promptfoo(
    models: tuple[str, ...],
    api_base: str | None,
    persona: str | None,
    corpora: tuple[str, ...],
    only: tuple[str, ...],
    seed: int,
    epochs: int,
    out: Path,
) -> None:
    """Write a working folder for promptfoo: each sample a test, the score with a metric for each constraint.

    Then, with promptfoo installed: cd FOLDER && promptfoo eval. Prompts, calls and grades are those of `drydock eval`;
    docs/promptfoo.md says what promptfoo makes of them. The folder calls this clone, and holds none of its text.
    """
    with clear_errors():
        from harness.cli.eval import REPLAYS
        from integrations.promptfoo.export import CONFIG, export
        from integrations.samples import Asked

        asked = Asked("", api_base, persona, corpora, only, seed, epochs)
        tests = export(asked, models or REPLAYS, out)
    print(
        f"{out / CONFIG}: {tests} tests for {len(models or REPLAYS)} models; run it with: cd {out} && promptfoo eval"
    )


@command.command(epilog="Exit codes: 0 done, 2 usage, 5 could not start.")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
def parquet(run: Path, out: Path) -> None:
    """Write one row a finding of RUN, as `drydock eval` does into the run's own results.parquet (docs/json.md)."""
    with clear_errors():
        from harness.runs import Run, RunError
        from reports.parquet import write
        from reports.summary import summarise

        try:
            write(summarise(Run(run)), out)
        except OSError as error:
            raise RunError(f"{out}: cannot be written: {error.strerror}") from None
