"""Grade a stored run again: from its answers alone, without a call of any model."""

from __future__ import annotations

from pathlib import Path

from graders.examine import Examination
from graders.facts import Assignment
from harness.batching import LARGEST_BATCH
from harness.corpus import Corpus, Variant, draw
from harness.corpus.case import case_hashes, hash_of
from harness.grading import examination_of, grade_row
from harness.plan import PlanError, find_tools, grader_version, without_tools
from harness.runs import Row, Run
from harness.workers import Graders, local_graders


def regrade(folder: Path, corpus: Corpus, without: frozenset[str]) -> Run:
    """Append a new grade for each answer of the run. Raises `PlanError` when its cases are not those of the corpus."""
    run = Run(folder)
    about = run.about
    missing = [id for id in about["corpus"]["cases"] if id not in corpus.ids]
    if missing:
        raise PlanError(
            f"{folder}: the corpus holds no case {', '.join(missing)}; add its folder with --corpus"
        )
    if hash_of(corpus.case(id) for id in about["corpus"]["cases"]) != about["corpus"]["hash"]:
        raise PlanError(
            f"{folder}: its cases have changed since it was answered, so its answers can't be graded by them; "
            f"check out revision {about['revision']} for that"
        )
    variants: dict[str, Variant] = {
        variant.id: variant
        for variant in (draw(corpus.case(id), about["seed"]) for id in about["corpus"]["cases"])
    }
    assignments = {id: without_tools(variant.assignment, without) for id, variant in variants.items()}
    tools = find_tools(list(assignments.values()))
    version = grader_version(list(assignments.values()), tools)
    rules = sorted({rule.id for assignment in assignments.values() for rule in assignment.rules})
    about = {
        **about,
        "corpus": {
            **about["corpus"],
            "case_hashes": case_hashes(corpus.case(id) for id in about["corpus"]["cases"]),
        },
        "grader": version,
        "tools": tools,
        "rules": rules,
        "without": sorted(without),
    }
    graders = local_graders(2)
    try:
        with run.writing(about):
            answers = [row for row in run.answers().values() if row["status"] != "unanswered"]
            for start in range(0, len(answers), LARGEST_BATCH):
                for row in _grade(
                    answers[start : start + LARGEST_BATCH], variants, assignments, graders, version
                ):
                    run.append_grade(row)
    finally:
        graders.close()
    return run


def _grade(
    answers: list[Row],
    variants: dict[str, Variant],
    assignments: dict[str, Assignment],
    graders: Graders,
    version: str,
) -> list[Row]:
    ids = [answer["sample"].rpartition("#")[0] for answer in answers]
    batch: list[Examination] = [
        examination_of(answer, assignments[id]) for answer, id in zip(answers, ids, strict=True)
    ]
    return [
        grade_row(answer, variants[id], assignments[id], examined, version)
        for answer, id, examined in zip(answers, ids, graders.grade(batch), strict=True)
    ]
