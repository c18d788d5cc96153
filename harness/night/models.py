"""The models of the night, from the committed `nightly/models.json`: `python -m harness.night.models` prints them as the
matrix of the workflow. Standard library only: the job that reads the list installs nothing."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

COMMITTED = Path(__file__).resolve().parent.parent.parent / "nightly" / "models.json"
_MOST_EPOCHS = 100


class ModelsError(Exception):
    """A mistake in the list; the message names the file and the entry."""


@dataclass(frozen=True, slots=True)
class NightlyModel:
    """`environment` is the GitHub environment with the model's key. `slug` names its folder and artifact."""

    model: str
    epochs: int
    environment: str
    slug: str


def load_models(path: Path = COMMITTED) -> list[NightlyModel]:
    """The entries in the order of the file. Raises `ModelsError`."""
    try:
        entries: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelsError(f"{path}: cannot be read: {error}") from None
    if not isinstance(entries, list) or not entries:
        raise ModelsError(f"{path}: must be a list with at least one model")
    models = [_entry(path, number, entry) for number, entry in enumerate(cast("list[Any]", entries), 1)]
    slugs = [model.slug for model in models]
    twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
    if twice:
        raise ModelsError(f"{path}: two entries would share the folder {', '.join(twice)}")
    return models


def slug_of(model: str) -> str:
    """The model's name as a folder."""
    return re.sub(r"[^A-Za-z0-9.-]", "-", model)[:60]


def _entry(path: Path, number: int, entry: Any) -> NightlyModel:
    where = f"{path}: entry {number}"
    stated = cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}
    if set(stated) != {"model", "epochs", "environment"}:
        raise ModelsError(f"{where}: must have exactly model, epochs and environment")
    model, epochs, environment = stated["model"], stated["epochs"], stated["environment"]
    if not isinstance(model, str) or not re.fullmatch(r"[A-Za-z0-9._:/@-]+", model) or "/" not in model:
        raise ModelsError(
            f"{where}: {model!r} is no name of a model with its provider, such as openai/gpt-4o"
        )
    if type(epochs) is not int or not 1 <= epochs <= _MOST_EPOCHS:
        raise ModelsError(f"{where}: epochs must be a number from 1 to {_MOST_EPOCHS}")
    if not isinstance(environment, str) or not re.fullmatch(r"[A-Za-z0-9_-]+", environment):
        raise ModelsError(f"{where}: {environment!r} is no name of an environment")
    return NightlyModel(model, epochs, environment, slug_of(model))


def main() -> None:
    """Print the list as one line of JSON."""
    try:
        print(json.dumps([asdict(model) for model in load_models()], separators=(",", ":")))
    except ModelsError as error:
        sys.exit(f"drydock: {error}")


if __name__ == "__main__":
    main()
