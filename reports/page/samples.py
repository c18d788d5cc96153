"""Every sample that the page can show: those that the comparison counts, and those that count for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harness.runs import Row, Run
from reports.comparison.comparison import Comparison, Entry


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample of one entry. `entry` counts from 1 in the comparison's order; `void` says why the sample counts for
    nothing ("" when it counts); then answer or grade may be missing."""

    entry: int
    id: str
    answer: Row | None
    grade: Row | None
    void: str = ""

    @property
    def case(self) -> str:
        return self.id.rpartition("@")[0]

    @property
    def area(self) -> str:
        return self.grade["area"] if self.grade else self.case.split("/")[0]

    @property
    def failures(self) -> list[dict[str, Any]]:
        """The failed findings, as the grade has them."""
        found: list[dict[str, Any]] = self.grade["findings"] if self.grade else []
        return [finding for finding in found if finding["outcome"] == "fail"]


def all_samples(comparison: Comparison) -> list[Sample]:
    """The counted samples of each entry, then its void ones. Raises `RunError` where a run can't be read."""
    return [
        sample
        for number, entry in enumerate(comparison.entries, start=1)
        for sample in (*_counted(number, entry), *_void(number, entry))
    ]


def _counted(number: int, entry: Entry) -> Iterator[Sample]:
    answers = {row["sample"]: row for row in entry.answers}
    for grade in entry.grades:
        yield Sample(number, grade["sample"], answers.get(grade["sample"]), grade)


def _void(number: int, entry: Entry) -> Iterator[Sample]:
    """Samples of the entry's run that were never asked, never answered or could not be graded."""
    run = Run(entry.folder)
    answers, grades = run.answers(), run.grades()
    counted = {grade["sample"] for grade in entry.grades}
    for id in entry.about["samples"]:
        if id not in counted:
            answer, grade = answers.get(id), grades.get(id)
            reason = _reason(answer, grade, entry.about["grader"])
            if reason:
                yield Sample(number, id, answer, grade, reason)


def _reason(answer: Row | None, grade: Row | None, grader: str) -> str:
    if answer is None:
        return "not asked: the run was stopped early"
    if answer["status"] == "unanswered":
        return "unanswered: " + _joined([turn["error"] for turn in answer["turns"]])
    if grade is None or grade["grader"] != grader:
        return "not graded: the run was stopped early"
    if not grade["graded"]:
        errors = [f for f in grade["findings"] if f["outcome"] == "grader_error" and not f["advisory"]]
        return "grader error: " + _joined([f"{f['rule']}: {f['error']}" for f in errors])
    return ""


def _joined(reasons: Sequence[str | None]) -> str:
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason)) or "no reason was recorded"
