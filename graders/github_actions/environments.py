"""GHA-11: whatever reaches production goes through the protected environment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import normpath
from typing import Any, Protocol

from graders.bundle import Bundle
from graders.facts import Facts, texts
from graders.github_actions import shell
from graders.github_actions.evaluation import Unknown
from graders.github_actions.inlining import is_local
from graders.github_actions.instances import KIND, Instance, instances
from graders.github_actions.secrets import uses_variable
from graders.github_actions.shell_model import WRAPPERS
from graders.github_actions.subjects import is_posix_shell, no_job, step_commands
from graders.github_actions.workflow import Step, scalars
from graders.rule import Violation, rule

_VARIABLE = re.compile(r"\$\{(\w+)(?:\[[@*]\])?\}|\$(\w+)")
_REAL_RUNS = ("--dry-run=none", "--dry-run=false")


# Inputs by which an action (a retry, an SSH or a cloud shell) is given a command to run.
class Place(Protocol):
    """Where a step runs: it puts values into texts, of a job as written or as simulated."""

    def resolve(self, value: Any, step: Step | None = None) -> str: ...
    def shell_text(self, text: str, step: Step) -> str: ...


COMMAND_INPUTS = ("command", "run", "cmd", "script", "inlinescript", "args")


@rule(
    "GHA-11",
    version=2,
    severity="H",
    constraint="least_privilege",
    source="GitHub docs, deployments and environments; OWASP CICD-SEC-1; zizmor secrets-outside-env",
    kinds=(KIND,),
    parameters={"environment": str, "deploy_commands": list[str], "marks": list[str] | None},
)
def deploys_through_environment(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Has every job that deploys to production the protected environment's name?

    A job deploys if a step runs one of the deploy commands (or uses such an action); it deploys to production if one
    of the marks stands in its id, name, env, `with`, environment or commands (not in comments and printed text), after
    the inputs of its caller, its matrix leg and the options of a manual start are filled in.
    Accepted: `environment: NAME`, `{name: NAME}`, an expression that gives it for that leg, call or option.
    Wrong: no environment, another one, one that can't be known; an environment on another job (approval) only; no job
    that deploys to production.
    """
    yield from no_job(bundle)
    wanted = str(facts.params.get("environment") or "")
    marks = texts(facts.params.get("marks")) or [wanted]
    commands = texts(facts.params.get("deploy_commands"))
    found = False
    told: set[tuple[str, str]] = set()
    for instance in instances(bundle, wanted):
        if not deploys(instance, commands) or not _mentions(instance, marks):
            continue
        found = True
        environment = instance.environment()
        place = (instance.workflow.path, instance.job.id)
        if (isinstance(environment, str) and environment.lower() == wanted.lower()) or place in told:
            continue
        told.add(place)
        said = (
            "names no environment"
            if environment is None
            else "has an environment that can't be known"
            if isinstance(environment, Unknown)
            else f"has the environment `{environment}`"
        )
        yield Violation(
            place[0],
            instance.job.line_of("environment"),
            f"job `{instance.job.id}` deploys to {wanted} but {said}: `environment: {wanted}` holds the approval",
        )
    if not found:
        yield Violation(
            "", None, f"no job was found that deploys to {wanted} (deploy commands: {', '.join(commands)})"
        )


def deploys(instance: Instance, commands: list[str]) -> bool:
    """Does a step of the job run one of the deploy commands, or use such an action?"""
    # A workflow of another repository can't be looked into: its name is all there is.
    if instance.job.uses and not is_local(instance.job.uses):
        return any(_plain(wanted) in instance.job.uses for wanted in commands)
    return any(is_deploy(instance, step, commands) for step in instance.steps)


def is_deploy(instance: Instance, step: Step, commands: list[str]) -> bool:
    """Does this step deploy? Options may stand between the words of a command (`kubectl --context x apply`)."""
    if any(_plain(wanted) in step.uses for wanted in commands):
        return True
    spoken = [text for text, printed in spoken_by(instance, step) if not printed]
    spoken += [instance.resolve(step.input(name), step) for name in COMMAND_INPUTS]
    return any(runs(text, wanted) for wanted in commands for text in spoken)


def deploying_commands(instance: Instance, step: Step, commands: list[str]) -> list[shell.Command]:
    """The commands of a step that deploy, printed ones left out."""
    return [
        command
        for command in step_commands(step)
        if command.name not in ("echo", "printf", "cat")
        and any(runs(instance.shell_text(" ".join(command.texts), step), wanted) for wanted in commands)
    ]


def runs(text: str, wanted: str) -> bool:
    """Is the spoken text the wanted command? Options may stand between its words."""
    text, wanted = _plain(text), _plain(wanted)
    if wanted and re.search(rf"(?<![\w-]){re.escape(wanted)}(?![\w:-])", text):
        return True
    first, *others = wanted.split() or [""]
    words = iter(_unwrapped(text.split(), first))
    return bool(others) and next(words, "") == first and all(word in words for word in others)


def _unwrapped(words: list[str], first: str) -> list[str]:
    """Without what starts another program (`timeout -k 9 5m terraform …`)."""
    wrapped = words[:1] and words[0] in WRAPPERS and first in words
    return words[words.index(first) :] if wrapped else words


def _plain(text: str) -> str:
    return " ".join(text.split())


def spoken_by(instance: Place, step: Step) -> Iterator[tuple[str, bool]]:
    """Each command of a step as text, and whether it only prints; not its comments, summaries and dry runs."""
    if not is_posix_shell(step):
        lines = instance.resolve(step.run, step).split("\n")
        yield from ((line, False) for line in lines if not line.lstrip().startswith("#"))
        return
    directory = step.directory
    assigned: dict[str, str] = {}
    for command in step_commands(step):
        if command.program[:1] == ("cd",):
            directory = "".join(command.program[1:2])
        printed = command.name in ("echo", "printf", "cat")
        targets = " ".join(redirect.target.text for redirect in command.redirects)
        if printed and (not targets or "GITHUB_STEP_SUMMARY" in targets):
            continue
        if any(text.startswith("--dry-run") and text not in _REAL_RUNS for text in command.texts):
            continue
        words = [f"{name}={word.text}" for name, word in command.assignments]
        # What the script has set before, arrays included: `args=(apply "$ENV")`, then `"${args[@]}"`.
        words += [with_values(_from_root(text, directory), assigned) for text in command.texts]
        assigned |= {name: word.text for name, word in command.assignments}
        yield instance.shell_text(" ".join([*words, targets]), step), printed


def with_values(text: str, assigned: Mapping[str, str]) -> str:
    """A word of a script with what its variables were set to before; others stay as they are written."""
    return _VARIABLE.sub(lambda match: assigned.get(match[1] or match[2], match[0]), text)


def _from_root(text: str, directory: str) -> str:
    """`./deploy.sh` in the folder `scripts` is `scripts/deploy.sh`."""
    return normpath(f"{directory}/{text}") if directory and text.startswith("./") else text


def _mentions(instance: Instance, marks: list[str]) -> bool:
    job = instance.job
    environment = instance.environment()
    told: list[str] = [
        job.id,
        instance.resolve(job.name),
        environment if isinstance(environment, str) else "",
    ]
    told += [instance.resolve(text) for text in scalars(job.env)]
    # A variable of the workflow is there for every job: it says something only of a job that uses it.
    used = [
        name for name in instance.workflow.env if any(uses_variable(step, name) for step in instance.steps)
    ]
    told += [instance.resolve(text) for name in used for text in scalars(instance.workflow.env[name])]
    for step in instance.steps:
        told += [instance.resolve(text, step) for block in (step.env, step.with_) for text in scalars(block)]
        told += [text for text, _ in spoken_by(instance, step)]
    caller = instance.caller
    while caller:
        told += [caller.job.id, caller.resolve(caller.job.name)]
        told += [caller.resolve(text) for text in scalars(caller.job.with_)]
        caller = caller.caller
    return any(names(text, mark) for text in told for mark in marks)


def names(text: str, mark: str) -> bool:
    """Stands the mark in the text as a word of its own (`non-production` is none)?"""
    pattern = rf"(?<![A-Za-z0-9])(?<!non-)(?<!pre-)(?<!non_)(?<!pre_)(?<!not-)(?<!not ){re.escape(mark)}(?![A-Za-z0-9])"
    return re.search(pattern, text, re.IGNORECASE) is not None
