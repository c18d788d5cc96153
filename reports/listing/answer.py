"""An answer as lines with the findings under them, like a code review."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.answers import answer_lines
from harness.runs import Row
from reports.listing.selection import Selection
from reports.listing.style import Line, Style
from reports.listing.traces import trace_lines

_STYLES: dict[str, Style] = {"pass": "pass", "fail": "note", "grader_error": "error"}


def annotated_answer(answer: Row, grade: Row | None, selection: Selection) -> Iterator[Line]:
    """Each line of the answer, and under it the violations that point to it."""
    notes = _notes_by_place(grade, selection) if grade else {}
    for number, turn in enumerate(answer["turns"]):
        if len(answer["turns"]) > 1:
            yield "turn", f"──── turn {number + 1} ────"
        if turn["error"]:
            yield "error", turn["error"]
        for line_number, line in enumerate(answer_lines(str(turn["text"])), start=1):
            yield "text", f"{line_number:5}  {line}"
            for note, trace in notes.get((number, line_number), ()):
                yield "note", f"       ^ {note}"
                yield from drawn(trace, "         ")


def outcome_lines(grade: Row, selection: Selection) -> Iterator[Line]:
    """One line a rule, with the violations that point to no line of the answer."""
    findings = list(selection.findings(grade))
    left_out = len(grade["findings"]) - len(findings)
    yield "turn", "──── rules ────" + (f" ({left_out} not asked for)" if left_out else "")
    placed = {artifact["path"] for artifact in grade["artifacts"]}
    for finding in findings:
        style = _STYLES.get(finding["outcome"], "text")
        yield style, outcome_line(finding)
        for violation in finding["violations"]:
            if violation["file"] not in placed or violation["line"] is None:
                yield style, f"    {violation['file'] or 'answer'}: {violation['message']}"
                yield from drawn(violation.get("trace"), "      ")


def drawn(trace: Row | None, margin: str) -> Iterator[Line]:
    """What a simulation saw, if it left a trace."""
    if trace is not None:
        for line in trace_lines(trace):
            yield "quiet", margin + line


def outcome_line(finding: Row) -> str:
    """`fail           H GHA-02  gated by GHA-01`."""
    gated = f"gated by {finding['gated_by']}" if finding["gated_by"] else ""
    advisory = "advisory" if finding["advisory"] else ""
    said = "  ".join(part for part in (finding["error"] or "", gated, advisory) if part)
    return f"{finding['outcome']:14} {finding['severity']} {finding['rule']:8} {said}".rstrip()


def _notes_by_place(grade: Row, selection: Selection) -> dict[tuple[int, int], list[tuple[str, Row | None]]]:
    starts = {artifact["path"]: (artifact["turn"], artifact["line"]) for artifact in grade["artifacts"]}
    notes: dict[tuple[int, int], list[tuple[str, Row | None]]] = {}
    for finding in selection.findings(grade):
        if finding["outcome"] != "fail":
            continue
        for violation in finding["violations"]:
            place: tuple[Any, Any] | None = starts.get(violation["file"])
            if place is not None and violation["line"] is not None:
                line = place[1] + violation["line"] - 1
                note = f"{finding['rule']}: {violation['message']}"
                notes.setdefault((place[0], line), []).append((note, violation.get("trace")))
    return notes
