"""Workflows as typed values, and the jobs that they start."""

from __future__ import annotations

import pytest

from graders import github_actions
from graders.artifact import Artifact
from graders.github_actions import composite_action
from graders.github_actions.instances import instances
from graders.github_actions.permissions import effective
from graders.yaml_lines import Unparsable
from tests.graders.github_actions.conftest import bundle_of


def _parse(text: str) -> github_actions.Workflow:
    return github_actions.parse(Artifact("w.yml", "github_actions", text))


@pytest.mark.parametrize("on", ["push", "[push]", "{push: null}", "{push: {branches: [main]}}"])
def test_on_in_each_form(on: str) -> None:
    assert list(_parse(f"on: {on}\njobs: {{}}\n").triggers) == ["push"]


@pytest.mark.parametrize(
    "text", ["- a", "on: push", "on: push\njobs: [a]", "a: [", "on: push\njobs: {}\njobs: {}"]
)
def test_what_is_no_workflow(text: str) -> None:
    with pytest.raises(Unparsable):
        _parse(text)


def test_lines_and_comments() -> None:
    text = "on: push\njobs:\n  a:\n    steps:\n      - name: x\n        uses: 'a/b@c' # v1\n      - run: |\n          ls\n"
    uses, run = _parse(text).jobs["a"].steps
    assert (uses.uses_line, uses.comment, run.run_line) == (6, "v1", 8)


def test_matrix_with_include_and_exclude() -> None:
    matrix = "{os: [a, b], n: [1, 2], exclude: [{os: b, n: 2}], include: [{os: a, x: y}, {os: c}]}"
    legs = _parse(f"on: push\njobs: {{j: {{strategy: {{matrix: {matrix}}}}}}}\n").jobs["j"].legs
    assert list(legs) == [
        {"os": "a", "n": 1, "x": "y"},
        {"os": "a", "n": 2, "x": "y"},
        {"os": "b", "n": 1},
        {"os": "c"},
    ]


_CALLED = """
on: {workflow_call: {inputs: {target: {type: string, default: dev}}}}
jobs: {go: {runs-on: x, environment: "${{ inputs.target }}", steps: [{run: ls}]}}
"""
_CALLER = """
on: push
permissions: {contents: write, id-token: write}
jobs:
  each:
    strategy: {matrix: {t: [staging, production]}}
    permissions: {contents: read}
    uses: ./.github/workflows/called.yml
    with: {target: "${{ matrix.t }}"}
  default:
    uses: ./.github/workflows/called.yml
"""


def test_a_called_workflow_is_seen_with_each_callers_inputs_and_permissions() -> None:
    bundle = bundle_of({".github/workflows/called.yml": _CALLED, ".github/workflows/caller.yml": _CALLER})
    found = [each for each in instances(bundle) if each.job.id == "go"]
    assert [each.environment() for each in found] == ["staging", "production", "dev"]
    granted = [effective(each) for each in found]
    assert [each.level("contents") for each in granted if each] == ["read", "read", "write"]
    assert [each.level("id-token") for each in granted if each] == ["none", "none", "write"]


def test_a_composite_action_is_read_in_the_place_of_its_step() -> None:
    action = "inputs: {who: {default: you}}\nruns:\n  using: composite\n  steps: [{run: 'greet ${{ inputs.who }}', shell: bash}]\n"
    steps = "[{uses: ./.github/actions/greet}, {uses: ./.github/actions/greet, with: {who: '${{ github.actor }}'}}]"
    bundle = bundle_of(
        {
            ".github/actions/greet/action.yml": action,
            ".github/workflows/w.yml": f"on: push\njobs: {{a: {{steps: {steps}}}}}\n",
        }
    )
    (instance,) = instances(bundle)
    assert [step.run for step in instance.steps if step.run] == ["greet you", "greet ${{ github.actor }}"]


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        (".github/workflows/a.yml", "x", github_actions),
        (None, "on: push\njobs:\n  a: {}\n", github_actions),
        (None, "- uses: actions/checkout@v4\n", github_actions),
        (None, "apiVersion: v1\nkind: Pod\n", None),
        ("action.yml", "runs:\n  using: composite\n  steps: []\n", composite_action),
        ("action.yml", "name: x\n", None),
        ("deploy.tf", "on: push\njobs:\n", None),
    ],
)
def test_recognised(path: str | None, text: str, kind: object) -> None:
    modules = (github_actions, composite_action)
    assert [each for each in modules if each.recognises(path, "yaml", text)] == ([kind] if kind else [])


def test_steps_alone_are_a_fragment() -> None:
    assert not github_actions.is_whole("steps:\n  - uses: a/b@c\n")
