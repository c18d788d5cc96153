"""GHA-20: is what Terraform applies the plan that was made, and could be reviewed, earlier in the same run?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from posixpath import basename, normpath

from graders.bundle import Bundle
from graders.facts import Facts
from graders.github_actions.instances import KIND
from graders.github_actions.roles import Roles, SimulatedPlace, roles
from graders.github_actions.simulated import simulation
from graders.github_actions.subjects import no_job, step_commands
from graders.rule import Absent, Violation, rule
from graders.simulate.workflows.runs import Run, StepRun

_PROGRAMS = ("terraform", "tofu")
_UPLOAD, _DOWNLOAD = "actions/upload-artifact", "actions/download-artifact"
# Options of plan and apply whose value may be the next word.
_WITH_VALUE = (
    "-var",
    "-var-file",
    "-target",
    "-lock-timeout",
    "-parallelism",
    "-out",
    "-state",
    "-backup",
    "-replace",
)


@dataclass(frozen=True, slots=True)
class Call:
    """One `terraform plan` or `terraform apply`: `file` is the plan that it writes or takes, without its folder."""

    step: StepRun
    verb: str
    file: str


@rule(
    "GHA-20",
    severity="H",
    constraint="consistency",
    source="Terraform docs, running Terraform in automation; plan -out and apply PLANFILE",
    kinds=(KIND,),
    tools=("node",),
)
def applies_the_reviewed_plan(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does every run that applies take the plan file that an earlier step of the same run has written?

    Accepted: `plan -out=FILE` and `apply FILE` in one job, or in two with the file handed over as an artifact (or through a
    cache). Wrong: apply without a file (it plans anew), a file that no earlier plan of the run wrote, an artifact under
    another name, a plan of another run; no apply at all.
    """
    yield from no_job(bundle)
    simulated = simulation(bundle)
    known = roles(bundle, simulated)
    told: set[tuple[str, int | None]] = set()
    applied = False
    for run in simulated.clean:
        for violation in _judge(run, known):
            applied = True
            if violation is not None and (violation.file, violation.line) not in told:
                told.add((violation.file, violation.line))
                yield violation
    if not applied:
        yield Absent("", None, "no run applies a Terraform configuration")


def _judge(run: Run, known: Roles) -> Iterator[Violation | None]:
    """One entry for each apply: None where it is right."""
    plans: list[Call] = []
    for position, step in enumerate(run.steps):
        for call in _calls(step, known):
            if call.verb == "plan":
                plans.append(call)
                continue
            yield _wrong(call, plans, run.steps[:position], known)


def _wrong(call: Call, plans: Sequence[Call], before: Sequence[StepRun], known: Roles) -> Violation | None:
    line = known.line(call.step)

    def violation(message: str) -> Violation:
        return Violation(call.step.file, line, f"job `{call.step.job}`: {message}")

    if not call.file:
        return violation("apply without a plan file plans anew: what it changes nobody has seen")
    written = [plan for plan in plans if plan.file == call.file]
    if not written:
        return violation(f"no earlier step of this run has written the plan {call.file}")
    if any(plan.step.job == call.step.job for plan in written):
        return None
    jobs = {plan.step.job for plan in written}
    sent = {_artifact(step) for step in before if step.job in jobs and _UPLOAD in step.uses}
    got = {_artifact(step) for step in before if step.job == call.step.job and _DOWNLOAD in step.uses}
    cached = [step for step in before if step.job in (*jobs, call.step.job) and "actions/cache" in step.uses]
    if "" in got and sent:  # every artifact of the run
        return None
    if sent & got or len({step.job for step in cached}) > 1:
        return None
    if not got:
        return violation(f"the plan {call.file} was written by another job and is not handed over")
    return violation(
        f"takes the artifact {', '.join(sorted(got))}, but the plan was sent as {', '.join(sorted(sent)) or 'none'}"
    )


def _artifact(step: StepRun) -> str:
    if step.inputs.get("run-id"):
        return f"of another run: {step.inputs['run-id']}"
    return step.inputs.get("name") or ("" if _DOWNLOAD in step.uses else "artifact")


def _calls(step: StepRun, known: Roles) -> Iterator[Call]:
    written = known.filled(step)
    if written is None:
        return
    place = SimulatedPlace(step.env)
    values: dict[str, str] = {}
    for command in step_commands(written):
        values |= {name: word.text for name, word in command.assignments}
        words = [
            SimulatedPlace(values).shell_text(place.shell_text(word, written), written)
            for word in command.program
        ]
        yield from _call(step, words)


def _call(step: StepRun, words: Sequence[str]) -> Iterator[Call]:
    if not words or basename(words[0]) not in _PROGRAMS:
        return
    options: list[str] = []
    files: list[str] = []
    verb, out, skip = "", "", False
    for word in words[1:]:
        if skip:
            skip = False
            out = word if options[-1] == "-out" else out
        elif word.startswith("-"):
            options.append(word.lstrip("-") and f"-{word.lstrip('-')}")
            name, equals, value = options[-1].partition("=")
            skip = name in _WITH_VALUE and not equals
            out = value if name == "-out" and equals else out
        elif not verb:
            verb = word
        else:
            files.append(word)
    if verb in ("plan", "apply"):
        file = out if verb == "plan" else files[-1] if files else ""
        yield Call(step, verb, basename(normpath(file)) if file else "")
