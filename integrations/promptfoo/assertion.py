"""What `grade.py` of an exported folder does: hand the provider's grade to promptfoo. Quick to import, for promptfoo
starts a Python for each assertion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.findings import failed_rules


def get_assert(context: Mapping[str, Any]) -> dict[str, Any]:
    """promptfoo's result of an assertion: `pass` means that the answer ships (every critical and high rule passes),
    `score` is the score of the grade; the score and each constraint are named metrics."""
    metadata: dict[str, Any] = context.get("metadata") or {}
    grade: dict[str, Any] | None = metadata.get("drydock", {}).get("grade")
    if not grade or not grade["graded"]:
        raise ValueError("there is no grade: the provider of this test must be provider.py beside grade.py")
    failed = failed_rules(grade)
    findings: list[dict[str, Any]] = grade["findings"]
    return {
        "pass": grade["ships"],
        "score": grade["score"],
        "reason": "\n".join(failed) or "Every rule passes",
        "named_scores": {"score": grade["score"], **grade["constraints"]},
        "component_results": [
            {
                "pass": finding["outcome"] == "pass",
                "score": float(finding["outcome"] == "pass"),
                "reason": _reason(finding),
            }
            for finding in findings
            if finding["outcome"] in ("pass", "fail") and not finding["advisory"]
        ],
    }


def _reason(finding: Mapping[str, Any]) -> str:
    if finding["outcome"] == "pass":
        return f"{finding['severity']} {finding['rule']} ({finding['constraint']}) passes"
    return failed_rules({"findings": [finding]})[0]
