"""The scripts of simulated steps, run: how a step's shell is started, and what must lie around it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from posixpath import basename, dirname, join, normpath

from graders.github_actions import shell
from graders.github_actions.environments import runs
from graders.github_actions.subjects import is_posix_shell
from graders.github_actions.workflow import Step
from graders.simulate.shell.ending import Ending, Script, ending_of

# Source: GitHub docs, workflow syntax, `jobs.<id>.steps[*].shell`: what the runner starts for each name.
_COMMANDS = {
    "": ("bash", "-e"),
    "bash": ("bash", "--noprofile", "--norc", "-eo", "pipefail"),
    "sh": ("sh", "-e"),
}
_STARTERS = ("bash", "sh", "source", ".")
_NAMED_IN = (
    "for",
    "read",
    "local",
    "declare",
    "export",
    "readonly",
    "mapfile",
    "readarray",
    "typeset",
    "select",
    "getopts",
)
_GIVEN = frozenset(
    ("HOME", "PWD", "OLDPWD", "PIPESTATUS", "RANDOM", "SECONDS", "BASH_SOURCE", "FUNCNAME", "LINENO", "IFS")
)
_RUNNERS = re.compile(r"GITHUB_(?:WORKSPACE|OUTPUT|ENV|STEP_SUMMARY|PATH|ACTIONS)|RUNNER_(?:TEMP|OS)|CI|PATH")
_UNSET = "value"  # of a variable that only a real run would have


def ending(
    step: Step,
    env: Mapping[str, str],
    files: Mapping[str, str],
    *,
    failing: Sequence[str] = (),
    watched: Sequence[str] = (),
) -> Ending | None:
    """How the step's script, its expressions filled in, ends when the commands `failing` fail; None where nobody can tell:
    another language, an unknown shell, a command of the shell itself. `files` are the answer's scripts, by path; those that
    are called by one of the commands `failing` or `watched` are stand-ins."""
    command = _command(step)
    builtin = any(each.split()[:1] in (["test"], ["["], ["echo"]) for each in failing)
    if command is None or builtin or not step.run:
        return None
    around = _Around(step.directory or ".", files, (*failing, *watched))
    around.look(step.run, 0)
    known = dict.fromkeys(unknown_variables(step.run, env), _UNSET) | dict(env)
    return ending_of(
        Script(
            step.run,
            command,
            tuple(sorted(known.items())),
            step.directory or ".",
            tuple(sorted((path, text) for path, text in files.items() if path not in around.absent)),
            tuple(sorted(around.absent)),
            tuple(sorted(around.folders)),
            tuple(failing),
        )
    )


def called(call: str, commands: Sequence[str]) -> bool:
    """Is a call that a script made (`Ending.calls`) one of the commands?"""
    return any(runs(call, each.removeprefix("./")) for each in commands)


def unknown_variables(script: str, env: Mapping[str, str]) -> set[str]:
    """The variables that a script expands although neither the step, the runner nor the script itself gives them a value."""
    read: set[str] = set()
    given: set[str] = set()
    for command, _ in shell.commands(shell.parse(script)):
        read |= {name for word in command.everything() for name in word.variables}
        given |= {name for name, _ in command.assignments}
        if command.name in _NAMED_IN:
            given |= {text.partition("=")[0] for text in command.texts[1:]}
    return {name for name in read - given - set(env) - _GIVEN if name and not _RUNNERS.fullmatch(name)}


def _command(step: Step) -> tuple[str, ...] | None:
    """What starts the shell, the script's place left out."""
    if not is_posix_shell(step):
        return None
    named = step.shell.strip()
    if named in _COMMANDS:
        return _COMMANDS[named]
    try:
        words = [word for word in shlex.split(named) if word != "{0}"]
    except ValueError:
        return None
    program = basename(words[0]) if words else ""
    return (program, *words[1:]) if program in ("bash", "sh") and "-c" not in words else None


class _Around:
    """What a script finds in its workspace: `absent` programs that the answer does not deliver or that are asked about,
    `folders` that it writes to."""

    def __init__(self, directory: str, files: Mapping[str, str], asked: Sequence[str]) -> None:
        self.directory = directory
        self.files = files
        self.asked = asked
        self.absent: set[str] = set()
        self.folders: set[str] = set()

    def look(self, script: str, depth: int) -> None:
        """Follow the script, and the answer's scripts that it starts."""
        here = self.directory
        for command, _ in shell.commands(shell.parse(script)):
            words = list(command.program)
            if words[:1] in (["cd"], ["pushd"]) and len(words) > 1:
                here = join(here, words[1])
            targets = [
                each.target.text for each in command.redirects if each.operator.startswith((">", "&>"))
            ]
            self.folders |= set(_inside([join(here, dirname(target)) for target in targets if "/" in target]))
            if words[:1] and words[0] in _STARTERS:
                words = [word for word in words[1:] if not word.startswith("-")]
            elif not words or "/" not in words[0]:
                continue
            for path in _inside([join(here, word) for word in words[:1]]):
                self._program(path, " ".join(command.program), depth)

    def _program(self, path: str, call: str, depth: int) -> None:
        if path not in self.files or any(runs(call, each) for each in self.asked):
            self.absent.add(path)
        elif depth < 3:
            self.look(self.files[path], depth + 1)


def _inside(paths: Sequence[str]) -> Iterator[str]:
    """Those of the paths that are plain and lie in the workspace, from its root."""
    for path in paths:
        bare = re.sub(r"^.*\$(?:\{GITHUB_WORKSPACE\}|GITHUB_WORKSPACE)/", "", path)
        found = normpath(bare)
        if not found.startswith(("/", "..")) and found != "." and not re.search(r"[$`*?~]", found):
            yield found
