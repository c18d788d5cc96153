"""The verdict of a night: did the model get worse, did the grader move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from harness.runs import Row
from reports.regression.cells import Cell, cells
from reports.regression.drift import Move
from reports.regression.frozen import Frozen
from reports.regression.nights import Night
from reports.regression.permutation import Permutation, permutation_test
from reports.regression.spread import nights_differ
from reports.regression.strata import Measure, strata
from reports.regression.threshold import Threshold
from reports.statistics.families import holm
from reports.summary import Summary

Verdict = Literal["no regression", "regression", "undecidable", "invalid run"]
GraderVerdict = Literal["moved", "still", "undecidable", "not looked at"]

DONE, INVALID, REGRESSION = 0, 4, 6


@dataclass(frozen=True, slots=True)
class Drop:
    """What one measure lost since the baseline, with its Holm-corrected p-value (the plain one for the score)."""

    measure: str
    test: Permutation
    p: float


@dataclass(frozen=True, slots=True)
class GraderDrift:
    """What moved on the same answers: in the baseline graded again (`regraded`: how many runs), in the frozen recordings
    (None: not graded tonight)."""

    regraded: int = 0
    moved: list[Move] = field(default_factory=list[Move])
    frozen: Frozen | None = None

    @property
    def moves(self) -> list[Move]:
        return [*self.moved, *(self.frozen.moved if self.frozen else [])]

    @property
    def verdict(self) -> GraderVerdict:
        if self.moves:
            return "moved"
        if self.frozen is None:
            return "not looked at"
        return "undecidable" if self.frozen.gaps else "still"


@dataclass(frozen=True, slots=True)
class Regression:
    """A night held against its baseline. `reason` says in one sentence why the verdict is what it is; `score` is None
    where no variant was graded on both sides."""

    tonight: Night
    baseline: list[Night]
    threshold: Threshold
    verdict: Verdict
    reason: str
    score: Drop | None
    constraints: list[Drop]
    areas: list[Drop]
    cells: list[Cell]
    grader: GraderDrift
    rotating: Summary | None
    notes: list[str]

    @property
    def exit_code(self) -> int:
        """6 when the model got worse or the grader moved, 4 when either cannot be told, else 0."""
        if self.verdict == "regression" or self.grader.verdict == "moved":
            return REGRESSION
        if self.verdict in ("undecidable", "invalid run") or self.grader.verdict == "undecidable":
            return INVALID
        return DONE

    @property
    def headline(self) -> str:
        """Who moved, in one line."""
        model, grader = self.verdict == "regression", self.grader.verdict == "moved"
        if model and grader:
            return "The model moved, and so did the grader"
        if grader:
            return "The grader moved" + (
                ", the model did not" if self.verdict == "no regression" else f"; model: {self.verdict}"
            )
        if model:
            seen = {"still": ", the grader did not", "undecidable": "; the grader: undecidable"}
            return "The model moved" + seen.get(self.grader.verdict, "")
        if self.verdict != "no regression":
            return self.verdict.capitalize()
        if self.grader.verdict == "undecidable":
            return "No regression, but whether the grader moved is undecidable"
        return "No regression" + (
            ": neither model nor grader moved" if self.grader.verdict == "still" else ""
        )


def judge(
    tonight: Night,
    baseline: Sequence[Night],
    threshold: Threshold,
    grader: GraderDrift,
    rotating: Summary | None = None,
    notes: Sequence[str] = (),
) -> Regression:
    """Hold tonight against the baseline. Both must have been graded by the same grader (the caller sees to that)."""
    now, before = tonight.grades, [night.grades for night in baseline]

    def drop(measure: Measure) -> Permutation | None:
        return permutation_test(
            strata(now, before, measure), threshold.alpha, threshold.relabellings, threshold.seed
        )

    overall = drop(lambda row: row["score"])
    score = Drop("score", overall, overall.p) if overall else None
    constraints = _family("constraint", _names(now, lambda row: row["constraints"]), _of_constraint, drop)
    areas = _family("area", _names(now, lambda row: [row["area"]]), _of_area, drop)
    gating = [
        *([score] if score else []),
        *(constraints if threshold.constraints_gate else []),
        *(areas if threshold.areas_gate else []),
    ]
    verdict, reason = _verdict(tonight, gating, threshold)
    return Regression(
        tonight=tonight,
        baseline=list(baseline),
        threshold=threshold,
        verdict=verdict,
        reason=reason,
        score=score,
        constraints=constraints,
        areas=areas,
        cells=cells(now, before),
        grader=grader,
        rotating=rotating,
        notes=[*notes, *_coverage(tonight, before), *_moody_nights(before, threshold)],
    )


def alarms(drop: Drop, threshold: Threshold) -> bool:
    """Both conditions that the threshold file fixes: sure, and large enough to matter."""
    return drop.p <= threshold.alpha and drop.test.drop >= threshold.smallest_drop


def _verdict(tonight: Night, gating: Sequence[Drop], threshold: Threshold) -> tuple[Verdict, str]:
    if tonight.summary.invalid:
        return "invalid run", (
            f"{tonight.summary.ungraded} ungraded, {tonight.summary.unanswered} unanswered and "
            f"{tonight.summary.missing} not asked of {tonight.summary.expected} samples (tolerated: 1 %)"
        )
    if not gating:
        return "undecidable", "no variant was graded both tonight and in the baseline"
    worst = [drop for drop in gating if alarms(drop, threshold)]
    if worst:
        return "regression", "; ".join(_words(drop, threshold) for drop in worst)
    for drop in gating:
        if drop.test.drop >= threshold.smallest_drop and drop.test.smallest_p > threshold.alpha:
            return "undecidable", (
                f"{drop.measure} fell by {100 * drop.test.drop:.1f} points, but so few samples differ that no outcome "
                f"could have brought p below {drop.test.smallest_p:.2g} (alpha {threshold.alpha:g}); ask for more epochs"
            )
    return "no regression", _words(gating[0], threshold)


def _words(drop: Drop, threshold: Threshold) -> str:
    return (
        f"{drop.measure} {moved(drop.test.drop)} (p = {drop.p:.2g}); an alarm needs {threshold.smallest_drop_points:g} "
        f"points and p ≤ {threshold.alpha:g}, which chance reaches at {max(0.0, 100 * drop.test.by_chance):.1f} points"
    )


def moved(drop: float) -> str:
    """A drop in words: `fell by 5.2 points`."""
    points = 100 * drop
    if abs(points) < 0.05:
        return "stayed where it was"
    return f"fell by {points:.1f} points" if points > 0 else f"rose by {-points:.1f} points"


def _family(
    what: str,
    names: Sequence[str],
    measure_of: Callable[[str], Measure],
    drop: Callable[[Measure], Permutation | None],
) -> list[Drop]:
    tested = [(name, test) for name in names if (test := drop(measure_of(name))) is not None]
    corrected = holm([test.p for _, test in tested])
    return [Drop(f"{what} {name}", test, p) for (name, test), p in zip(tested, corrected, strict=True)]


def _names(rows: Sequence[Row], names: Callable[[Row], Sequence[str]]) -> list[str]:
    return sorted({name for row in rows for name in names(row)})


def _of_constraint(name: str) -> Measure:
    return lambda row: row["constraints"].get(name)


def _of_area(name: str) -> Measure:
    return lambda row: row["score"] if row["area"] == name else None


def _moody_nights(before: Sequence[Sequence[Row]], threshold: Threshold) -> list[str]:
    p = nights_differ(before, lambda row: row["score"], threshold.seed)
    if p is None or p > threshold.alpha:
        return []
    return [
        f"The nights of the baseline differ from each other by more than their samples do (p = {p:.2g}): the provider "
        "changes between nights, so tonight's p is smaller than it should be"
    ]


def _coverage(tonight: Night, before: Sequence[Sequence[Row]]) -> list[str]:
    """What of tonight's panel was compared with nothing, and how many samples stood on each side."""
    asked = {str(sample).rpartition("#")[0] for sample in tonight.about["samples"]}
    compared = {stratum.variant for stratum in strata(tonight.grades, before, lambda row: row["score"])}
    missing = sorted(asked - compared)
    if not missing:
        return []
    return [f"Not compared, for want of a graded sample on both sides: {', '.join(missing)}"]
