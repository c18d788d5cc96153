"""Small comparisons for the tests of the page: three runs on disk, two cases, rules that pass, fail and break.

`word` is written into every field that a stranger, a tool or an operator could fill.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from graders import trace
from harness.runs import Row
from reports.comparison.comparison import Comparison, Difference, Entry, Stability
from reports.statistics.intervals import Interval

ANSWER = """Here is the workflow.

`.github/workflows/release.yml`
```yaml
on: push
jobs:
  release:
    runs-on: ubuntu-latest
```

Nothing else is needed."""
FILE = ".github/workflows/release.yml"


def finding(
    rule: str,
    outcome: str,
    message: str = "",
    line: int | None = None,
    path: str = FILE,
    drawn: Row | None = None,
) -> Row:
    violation: Row = {"file": path, "line": line, "message": message} | ({"trace": drawn} if drawn else {})
    violations = [violation] if outcome == "fail" else []
    return {
        "rule": rule,
        "version": 1,
        "outcome": outcome,
        "severity": "H",
        "constraint": "secret_hygiene" if rule == "SEC-01" else "intent",
        "advisory": False,
        "gated_by": None,
        "error": message if outcome == "grader_error" else None,
        "violations": violations,
    }


def answer_row(sample: str, text: str, error: str | None = None, status: str = "answered") -> Row:
    turn = {
        "text": text,
        "status": status,
        "seconds": 1.5,
        "cost": 0.01,
        "prompt_tokens": 900,
        "completion_tokens": 40,
        "error": error,
    }
    return {"sample": sample, "status": status, "turns": [turn]}


def grade_row(sample: str, score: float, findings: list[Row], path: str = FILE) -> Row:
    case = sample.rpartition("@")[0]
    graded = all(each["outcome"] != "grader_error" for each in findings)
    artifact = {
        "path": path,
        "kind": "github_actions",
        "turn": 0,
        "line": 5,
        "lines": 4,
        "whole": True,
        "asked": True,
    }
    return {
        "sample": sample,
        "case": case,
        "cluster": case,
        "area": case.split("/")[0],
        "seed": 1,
        "epoch": 1,
        "status": "answered",
        "grader": "abc123",
        "graded": graded,
        "score": score,
        "ungated": score,
        "equal_rules": score,
        "equal_constraints": score,
        "score_at_best": score,
        "ships": score == 1.0,
        "contract_kept": True,
        "constraints": {"intent": score},
        "constraint_weights": {"intent": 4.0},
        "artifacts": [artifact],
        "findings": findings,
    }


def write_run(folder: Path, answers: Sequence[Row], grades: Sequence[Row], word: str = "") -> Row:
    """A run's directory; returns what its run.json says."""
    folder.mkdir(parents=True)
    about: Row = {
        "model": {"name": f"openai/small{word}", "api_base": None, "temperature": 0.2, "max_tokens": 4096},
        "persona": {"name": f"devops-engineer{word}", "version": f"1.0{word}", "hash": "89c33871ad51" * 5},
        "corpus": {"hash": "f0d8625c2a67" * 5, "cases": ["pipelines/release"]},
        "contract": "1",
        "seed": 1,
        "epochs": 1,
        "samples": [row["sample"] for row in answers],
        "grader": "abc123",
        "rules": ["GHA-01", "SEC-01"],
        "without": [f"zizmor{word}"],
        "tools": {"actionlint": f"1.17.0{word}"},
        "litellm": f"1.110.2{word}",
        "revision": f"de7892d{word}",
        "started": "2026-11-25T20:46:26Z",
    }
    (folder / "run.json").write_text(json.dumps(about))
    for name, rows in (("answers.jsonl", answers), ("grades.jsonl", grades)):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return about


def entry(name: str, folder: Path, about: Row, answers: list[Row], grades: list[Row], **others: Any) -> Entry:
    counted = [row for row in grades if row["graded"]]
    mean = sum(row["score"] for row in counted) / len(counted)
    score = Interval(mean, max(0.0, mean - 0.1), min(1.0, mean + 0.1))
    rules: dict[str, tuple[int, int]] = {}
    for row in counted:
        for each in row["findings"]:
            passed, judged = rules.get(each["rule"], (0, 0))
            rules[each["rule"]] = (passed + (each["outcome"] == "pass"), judged + 1)
    values: dict[str, Any] = {
        "score": score,
        "ship_rate": score,
        "constraints": {"intent": score},
        "areas": {row["area"]: score for row in counted},
        "rules": rules,
        "cases": {row["case"]: row["score"] for row in counted},
        "pass_at": {1: mean},
        "pass_all": {1: mean},
        "cost_per_1000": 10.0 * mean,
        "tokens": 40.0,
        "latency": (1.5, 2.5),
        "on_front": True,
        "rank": (1, 1),
    }
    return Entry(name=name, folder=folder, about=about, grades=counted, answers=answers, **(values | others))


def traces(word: str = "") -> list[Row]:
    """One trace of every form."""
    spans = (
        trace.Span(f"outage{word}", "incident", 600, 3600),
        trace.Span(f"ErrorsHigh{word}", "page", 1200, None),
    )
    values = [("error ratio" + word, [0.0] * 10 + [1.0] * 50 + [0.0] * 60)]
    path = (
        trace.Step(f"test{word}", "failure", f"exit 1{word}", FILE, 4),
        trace.Step(f"deploy{word}", "success"),
    )
    yes, leak = trace.Cell(True, True), trace.Cell(True, False)
    return [
        trace.row(trace.timeline(f"total outage{word}", 60, values, spans)),
        trace.row(trace.Path(f"a failed test reaches production{word}", path)),
        trace.row(
            trace.Matrix(
                f"who reaches the database{word}", (f"web{word}",), ("db:5432", "dns"), ((leak, yes),)
            )
        ),
        trace.row(
            trace.Permissions(
                f"role deployer{word}",
                (trace.Permission(f"s3:GetObject{word}", "forbidden", True, f"statement 2{word}"),),
            )
        ),
        trace.row(
            trace.Changes(
                f"second plan{word}", (trace.Change(f"aws_s3_bucket.a{word}", "replace", f"tags{word}"),)
            )
        ),
    ]


def comparison(folder: Path, word: str = "", with_traces: bool = False) -> Comparison:
    """Three entries; the second fails SEC-01 at line 4 of its file (and, `with_traces`, SIM-0 to 4, each with a trace), the
    third has an ungraded and an unanswered sample."""
    first, second = f"pipelines/release{word}@1#1", f"kubernetes/web{word}@1#1"
    path = f"{FILE}{word}"
    answers = [answer_row(first, ANSWER + word, word or None), answer_row(second, f"# Web\n{word}\n")]
    failed = finding("SEC-01", "fail", f"a token is written out here{word}", 4, path)
    broken = finding("SEC-01", "grader_error", f"the tool stopped{word}")
    kept, judged = finding("SEC-01", "pass"), finding("GHA-01", "pass")
    loose = finding("GHA-01", "fail", f"no workflow was delivered{word}", None, "")
    made: list[Entry] = []
    for number, (one, other) in enumerate([(kept, judged), (failed, loose), (kept, broken)]):
        simulated = [
            finding(f"SIM-{at}", "fail", f"the simulation shows it{word}", 4, path, drawn)
            for at, drawn in enumerate(traces(word) if with_traces and one is failed else [])
        ]
        grades = [
            grade_row(first, 1.0 if one is kept else 0.5, [one, judged, *simulated], path),
            grade_row(second, 1.0 if other is judged else 0.25, [other, kept], path),
        ]
        rows = [*answers]
        if other is broken:
            rows.append(
                answer_row(f"pipelines/late{word}@1#1", "", f"connection refused{word}", "unanswered")
            )
        place = folder / f"run{number}"
        about = write_run(place, rows, grades, word)
        made.append(
            entry(
                f"model-{number}{word}",
                place,
                about,
                rows,
                grades,
                rank=(1 + (number > 0), max(1, 3 * (number > 0))),
            )
        )
    names = [each.name for each in made]
    return Comparison(
        entries=made,
        differences=[
            Difference(names[0], names[1], "score", 0.6, (0.4, 0.8), (0.5, 0.7), 0.001, 0.003, "score", 12),
            Difference(names[1], names[2], "score", -0.1, (-0.3, 0.1), None, 0.4, 0.8, "score", 12),
            Difference(
                names[0], names[1], f"constraint intent{word}", 0.1, (-0.1, 0.3), None, 0.3, 0.3, "c", 12
            ),
        ],
        stability=[Stability(f"all rules equal{word}", dict.fromkeys(names, 0.5), names, 1.0)],
        detectable=0.083,
        notes=[f"Joined on the two samples that all share.{word}"],
        verdict=[
            f"model-0 is ahead of model-1 by 60 ± 20 points.{word}",
            "model-1 and model-2 can’t be told apart.",
        ],
    )
