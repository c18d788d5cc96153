"""What changed between two nights, so that their scores are no longer answers to the same question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from harness.runs import Row
from reports.trend.point import Point, settings

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Change:
    """`what`: model, persona, corpus, contract, seed or grader; `how` in a few words."""

    what: str
    how: str


def changes(before: Point, after: Point) -> list[Change]:
    """Empty when the two nights can be compared."""
    first, second = before.about, after.about
    return [
        *(Change("model", how) for how in _model(before, after)),
        *(Change("persona", how) for how in _persona(first["persona"], second["persona"])),
        *(Change("corpus", how) for how in _corpus(first["corpus"], second["corpus"])),
        *(Change("contract", how) for how in _value("delivery contract", first["contract"], second["contract"])),
        *(Change("seed", how) for how in _seed(before, after)),
        *(Change("grader", how) for how in _grader(first, second)),
    ]  # fmt: skip


def _value(name: str, first: Any, second: Any) -> Iterator[str]:
    if first != second:
        yield f"{name} {_shown(first)} → {_shown(second)}"


def _shown(value: Any) -> str:
    return "not set" if value is None or value == {} else str(value)


def _model(before: Point, after: Point) -> Iterator[str]:
    first, second = settings(before.about), settings(after.about)
    for key in sorted(first.keys() | second.keys()):
        yield from _value(key, first.get(key), second.get(key))
    if before.served and after.served:
        yield from _value("served as", _list(before.served), _list(after.served))


def _persona(first: Row | None, second: Row | None) -> Iterator[str]:
    if first == second:
        return
    if first is None or second is None or first["name"] != second["name"]:
        yield f"{_card(first)} → {_card(second)}"
    elif first["version"] != second["version"]:
        yield f"{first['name']} {first['version']} → {second['version']}"
    elif first["hash"] != second["hash"]:
        yield f"the text of {first['name']} {first['version']} ({first['hash'][:8]} → {second['hash'][:8]})"
    else:
        yield from _value("context limit", first.get("context_limit"), second.get("context_limit"))


def _card(card: Row | None) -> str:
    return f"{card['name']} {card['version']}" if card else "no card"


def _corpus(first: Row, second: Row) -> Iterator[str]:
    if first["hash"] == second["hash"]:
        return
    old, new = set(first["cases"]), set(second["cases"])
    hashes: tuple[Row, Row] = first.get("case_hashes") or {}, second.get("case_hashes") or {}
    edited = {case for case in old & new if hashes[0].get(case) != hashes[1].get(case)}
    said = [
        f"{_list(cases)} {verb}"
        for cases, verb in ((new - old, "added"), (old - new, "gone"), (edited, "edited"))
        if cases
    ]
    yield "; ".join(said) or f"edited ({first['hash'][:8]} → {second['hash'][:8]})"


def _seed(before: Point, after: Point) -> Iterator[str]:
    """On the rotating panel the seed is another one every night, and no news."""
    if not (before.rotating and after.rotating):
        yield from _value("seed", before.about["seed"], after.about["seed"])


def _grader(first: Row, second: Row) -> Iterator[str]:
    yield from _value("left out", _list(first["without"]) or None, _list(second["without"]) or None)
    if first["grader"] == second["grader"]:
        return
    said: list[str] = []
    for tool in sorted(first["tools"].keys() | second["tools"].keys()):
        said += _value(tool, first["tools"].get(tool), second["tools"].get(tool))
    old, new = set(first.get("rules", ())), set(second.get("rules", ()))
    said += [f"{_list(rules)} {verb}" for rules, verb in ((new - old, "added"), (old - new, "gone")) if rules]
    yield "; ".join(said) or f"rules in other versions ({first['grader']} → {second['grader']})"


def _list(names: Any) -> str:
    """The first few, and how many there are."""
    ordered = sorted(str(name) for name in names)
    more = len(ordered) - _NAMED
    return ", ".join(ordered[:_NAMED]) + (f" and {more} more" if more > 0 else "")
