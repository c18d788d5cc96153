"""Remembers that a step of set-up was done, so that the next set-up does nothing when nothing changed."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from setup.places import this_platform


def fingerprint(root: Path, inputs: Iterable[Path], words: Iterable[str] = ()) -> str:
    """A hash (hex) of all that a step depends on: files, words, set-up itself, the clone's place, Python."""
    digest = hashlib.sha256()
    for word in (str(root), sys.version, this_platform(), *words):
        digest.update(f"{word}\0".encode())
    for file in [*inputs, *sorted((root / "setup").glob("*.py"))]:
        digest.update(f"{file.name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def is_done(stamp: Path, current: str) -> bool:
    """Whether a step was done with this fingerprint, and everything that it left is still there."""
    try:
        recorded = json.loads(stamp.read_text(encoding="utf-8"))
        return recorded["fingerprint"] == current and all(Path(file).exists() for file in recorded["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def record(stamp: Path, current: str, files: Sequence[Path]) -> None:
    """Notes that a step is done: `files` are what it brought or found."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"fingerprint": current, "files": [str(file) for file in files]}, indent=1)
    stamp.write_text(text + "\n", encoding="utf-8")
