"""What CI is told of one rule: a test case with its outcome, and the findings of loose files as places in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from graders.kinds import RULES
from reports.safe_text import for_terminal

Outcome = Literal["pass", "fail", "error", "skipped"]
_MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """`group` is the case, `name` the rule. `message` is one line, `detail` every violation with its place."""

    group: str
    name: str
    outcome: Outcome
    message: str = ""
    detail: str = ""


def outcomes_of(findings: Iterable[tuple[str, str, dict[str, Any]]]) -> list[RuleOutcome]:
    """One test case a rule × case from stored findings, given as (case, sample, finding); it fails when any sample does."""
    cells: dict[tuple[str, str], list[tuple[str, dict[str, Any]]]] = {}
    for case, sample, finding in findings:
        cells.setdefault((case, finding["rule"]), []).append((sample, finding))
    return [_outcome(case, rule, found) for (case, rule), found in sorted(cells.items())]


def failure_text(rule: str, found: Sequence[tuple[str, dict[str, Any]]]) -> tuple[str, str]:
    """The message and the detail of failed or errored findings of one rule, as (sample, finding)."""
    lines = [f"{sample}: {line}" for sample, finding in found for line in violation_lines(finding)]
    first = violation_lines(found[0][1])[0]
    detail = [RULES[rule].summary if rule in RULES else rule, *lines[:_MOST_LINES]]
    if len(lines) > _MOST_LINES:
        detail.append(f"… and {len(lines) - _MOST_LINES} more")
    return first, "\n".join(detail)


def violation_lines(finding: dict[str, Any]) -> list[str]:
    """Each violation as `file:line: message`, or the grader's error, each on one line."""
    if finding["error"]:
        return [one_line(f"the grader failed: {finding['error']}")]
    return [
        one_line(f"{place(violation)}: {violation['message']}") for violation in finding["violations"]
    ] or ["(no place)"]


def place(violation: dict[str, Any]) -> str:
    """`file:line`, or `answer` for the answer as a whole."""
    return (violation["file"] or "answer") + (f":{violation['line']}" if violation["line"] else "")


def one_line(text: str) -> str:
    """A stranger's text on one line, control characters shown, with nothing that XML or UTF-8 can't hold."""
    flat = " ".join(for_terminal(text).split())
    return re.sub("[\ud800-\udfff\ufffe\uffff]", "\ufffd", flat)


def _outcome(case: str, rule: str, found: list[tuple[str, dict[str, Any]]]) -> RuleOutcome:
    failed = [item for item in found if item[1]["outcome"] == "fail"]
    if failed:
        return RuleOutcome(case, rule, "fail", *failure_text(rule, failed))
    errors = [item for item in found if item[1]["outcome"] == "grader_error"]
    if errors:
        return RuleOutcome(case, rule, "error", *failure_text(rule, errors))
    if all(finding["outcome"] == "not_applicable" for _, finding in found):
        return RuleOutcome(case, rule, "skipped", "does not apply")
    return RuleOutcome(case, rule, "pass")
