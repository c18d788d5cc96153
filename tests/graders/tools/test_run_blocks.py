"""Which scripts of a workflow are taken out, with which shell, and on which lines they stand."""

from __future__ import annotations

import pytest

from graders.tools.run_blocks import Script, scripts
from graders.yaml_lines import Unparsable


def in_job(step: str, job: str = "", top: str = "") -> list[Script]:
    return scripts(
        "w.yml", f"on: push\n{top}jobs:\n  a:\n    runs-on: ubuntu-latest\n{job}    steps:\n{step}"
    )


def test_lines_of_every_way_to_write_a_block() -> None:
    found = in_job(
        "      - run: echo 1\n      - run: |\n          echo 2\n          echo 3\n      - run: >-\n          echo 4\n"
    )
    assert found == [
        Script("w.yml", 6, "echo 1", "bash"),
        Script("w.yml", 8, "echo 2\necho 3\n", "bash"),
        Script("w.yml", 11, "echo 4", "bash"),
    ]


def test_expressions_keep_their_length() -> None:
    (found,) = in_job('      - run: echo "${{ github.ref }}" ${{ a }}\n')
    assert found.text == 'echo "' + "_" * 17 + '" ' + "_" * 8


@pytest.mark.parametrize(
    ("step", "job", "top", "shell"),
    [
        ("", "", "", "bash"),
        ("        shell: sh\n", "", "", "sh"),
        ("        shell: bash -e {0}\n", "", "", "bash"),
        ("        shell: /bin/bash {0}\n", "", "", "bash"),
        ("        shell: python\n", "", "", None),
        ("        shell: pwsh\n", "", "", None),
        ("", "    defaults: {run: {shell: sh}}\n", "", "sh"),
        ("", "", "defaults: {run: {shell: pwsh}}\n", None),
        ("", "    defaults: {run: {shell: bash}}\n", "defaults: {run: {shell: pwsh}}\n", "bash"),
    ],
)
def test_the_shell_that_would_run_it(step: str, job: str, top: str, shell: str | None) -> None:
    assert [found.shell for found in in_job(f"      - run: echo\n{step}", job, top)] == (
        [shell] if shell else []
    )


def test_windows_runs_another_shell() -> None:
    text = "jobs:\n  a:\n    runs-on: [self-hosted, Windows]\n    steps:\n      - run: echo\n"
    assert scripts("w.yml", text) == []


def test_composite_actions_have_steps_of_their_own() -> None:
    text = "runs:\n  using: composite\n  steps:\n    - run: echo\n      shell: bash\n"
    assert scripts("action.yml", text) == [Script("action.yml", 4, "echo", "bash")]


@pytest.mark.parametrize(
    "text", ["", "a: 1\n", "jobs: 3\n", "jobs: {a: [1]}\n", "jobs: {a: {steps: {b: 1}}}\n", "- 1\n"]
)
def test_odd_shapes_hold_no_script(text: str) -> None:
    assert scripts("w.yml", text) == []


@pytest.mark.parametrize("text", ["jobs: [\n", "a: 1\na: 2\n", "&a [*a]\n", "[" * 100_000])
def test_what_is_no_yaml_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Unparsable):
        scripts("w.yml", text)
