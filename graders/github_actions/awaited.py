"""Follow-ups: what a workflow that another one starts (workflow_run) may take for granted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graders.github_actions.gate_failures import Failures
from graders.github_actions.roles import Roles
from graders.github_actions.simulated import Simulation
from graders.simulate.workflows.runs import Run


def awaited_gate(
    run: Run, commands: Sequence[str], failures: Failures, simulated: Simulation, known: Roles
) -> bool:
    """Does every workflow whose end starts this run hold the gate, and fail with it?

    Each of several awaited workflows starts the follow-up by itself when it ends, so the success of one says nothing of the
    others (GitHub docs, events, workflow_run).
    """
    awaited = _awaited(simulated, run.world.workflow)
    for name in awaited:
        gated = [
            other
            for other in simulated.clean
            if _name(simulated, other) == name and not other.world.fork and known.speaking(other, commands)
        ]
        if not gated or not any(_fails_with_it(other, commands, failures, known) for other in gated):
            return False
    return bool(awaited)


def _fails_with_it(run: Run, commands: Sequence[str], failures: Failures, known: Roles) -> bool:
    steps = {step.place: step for step in known.speaking(run, commands)}.values()
    return all(_conclusion(failures.run(run, step)) != "success" for step in steps)


def _conclusion(run: Run | None) -> str:
    """The conclusion of a run: a failure of any job is the run's."""
    results = {job.result for job in run.jobs.values()} if run else set[str]()
    return next((each for each in ("failure", "cancelled") if each in results), "success")


def _awaited(simulated: Simulation, path: str) -> set[str]:
    names: Any = simulated.workflows[path].triggers["workflow_run"].get("workflows")
    return {str(name) for name in names} if isinstance(names, list) else {str(names)}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _name(simulated: Simulation, run: Run) -> str:
    workflow = simulated.workflows[run.world.workflow]
    return workflow.name or workflow.path
