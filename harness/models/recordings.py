"""Answers kept as files, to be replayed as a model: of a folder, or of an earlier run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from harness.models.settings import Unreachable

NEXT_TURN = "<!-- drydock: next turn -->"


@dataclass(frozen=True, slots=True)
class RecordedReply:
    """One turn of a recorded answer. Token counts are None where the recording has none."""

    text: str
    finish_reason: str = "stop"
    refusal: bool = False
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Recording(Protocol):
    """Anything that has answers for samples."""

    def answer(self, sample: str, turn: int) -> RecordedReply | None:
        """The reply to `turn` (from 0) of `sample` (`area/name@seed#epoch`); None where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class FolderRecording:
    """`DIR/area/name@seed#epoch.md`, else `DIR/area/name.md` for every variant and epoch of the case."""

    folder: Path

    def answer(self, sample: str, turn: int) -> RecordedReply | None:
        sample = sample.strip()
        for name in (sample, sample.partition("@")[0]):
            path = self.folder / f"{name}.md"
            if path.is_file():
                turns = turns_of(path.read_bytes().decode("utf-8", errors="replace"))
                return RecordedReply(turns[turn]) if turn < len(turns) else None
        return None


@dataclass(frozen=True, slots=True)
class RunRecording:
    """The last row of each sample in a run's `answers.jsonl`; `places` are byte offsets of these rows."""

    path: Path
    places: Mapping[str, int]

    def answer(self, sample: str, turn: int) -> RecordedReply | None:
        place = self.places.get(sample.strip())
        if place is None:
            return None
        with self.path.open("rb") as rows:
            rows.seek(place)
            turns: list[dict[str, Any]] = json.loads(rows.readline()).get("turns") or []
        if turn >= len(turns):
            return None
        row = turns[turn]
        return RecordedReply(
            text=row.get("text") or "",
            finish_reason=row.get("finish_reason") or "stop",
            refusal=row.get("status") == "refused",
            prompt_tokens=row.get("prompt_tokens"),
            completion_tokens=row.get("completion_tokens"),
        )


def from_folder(folder: Path) -> FolderRecording:
    """The recording in `folder`. Raises `Unreachable` if it holds no answer."""
    if next(folder.rglob("*.md"), None) is None:
        raise Unreachable(f"{folder} holds no recorded answers: put them there as AREA/CASE.md")
    return FolderRecording(folder)


def from_run(run: Path) -> RunRecording:
    """The answers of the run in the directory `run`; a torn last line is left out.

    Raises `Unreachable` for a run without answers, or naming the line that can't be read.
    """
    path = run / "answers.jsonl"
    if not path.is_file():
        raise Unreachable(f"{run} is no run with answers: there is no answers.jsonl in it")
    places: dict[str, int] = {}
    place = 0
    with path.open("rb") as rows:
        for number, line in enumerate(rows, 1):
            if line.endswith(b"\n") and line.strip():
                places[_sample_of(line, path, number)] = place
            place += len(line)
    if not places:
        raise Unreachable(f"{path} holds no answers yet: let the run go on, then replay it")
    return RunRecording(path, places)


def find(name: str, known: Mapping[str, Callable[[], Recording]], runs: Path = Path("runs")) -> Recording:
    """The recording that `replay/NAME` means: one of `known`, else a run's directory, else a folder.

    Raises `Unreachable` for any other name, listing what there is.
    """
    if name in known:
        return known[name]()
    folder = Path(name)
    if (folder / "answers.jsonl").is_file():
        return from_run(folder)
    if folder.is_dir():
        return from_folder(folder)
    there = [*known, *(f"{path.parent}" for path in sorted(runs.glob("*/answers.jsonl")))]
    raise Unreachable(
        f"there is no recording replay/{name}: there are {', '.join(f'replay/{one}' for one in there)}"
    )


def turns_of(text: str) -> list[str]:
    """The turns of a recorded dialogue, which a line of its own sets apart."""
    turns: list[list[str]] = [[]]
    for line in text.splitlines(keepends=True):
        if line.strip() == NEXT_TURN:
            turns.append([])
        else:
            turns[-1].append(line)
    return ["".join(turn) for turn in turns]


def _sample_of(line: bytes, path: Path, number: int) -> str:
    try:
        return str(json.loads(line)["sample"]).strip()
    except (ValueError, KeyError, TypeError):
        raise Unreachable(
            f"{path}:{number} is no answer row: remove the line, or replay another run"
        ) from None
