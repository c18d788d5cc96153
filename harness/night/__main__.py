"""The steps of a night, for the Makefile: `python -m harness.night STEP`."""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path

import click

from harness.cli.failures import clear_errors
from harness.night.models import COMMITTED as MODELS
from harness.night.models import ModelsError, NightlyModel, load_models

_night = click.option("--night", required=True, type=click.Path(path_type=Path), help="The night's folder.")
_model = click.option("--model", "name", required=True, help="An entry of nightly/models.json.")


@click.group()
def main() -> None:
    """The steps of a night (docs/nightly.md)."""


@main.command()
@_model
@_night
def evaluate(name: str, night: Path) -> None:
    """Evaluate the fixed and the rotating panel of one model."""
    from harness.night.panel import evaluate_panels, load_panel

    with clear_errors():
        sys.exit(evaluate_panels(_entry(name), load_panel(), night, _today()))


@main.command()
@_night
def frozen(night: Path) -> None:
    """Grade the frozen recordings."""
    from harness.night.panel import evaluate as evaluate_models
    from harness.night.panel import load_panel

    with clear_errors():
        panel = load_panel()
        sys.exit(evaluate_models(panel.recordings, panel.seed, 1, night / "frozen"))


@main.command("keep-frozen")
@_night
def keep_frozen(night: Path) -> None:
    """Write nightly/frozen.json from the recordings as just graded; the diff shows every verdict that moved."""
    from reports.regression.frozen import COMMITTED, expectations, frozen_nights

    with clear_errors():
        document = expectations(frozen_nights(night / "frozen"))
        COMMITTED.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"{COMMITTED}: review its diff; each line is a verdict on an answer that did not change")


@main.command()
@_model
@_night
@click.option("--baseline", type=click.Path(path_type=Path), help="Default: nightly/baseline.")
def report(name: str, night: Path, baseline: Path | None) -> None:
    """Hold the night of one model against the baseline: verdict.json, summary.md, new-failures.xml."""
    from harness.night.report import report_night

    with clear_errors():
        sys.exit(report_night(_entry(name), night, baseline))


@main.command("baseline")
@click.argument("run_folder", type=click.Path(path_type=Path))
def keep_baseline(run_folder: Path) -> None:
    """Copy a run into nightly/baseline, for a pull request."""
    from harness.night.baseline import COMMITTED, keep
    from reports.regression.threshold import load_threshold

    with clear_errors():
        added, removed = keep(run_folder, COMMITTED, load_threshold().nights)
    print(f"added {added}")
    for folder in removed:
        print(f"removed {folder}")
    print("Commit this on a branch and have the pull request reviewed (docs/nightly.md)")


@main.command()
@_night
def issues(night: Path) -> None:
    """Open an issue for each model that got worse, close those of models that recovered."""
    from harness.night.issues import settle

    with clear_errors():
        for line in settle(night):
            print(line)


@main.command()
@_night
def propose(night: Path) -> None:
    """Propose tonight's good runs as baseline, in a pull request."""
    from harness.night.proposal import propose as propose_baseline
    from reports.regression.threshold import load_threshold

    with clear_errors():
        print(propose_baseline(night, load_threshold().nights, _today()))


def _entry(name: str) -> NightlyModel:
    from harness.plan import PlanError

    try:
        entries = {entry.model: entry for entry in load_models()}
    except ModelsError as error:
        raise PlanError(str(error)) from None
    if name not in entries:
        raise PlanError(f"{MODELS} has no {name}; it has {', '.join(entries)}")
    return entries[name]


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


if __name__ == "__main__":
    main()
