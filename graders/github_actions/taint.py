"""Texts that a stranger writes (titles, bodies, branch names), followed from the event to where they are run.

Sources: GitHub docs, secure use (script injections); GitHub Security Lab, untrusted input; the fields that zizmor's
template-injection lists. Commit ids, numbers, names of repositories and the base branch can carry no shell text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graders.github_actions import shell
from graders.github_actions.expression import Call, Node, Path, nodes_of

_SOURCES = re.compile(
    r"github\.(?:"
    r"head_ref"
    r"|event\.(?:issue|pull_request|discussion|comment|review|review_comment)\.(?:title|body)"
    r"|event\.pull_request\.head\.(?:ref|label|repo\.(?:default_branch|description|homepage))"
    r"|event\.(?:head_commit|commits\.[^.]+)\.(?:message|(?:author|committer)\.(?:email|name))"
    r"|event\.pages\.[^.]+\.page_name"
    r"|event\.workflow_run\.(?:head_branch|display_title|head_commit\.(?:message|author\.(?:email|name))"
    r"|head_repository\.description|pull_requests\.[^.]+\.head\.ref)"
    r"|event\.client_payload\..+"
    r")\Z"
)
# Objects that hold such fields: `toJSON` writes them out.
_HOLDERS = re.compile(
    r"github(?:\.event(?:\.(?:issue|pull_request|discussion|comment|review|review_comment|head_commit|commits|pages"
    r"|workflow_run|client_payload|pull_request\.head))?)?\Z"
)
# Their value is a boolean, a number or a digest, whatever goes in.
_HARMLESS = {"==", "!=", "<", "<=", ">", ">=", "!", "contains", "startswith", "endswith", "hashfiles"}
_VARIABLE = re.compile(r"\$\{?(\w+)")
_EXPORTS = re.compile(r"core\.(?:exportVariable|addPath)\(((?:[^()]|\([^()]*\))*)\)")
_PAYLOAD = re.compile(
    r"payload\.(?:issue|pull_request|comment|discussion|review)\.(?:title|body|head\.(?:ref|label))"
    r"|payload\.(?:head_commit|commits)\b.*message"
)
_FIELDS = re.compile(r"\.(title|body|message|page_name|display_title|head_branch)\b|\.head\.(ref|label)\b")
_FILES = {"GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH"}
_ASSIGNED = re.compile(r"([A-Za-z_][\w-]*)(?:=|<<)")


@dataclass(slots=True)
class Tainted:
    """What carries a stranger's text at one place of a job: names of `env`, `inputs.NAME`, `steps.ID.outputs.NAME` and
    `needs.JOB.outputs.NAME`, each as its path in lower case."""

    paths: set[str] = field(default_factory=set[str])

    def carried(self, value: Any, *, bare: bool = False) -> bool:
        """Can the value of this text, with its expressions filled in, hold a stranger's text?"""
        return any(self._carries(node) for node in nodes_of(value, bare=bare))

    def expressions(self, value: Any) -> Iterator[str]:
        """The references of the text's expressions that carry one, for messages."""
        for node in nodes_of(value):
            if self._carries(node):
                yield from (
                    name for name in _references(node) if self._is_tainted(name) or _HOLDERS.match(name)
                )

    def binding(self, env: Mapping[str, Any]) -> set[str]:
        """The names of an `env` block that carry one."""
        return {name.lower() for name, value in env.items() if self.carried(value)}

    def with_names(self, names: set[str]) -> Tainted:
        """The same place with these names of `env` as well."""
        return Tainted(self.paths | {f"env.{name}" for name in names})

    def names(self) -> set[str]:
        """The names of `env` that carry one."""
        return {path.removeprefix("env.") for path in self.paths if path.startswith("env.")}

    def _is_tainted(self, name: str) -> bool:
        return name in self.paths or _SOURCES.match(name) is not None

    def _carries(self, node: Node) -> bool:
        if isinstance(node, Path):
            return self._is_tainted(".".join(node.names()))
        if not isinstance(node, Call) or node.name in _HARMLESS:
            return False
        if node.name == "&&":  # its left side is the value only when it is false or empty
            return self._carries(node.arguments[1])
        if node.name == "tojson":
            return any(
                self._carries(argument)
                or (isinstance(argument, Path) and _HOLDERS.match(".".join(argument.names())) is not None)
                for argument in node.arguments
            )
        return any(self._carries(argument) for argument in node.arguments)


def _references(node: Node) -> Iterator[str]:
    if isinstance(node, Path):
        yield ".".join(node.names())
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from _references(argument)


@dataclass(frozen=True, slots=True)
class Written:
    """A line that a script writes for later steps: `file` is GITHUB_OUTPUT, GITHUB_ENV or GITHUB_PATH, `name` may be ""."""

    file: str
    name: str
    line: int
    tainted: bool


def written(script: str, tainted: Tainted) -> list[Written]:
    """What a script writes to the runner's files, and whether a stranger's text goes in: by redirection, by `tee`, by a
    group of commands. Variables that the script sets from tainted ones are tainted too (`x=$(printf '%s' "$RAW")`)."""
    names = tainted.names() | assigned_from(script, tainted)
    found: list[Written] = []
    for pipeline in _every(shell.parse(script)):
        parts = [part for command in pipeline.commands for part in _parts(command)]
        targets = {
            name for part in parts for each in part.redirects for name in _FILES if name in each.target.text
        }
        tees = [part for part in parts if part.name == "tee"]
        targets |= {name for part in tees for text in part.texts for name in _FILES if name in text}
        told = " ".join(
            text
            for part in parts
            for text in (
                *part.texts,
                *(each.target.text for each in part.redirects if each.operator.startswith("<<")),
            )
            if not any(name in text for name in _FILES)
        )
        hit = _is_hit(told, tainted, names) or any(
            _reads_event(" ".join(inner.texts)) for part in parts for inner in _nested(part)
        )
        name = _ASSIGNED.search(told)
        line = next((part.line for part in parts if part.line), 1)
        found += [Written(file, name[1].lower() if name else "", line, hit) for file in sorted(targets)]
    return found


def _is_hit(text: str, tainted: Tainted, names: set[str]) -> bool:
    return (
        tainted.carried(text)
        or any(name.lower() in names for name in _VARIABLE.findall(text))
        or _reads_event(text)
    )


def _reads_event(text: str) -> bool:
    """Takes the text a stranger's field out of the file that holds the event?"""
    return "GITHUB_EVENT_PATH" in text and _FIELDS.search(text) is not None


def _nested(command: shell.Command) -> Iterator[shell.Command]:
    for word in command.everything():
        for inner, _ in shell.commands(word.nested):
            yield inner


def written_by_line(script: str, tainted: Tainted) -> list[Written]:
    """The same for a shell whose grammar is not read here (PowerShell): what stands in one line."""
    found: list[Written] = []
    for number, line in enumerate(script.split("\n"), start=1):
        names = {name.lower() for name in re.findall(r"\$(?:env:)?\{?(\w+)", line)}
        hit = bool(names & tainted.names()) or tainted.carried(line)
        name = _ASSIGNED.search(line)
        for file in sorted(_FILES):
            if file in line:
                found.append(Written(file, name[1].lower() if name else "", number, hit))
    return found


def exported(script: str, tainted: Tainted) -> bool:
    """Does github-script put a stranger's text into the runner's environment?"""
    for call in _EXPORTS.findall(script):
        names = {
            name.lower()
            for name in re.findall(r"process\.env\.(\w+)|process\.env\[['\"](\w+)", call)
            for name in name
        }
        if _PAYLOAD.search(call) or names & tainted.names():
            return True
    return False


def _every(pipelines: tuple[shell.Pipeline, ...]) -> Iterator[shell.Pipeline]:
    """Each pipeline, and those inside groups and substitutions that stand in no redirected group themselves."""
    for pipeline in pipelines:
        yield pipeline
        for command in pipeline.commands:
            yield from _every(command.group)
            for word in command.everything():
                yield from _every(word.nested)


def _parts(command: shell.Command) -> Iterator[shell.Command]:
    """The command and those in its group."""
    yield command
    for pipeline in command.group:
        for inner in pipeline.commands:
            yield from _parts(inner)


def assigned_from(script: str, tainted: Tainted) -> set[str]:
    """Shell variables of the script that take a tainted one's text."""
    names = set(tainted.names())
    for command, _ in shell.commands(shell.parse(script)):
        for name, word in command.assignments:
            if _is_hit(word.text, tainted, names) or any(
                _reads_event(" ".join(inner.texts)) for inner, _ in shell.commands(word.nested)
            ):
                names.add(name.lower())
    return names - tainted.names()


def evaluated_again(script: str, tainted: Tainted) -> Iterator[tuple[int, str]]:
    """(line, name) of tainted variables that a shell reads as code: `eval "$X"`, `bash -c "… $X"`."""
    names = tainted.names() | assigned_from(script, tainted)
    for pipeline in _every(shell.parse(script)):
        *before, last = pipeline.commands or (None,)
        if last is None or last.program[:1] not in (("bash",), ("sh",), ("zsh",)) or len(last.program) > 1:
            continue
        fed = [word.text for command in before if command for word in command.words]
        fed += [each.target.text for each in last.redirects if each.operator.startswith("<<")]
        for name in (name for text in fed for name in _VARIABLE.findall(text) if name.lower() in names):
            yield last.line, name
    for command, _ in shell.commands(shell.parse(script)):
        program = command.program
        code: tuple[str, ...] = ()
        if program[:1] == ("eval",):
            code = program[1:]
        elif program[:1] and program[0] in ("bash", "sh", "zsh") and "-c" in program:
            code = program[program.index("-c") + 1 : program.index("-c") + 2]
        for text in code:
            for name in _VARIABLE.findall(text):
                if name.lower() in names:
                    yield command.line, name
