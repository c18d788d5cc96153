"""Where a value in a job comes from: through outputs, inputs, variables and artifacts back to the step that made it.

It is told apart whether a value is the digest of an image, the image by a tag, or something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from graders.github_actions.expression import Path, paths_in
from graders.github_actions.instances import Instance
from graders.github_actions.shell import Word
from graders.github_actions.subjects import step_commands
from graders.github_actions.workflow import Step, mapping, scalars, text_of

DIGEST = "digest"
OTHER = "other"
TAG = "tag"  # the image's name with a tag behind it
_MAX_DEPTH = 30

_LITERAL = re.compile(r"@sha256:[0-9a-f]{64}")
# What a script does to learn the digest of what it built.
_LEARNS = re.compile(
    r"RepoDigests|containerimage\.digest|--metadata-file|imageDigest|manifest\.digest|\.Digest\b|--digestfile|"
    r"--digest-file|--image-refs|--iidfile|sha256:\["
)
_LEARNING_PROGRAMS = {
    ("crane", "digest"), ("regctl", "image", "digest"), ("regctl", "manifest", "head"), ("ko", "build"), ("ko", "publish"),
    ("skopeo", "inspect"), ("docker", "buildx", "imagetools", "inspect"), ("cosign", "triangulate"), ("oras", "resolve"),
}  # fmt: skip


class Origins:
    """Traces values among these instances."""

    def __init__(self, every: list[Instance], image: str) -> None:
        self._every = every
        self._image = image
        self._known: dict[tuple[object, ...], set[str]] = {}

    def of_job(self, instance: Instance) -> set[str]:
        """The origins of everything that the job's steps and env refer to."""
        found: set[str] = set()
        for text in scalars(instance.job.env):
            found |= self._of_text(text, instance, None, 0)
        for step in instance.steps:
            for text in [step.run, *scalars(step.env), *scalars(step.with_)]:
                found |= self._of_text(text, instance, step, 0)
            if self._variables_with_digest(step, instance):
                found.add(DIGEST)
        if _reads_artifact(instance):
            found.add(DIGEST)
        return found

    def of_word(self, word: Word, step: Step, instance: Instance) -> set[str]:
        """The origins of a word of a step's script."""
        assigned = {key: value for command in step_commands(step) for key, value in command.assignments}
        return self._of_word(word, assigned, step, instance, 0)

    def _of_text(self, text: str, instance: Instance, step: Step | None, depth: int) -> set[str]:
        # A digest written into the workflow is one of an earlier build: it tells nothing of this one.
        found = {OTHER} if _LITERAL.search(text) else set[str]()
        if tag_of(instance.shell_text(text, step) if step else instance.resolve(text), self._image):
            found.add(TAG)
        for path in paths_in(text):
            found |= self._of_path(path, text, instance, step, depth + 1)
        return found

    def _of_path(self, path: Path, text: str, instance: Instance, step: Step | None, depth: int) -> set[str]:
        names = path.names()
        if depth > _MAX_DEPTH:
            return set()
        if names[:3] == ("github", "event", "inputs") and len(names) == 4:
            return _given_by_hand(names[3], text)
        if names[:3] == ("github", "event", "client_payload"):
            return _given_by_hand(names[-1], text)
        # Each question is asked once: jobs with many legs, or references in a circle, would never end otherwise.
        asked = (id(instance), id(step), names, text if names[0] == "inputs" else "")
        if asked not in self._known:
            self._known[asked] = set()
            self._known[asked] = self._of_names(names, text, instance, step, depth)
        return self._known[asked]

    def _of_names(
        self, names: tuple[str, ...], text: str, instance: Instance, step: Step | None, depth: int
    ) -> set[str]:
        match names:
            case ("needs", job, "outputs", output):
                return self._of_output(job, output, instance, depth)
            case ("steps", step_id, "outputs", output):
                producer = next((each for each in instance.steps if each.id == step_id), None)
                return self._of_step(producer, output, instance, depth) if producer else {OTHER}
            case ("inputs", name):
                return self._of_input(name, text, instance, depth)
            case ("env", name):
                return self._of_variable(name, instance, step, depth)
            case _:
                return {OTHER}

    def _of_output(self, job: str, output: str, instance: Instance, depth: int) -> set[str]:
        for other in self._every:
            same_run = other.workflow is instance.workflow and other.caller is instance.caller
            if not same_run or other.job.id.lower() != job:
                continue
            # Whether an output is a digest is the same for every leg of a matrix: the first leg answers.
            if other.job.uses:
                return self._of_called(other, output, depth)
            return self._of_text(text_of(_get(other.job.outputs, output)), other, None, depth)
        return {OTHER}

    def _of_called(self, caller: Instance, output: str, depth: int) -> set[str]:
        found: set[str] = set()
        inner = next((each for each in self._every if each.caller is caller), None)
        declared = mapping(_get(inner.workflow.call_outputs(), output)) if inner else mapping(None)
        for path in paths_in(declared.get("value")):
            names = path.names()
            if inner and len(names) == 4 and names[0] == "jobs":
                found |= self._of_output(names[1], names[3], inner, depth + 1)
        return found

    def _of_input(self, name: str, text: str, instance: Instance, depth: int) -> set[str]:
        caller = instance.caller
        if caller is None:
            return _given_by_hand(name, text)
        given = _get(caller.job.with_, name)
        return self._of_text(text_of(given), caller, None, depth) if given is not None else {OTHER}

    def _of_variable(self, name: str, instance: Instance, step: Step | None, depth: int) -> set[str]:
        for scope in [*([step.env] if step else []), instance.job.env, instance.workflow.env]:
            written = _get(scope, name)
            if written is not None:
                return self._of_text(text_of(written), instance, None, depth)
        for each in instance.steps:
            if "GITHUB_ENV" in each.run and re.search(rf"\b{re.escape(name)}=", each.run, re.IGNORECASE):
                return self._of_script(each, instance, depth, name)
        return {OTHER}

    def _of_step(self, producer: Step, output: str, instance: Instance, depth: int) -> set[str]:
        if producer.action in ("docker/build-push-action", "redhat-actions/push-to-registry"):
            return {DIGEST} if output in ("digest", "metadata", "registry-path-with-digest") else {OTHER}
        if producer.action == "docker/bake-action":
            return {DIGEST} if output == "metadata" else {OTHER}
        if producer.run:
            return self._of_script(producer, instance, depth, output)
        return {DIGEST} if "digest" in output and producer.uses else {OTHER}

    def _of_script(self, step: Step, instance: Instance, depth: int, name: str) -> set[str]:
        """What a script writes as `name=…` to GITHUB_OUTPUT or GITHUB_ENV; the whole script where that isn't seen."""
        commands = step_commands(step)
        words = [word for command in commands for word in command.words]
        written = [word for word in words if word.text.lower().startswith(f"{name.lower()}=")]
        if written:
            assigned = {key: word for command in commands for key, word in command.assignments}
            assigned |= {
                word.text.partition("=")[0]: word
                for word in words
                if "=" in word.text and word not in written
            }
            return set[str]().union(
                *(self._of_word(word, assigned, step, instance, depth + 1) for word in written)
            )
        found = {DIGEST} if _learns_digest(step) or _reads_artifact(instance) else set[str]()
        for text in [step.run, *scalars(step.env)]:
            found |= self._of_text(text, instance, step, depth)
        return found

    def _of_word(
        self, word: Word, assigned: dict[str, Word], step: Step, instance: Instance, depth: int
    ) -> set[str]:
        """A word of a script: its expressions, what it substitutes, and its variables as the script sets them."""
        if depth > _MAX_DEPTH:
            return set()
        found = self._of_text(word.text, instance, step, depth)
        if word.nested and (_learns_digest(step) or _reads_artifact(instance)):
            found.add(DIGEST)
        for name in word.variables:
            inner = assigned.pop(name, None)  # each variable is followed once
            if inner is not None and inner is not word:
                found |= self._of_word(inner, assigned, step, instance, depth + 1)
            else:
                found |= self._of_variable(name, instance, step, depth + 1)
        return found

    def _variables_with_digest(self, step: Step, instance: Instance) -> bool:
        """Does the script use a variable whose value, set outside of the step, is a digest; or learn one itself?"""
        names = {
            name
            for command in step_commands(step)
            for word in command.everything()
            for name in word.variables
        }
        return any(DIGEST in self._of_variable(name, instance, step, 1) for name in names)


def tag_of(text: str, image: str) -> str:
    """The tag by which a text names the image; "" where it names it by digest, or not at all."""
    base = image.rpartition("/")[2]
    tag = r"(\$\{\{.*?\}\}|[^\s\"',;:/@$]|\$\w+|\$\{\w+\})+(@?)"
    found = re.search(rf"(?<![\w.-])({re.escape(image)}|(?<=/){re.escape(base)}):{tag}", text)
    return found[0] if found and not found[3] and "digest" not in found[0].lower() else ""


def _learns_digest(step: Step) -> bool:
    for command in step_commands(step):
        if any(command.program[: len(program)] == program for program in _LEARNING_PROGRAMS):
            return True
        if command.name != "echo" and any(_LEARNS.search(word.text) for word in command.everything()):
            return True
    return False


def _given_by_hand(name: str, text: str) -> set[str]:
    """An input of a manual start: a digest if it is called one or stands where a digest must stand."""
    at_digest = re.search(r"@(sha256:)?\$\{\{[^}]*" + re.escape(name), text, re.IGNORECASE) is not None
    return {DIGEST} if "digest" in name.lower() or at_digest else {OTHER}


def _reads_artifact(instance: Instance) -> bool:
    """A digest that an earlier job left in an artifact, downloaded and read by a script of this job."""
    downloaded = [step for step in instance.steps if step.action == "actions/download-artifact"]
    downloads_itself = any(
        command.program[:3] == ("gh", "run", "download")
        for step in instance.steps
        for command in step_commands(step)
    )
    if not downloaded and not downloads_itself:
        return False
    return any(
        re.search(r"digest|sha256", word.text, re.IGNORECASE)
        for step in instance.steps
        for command in step_commands(step)
        if command.name != "echo"
        for word in command.everything()
    )


def _get(block: Any, name: str) -> Any:
    found: Iterator[Any] = (value for key, value in mapping(block).items() if key.lower() == name.lower())
    return next(found, None)
