"""What a job needs of `packages`: it logs in to GitHub's container registry with its own token, and pushes or not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graders.github_actions.instances import Instance
from graders.github_actions.subjects import step_commands
from graders.github_actions.token_calls import Need, is_own_token
from graders.github_actions.workflow import Step, mapping, scalars, text_of

_OURS = re.compile(r"ghcr\.io|docker\.pkg\.github\.com|npm\.pkg\.github\.com")
_OTHER_LOGINS = ("aws-actions/amazon-ecr-login",)
_FALSE = ("", "false")
# Words of commands that push, or of programs that may.
_PUSHES = re.compile(
    r"\b(docker|podman|buildah|helm|oras|crane|skopeo|regctl|ko|cosign)\b.*\b(push|copy|cp|tag|publish|sign|attest)\b"
    r"|--push\b|imagetools create"
)
_MAY_PUSH = re.compile(
    r"(^|\s)(\./\S+|\S+\.(sh|py)|make|just|task|npm|goreleaser|mvn|gradle|dotnet|ko|crane|oras|skopeo|cosign)(\s|$)"
)


def registry_needs(instance: Instance) -> tuple[list[Need], list[Need]]:
    """(needed, possible) scopes of a job that logs in to GitHub's registry with its own token; nothing for any other."""
    ours: list[int] = []
    others = 0
    for step in instance.steps:
        place = _login(instance, step)
        if place is True:
            ours.append(step.line)
        elif place is False:
            others += 1
    pulled = list(_pulled(instance))
    if not ours:
        return pulled, []
    line = ours[0]
    pushes = any(_pushes(instance, step) for step in instance.steps)
    may = pushes or any(_MAY_PUSH.search(text) for step in instance.steps for text in _commands(step))
    level = "write" if pushes and not others else "read"
    needed = [
        Need.of(f"packages:{level}", line, "pushing to GitHub's registry" if pushes else "GitHub's registry")
    ]
    return needed + pulled, [Need.of("packages:write", line, "")] if may else []


def _pulled(instance: Instance) -> Iterator[Need]:
    """The images of the job's container and services that are pulled with its own token."""
    job = instance.job
    services = mapping(job.raw.get("services"))
    for name, one in (("container", job.raw.get("container")), *services.items()):
        described = mapping(one)
        image = instance.resolve(described.get("image"))
        if _OURS.search(image) and is_own_token(
            text_of(mapping(described.get("credentials")).get("password"))
        ):
            line = services.lines.get(name) or job.line_of("container")
            yield Need.of("packages:read", line, f"the image of {name}")


def _login(instance: Instance, step: Step) -> bool | None:
    """True for a login to GitHub's registry by the job's token, False for another one, None for no login."""
    if step.action == "docker/login-action":
        registry = instance.resolve(step.input("registry") or "", step)
        return bool(_OURS.search(registry)) and is_own_token(text_of(step.input("password")))
    if step.action in _OTHER_LOGINS:
        return False
    for command in step_commands(step):
        words = " ".join(command.texts)
        if re.match(r"(docker|podman|helm registry|cosign|oras|crane auth) login\b", words):
            registry = instance.shell_text(words, step)
            token = any(
                is_own_token(text) for text in (*scalars(step.env), step.run, *scalars(instance.job.env))
            )
            return bool(_OURS.search(registry)) and token
    return None


def _pushes(instance: Instance, step: Step) -> bool:
    if step.action in ("docker/build-push-action", "docker/bake-action"):
        push = instance.resolve(step.input("push") or "", step).lower()
        outputs = instance.resolve(step.input("outputs") or "", step)
        return push not in _FALSE or "push=true" in outputs or "type=registry" in outputs
    if step.action == "actions/attest-build-provenance":
        return text_of(step.input("push-to-registry")).lower() == "true"
    return any(_PUSHES.search(text) for text in _commands(step))


def _commands(step: Step) -> list[str]:
    return [" ".join(command.texts) for command in step_commands(step)]
