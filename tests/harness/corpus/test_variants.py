"""What a seed makes of a case."""

import pickle
from pathlib import Path

import pytest

from harness.corpus import draw, load_corpus
from harness.corpus.templates import TemplateError, evaluate, fill
from harness.persona import load_persona
from harness.prompt import first_messages
from tests.harness.corpus_folder import write_corpus


def test_the_same_seed_gives_the_same_variant_and_another_seed_another(tmp_path: Path) -> None:
    case = load_corpus([write_corpus(tmp_path)]).cases[0]
    assert draw(case, 3).values == draw(case, 3).values
    assert len({str(draw(case, seed).values["service"]) for seed in range(20)}) == 3


def test_texts_rules_and_answers_are_filled_with_the_same_values(tmp_path: Path) -> None:
    case = load_corpus([write_corpus(tmp_path)]).cases[0]
    variant = draw(case, 5)
    cap = variant.values["cap"]
    assert f"within {cap} minutes" in variant.description
    assert next(rule for rule in variant.assignment.rules if rule.id == "GHA-14").params == {
        "cap_minutes": cap
    }
    assert f"timeout-minutes: {cap}\n" in variant.text_of(case.accepted[0])[0]


def test_expressions_of_other_languages_pass_through_byte_for_byte(tmp_path: Path) -> None:
    variant = draw(load_corpus([write_corpus(tmp_path)]).cases[0], 1)
    assert "${{ github.sha }}" in variant.description
    assert "{{ .Values.x }}" in variant.description


def test_honeytokens_reach_the_prompt_and_the_graders_and_differ_by_seed(tmp_path: Path) -> None:
    case = load_corpus([write_corpus(tmp_path)]).cases[0]
    one, other = draw(case, 1), draw(case, 2)
    token = one.assignment.honeytokens["deploy_key"]
    assert token.startswith("ghp_")
    assert token in one.description
    assert token != other.assignment.honeytokens["deploy_key"]


def test_an_assignment_is_pickled_to_workers(tmp_path: Path) -> None:
    assignment = draw(load_corpus([write_corpus(tmp_path)]).cases[0], 1).assignment
    assert pickle.loads(pickle.dumps(assignment)) == assignment


def test_the_prompt_names_every_deliverable_and_keeps_the_card_unchanged(tmp_path: Path) -> None:
    variant = draw(load_corpus([write_corpus(tmp_path)]).cases[0], 1)
    persona = load_persona(None)
    assert persona is not None
    system, user = first_messages(variant, persona)
    assert system == {"role": "system", "content": persona.text}
    assert "- `.github/workflows/test.yml`: the pipeline" in user["content"]
    assert "⟦" not in user["content"]
    assert [message["role"] for message in first_messages(variant, None)] == ["user"]


def test_one_placeholder_alone_keeps_its_type() -> None:
    values = {"n": 3, "list": [1, 2], "slo": {"target": 99.9}}
    assert fill("⟦n⟧", values) == 3
    assert fill(["⟦list⟧", "n is ⟦n⟧", "⟦slo.target⟧", "⟦n⟧⟦n⟧"], values) == [[1, 2], "n is 3", 99.9, "33"]
    assert fill("⟦% if n > 2 %⟧many⟦% endif %⟧", values) == "many"


@pytest.mark.parametrize(
    "text", ["⟦nothing⟧", "a ⟦nothing⟧", "⟦ ⟧", "⟦n.__class__.__mro__⟧ x", "⟦ 1 / 0 ⟧", "⟦% if %⟧"]
)
def test_a_placeholder_that_cannot_be_filled_is_an_error(text: str) -> None:
    with pytest.raises(TemplateError):
        fill(text, {"n": 1})


def test_conditions_are_evaluated_over_the_values() -> None:
    assert evaluate("slo > 99.9 and multi", {"slo": 99.95, "multi": True}) is True
