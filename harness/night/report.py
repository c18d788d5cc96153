"""The verdict on one model's night, with the files that CI keeps of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from harness.night.baseline import COMMITTED
from harness.night.models import NightlyModel
from harness.night.panel import newest_run
from harness.runs import RunError


def report_night(entry: NightlyModel, night: Path, baseline: Path | None) -> int:
    """One `drydock regress`, as a user would give it; returns its exit code. Raises `RunError` for a night without run.

    The frozen recordings and the rotating panel are held where the night has them. On a runner the report also goes to
    the job's summary, and new failures become annotations.
    """
    folder = night / entry.slug
    fixed, rotating = newest_run(folder / "fixed"), newest_run(folder / "rotating")
    if fixed is None:
        raise RunError(f"{folder}: holds no run; `make nightly MODEL={entry.model}` evaluates it")
    command = [str(Path(sys.executable).parent / "drydock"), "regress", str(fixed)]
    command += ["--baseline", str(baseline or COMMITTED), "--json"]
    command += ["--summary", str(folder / "summary.md"), "--junit", str(folder / "new-failures.xml")]
    if newest_run(night / "frozen") is not None:
        command += ["--frozen", str(night / "frozen")]
    if rotating is not None:
        command += ["--rotating", str(rotating)]
    job_summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if job_summary:
        command.append("--annotations")
    for stale in ("summary.md", "verdict.json"):
        (folder / stale).unlink(missing_ok=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.stdout:
        (folder / "verdict.json").write_bytes(done.stdout)
    if job_summary and (folder / "summary.md").is_file():
        with Path(job_summary).open("a", encoding="utf-8") as file:
            file.write((folder / "summary.md").read_text(encoding="utf-8"))
    return done.returncode
