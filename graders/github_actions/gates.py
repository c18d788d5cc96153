"""GHA-12: does nothing reach production unless tests, scan and canary passed in the same run?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from graders.bundle import Bundle
from graders.facts import Facts, texts
from graders.github_actions.awaited import awaited_gate
from graders.github_actions.gate_failures import Asked, Failures
from graders.github_actions.instances import KIND
from graders.github_actions.paths import path_to
from graders.github_actions.roles import Roles, redeploying, roles
from graders.github_actions.simulated import Simulation, simulation
from graders.github_actions.subjects import no_job
from graders.rule import Absent, Violation, rule
from graders.simulate.workflows.runs import Run, StepRun

_CANARY = "canary"


@dataclass(frozen=True, slots=True)
class Question:
    """What a case asks about: the commands that deploy, the words that mark production, the commands of each gate (the
    canary is one)."""

    deploy: list[str]
    marks: list[str]
    gates: dict[str, list[str]]


@rule(
    "GHA-12",
    version=2,
    severity="C",
    constraint="rollback_dr",
    source="GitHub docs, expressions (status check functions), workflow syntax; Bash manual (set -e); actions/runner issues "
    "491, 1161, 2205",
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

    Simulated: each event that starts a workflow, then the same run with the command of one gate failing (Bash says what its
    script makes of that), with its job cancelled, and with the whole run cancelled. Accepted: any wiring that stops (needs,
    results asked for in conditions or scripts, outputs, called workflows, a workflow_run that asks for success); a second
    try; an experimental leg that may fail while others gate; a manual start that redeploys a named version without gates.
    Wrong: always(), !cancelled(), continue-on-error, a missing `needs`, a gate after the deployment, a failure that the
    script swallows (`|| true`, a pipe without pipefail, `set +e`); no step that is the gate or the deployment.
    """
    canary = texts(facts.params.get("canary"))
    gates = {name: texts(commands) for name, commands in dict(facts.params.get("gates") or {}).items()}
    question = Question(
        texts(facts.params.get("deploy_commands")),
        texts(facts.params.get("marks")) or ["production"],
        {**gates, **({_CANARY: canary} if canary else {})},
    )
    yield from no_job(bundle)
    simulated = simulation(bundle)
    known = roles(bundle, simulated)
    deploying = [run for run in simulated.clean if known.deploying(run, question.deploy, question.marks)]
    if not deploying:
        yield Absent("", None, f"no run deploys to {question.marks[0]} ({', '.join(question.deploy)})")
    for name, commands in question.gates.items():
        if not any(known.speaking(run, commands) for run in simulated.clean):
            yield Absent("", None, f"no step is recognised as the gate {name} ({', '.join(commands)})")
            return
    told: set[tuple[str, int | None, str]] = set()
    for run in deploying:
        for violation in _judge(run, question, simulated, known):
            key = (violation.file, violation.line, violation.message.partition(", in ")[0])
            if key not in told:
                told.add(key)
                yield violation


def _judge(run: Run, question: Question, simulated: Simulation, known: Roles) -> Iterator[Violation]:
    targets = known.deploying(run, question.deploy, question.marks)
    if run.world.event == "workflow_run" and run.world.conclusion != "success":
        yield _at(known, run, targets[0], f"production is deployed to after {run.world.words()}")
        return
    cancelled = simulated.run([replace(run.world, cancelled=True)])[0]
    if cancelled:
        for step in known.deploying(cancelled, question.deploy, question.marks)[:1]:
            message = f"production is deployed to although the run was cancelled, in {run.world.words()}"
            yield _at(known, cancelled, step, message)
    for name, commands in question.gates.items():
        failures = Failures(Asked(commands, question.deploy, question.marks), simulated, known)
        steps = list({step.place: step for step in known.speaking(run, commands)}.values())
        if not steps and not _is_excused(run, targets, commands, failures, simulated, known):
            message = f"production is deployed to without the gate {name}, in {run.world.words()}"
            yield _at(known, run, targets[0], message)
        for step in steps:
            yield from _fails(run, name, step, targets, failures)


def _fails(
    run: Run, name: str, gate: StepRun, targets: Sequence[StepRun], failures: Failures
) -> Iterator[Violation]:
    """The same run with the gate failing, and with its job cancelled as a time limit does."""
    known, asked = failures.known, failures.asked
    order = {step.place: position for position, step in reversed(list(enumerate(run.steps)))}
    before, after = failures.deploys_itself(run, gate)
    early = {step.place for step in targets if order[step.place] < order[gate.place]}
    if (early or before) and name != _CANARY:
        yield _at(known, run, gate, f"the gate {name} comes after the deployment, in {run.world.words()}")
        return
    if name == _CANARY and len(early) == len({step.place for step in targets}):
        message = f"the canary is checked after all of production has the release, in {run.world.words()}"
        yield _at(known, run, gate, message)
        return
    # The gate's own script deploys too: whether it still does when the gate fails was asked of Bash.
    early |= set() if after else {gate.place}
    failed, cancelled = failures.run(run, gate), failures.cancelled(run, gate)
    how = "failed, and its script ends well all the same" if failures.swallows(run, gate) else "failed"
    for again, what in ((failed, how), (cancelled, "was cancelled")):
        found = known.deploying(again, asked.deploy, asked.marks) if again else []
        reached = [step for step in found if step.place not in early]
        if again and reached and not (what == "was cancelled" and reached[0].place == gate.place):
            message = f"production is deployed to although {name} {what}, in {run.world.words()}"
            yield _at(known, again, reached[0], message)
            return


def _is_excused(
    run: Run,
    targets: Sequence[StepRun],
    commands: list[str],
    failures: Failures,
    simulated: Simulation,
    known: Roles,
) -> bool:
    """May a run reach production without this gate? When a person names a version that was built before, or when the gate
    stands in the workflow whose success started this one."""
    if run.world.event == "workflow_dispatch":
        return {step.place for step in targets} <= redeploying(simulated, known)
    return run.world.event == "workflow_run" and awaited_gate(run, commands, failures, simulated, known)


def _at(known: Roles, run: Run, step: StepRun, message: str) -> Violation:
    return Violation(step.file, known.line(step), f"job `{step.job}`: {message}", path_to(run, step, known))
