"""The work folder of a simulated run: the answer's files, with an override of ours in its folders.

answer/…               the files as delivered; in the root `~drydock_override.tf`
values.json            the values of variables
terraform.tfstate      the state, whatever backend the answer names
workspaces/NAME/       the same where a workspace is selected
state-NAME.json        what `terraform_remote_state.NAME` reads
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graders.sandbox import WORK
from graders.simulate.terraform.guesses import remote_output
from graders.simulate.terraform.sources import Sources, remote_states
from graders.simulate.terraform.state import FILE as STATE
from graders.tools.answer_files import place, write

# `~` sorts after every name that an answer's own override may have.
_OVERRIDE = "~drydock_override.tf"
_VALUES = "values.json"
_BACKEND = f"""terraform {{
  backend "local" {{
    path          = "{WORK}/{STATE}"
    workspace_dir = "{WORK}/workspaces"
  }}
}}
"""


def lay_out(work: Path, sources: Sources) -> dict[str, str]:
    """Put the files in the place of those that are there. Returns the artifact's path for each place."""
    shutil.rmtree(work / "answer", ignore_errors=True)
    (work / "answer").mkdir()
    written: dict[str, str] = {}
    for artifact in sources.artifacts:
        where = place(artifact)
        if where is not None and write(work / "answer", where, artifact.text):
            written[where] = artifact.path
    return written


def override(work: Path, root: str, sources: Sources) -> None:
    """Keep the state in the work folder, and let other states be read from stand-ins."""
    texts: dict[str, str] = {root: _BACKEND}
    for folder, name, outputs in remote_states(sources):
        stub = f"state-{name}.json"
        (work / stub).write_text(json.dumps(_state(outputs)))
        block = (
            f'  backend   = "local"\n  config    = {{ path = "{WORK}/{stub}" }}\n  workspace = "default"\n'
        )
        texts[folder] = texts.get(folder, "") + f'data "terraform_remote_state" "{name}" {{\n{block}}}\n'
    for folder, text in texts.items():
        (work / "answer" / folder / _OVERRIDE).write_text(text)


def select(work: Path, workspace: str) -> Path:
    """Select a workspace, which needs no backend for it: a local one has those that have a folder. Returns the state's."""
    (work / "data").mkdir(exist_ok=True)
    (work / "data" / "environment").write_text(workspace)
    folder = work / "workspaces" / workspace
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_values(work: Path, given: Mapping[str, Any]) -> str:
    """Write the values of variables; returns the file's place in the box."""
    (work / _VALUES).unlink(missing_ok=True)  # it may be a link by now
    (work / _VALUES).write_text(json.dumps(dict(given)))
    return f"{WORK}/{_VALUES}"


def _state(outputs: set[str]) -> dict[str, Any]:
    values: dict[str, dict[str, Any]] = {}
    for name in sorted(outputs):
        value = remote_output(name)
        values[name] = {"value": value, "type": ["list", "string"] if isinstance(value, list) else "string"}
    head = {"version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": "stand-in"}
    return {**head, "outputs": values, "resources": []}
