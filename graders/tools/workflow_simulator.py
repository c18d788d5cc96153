"""The workflow simulator as a tool: is Node here, and does GitHub's expression engine answer rightly?

What runs is asked by the rules themselves (graders/github_actions/simulated.py), since it depends on what a case asks about.
"""

from __future__ import annotations

from collections.abc import Sequence

from graders.artifact import Artifact
from graders.bundle import ToolFailed
from graders.report import Report
from graders.simulate.workflows.runs import simulate
from graders.simulate.workflows.world import Fault, World
from graders.tools.batch import Bundles, Unproven, Verdict, run_in_batches
from graders.tools.locate import Installation

NAME = "node"
KINDS = frozenset({"github_actions"})

_CANARY = {
    "canary.yml": {
        "on": "push",
        "jobs": {
            "first": {"steps": [{"run": "true"}]},
            "always": {"needs": "first", "if": "always()", "steps": [{"run": "true"}]},
            "then": {"needs": "first", "if": "github.ref_name == 'MAIN'", "steps": [{"run": "true"}]},
        },
    }
}


def run(bundles: Sequence[Sequence[Artifact]]) -> list[Report]:
    """A report without remarks for each bundle; `failure` where the simulator can't be had or judges the canary wrongly."""
    return run_in_batches(NAME, KINDS, bundles, _judge)


def _judge(found: Installation, bundles: Bundles) -> list[Verdict]:
    del found  # the simulator's process finds it by itself
    world = World("canary.yml", "push")
    try:
        runs = simulate(
            _CANARY,
            [world, World("canary.yml", "push", faults=(Fault("first"),)), World("canary.yml", "issues")],
        )
    except ToolFailed as failure:
        raise Unproven(str(failure)) from None
    results = [[job.result for job in run.jobs.values()] if run else None for run in runs]
    if results != [["success"] * 3, ["failure", "success", "skipped"], None]:
        raise Unproven(f"the canary came out as {results}")
    return [Verdict(judged={artifact.path for artifact in bundle}) for bundle in bundles]
