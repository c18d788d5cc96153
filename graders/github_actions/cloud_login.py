"""GHA-10: the cloud knows the workflow by its identity, not by a key that somebody copied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.github_actions import shell
from graders.github_actions.expression import paths_in, secret_names
from graders.github_actions.instances import KIND, Instance, instances, workflows
from graders.github_actions.permissions import effective
from graders.github_actions.subjects import no_job, step_commands
from graders.github_actions.workflow import Step, Workflow, mapping, scalars, text_of
from graders.rule import Absent, Violation, rule
from graders.yaml_lines import YamlList, YamlMap

_AWS, _AZURE, _GOOGLE = "aws-actions/configure-aws-credentials", "azure/login", "google-github-actions/auth"
# Names that stand for a key that lives until somebody deletes it.
_KEY_VARIABLES = {
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AZURE_CREDENTIALS", "AZURE_CLIENT_SECRET", "ARM_CLIENT_SECRET",
    "GOOGLE_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS_JSON", "TF_VAR_AWS_ACCESS_KEY_ID", "TF_VAR_AWS_SECRET_ACCESS_KEY",
}  # fmt: skip
_KEY_SECRET = re.compile(
    r"(\w*AWS\w*ACCESS_?KEY\w*|\w*ACCESS_KEY_ID|\w*SECRET_ACCESS_KEY|ACCESS_KEY|(\w*_)?AWS_SECRET(_KEY)?|(\w*_)?AWS_KEY(_ID)?|\w*AZURE_CREDENTIALS|(AZURE|ARM)_\w*CLIENT_SECRET"
    r"|(GCP|GCLOUD|GOOGLE|GKE)_(SA_KEY|SERVICE_ACCOUNT_KEY|CREDENTIALS\w*|KEY|SA_JSON|SERVICE_ACCOUNT_JSON))"
)
_KEY_INPUTS = {
    "aws-access-key-id",
    "aws-secret-access-key",
    "credentials_json",
    "creds",
    "service_account_key",
}
# Settings of the AWS CLI and of Terraform, in files, options and arguments.
_KEY_SETTING = re.compile(r"(aws_access_key_id|aws_secret_access_key)\b")
_KEY_LITERAL = re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b")


@rule(
    "GHA-10",
    severity="H",
    constraint="secret_hygiene",
    source="GitHub docs, OpenID Connect; OWASP CICD-SEC-6; zizmor use-trusted-publishing",
    kinds=(KIND,),
    parameters={"provider": str | None},
)
def logs_in_without_keys(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does a job log in to the cloud through OIDC, and is there no long-lived key anywhere?

    Accepted (aws): configure-aws-credentials with role-to-assume and no key inputs; `aws sts
    assume-role-with-web-identity` or AWS_WEB_IDENTITY_TOKEN_FILE by hand; azure/login with client-id, google auth with
    workload_identity_provider for those providers; each with `id-token: write` in the job's effective permissions
    (caller's too). Keys that an earlier step got for a session are right.
    Wrong: no such login, a login without id-token, AWS_ACCESS_KEY_ID and its like from a secret, a variable or a
    literal key, secrets whose names say that they are such keys.
    """
    yield from no_job(bundle)
    provider = str(facts.params.get("provider") or "aws").lower()
    found = False
    told: set[tuple[str, int]] = set()
    for instance in instances(bundle):
        for step in instance.steps:
            if not _logs_in(instance, step, provider):
                continue
            permissions = effective(instance)
            if permissions is not None and permissions.level("id-token") == "write":
                found = True
            elif (instance.workflow.path, step.line) not in told:
                told.add((instance.workflow.path, step.line))
                yield Violation(
                    instance.workflow.path,
                    step.line,
                    f"job `{instance.job.id}` logs in through OIDC without `id-token: write` in its effective permissions",
                )
    if not found and not told:
        first = workflows(bundle)
        yield Absent(first[0].path if first else "", None, f"no job logs in to {provider} through OIDC")
    for workflow in workflows(bundle):
        yield from _keys(workflow)
    yield from _keys_in_actions(bundle)


def _logs_in(instance: Instance, step: Step, provider: str) -> bool:
    keys = any(step.input(name) is not None for name in _KEY_INPUTS)
    if provider == "azure":
        return step.action == _AZURE and not keys and bool(text_of(step.input("client-id")))
    if provider in ("gcp", "google"):
        return step.action == _GOOGLE and not keys and bool(text_of(step.input("workload_identity_provider")))
    if step.action == _AWS:
        return not keys and bool(text_of(step.input("role-to-assume")).strip())
    return _aws_by_hand(instance, step)


def _aws_by_hand(instance: Instance, step: Step) -> bool:
    if not step.run:
        return False
    names = {*instance.workflow.env, *instance.job.env, *step.env}
    for command in step_commands(step):
        program = command.program
        if program[:1] == ("aws",) and "sts" in program and "assume-role-with-web-identity" in program:
            return True
        words = " ".join(word.text for word in command.everything())
        assigned = {name for name, _ in command.assignments}
        if program[:3] == ("aws", "configure", "set") and "web_identity_token_file" in words:
            return True
        if "AWS_WEB_IDENTITY_TOKEN_FILE" in assigned or "AWS_WEB_IDENTITY_TOKEN_FILE=" in words:
            return True
        if "AWS_WEB_IDENTITY_TOKEN_FILE" in names and "ACTIONS_ID_TOKEN_REQUEST_URL" in words:
            return True
    return False


def _keys(workflow: Workflow) -> Iterator[Violation]:
    told: set[int] = set()
    for line, name, value in _named_values(workflow.raw, 1):
        reason = _key_reason(name, value)
        if reason and line not in told:
            told.add(line)
            yield Violation(
                workflow.path, line, f"{reason}: a key that lives until it is deleted; log in through OIDC"
            )
    for name in mapping(workflow.triggers.get("workflow_call", YamlMap(1)).get("secrets")):
        if _KEY_SECRET.fullmatch(name.upper()):
            line = mapping(workflow.triggers["workflow_call"].get("secrets")).lines.get(name, 1)
            yield Violation(workflow.path, line, f"the workflow asks its caller for {name}, a long-lived key")
    for job in workflow.jobs.values():
        for step in job.steps:
            yield from _keys_in_run(workflow, {**workflow.env, **job.env, **step.env}, step)


def _keys_in_actions(bundle: Bundle) -> Iterator[Violation]:
    """Keys that an action of the answer is given under another name."""
    told: set[tuple[str, int]] = set()
    for instance in instances(bundle):
        written = {id(step) for step in instance.job.steps}
        for step in instance.steps:
            if id(step) in written:
                continue
            for block in (step.env, step.with_):
                for name, value in block.items():
                    reason = _key_reason(name, text_of(value))
                    if reason and (instance.workflow.path, step.line) not in told:
                        told.add((instance.workflow.path, step.line))
                        yield Violation(instance.workflow.path, step.line, f"{reason}: log in through OIDC")


def _named_values(value: Any, line: int, name: str = "") -> Iterator[tuple[int, str, str]]:
    if isinstance(value, YamlMap):
        for key, child in value.items():
            yield from _named_values(child, value.value_lines.get(key, value.line), key)
    elif isinstance(value, YamlList):
        for position, child in enumerate(value):
            yield from _named_values(child, value.lines[position], name)
    elif isinstance(value, str):
        yield line, name, value


def _key_reason(name: str, value: str) -> str:
    for secret in secret_names(value):
        if _KEY_SECRET.fullmatch(secret):
            return f"secrets.{secret}"
    stored = bool(secret_names(value)) or any(path.root == "vars" for path in paths_in(value))
    if stored and (name.upper() in _KEY_VARIABLES or name.lower() in _KEY_INPUTS):
        return f"`{name}` from a stored value"
    return "a literal access key" if _KEY_LITERAL.search(value) else ""


def _keys_in_run(workflow: Workflow, scopes: dict[str, Any], step: Step) -> Iterator[Violation]:
    tainted = {name for name, value in scopes.items() if any(secret_names(text) for text in scalars(value))}

    def stored(word: shell.Word) -> bool:
        return bool(secret_names(word.text)) or bool(word.variables & tainted)

    for command in step_commands(step):
        line = step.run_line + command.line - 1
        words = list(command.words)
        assigned = [(name, value) for name, value in command.assignments]
        assigned += [(word.text.partition("=")[0], word) for word in words if "=" in word.text]
        for name, value in assigned:
            if name in _KEY_VARIABLES and stored(value):
                yield Violation(workflow.path, line, f"{name} is set from a secret: log in through OIDC")
        words_of_all = [*command.everything()]
        if _KEY_SETTING.search(" ".join(word.text for word in words_of_all)) and any(
            map(stored, words_of_all)
        ):
            yield Violation(workflow.path, line, "an access key is stored from a secret: log in through OIDC")
