"""GHA-21: a secret is one value, never a document that is taken apart: GitHub masks the whole value only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.github_actions import shell
from graders.github_actions.expression import Call, Node, Path, nodes_of, secret_names, walk
from graders.github_actions.instances import KIND, instances, workflows
from graders.github_actions.subjects import is_posix_shell, no_job
from graders.github_actions.workflow import Job, Step, Workflow, scalars
from graders.rule import Violation, rule
from graders.second_opinion import second
from graders.yaml_lines import YamlList, YamlMap

_CUTTERS = {"grep", "egrep", "sed", "awk", "perl"}
_SPLITTERS = {"jq", "yq", "gojq", "jaq", "dasel"}
# Programs whose output is their input or their arguments, decoded or cut.
_PASSES_ON = frozenset(
    {
        "echo",
        "printf",
        "cat",
        "tee",
        "base64",
        "openssl",
        "gunzip",
        "zcat",
        "gzip",
        "xxd",
        "tr",
        "cut",
        "sed",
        "awk",
    }
    | {
        "grep",
        "head",
        "tail",
        "printenv",
        "envsubst",
        "tac",
        "rev",
        "fold",
        "sort",
        "gpg",
        "age",
        "iconv",
        "xargs",
    }
)
_PARSING_CODE = re.compile(
    r"json\.loads?\(|yaml\.(safe_)?load\(|JSON\.parse\(|ConvertFrom-Json|\bjson\.tool\b", re.IGNORECASE
)


@rule(
    "GHA-21",
    version=2,
    severity="M",
    constraint="secret_hygiene",
    source="GitHub secure-use reference; zizmor unredacted-secrets",
    kinds=(KIND,),
    tools=("zizmor",),
)
def no_structured_secrets(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is no secret taken apart as JSON or YAML?

    Accepted: a secret used whole; `jq -n --arg x "$SECRET"`, which builds a document; jq over anything else.
    Wrong: `fromJSON` of a secret, directly or through `env`; `toJSON(secrets)`; jq or yq (or a script's JSON parser)
    fed with a secret by pipe, here-string, file or argument, also in an action of the answer; a key cut out by grep or sed.
    """
    return second(_taken_apart(bundle), bundle, "zizmor", ["overprovisioned-secrets", "unredacted-secrets"])


def _taken_apart(bundle: Bundle) -> Iterator[Violation]:
    yield from no_job(bundle)
    yield from _in_actions(bundle)
    for workflow in workflows(bundle):
        for line, text in _texts_with_lines(workflow.raw, 1):
            yield from _in_expressions(workflow, line, text)
        for job in workflow.jobs.values():
            exported: set[str] = set()
            for step in job.steps:
                yield from _in_run(workflow, job, step, exported)


def _in_actions(bundle: Bundle) -> Iterator[Violation]:
    """Steps of an action of the answer that a workflow gives a secret to."""
    told: set[tuple[str, int]] = set()
    for instance in instances(bundle):
        written = {id(step) for step in instance.job.steps}
        for step in instance.steps:
            place = (instance.workflow.path, step.line)
            if id(step) in written or place in told:
                continue
            found = [
                violation
                for text in [step.run, *scalars(step.env), *scalars(step.with_)]
                for violation in _in_expressions(instance.workflow, step.line, text)
            ]
            found += _in_run(instance.workflow, instance.job, step, set())
            if found:
                told.add(place)
                yield found[0]


def _texts_with_lines(value: Any, line: int) -> Iterator[tuple[int, str]]:
    if isinstance(value, YamlMap):
        for key, child in value.items():
            yield from _texts_with_lines(child, value.value_lines.get(key, value.line))
    elif isinstance(value, YamlList):
        for position, child in enumerate(value):
            yield from _texts_with_lines(child, value.lines[position])
    elif isinstance(value, str):
        yield line, value


def _in_expressions(workflow: Workflow, line: int, text: str) -> Iterator[Violation]:
    for node in nodes_of(text):
        for call in walk(node):
            if not isinstance(call, Call):
                continue
            if call.name == "fromjson" and any(
                _is_secret(inner, workflow) for a in call.arguments for inner in walk(a)
            ):
                yield Violation(
                    workflow.path, line, "fromJSON takes a secret apart: its parts are not masked in logs"
                )
            if call.name == "tojson" and any(
                isinstance(a, Path) and a.names() == ("secrets",) for a in call.arguments
            ):
                yield Violation(workflow.path, line, "toJSON(secrets) hands over every secret at once")


def _is_secret(node: Node, workflow: Workflow) -> bool:
    if not isinstance(node, Path):
        return False
    if node.root == "secrets":
        return True
    if node.root != "env" or len(node.parts) != 2:
        return False
    blocks = [workflow.env, *(job.env for job in workflow.jobs.values())]
    blocks += [step.env for job in workflow.jobs.values() for step in job.steps]
    name = node.names()[1]
    values = [value for block in blocks for key, value in block.items() if key.lower() == name]
    return bool(values) and all(any(secret_names(text) for text in scalars(value)) for value in values)


def _secret_variables(workflow: Workflow, job: Job, step: Step) -> set[str]:
    scopes = {**workflow.env, **job.env, **step.env}
    return {name for name, value in scopes.items() if any(secret_names(text) for text in scalars(value))}


def _in_run(workflow: Workflow, job: Job, step: Step, exported: set[str]) -> Iterator[Violation]:
    if not step.run:
        return
    tainted = _secret_variables(workflow, job, step) | exported
    if not is_posix_shell(step):
        names = [name for name in tainted if re.search(rf"\b{re.escape(name)}\b", step.run)]
        if _PARSING_CODE.search(step.run) and (names or secret_names(step.run)):
            yield Violation(workflow.path, step.run_line, "the script takes a secret apart as JSON or YAML")
        return
    files: set[str] = set()
    for command, pipeline in shell.commands(shell.parse(step.run)):
        for name, value in command.assignments:
            if _carries(value, tainted, files):
                tainted.add(name)
        if any("GITHUB_ENV" in redirect.target.text for redirect in command.redirects):
            exported |= {
                word.text.partition("=")[0]
                for word in command.words[1:]
                if "=" in word.text and _carries(word, tainted, files)
            }
        feeding = (
            pipeline.commands[: pipeline.commands.index(command)] if command in pipeline.commands else ()
        )
        fed = any(_touches(each, tainted, files) for each in feeding)
        if command.name in _SPLITTERS and _splits(command, tainted, files, fed):
            yield Violation(
                workflow.path,
                step.run_line + command.line - 1,
                f"{command.name} takes a secret apart: its parts are not masked in logs; store each value as a secret",
            )
        elif command.name in _CUTTERS and _cuts(command) and (fed or _touches(command, tainted, files)):
            yield Violation(
                workflow.path, step.run_line + command.line - 1, f"{command.name} cuts a part out of a secret"
            )
        elif _PARSING_CODE.search(" ".join(word.text for word in command.everything())) and (
            fed or _names_secret(command, tainted)
        ):
            yield Violation(workflow.path, step.run_line + command.line - 1, "the code takes a secret apart")
        if fed or _touches(command, tainted, files):
            files |= {each.target.text for each in command.redirects if each.operator in (">", ">>", ">|")}
            files |= {
                text for text in command.texts[1:] if command.name == "tee" and not text.startswith("-")
            }
        if command.name == "export" or command.name == "local":
            for word in command.words[1:]:
                if _carries(word, tainted, files):
                    tainted.add(word.text.partition("=")[0])


def _cuts(command: shell.Command) -> bool:
    """Does a pattern name a key of a JSON document (`"key":`)?"""
    return any(re.search(r"\"[^\"]+\"\s*(\\s\*|\[ \]\*| \*)*:", text) for text in command.texts[1:])


def _carries(word: shell.Word, tainted: set[str], files: set[str]) -> bool:
    if word.variables & tainted or secret_names(word.text):
        return True
    inside = [command for command, _ in shell.commands(word.nested)]
    return any(_touches(command, tainted, files) for command in inside)


def _touches(command: shell.Command, tainted: set[str], files: set[str]) -> bool:
    """Does the command print a secret itself, whole or decoded? What a program answers that was given one (curl with a
    header, gh api) is no secret."""
    if command.name not in _PASSES_ON and not command.group:
        return False
    return any(
        _carries(word, tainted, files) or (bool(word.text) and word.text in files)
        for word in command.everything()
    ) or any(_touches(inner, tainted, files) for inner, _ in shell.commands(command.group))


def _splits(command: shell.Command, tainted: set[str], files: set[str], fed: bool) -> bool:
    """Does jq or yq read a secret as a document? A secret put *into* a document (`--arg`, in the filter) is right."""
    texts = command.texts
    filters = " ".join(texts[1:])
    if any(re.search(rf"(\$ENV\.|env\.|env\(){re.escape(name)}\b", filters) for name in tainted) and (
        "fromjson" in filters or "from_json" in filters or "env(" in filters
    ):
        return True
    for position, word in enumerate(command.words[1:], start=1):
        parsed_argument = position > 1 and texts[position - 2] in ("--argjson", "--slurpfile")
        if (word.process or parsed_argument) and _carries(word, tainted, files):
            return True
        if word.text in files:
            return True
    if _has_option(texts, "n", "--null-input") or (
        _has_option(texts, "R", "--raw-input") and "fromjson" not in filters
    ):
        return "fromjson" in filters and any(_carries(word, tainted, files) for word in command.words[1:])
    return fed or any(
        _carries(redirect.target, tainted, files)
        or (redirect.operator == "<" and redirect.target.text in files)
        for redirect in command.redirects
        if redirect.operator in ("<<<", "<<", "<")
    )


def _has_option(texts: tuple[str, ...], short: str, long: str) -> bool:
    return any(text == long or re.fullmatch(rf"-[A-Za-z]*{short}[A-Za-z]*", text) for text in texts[1:])


def _names_secret(command: shell.Command, tainted: set[str]) -> bool:
    text = " ".join(word.text for word in command.everything())
    return bool(secret_names(text)) or any(re.search(rf"\b{re.escape(name)}\b", text) for name in tainted)
