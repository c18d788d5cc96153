"""Properties of the graders over the whole corpus: delivering less never helps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graders.examine import Examination, examine
from graders.facts import Assignment
from graders.kinds import RULES
from harness.cli.corpora import OWN
from harness.corpus import Variant, draw, load_corpus
from harness.grading import examination

CORPUS = load_corpus([OWN])

# Slow tools say nothing that these properties are about; their rules are asked without them elsewhere.
SLOW_TOOLS = {"terraform", "checkov"}


def quick(assignment: Assignment) -> Assignment:
    return replace(
        assignment,
        rules=tuple(rule for rule in assignment.rules if not SLOW_TOOLS.intersection(RULES[rule.id].tools)),
    )


def outcomes(taken: Examination) -> dict[str, str]:
    return {finding.rule: finding.outcome for finding in examine([taken])[0].findings}


def without(taken: Examination, paths: set[str]) -> Examination:
    return replace(taken, blocks=tuple(block for block in taken.blocks if block.path not in paths))


def answers(variant: Variant) -> list[tuple[str, ...]]:
    recorded = [*variant.case.accepted, *([variant.case.careless] if variant.case.careless else [])]
    return [variant.text_of(one) for one in recorded]


@pytest.mark.slow
@given(data=st.data())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_taking_a_deliverable_out_never_makes_a_rule_pass_that_judges_it(data: st.DataObject) -> None:
    variant = draw(data.draw(st.sampled_from(CORPUS.cases)), data.draw(st.integers(1, 5)))
    assignment = quick(variant.assignment)
    whole = examination(data.draw(st.sampled_from(answers(variant))), assignment)
    deliverable = data.draw(st.sampled_from(assignment.deliverables))
    examined = examine([whole])[0]
    paths = set(examined.deliverables[deliverable.id])
    less = outcomes(without(whole, paths))
    for applied in assignment.rules:
        if deliverable.id in applied.on and applied.applies:
            assert less[applied.id] == "fail", (variant.id, deliverable.id, applied.id)


@pytest.mark.slow
@given(data=st.data())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_an_answer_without_deliverables_passes_nothing(data: st.DataObject) -> None:
    variant = draw(data.draw(st.sampled_from(CORPUS.cases)), data.draw(st.integers(1, 5)))
    whole = examination(data.draw(st.sampled_from(answers(variant))), variant.assignment)
    nothing = replace(whole, blocks=())
    for rule, outcome in outcomes(nothing).items():
        assert outcome in ("fail", "not_applicable") or rule == "CTR-01", (variant.id, rule)


@pytest.mark.slow
@given(data=st.data())
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_the_order_of_files_changes_no_verdict(data: st.DataObject) -> None:
    variant = draw(data.draw(st.sampled_from(CORPUS.cases)), data.draw(st.integers(1, 5)))
    whole = examination(data.draw(st.sampled_from(answers(variant))), quick(variant.assignment))
    shuffled = replace(whole, blocks=tuple(data.draw(st.permutations(whole.blocks))))
    assert outcomes(shuffled) == outcomes(whole)
