"""GHA-18: is there a way back, and is it taken exactly when the release is bad?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from graders.bundle import Bundle
from graders.facts import Facts, texts
from graders.github_actions.instances import KIND
from graders.github_actions.paths import path_to
from graders.github_actions.roles import Roles, redeploying, roles
from graders.github_actions.scripts import called, ending
from graders.github_actions.simulated import Simulation, simulation
from graders.github_actions.subjects import no_job
from graders.rule import Absent, Violation, rule
from graders.simulate.workflows.runs import Run, StepRun
from graders.simulate.workflows.world import Fault


@dataclass(frozen=True, slots=True)
class Question:
    """The commands that deploy, the words that mark production, the commands that take a release back; `unmarked`: no
    rollback of the answer says what it rolls back."""

    deploy: list[str]
    marks: list[str]
    back: list[str]
    unmarked: bool = False


@rule(
    "GHA-18",
    version=2,
    severity="H",
    constraint="rollback_dr",
    source="GitHub docs, expressions (status check functions); handbook practice: redeploy a named earlier digest",
    kinds=(KIND,),
    tools=("node",),
    parameters={"deploy_commands": list[str], "marks": list[str] | None, "rollback_commands": list[str]},
)
def has_a_way_back(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Can an earlier release be brought back by a named start, or by a job that runs when the deployment fails?

    Accepted: a manual start whose deploying step takes the version that a person names, or deploys the checkout of it; a
    step or job, or the deploying script itself, that runs a rollback command when the deployment, or what comes after it,
    fails. Wrong: neither; a rollback
    that can never run; one that runs after a good release, or when nothing was deployed (tests failed).
    """
    question = Question(
        texts(facts.params.get("deploy_commands")),
        texts(facts.params.get("marks")) or ["production"],
        texts(facts.params.get("rollback_commands")),
    )
    yield from no_job(bundle)
    simulated = simulation(bundle)
    known = roles(bundle, simulated)
    deploying = [run for run in simulated.clean if known.deploying(run, question.deploy, question.marks)]
    if not deploying:
        yield Absent("", None, f"no run deploys to {question.marks[0]} ({', '.join(question.deploy)})")
        return
    # A job may roll staging back as well: what says so of production is production's, unless nothing says anything.
    every = (*simulated.clean, *_failing(deploying, simulated))
    marked = any(known.deploying(run, question.back, question.marks) for run in every)
    question = question if marked else replace(question, unmarked=True)
    named = redeploying(simulated, known)
    by_hand = any(
        step.place in named
        for run in simulated.clean
        for step in (
            *known.deploying(run, question.deploy, question.marks),
            *_back(run, question, known),
        )
    ) or any(_back(run, question, known) for run in simulated.clean if run.world.event == "workflow_dispatch")
    automatic = False
    told: set[tuple[str, str]] = set()
    for run in deploying:
        if run.world.event == "workflow_dispatch":
            continue
        automatic = automatic or any(_taken_back(run, question, simulated, known))
        for again, step, when in _needless(run, question, simulated, known):
            if (step.job, when) not in told:
                told.add((step.job, when))
                message = f"job `{step.job}` rolls production back {when}"
                yield Violation(step.file, known.line(step), message, path_to(again, step, known))
    if not (by_hand or automatic):
        path = deploying[0].world.workflow
        yield Violation(
            path, None, "there is no way back: no start that names a version, no rollback after a failure"
        )


def _back(run: Run, question: Question, known: Roles) -> list[StepRun]:
    """The steps that roll production back; where none of the answer says so, those in no environment of another name. A
    script that would do so only after a failure of its own does not."""
    if question.unmarked:
        found = [step for step in known.speaking(run, question.back) if not step.environment]
    else:
        found = known.deploying(run, question.back, question.marks)
    return [step for step in found if _calls_back(run, step, (), question, known) is not False]


def _calls_back(
    run: Run, step: StepRun, failing: Sequence[str], question: Question, known: Roles
) -> bool | None:
    """Does the step's script, with these commands failing, call a rollback? None where nobody can tell."""
    written = known.filled(step)
    if written is None or (
        not failing and not any(called(text, question.deploy) for text in known.spoken(step))
    ):
        return None
    env = {**run.facts, **step.env}
    watched = (*question.deploy, *question.back)
    found = ending(written, env, known.scripts, failing=failing, watched=watched)
    return any(called(call, question.back) for call in found.calls) if found else None


def _failing(deploying: list[Run], simulated: Simulation) -> list[Run]:
    """Each run that deploys, once more for each of its steps, which fails."""
    worlds = [
        replace(run.world, faults=(Fault(step.job, step.file, step.index),))
        for run in deploying
        for step in {step.place: step for step in run.steps}.values()
    ]
    return [run for run in simulated.run(worlds) if run]


def _taken_back(run: Run, question: Question, simulated: Simulation, known: Roles) -> Iterator[StepRun]:
    """The rollback steps that run when the deployment, or a step after it, fails."""
    targets = known.deploying(run, question.deploy, question.marks)
    for step in targets:
        if known.speaking(run, question.back) and _calls_back(run, step, question.deploy, question, known):
            yield step
    first = run.steps.index(targets[0])
    back = {step.place for step in _back(run, question, known)}
    later = [step for step in run.steps[first:] if step.place not in back]
    worlds = [
        replace(run.world, faults=(Fault(step.job, step.file, step.index),))
        for step in {step.place: step for step in later}.values()
    ]
    for again in simulated.run(worlds):
        yield from _back(again, question, known) if again else ()


def _needless(
    run: Run, question: Question, simulated: Simulation, known: Roles
) -> Iterator[tuple[Run, StepRun, str]]:
    for step in _back(run, question, known):
        yield run, step, f"although nothing failed, in {run.world.words()}"
    targets = known.deploying(run, question.deploy, question.marks)
    # A failure in setting the deploying job up (a checkout, a login) is no news about what was released.
    before = {
        step.place: step
        for step in run.steps[: run.steps.index(targets[0])]
        if step.job != targets[0].job or not step.uses
    }.values()
    worlds = [replace(run.world, faults=(Fault(step.job, step.file, step.index),)) for step in before]
    for again in simulated.run(worlds):
        if again and not known.deploying(again, question.deploy, question.marks):
            for step in _back(again, question, known):
                yield again, step, f"although nothing was deployed, in {run.world.words()}"
