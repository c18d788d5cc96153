"""GHA-07 and GHA-08: what a stranger's fork reaches when its events run with this repository's rights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts, texts
from graders.github_actions import landing
from graders.github_actions.expression import secret_names
from graders.github_actions.inlining import is_local
from graders.github_actions.instances import KIND
from graders.github_actions.paths import path_to
from graders.github_actions.roles import Roles, roles
from graders.github_actions.simulated import Simulation, simulation
from graders.github_actions.subjects import no_job
from graders.github_actions.workflow import mapping, scalars
from graders.rule import Violation, rule
from graders.simulate.workflows.runs import Run, StepRun
from graders.yaml_lines import YamlMap

# These run the base repository's file with its secrets and a token that may write, whoever caused them.
_PRIVILEGED = {
    "pull_request_target",
    "workflow_run",
    "issue_comment",
    "issues",
    "discussion",
    "discussion_comment",
}
# What the simulated fork is called (graders/simulate/workflows/node/contexts.mjs).
_OF_THE_FORK = re.compile(r"c0ffee|mallory|refs/pull/7/|\bpull/7/|\btopic\b")
_FETCHES = re.compile(
    r"\bgh pr checkout\b|\bgit (fetch|checkout|pull|switch|clone|reset|merge)\b.*(c0ffee|mallory|pull/7/)"
)
_CODE, _BUILT = "the code of the fork", "what the fork's run has built"
_ASKS = re.compile(r"headRef(Oid|Name)|\.head\.(sha|ref)|pulls/7\b")


@rule(
    "GHA-07",
    version=2,
    severity="C",
    constraint="secret_hygiene",
    source="GitHub Security Lab, preventing pwn requests; OWASP CICD-SEC-4; zizmor dangerous-triggers",
    kinds=(KIND,),
    tools=("node",),
)
def runs_no_strangers_code(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does no privileged run fetch a fork's code, or what the fork's run has built, and then run it?

    Simulated: pull_request_target, workflow_run and comments that a fork causes. Accepted: the fork's code in a plain
    pull_request run; a privileged job that fetches nothing of the fork's, that only reads it (no build, no script; a
    script of the base that is given the folder of an artifact), or whose condition shuts forks out.
    Wrong: a checkout of the head (by commit, branch, refs/pull, gh pr checkout) or a download of the run's artifact, and
    after it a build, a test, a script or a local action in the same job.
    """
    yield from no_job(bundle)
    simulated = simulation(bundle)
    known = roles(bundle, simulated)
    told: set[str] = set()
    for run in _of_forks(simulated):
        for job in dict.fromkeys(step.job for step in run.steps):
            for step, got in _poisoned(run, job, known):
                if job not in told:
                    told.add(job)
                    message = f"job `{job}` runs {got}, with this repository's rights, in {run.world.words()}"
                    yield Violation(step.file, known.line(step), message, path_to(run, step, known))


def _of_forks(simulated: Simulation) -> list[Run]:
    return [run for run in simulated.clean if run.world.fork and run.world.event in _PRIVILEGED]


def _poisoned(run: Run, job: str, known: Roles) -> Iterator[tuple[StepRun, str]]:
    """The steps that run a stranger's code, and whose it is. `built` is where an artifact of the fork's run lies."""
    code, built = False, None
    for step in (step for step in run.steps if step.job == job):
        action = step.uses.partition("@")[0].lower()
        asked_for = f"{step.inputs.get('ref', '')} {step.inputs.get('repository', '')}"
        if action == "actions/checkout" and (
            _OF_THE_FORK.search(asked_for) or _looked_up(asked_for, run, known)
        ):
            code = True
        elif action.endswith("download-artifact"):
            built = _both(built, landing.of_action(step.inputs))
        elif is_local(step.uses) and (code or built is not None):
            yield step, _CODE if code else _BUILT
        for text in known.spoken(step):
            if _FETCHES.search(text):
                code = True
            elif landing.of_command(text) is not None:
                built = _both(built, landing.of_command(text))
            elif code and landing.runs_code(text):
                yield step, _CODE
            elif built is not None and landing.is_run(text, built, _working_folder(step, known)):
                yield step, _BUILT


def _both(first: str | None, second: str | None) -> str | None:
    """One folder for two downloads: the working folder when they differ."""
    if first is None or second is None:
        return second if first is None else first
    return first if first == second else ""


def _working_folder(step: StepRun, known: Roles) -> str:
    written = known.written(step)
    return written.directory if written else ""


def _looked_up(ref: str, run: Run, known: Roles) -> bool:
    """Is the ref an output that a step of the run asked the pull request for?"""
    return " of a run)" in ref and any(
        _ASKS.search(text) for step in run.steps for text in known.spoken(step)
    )


@rule(
    "GHA-08",
    version=2,
    severity="C",
    constraint="secret_hygiene",
    source="GitHub docs, events (pull_request_target, workflow_run); OWASP CICD-SEC-4",
    kinds=(KIND,),
    tools=("node",),
    parameters={"allowed": list[str] | None},
)
def keeps_secrets_from_forks(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does no run that a fork causes reach a secret but GITHUB_TOKEN?

    Judged are runs to which GitHub gives secrets whoever caused them (pull_request_target, workflow_run, comments,
    issues); a fork's plain pull_request gets none. Accepted: conditions that shut forks out; secrets in runs of this
    repository's own branches. Wrong: a secret in the step, its job's or the workflow's `env`, passed to a called workflow,
    or inherited by one that uses it.
    """
    yield from no_job(bundle)
    simulated = simulation(bundle)
    known = roles(bundle, simulated)
    allowed = {"github_token", *(name.lower() for name in texts(facts.params.get("allowed")))}
    told: set[tuple[str, str]] = set()
    for run in _of_forks(simulated):
        for step in run.steps:
            for name in _secrets(step, run, simulated, known):
                if name.lower() not in allowed and (step.job, name) not in told:
                    told.add((step.job, name))
                    message = f"job `{step.job}` has the secret {name} in {run.world.words()}, which a stranger can cause"
                    yield Violation(step.file, known.line(step), message, path_to(run, step, known))


def _secrets(step: StepRun, run: Run, simulated: Simulation, known: Roles) -> Iterator[str]:
    """The names of the secrets that the step, its job and its workflow put within its reach."""
    written = known.written(step)
    job = _job(simulated, step.file, step.job)
    blocks: list[Any] = [[written.run], written.with_, written.env] if written else []
    blocks += [mapping(simulated.repository.get(step.file)).get("env"), job.get("env"), job.get("container")]
    blocks += [job.get("secrets")]
    for block in blocks:
        for text in scalars(block):
            for name in secret_names(text):
                origin = _origin(name, step.job, run, simulated)
                if origin:
                    yield origin


def _origin(name: str, job: str, run: Run, simulated: Simulation) -> str:
    """The secret of the repository behind a name: callers hand secrets on under names of their own. "" where a caller hands
    none on, or the workflow's own token."""
    caller = job.rpartition("/")[0]
    if not caller:
        return name
    given = _job(simulated, run.jobs[caller].file, caller).get("secrets")
    if given == "inherit":
        return _origin(name, caller, run, simulated)
    handed = [value for key, value in mapping(given).items() if key.lower() == name.lower()]
    return next((_origin(one, caller, run, simulated) for value in handed for one in secret_names(value)), "")


def _job(simulated: Simulation, file: str, path: str) -> YamlMap:
    return mapping(mapping(mapping(simulated.repository.get(file)).get("jobs")).get(path.rpartition("/")[2]))
