"""Runs a program quietly: its output is shown only when it fails."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from setup.problem import SetupProblem

_LINES_SHOWN = 12


def run(
    command: Sequence[str | Path], *, folder: Path | None = None, settings: Mapping[str, str] | None = None
) -> None:
    """Runs a command, `settings` added to its environment; SetupProblem with its last lines if it fails."""
    name = Path(command[0]).name
    environment = {**os.environ, **(settings or {})}
    try:
        ran = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise SetupProblem(f"{name} can't be started: {error.strerror}") from error
    if ran.returncode:
        last = [line for line in ran.stdout.splitlines() if line.strip()][-_LINES_SHOWN:]
        raise SetupProblem("\n      ".join([f"{name} failed with exit status {ran.returncode}:", *last]))
