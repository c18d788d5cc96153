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
    """What a script writes to the runner's files, and whether a stranger's text goes in.

    Variables that the script sets from tainted ones are tainted too (`TITLE="$RAW"`, `x=$(printf '%s' "$RAW")`).
    """
    found: list[Written] = []
    names = tainted.names() | assigned_from(script, tainted)
    for command, _ in shell.commands(shell.parse(script)):
        targets = {name for each in command.redirects for name in _FILES if name in each.target.text}
        texts = [word.text for word in command.words]
        texts += [each.target.text for each in command.redirects if each.operator.startswith("<<")]
        if not targets and command.name == "tee":
            targets = {name for name in _FILES for text in texts if name in text}
        for file in targets:
            told = " ".join(text for text in texts[1:] if not any(name in text for name in _FILES))
            hit = tainted.carried(told) or any(name.lower() in names for name in _VARIABLE.findall(told))
            name = _ASSIGNED.search(told)
            found.append(Written(file, name[1].lower() if name else "", command.line, hit))
    return found


def assigned_from(script: str, tainted: Tainted) -> set[str]:
    """Shell variables of the script that take a tainted one's text."""
    names = set(tainted.names())
    for command, _ in shell.commands(shell.parse(script)):
        for name, word in command.assignments:
            if tainted.carried(word.text) or any(
                used.lower() in names for used in _VARIABLE.findall(word.text)
            ):
                names.add(name.lower())
    return names - tainted.names()


def evaluated_again(script: str, tainted: Tainted) -> Iterator[tuple[int, str]]:
    """(line, name) of tainted variables that a shell reads as code: `eval "$X"`, `bash -c "… $X"`."""
    names = tainted.names() | assigned_from(script, tainted)
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
