"""The failed rules of a grade as lines of text, the heaviest first. Whatever a model wrote steers no terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.safe_text import for_terminal

_SHOWN = 5


def failed_rules(grade: Mapping[str, Any]) -> list[str]:
    """A line for each rule that fails, `SEVERITY RULE file:line: message`, with further violations indented below it.

    `grade` is a row of `grades.jsonl`. Advisory rules, which weigh nothing, come last and are marked.
    """
    failed = [finding for finding in grade["findings"] if finding["outcome"] == "fail"]
    failed.sort(key=lambda finding: (finding["advisory"], "CHML".index(finding["severity"])))
    return [_lines(finding) for finding in failed]


def _lines(finding: Mapping[str, Any]) -> str:
    marks = (" (advisory)" if finding["advisory"] else "") + (
        f" (gated by {finding['gated_by']})" if finding["gated_by"] else ""
    )
    shown = [_line(violation) for violation in finding["violations"][:_SHOWN]]
    more = len(finding["violations"]) - len(shown)
    if more > 0:
        shown.append(f"and {more} more")
    return f"{finding['severity']} {finding['rule']}{marks} " + "\n    ".join(shown)


def _line(violation: Mapping[str, Any]) -> str:
    place = violation["file"] or "answer"
    if violation["line"]:
        place += f":{violation['line']}"
    return for_terminal(f"{place}: {violation['message']}").replace("\n", " ")
