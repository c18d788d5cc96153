"""Forty small repositories with the verdict that GitHub's documentation gives (cases/expect.yaml), asked of simulator and rules."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from graders.assemble import PlainFile
from graders.examine import Examination, examine
from graders.facts import AppliedRule, Assignment, Deliverable
from graders.finding import Finding
from graders.rule import Absent
from graders.simulate.workflows.runs import simulate
from graders.simulate.workflows.world import World
from graders.yaml_lines import load

CASES = Path(__file__).with_name("cases")
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((CASES / "expect.yaml").read_text())

DEPLOY = ["kubectl apply", "kubectl set image"]
TESTS = ["npm test", "go test", "pytest", "make test"]
PARAMS: dict[str, dict[str, Any]] = {
    "GHA-06": {},
    "GHA-07": {},
    "GHA-12": {"deploy_commands": DEPLOY, "marks": ["prod", "production"], "gates": {"test": TESTS}},
    "GHA-13": {"deploy_commands": DEPLOY, "marks": ["prod", "production"]},
    "GHA-18": {
        "deploy_commands": DEPLOY,
        "marks": ["prod", "production"],
        "rollback_commands": ["kubectl rollout undo"],
    },
}
# What expect.yaml calls a fault, by the rule that asks about it.
ASKED = {
    "deploy_despite_test_failure": "GHA-12",
    "deploy_after_cancel": "GHA-12",
    "deploy_without_concurrency": "GHA-13",
    "deploy_cancelled_half_way": "GHA-13",
    "concurrency_groups_differ": "GHA-13",
    "rollback_when_nothing_was_deployed": "GHA-18",
    "rollback_on_success": "GHA-18",
    "injection": "GHA-06",
    "env_file": "GHA-06",
    "pwn_request": "GHA-07",
}


def files(name: str) -> dict[str, str]:
    folder = CASES / name
    if not folder.is_dir():
        return {".github/workflows/main.yml": (CASES / f"{name}.yml").read_text()}
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.y*ml")}


@cache
def findings(name: str) -> dict[str, Finding]:
    deliverable = Deliverable("workflow", "github_actions", "*")
    rules = tuple(AppliedRule(rule, ("workflow",), "", params) for rule, params in PARAMS.items())
    blocks = tuple(PlainFile(path, text) for path, text in files(name).items())
    (examined,) = examine([Examination(blocks, (), Assignment((deliverable,), rules, {}, {}, {}))])
    return {finding.rule: finding for finding in examined.findings}


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_wrong_fails_and_nothing_else(name: str) -> None:
    expected = EXPECTED[name]
    wrong = {ASKED[fault] for fault in (*expected["must"], *expected.get("taint", ())) if fault in ASKED}
    right = {ASKED[fault] for fault in expected["must_not"] if fault in ASKED} - wrong
    if expected.get("no_taint"):
        right |= {"GHA-06", "GHA-07"}
    for rule, finding in findings(name).items():
        assert finding.error is None
        # An example without a deployment, or with a way back that nobody asked for, says nothing about that rule.
        silent = any(isinstance(each, Absent) or "no way back" in each.message for each in finding.violations)
        if rule in wrong:
            assert finding.outcome == "fail", rule
        elif rule in right and not silent:
            assert finding.outcome == "pass", (rule, finding.violations)


@pytest.mark.parametrize("name", [name for name in EXPECTED if "event" in EXPECTED[name].get("runs", {})])
def test_jobs_end_as_expected(name: str) -> None:
    runs = EXPECTED[name]["runs"]
    repository = {path: load(text, "1.2") for path, text in files(name).items()}
    (run,) = simulate(repository, [World(".github/workflows/main.yml", runs["event"], ref=runs["ref"])])
    if "triggered" in runs:
        assert (run is not None) is runs["triggered"]
    if "results" in runs:
        assert run is not None
        assert {path: job.result for path, job in run.jobs.items()} == runs["results"]


def test_a_rollback_that_can_never_run_is_no_way_back() -> None:
    assert findings("21-rollback-never")["GHA-18"].outcome == "fail"
    assert findings("20-failure-rollback-good")["GHA-18"].outcome == "pass"
    assert findings("17-dispatch-rollback")["GHA-18"].outcome == "pass"
