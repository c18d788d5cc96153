"""A working folder for promptfoo: the corpus as tests, Drydock's models as providers, its grades as assertions.

promptfoo renders the text of its configuration as templates (`{{ env.HOME }}` would become this machine's) and reads
`file://…` in it, so nothing of the corpus stands there: a test holds the id of a sample and no more, and what is asked
stands in `drydock.json`, which promptfoo does not read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import yaml

from harness.plan import PlanError, Sample
from integrations.promptfoo.provider import SETTINGS
from integrations.samples import Asked, Samples

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = ROOT / ".venv" / "bin" / "python"
CONFIG = "promptfooconfig.yaml"
# Nothing of the evaluation leaves this machine but what the model is asked.
QUIET = {
    "PROMPTFOO_DISABLE_TELEMETRY": "1",
    "PROMPTFOO_DISABLE_UPDATE": "1",
    "PROMPTFOO_DISABLE_SHARING": "1",
    "PROMPTFOO_DISABLE_REMOTE_GENERATION": "1",
}
MILLISECONDS_FOR_A_SAMPLE = 3_600_000
# Each is a Python with litellm, a grader and its tools: 0.6 GB.
PROCESSES_OF_A_PROVIDER = 2

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*@\d+#\d+")
_TEMPLATE = re.compile(r"\{[{%#]|://")

_PROVIDER = '''"""Asks the model that promptfooconfig.yaml names. Written by `drydock export promptfoo`."""

import sys
from pathlib import Path

sys.path.insert(0, {root!r})

from integrations.promptfoo import provider


def call_api(prompt, options, context):
    return provider.call_api(Path(__file__).parent, options["config"], context["vars"])
'''
_ASSERTION = '''"""Shows the grade of an answer. Written by `drydock export promptfoo`."""

import sys

sys.path.insert(0, {root!r})

from integrations.promptfoo import assertion


def get_assert(output, context):
    return assertion.get_assert(context)
'''


def export(asked: Asked, models: Sequence[str], folder: Path) -> int:
    """Write the folder. Returns how many tests it has. Raises what `Samples` raises, and `PlanError` where a name could be
    taken for a template or the folder cannot be written."""
    asked = _wherever_it_runs(asked)
    plan = Samples(replace(asked, model=models[0]))
    try:
        files = {
            CONFIG: yaml.safe_dump(
                _config(models, plan.all, plan.identity), sort_keys=False, allow_unicode=True, width=120
            ),
            SETTINGS: json.dumps(
                {key: value for key, value in asdict(asked).items() if key != "model"}, indent=2
            )
            + "\n",
            "provider.py": _PROVIDER.format(root=str(ROOT)),
            "grade.py": _ASSERTION.format(root=str(ROOT)),
        }
        _write(folder, files)
        return len(plan.all)
    finally:
        plan.close()


def _config(models: Sequence[str], samples: Sequence[Sample], identity: str) -> dict[str, Any]:
    for text in (*models, str(PYTHON)):
        if _TEMPLATE.search(text):
            raise PlanError(f"{text}: promptfoo would take a part of this for a template or an address")
    for sample in samples:
        if not _PLAIN.fullmatch(sample.id):
            raise PlanError(
                f"{sample.variant.case.folder}: promptfoo could take {sample.id!r} for a template; "
                "name the case's folders with letters, digits, dots and dashes"
            )
    return {
        "description": f"Drydock: {len({sample.variant.case.id for sample in samples})} cases",
        "env": {**QUIET, "PROMPTFOO_PYTHON": str(PYTHON)},
        "prompts": [{"raw": "{{sample}}", "label": "a case, by its id"}],
        "providers": [
            {
                "id": "file://provider.py",
                "label": model,
                "config": {
                    "model": _model_from_anywhere(model),
                    "identity": identity,
                    "pythonExecutable": str(PYTHON),
                    "workers": PROCESSES_OF_A_PROVIDER,
                    "timeout": MILLISECONDS_FOR_A_SAMPLE,
                },
            }
            for model in models
        ],
        "defaultTest": {"assert": [{"type": "python", "value": "file://grade.py"}]},
        "tests": [
            {
                "vars": {"sample": sample.id},
                "metadata": {
                    "case": sample.variant.case.id,
                    "area": sample.variant.case.area,
                    "epoch": sample.epoch,
                },
            }
            for sample in samples
        ],
    }


def _wherever_it_runs(asked: Asked) -> Asked:
    """The same with absolute paths: promptfoo may be started from any folder."""
    persona = asked.persona
    if persona is not None and persona != "none":
        persona = str(Path(persona).resolve())
    return replace(
        asked, persona=persona, corpora=tuple(str(Path(folder).resolve()) for folder in asked.corpora)
    )


def _model_from_anywhere(model: str) -> str:
    recording = Path(model.removeprefix("replay/"))
    return f"replay/{recording.resolve()}" if model.startswith("replay/") and recording.is_dir() else model


def _write(folder: Path, files: dict[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise PlanError(f"{folder}: cannot be written: {error.strerror}") from None
