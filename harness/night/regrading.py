"""Bring the baseline under today's grader: tonight and the nights before must have been judged by the same one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from harness.corpus import Corpus
from harness.regrade import regrade
from harness.runs import ANSWERS, GRADES, RUN, RunError
from reports.regression.drift import Move, moves, outcomes_of
from reports.regression.nights import Night, read_night


def grade_again(
    baseline: Sequence[Night],
    tonight: Night,
    load: Callable[[], Corpus],
    scratch: Path,
    all_of_them: bool = False,
) -> tuple[list[Night], int, list[Move]]:
    """The baseline under tonight's grader, how many of its runs were graded again, and the verdicts that moved.

    Runs whose stored grades came from another grader are copied into `scratch` and graded there, so the committed ones
    stay as they are; with `all_of_them` every run is, for a grader that moved without a new version. Raises `PlanError`
    when the cases have changed, `RunError` when the grader that is installed is not tonight's.
    """
    current: list[Night] = []
    count, moved = 0, list[Move]()
    corpus: Corpus | None = None
    for number, night in enumerate(baseline):
        if night.about["grader"] == tonight.about["grader"] and not all_of_them:
            current.append(night)
            continue
        corpus = corpus or load()
        copy = scratch / str(number)
        copy.mkdir(parents=True)
        for name in (RUN, ANSWERS, GRADES):
            if (night.folder / name).is_file():
                shutil.copyfile(night.folder / name, copy / name)
        regrade(copy, corpus, frozenset(tonight.about["without"]))
        fresh = read_night(copy)
        if fresh.about["grader"] != tonight.about["grader"]:
            raise RunError(
                f"{tonight.folder}: was graded by {tonight.about['grader']}, but here stands grader "
                f"{fresh.about['grader']}; `drydock grade {tonight.folder}` grades it again"
            )
        stored = {row["sample"]: outcomes_of(row) for row in night.summary.grades}
        moved += moves(night.folder.name, stored, fresh.summary.grades)
        current.append(Night(night.folder, fresh.summary))
        count += 1
    return current, count, moved
