"""Grader drift apart from model drift: the frozen recordings, and a baseline that another grader judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.runs import RunError
from reports.regression.drift import moves
from reports.regression.frozen import expectations, frozen_nights, hold, load_expectations
from reports.regression.nights import Night, read_night
from reports.regression.threshold import load_threshold
from reports.regression.verdict import GraderDrift, judge
from tests.reports.trend.nights import CASES, about, write_night

SCORES = (1.0, 0.8, 1.0, 0.9)


def recording(folder: Path, scores: tuple[float | None, ...] = SCORES, **changed: Any) -> Night:
    write_night(folder / "run", about("2026-11-20T02:00:00Z", "replay/reference", **changed), scores)
    return frozen_nights(folder)[0]


@pytest.fixture
def expected(tmp_path: Path) -> dict[str, Any]:
    file = tmp_path / "frozen.json"
    file.write_text(json.dumps(expectations([recording(tmp_path / "first")])))
    return load_expectations(file)


def test_the_same_verdicts_are_no_move(tmp_path: Path, expected: dict[str, Any]) -> None:
    held = hold([recording(tmp_path / "now")], expected)
    assert (held.verdicts, held.moved, held.gaps) == (4, [], [])
    assert GraderDrift(frozen=held).verdict == "still"


def test_another_verdict_on_the_same_answer_is_the_grader(tmp_path: Path, expected: dict[str, Any]) -> None:
    held = hold([recording(tmp_path / "now", (0.9, 0.8, 1.0, 0.9))], expected)
    (move,) = held.moved
    assert (move.sample, move.rule, move.old, move.new) == (f"{CASES[0]}@1#1", "IAC-03", "pass", "fail")
    assert move.why == "main.tf:1: the state has no lock"
    assert GraderDrift(frozen=held).verdict == "moved"


def test_another_answer_or_case_says_nothing_of_the_grader(tmp_path: Path, expected: dict[str, Any]) -> None:
    night = recording(tmp_path / "now", (0.9, 0.8, 1.0, 0.9))
    night.summary.answers[0]["turns"][0]["text"] += "changed"
    held = hold([night], expected)
    assert held.moved == []
    assert "is not the frozen one" in held.gaps[0]
    corpus = {
        "hash": "2" * 64,
        "cases": list(CASES),
        "case_hashes": {**dict.fromkeys(CASES, "h"), CASES[0]: "new"},
    }
    held = hold([recording(tmp_path / "case", (0.9, 0.8, 1.0, 0.9), corpus=corpus)], expected)
    assert held.moved == []
    assert f"({CASES[0]})" in held.gaps[0]
    assert GraderDrift(frozen=held).verdict == "undecidable"


def test_what_was_not_graded_is_a_gap(tmp_path: Path, expected: dict[str, Any]) -> None:
    assert hold([], expected).gaps == ["replay/reference was not graded tonight"]
    held = hold([recording(tmp_path / "now", (None, 0.8, 1.0, 0.9))], expected)
    assert held.gaps == [f"replay/reference: {CASES[0]}@1#1 was not graded"]
    with pytest.raises(RunError, match="not every sample"):
        expectations([recording(tmp_path / "void", (None, 0.8, 1.0, 0.9))])


@pytest.mark.parametrize("text", ["", "[]", '{"recordings": {"x": {}}}', '{"recordings": 3}'])
def test_a_broken_file_says_what_writes_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "frozen.json").write_text(text)
    with pytest.raises(RunError, match="make frozen"):
        load_expectations(tmp_path / "frozen.json")


def test_a_rule_that_came_or_went_is_a_move() -> None:
    row: dict[str, Any] = {
        "sample": "a/b@1#1",
        "findings": [{"rule": "IAC-08", "outcome": "pass", "error": None, "violations": []}],
    }
    found = moves("x", {"a/b@1#1": {"IAC-03": "pass"}}, [row])
    assert [(move.rule, move.old, move.new) for move in found] == [
        ("IAC-03", "pass", "not asked"),
        ("IAC-08", "not asked", "pass"),
    ]


def test_the_report_tells_who_moved(tmp_path: Path, expected: dict[str, Any]) -> None:
    good = [
        read_night(write_night(tmp_path / f"{day}", about(f"2026-11-0{day}T02:00:00Z"), SCORES))
        for day in range(1, 8)
    ]
    bad = read_night(write_night(tmp_path / "bad", about("2026-11-20T02:00:00Z"), (0.1, 0.1, 0.1, 0.1)))
    still = GraderDrift(frozen=hold([recording(tmp_path / "now")], expected))
    moved = GraderDrift(frozen=hold([recording(tmp_path / "other", (0.9, 0.8, 1.0, 0.9))], expected))
    threshold = load_threshold()
    told = {
        (model, grader): judge(night, good, threshold, drift)
        for model, night in (("same", good[0]), ("worse", bad))
        for grader, drift in (("still", still), ("moved", moved))
    }
    assert {key: (result.headline, result.exit_code) for key, result in told.items()} == {
        ("same", "still"): ("No regression: neither model nor grader moved", 0),
        ("same", "moved"): ("The grader moved, the model did not", 6),
        ("worse", "still"): ("The model moved, the grader did not", 6),
        ("worse", "moved"): ("The model moved, and so did the grader", 6),
    }
