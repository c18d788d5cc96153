from __future__ import annotations

import os
import subprocess

from setup.places import ROOT


def recipe(*arguments: str) -> str:
    """What make would run, in one line; a make that runs these tests hands nothing of its own down."""
    command = ["make", "--dry-run", "--no-print-directory", *arguments]
    environment = {"PATH": os.environ["PATH"]}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return " ".join(ran.stdout.replace("\\\n", " ").split())


def test_eval_without_a_model_names_none() -> None:
    assert recipe("eval").endswith("-m setup || test $? -eq 5 .venv/bin/drydock eval")


def test_eval_passes_its_variables_on() -> None:
    line = recipe(
        "eval",
        "MODEL=openai/a b",
        "API_BASE=http://127.0.0.1:1/v1",
        "PERSONA=none",
        "SEED=7",
        "EPOCHS=2",
        "ARGS=--json",
    )
    assert line.endswith(
        "drydock eval --model 'openai/a b' --api-base 'http://127.0.0.1:1/v1' --persona 'none' --seed '7' "
        "--epochs '2' --json"
    )


def test_tests_and_checks_set_up_first() -> None:
    for target in ("test", "lint", "doctor"):
        assert "-m setup" in recipe(target)


def test_compare_evaluates_each_model_and_passes_options_on() -> None:
    line = recipe("compare", "MODELS=openai/a openai/b", "EPOCHS=3", "ARGS=--max-cost 5")
    assert line.endswith(
        "-m harness.cli.evaluated --model 'openai/a' --model 'openai/b' -- --epochs '3' --max-cost 5"
    )


def test_a_persona_ab_needs_both_cards() -> None:
    line = recipe("persona-ab", "PERSONA_A=none", "PERSONA_B=card.md", "MODEL=openai/a")
    assert "--model 'openai/a' --persona 'none' --persona 'card.md' --" in line
