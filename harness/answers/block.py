"""What comes out of an answer, and the limits that the delivery contract states."""

from __future__ import annotations

from dataclasses import dataclass

from graders import limits

MAX_ANSWER_BYTES = 2_000_000
"""UTF-8 bytes of all turns of one answer together; what lies beyond is not read."""
MAX_FILE_BYTES = limits.MAX_BYTES
"""UTF-8 bytes of one file; a larger one is not delivered."""
MAX_BLOCKS = 200
"""Blocks of one answer, empty ones and replaced ones counted; later blocks are not read."""


@dataclass(frozen=True, slots=True)
class Block:
    """One file or piece of text taken out of an answer, its kind not yet decided.

    `path` is relative, normalised and confined, None where the answer named none. `info` is the first word
    of the info string in lower case. `text` has LF ends (also the last line), no byte-order mark, and is
    dedented as its fence was indented. `line` is the 1-based line of the answer's turn (as `answer_lines`
    counts) on which the first line of `text` stands. `closed` is False when the end of the answer cut the
    block off. `turn` is the turn of the dialogue, from 0.
    """

    path: str | None
    info: str
    text: str
    line: int
    closed: bool
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """A limit that the answer broke: `limit` is `answer size`, `file size`, `blocks` or `file and folder`."""

    turn: int
    line: int
    limit: str
    message: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """All blocks of an answer in their order, the paths that were refused as (line, path as it was written;
    their blocks are not delivered), and the limits that were broken."""

    blocks: tuple[Block, ...]
    refused_paths: tuple[tuple[int, str], ...] = ()
    problems: tuple[Problem, ...] = ()


def answer_lines(text: str) -> list[str]:
    """The lines of one turn as `Block.line` counts them: LF, CRLF and CR end a line, nothing else does."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
