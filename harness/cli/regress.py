"""`drydock regress`: hold a night's run against the nights before it."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from harness.cli.failures import clear_errors

if TYPE_CHECKING:
    from reports.regression.verdict import Regression

NIGHTLY = Path(__file__).resolve().parent.parent.parent / "nightly"


@click.command(
    epilog="Exit codes: 0 no regression, 2 usage, 4 invalid or undecidable, 5 could not start, "
    "6 the model got worse or the grader moved."
)
@click.argument("run_folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option(
    "--baseline",
    required=True,
    metavar="RUN|DIR",
    type=click.Path(path_type=Path),
    help="A run, or a folder with runs anywhere below: the last nights before RUN of the same model, persona, seed "
    "and cases count (how many: threshold.toml).",
)
@click.option(
    "--frozen",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Tonight's runs of the frozen recordings (make nightly-frozen): when their verdicts moved, the grader did.",
)
@click.option(
    "--rotating",
    metavar="RUN",
    type=click.Path(path_type=Path),
    help="Tonight's run on the rotating seed: reported, never a reason for an alarm.",
)
@click.option(
    "--nightly",
    metavar="DIR",
    default=NIGHTLY,
    type=click.Path(path_type=Path),
    help="Where threshold.toml and frozen.json lie. Default: nightly/ of this clone.",
)
@click.option(
    "--corpus", "corpora", multiple=True, metavar="DIR", help="A folder of your own cases, beside Drydock's."
)
@click.option(
    "--summary",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Append the report in Markdown. Default: the file that $GITHUB_STEP_SUMMARY names, if it does.",
)
@click.option(
    "--junit",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="JUnit XML, one test case for each rule in each case.",
)
@click.option(
    "--failures",
    default="new",
    show_default=True,
    type=click.Choice(["new", "all"]),
    help="In JUnit XML: failures that the baseline has as well are skipped (new) or failed (all).",
)
@click.option("--annotations", is_flag=True, help="Print the verdict and new failures as GitHub annotations.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (docs/json.md).")
def command(
    run_folder: Path,
    baseline: Path,
    frozen: Path | None,
    rotating: Path | None,
    nightly: Path,
    corpora: tuple[str, ...],
    summary: Path | None,
    junit: Path | None,
    failures: Literal["new", "all"],
    annotations: bool,
    as_json: bool,
) -> None:
    """Hold RUN against a baseline: did the model get worse on these cases, or did the grader move?

    The test, its threshold and the number of nights stand in nightly/threshold.toml, fixed beforehand. Baseline runs
    that another grader judged are graded again, in copies, from their stored answers.

    \b
    drydock regress runs/nights/2026-11-25/fixed/RUN --baseline nightly/baseline
    drydock regress runs/B --baseline runs/A --junit new-failures.xml
    """
    from rich.console import Console

    from reports.regression.document import night_document
    from reports.regression.terminal import print_night

    with clear_errors():
        regression = _judge(run_folder, baseline, frozen, rotating, nightly, corpora)
        _write(regression, summary, junit, failures)
    if as_json:
        print(json.dumps(night_document(regression), indent=2, ensure_ascii=False))
    print_night(regression, Console(stderr=as_json))
    if annotations:
        from reports.ci.annotations import command_lines
        from reports.regression.outcomes import night_annotations

        print(
            "\n".join(command_lines(night_annotations(regression))),
            file=sys.stderr if as_json else sys.stdout,
        )
    sys.exit(regression.exit_code)


def _judge(
    folder: Path,
    place: Path,
    frozen: Path | None,
    rotating: Path | None,
    nightly: Path,
    corpora: tuple[str, ...],
) -> Regression:
    from harness.cli.corpora import corpus_of
    from harness.night.regrading import grade_again
    from reports.regression.frozen import frozen_nights, hold, load_expectations
    from reports.regression.nights import baseline_of, read_night
    from reports.regression.threshold import load_threshold
    from reports.regression.verdict import GraderDrift, judge

    threshold = load_threshold(nightly / "threshold.toml")
    tonight = read_night(folder)
    baseline, notes = baseline_of(tonight, place, threshold.nights)
    held = hold(frozen_nights(frozen), load_expectations(nightly / "frozen.json")) if frozen else None
    with tempfile.TemporaryDirectory(prefix="drydock-regress-") as scratch:
        # A grader that moved under the same version shows in the recordings only: then the baseline is graded again, too.
        nights, regraded, moved = grade_again(
            baseline, tonight, lambda: corpus_of(corpora), Path(scratch), bool(held and held.moved)
        )
        return judge(
            tonight,
            nights,
            threshold,
            GraderDrift(regraded, moved, held),
            read_night(rotating).summary if rotating else None,
            notes,
        )


def _write(
    regression: Regression, summary: Path | None, junit: Path | None, failures: Literal["new", "all"]
) -> None:
    from harness.runs import RunError
    from reports.ci.junit import write_junit
    from reports.regression.markdown import report
    from reports.regression.outcomes import night_outcomes

    named = os.environ.get("GITHUB_STEP_SUMMARY")
    target = summary or (Path(named) if named else None)
    if target is not None:
        try:
            with target.open("a", encoding="utf-8", errors="replace") as file:
                file.write(report(regression) + "\n")
        except OSError as error:
            raise RunError(f"{target}: cannot be written: {error.strerror}") from None
    if junit is not None:
        outcomes = night_outcomes(regression, known_too=failures == "all")
        write_junit(outcomes, f"drydock {regression.tonight.model}", junit)
