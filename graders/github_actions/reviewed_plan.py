"""GHA-20: is what Terraform applies the plan that was made, and could be reviewed, earlier in the same run?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from posixpath import basename, dirname, join, normpath

from graders.bundle import Bundle
from graders.facts import Facts
from graders.github_actions.instances import KIND
from graders.github_actions.roles import Roles, SimulatedPlace, roles
from graders.github_actions.simulated import Simulation, simulation
from graders.github_actions.subjects import no_job, step_commands
from graders.rule import Absent, Violation, rule
from graders.simulate.workflows.runs import Run, StepRun
from graders.simulate.workflows.world import Fault

_PROGRAMS = ("terraform", "tofu")
_UPLOAD, _DOWNLOAD, _CACHE = "actions/upload-artifact", "actions/download-artifact", "actions/cache"
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
# A path that only a run could tell: a variable that the script itself sets, a pattern.
_OPEN = re.compile(r"[$*?(]")


@dataclass(frozen=True, slots=True)
class Call:
    """One `terraform plan` or `terraform apply`: `file` is the plan that it writes or takes, from the workspace's root."""

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

    Accepted: `plan -out=FILE` and `apply FILE` in one job, or in two with the file handed over as an artifact (or through
    a cache); paths through -chdir, working-directory and cd. Wrong: apply without a file (it plans anew), a file that no
    earlier plan of the run wrote, an artifact that does not hold it, has another name or lands in another folder, a plan
    of another run, an apply that does not wait for its plan; no apply at all.
    """
    yield from no_job(bundle)
    simulated = simulation(bundle)
    known = roles(bundle, simulated)
    told: set[tuple[str, int | None]] = set()
    applied = False
    for run in simulated.clean:
        for violation in _judge(run, simulated, known):
            applied = True
            if violation is not None and (violation.file, violation.line) not in told:
                told.add((violation.file, violation.line))
                yield violation
    if not applied:
        yield Absent("", None, "no run applies a Terraform configuration")


def _judge(run: Run, simulated: Simulation, known: Roles) -> Iterator[Violation | None]:
    """One entry for each apply: None where it is right."""
    plans: list[Call] = []
    for position, step in enumerate(run.steps):
        for call in _calls(step, known):
            if call.verb == "plan":
                plans.append(call)
                continue
            wrong = _wrong(call, plans, run.steps[:position])
            if not wrong and not _waits(call, plans, run, simulated):
                wrong = "does not wait for the job that plans: the plan may be missing, or an older one"
            message = f"job `{step.job}`: {wrong}"
            yield Violation(step.file, known.line(step), message) if wrong else None


def _wrong(call: Call, plans: Sequence[Call], before: Sequence[StepRun]) -> str:
    if not call.file:
        return "apply without a plan file plans anew: what it changes nobody has seen"
    if any(plan.step.job == call.step.job and _same(plan.file, call.file) for plan in plans):
        return ""
    elsewhere = [plan for plan in plans if plan.step.job != call.step.job and plan.file]
    if not elsewhere:
        return f"no earlier step of this run has written the plan {call.file}"
    reasons = [_handed_over(plan, call, before) for plan in elsewhere]
    return "" if "" in reasons else reasons[-1]


def _handed_over(plan: Call, call: Call, before: Sequence[StepRun]) -> str:
    """Why the plan of another job is not the file that apply takes; "" when it is."""
    cached = {
        step.job for step in before if _CACHE in step.uses and step.job in (plan.step.job, call.step.job)
    }
    if len(cached) > 1 and _same(plan.file, call.file):
        return ""
    sent = [step for step in before if step.job == plan.step.job and _UPLOAD in step.uses]
    got = [step for step in before if step.job == call.step.job and _DOWNLOAD in step.uses]
    if not got:
        return f"the plan {plan.file} was written by another job and is not handed over"
    if any("run-id" in step.inputs for step in got):
        return "takes the plan of another run"
    if any(_lands(upload, download, plan.file, call.file) for upload in sent for download in got):
        return ""
    names = ", ".join(sorted({_name(step) for step in sent})) or "none"
    return f"no artifact (sent: {names}) puts the plan {plan.file} where apply reads {call.file}"


def _lands(upload: StepRun, download: StepRun, written: str, read: str) -> bool:
    """Does the artifact bring the file that plan wrote to where apply reads it?"""
    inside = _inside(upload, written)
    wanted = download.inputs.get("name", "")
    if inside is None or (wanted and wanted != _name(upload)):
        return False
    # Without a name every artifact of the run comes, each in a folder of its name.
    apart = "" if wanted or download.inputs.get("merge-multiple") == "true" else _name(upload)
    return _same(normpath(join(download.inputs.get("path") or ".", apart, inside)), read)


def _name(upload: StepRun) -> str:
    return upload.inputs.get("name") or "artifact"


def _inside(upload: StepRun, file: str) -> str | None:
    """The plan's path within the artifact; None where the artifact does not hold it.

    Source: actions/upload-artifact: of one path its last folder is the root, of several their least common ancestor.
    """
    lines = [line.strip() for line in upload.inputs.get("path", "").split("\n")]
    paths = [normpath(line) for line in lines if line and not line.startswith("!")]
    for path in paths:
        if _OPEN.search(path) or _OPEN.search(file):
            return basename(file)
        if path == file or path == "." or file.startswith(f"{path}/"):
            if len(paths) > 1:
                return _below_common(paths, file)
            return basename(file) if path == file else file if path == "." else file[len(path) + 1 :]
    return None


def _below_common(paths: Sequence[str], file: str) -> str:
    common = dirname(paths[0])
    while common and not all(path.startswith(f"{common}/") for path in paths):
        common = dirname(common)
    return file[len(common) + 1 :] if common else file


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


def _same(one: str, other: str) -> bool:
    """Two paths; where one of them can't be known, their names decide, and an unknown name is any name."""
    if _OPEN.search(one) or _OPEN.search(other):
        names = basename(one), basename(other)
        return names[0] == names[1] or any(map(_OPEN.search, names))
    return one == other


def _calls(step: StepRun, known: Roles) -> Iterator[Call]:
    written = known.filled(step)
    if written is None:
        return
    place = SimulatedPlace(step.env)
    values: dict[str, str] = {}
    folder = written.directory or "."
    for command in step_commands(written):
        values |= {name: place.shell_text(word.text, written) for name, word in command.assignments}
        mine = SimulatedPlace(values)
        words = [mine.shell_text(place.shell_text(word, written), written) for word in command.program]
        if words[:1] == ["cd"] and len(words) > 1:
            folder = join(folder, words[1])
        yield from _call(step, words, folder)


def _call(step: StepRun, words: Sequence[str], folder: str) -> Iterator[Call]:
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
            options.append(f"-{word.lstrip('-')}")
            name, equals, value = options[-1].partition("=")
            skip = name in _WITH_VALUE and not equals
            out = value if name == "-out" and equals else out
            folder = join(folder, value) if name == "-chdir" else folder
        elif not verb:
            verb = word
        else:
            files.append(word)
    if verb in ("plan", "apply"):
        file = out if verb == "plan" else files[-1] if files else ""
        yield Call(step, verb, normpath(join(folder, file)) if file else "")
