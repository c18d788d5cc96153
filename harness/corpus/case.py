"""A case as it lies on disk, and the corpus that holds it."""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.corpus.schema import CaseSpec

CANARY = "drydock-corpus canary 6f1d0c52-8d0f-4c57-9b6e-2f7f3f0b9a41: this text must not be in training data"


class CorpusError(Exception):
    """Mistakes in a corpus, one line each: `file:line: what is wrong and what would be right`."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer that lies with a case, still a template. `fails` is empty for an accepted answer."""

    name: str
    by: str
    how: str
    body: str
    fails: dict[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """One case as it lies on disk. `id` is AREA/NAME; `files` are its fixtures by name."""

    id: str
    folder: Path
    spec: CaseSpec
    accepted: tuple[Recorded, ...]
    careless: Recorded | None
    fixtures: dict[str, str]
    hash: str

    @property
    def area(self) -> str:
        return self.id.split("/")[0]

    @property
    def cluster(self) -> str:
        """Cases that are twins or paraphrases share one; by default the case stands for itself."""
        return self.spec.cluster or self.id


def is_meant(case_id: str, only: Sequence[str]) -> bool:
    """Whether a case is among those that a command is about: its id matches one of the patterns, or there are none."""
    return not only or any(fnmatch.fnmatch(case_id, pattern) for pattern in only)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Cases in the order of their ids."""

    folders: tuple[Path, ...]
    cases: tuple[Case, ...]

    @property
    def hash(self) -> str:
        """Changes when any file of any case does."""
        return hash_of(self.cases)

    def case(self, id: str) -> Case:
        """The case with this id; raises `KeyError`."""
        return next(case for case in self.cases if case.id == id) if id in self.ids else _missing(id)

    @property
    def ids(self) -> list[str]:
        return [case.id for case in self.cases]


def _missing(id: str) -> Case:
    raise KeyError(id)


def case_hashes(cases: Iterable[Case]) -> dict[str, str]:
    """The hash of each case by its id: what two runs share when their corpora differ."""
    return {case.id: case.hash for case in cases}


def hash_of(cases: Iterable[Case]) -> str:
    """One hash over these cases, in any order."""
    lines = sorted(f"{case.id} {case.hash}" for case in cases)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
