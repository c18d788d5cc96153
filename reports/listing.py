"""An answer as lines with the findings under them, like a code review."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from harness.answers import answer_lines
from harness.runs import Row

Style = Literal["text", "note", "turn", "error", "pass"]


def failed_rules(grade: Row) -> list[str]:
    """The ids of the failed rules that weigh something."""
    return [f["rule"] for f in grade["findings"] if f["outcome"] == "fail" and not f["advisory"]]


def annotated_answer(answer: Row, grade: Row | None, rule: str | None) -> Iterator[tuple[Style, str]]:
    """Each line of the answer, and under it the violations that point to it."""
    notes = _notes_by_place(grade, rule) if grade else {}
    for number, turn in enumerate(answer["turns"]):
        if len(answer["turns"]) > 1:
            yield "turn", f"──── turn {number + 1} ────"
        if turn["error"]:
            yield "error", turn["error"]
        for line_number, line in enumerate(answer_lines(str(turn["text"])), start=1):
            yield "text", f"{line_number:5}  {line}"
            for note in notes.get((number, line_number), ()):
                yield "note", f"       ^ {note}"


def outcome_lines(grade: Row, rule: str | None) -> Iterator[tuple[Style, str]]:
    """One line a rule, with the violations that point to no line of the answer."""
    yield "turn", "──── rules ────"
    placed = {artifact["path"] for artifact in grade["artifacts"]}
    for finding in grade["findings"]:
        if rule and finding["rule"] != rule:
            continue
        style: Style = {"pass": "pass", "fail": "note", "grader_error": "error"}.get(
            finding["outcome"], "text"
        )  # type: ignore[assignment]
        yield (
            style,
            f"{finding['outcome']:14} {finding['severity']} {finding['rule']} {finding['error'] or ''}".rstrip(),
        )
        for violation in finding["violations"]:
            if violation["file"] not in placed or violation["line"] is None:
                yield style, f"    {violation['file'] or 'answer'}: {violation['message']}"


def _notes_by_place(grade: Row, rule: str | None) -> dict[tuple[int, int], list[str]]:
    starts = {artifact["path"]: (artifact["turn"], artifact["line"]) for artifact in grade["artifacts"]}
    notes: dict[tuple[int, int], list[str]] = {}
    for finding in grade["findings"]:
        if finding["outcome"] != "fail" or (rule and finding["rule"] != rule):
            continue
        for violation in finding["violations"]:
            place: tuple[Any, Any] | None = starts.get(violation["file"])
            if place is not None and violation["line"] is not None:
                line = place[1] + violation["line"] - 1
                notes.setdefault((place[0], line), []).append(f"{finding['rule']}: {violation['message']}")
    return notes
