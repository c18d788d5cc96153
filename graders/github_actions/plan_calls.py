"""The plans that a step makes and the plans that it applies: `terraform`, `tofu`, or the commands that a case names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from posixpath import basename, join, normpath

from graders.github_actions.environments import runs
from graders.github_actions.roles import Roles, SimulatedPlace
from graders.github_actions.scripts import ending
from graders.github_actions.subjects import step_commands
from graders.simulate.workflows.runs import Run, StepRun

_PROGRAMS = ("terraform", "tofu")
# Options of plan and apply whose value may be the next word.
_WITH_VALUE = (
    "-var",
    "-var-file",
    "-target",
    "-lock-timeout",
    "-parallelism",
    "-out",
    "-state",
    "-backup",
    "-replace",
)
# A path that only a run could tell: a variable that the script itself sets, a pattern.
_OPEN = re.compile(r"[$*?(]")

# Where the workspace lies in the box of a script that was run.
_WORKSPACE = "/w/repo"
# What the runner itself sets; temporary files lie where the simulated `runner.temp` says.
_TEMPORARY = "/tmp"  # noqa: S108 - a place in the simulation
_OWN = re.compile(r"\$(?:(RUNNER_TEMP|GITHUB_WORKSPACE|PWD)\b|\{(RUNNER_TEMP|GITHUB_WORKSPACE|PWD)\})")
_ARRAY = re.compile(r"\$\{(\w+)\[[@*]\]\}")


@dataclass(frozen=True, slots=True)
class Call:
    """One plan or apply: `file` is the plan that it writes or takes, from the workspace's root."""

    step: StepRun
    verb: str
    file: str


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A command that a case names for `verb`, such as `tf.sh plan ENV FILE`: words in capitals stand for any word, FILE for
    the plan's file from the workspace's root."""

    verb: str
    words: tuple[str, ...]

    def reads(self, words: Sequence[str]) -> str | None:
        """The file of a call of this command, "" where the call names none; None for another command."""
        fixed = [word for word in self.words if not word.isupper()]
        if not runs(" ".join(words), " ".join(fixed)):
            return None
        given = [word for word in words if not word.startswith("-")]
        first = next((at for at, word in enumerate(given) if basename(word) == basename(fixed[0])), 0)
        place = first + self.words.index("FILE") if "FILE" in self.words else len(given)
        return given[place] if place < len(given) else ""


def calls_of(run: Run, step: StepRun, known: Roles, wrapped: Sequence[Wrapped]) -> list[Call]:
    """The plans and applies of a step in order. The answer's own scripts that it starts are followed."""
    return list(_called(run, step, known, wrapped)) or list(_calls(step, known, wrapped))


def is_open(path: str) -> bool:
    """Can this path only be told by a run: a variable that a script sets, a pattern?"""
    return _OPEN.search(path) is not None or "of a run)" in path


def same_path(one: str, other: str) -> bool:
    """Two paths; where one of them can't be known, their names decide, and an unknown name is any name."""
    if is_open(one) or is_open(other):
        names = basename(one), basename(other)
        return names[0] == names[1] or any(map(is_open, names))
    return one == other


def folder_commands(step: StepRun, known: Roles) -> Iterator[tuple[list[str], str]]:
    """The words of each command of a step, values put in, with the folder in which it runs."""
    written = known.filled(step)
    if written is None:
        return
    place = SimulatedPlace(step.env)
    values: dict[str, str] = {}
    folder = written.directory or "."
    for command in step_commands(written):
        values |= {name: place.shell_text(word.text, written) for name, word in command.assignments}
        mine = SimulatedPlace(values)
        here = {"RUNNER_TEMP": _TEMPORARY, "GITHUB_WORKSPACE": _WORKSPACE, "PWD": join(_WORKSPACE, folder)}
        texts = [mine.shell_text(place.shell_text(word, written), written) for word in command.program]
        spread = [part for text in texts for part in _spread(text, values)]
        words = [_OWN.sub(lambda match, here=here: here[match[1] or match[2]], word) for word in spread]
        if words[:1] == ["cd"] and len(words) > 1:
            folder = join(folder, words[1])
        yield words, folder


def _spread(text: str, values: Mapping[str, str]) -> list[str]:
    """`"${tf[@]}"` is the words of the array that the script has set."""
    array = _ARRAY.fullmatch(text)
    return values.get(array[1], text).split() if array else [text]


def _calls(step: StepRun, known: Roles, wrapped: Sequence[Wrapped]) -> Iterator[Call]:
    for words, folder in folder_commands(step, known):
        yield from _call(step, words, folder, wrapped)


def _called(run: Run, step: StepRun, known: Roles, wrapped: Sequence[Wrapped]) -> Iterator[Call]:
    """The calls of a step that starts a script of the answer, as Bash makes them."""
    started = any(known.script_of(" ".join(words)) for words, _ in folder_commands(step, known))
    written = known.filled(step) if started else None
    found = ending(written, {**run.facts, **step.env}, known.scripts) if written else None
    for call, folder in zip(found.calls, found.folders, strict=True) if found else ():
        inside = normpath(folder.removeprefix(_WORKSPACE).lstrip("/") or ".")
        yield from _call(step, call.split(), inside, wrapped)


def _call(step: StepRun, words: Sequence[str], folder: str, wrapped: Sequence[Wrapped]) -> Iterator[Call]:
    for each in wrapped:
        file = each.reads(words)
        if file is not None:
            yield Call(step, each.verb, normpath(file) if file else "")
            return
    if not words or basename(words[0]) not in _PROGRAMS:
        return
    options: list[str] = []
    files: list[str] = []
    verb, out, skip = "", "", False
    for word in words[1:]:
        if skip:
            skip = False
            out = word if options[-1] == "-out" else out
        elif word.startswith("-"):
            options.append(f"-{word.lstrip('-')}")
            name, equals, value = options[-1].partition("=")
            skip = name in _WITH_VALUE and not equals
            out = value if name == "-out" and equals else out
            folder = join(folder, value) if name == "-chdir" else folder
        elif not verb:
            verb = word
        else:
            files.append(word)
    if verb in ("plan", "apply"):
        file = out if verb == "plan" else files[-1] if files else ""
        yield Call(step, verb, _from_root(join(folder, file)) if file else "")


def _from_root(path: str) -> str:
    return normpath(path).removeprefix(f"{_WORKSPACE}/")
