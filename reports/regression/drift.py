"""Did the grader move? The same answers, another verdict: exact, no statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.runs import Row

NOT_ASKED = "not asked"
# rule -> outcome
Outcomes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Move:
    """One verdict on one stored answer that changed. `where` is the recording or run; `why` tonight's first violation
    or error."""

    where: str
    sample: str
    rule: str
    old: str
    new: str
    why: str


def outcomes_of(row: Row) -> dict[str, str]:
    """The outcome of each rule in a stored grade."""
    return {finding["rule"]: finding["outcome"] for finding in row["findings"]}


def moves(where: str, old: Mapping[str, Outcomes], new: Sequence[Row]) -> list[Move]:
    """Every verdict that differs, by sample and rule. `old` maps a sample to its outcomes; samples on one side only are
    left to the caller."""
    found: list[Move] = []
    for row in sorted(new, key=lambda row: row["sample"]):
        if row["sample"] not in old:
            continue
        before, after = old[row["sample"]], {finding["rule"]: finding for finding in row["findings"]}
        for rule in sorted(before.keys() | after.keys()):
            was = before.get(rule, NOT_ASKED)
            now = after[rule]["outcome"] if rule in after else NOT_ASKED
            if was != now:
                found.append(Move(where, row["sample"], rule, was, now, _why(after.get(rule))))
    return found


def _why(finding: dict[str, Any] | None) -> str:
    if finding is None:
        return ""
    if finding["error"]:
        return str(finding["error"])
    for violation in finding["violations"]:
        place = f"{violation['file'] or 'answer'}" + (f":{violation['line']}" if violation["line"] else "")
        return f"{place}: {violation['message']}"
    return ""
