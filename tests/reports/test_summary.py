"""Figures of a run, computed from rows written by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.runs import Run
from reports.documents import run_document
from reports.figures import figures, headline, worst_findings
from reports.markdown import report
from reports.summary import summarise


def finding(rule: str = "GHA-02", outcome: str = "fail", severity: str = "H", **more: Any) -> dict[str, Any]:
    violations = [{"file": "a.yml", "line": 3, "message": "<script>x</script>"}] if outcome == "fail" else []
    return {
        "rule": rule, "version": 1, "outcome": outcome, "severity": severity, "constraint": "least_privilege",
        "advisory": False, "gated_by": None, "error": None, "violations": violations, **more,
    }  # fmt: skip


def grade(
    sample: str, score: float, *findings: dict[str, Any], graded: bool = True, grader: str = "g1"
) -> dict[str, Any]:
    case = sample.split("@")[0]
    return {
        "sample": sample, "case": case, "cluster": case, "area": case.split("/")[0], "seed": 1, "epoch": 1,
        "status": "answered", "grader": grader, "graded": graded, "score": score, "score_at_best": score,
        "ungated": score, "equal_rules": score, "equal_constraints": score, "constraints": {"least_privilege": score},
        "constraint_weights": {"least_privilege": 4.0}, "ships": score == 1.0, "contract_kept": True,
        "artifacts": [{"path": "a.yml", "lines": 10}], "findings": list(findings),
    }  # fmt: skip


def answer(
    sample: str, status: str = "answered", cost: float | None = 0.5, seconds: float = 1.0
) -> dict[str, Any]:
    turn = {
        "text": "x", "status": status, "cost": cost, "seconds": seconds, "prompt_tokens": 100, "completion_tokens": 50,
        "error": None,
    }  # fmt: skip
    return {"sample": sample, "status": status, "turns": [turn]}


def write(
    folder: Path, samples: list[str], answers: list[dict[str, Any]], grades: list[dict[str, Any]]
) -> Run:
    run = Run(folder)
    about: dict[str, Any] = {
        "samples": samples, "grader": "g1", "model": {"name": "openai/x"}, "persona": None, "seed": 1, "epochs": 1,
        "corpus": {"hash": "abc", "cases": []}, "tools": {},
    }  # fmt: skip
    with run.writing(about):
        for row in answers:
            run.append_answer(row)
        for row in grades:
            run.append_grade(row)
    return run


FOUR = [f"a/{name}@1#1" for name in "bcde"]


def test_scores_are_means_and_void_samples_bound_them(tmp_path: Path) -> None:
    run = write(
        tmp_path,
        FOUR,
        [answer(FOUR[0]), answer(FOUR[1]), answer(FOUR[2]), answer(FOUR[3], "unanswered")],
        [
            grade(FOUR[0], 1.0, finding(outcome="pass")),
            grade(FOUR[1], 0.5, finding()),
            grade(FOUR[2], 0.2, finding(outcome="grader_error", error="promtool: timed out"), graded=False),
        ],
    )
    summary = summarise(run)
    assert summary.score is not None
    assert summary.score.mean == pytest.approx(0.75)
    assert (summary.worst, summary.best) == (pytest.approx(1.5 / 4), pytest.approx(3.5 / 4))
    assert (summary.ungraded, summary.unanswered, summary.missing) == (1, 1, 0)
    assert summary.invalid
    assert headline(summary).startswith("INVALID")
    assert report(summary).startswith("# INVALID")
    assert summary.grader_errors == [(FOUR[2], "GHA-02", "promtool: timed out")]
    assert json.dumps(run_document(summary))


def test_a_sample_that_was_never_asked_is_missing(tmp_path: Path) -> None:
    summary = summarise(write(tmp_path, FOUR, [answer(FOUR[0])], [grade(FOUR[0], 1.0)]))
    assert (summary.missing, summary.invalid) == (3, True)


def test_a_grade_of_another_grader_does_not_count(tmp_path: Path) -> None:
    summary = summarise(write(tmp_path, FOUR[:1], [answer(FOUR[0])], [grade(FOUR[0], 1.0, grader="g0")]))
    assert (summary.score, summary.ungraded) == (None, 1)


def test_one_unknown_price_makes_the_cost_unknown(tmp_path: Path) -> None:
    known = summarise(write(tmp_path / "known", FOUR[:2], [answer(FOUR[0]), answer(FOUR[1])], []))
    unknown = summarise(
        write(tmp_path / "unknown", FOUR[:2], [answer(FOUR[0]), answer(FOUR[1], cost=None)], [])
    )
    assert (known.cost, unknown.cost) == (1.0, None)
    assert figures(unknown).rows["cost"] == "unknown"


def test_latency_is_median_and_95th_percentile(tmp_path: Path) -> None:
    samples = [f"a/b{number}@1#1" for number in range(20)]
    rows = [answer(sample, seconds=float(number + 1)) for number, sample in enumerate(samples)]
    assert summarise(write(tmp_path, samples, rows, [])).latency == (10.0, 19.0)


def test_the_heaviest_rules_come_first_each_once(tmp_path: Path) -> None:
    grades = [
        grade(
            FOUR[0],
            0.5,
            finding("GHA-14", severity="L"),
            finding("GHA-02"),
            finding("GHA-06", severity="C", gated_by="GHA-01"),
        ),
        grade(
            FOUR[1],
            0.5,
            finding("GHA-02"),
            finding("SEC-01", severity="C"),
            finding("CTR-01", severity="L", advisory=True),
        ),
    ]
    found = worst_findings(summarise(write(tmp_path, FOUR[:2], [answer(FOUR[0]), answer(FOUR[1])], grades)))
    assert [line.split()[1] for line in found] == ["SEC-01", "GHA-02", "GHA-14"]
    assert "×2" in found[1]


def test_a_violation_is_escaped_in_the_report(tmp_path: Path) -> None:
    text = report(summarise(write(tmp_path, FOUR[:1], [answer(FOUR[0])], [grade(FOUR[0], 0.5, finding())])))
    assert "<script>" not in text
    assert r"\<script\>" in text
