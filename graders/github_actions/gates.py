"""GHA-12: does nothing reach production unless tests, scan and canary passed in the same run?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.github_actions import shell
from graders.github_actions.environments import runs, texts
from graders.github_actions.instances import KIND
from graders.github_actions.roles import Roles, redeploying, roles
from graders.github_actions.simulated import Simulation, simulation
from graders.github_actions.subjects import no_job
from graders.rule import Absent, Violation, rule
from graders.simulate.workflows.runs import Run, StepRun
from graders.simulate.workflows.world import Fault

_HARMLESS = {"true", ":", "exit 0"}


@dataclass(frozen=True, slots=True)
class Question:
    """What a case asks about: the commands that deploy, the words that mark production, the commands of each gate."""

    deploy: list[str]
    marks: list[str]
    gates: dict[str, list[str]]
    canary: list[str]


@rule(
    "GHA-12",
    severity="C",
    constraint="rollback_dr",
    source="GitHub docs, expressions (status check functions), workflow syntax; actions/runner issues 491, 1161, 2205",
    kinds=(KIND,),
    tools=("node",),
    parameters={
        "deploy_commands": list[str],
        "marks": list[str] | None,
        "gates": dict[str, list[str]],
        "canary": list[str] | None,
    },
)
def stops_at_a_failed_gate(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does a test, scan or canary that failed, was cancelled or was skipped keep every run from production?

    Simulated: each event that starts a workflow, then the same run with one gate step failing, with its job cancelled, and
    with the whole run cancelled. Accepted: any wiring that stops (needs, results asked for in conditions, outputs, called
    workflows, a workflow_run that asks for the conclusion); an experimental leg that may fail while others gate; a manual
    start that redeploys a named version without gates. Wrong: always(), !cancelled(), continue-on-error, a missing `needs`,
    a gate after the deployment, a failure swallowed in the script; no step that is the gate or the deployment.
    """
    question = Question(
        texts(facts.params.get("deploy_commands")),
        texts(facts.params.get("marks")) or ["production"],
        {name: texts(commands) for name, commands in dict(facts.params.get("gates") or {}).items()},
        texts(facts.params.get("canary")),
    )
    yield from no_job(bundle)
    simulated = simulation(bundle)
    known = roles(bundle, simulated)
    deploying = [run for run in simulated.clean if known.deploying(run, question.deploy, question.marks)]
    if not deploying:
        yield Absent("", None, f"no run deploys to {question.marks[0]} ({', '.join(question.deploy)})")
    gates = {**question.gates, **({"canary": question.canary} if question.canary else {})}
    for name, commands in gates.items():
        if not any(known.speaking(run, commands) for run in simulated.clean):
            yield Absent("", None, f"no step is recognised as the gate {name} ({', '.join(commands)})")
            return
    told: set[tuple[str, int | None, str]] = set()
    for run in deploying:
        for violation in _judge(run, question, simulated, known):
            key = (violation.file, violation.line, violation.message.partition(" in ")[0])
            if key not in told:
                told.add(key)
                yield violation


def _judge(run: Run, question: Question, simulated: Simulation, known: Roles) -> Iterator[Violation]:
    targets = known.deploying(run, question.deploy, question.marks)
    if run.world.event == "workflow_run" and run.world.conclusion == "failure":
        yield _at(known, targets[0], f"production is deployed to after {run.world.words()}")
        return
    cancelled = simulated.run([replace(run.world, cancelled=True)])[0]
    for step in _targets(cancelled, question, known)[:1]:
        yield _at(
            known, step, f"production is deployed to although the run was cancelled, in {run.world.words()}"
        )
    gates = {**question.gates, **({"canary": question.canary} if question.canary else {})}
    for name, commands in gates.items():
        steps = list({step.place: step for step in known.speaking(run, commands)}.values())
        if not steps and not _is_excused(run, targets, commands, simulated, known):
            yield _at(
                known,
                targets[0],
                f"production is deployed to without the gate {name}, in {run.world.words()}",
            )
        for step in steps:
            yield from _fails(run, name, step, question, simulated, known)
            yield from _swallowed(name, step, commands, known)


def _fails(
    run: Run, name: str, gate: StepRun, question: Question, simulated: Simulation, known: Roles
) -> Iterator[Violation]:
    """The same run with the gate's step failing, and with its job cancelled as a time limit does."""
    targets = known.deploying(run, question.deploy, question.marks)
    order = {step.place: position for position, step in reversed(list(enumerate(run.steps)))}
    early = {step.place for step in targets if order[step.place] < order[gate.place]}
    if early and name != "canary":
        yield _at(known, gate, f"the gate {name} comes after the deployment, in {run.world.words()}")
        return
    if name == "canary" and len(early) == len({step.place for step in targets}):
        yield _at(
            known,
            gate,
            f"the canary is checked after all of production has the release, in {run.world.words()}",
        )
        return
    faults = [
        Fault(gate.job, gate.file, gate.index, "failure"),
        Fault(gate.job, gate.file, gate.index, "cancelled"),
    ]
    for fault, again in zip(
        faults, simulated.run([replace(run.world, faults=(one,)) for one in faults]), strict=True
    ):
        for step in _targets(again, question, known):
            if step.place not in early:
                how = "failed" if fault.kind == "failure" else "was cancelled"
                yield _at(
                    known, step, f"production is deployed to although {name} {how}, in {run.world.words()}"
                )
                return


def _targets(run: Run | None, question: Question, known: Roles) -> list[StepRun]:
    return known.deploying(run, question.deploy, question.marks) if run else []


def _is_excused(
    run: Run, targets: Sequence[StepRun], commands: list[str], simulated: Simulation, known: Roles
) -> bool:
    """May a run reach production without this gate? When a person names a version that was built before, or when the gate
    stands in the workflow whose success started this one."""
    if run.world.event == "workflow_dispatch":
        return {step.place for step in targets} <= redeploying(simulated, known)
    if run.world.event == "workflow_run":
        awaited = _awaited(simulated, run.world.workflow)
        return any(
            known.speaking(other, commands) for other in simulated.clean if _name(simulated, other) in awaited
        )
    return False


def _awaited(simulated: Simulation, path: str) -> set[str]:
    names: Any = simulated.workflows[path].triggers["workflow_run"].get("workflows")
    return {str(name) for name in names} if isinstance(names, list) else {str(names)}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _name(simulated: Simulation, run: Run) -> str:
    workflow = simulated.workflows[run.world.workflow]
    return workflow.name or workflow.path


def _swallowed(name: str, step: StepRun, commands: list[str], known: Roles) -> Iterator[Violation]:
    """A gate whose script goes on whatever came out: `make test || true`."""
    pipelines = shell.parse(step.script)
    for pipeline, behind in pairwise(pipelines):
        spoken = [" ".join(command.program) for command in pipeline.commands]
        if behind.joined == "||" and any(runs(text, command) for text in spoken for command in commands):
            instead = " ".join(behind.commands[0].texts)
            if instead in _HARMLESS or behind.commands[0].name == "echo":
                yield _at(known, step, f"a failure of {name} is swallowed: `|| {instead}`")


def _at(known: Roles, step: StepRun, message: str) -> Violation:
    return Violation(step.file, known.line(step), f"job `{step.job}`: {message}")
