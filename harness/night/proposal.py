"""Propose tonight's runs as baseline: a branch and a pull request, for somebody to review. Never a push to main."""

from __future__ import annotations

import datetime
import json
import subprocess
from pathlib import Path

from harness.night.baseline import COMMITTED, keep
from harness.night.issues import run_gh
from harness.night.panel import newest_run
from harness.runs import RunError

_AUTHOR = ("-c", "user.name=drydock nightly", "-c", "user.email=nightly@drydock.invalid")


def propose(night: Path, nights: int, day: datetime.date, baseline: Path = COMMITTED) -> str:
    """Keep every good night below NIGHT in the baseline, on a branch of its own, and open the pull request.

    Good is a whole run whose verdict is 0, or that had no baseline to be held against yet. Raises `RunError`.
    """
    chosen = [run for folder in sorted(night.iterdir()) if (run := _good_run(folder)) is not None]
    if not chosen:
        return f"{night}: holds no good night to propose"
    for run in chosen:
        keep(run, baseline, nights)
    repository, branch = baseline.parent.parent, f"nightly-baseline-{day.isoformat()}"
    _git(repository, "switch", "--create", branch)
    _git(repository, "add", "--", str(baseline))
    if not _git(repository, "diff", "--cached", "--name-only"):
        return "the baseline holds these nights already"
    _git(repository, *_AUTHOR, "commit", "--quiet", "--message", f"The baseline of {day.isoformat()}")
    run_gh(["auth", "setup-git"])
    _git(repository, "push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
    body = "Nights to be held against from now on:\n\n" + "\n".join(f"- `{run.name}`" for run in chosen)
    return run_gh(
        ["pr", "create", "--head", branch, "--title", f"Nightly baseline of {day.isoformat()}", "--body-file", "-"],
        body + "\n\nMerge it when the nights are what the models should be held against (docs/nightly.md).\n",
    )  # fmt: skip


def _good_run(folder: Path) -> Path | None:
    verdict = folder / "verdict.json"
    if verdict.is_file():
        try:
            if json.loads(verdict.read_text(encoding="utf-8"))["exit_code"] != 0:
                return None
        except (ValueError, KeyError, TypeError) as error:
            raise RunError(f"{verdict}: is no verdict of a night: {error}") from None
    return newest_run(folder / "fixed")


def _git(repository: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(repository), *arguments],  # noqa: S607 - git is found as the user would find it
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RunError(
            f"git {next(a for a in arguments if not a.startswith('-') and '=' not in a)}: {done.stderr.strip()}"
        )
    return done.stdout.strip()
