"""One script of a CI step run in Bash: its exit, the programs it called, what it wrote for later steps.

Bash decides what `set -e`, `pipefail`, conditions, lists, functions and traps make of a failure: a model of ours, on
whatever parser, would only repeat its manual. Programs are absent, so Bash hands each call to `command_not_found_handle`
(Bash manual, "Command Search and Execution"), which notes it and fails the calls that the question names; only text tools
are real. Time is free: `sleep` is a stand-in too.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from posixpath import join, normpath

from graders import sandbox
from graders.bundle import ToolFailed
from graders.sandbox import Limits, SandboxMissing

_FUNCTIONS = {
    name: Path(__file__).with_name(file).read_text(encoding="utf-8")
    for name, file in (("command_not_found_handle", "stand_in.bash"), ("cd", "enter.bash"))
}
# What a script may do with texts and files; everything else is a stand-in.
_REAL = (
    *(
        "awk",
        "basename",
        "bash",
        "cat",
        "chmod",
        "cp",
        "cut",
        "diff",
        "dirname",
        "egrep",
        "fgrep",
        "find",
        "grep",
        "head",
        "jq",
    ),
    *(
        "ln",
        "ls",
        "mkdir",
        "mktemp",
        "mv",
        "nl",
        "paste",
        "readlink",
        "realpath",
        "rev",
        "rm",
        "rmdir",
        "sed",
        "seq",
        "sh",
    ),
    *("sort", "tac", "tail", "tee", "touch", "tr", "uniq", "wc"),
)
_LIMITS = Limits(seconds=3, memory=1024**3, file_size=1_000_000, processes=64, cpu_seconds=3)
_MOST_CALLS, _MOST_WRITTEN = 1000, 64
_HEREDOC = re.compile(r"([A-Za-z_][\w-]*)<<(.+)\Z")
_SPECIAL = re.compile(r"[\\.^$*+?()\[\]{}|]")


@dataclass(frozen=True, slots=True)
class Script:
    """What is run: `command` starts the shell with the script's path behind it (`bash -e`), `directory` is the working
    folder from the workspace's root, `files` the answer's own by path, `absent` the paths that are programs to be replaced
    by a stand-in, `folders` those that must be there. Calls that contain one of `failing` as words end with 1."""

    text: str
    command: tuple[str, ...]
    env: tuple[tuple[str, str], ...] = ()
    directory: str = "."
    files: tuple[tuple[str, str], ...] = ()
    absent: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """`code` is None where the script never ended; `calls` are the programs it called, each as one text, in order, `folders`
    where it did; `outputs` and `env` what it wrote to GITHUB_OUTPUT and GITHUB_ENV; `missed`: it read a file that was not
    there."""

    code: int | None
    calls: tuple[str, ...]
    folders: tuple[str, ...]
    outputs: tuple[tuple[str, str], ...]
    env: tuple[tuple[str, str], ...]
    missed: bool


@lru_cache(maxsize=512)
def ending_of(script: Script) -> Ending:
    """Run the script in a box. Raises `ToolFailed` when there is none."""
    with tempfile.TemporaryDirectory(prefix="drydock-shell-") as folder:
        work = Path(folder)
        try:
            _lay_out(work, script)
            done = sandbox.run(
                [
                    "bash",
                    "-c",
                    'cd "$0" && exec "$@"',
                    f"/w/repo/{script.directory}",
                    *script.command,
                    "/w/script",
                ],
                work=work,
                env=_environment(script),
                limits=_LIMITS,
            )
        except (SandboxMissing, OSError, ValueError) as error:
            raise ToolFailed(f"the script of a step could not be run: {error}") from None
        noted = _text(work / "calls").split("\0")[:-1][: 2 * _MOST_CALLS]
        return Ending(
            None if done.timed_out or done.code < 0 else done.code,
            tuple(noted[::2]),
            tuple(noted[1::2]),
            tuple(_written(_text(work / "output"))),
            tuple(_written(_text(work / "env"))),
            "No such file or directory" in done.stderr,
        )


def _lay_out(work: Path, script: Script) -> None:
    (work / "bin").mkdir()
    for name in _REAL:
        # Bash under the name of sh keeps to POSIX, and still hands over what it does not find; dash would not.
        found = shutil.which("bash" if name == "sh" else name, path="/usr/bin:/bin")
        if found and not any(wanted.split()[:1] == [name] for wanted in script.failing):
            (work / "bin" / name).symlink_to(found)
    (work / "script").write_text(script.text, encoding="utf-8")
    (work / "failing").write_text(
        "".join(f"{each}\n" for each in _patterns(script.failing)), encoding="utf-8"
    )
    for name in ("calls", "output", "env", "summary", "path"):
        (work / name).touch()
    for folder in (script.directory, *script.folders):
        _place(work, folder).mkdir(parents=True, exist_ok=True)
    for path, text in script.files:
        _put(_place(work, path), text)
    for path in script.absent:
        if not (place := _place(work, path)).is_dir():
            _put(place, f'#!/bin/bash\ncommand_not_found_handle "{normpath(path)}" "$@"\n')


def _place(work: Path, path: str) -> Path:
    """The path in the workspace. Raises ValueError for one that leads out of it."""
    inside = normpath(join("repo", path))
    if inside.startswith(("..", "/")) or not (inside == "repo" or inside.startswith("repo/")):
        raise ValueError(f"{path} lies outside the workspace")
    return work / inside


def _put(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    place.chmod(0o755)


def _environment(script: Script) -> Mapping[str, str]:
    runner = {
        "PATH": "/w/bin",
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": "/w/repo",
        "GITHUB_OUTPUT": "/w/output",
        "GITHUB_ENV": "/w/env",
        "GITHUB_STEP_SUMMARY": "/w/summary",
        "GITHUB_PATH": "/w/path",
        "RUNNER_TEMP": "/tmp",  # noqa: S108 (of the box)
        "RUNNER_OS": "Linux",
    }
    own = {name: value for name, value in script.env if "\0" not in value and name.isidentifier()}
    # Bash takes functions from its environment under such names.
    functions = {f"BASH_FUNC_{name}%%": body for name, body in _FUNCTIONS.items()}
    return {**runner, **own, "PATH": "/w/bin", **functions}


def _patterns(wanted: Sequence[str]) -> Iterator[str]:
    """POSIX patterns of calls that run a command: its words together, or in order with others between."""
    for words in (normpath(each).split() if each.startswith("./") else each.split() for each in wanted):
        plain = [_SPECIAL.sub(r"\\\g<0>", word) for word in words]
        if plain:
            yield f"(^|[^[:alnum:]_-]){' '.join(plain)}([^[:alnum:]_:-]|$)"
            yield f"^{' (.* )?'.join(plain)}( |$)"


def _written(text: str) -> Iterator[tuple[str, str]]:
    """The entries of a file of `name=value` lines and `name<<END` blocks (GitHub docs, workflow commands)."""
    lines = iter(text.split("\n")[: 100 * _MOST_WRITTEN])
    found: dict[str, str] = {}
    for line in lines:
        block = _HEREDOC.match(line)
        name, equals, value = line.partition("=")
        if block:
            inside: list[str] = []
            for part in lines:
                if part == block[2]:
                    break
                inside.append(part)
            found[block[1]] = "\n".join(inside)
        elif equals and name:
            found[name] = value
    yield from list(found.items())[:_MOST_WRITTEN]


def _text(path: Path) -> str:
    """What the script left there: a plain file, no link."""
    if path.is_symlink() or not path.is_file() or os.stat(path).st_size > _LIMITS.file_size:
        return ""
    return path.read_text(encoding="utf-8", errors="replace")
