"""One issue a model: opened when a night finds a regression, closed when a later night finds none."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.runs import RunError

LABEL = "nightly-regression"
# GitHub takes 65,536 characters in a body.
_LONGEST = 60_000


def settle(night: Path) -> list[str]:
    """Bring the issues in line with the verdicts below NIGHT, and say what was done. Doing it again changes nothing.

    A verdict that decides nothing (4) leaves an issue as it is. Raises `RunError` when `gh` is missing or fails.
    """
    verdicts = [_read(path) for path in sorted(night.glob("*/verdict.json"))]
    if not verdicts:
        return [f"{night}: holds no verdict; nothing to open or to close"]
    _gh(
        "label",
        "create",
        LABEL,
        "--force",
        "--description",
        "A nightly run got worse, or the grader moved",
        "--color",
        "B60205",
    )
    listed = _gh(
        "issue", "list", "--label", LABEL, "--state", "open", "--limit", "500", "--json", "number,title"
    )
    numbers = {issue["title"]: str(issue["number"]) for issue in json.loads(listed)}
    return [_settle_one(verdict, summary, numbers.get(_title(verdict))) for verdict, summary in verdicts]


def _settle_one(verdict: dict[str, Any], summary: str, number: str | None) -> str:
    model, code = verdict["model"], verdict["exit_code"]
    marker = f"<!-- drydock night {verdict['started']} -->"
    body = f"{marker}\n{_quiet(summary)}"
    if code == 6 and number is None:
        return "opened " + _gh(
            "issue", "create", "--title", _title(verdict), "--label", LABEL, "--body-file", "-", text=body
        )
    if number is None:
        return f"{model}: no issue is open, none is needed"
    if code == 6:
        if marker in _gh("issue", "view", number, "--json", "body,comments"):
            return f"{model}: issue {number} has this night already"
        _gh("issue", "comment", number, "--body-file", "-", text=body)
        return f"{model}: issue {number} has one more night"
    if code == 0:
        _gh("issue", "close", number, "--comment", f"Recovered in the night of {verdict['started']}.")
        return f"{model}: issue {number} is closed"
    return f"{model}: {verdict['verdict']}; issue {number} stays open"


def _title(verdict: dict[str, Any]) -> str:
    return f"Nightly: {verdict['model']} got worse, or the grader moved"


def _quiet(text: str) -> str:
    """A stranger's text calls nobody by name, and fits."""
    short = (
        text if len(text) <= _LONGEST else text[:_LONGEST] + "\n\n… the whole report is in the job's summary."
    )
    return short.replace("@", "@<!-- -->")


def _read(path: Path) -> tuple[dict[str, Any], str]:
    try:
        verdict: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        _ = verdict["model"], verdict["exit_code"], verdict["started"], verdict["verdict"]
        return verdict, (path.parent / "summary.md").read_text(encoding="utf-8")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(f"{path}: is no verdict of a night: {error}") from None


def _gh(*arguments: str, text: str | None = None) -> str:
    return run_gh(arguments, text)


def run_gh(arguments: Sequence[str], text: str | None = None) -> str:
    """GitHub's own command line, with the token of the job. Raises `RunError`."""
    program = shutil.which("gh")
    if program is None:
        raise RunError("gh: GitHub's command line is not here; it is on every runner of GitHub")
    done = subprocess.run([program, *arguments], input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RunError(f"gh {' '.join(arguments[:2])}: {done.stderr.strip() or f'exit {done.returncode}'}")
    return done.stdout.strip()
