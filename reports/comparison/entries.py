"""One run's figures over the variants that all runs of a comparison share."""

from __future__ import annotations

from collections.abc import Sequence

from harness.runs import Row
from reports.comparison.comparison import Entry
from reports.comparison.measures import (
    CONSTRAINT,
    SCORE,
    case_means,
    clusters_of,
    constraints_of,
    interval,
    values,
)
from reports.comparison.stored import StoredRun, variant_of
from reports.statistics.intervals import Interval
from reports.statistics.pass_at_k import over_cases
from reports.summary import summary_of


def entry_of(run: StoredRun, variants: Sequence[str]) -> Entry:
    """The entry without what only the others decide: it is alone on the front and first in rank."""
    wanted = set(variants)
    samples = [sample for sample in run.about["samples"] if variant_of(sample) in wanted]
    grades = [run.grades[sample] for sample in samples if sample in run.grades]
    answers = [run.answers[sample] for sample in samples if sample in run.answers]
    answered = {row["sample"]: row for row in answers if row["status"] != "unanswered"}
    summary = summary_of(run.about, run.folder, samples, answered, run.grades)
    clusters = clusters_of(grades)
    ships = values(grades, "ships")
    pass_at, pass_all = over_cases([(case, [bool(v) for v in epochs]) for case, epochs in ships.items()])
    return Entry(
        name=run.name,
        folder=run.folder,
        about=run.about,
        grades=grades,
        answers=answers,
        score=interval(values(grades, SCORE), clusters),
        ship_rate=interval(ships, clusters),
        constraints=_constraints(grades),
        areas=_areas(grades),
        rules=_rules(grades),
        cases=case_means(values(grades, SCORE)),
        pass_at=dict(pass_at),
        pass_all=dict(pass_all),
        cost_per_1000=_per_answer(summary.cost, len(answered), 1000),
        tokens=_per_answer(summary.completion_tokens, len(answered)),
        latency=summary.latency,
        on_front=True,
        rank=(1, 1),
    )


def _constraints(grades: Sequence[Row]) -> dict[str, Interval]:
    clusters = clusters_of(grades)
    found = {name: interval(values(grades, CONSTRAINT + name), clusters) for name in constraints_of(grades)}
    return {name: value for name, value in found.items() if value is not None}


def _areas(grades: Sequence[Row]) -> dict[str, Interval]:
    clusters = clusters_of(grades)
    areas = sorted({row["area"] for row in grades})
    found = {
        area: interval(values([row for row in grades if row["area"] == area], SCORE), clusters)
        for area in areas
    }
    return {area: value for area, value in found.items() if value is not None}


def _rules(grades: Sequence[Row]) -> dict[str, tuple[int, int]]:
    """Rule -> (answers that pass it, answers that it judged)."""
    found: dict[str, tuple[int, int]] = {}
    for row in grades:
        for finding in row["findings"]:
            if finding["outcome"] in ("pass", "fail"):
                passed, judged = found.get(finding["rule"], (0, 0))
                found[finding["rule"]] = (passed + (finding["outcome"] == "pass"), judged + 1)
    return dict(sorted(found.items()))


def _per_answer(total: float | None, answers: int, times: int = 1) -> float | None:
    return None if total is None or not answers else total * times / answers
