"""GHA-13: is production deployed to by one run at a time, and is none killed half-way?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graders.bundle import Bundle
from graders.facts import Facts, texts
from graders.github_actions.instances import KIND
from graders.github_actions.paths import path_to
from graders.github_actions.roles import Roles, roles
from graders.github_actions.simulated import simulation
from graders.github_actions.subjects import no_job
from graders.github_actions.worlds import second
from graders.rule import Absent, Violation, rule
from graders.simulate.workflows.runs import Concurrency, Run, StepRun


@dataclass(frozen=True, slots=True)
class Deployment:
    """A step of a run that deploys, and the groups in which it waits."""

    run: Run
    step: StepRun
    groups: tuple[Concurrency, ...]


@rule(
    "GHA-13",
    version=2,
    severity="H",
    constraint="idempotent",
    source="GitHub docs, control workflow concurrency",
    kinds=(KIND,),
    tools=("node",),
    parameters={"deploy_commands": list[str], "marks": list[str] | None},
)
def deploys_one_at_a_time(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Do all runs that deploy to production wait in one concurrency group, in which a newer run cancels none?

    Judged are the evaluated groups of every job that deploys to production (of its workflow, of the jobs that call it, its
    own), over all events, each tried twice: by another person, of another commit, tag and version. Accepted: any name, any
    level. Wrong: no group; none that all these runs share; a run, also one that only tests, that cancels a running
    deployment through a group that both enter; no run that deploys.
    """
    commands, marks = (
        texts(facts.params.get("deploy_commands")),
        texts(facts.params.get("marks")) or ["production"],
    )
    yield from no_job(bundle)
    simulated = simulation(bundle)
    known = roles(bundle, simulated)
    later = [run for run in simulated.run([second(run.world) for run in simulated.clean]) if run]
    found = [
        Deployment(run, step, run.jobs[step.job].groups)
        for run in (*simulated.clean, *later)
        for step in known.deploying(run, commands, marks)
    ]
    if not found:
        yield Absent("", None, f"no run deploys to {marks[0]} ({', '.join(commands)})")
    yield from _ungrouped(found, known)
    yield from _killed(found, later, known)
    yield from _apart([each for each in found if each.groups], known)


def _ungrouped(found: list[Deployment], known: Roles) -> Iterator[Violation]:
    told: set[str] = set()
    for each in found:
        if not each.groups and each.step.job not in told:
            told.add(each.step.job)
            yield _at(each, known, "deploys without a concurrency group: two runs can deploy at once")


def _killed(found: list[Deployment], later: list[Run], known: Roles) -> Iterator[Violation]:
    """Deployments that a later run cancels: it enters one of their groups with cancel-in-progress."""
    cancelling = {group.group: run for run in reversed(later) for group in _entered(run) if group.cancels}
    told: set[str] = set()
    for each in found:
        killer = next((cancelling[group.group] for group in each.groups if group.group in cancelling), None)
        if killer is not None and not each.run.world.again and each.step.job not in told:
            told.add(each.step.job)
            newer = "a newer run" if killer.world.event == each.run.world.event else killer.world.words()
            yield _at(each, known, f"{newer} kills a running deployment, as in {each.run.world.words()}")


def _entered(run: Run) -> Iterator[Concurrency]:
    """Every group that a run enters: its own, and those of the jobs that start."""
    yield from run.groups
    for job in run.jobs.values():
        yield from job.groups


def _apart(found: list[Deployment], known: Roles) -> Iterator[Violation]:
    """The first deployment that shares no group with all before it."""
    shared: set[str] = set()
    for each in found:
        names = {group.group for group in each.groups}
        if shared and not names & shared:
            others = ", ".join(repr(name) for name in sorted(shared))
            mine = ", ".join(repr(name) for name in sorted(names))
            again = "a second run of " if each.run.world.again else ""
            yield _at(
                each,
                known,
                f"{again}{each.run.world.words()} waits in the group {mine}, but other runs in {others}: they can "
                "deploy at once",
            )
            return
        shared = names & shared if shared else names


def _at(each: Deployment, known: Roles, message: str) -> Violation:
    line = known.line(each.step)
    path = path_to(each.run, each.step, known)
    return Violation(each.step.file, line, f"job `{each.step.job}`: {message}", path)
