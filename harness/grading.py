"""From a stored answer to what graders read, and from their findings to a stored grade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graders import trace
from graders.examine import Examination, Examined
from graders.facts import Assignment
from graders.finding import Finding
from graders.kinds import RULES
from graders.rule import Violation
from harness.answers import extract
from harness.corpus import Variant
from harness.runs import Row
from harness.scoring import score


def examination_of(answer: Row, assignment: Assignment) -> Examination:
    """Take the files out of a stored answer (all its turns)."""
    return examination(tuple(str(turn["text"]) for turn in answer["turns"]), assignment)


def examination(turns: Sequence[str], assignment: Assignment) -> Examination:
    """Take the files out of an answer's texts."""
    extraction = extract(turns)
    refused = [
        (path, None, f"no path of a file in a repository (answer line {line})")
        for line, path in extraction.refused_paths
    ]
    broken = [("", None, f"answer line {problem.line}: {problem.message}") for problem in extraction.problems]
    return Examination(extraction.blocks, tuple(turns), assignment, (*refused, *broken))


def grade_row(answer: Row, variant: Variant, assignment: Assignment, examined: Examined, grader: str) -> Row:
    """One line of `grades.jsonl`: the findings of one answer and the scores that follow."""
    scores = score(examined.findings, assignment.rules)
    asked = {path for paths in examined.deliverables.values() for path in paths}
    return {
        "sample": answer["sample"],
        "case": variant.case.id,
        "cluster": variant.case.cluster,
        "area": variant.case.area,
        "seed": variant.seed,
        "epoch": answer["epoch"],
        "status": answer["status"],
        "grader": grader,
        "graded": scores.graded,
        "score": scores.score,
        "score_at_best": scores.at_best,
        "ungated": scores.ungated,
        "equal_rules": scores.equal_rules,
        "equal_constraints": scores.equal_constraints,
        "constraints": scores.constraints,
        "constraint_weights": scores.weights,
        "ships": scores.ships,
        "contract_kept": all(f.outcome == "pass" for f in examined.findings if f.rule == "CTR-01"),
        "artifacts": [
            {
                "path": artifact.path,
                "kind": artifact.kind,
                "turn": artifact.turn,
                "line": artifact.line,
                "lines": artifact.text.count("\n") + 1,
                "whole": artifact.whole,
                "asked": artifact.path in asked,
            }
            for artifact in examined.artifacts
        ],
        "findings": [finding_row(finding) for finding in examined.findings],
    }


def finding_row(finding: Finding) -> dict[str, Any]:
    """A finding with stable keys, as `--json` prints it."""
    rule = RULES[finding.rule]
    return {
        "rule": finding.rule,
        "version": finding.version,
        "outcome": finding.outcome,
        "severity": rule.severity,
        "constraint": rule.constraint,
        "advisory": rule.advisory,
        "gated_by": finding.gated_by,
        "error": finding.error,
        "violations": [_violation_row(violation) for violation in finding.violations],
    }


def _violation_row(violation: Violation) -> dict[str, Any]:
    kept: dict[str, Any] = {"file": violation.file, "line": violation.line, "message": violation.message}
    return kept if violation.trace is None else {**kept, "trace": trace.row(violation.trace)}
