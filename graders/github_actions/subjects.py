"""What several rules about workflows ask first: is there a job at all, and what does a step run?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.github_actions import shell
from graders.github_actions.instances import KIND, Instance, actions, instances, workflows
from graders.github_actions.workflow import Job, Step, Workflow, scalars
from graders.rule import Violation

# Words that say nothing of one service: what many environments, regions and versions are called.
_COMMON = re.compile(
    r"production|prod|live|release|publish|staging|sandbox|[a-z]{2}-[a-z]+-\d|v?[\d.]{1,9}", re.IGNORECASE
)


def no_job(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """A violation where no job of the answer can run, or none names anything of the case: a prohibition must not hold
    because nothing was delivered, or an answer to some other question."""
    running = instances(bundle)
    artifacts = bundle.of(KIND)
    place = (artifacts[0].path if artifacts else "", 1 if artifacts else None)
    if not any(workflow.jobs for workflow in workflows(bundle)):
        yield Violation(*place, "no workflow with a job")
    elif not running:
        yield Violation(*place, "no job can ever run: all are switched off")
    elif (names := _own_names(facts)) and not any(
        re.search(rf"(?<![A-Za-z0-9])({'|'.join(names)})(?![A-Za-z0-9])", text)
        for instance in running
        for text in _working_texts(instance)
    ):
        yield Violation(*place, "no job works with anything that the case names: this is no answer to it")


def _own_names(facts: Facts) -> list[str]:
    """The drawn texts by which this case differs from others, as patterns."""
    texts = {text for text in scalars(dict(facts.drawn)) if len(text) > 3 and not _COMMON.fullmatch(text)}
    return [re.escape(text) for text in sorted(texts)]


def _working_texts(instance: Instance) -> Iterator[str]:
    """What a job works with: values given to steps and calls, commands that do more than print."""
    job = instance.job
    yield from scalars(
        [instance.workflow.env, job.env, job.with_, job.secrets, job.environment, job.raw.get("container")]
    )
    for step in instance.steps:
        yield from scalars([step.env, step.with_])
        if step.run and not is_posix_shell(step):
            yield step.run
        for command in step_commands(step):
            if command.name not in ("echo", "printf", ":", "true") or command.redirects:
                yield from (word.text for word in command.everything())


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
