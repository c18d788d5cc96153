"""A baseline that another grader judged is graded again, in a copy, and what moved is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.corpus import load_corpus
from harness.models import Settings
from harness.night.regrading import grade_again
from harness.plan import PlanError
from harness.start import Order, evaluate_order
from reports.regression.nights import Night, read_night
from tests.harness.corpus_folder import CASE, write_corpus


def by_another_grader(folder: Path) -> None:
    """The run as an older grader would have left it: another version, and one verdict that today's does not share."""
    about = json.loads((folder / "run.json").read_text())
    rows = [json.loads(line) for line in (folder / "grades.jsonl").read_text().splitlines()]
    for row in (about, *rows):
        row["grader"] = "01234567"
    finding = next(finding for finding in rows[0]["findings"] if finding["rule"] == "GHA-14")
    assert finding["outcome"] == "pass"
    finding["outcome"] = "fail"
    (folder / "run.json").write_text(json.dumps(about))
    (folder / "grades.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
def two_nights(tmp_path: Path) -> tuple[Night, Night]:
    corpus = load_corpus([write_corpus(tmp_path / "cases")])
    for name in ("before", "tonight"):
        order = Order(Settings("replay/reference"), None, corpus, epochs=2, workers=1, runs=tmp_path / name)
        evaluate_order(order)
    before, tonight = (next((tmp_path / name).iterdir()) for name in ("before", "tonight"))
    by_another_grader(before)
    return read_night(before), read_night(tonight)


@pytest.mark.slow
def test_the_baseline_itself_is_left_as_it_is(tmp_path: Path, two_nights: tuple[Night, Night]) -> None:
    before, tonight = two_nights
    stored = {file.name: file.read_bytes() for file in before.folder.iterdir()}
    nights, count, moved = grade_again(
        [before], tonight, lambda: load_corpus([tmp_path / "cases"]), tmp_path / "scratch"
    )
    assert count == 1
    assert [(move.rule, move.old, move.new) for move in moved] == [("GHA-14", "fail", "pass")]
    assert nights[0].about["grader"] == tonight.about["grader"]
    assert nights[0].folder == before.folder
    assert {file.name: file.read_bytes() for file in before.folder.iterdir()} == stored
    assert grade_again([tonight], tonight, lambda: load_corpus([]), tmp_path / "none")[1:] == (0, [])


@pytest.mark.slow
def test_answers_to_cases_that_changed_are_not_graded(
    tmp_path: Path, two_nights: tuple[Night, Night]
) -> None:
    before, tonight = two_nights
    write_corpus(tmp_path / "other", text=CASE.replace("99.9 %", "99.5 %"))
    with pytest.raises(PlanError, match="have changed"):
        grade_again([before], tonight, lambda: load_corpus([tmp_path / "other"]), tmp_path / "scratch")
