"""Small configurations with the outcome that Terraform and AWS would give them (`what` says why), applied for real.

`expect.yaml` holds what must come out: `second` plan, `failed_at` with a part of the `error`, or a `limit` of the simulation; with a
folder `next`, what a plan of those files does to what the others have built; with `drift`, what the plan is after something
else has set attributes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from graders.artifact import Artifact
from graders.bundle import Bundle
from graders.kinds import kind_of
from graders.simulate.terraform.outcome import Outcome, Root
from graders.terraform.applied.simulated import roots
from graders.tools import terraform_cloud

CASES = sorted(Path(__file__).parent.joinpath("cases").iterdir())
SLOW = {
    "clean-asg-data-ami",
    "clean-cloudfront-aliases",
    "clean-eks",
    "clean-lambda-sqs-events",
    "clean-network-ecs-rds",
    "clean-wide",
    "ok-backend-in-override",
}


def is_slow(case: Path) -> bool:
    """Large ones, one whose backend is tried three times, and those that `test_next` applies anyway."""
    return case.name in SLOW or (case / "next").is_dir()


def files(folder: Path) -> dict[str, str]:
    found = (file for file in sorted(folder.rglob("*")) if file.is_file() and file.name != "expect.yaml")
    return {
        str(file.relative_to(folder)): file.read_text()
        for file in found
        if "next" not in file.relative_to(folder).parts
    }


def simulated(given: Mapping[str, str], scenarios: Mapping[str, Any] | None = None) -> Root:
    """The one root of these files."""
    artifacts = [Artifact(path, kind_of(path, "", text), text) for path, text in given.items()]
    stated = {"terraform": {"scenarios": scenarios or {}}}
    (report,) = terraform_cloud.run([artifacts], [stated])
    (root,) = roots(Bundle((), reports={terraform_cloud.NAME: report}))
    return root


def kind(outcome: Outcome) -> str:
    assert outcome.limit is None, outcome.limit
    assert outcome.plan is not None, outcome.diagnostics
    return "empty" if outcome.plan.empty else "changes"


@pytest.mark.parametrize(
    "case",
    [pytest.param(c, id=c.name, marks=[pytest.mark.slow] if is_slow(c) else []) for c in CASES],
)
def test_case(case: Path) -> None:
    expected = yaml.safe_load((case / "expect.yaml").read_text())
    wanted = {"drifted": {"drift": expected["drift"]["set"]}} if "drift" in expected else {}
    root = simulated(files(case), wanted)
    if "limit" in expected:
        assert root.limit is not None
        assert root.failed_at is None
        return
    assert root.limit is None
    assert root.failed_at == expected.get("failed_at"), root.diagnostics
    if root.failed_at:
        said = [f"{one.summary} {one.detail} {one.address}" for one in root.diagnostics]
        assert any(expected["error"] in text for text in said), said
        return
    assert kind(root.second) == expected["second"], root.second
    if "changes" in expected:
        assert root.second.plan is not None
        changes = [f"{change.address}:{change.action}" for change in root.second.plan.changes]
        assert sorted(changes) == sorted(expected["changes"])
    assert list(root.executed) == expected.get("executed", [])
    if "drift" in expected:
        assert kind(root.scenarios["drifted"]) == expected["drift"]["plan"]


NEXT = [case for case in CASES if (case / "next").is_dir()]


@pytest.mark.parametrize("case", NEXT, ids=lambda case: case.name)
def test_next(case: Path) -> None:
    expected = yaml.safe_load((case / "expect.yaml").read_text())["next"]
    outcome = simulated(files(case / "next"), {"next": {"before": files(case)}}).scenarios["next"]
    assert (outcome.limit is not None) == ("limit" in expected), outcome.limit
    if "limit" in expected:
        return
    if "error" in expected:
        assert [one.summary for one in outcome.errors] == [expected["error"]]
        return
    assert outcome.plan is not None, outcome.diagnostics
    counted = Counter(change.action for change in outcome.plan.changes)
    assert counted == Counter({action: count for action, count in expected.items() if count})
