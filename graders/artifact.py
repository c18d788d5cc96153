"""The file that was taken out of an answer, and the place in it that a violation points to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file of an answer.

    `path` is relative, normalised and confined; `kind` is a key of `graders.KINDS` (or `"text"` where no grader
    recognised it); `text` has LF line ends and no byte-order mark. `line` is the 1-based line of the answer on
    which the first line of `text` stands, so answer line = `line + file_line - 1`. `whole` is False for a
    fragment (a strategic-merge patch, one step, a tfvars excerpt): graded only by rules that make sense for it.
    `turn` is the turn of a dialogue that delivered it, from 0.
    """

    path: str
    kind: str
    text: str
    line: int = 1
    whole: bool = True
    turn: int = 0
