"""actionlint, zizmor and shellcheck over workflows: their traps, and the proof that they ran."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from graders.artifact import Artifact
from graders.report import Report
from graders.sandbox import Limits
from graders.tools import actionlint, promtool, shellcheck, zizmor

GOOD = """name: ci
on:
  push:
    branches: [main]
permissions: {}
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          persist-credentials: false
      - run: |
          set -euo pipefail
          make test
"""
BAD = """on:
  pull_request_target:
    branch: [main]
permissions: write-all
jobs:
  test:
    runs-on: ubuntu-latestt
    steps:
      - uses: actions/checkout@main
      - name: Greet
        run: |
          echo "title: ${{ github.event.pull_request.title }}"
          cd $DIR
"""
SHELL = "#!/usr/bin/env bash\necho $1\n"
RULES = "groups:\n  - name: a\n    rules:\n      - record: a:b:c\n        expr: sum(up)\n"
SAMPLES = {
    actionlint: ("github_actions", BAD),
    zizmor: ("github_actions", BAD),
    shellcheck: ("bash", SHELL),
    promtool: ("prometheus_rules", RULES),
}


def workflow(text: str, path: str = ".github/workflows/ci.yml") -> Artifact:
    return Artifact(path, "github_actions", text)


def codes(report: Report) -> list[tuple[int | None, str]]:
    assert report.failure is None
    return sorted(((message.line, message.code) for message in report.messages), key=str)


# What a tool may do instead of its work.


@pytest.mark.parametrize("tool", SAMPLES, ids=lambda tool: tool.NAME)
@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 0", ""),
        ("exit 1", ""),
        ("echo '[]'", ""),
        ("echo '{\"comments\": []}'", ""),
        ("echo 'Checking a.yml'; echo '  SUCCESS: 1 rules found'; exit 1", ""),
        ("kill -SEGV $$", "exit code"),
        ("echo broken >&2; exit 3", "exit code 3: broken"),
        ("exec sleep 30", "timed out"),
    ],
)
def test_a_tool_that_does_not_prove_its_run_is_a_failure(
    tool: ModuleType,
    script: str,
    reason: str,
    fake_tool: Callable[[str], None],
    short_limits: Callable[..., Limits],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake_tool(script)
    monkeypatch.setattr(tool, "Limits", short_limits)
    kind, text = SAMPLES[tool]
    none, report = tool.run([[], [Artifact("a", kind, text)]])
    assert none.failure is None
    assert report.failure.startswith(f"{tool.NAME} does not work here: ")
    assert reason in report.failure or tool is promtool
    assert report.messages == ()
    assert report.judged == frozenset()


@pytest.mark.parametrize("tool", SAMPLES, ids=lambda tool: tool.NAME)
@pytest.mark.usefixtures("no_tool")
def test_a_missing_tool_is_a_failure(tool: ModuleType) -> None:
    kind, text = SAMPLES[tool]
    assert "is missing" in tool.run([[Artifact("a", kind, text)]])[0].failure


@pytest.mark.parametrize("tool", SAMPLES, ids=lambda tool: tool.NAME)
def test_bundles_do_not_mix(tool: ModuleType) -> None:
    kind, text = SAMPLES[tool]
    bad = Artifact("x/a.yml", kind, text)
    reports = tool.run([[bad], [], [Artifact("x/a.yml", kind, text), Artifact("b.yml", kind, text)]])
    assert [report.judged for report in reports] == [{"x/a.yml"}, set(), {"x/a.yml", "b.yml"}]
    assert codes(reports[2]) == sorted(codes(reports[0]) * 2, key=str)


@pytest.mark.parametrize("tool", SAMPLES, ids=lambda tool: tool.NAME)
@pytest.mark.parametrize(
    "path",
    [
        "-rf",
        "a b\n'\".yml",
        "../../x.yml",
        "/etc/x.yml",
        "x/" * 300 + "a.yml",
        ".github/actionlint.yaml",
        "é.yml",
    ],
)
def test_paths_of_an_answer_do_not_matter(tool: ModuleType, path: str) -> None:
    kind, text = SAMPLES[tool]
    (report,) = tool.run([[Artifact(path, kind, text)]])
    assert report.failure is None
    assert report.judged == {path}
    assert {message.file for message in report.messages} <= {path}


# actionlint


def test_actionlint_tells_good_from_bad() -> None:
    good, bad = actionlint.run([[workflow(GOOD)], [workflow(BAD)]])
    assert codes(good) == []
    assert codes(bad) == [(11, "expression"), (3, "syntax-check"), (7, "runner-label")]
    assert good.version == bad.version != ""


def test_actionlint_ignores_a_configuration_in_the_answer() -> None:
    config = 'paths:\n  "**/*":\n    ignore: [".*"]\n'
    others = [
        Artifact(".github/actionlint.yaml", "yaml", config),
        Artifact(".github/actionlint.yml", "yaml", config),
    ]
    assert len(codes(actionlint.run([[workflow(BAD), *others]])[0])) == 3
    as_workflow = workflow(config, ".github/actionlint.yaml")
    assert {message.code for message in actionlint.run([[as_workflow]])[0].messages} == {"syntax-check"}


def test_actionlint_obeys_no_suppression_comment() -> None:
    comment = "# actionlint:ignore runner-label -- we know\n"
    next_line = BAD.replace(
        "    runs-on", "    # actionlint:ignore-next-line runner-label -- known\n    runs-on"
    )
    above, before = actionlint.run([[workflow(comment + BAD)], [workflow(next_line)]])
    assert (8, "runner-label") in codes(above)
    assert (8, "runner-label") in codes(before)
    assert not {"inline-suppression"} & {message.code for message in (*above.messages, *before.messages)}


def test_actionlint_resolves_reusable_workflows_within_their_bundle() -> None:
    caller = "on: push\njobs:\n  a:\n    uses: ./.github/workflows/deploy.yml\n    with: {envx: prod}\n"
    called = (
        "on:\n  workflow_call:\n    inputs:\n      env: {type: string, required: true}\n"
        "jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n"
    )
    deploy = workflow(called, ".github/workflows/deploy.yml")
    both, alone = actionlint.run([[workflow(caller), deploy], [workflow(caller)]])
    assert ["is not defined in" in message.text for message in both.messages].count(True) == 1
    assert ["could not read reusable workflow" in message.text for message in alone.messages] == [True]


def test_actionlint_never_judges_a_composite_action_as_a_workflow() -> None:
    action = Artifact(
        ".github/actions/x/action.yml",
        "github_composite_action",
        "name: x\ndescription: d\ninputs: {a: {description: d}}\nruns:\n  using: composite\n  steps: []\n",
    )
    alone, beside = actionlint.run([[action], [action, workflow(GOOD)]])
    assert alone.version == ""
    assert codes(beside) == []
    assert beside.judged == {".github/workflows/ci.yml"}


@pytest.mark.parametrize(
    "text", ["", "jobs: [\n", "\tx: 1\n", "&a [*a]\n", "just prose\n", "on: push\non: push\n"]
)
def test_actionlint_finds_fault_with_broken_files_and_leaves_others_alone(text: str) -> None:
    broken, good = actionlint.run([[workflow(text)], [workflow(GOOD)]])
    assert codes(broken) != []
    assert codes(good) == []


# zizmor


def test_zizmor_tells_good_from_bad() -> None:
    good, bad = zizmor.run([[workflow(GOOD)], [workflow(BAD)]])
    assert codes(good) == []
    found = {(message.code, message.line, message.level) for message in bad.messages}
    assert {("template-injection", 12, "high"), ("unpinned-uses", 9, "high")} <= found


def test_zizmor_judges_composite_actions() -> None:
    text = (
        "name: x\ndescription: d\ninputs: {t: {description: d}}\nruns:\n  using: composite\n  steps:\n"
        "    - run: echo ${{ inputs.t }}\n      shell: bash\n"
    )
    (report,) = zizmor.run([[Artifact(".github/actions/x/action.yml", "github_composite_action", text)]])
    assert (7, "template-injection") in codes(report)


def test_zizmor_obeys_no_comment_and_no_configuration() -> None:
    text = BAD.replace("pull_request.title }}", "pull_request.title }}  # zizmor: ignore[template-injection]")
    text = text.replace("@main", "@main # zizmor: ignore[unpinned-uses]")
    config = Artifact("zizmor.yml", "yaml", "rules:\n  unpinned-uses:\n    disable: true\n")
    (report,) = zizmor.run([[workflow(text), config]])
    assert {"template-injection", "unpinned-uses"} <= {message.code for message in report.messages}


@pytest.mark.parametrize("text", ["", "jobs: [\n", "on: push\n", "just prose\n"])
def test_zizmor_has_not_judged_what_it_skipped(text: str) -> None:
    skipped, good = zizmor.run(
        [[workflow(text), workflow(GOOD, ".github/workflows/x.yml")], [workflow(GOOD)]]
    )
    assert skipped.failure is None
    assert skipped.judged == {".github/workflows/x.yml"}
    assert good.judged == {".github/workflows/ci.yml"}


# shellcheck


def test_shellcheck_reads_scripts_and_run_blocks() -> None:
    good, bad, script = shellcheck.run([[workflow(GOOD)], [workflow(BAD)], [Artifact("a.sh", "bash", SHELL)]])
    assert codes(good) == []
    assert good.judged == {".github/workflows/ci.yml"}
    assert codes(bad) == [(13, "SC2086")]
    assert codes(script) == [(2, "SC2086")]


@pytest.mark.parametrize(
    "comment",
    [
        "# shellcheck disable=SC2086",
        "#shellcheck disable=all",
        "#   shellcheck   disable=SC2086 # because",
        "",
    ],
)
def test_shellcheck_obeys_no_comment(comment: str) -> None:
    script = Artifact("a.sh", "bash", f"#!/bin/bash\n{comment}\necho $1\n")
    block = workflow(BAD.replace("          cd", f"          {comment}\n          cd"))
    report, in_workflow = shellcheck.run([[script], [block]])
    assert codes(report) == [(3, "SC2086")]
    assert codes(in_workflow) == [(14, "SC2086")]


def test_shellcheck_obeys_no_configuration() -> None:
    config = Artifact(".shellcheckrc", "text", "disable=all\n")
    assert codes(shellcheck.run([[Artifact("a.sh", "bash", SHELL), config]])[0]) == [(2, "SC2086")]


def test_shellcheck_is_not_shown_deep_nesting() -> None:
    deep, other = shellcheck.run(
        [[Artifact("a.sh", "bash", "(" * 20_000)], [Artifact("a.sh", "bash", SHELL)]]
    )
    assert codes(deep) == [(1, "outside-limits")]
    assert deep.judged == frozenset()
    assert codes(other) == [(2, "SC2086")]


def test_shellcheck_has_not_judged_a_workflow_that_is_no_yaml() -> None:
    (report,) = shellcheck.run([[workflow("jobs: [\n"), Artifact("a.sh", "bash", SHELL)]])
    assert report.judged == {"a.sh"}
