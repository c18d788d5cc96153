"""What several rules about workflows ask first: is there a job at all, and what does a step run?"""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.github_actions import shell
from graders.github_actions.instances import KIND, actions, instances, workflows
from graders.github_actions.workflow import Job, Step, Workflow
from graders.rule import Violation


def no_job(bundle: Bundle) -> Iterator[Violation]:
    """A violation where no job of the answer can run: a prohibition must not hold because nothing was delivered."""
    artifacts = bundle.of(KIND)
    place = (artifacts[0].path if artifacts else "", 1 if artifacts else None)
    if not any(workflow.jobs for workflow in workflows(bundle)):
        yield Violation(*place, "no workflow with a job")
    elif not instances(bundle):
        yield Violation(*place, "no job can ever run: all are switched off")


def jobs(bundle: Bundle) -> Iterator[tuple[Workflow, Job]]:
    """Every job as written."""
    for workflow in workflows(bundle):
        for job in workflow.jobs.values():
            yield workflow, job


def written_steps(bundle: Bundle) -> Iterator[tuple[str, Step]]:
    """Every step as written, with the path of its file: of workflows and of composite actions."""
    for workflow, job in jobs(bundle):
        for step in job.steps:
            yield workflow.path, step
    for action in actions(bundle):
        for step in action.steps:
            yield action.path, step


def is_posix_shell(step: Step) -> bool:
    """Is the step's `run` read by sh or bash?"""
    name = step.shell.split()
    return not name or name[0].rpartition("/")[2] in ("bash", "sh", "dash", "zsh", "ksh")


def step_commands(step: Step) -> list[shell.Command]:
    """The commands of the step's `run` in order; none for another language."""
    if not step.run or not is_posix_shell(step):
        return []
    return [command for command, _ in shell.commands(shell.parse(step.run))]
