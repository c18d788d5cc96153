"""The promise of the nightly test, read from the committed `nightly/threshold.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.runs import RunError

COMMITTED = Path(__file__).resolve().parent.parent.parent / "nightly" / "threshold.toml"


class Threshold(BaseModel):
    """What the file fixes beforehand; its comments say why."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    alpha: float = Field(gt=0, lt=0.5)
    smallest_drop_points: float = Field(ge=0, lt=100)
    nights: int = Field(ge=1)
    relabellings: int = Field(ge=99)
    seed: int = Field(ge=0)
    constraints_gate: bool
    areas_gate: bool

    @property
    def smallest_drop(self) -> float:
        """In units of the score (0 to 1)."""
        return self.smallest_drop_points / 100


def load_threshold(path: Path = COMMITTED) -> Threshold:
    """Raises `RunError` naming the file and what is wrong with it."""
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RunError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RunError(f"{path}: is no TOML: {error}") from None
    try:
        threshold = Threshold.model_validate(stated)
    except ValidationError as error:
        mistakes = [f"{path}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise RunError("\n".join(mistakes)) from None
    if threshold.alpha * (threshold.relabellings + 1) < 1:
        raise RunError(
            f"{path}: {threshold.relabellings} relabellings never reach alpha = {threshold.alpha}; "
            f"take at least {round(1 / threshold.alpha)}"
        )
    return threshold
