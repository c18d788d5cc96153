"""Expressions: spans, references and values."""

from __future__ import annotations

from typing import Any

import pytest

from graders.github_actions.evaluation import UNKNOWN, value_of
from graders.github_actions.expression import paths_in, secret_names, spans

_KNOWN: dict[tuple[str, ...], Any] = {
    ("inputs", "environment"): "production",
    ("inputs", "empty"): "",
    ("matrix", "on"): False,
}


def _value(text: str) -> Any:
    return value_of(text, lambda path: _KNOWN.get(path, UNKNOWN))


def test_closing_braces_inside_a_literal_do_not_end_it() -> None:
    assert [inside for _, _, inside in spans("a ${{ 'x}}y' }} b ${{ c }}")] == [" 'x}}y' ", " c "]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("${{ secrets.API_KEY }}", ["API_KEY"]),
        ("${{ secrets['api-key'] }}", ["API-KEY"]),
        ("${{ fromJSON(secrets.A).b || Secrets.c }}", ["A", "C"]),
        ("${{ secrets[format('{0}_KEY', inputs.env)] }}", ["*"]),
        ("${{ toJSON(secrets) }}", ["*"]),
        ("${{ 'secrets.A' }} secrets.B ${{ env.secrets }}", []),
        ("${{ needs.secrets.outputs.x }}", []),
    ],
)
def test_secrets_are_seen_in_expressions_only(text: str, names: list[str]) -> None:
    assert secret_names(text) == names


def test_paths_inside_an_index_are_references_too() -> None:
    found = {path.names() for path in paths_in("${{ needs[inputs.job].outputs['b'] }}")}
    assert found == {("needs", "*", "outputs", "b"), ("inputs", "job")}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${{ inputs.environment == 'PRODUCTION' && 'a' || 'b' }}", "a"),
        ("${{ inputs.empty || 15 }}", 15),
        ("${{ !matrix.on }}", True),
        ("x-${{ inputs.environment }}", "x-production"),
        ("${{ format('{0}-{1}', inputs.environment, 2) }}", "production-2"),
        ("${{ fromJSON('{\"a\": [1, 20]}').a[1] }}", 20),
        ("${{ github.sha == 'x' && false }}", False),
        ("${{ github.sha }}", UNKNOWN),
        ("${{ broken( }}", UNKNOWN),
        ("${{ contains(fromJSON('[\"a\"]'), 'A') }}", True),
    ],
)
def test_values(text: str, value: Any) -> None:
    assert _value(text) == value


def test_very_long_expressions_are_given_up_not_fatal() -> None:
    assert _value("${{ " + " && ".join(["a.b"] * 5000) + " }}") is UNKNOWN
