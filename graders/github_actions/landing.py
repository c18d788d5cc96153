"""Where an artifact of another run lands, and whether a command then runs what lies there or only reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from posixpath import normpath

# Programs that run what lies in the working folder: build and test tools, interpreters given a file, the folder's own files.
_RUNS_CODE = re.compile(
    r"^(npm|npx|yarn|pnpm|bun|pip3?|poetry|uv|tox|pytest|python3?|node|ruby|bundle|rake|make|cmake|go|cargo|mvn|gradle"
    r"|dotnet|docker|bash|sh|source|\.|pre-commit|terraform|tofu|composer|php|deno|just|task|gradlew|mvnw|\S+\.sh)(?!\S)"
    r"|^\.{1,2}/"
)
_HARMLESS = re.compile(r"^(docker (login|pull|push)|npm (view|whoami)|go version|\S+ --version)\b")
_DOWNLOADS = re.compile(r"\bgh run download\b")
_FOLDER_OPTION = re.compile(r"\s(?:-D|--dir)[ =](\S+)")
# What stands for a folder outside of the checked-out code.
_OUTSIDE = re.compile(r"^(\$\{?RUNNER_TEMP\}?|\$\{?TMPDIR\}?|/tmp(?![^/])|/)")
_SHELLS = ("bash", "sh", "source", ".")


def runs_code(text: str) -> bool:
    """Does the command run code of the working folder?"""
    return _RUNS_CODE.search(text) is not None and _HARMLESS.search(text) is None


def of_action(inputs: Mapping[str, str]) -> str | None:
    """The folder into which actions/download-artifact puts what another run has built ("" for the working folder itself);
    None where it takes its own run's artifact: only where it is given an id it asks another run."""
    given = {name.lower().replace("_", "-"): value for name, value in inputs.items() if value}
    return (
        _folder(given.get("path", ""))
        if {"run-id", "workflow", "workflow-conclusion"} & given.keys()
        else None
    )


def of_command(text: str) -> str | None:
    """The same of `gh run download`; None for any other command."""
    if not _DOWNLOADS.search(text):
        return None
    option = _FOLDER_OPTION.search(text)
    return _folder(option[1]) if option else ""


def is_run(text: str, folder: str, working_folder: str) -> bool:
    """Does the command run what landed in `folder`?

    Files in the working folder itself may have replaced any file there, so all code counts. From a folder of their own
    they are run by a command that is started there or whose program or script lies there, and by a program that is given
    the folder (`pip install site/x.whl`, `docker build site`). A script of the repository that is given the folder reads it.
    """
    text = text.replace('"', "").replace("'", "")
    words = text.split()
    while words and words[0] in _SHELLS:
        words.pop(0)
    program = words[0] if words else ""
    if folder and _inside(program, folder):
        return True
    if not runs_code(text):
        return False
    if not folder or _inside(working_folder, folder):
        return True
    own_script = "/" in program or program.endswith(".sh")
    return not own_script and any(_inside(word.rpartition("=")[2], folder) for word in words)


def _folder(path: str) -> str:
    """A folder as it is compared: without quotes, `./` and what stands for the place of temporary files."""
    text = path.strip("\"'").replace("${GITHUB_WORKSPACE}", ".").replace("$GITHUB_WORKSPACE", ".")
    if _OUTSIDE.match(text):
        return "/" + _OUTSIDE.sub("", text).strip("/")
    clean = normpath(text) if text else ""
    return "" if clean == "." else clean


def _inside(path: str, folder: str) -> bool:
    own = _folder(path)
    return own == folder or own.startswith(f"{folder}/")
