"""The findings of a run across its samples, by rule, the heaviest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from harness.runs import Row
from reports.listing.selection import Selection
from reports.listing.style import Line, Style

_SEVERITIES = "CHML"
_STYLES: dict[str, Style] = {"pass": "pass", "fail": "note", "grader_error": "error"}


def finding_lines(
    grades: Mapping[str, Row], selection: Selection, questions: Mapping[str, str]
) -> Iterator[Line]:
    """A heading for each rule (`questions`: what it asks), then its samples with place and message of each violation."""
    chosen = sorted(
        ((finding, id) for id, grade in grades.items() if selection.case(id) for finding in selection.findings(grade)),
        key=lambda item: (_weight(item[0]), item[0]["rule"], item[1]),
    )  # fmt: skip
    if not chosen:
        yield "quiet", "No finding is as asked for."
    for rule, members in groupby(chosen, key=lambda item: item[0]["rule"]):
        findings = list(members)
        first = findings[0][0]
        advisory = ", advisory" if first["advisory"] else ""
        heading = f"{first['severity']} {rule} ({first['constraint']}{advisory}) ×{len(findings)}"
        yield "turn", f"{heading}  {questions.get(rule, '')}".rstrip()
        for finding, id in findings:
            yield from _lines(finding, id)
        yield "text", ""


def _lines(finding: Row, id: str) -> Iterator[Line]:
    style = _STYLES.get(finding["outcome"], "text")
    gated = f"  gated by {finding['gated_by']}" if finding["gated_by"] else ""
    error = f"  {finding['error']}" if finding["error"] else ""
    yield style, f"  {finding['outcome']:14} {id}{gated}{error}"
    for violation in finding["violations"]:
        place = violation["file"] or "answer"
        line = f":{violation['line']}" if violation["line"] else ""
        yield "text", f"      {place}{line}: {violation['message']}"


def _weight(finding: Row) -> tuple[bool, int]:
    return finding["advisory"], _SEVERITIES.find(finding["severity"])
