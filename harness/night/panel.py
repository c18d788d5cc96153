"""The two panels of a night, and the folder that holds what came of them.

```
NIGHT/SLUG/fixed/RUN      the fixed panel, held against the baseline
NIGHT/SLUG/rotating/RUN   the rotating panel, reported
NIGHT/SLUG/{verdict.json,summary.md,new-failures.xml}
NIGHT/frozen/RUN …        the frozen recordings
```
"""

from __future__ import annotations

import datetime
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.night.models import NightlyModel
from harness.runs import RUN, RunError

COMMITTED = Path(__file__).resolve().parent.parent.parent / "nightly" / "panel.toml"


class Panel(BaseModel):
    """What `nightly/panel.toml` states."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    seed: int = Field(ge=0)
    rotating_epochs: int = Field(ge=1)
    recordings: list[str] = Field(min_length=1)


def load_panel(path: Path = COMMITTED) -> Panel:
    """Raises `RunError` naming the file and what is wrong with it."""
    try:
        return Panel.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise RunError(f"{path}: cannot be read: {error}") from None
    except ValidationError as error:
        mistakes = [f"{path}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise RunError("\n".join(mistakes)) from None


def rotating_seed(day: datetime.date) -> int:
    """The seed of the rotating panel: the date as a number, 20261125 on 25 November 2026. Anyone can tell the seed of a
    night from its date, and no two nights share one."""
    return day.year * 10_000 + day.month * 100 + day.day


def evaluate_panels(entry: NightlyModel, panel: Panel, night: Path, day: datetime.date) -> int:
    """Evaluate both panels into NIGHT/SLUG; the same call again goes on with a stopped night. Returns the exit code of
    `drydock eval` for the fixed panel; the rotating one can fail without spoiling the night."""
    folder = night / entry.slug
    fixed = evaluate([entry.model], panel.seed, entry.epochs, folder / "fixed")
    if fixed in (0, 4):
        evaluate([entry.model], rotating_seed(day), panel.rotating_epochs, folder / "rotating")
    return fixed


def evaluate(models: Sequence[str], seed: int, epochs: int, runs: Path) -> int:
    """One `drydock eval`, as a user would give it."""
    program = Path(sys.executable).parent / "drydock"
    named = [word for model in models for word in ("--model", model)]
    command = [
        str(program),
        "eval",
        *named,
        "--seed",
        str(seed),
        "--epochs",
        str(epochs),
        "--runs",
        str(runs),
    ]
    return subprocess.run(command, check=False).returncode


def newest_run(folder: Path) -> Path | None:
    """The run that was begun last in a folder of runs; None where there is none."""
    runs = sorted(folder.glob(f"*/{RUN}"), key=lambda file: file.stat().st_mtime)
    return runs[-1].parent if runs else None
