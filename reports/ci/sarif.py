"""SARIF 2.1.0 (OASIS, 2020) of the findings of loose files, as code scanning reads it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from graders.kinds import RULES
from harness.runs import RunError
from reports.ci.outcome import one_line

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"C": "error", "H": "error", "M": "warning", "L": "note"}


def sarif_document(findings: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The findings of one grade as one SARIF run. Every rule that was asked is described, each violation is a result, and
    a grader error is a notification that the tool could not do its work."""
    asked = sorted({finding["rule"] for finding in findings if finding["outcome"] != "not_applicable"})
    errors = [finding for finding in findings if finding["outcome"] == "grader_error"]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "Drydock", "rules": [_rule(id) for id in asked]}},
                "invocations": [
                    {
                        "executionSuccessful": not errors,
                        "toolExecutionNotifications": [_notification(finding, asked) for finding in errors],
                    }
                ],
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(finding, violation, asked.index(finding["rule"]))
                    for finding in findings
                    if finding["outcome"] == "fail"
                    for violation in finding["violations"]
                ],
            }
        ],
    }


def write_sarif(findings: Sequence[dict[str, Any]], path: Path) -> None:
    """Raises `RunError` when the file cannot be written."""
    text = json.dumps(sarif_document(findings), indent=2, ensure_ascii=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RunError(f"{path}: cannot be written: {error.strerror}") from None


def _rule(id: str) -> dict[str, Any]:
    rule = RULES[id]
    help_text = f"{rule.summary} Serves the constraint {rule.constraint}. Source: {rule.source}"
    return {
        "id": id,
        "shortDescription": {"text": rule.summary},
        "help": {"text": help_text},
        "defaultConfiguration": {"level": _level(id)},
        "properties": {"tags": [rule.constraint], "severity": rule.severity, "version": rule.version},
    }


def _level(id: str) -> str:
    return "note" if RULES[id].advisory else _LEVELS[RULES[id].severity]


def _result(finding: dict[str, Any], violation: dict[str, Any], index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding["rule"],
        "ruleIndex": index,
        "level": _level(finding["rule"]),
        "message": {"text": _plain(violation["message"])},
    }
    if violation["file"]:
        where: dict[str, Any] = {
            "artifactLocation": {"uri": quote(violation["file"]), "uriBaseId": "%SRCROOT%"}
        }
        if violation["line"]:
            where["region"] = {"startLine": violation["line"]}
        result["locations"] = [{"physicalLocation": where}]
    return result


def _notification(finding: dict[str, Any], asked: list[str]) -> dict[str, Any]:
    return {
        "level": "error",
        "message": {"text": _plain(f"{finding['rule']} could not be judged: {finding['error']}")},
        "associatedRule": {"id": finding["rule"], "index": asked.index(finding["rule"])},
    }


def _plain(text: str) -> str:
    """SARIF makes a link of `[text](target)` even in plain messages (section 3.11.6); a stranger's text gets none."""
    return one_line(text).replace("](", "] (") or "(no message)"
