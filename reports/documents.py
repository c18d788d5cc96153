"""The JSON documents that `--json` prints: stable keys, described in docs/json.md."""

from __future__ import annotations

from typing import Any

from harness.runs import Row
from reports.statistics.intervals import Interval
from reports.summary import Summary


def run_document(summary: Summary) -> dict[str, Any]:
    """One run as one document."""
    about = summary.about
    return {
        "run": summary.folder,
        "model": about["model"]["name"],
        "persona": about["persona"],
        "corpus": about["corpus"],
        "seed": about["seed"],
        "epochs": about["epochs"],
        "samples": {
            "expected": summary.expected,
            "graded": len(summary.grades) - summary.ungraded,
            "ungraded": summary.ungraded,
            "unanswered": summary.unanswered,
            "missing": summary.missing,
            "statuses": summary.statuses,
        },
        "valid": not summary.invalid,
        "score": summary.score.mean if summary.score else None,
        "score_interval": _bounds(summary.score),
        "score_ungated": summary.ungated,
        "score_if_void_samples_fail": summary.worst,
        "score_if_void_samples_pass": summary.best,
        "ship_rate": summary.ship_rate.mean if summary.ship_rate else None,
        "contract_rate": summary.contract_rate,
        "grader_errors": [
            {"sample": sample, "rule": rule, "error": error} for sample, rule, error in summary.grader_errors
        ],
        "constraints": {name: interval.mean for name, interval in summary.constraints.items()},
        "areas": {name: interval.mean for name, interval in summary.areas.items()},
        "cases": summary.cases,
        "cost": summary.cost,
        "tokens": {"prompt": summary.prompt_tokens, "completion": summary.completion_tokens},
        "latency": {"p50": summary.latency[0], "p95": summary.latency[1]} if summary.latency else None,
        "tools": about["tools"],
        "findings": [
            {"sample": row["sample"], **finding}
            for row in summary.grades
            for finding in row["findings"]
            if finding["outcome"] != "not_applicable"
        ],
    }


def grade_document(row: Row) -> dict[str, Any]:
    """One answer, or loose files, graded without a run: the same keys where they make sense."""
    return {
        "model": None,
        "persona": None,
        "samples": {"expected": 1, "graded": int(row["graded"]), "ungraded": int(not row["graded"])},
        "valid": row["graded"],
        "score": row["score"],
        "score_interval": None,
        "ship_rate": float(row["ships"]),
        "grader_errors": [
            {"sample": row["sample"], "rule": finding["rule"], "error": finding["error"]}
            for finding in row["findings"]
            if finding["outcome"] == "grader_error"
        ],
        "constraints": row["constraints"],
        "cases": {row["case"]: row["score"]},
        "findings": [{"sample": row["sample"], **finding} for finding in row["findings"]],
    }


def _bounds(interval: Interval | None) -> list[float] | None:
    return [interval.low, interval.high] if interval else None
