"""GitHub annotations: escaped, limited, and no way in for a command of a stranger."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reports.ci.annotations import Annotation, annotations_of, command_lines


def finding(
    severity: str, outcome: str = "fail", message: str = "no", advisory: bool = False
) -> dict[str, Any]:
    return {
        "rule": "GHA-04", "severity": severity, "constraint": "reproducible", "advisory": advisory, "outcome": outcome,
        "error": "timed out" if outcome == "grader_error" else None,
        "violations": [{"file": "a,b:c.yml", "line": 3, "message": message}] if outcome == "fail" else [],
    }  # fmt: skip


def test_levels_follow_severity_and_errors_of_the_grader_are_warnings() -> None:
    found = annotations_of([
        finding("M"), finding("C"), finding("L", advisory=True), finding("H", "grader_error"), finding("H", "pass"),
    ])  # fmt: skip
    assert [item.level for item in found] == ["error", "warning", "warning", "notice"]


def test_what_the_runner_reads_back_is_escaped() -> None:
    (line,) = command_lines(annotations_of([finding("C", message="100 % of\r\n::stop-commands::x")]))
    assert (
        line
        == "::error file=a%2Cb%3Ac.yml,line=3,title=GHA-04 (reproducible)::100 %25 of\\x0d ::stop-commands::x"
    )


def test_ten_of_a_kind_and_a_word_about_the_rest() -> None:
    lines = command_lines(
        [Annotation(level, "t", "m") for level in ("error", "warning", "notice") for _ in range(15)]
    )
    assert [sum(line.startswith(f"::{level} ") for line in lines) for level in ("error", "warning", "notice")] == [
        10, 10, 10,
    ]  # fmt: skip
    assert "16 more findings" in lines[-1]
    assert command_lines([]) == []


@given(st.text(), st.text(), st.text())
def test_one_line_a_command_whatever_the_text(title: str, message: str, file: str) -> None:
    (line,) = command_lines([Annotation("error", title, message, file, 1)])
    assert len(line.splitlines()) == 1
    line.encode("utf-8")
    stated = re.match(r"::error ([^:]*)::", line)
    assert stated is not None
    assert {part.partition("=")[0] for part in stated.group(1).split(",") if part} <= {
        "file",
        "line",
        "title",
    }
