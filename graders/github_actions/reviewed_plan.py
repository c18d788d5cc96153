"""GHA-20: is what Terraform applies the plan that was made, and could be reviewed, earlier in the same run?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from graders.bundle import Bundle
from graders.facts import Facts, texts
from graders.github_actions.handed_over import handed_over
from graders.github_actions.instances import KIND
from graders.github_actions.paths import path_to
from graders.github_actions.plan_calls import Call, Wrapped, calls_of, same_path
from graders.github_actions.roles import Roles, roles
from graders.github_actions.simulated import Simulation, simulation
from graders.github_actions.subjects import no_job
from graders.rule import Absent, Violation, rule
from graders.simulate.workflows.runs import Run, StepRun
from graders.simulate.workflows.world import Fault


@rule(
    "GHA-20",
    version=2,
    severity="H",
    constraint="consistency",
    source="Terraform docs, running Terraform in automation; plan -out and apply PLANFILE",
    kinds=(KIND,),
    tools=("node",),
    parameters={"plan_commands": list[str] | None, "apply_commands": list[str] | None},
)
def applies_the_reviewed_plan(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does every run that applies take the plan file that an earlier step of the same run has written?

    Besides `terraform` and `tofu` these are the commands that the case names (`tf.sh plan ENV FILE`: words in capitals are
    arguments, FILE the plan), and what scripts of the answer call. Accepted: `plan -out=FILE` and `apply FILE` in one job,
    or in two with the file handed over as an artifact, through a cache or an object store; paths through -chdir,
    working-directory and cd. Wrong: apply without a file (it plans anew), a file that no
    earlier plan of the run wrote, an artifact that does not hold it, has another name or lands in another folder, a plan
    of another run, an apply that does not wait for its plan; no apply at all.
    """
    yield from no_job(bundle)
    simulated = simulation(bundle)
    known = roles(bundle, simulated)
    wrapped = [
        Wrapped(verb, tuple(command.split()))
        for verb in ("plan", "apply")
        for command in texts(facts.params.get(f"{verb}_commands"))
    ]
    told: set[tuple[str, int | None]] = set()
    applied = False
    for run in simulated.clean:
        for violation in _judge(run, wrapped, simulated, known):
            applied = True
            if violation is not None and (violation.file, violation.line) not in told:
                told.add((violation.file, violation.line))
                yield violation
    if not applied:
        yield Absent("", None, "no run applies a Terraform configuration")


def _judge(
    run: Run, wrapped: Sequence[Wrapped], simulated: Simulation, known: Roles
) -> Iterator[Violation | None]:
    """One entry for each apply: None where it is right."""
    plans: list[Call] = []
    for position, step in enumerate(run.steps):
        for call in calls_of(run, step, known, wrapped):
            if call.verb == "plan":
                plans.append(call)
                continue
            wrong = _wrong(call, plans, run.steps[:position], known)
            if not wrong and not _waits(call, plans, run, simulated):
                wrong = "does not wait for the job that plans: the plan may be missing, or an older one"
            message = f"job `{step.job}`: {wrong}"
            path = path_to(run, step, known) if wrong else None
            yield Violation(step.file, known.line(step), message, path) if wrong else None


def _wrong(call: Call, plans: Sequence[Call], before: Sequence[StepRun], known: Roles) -> str:
    if not call.file:
        return "apply without a plan file plans anew: what it changes nobody has seen"
    if any(plan.step.job == call.step.job and same_path(plan.file, call.file) for plan in plans):
        return ""
    elsewhere = [plan for plan in plans if plan.step.job != call.step.job and plan.file]
    if not elsewhere:
        return f"no earlier step of this run has written the plan {call.file}"
    reasons = [handed_over(plan, call, before, known) for plan in elsewhere]
    return "" if "" in reasons else reasons[-1]


def _waits(call: Call, plans: Sequence[Call], run: Run, simulated: Simulation) -> bool:
    """With its plan failing, does the apply stay away?"""
    others = [plan.step for plan in plans if plan.step.job != call.step.job]
    if not others or any(plan.step.job == call.step.job for plan in plans):
        return True
    worlds = [replace(run.world, faults=(Fault(step.job, step.file, step.index),)) for step in others]
    return any(
        again is None or all(step.place != call.step.place for step in again.steps)
        for again in simulated.run(worlds)
    )
