"""What an external program said about the artifacts of one answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """One remark of a tool: `file` is the artifact's path, `line` is 1-based or None, `code` is the tool's own id
    (`SC2086`, `CKV_AWS_19`, `expression`), `level` the tool's own severity word."""

    file: str
    line: int | None
    code: str
    text: str
    level: str = "error"


@dataclass(frozen=True, slots=True)
class Report:
    """All remarks of one tool on one bundle.

    `failure` is None when the tool proved that it ran; else it says in one line what went wrong (missing, timed out,
    crashed, did not name the file) and every rule that reads this report becomes a `grader_error`.
    `judged` lists the paths that the tool really evaluated. `detail` is what a simulation found beside
    remarks; the module that reads it says of which type it is.
    """

    tool: str
    version: str
    messages: tuple[Message, ...] = ()
    judged: frozenset[str] = frozenset()
    failure: str | None = None
    detail: object | None = None
