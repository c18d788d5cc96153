"""The way of a simulated run to one of its steps, for reports to draw."""

from __future__ import annotations

from graders.github_actions.roles import Roles
from graders.simulate.workflows.runs import Run, StepRun
from graders.trace import Path, Step

_LONGEST_SCRIPT = 80


def path_to(run: Run, target: StepRun, known: Roles) -> Path:
    """The event, every job that GitHub looked at before the step's own and how it ended, the steps that failed, the step."""
    before = run.steps[: run.steps.index(target)]
    started = {step.job for step in before}
    steps = [
        Step(run.world.words(), "cancelled" if run.world.cancelled else "starts", file=run.world.workflow)
    ]
    for path, job in run.jobs.items():
        if path == target.job or (path not in started and job.result == "success"):
            continue  # jobs that come later, and those that only call a workflow
        steps.append(Step(path, job.result, "its reviewers said no" if job.rejected else "", job.file))
        steps += [_shown(step, known) for step in before if step.job == path and step.outcome != "success"]
    steps += [_shown(step, known) for step in before if step.job == target.job and step.outcome != "success"]
    return Path(f"From {run.world.words()} to job {target.job}", (*steps, _shown(target, known)))


def _shown(step: StepRun, known: Roles) -> Step:
    what = step.name or step.uses or " ".join(step.script.split())[:_LONGEST_SCRIPT]
    note = f"environment {step.environment}" if step.environment else ""
    return Step(f"{step.job}: {what}", step.outcome, note, step.file, known.line(step))
