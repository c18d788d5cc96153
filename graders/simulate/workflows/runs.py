"""Runs of the workflows of an answer: the simulator's answers as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graders.simulate.workflows.worker import ask
from graders.simulate.workflows.world import Fault, World


@dataclass(frozen=True, slots=True)
class Concurrency:
    """An evaluated concurrency group, and whether a run that enters it kills the one that is in it."""

    group: str
    cancels: bool


@dataclass(frozen=True, slots=True)
class JobRun:
    """How a job ended: `success`, `failure`, `cancelled`, `skipped`, or `never` for one whose needs can't be met. `groups`
    are those that it waits in: of its workflow, of the jobs that call it, its own."""

    path: str
    file: str
    result: str
    environment: str | None
    rejected: bool
    groups: tuple[Concurrency, ...]


@dataclass(frozen=True, slots=True)
class StepRun:
    """A step that ran: where it is written (`file`, `index` in its list of steps), and what it ran with all expressions
    filled in. `job` is the job's path: `release/deploy` for the job deploy of a workflow that the job release calls. `open`
    are the variables of its environment with a value that only a run could tell, "" stands for its script."""

    job: str
    file: str
    index: int | None
    name: str
    uses: str
    script: str
    shell: str
    inputs: Mapping[str, str]
    env: Mapping[str, str]
    environment: str | None
    leg: Mapping[str, Any]
    outcome: str
    open: frozenset[str] = frozenset()

    @property
    def place(self) -> tuple[str, str, int | None]:
        """What tells this step from every other: its job, its file and its position there."""
        return self.job, self.file, self.index

    @property
    def key(self) -> str:
        """What tells the step from every other: its place, script, environment, inputs (`keyOf` of node/scheduler.mjs)."""
        values = [f"{name}={value}" for block in (self.env, self.inputs) for name, value in block.items()]
        return "\0".join([self.file, str(self.index), self.script, *values])


@dataclass(frozen=True, slots=True)
class Run:
    """One run in one world: its jobs by path and its steps in order; `groups` are those of the workflow
    itself, `facts` are the variables that the runner gives every script (GITHUB_SHA and so on)."""

    world: World
    jobs: Mapping[str, JobRun]
    steps: tuple[StepRun, ...]
    groups: tuple[Concurrency, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def commit(self) -> str:
        """The commit of the run itself."""
        return self.facts["GITHUB_SHA"]

    def trace(self) -> dict[str, Any]:
        """For reports: the event in words, each job with its result, and the steps that ran."""
        return {
            "event": self.world.words(),
            "jobs": {path: job.result for path, job in self.jobs.items()},
            "steps": [
                {"job": step.job, "name": step.name or step.uses or step.script[:80], "outcome": step.outcome}
                for step in self.steps
            ],
        }


def simulate(
    repository: Mapping[str, Any], worlds: Sequence[World], scripts: Mapping[str, Fault] | None = None
) -> list[Run | None]:
    """The run of each world, None where the event does not start the workflow. `repository` maps the paths of workflows
    and actions to their parsed YAML, `scripts` the `key` of steps to what their scripts did when they were run. Raises
    `ToolFailed` when the simulator can't be had."""
    ended = {key: each.request() for key, each in (scripts or {}).items()}
    answers = ask(repository, [world.request() for world in worlds], ended)
    return [_run(world, answer) if answer else None for world, answer in zip(worlds, answers, strict=True)]


def _run(world: World, answer: Mapping[str, Any]) -> Run:
    jobs = {
        path: JobRun(
            path,
            str(job["file"]),
            str(job["result"]),
            job["environment"],
            bool(job["rejected"]),
            _groups(job["groups"]),
        )
        for path, job in answer["jobs"].items()
    }
    steps = tuple(
        StepRun(
            job=step["job"],
            file=step["file"],
            index=step["index"],
            name=step["name"],
            uses=step["uses"],
            script=step["run"],
            shell=step["shell"],
            inputs=step["with"],
            env=step["env"],
            environment=step.get("environment"),
            leg=step["leg"],
            outcome=step["outcome"],
            open=frozenset(step.get("open", ())),
        )
        for step in answer["steps"]
    )
    return Run(world, jobs, steps, _groups(answer["groups"]), answer["github"])


def _groups(written: Sequence[Mapping[str, Any]]) -> tuple[Concurrency, ...]:
    # GitHub compares the names of groups without regard to case.
    return tuple(Concurrency(str(each["group"]).lower(), bool(each["cancel"])) for each in written)
