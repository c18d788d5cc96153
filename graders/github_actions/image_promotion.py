"""GHA-16: one image, built once, goes through every environment by its digest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts, texts
from graders.github_actions.environments import deploying_commands, is_deploy
from graders.github_actions.evaluation import never
from graders.github_actions.expression import spans
from graders.github_actions.instances import KIND, Instance, instances
from graders.github_actions.provenance import DIGEST, TAG, Origins
from graders.github_actions.subjects import is_posix_shell, no_job, step_commands
from graders.github_actions.workflow import Step, scalars, text_of
from graders.rule import Violation, rule

_BUILD_ACTIONS = {"docker/build-push-action", "docker/bake-action", "redhat-actions/buildah-build"}
_BUILDERS = {
    ("docker", "build"), ("docker", "buildx", "build"), ("docker", "buildx", "bake"), ("docker", "image", "build"),
    ("docker", "compose", "build"), ("podman", "build"), ("nerdctl", "build"), ("buildah", "bud"), ("buildah", "build"),
    ("pack", "build"), ("ko", "build"), ("ko", "publish"), ("ko", "resolve"), ("ko", "apply"), ("kaniko",), ("executor",),
    ("/kaniko/executor",), ("img", "build"),
}  # fmt: skip
_MUTABLE = re.compile(r"latest|main|master|develop|dev|edge|stable|prod|production|staging", re.IGNORECASE)


@rule(
    "GHA-16",
    version=2,
    severity="H",
    constraint="reproducible",
    source="OWASP CICD-SEC-9",
    kinds=(KIND,),
    parameters={"image": str, "deploy_commands": list[str]},
)
def promotes_one_digest(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is the image built in exactly one job, and does every deploy take the digest from there?

    Accepted: build-push-action, docker/buildx/podman/buildah/ko/kaniko; a matrix over platforms; a build that isn't
    pushed (a check of pull requests, a stage of the Dockerfile) in another run than the one that is; a digest handed on
    by job outputs, inputs of called workflows, an artifact that is downloaded; a digest that a person gives at a manual
    start; a literal @sha256.
    Wrong: no build, or builds in several jobs of a run (also one only to test), per environment or per called workflow;
    a deploy by tag (`:latest`, a branch, a commit id) or one whose reference can't be traced to a digest.
    """
    yield from no_job(bundle)
    image = text_of(facts.params.get("image"))
    commands = texts(facts.params.get("deploy_commands"))
    every = instances(bundle)
    yield from _builds(every, image, commands)
    deploying = [each for each in every if any(is_deploy(each, step, commands) for step in each.steps)]
    if not deploying:
        yield Violation("", None, f"no job deploys {image} (deploy commands: {', '.join(commands)})")
    told: set[tuple[str, str]] = set()
    origins = Origins(every, image)
    for instance in deploying:
        place = (instance.workflow.path, instance.job.id)
        if place in told:
            continue
        for line, message in _deploy_faults(instance, origins, image, commands):
            told.add(place)
            yield Violation(place[0], line, message)


def _builds(every: list[Instance], image: str, commands: list[str]) -> Iterator[Violation]:
    building = [each for each in every if any(_builds_image(each, step, image) for step in each.steps)]
    pushing = [each for each in building if any(_pushes(each, step) for step in each.steps)]
    again = [
        each
        for each in building
        if each not in pushing and any(_in_one_run(each, image, other) for other in pushing)
    ]
    counted = [*pushing, *again] or building
    if not counted:
        yield Violation("", None, f"no job builds {image}")
        return
    places = {each.chain(): each for each in counted}
    if len(places) > 1:
        first, *others = places.values()
        for other in others:
            yield Violation(
                other.workflow.path,
                other.job.line,
                f"job `{'/'.join(other.chain()[1:])}` builds {image} again (first: `{'/'.join(first.chain()[1:])}`): "
                "build it once and deploy that digest everywhere",
            )
    for instance in places.values():
        legs = [each for each in counted if each.chain() == instance.chain()]
        above = {str(each.caller.leg) for each in legs if each.caller}
        deploys_too = any(is_deploy(instance, step, commands) for step in instance.steps)
        if len(above) > 1 or (deploys_too and len({str(each.leg) for each in legs}) > 1):
            yield Violation(
                instance.workflow.path,
                instance.job.line,
                f"job `{instance.job.id}` builds {image} again in each leg of the matrix that deploys it",
            )


_PULL_REQUESTS = {"pull_request", "pull_request_target", "merge_group"}
_REFS = ("refs/heads/main", "refs/heads/topic", "refs/tags/v1.0.0")


def _in_one_run(checking: Instance, image: str, pushing: Instance) -> bool:
    """May a build that isn't pushed and the one that is happen in the same run? Then what was tested isn't deployed."""
    steps = [step for step in checking.steps if _builds_image(checking, step, image) and not _is_stage(step)]
    if checking.chain()[0] != pushing.chain()[0]:
        return False
    root = checking
    while root.caller:
        root = root.caller
    return any(
        _happens(checking, event, ref)
        and _happens(pushing, event, ref)
        and any(_holds(checking, step.condition, event, ref) for step in steps)
        for event in root.workflow.triggers
        if event not in _PULL_REQUESTS
        for ref in _REFS
    )


def _is_stage(step: Step) -> bool:
    """A stage of the Dockerfile alone (tests, lint) is no image that is deployed."""
    words = [text for command in step_commands(step) for text in command.texts]
    return step.input("target") is not None or any(word.startswith("--target") for word in words)


def _happens(instance: Instance, event: str, ref: str) -> bool:
    caller = instance.caller
    return _holds(instance, instance.job.condition, event, ref) and (
        caller is None or _happens(caller, event, ref)
    )


def _holds(instance: Instance, condition: Any, event: str, ref: str) -> bool:
    known: dict[tuple[str, ...], str] = {
        ("github", "event_name"): event,
        ("github", "ref"): ref,
        ("github", "ref_name"): ref.rpartition("/")[2],
        ("github", "ref_type"): "tag" if "/tags/" in ref else "branch",
    }
    lookup = instance.lookup()
    return not never(condition, lambda path: known.get(path) or lookup(path))


def _builds_image(instance: Instance, step: Step, image: str) -> bool:
    if step.action in _BUILD_ACTIONS:
        named = " ".join(
            instance.resolve(step.input(name), step) for name in ("tags", "images", "image", "outputs")
        )
        return _concerns(named, image)
    for command in step_commands(step):
        if any(command.program[: len(builder)] == builder for builder in _BUILDERS):
            named = " ".join(_tags(instance, step, command.texts))
            return _concerns(named, image)
    return False


def _tags(instance: Instance, step: Step, words: tuple[str, ...]) -> Iterator[str]:
    for position, word in enumerate(words):
        if word in ("-t", "--tag", "--destination", "-d", "--image-refs") and position + 1 < len(words):
            yield instance.shell_text(words[position + 1], step)
        elif word.startswith(("--tag=", "--destination=", "-t=")):
            yield instance.shell_text(word.partition("=")[2], step)


def _concerns(named: str, image: str) -> bool:
    """A build whose tags are known and name another image is none of this image."""
    base = image.rpartition("/")[2]
    unknown = not named.strip() or "${{" in named or "$" in named
    return (
        unknown or image in named or re.search(rf"(?<![\w.-]){re.escape(base)}(?![\w-])", named) is not None
    )


def _pushes(instance: Instance, step: Step) -> bool:
    if step.action in _BUILD_ACTIONS:
        push = instance.resolve(step.input("push"), step).strip().lower()
        return (
            push not in ("", "false")
            or "push" in text_of(step.input("outputs"))
            or "registry" in text_of(step.input("outputs"))
        )
    if step.action in ("redhat-actions/push-to-registry", "actions/upload-artifact"):
        return True
    for command in step_commands(step):
        words = command.program
        if words[:1] in (("docker",), ("podman",), ("buildah",), ("nerdctl",)) and "push" in words[1:3]:
            return True
        if (
            "--push" in words
            or "--publish" in words
            or words[:1] in (("ko",), ("kaniko",), ("executor",), ("/kaniko/executor",))
        ):
            return "--push=false" not in words and "--no-push" not in words
        if any(word.startswith(("--output=", "-o=", "type=")) and "push=true" in word for word in words):
            return True
        if words[:1] in (("crane",), ("skopeo",), ("regctl",), ("oras",)) and {"push", "copy", "cp"} & set(
            words[1:3]
        ):
            return True
    return False


def _deploy_faults(
    instance: Instance, origins: Origins, image: str, commands: list[str]
) -> Iterator[tuple[int, str]]:
    for step in instance.steps:
        for line, text in _references(instance, step):
            tag = mutable_tag(text, image)
            if tag:
                yield (
                    line,
                    f"job `{instance.job.id}` deploys {image} by the tag `{tag}`: deploy the digest of the build",
                )
                return
        for command in deploying_commands(instance, step, commands):
            for word in command.words:
                given = origins.of_word(word, step, instance)
                if TAG in given and DIGEST not in given:
                    yield (
                        step.run_line + command.line - 1,
                        f"job `{instance.job.id}` deploys {image} by a tag: deploy the digest of the build",
                    )
                    return
    if DIGEST not in origins.of_job(instance):
        yield (
            instance.job.line,
            f"job `{instance.job.id}` deploys a reference that can't be traced to the digest of the build: hand it on "
            "as a job output",
        )


def _references(instance: Instance, step: Step) -> Iterator[tuple[int, str]]:
    """(line, text) of whatever in a step may name an image."""
    for block in (step.env, step.with_):
        for key, value in block.items():
            for text in scalars(value):
                yield block.lines.get(key, step.line), instance.resolve(text, step)
    if step.run and is_posix_shell(step):
        for command in step_commands(step):
            if command.name in ("docker", "crane", "echo", "printf") and not command.redirects:
                continue
            for word in command.everything():
                yield step.run_line + command.line - 1, instance.shell_text(word.text, step)
    elif step.run:
        yield step.run_line, instance.resolve(step.run, step)


def mutable_tag(text: str, image: str) -> str:
    """The tag by which the text names the image; "" where it names it by digest, or not at all."""
    base = image.rpartition("/")[2]
    pattern = rf"(?<![\w-])({re.escape(image)}|{re.escape(base)}):(?P<tag>\$\{{\{{.*?\}}\}}|[^\s\"',;:/@]+)(?P<rest>@?)"
    for match in re.finditer(pattern, text):
        tag = match["tag"]
        if match["rest"] or "digest" in tag.lower():
            continue
        if _MUTABLE.fullmatch(tag) or re.search(
            r"github\.(ref_name|ref|head_ref|sha)|GITHUB_(REF_NAME|SHA|REF)", tag
        ):
            return tag
    named = re.search(r"(?:^|[\s.])image\.tag=(\S+)", text)
    if named and not spans(named[1]) and _MUTABLE.fullmatch(named[1]):
        return named[1]
    return ""
