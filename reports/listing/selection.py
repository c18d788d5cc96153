"""Which findings, cases and samples a reader asked for."""

from __future__ import annotations

import difflib
import fnmatch
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.runs import Row, RunError

_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Selection:
    """`rules` and `cases` are full ids, None for all; `outcomes` likewise. `weighing` leaves advisory rules out."""

    rules: frozenset[str] | None = None
    cases: frozenset[str] | None = None
    outcomes: frozenset[str] | None = None
    weighing: bool = False

    @property
    def everything(self) -> bool:
        """No finding is left out."""
        return self.rules is None and self.outcomes is None and not self.weighing

    def findings(self, grade: Row) -> Iterator[Row]:
        """The findings of a grade that were asked for."""
        for finding in grade["findings"]:
            if (
                (self.rules is None or finding["rule"] in self.rules)
                and (self.outcomes is None or finding["outcome"] in self.outcomes)
                and not (self.weighing and finding["advisory"])
            ):
                yield finding

    def case(self, sample: str) -> bool:
        """Whether this sample is of a case that was asked for."""
        return self.cases is None or case_of(sample) in self.cases


def case_of(sample: str) -> str:
    """`area/case` of `area/case@seed#epoch`."""
    return sample.rpartition("@")[0]


def rules_named(given: Sequence[str], known: Iterable[str], folder: Path) -> frozenset[str] | None:
    """Rule ids out of ids and beginnings of ids (`GHA`, `gha-1`). Raises `RunError` for what names none; None for nothing
    given."""
    ids = sorted(known)
    return _named(given, ids, folder, "rule", lambda word: [id for id in ids if id.startswith(word.upper())])


def cases_named(given: Sequence[str], known: Iterable[str], folder: Path) -> frozenset[str] | None:
    """Case ids out of ids, beginnings (`iac/`) and patterns (`*/ecs*`). Raises and returns as `rules_named`."""
    ids = sorted(known)
    return _named(
        given,
        ids,
        folder,
        "case",
        lambda word: [id for id in ids if id.startswith(word) or fnmatch.fnmatchcase(id, word)],
    )


def sample_named(given: str, known: Iterable[str], folder: Path) -> str:
    """The one sample with this id or beginning. Raises `RunError` for none and for several."""
    ids = sorted(known)
    matches = [id for id in ids if id == given] or [id for id in ids if id.startswith(given)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        more = f" and {len(matches) - _SHOWN} more" if len(matches) > _SHOWN else ""
        shown = ", ".join(matches[:_SHOWN]) + more
        raise RunError(f"{folder}: {len(matches)} samples begin with {given!r}: {shown}; say more of its id")
    raise RunError(
        f"{folder}: no sample begins with {given!r}{near(given, ids)}; `drydock show {folder}` lists them"
    )


def near(word: str, known: Sequence[str]) -> str:
    """`; near it: …`: names that hold the word, are written like it, or stand in the same area; or nothing."""
    found = [
        *(name for name in known if word and word in name),
        *difflib.get_close_matches(word, known, n=_SHOWN, cutoff=0.5),
        *(name for name in known if "/" in word and name.startswith(word.partition("/")[0] + "/")),
    ]
    shown = list(dict.fromkeys(found))[:_SHOWN]
    return f"; near it: {', '.join(shown)}" if shown else ""


def _named(
    given: Sequence[str], ids: Sequence[str], folder: Path, what: str, match: Callable[[str], list[str]]
) -> frozenset[str] | None:
    if not given:
        return None
    found: set[str] = set()
    for word in given:
        matches = [id for id in ids if id.lower() == word.lower()] or match(word)
        if not matches:
            close = near(word.upper() if what == "rule" else word, ids)
            raise RunError(f"{folder}: no {what} of this run is or begins with {word!r}{close}")
        found.update(matches)
    return frozenset(found)
