"""The nightly workflow passes the tools and the rules that judge a model's workflows, and only calls make targets."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
import yaml

from graders.assemble import PlainFile
from graders.examine import Examination, examine
from graders.facts import AppliedRule, Assignment, Deliverable
from graders.kinds import RULES
from graders.tools.locate import locate
from harness.night.models import load_models
from setup.places import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "nightly.yml"
# Every rule about workflows that asks nothing of a case, and those that a limit or a need makes askable.
PARAMS = {
    "GHA-14": {"cap_minutes": 240},
    "GHA-23": {"needed": {"the night": ["make nightly"], "the issues": ["make nightly-issues"]}},
}
ASKED = [
    *("GHA-01", "GHA-02", "GHA-04", "GHA-05", "GHA-06", "GHA-07", "GHA-08", "GHA-09", "GHA-14", "GHA-15"),
    *("GHA-17", "GHA-19", "GHA-21", "GHA-23", "SEC-02"),
]


def test_actionlint_and_zizmor_find_nothing() -> None:
    ran = subprocess.run([locate("actionlint").path, WORKFLOW], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "")
    options = ["--offline", "--no-config", "--no-progress", "--format", "json"]
    ran = subprocess.run(
        [locate("zizmor").path, *options, WORKFLOW], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == []


@pytest.mark.parametrize("rule", ASKED)
def test_it_passes_our_own_rules(rule: str) -> None:
    deliverable = Deliverable("workflow", "github_actions", "*")
    on = ("workflow",) if RULES[rule].kinds else ()
    assignment = Assignment((deliverable,), (AppliedRule(rule, on, "", PARAMS.get(rule, {})),), {}, {}, {})
    file = PlainFile(".github/workflows/nightly.yml", WORKFLOW.read_text())
    (examined,) = examine([Examination((file,), (), assignment)])
    (finding,) = examined.findings
    assert finding.error is None
    assert finding.violations == ()


def test_every_step_is_a_make_target_that_exists() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    jobs = yaml.safe_load(WORKFLOW.read_text())["jobs"]
    scripts = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    called = {match for script in scripts for match in re.findall(r"\bmake (?:--silent )?([\w-]+)", script)}
    assert called <= targets
    assert called >= {
        "nightly",
        "nightly-frozen",
        "nightly-report",
        "nightly-issues",
        "nightly-proposal",
        "promptfoo",
    }
    others = [script for script in scripts if "make " not in script]
    assert set(others) == {"sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"}


def test_each_model_of_the_list_has_its_key_and_nothing_else_has() -> None:
    steps = yaml.safe_load(WORKFLOW.read_text())["jobs"]["night"]["steps"]
    with_keys = [step for step in steps if "secrets." in json.dumps(step)]
    assert [step["run"] for step in with_keys] == ["make nightly"]
    keys = set(with_keys[0]["env"])
    for entry in load_models():
        provider = entry.model.partition("/")[0]
        assert provider == "replay" or f"{provider.upper()}_API_KEY" in keys
