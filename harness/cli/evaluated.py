"""`python -m harness.cli.evaluated`: evaluates what is missing of several models or personas, then compares them.

What `make compare` and `make persona-ab` run. Evaluating goes through `drydock eval`, which asks for no stored answer again;
a model that can't be evaluated is named and left out, and the others are compared.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

_DONE = 0


@click.command()
@click.option("--model", "models", multiple=True, required=True, help="One of them; give it several times.")
@click.option(
    "--persona", "personas", multiple=True, help="A card or `none`; two are compared for each model."
)
@click.argument("options", nargs=-1, metavar="-- OPTIONS OF drydock eval")
def main(models: tuple[str, ...], personas: tuple[str, ...], options: tuple[str, ...]) -> None:
    """Evaluate each model under each persona, then compare the runs. Exit codes are those of `drydock compare`, or of the
    evaluation where fewer than two runs came out."""
    runs: list[str] = []
    worst = _DONE
    for model in models:
        for persona in personas or (None,):
            status, run = _evaluated(model, persona, options)
            worst = max(worst, status)
            if run is None:
                under = f" under {persona}" if persona else ""
                print(f"drydock: {model}{under} could not be evaluated and is left out", file=sys.stderr)
            else:
                runs.append(run)
    if len(runs) < 2:
        print("drydock: fewer than two runs came out, so there is nothing to compare", file=sys.stderr)
        sys.exit(worst or 5)
    across = ["--across", "persona"] if len(personas) > 1 else []
    sys.exit(subprocess.run([*_drydock(), "compare", *runs, *across], check=False).returncode)


def _evaluated(model: str, persona: str | None, options: Sequence[str]) -> tuple[int, str | None]:
    """The exit status of the evaluation and the folder of its run, None where there is none."""
    card = ["--persona", persona] if persona else []
    command = [*_drydock(), "eval", "--model", model, *card, *options, "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    try:
        document: dict[str, Any] = json.loads(done.stdout)
        return done.returncode, str(document["run"])
    except (ValueError, KeyError):
        return done.returncode, None


def _drydock() -> list[str]:
    return [sys.executable, str(Path(sys.executable).with_name("drydock"))]


if __name__ == "__main__":
    main()
