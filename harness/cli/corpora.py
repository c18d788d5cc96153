"""The corpus that a command works on: Drydock's own, with a team's folders beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.corpus import Corpus

OWN = Path(__file__).resolve().parent.parent.parent / "cases"


def corpus_of(added: tuple[str, ...], only: tuple[str, ...] = ()) -> Corpus:
    """Load Drydock's cases and those of `--corpus`, and check those that `only` means. Raises `CorpusError`."""
    from harness.corpus import load_corpus

    return load_corpus([OWN, *(Path(folder) for folder in added)], only)
