"""What looked right and was wrong, and the other way round: found by people who tried to fool the rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graders import github_actions
from graders.github_actions import shell
from graders.github_actions.evaluation import UNKNOWN, alternatives
from graders.github_actions.instances import MAX_INSTANCES, instances
from graders.report import Message
from tests.graders.github_actions.conftest import bundle_of

Judge = Callable[..., list[Any]]
_SHA = "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678"
_RULES = {rule.id: rule for rule in github_actions.RULES}


def _workflow(jobs: str, top: str = "on: push") -> dict[str, str]:
    return {".github/workflows/w.yml": f"{top}\njobs:\n{jobs}"}


def _steps(steps: str, job: str = "") -> dict[str, str]:
    return _workflow(f"  a:\n    runs-on: ubuntu-24.04\n{job}    steps:\n{steps}")


@pytest.mark.parametrize("id", ["GHA-02", "GHA-04", "GHA-09", "GHA-15", "GHA-19"])
def test_jobs_that_never_run_hold_nothing(id: str, judge: Judge) -> None:
    files = _workflow("  a: {if: false, runs-on: u, permissions: {}, steps: [{run: ls}]}\n")
    assert [each.message for each in judge(id, files)] == ["no job can ever run: all are switched off"]


def test_what_needs_a_skipped_job_is_skipped() -> None:
    files = _workflow(
        "  a: {if: false, runs-on: u}\n  b: {needs: a, runs-on: u}\n  c: {needs: b, if: always(), runs-on: u}\n"
    )
    assert [each.job.id for each in instances(bundle_of(files))] == ["c"]


def test_workflows_that_only_call_each_other_are_seen() -> None:
    one = "on: workflow_call\njobs:\n  a: {uses: ./.github/workflows/2.yml}\n"
    two = "on: workflow_call\njobs:\n  b: {uses: ./.github/workflows/1.yml}\n  c: {runs-on: u}\n"
    found = instances(bundle_of({".github/workflows/1.yml": one, ".github/workflows/2.yml": two}))
    assert "c" in {each.job.id for each in found}


def test_legs_of_a_matrix_hide_no_job() -> None:
    axis = ", ".join(map(str, range(16)))
    wide = "".join(
        f"  m{i}: {{runs-on: u, strategy: {{matrix: {{x: [{axis}], y: [{axis}]}}}}}}\n" for i in range(9)
    )
    found = instances(bundle_of(_workflow(wide + "  last: {runs-on: u}\n")))
    assert found[-1].job.id == "last"
    assert len(found) < MAX_INSTANCES + 300


@pytest.mark.parametrize(
    "script",
    [
        "bash <<E\nls -l\nE",
        "cat x | bash -s <<'E'\nls -l\nE",
        "bash -euo pipefail -c 'ls -l'",
        "eval 'ls -l'",
    ],
)
def test_scripts_given_to_a_shell_are_read(script: str) -> None:
    assert ("ls", "-l") in [command.texts for command, _ in shell.commands(shell.parse(script))]


def test_a_heredoc_before_a_pipe_keeps_its_body() -> None:
    (pipeline,) = shell.parse("cat <<E | tee f\nbody\nE\n")
    assert pipeline.commands[0].redirects[0].target.text == "body"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("${{ github.x && 15 || 20 }}", [15, 20]),
        ("${{ true && 15 || 20 }}", [15]),
        ("${{ github.x }}", [UNKNOWN]),
        ("15", ["15"]),
    ],
)
def test_alternatives(text: str, values: list[Any]) -> None:
    assert alternatives(text, lambda path: UNKNOWN) == values


@pytest.mark.parametrize(
    ("message", "right"),
    [
        ('property "KEY" is not defined in object type {github_token: string; key: string}', True),
        ('property "KEY" is not defined in object type {github_token: string}', False),
        ('anchor "co" is defined but not used', True),
    ],
)
def test_gha_01_what_runs_as_written(message: str, right: bool, judge: Judge) -> None:
    kind = "syntax-check" if "anchor" in message else "expression"
    told = Message(".github/workflows/w.yml", 6, kind, message)
    assert (judge("GHA-01", _steps("      - run: ls\n"), messages=(told,)) == []) is right


@pytest.mark.parametrize(
    ("comment", "right"),
    [("needs Node 20", True), ("2024-10-23", True), ("v5", False), ("5", False), ("tag=v5.1", False)],
)
def test_gha_05_what_is_a_version(comment: str, right: bool, judge: Judge) -> None:
    files = _steps(f"      - uses: a/b@{_SHA} # v4.2.2\n      - uses: a/b@{_SHA} # {comment}\n")
    assert (judge("GHA-05", files) == []) is right


@pytest.mark.parametrize(
    ("run", "right"),
    [
        ("[ $a = $(sha256sum c) ] && echo fine\nchmod +x c", False),
        ("[ $a = $(sha256sum c) ] && chmod +x c", True),
        ("if ! sha256sum -c c.sha256; then exit 1; fi\nchmod +x c", True),
        ("if ! sha256sum -c c.sha256; then echo bad; fi\nchmod +x c", False),
        ("if sha256sum -c c.sha256; then\n  chmod +x c\nfi", True),
    ],
)
def test_gha_17_a_check_must_stop_the_script(run: str, right: bool, judge: Judge) -> None:
    script = "\n".join(f"          {line}" for line in f"curl -Lo c https://x/c\n{run}".split("\n"))
    assert (judge("GHA-17", _steps(f"      - run: |\n{script}\n")) == []) is right


@pytest.mark.parametrize(
    ("condition", "right"),
    [
        ("", False),
        ("    if: github.event_name == 'pull_request'\n", True),
        ("    if: github.ref != 'refs/heads/main'\n", True),
        ("    if: github.ref_type == 'branch'\n", False),
    ],
)
def test_gha_16_a_second_build_in_the_same_run(condition: str, right: bool, judge: Judge) -> None:
    files = _workflow(
        f"""  test:
{condition}    runs-on: u
    steps: [{{run: "docker build -t app:test ."}}]
  build:
    if: github.ref == 'refs/heads/main'
    runs-on: u
    outputs: {{digest: "${{{{ steps.b.outputs.digest }}}}"}}
    steps: [{{id: b, uses: docker/build-push-action@v6, with: {{push: true, tags: "r/acme/app:1"}}}}]
  deploy:
    needs: build
    runs-on: u
    steps: [{{run: "./deploy.sh r/acme/app@${{{{ needs.build.outputs.digest }}}}"}}]
""",
        "on: [push, pull_request]",
    )
    assert (judge("GHA-16", files, {"image": "acme/app", "deploy_commands": ["deploy.sh"]}) == []) is right
