"""The corpus against its own graders: right answers pass everything, careless ones fail exactly what they declare."""

from __future__ import annotations

from functools import cache

import pytest

from graders.examine import examine
from graders.finding import Finding
from harness.cli.corpora import OWN
from harness.corpus import Case, Variant, draw, load_corpus
from harness.corpus.case import Recorded
from harness.grading import examination
from harness.persona import load_persona
from harness.plan import check_context
from harness.prompt import first_messages
from harness.scoring import score

SEEDS = (1, 2, 3)
CORPUS = load_corpus([OWN])
CASES = {case.id: case for case in CORPUS.cases}


@cache
def variant(case: str, seed: int) -> Variant:
    return draw(CASES[case], seed)


def findings(case: str, recorded: Recorded, seeds: tuple[int, ...] = SEEDS) -> dict[int, tuple[Finding, ...]]:
    """The findings of one recorded answer for each seed, graded in one batch."""
    batch = [examination(variant(case, s).text_of(recorded), variant(case, s).assignment) for s in seeds]
    return {s: examined.findings for s, examined in zip(seeds, examine(batch), strict=True)}


def words(finding: Finding) -> str:
    first = finding.violations[0] if finding.violations else None
    return f"{finding.rule} {finding.outcome}: {finding.error or (f'{first.file}:{first.line}: {first.message}' if first else '')}"


ACCEPTED = [(id, recorded) for id, case in CASES.items() for recorded in case.accepted]


def test_there_are_36_templates_in_four_areas() -> None:
    assert len(CASES) >= 36
    assert {case.area for case in CASES.values()} >= {"pipelines", "iac", "kubernetes", "observability"}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_case_has_two_accepted_answers_by_different_hands_and_a_careless_one(case: Case) -> None:
    assert len({recorded.by for recorded in case.accepted}) >= 2
    assert case.careless is not None


@pytest.mark.slow
@pytest.mark.parametrize(("case", "recorded"), ACCEPTED, ids=lambda value: getattr(value, "name", value))
def test_an_accepted_answer_passes_every_rule_for_every_seed(case: str, recorded: Recorded) -> None:
    wrong = {
        seed: [words(f) for f in found if f.outcome not in ("pass", "not_applicable")]
        for seed, found in findings(case, recorded).items()
    }
    assert wrong == {seed: [] for seed in SEEDS}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_a_careless_answer_fails_exactly_what_it_declares_for_every_seed(case: str) -> None:
    careless = CASES[case].careless
    assert careless is not None
    for seed, found in findings(case, careless).items():
        errors = [words(f) for f in found if f.outcome == "grader_error"]
        assert errors == []
        failed = {f.rule for f in found if f.outcome == "fail" and f.rule != "CTR-01"}
        assert failed == set(careless.fails), (seed, [words(f) for f in found if f.outcome == "fail"])


@pytest.mark.parametrize("case", CASES)
def test_an_empty_answer_an_echo_and_a_refusal_score_nothing(case: str) -> None:
    chosen = variant(case, 1)
    prompt = first_messages(chosen, load_persona(None))[-1]["content"]
    turns = 1 + len(chosen.turns)
    for text in ("", prompt, "I'm sorry, but I can't help with that."):
        found = examine([examination((text,) * turns, chosen.assignment)])[0].findings
        assert score(found, chosen.assignment.rules).score == 0.0, text[:40]


def test_every_prompt_fits_the_cards_context_limit() -> None:
    for seed in SEEDS:
        check_context([variant(case, seed) for case in CASES], load_persona(None), "openai/some-model", 4096)


@pytest.mark.parametrize("case", CASES)
def test_no_placeholder_is_left_and_no_answer_is_given_away(case: str) -> None:
    chosen = variant(case, 1)
    prompt = first_messages(chosen, load_persona(None))[-1]["content"]
    assert "⟦" not in prompt
    for recorded in chosen.case.accepted:
        assert "⟦" not in "".join(chosen.text_of(recorded))
