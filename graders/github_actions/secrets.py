"""GHA-09: a secret reaches only what needs it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.github_actions import shell
from graders.github_actions.expression import Call, Node, Path, nodes_of, paths_in, secret_names
from graders.github_actions.inlining import is_local
from graders.github_actions.instances import KIND, called, workflows
from graders.github_actions.subjects import is_posix_shell, no_job
from graders.github_actions.workflow import Job, Step, Workflow, mapping, scalars
from graders.rule import Violation, rule

Readers = Mapping[str, Sequence[str]]
"""Commands of the case that read a variable without its name being written, by its name."""

_COMPARISONS = {"==", "!=", "!", "<", "<=", ">", ">=", "contains", "startswith", "endswith"}
# Programs that read a variable without its name being written: (pattern of the variable, programs).
_READ_SILENTLY = (
    (re.compile(r"TF_(VAR|TOKEN)_\w+|ARM_\w+|GOOGLE_\w+"), {"terraform", "tofu", "terragrunt"}),
    (re.compile(r"AWS_\w+"), {"aws", "terraform", "tofu", "terragrunt", "cdk", "pulumi", "sam", "eksctl"}),
    (re.compile(r"(GH|GITHUB)(_ENTERPRISE)?_TOKEN"), {"gh"}),
    (re.compile(r"VAULT_\w+"), {"vault"}),
    (re.compile(r"KUBECONFIG"), {"kubectl", "helm", "helmfile", "kustomize"}),
    (re.compile(r"PG\w+"), {"psql", "pg_dump", "pg_restore", "pg_isready", "createdb"}),
    (re.compile(r"MYSQL_PWD"), {"mysql", "mysqldump"}),
    (re.compile(r"SNYK_TOKEN"), {"snyk"}),
    (re.compile(r"SONAR_TOKEN"), {"sonar-scanner", "mvn", "gradle", "./gradlew", "./mvnw"}),
    (re.compile(r"(NPM|NODE_AUTH)_TOKEN"), {"npm", "pnpm", "yarn", "npx"}),
    (re.compile(r"TWINE_\w+"), {"twine"}),
    (re.compile(r"PULUMI_\w+"), {"pulumi"}),
    (re.compile(r"COSIGN_\w+"), {"cosign"}),
)


@rule(
    "GHA-09",
    version=2,
    severity="M",
    constraint="secret_hygiene",
    source="OWASP CICD-SEC-6; zizmor secrets-inherit, overprovisioned-secrets",
    kinds=(KIND,),
    parameters={"readers": dict[str, list[str]] | None},
)
def scopes_secrets(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is each secret given only to the step or job that needs it?

    Accepted: secrets in a step (`env`, `with`, `run`), as credentials of a job's container, in its services, named one
    by one under `secrets:` of a call; in a job's `env` where at least two steps of that job use that name (written as a
    shell variable, as `env.NAME`, or read silently by a program that is known to read it, such as the commands that the
    case names as its `readers`) or where the job has one step, which uses it; `secrets.X != ''` anywhere, which
    gives no secret; `secrets: inherit` to a workflow of the answer that (or one that it calls) does refer to secrets.
    Wrong: secrets in a workflow's `env`; a job's or its container's `env`, or a name written to GITHUB_ENV, that one of
    several steps or none uses; secrets in outputs;
    `secrets: inherit` to another repository, to a file that isn't delivered, or to one that needs none.
    """
    yield from no_job(bundle)
    readers: Readers = facts.params.get("readers") or {}
    for workflow in workflows(bundle):
        for name, value in workflow.env.items():
            if _has_secret(value):
                yield Violation(
                    workflow.path,
                    workflow.env.lines.get(name, workflow.line_of("env")),
                    f"`env.{name}` of the workflow gives a secret to every step of every job: set it on the step",
                )
        for job in workflow.jobs.values():
            yield from _job(bundle, workflow, job, readers)


def _has_secret(value: Any) -> bool:
    return any(_gives_secret(node) for text in scalars(value) for node in nodes_of(text))


def _gives_secret(node: Node) -> bool:
    """Can the expression's value be a secret? `secrets.X != ''` only tells whether there is one."""
    if isinstance(node, Path):
        return node.root == "secrets"
    if not isinstance(node, Call) or node.name in _COMPARISONS:
        return False
    if node.name == "&&":  # its left side is given only when it is false or empty
        return _gives_secret(node.arguments[1])
    return any(_gives_secret(argument) for argument in node.arguments)


def _job(bundle: Bundle, workflow: Workflow, job: Job, readers: Readers) -> Iterator[Violation]:
    container = mapping(mapping(job.raw.get("container")).get("env"))
    for block, name, value in [(each, *item) for each in (job.env, container) for item in each.items()]:
        users = sum(uses_variable(step, name, readers.get(name, ())) for step in job.steps)
        if _has_secret(value) and users < min(2, len(job.steps)):
            told = "only one step uses it" if users else "no step of the job uses it"
            yield Violation(
                workflow.path,
                block.lines.get(name, job.line_of("env")),
                f"`env.{name}` of job `{job.id}` gives a secret to every step, but {told}: set it on the step",
            )
    yield from _exported(workflow, job, readers)
    for name, value in job.outputs.items():
        if _has_secret(value):
            yield Violation(
                workflow.path,
                job.outputs.lines.get(name, job.line_of("outputs")),
                f"output `{name}` of job `{job.id}` hands a secret to other jobs",
            )
    if job.secrets == "inherit":
        yield from _inherited(bundle, workflow, job)


def _exported(workflow: Workflow, job: Job, readers: Readers) -> Iterator[Violation]:
    """Secrets that a script writes to GITHUB_ENV (every later step has them) or GITHUB_OUTPUT (other jobs may)."""
    for position, step in enumerate(job.steps):
        if not step.run or not is_posix_shell(step):
            continue
        scopes = {**workflow.env, **job.env, **step.env}
        tainted = {name for name, value in scopes.items() if _has_secret(value)}
        for command, _ in shell.commands(shell.parse(step.run)):
            targets = " ".join(each.target.text for each in command.redirects if each.operator in (">", ">>"))
            targets += " ".join(command.texts[1:]) if command.name == "tee" else ""
            for word in command.everything():
                found = re.match(r"\s*([A-Za-z_]\w*)=", word.text)
                if not found or not (word.variables & tainted or _has_secret(word.text)):
                    continue
                known = readers.get(found[1], ())
                users = sum(uses_variable(later, found[1], known) for later in job.steps[position + 1 :])
                if "GITHUB_OUTPUT" in targets or ("GITHUB_ENV" in targets and users < 2):
                    yield Violation(
                        workflow.path,
                        step.run_line + command.line - 1,
                        f"`{found[1]}` hands a secret to steps that don't need it: set it on the step that does",
                    )


def _inherited(bundle: Bundle, workflow: Workflow, job: Job) -> Iterator[Violation]:
    line = job.line_of("secrets")
    target = called(bundle, job.uses)
    if not is_local(job.uses):
        yield Violation(
            workflow.path,
            line,
            f"`secrets: inherit` gives every secret to `{job.uses}` of another repository: name them",
        )
    elif target is None:
        yield Violation(
            workflow.path,
            line,
            f"`secrets: inherit` to `{job.uses}`, which the answer doesn't hold: name the secrets",
        )
    elif not _needs_secrets(bundle, target, ()):
        yield Violation(
            workflow.path,
            line,
            f"`secrets: inherit` to `{job.uses}`, whose jobs refer to no secret: leave it out",
        )


def _needs_secrets(bundle: Bundle, workflow: Workflow, above: tuple[str, ...]) -> bool:
    for job in workflow.jobs.values():
        if any(name != "GITHUB_TOKEN" for text in scalars(job.raw) for name in secret_names(text)):
            return True
        target = called(bundle, job.uses) if job.secrets == "inherit" else None
        if target and target.path not in above and _needs_secrets(bundle, target, (*above, workflow.path)):
            return True
    return False


def uses_variable(step: Step, name: str, readers: Sequence[str] = ()) -> bool:
    """Does the step use the environment variable `name`: by name, or through a program known to read it (`readers` too)?"""
    texts = [step.run, step.condition if isinstance(step.condition, str) else ""]
    texts += [*scalars(step.with_), *scalars(step.env)]
    for position, text in enumerate(texts):
        for path in paths_in(text, bare=position == 1):
            if path.names()[:2] == ("env", name.lower()):
                return True
    if not step.run:
        return False
    if any(re.search(rf"(?<![\w-]){re.escape(one)}(?![\w:-])", _without_comments(step)) for one in readers):
        return True
    if not is_posix_shell(step):
        return re.search(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])", step.run) is not None
    silent = {
        program for pattern, programs in _READ_SILENTLY if pattern.fullmatch(name) for program in programs
    }
    return any(_reads(command, name, silent) for command, _ in shell.commands(shell.parse(step.run)))


def _without_comments(step: Step) -> str:
    if not is_posix_shell(step):
        return step.run
    return "\n".join(" ".join(command.texts) for command, _ in shell.commands(shell.parse(step.run)))


def _reads(command: shell.Command, name: str, silent: set[str]) -> bool:
    if command.name in silent:
        return True
    for word in command.everything():
        if name in word.variables:
            return True
        # `docker run -e NAME`, `printenv NAME`, `python -c 'os.environ["NAME"]'`, a heredoc with a program
        if command.name not in ("echo", "printf") and re.search(
            rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])", word.text
        ):
            return True
    return False
