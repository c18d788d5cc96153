"""Every figure of a run, computed from its stored rows and from nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.runs import Row, Run
from reports.statistics.intervals import Interval, clustered_mean

# Above this share of ungraded or unanswered samples a run is invalid (DESIGN: scores).
TOLERATED = 0.01


@dataclass(frozen=True, slots=True)
class Summary:
    """A run in figures. `grades` are the rows of graded samples; `missing` samples were never asked (stopped early).

    `score` is over graded samples; `worst` and `best` count ungraded and unanswered samples at 0 and at 1. `cost` is None
    when the price of any answer is unknown.
    """

    about: Row
    folder: str
    expected: int
    answers: list[Row]
    grades: list[Row]
    statuses: dict[str, int]
    ungraded: int
    missing: int
    score: Interval | None
    ungated: float | None
    worst: float
    best: float
    ship_rate: Interval | None
    contract_rate: float | None
    constraints: dict[str, Interval]
    areas: dict[str, Interval]
    cases: dict[str, float | None]
    grader_errors: list[tuple[str, str, str]]
    cost: float | None
    prompt_tokens: int | None
    completion_tokens: int | None
    latency: tuple[float, float] | None
    files: float | None
    lines: float | None

    @property
    def unanswered(self) -> int:
        return self.statuses.get("unanswered", 0)

    @property
    def reasons(self) -> dict[str, int]:
        """Why samples stayed unanswered, with how many each."""
        errors = [
            turn["error"] for row in self.answers if row["status"] == "unanswered" for turn in row["turns"]
        ]
        return dict(Counter(error for error in errors if error))

    @property
    def invalid(self) -> bool:
        """More than 1 % of the samples ungraded or unanswered."""
        return (
            self.expected > 0 and (self.ungraded + self.unanswered + self.missing) / self.expected > TOLERATED
        )


def summarise(run: Run) -> Summary:
    """Read a run and compute its figures. Raises `RunError` when it cannot be read."""
    about = run.about
    return summary_of(about, run.folder, about["samples"], run.answers(), run.grades())


def summary_of(
    about: Row,
    folder: Path,
    expected: Sequence[str],
    all_answers: Mapping[str, Row],
    by_sample: Mapping[str, Row],
) -> Summary:
    """The figures of these expected samples of a run, out of its answers and grades by sample."""
    wanted = set(expected)
    answers = [row for id, row in all_answers.items() if id in wanted]
    answered = {row["sample"] for row in answers if row["status"] != "unanswered"}
    current = [
        by_sample[id]
        for id in expected
        if id in answered and id in by_sample and by_sample[id]["grader"] == about["grader"]
    ]
    graded = [row for row in current if row["graded"]]
    turns = [turn for row in answers for turn in row["turns"]]
    total = len(expected)
    void = total - len(graded)
    points = sum(row["score"] for row in graded)
    return Summary(
        about=about,
        folder=str(folder),
        expected=total,
        answers=answers,
        grades=current,
        statuses=dict(Counter(row["status"] for row in answers)),
        ungraded=len(answered) - len(graded),
        missing=total - len(answers),
        score=_mean(graded, "score"),
        ungated=_plain_mean([row["ungated"] for row in graded]),
        worst=points / total if total else 0.0,
        best=(points + void) / total if total else 0.0,
        ship_rate=_mean(graded, "ships"),
        contract_rate=_plain_mean([float(row["contract_kept"]) for row in graded]),
        constraints=dict(_constraints(graded)),
        areas=dict(_groups(graded, "area")),
        cases=_cases(expected, graded),
        grader_errors=[
            (row["sample"], finding["rule"], str(finding["error"]))
            for row in current
            for finding in row["findings"]
            if finding["outcome"] == "grader_error"
        ],
        cost=_total([turn["cost"] for turn in turns]),
        prompt_tokens=_count([turn["prompt_tokens"] for turn in turns]),
        completion_tokens=_count([turn["completion_tokens"] for turn in turns]),
        latency=_latency([float(turn["seconds"]) for turn in turns if turn["status"] != "unanswered"]),
        files=_plain_mean([float(len(row["artifacts"])) for row in graded]),
        lines=_plain_mean([float(sum(a["lines"] for a in row["artifacts"])) for row in graded]),
    )


def findings(summary: Summary, outcome: str) -> Iterable[tuple[Row, dict[str, Any]]]:
    """Each (grade, finding) with this outcome, in the order of the run."""
    for row in summary.grades:
        for finding in row["findings"]:
            if finding["outcome"] == outcome:
                yield row, finding


def _mean(rows: Sequence[Row], key: str) -> Interval | None:
    return clustered_mean([float(row[key]) for row in rows], [row["cluster"] for row in rows])


def _constraints(rows: Sequence[Row]) -> Iterable[tuple[str, Interval]]:
    for name in sorted({name for row in rows for name in row["constraints"]}):
        having = [row for row in rows if name in row["constraints"]]
        interval = clustered_mean(
            [float(row["constraints"][name]) for row in having], [row["cluster"] for row in having]
        )
        if interval is not None:
            yield name, interval


def _groups(rows: Sequence[Row], key: str) -> Iterable[tuple[str, Interval]]:
    for group in sorted({row[key] for row in rows}):
        interval = _mean([row for row in rows if row[key] == group], "score")
        if interval is not None:
            yield group, interval


def _cases(expected: Sequence[str], graded: Sequence[Row]) -> dict[str, float | None]:
    names = dict.fromkeys(sample.split("@")[0] for sample in expected)
    return {name: _plain_mean([row["score"] for row in graded if row["case"] == name]) for name in names}


def _plain_mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _total(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _count(values: Sequence[int | None]) -> int | None:
    total = _total([None if value is None else float(value) for value in values])
    return None if total is None else int(total)


def _latency(seconds: Sequence[float]) -> tuple[float, float] | None:
    """Median and 95th percentile (nearest rank)."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    return ordered[(len(ordered) - 1) // 2], ordered[min(len(ordered) - 1, -(-len(ordered) * 95 // 100) - 1)]
