"""GitHub's workflow commands: notes on the lines of a pull request, from findings.

The text is a stranger's, and a command is whatever line of a log begins with two colons: everything is kept on one line
and escaped as the runner reads it back (percent, carriage return, line feed; in a property also colon and comma).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from reports.ci.outcome import one_line

Level = Literal["error", "warning", "notice"]
LEVELS: tuple[Level, ...] = ("error", "warning", "notice")
# GitHub shows so many of each kind a step and drops the rest without a word.
MOST = 10


@dataclass(frozen=True, slots=True)
class Annotation:
    """`file` is a path in the repository, or "" for a note that belongs to no file."""

    level: Level
    title: str
    message: str
    file: str = ""
    line: int | None = None


def annotations_of(findings: Iterable[dict[str, Any]]) -> list[Annotation]:
    """One for each violation of failed findings and for each grader error, the heaviest rules first."""
    found: list[Annotation] = []
    for finding in sorted(findings, key=lambda finding: "CHML".index(finding["severity"])):
        title = f"{finding['rule']} ({finding['constraint']})"
        if finding["outcome"] == "grader_error":
            found.append(
                Annotation("warning", title, f"could not be judged, the grader failed: {finding['error']}")
            )
        elif finding["outcome"] == "fail":
            found += [
                Annotation(_level(finding), title, v["message"], v["file"], v["line"])
                for v in finding["violations"]
            ]
    return found


def command_lines(annotations: Sequence[Annotation]) -> list[str]:
    """The lines to print, at most ten of each kind; the last notice says how many there was no room for."""
    lines: list[str] = []
    left_out = 0
    for level in LEVELS:
        same = [item for item in annotations if item.level == level]
        room = MOST - 1 if level == "notice" else MOST
        lines += [_command(item) for item in same[:room]]
        left_out += len(same[room:])
    if left_out:
        lines.append(
            _command(Annotation("notice", "Drydock", f"{left_out} more findings stand in the job's log"))
        )
    return lines


def _level(finding: dict[str, Any]) -> Level:
    if finding["advisory"]:
        return "notice"
    return "error" if finding["severity"] in ("C", "H") else "warning"


def _command(item: Annotation) -> str:
    properties = {"file": item.file, "line": str(item.line) if item.file and item.line else ""}
    properties["title"] = item.title
    stated = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{item.level} {stated}::{_data(item.message)}"


def _data(text: str) -> str:
    return one_line(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
