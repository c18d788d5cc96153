"""Lays the workflows of a bundle out as a repository of its own, as the tools for workflows expect it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from graders.artifact import Artifact

_WORKFLOW_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,80}\.ya?ml")
_ACTION_PATH = re.compile(r"(?:[A-Za-z0-9_.][A-Za-z0-9_.-]{0,80}/){1,8}action\.ya?ml")


def lay_out(
    work: Path, root: str, artifacts: Sequence[Artifact], rewrite: Callable[[str], str] = str
) -> dict[str, Artifact]:
    """Write `artifacts` (workflows and composite actions, their text through `rewrite`) below `work/root`.

    Returns each file's place relative to `work`. A workflow lies in `.github/workflows/` under its own name,
    a composite action under its own path, so that `uses: ./…` leads to them; where that name is taken or
    strange, the file gets one of ours. A `.git` folder marks the root of the repository.
    """
    (work / root / ".git").mkdir(parents=True)
    places: dict[str, Artifact] = {}
    for number, artifact in enumerate(artifacts):
        place = f"{root}/{_home(artifact, number)}"
        if place in places:
            place = f"{root}/{_own(artifact, number)}"
        file = work / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(rewrite(artifact.text), encoding="utf-8", newline="\n")
        places[place] = artifact
    return places


def _home(artifact: Artifact, number: int) -> str:
    path = PurePosixPath(artifact.path)
    if artifact.kind == "github_composite_action":
        plain = _ACTION_PATH.fullmatch(artifact.path) and ".." not in path.parts
        return artifact.path if plain else _own(artifact, number)
    return f".github/workflows/{path.name}" if _WORKFLOW_NAME.fullmatch(path.name) else _own(artifact, number)


def _own(artifact: Artifact, number: int) -> str:
    if artifact.kind == "github_composite_action":
        return f".github/actions/drydock-{number:04}/action.yml"
    return f".github/workflows/drydock-{number:04}.yml"
