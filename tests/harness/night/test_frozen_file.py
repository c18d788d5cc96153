"""The committed verdicts are of the corpus and the rules as they are; `make frozen` writes them again."""

from __future__ import annotations

from pathlib import Path

from harness.corpus import draw, load_corpus
from harness.night.panel import load_panel
from reports.regression.frozen import load_expectations

CASES = Path(__file__).parents[3] / "cases"


def test_the_frozen_verdicts_are_of_these_cases_and_rules() -> None:
    panel, corpus = load_panel(), load_corpus([CASES])
    expected = load_expectations()
    assert sorted(expected) == sorted(panel.recordings)
    for name, recording in expected.items():
        assert recording["cases"] == {case.id: case.hash for case in corpus.cases}, f"{name}: make frozen"
        for case in corpus.cases:
            variant = draw(case, panel.seed)
            entry = recording["samples"][f"{variant.id}#1"]
            judged = {
                rule for outcome, rules in entry.items() if outcome != "answer" for rule in rules.split()
            }
            assert judged == {rule.id for rule in variant.assignment.rules}, f"{name} {case.id}: make frozen"
