"""`drydock eval`: run models on the corpus, grade, report."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from harness.cli.failures import clear_errors

if TYPE_CHECKING:
    from harness.runs import Run
    from harness.start import Order

# What makes a request the one that is graded; an option stands for each that a user may choose.
SET_BY_DRYDOCK = frozenset(
    {
        "messages",
        "model",
        "stream",
        "stream_options",
        "max_tokens",
        "max_completion_tokens",
        "n",
        "temperature",
        "seed",
    }
)
REPLAYS = ("replay/reference", "replay/careless")


@click.command(
    epilog="Exit codes: 0 done, 2 usage, 3 stopped by budget or interrupt, 4 done but invalid, 5 could not start."
)
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="NAME",
    help="LiteLLM's name with its provider (openai/gpt-4o, anthropic/…, ollama/…), or replay/reference, "
    "replay/careless, replay/FOLDER, replay/runs/RUN. Several give a comparison. "
    "Default: both replays of the corpus.",
)
@click.option(
    "--api-base",
    metavar="URL",
    help="An OpenAI-compatible server (Ollama, vLLM, llama.cpp), with --model openai/NAME.",
)
@click.option(
    "--persona",
    metavar="FILE|none",
    help="The card under test; `none` leaves it out. Default: persona/devops-engineer.md.",
)
@click.option(
    "--corpus", "corpora", multiple=True, metavar="DIR", help="A folder of your own cases, beside Drydock's."
)
@click.option(
    "--case",
    "only",
    multiple=True,
    metavar="PATTERN",
    help="Only cases whose id matches, e.g. 'pipelines/*'.",
)
@click.option("--seed", default=1, show_default=True, help="Draws the parameters of each case.")
@click.option(
    "--epochs", default=1, show_default=True, type=click.IntRange(min=1), help="Samples per variant."
)
@click.option("--temperature", type=float, help="Left to the provider when not given.")
@click.option(
    "--max-tokens",
    default=4096,
    show_default=True,
    type=click.IntRange(min=64),
    help="Room for the visible answer of a sample.",
)
@click.option(
    "--reasoning-tokens",
    default=16384,
    show_default=True,
    type=click.IntRange(min=0),
    help="Added for models that reason.",
)
@click.option(
    "--concurrency",
    default=16,
    show_default=True,
    type=click.IntRange(min=1),
    help="Most calls in flight; adapts to refusals.",
)
@click.option(
    "--timeout", default=600.0, show_default=True, help="Seconds for one attempt, a server's queue included."
)
@click.option(
    "--max-cost",
    type=click.FloatRange(min=0, min_open=True),
    metavar="DOLLARS",
    help="No new call starts once this is spent.",
)
@click.option(
    "--extra", metavar="JSON", help="Further fields of the request, e.g. '{\"cache_prompt\": false}'."
)
@click.option(
    "--without",
    multiple=True,
    metavar="TOOL",
    help="Take this tool's rules out instead of stopping when it is missing.",
)
@click.option(
    "--workers",
    default=os.cpu_count() or 1,
    show_default="cores",
    type=click.IntRange(min=1),
    help="Processes that grade.",
)
@click.option("--executor", metavar="tcp://…", help="Grade on a Dask cluster.")
@click.option(
    "--runs", default="runs", show_default=True, type=click.Path(path_type=Path), help="Where runs are kept."
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document (docs/json.md); several models: a list."
)
def command(models: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Run one or several models on the corpus, grade their answers and report.

    The same command again goes on with a stopped run: no stored answer is asked for twice.
    """
    from harness.start import evaluate_order, exit_code, with_model
    from reports.summary import summarise

    summaries: list[Any] = []
    codes: list[int] = []
    with clear_errors():
        order = _order(options)
        for model in models or REPLAYS:
            run, stopped = evaluate_order(with_model(order, model))
            summary = summarise(run)
            _write_reports(run, summary)
            summaries.append(summary)
            codes.append(exit_code(stopped, summary.invalid))
            for reason, count in summary.reasons.items():
                print(f"drydock: {count} unanswered: {reason}; the same command asks again", file=sys.stderr)
            if stopped:
                print(f"drydock: stopped: {stopped}; the same command goes on from here", file=sys.stderr)
            if stopped == "interrupted":
                break
    _print(summaries, as_json)
    sys.exit(max(codes, key=lambda code: {0: 0, 4: 1, 3: 2}[code]))


def _order(options: dict[str, Any]) -> Order:
    from graders.examine import TOOLS
    from harness.cli.corpora import corpus_of
    from harness.models import Settings
    from harness.persona import load_persona
    from harness.start import Order

    unknown = [tool for tool in options["without"] if tool not in TOOLS]
    if unknown:
        raise click.UsageError(
            f"--without {unknown[0]}: there is no such tool; there are {', '.join(sorted(TOOLS))}"
        )
    return Order(
        settings=Settings(
            model="",
            api_base=options["api_base"],
            temperature=options["temperature"],
            max_tokens=options["max_tokens"],
            reasoning_tokens=options["reasoning_tokens"],
            timeout=options["timeout"],
            concurrency=options["concurrency"],
            extra=_extra(options["extra"]),
        ),
        persona=load_persona(options["persona"]),
        corpus=corpus_of(options["corpora"], options["only"]),
        only=options["only"],
        seed=options["seed"],
        epochs=options["epochs"],
        max_cost=options["max_cost"],
        without=frozenset(options["without"]),
        workers=options["workers"],
        executor=options["executor"],
        runs=options["runs"],
    )


def _extra(text: str | None) -> dict[str, Any]:
    try:
        value: Any = json.loads(text or "{}")
    except ValueError as error:
        raise click.UsageError(f"--extra is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise click.UsageError("--extra takes a JSON object")
    fields = cast("dict[str, Any]", value)
    ours = sorted(SET_BY_DRYDOCK.intersection(fields))
    if ours:
        raise click.UsageError(f"--extra can't set {', '.join(ours)}: Drydock sets it itself")
    return fields


def _write_reports(run: Run, summary: Any) -> None:
    from harness.runs import RunError
    from reports import markdown, parquet

    try:
        (run.folder / "report.md").write_text(markdown.report(summary), encoding="utf-8")
        parquet.write(summary, run.folder / "results.parquet")
    except OSError as error:
        raise RunError(
            f"{run.folder}: the report cannot be written: {error.strerror}; the rows are kept"
        ) from None


def _print(summaries: list[Any], as_json: bool) -> None:
    if as_json:
        from reports.documents import run_document

        documents = [run_document(summary) for summary in summaries]
        print(json.dumps(documents[0] if len(documents) == 1 else documents, indent=2, ensure_ascii=False))
        return
    from rich.console import Console

    from reports.table import print_runs

    console = Console()
    print_runs(summaries, console)
    for summary in summaries:
        console.print(f"\n{summary.folder}/report.md", style="dim", highlight=False, soft_wrap=True)
