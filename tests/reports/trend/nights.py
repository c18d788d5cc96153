"""Small runs on disk, as many nights as a test needs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CASES = ("iac/state", "iac/keys", "pipelines/deploy", "pipelines/release")
CARD = {"name": "devops-engineer", "version": "1.0", "hash": "c" * 64, "context_limit": 8192}


def about(started: str, model: str = "openai/x", **changed: Any) -> dict[str, Any]:
    """A `run.json`; `changed` replaces its keys, `settings` keys of its model."""
    seed = changed.get("seed", 1)
    settings: dict[str, Any] = {
        "name": model, "api_base": None, "temperature": None, "max_tokens": 4096, "reasoning_tokens": 16384, "seed": None,
        "extra": {},
    }  # fmt: skip
    settings |= changed.pop("settings", {})
    return {
        "model": settings, "persona": CARD, "contract": "1", "seed": seed, "epochs": 1, "grader": "aaaaaaaa",
        "corpus": {"hash": "1" * 64, "cases": list(CASES), "case_hashes": dict.fromkeys(CASES, "h")},
        "samples": [f"{case}@{seed}#1" for case in CASES], "rules": ["GHA-02", "IAC-03"], "without": [],
        "tools": {"promtool": "2.42.0"}, "started": started, **changed,
    }  # fmt: skip


def write_night(
    folder: Path,
    described: dict[str, Any],
    scores: Sequence[float | None] = (0.5, 0.7, 0.9, 1.0),
    cost: float | None = 0.25,
    served: str | None = None,
) -> Path:
    """A run whose samples have these scores, in order; None is a sample with a grader error. Fewer scores: the rest was
    never asked."""
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(described))
    answers: list[dict[str, Any]] = []
    grades: list[dict[str, Any]] = []
    for sample, score in zip(described["samples"], scores, strict=False):
        answers.append(_answer(sample, cost, served))
        grades.append(_grade(sample, score, described["grader"]))
    for name, rows in (("answers.jsonl", answers), ("grades.jsonl", grades)):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def _answer(sample: str, cost: float | None, served: str | None) -> dict[str, Any]:
    turn = {
        "text": "`main.tf`\n```hcl\nx = 1\n```\n", "status": "answered", "cost": cost, "seconds": 1.0, "error": None,
        "prompt_tokens": 100, "completion_tokens": 50, "model": served,
    }  # fmt: skip
    return {"sample": sample, "status": "answered", "turns": [turn]}


def _grade(sample: str, score: float | None, grader: str) -> dict[str, Any]:
    case = sample.split("@")[0]
    points = 0.0 if score is None else score
    outcome = "grader_error" if score is None else "pass" if score == 1.0 else "fail"
    violations = [{"file": "main.tf", "line": 1, "message": "the state has no lock"}]
    return {
        "sample": sample, "case": case, "cluster": case, "area": case.split("/")[0], "seed": 1, "epoch": 1,
        "status": "answered", "grader": grader, "graded": score is not None, "score": points, "score_at_best": points,
        "ungated": points, "equal_rules": points, "equal_constraints": points, "constraints": {"intent": points},
        "constraint_weights": {"intent": 4.0}, "ships": points == 1.0, "contract_kept": True,
        "artifacts": [
            {"path": "main.tf", "kind": "terraform", "turn": 0, "line": 3, "lines": 1, "whole": True, "asked": True}
        ],
        "findings": [{
            "rule": "IAC-03", "version": 1, "outcome": outcome, "severity": "H", "constraint": "intent", "advisory": False,
            "gated_by": None, "error": "terraform: timed out" if score is None else None,
            "violations": violations if outcome == "fail" else [],
        }],
    }  # fmt: skip
