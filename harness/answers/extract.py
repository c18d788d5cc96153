"""From the turns of an answer to its blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from harness.answers.block import (
    MAX_ANSWER_BYTES,
    MAX_BLOCKS,
    MAX_FILE_BYTES,
    Block,
    Extraction,
    Problem,
    answer_lines,
)
from harness.answers.documents import split_documents
from harness.answers.fences import Fence, scan
from harness.answers.heredocs import MANIFEST, heredocs
from harness.answers.labels import comment_path, read_info
from harness.answers.languages import JSON, MARKDOWN, PATCH, PLAIN, SHELL, YAML, may_name
from harness.answers.paths import PathName, extension_of, read_path
from harness.answers.unfenced import unfenced


@dataclass(frozen=True, slots=True)
class Piece:
    """A block before its path was judged; `line` is 1-based."""

    name: PathName | None
    info: str
    lines: Sequence[str]
    line: int
    closed: bool


def extract(turns: Sequence[str]) -> Extraction:
    """The files and other blocks of an answer, given as the model's messages in their order.

    Never raises for any strings, and takes time in proportion to their length. The same path twice in a
    turn: the last closed block counts, else the last. A later turn replaces files of earlier ones. Blocks
    without a path all stay.
    """
    answer = _Answer()
    room = MAX_ANSWER_BYTES
    for turn, message in enumerate(turns):
        encoded = message.encode(errors="replace")  # a lone surrogate can't be written to a file
        lines = answer_lines(encoded[:room].decode(errors="ignore"))
        for piece in _pieces(lines):
            if not answer.has_room(turn, piece.line):
                return answer.extraction()
            answer.add(turn, piece)
        if len(encoded) > room:
            remark = f"the answer is larger than {MAX_ANSWER_BYTES} bytes; the rest was not read"
            answer.problems.append(Problem(turn, len(lines), "answer size", remark))
            break
        room -= len(encoded)
    return answer.extraction()


@dataclass(slots=True)
class _Answer:
    """What was taken out so far."""

    pieces: int = 0
    blocks: list[Block] = field(default_factory=list[Block])
    refused: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    problems: list[Problem] = field(default_factory=list[Problem])

    def has_room(self, turn: int, line: int) -> bool:
        self.pieces += 1
        if self.pieces <= MAX_BLOCKS:
            return True
        message = f"more than {MAX_BLOCKS} blocks; the rest was not read"
        self.problems.append(Problem(turn, line, "blocks", message))
        return False

    def add(self, turn: int, piece: Piece) -> None:
        if piece.name is not None and not piece.name.accepted:
            self.refused.append((piece.line, piece.name.text))
            return
        path = piece.name.text if piece.name else None
        text = "".join(f"{line}\n" for line in piece.lines).removeprefix("\ufeff")
        if path is None and not text.strip():
            return
        if (size := len(text.encode(errors="replace"))) > MAX_FILE_BYTES:
            message = (
                f"{path or 'a block'} has {size} bytes, more than {MAX_FILE_BYTES}; it was not delivered"
            )
            self.problems.append(Problem(turn, piece.line, "file size", message))
            return
        self.blocks.append(Block(path, piece.info, text, piece.line, piece.closed, turn))

    def extraction(self) -> Extraction:
        blocks = _without_folders(_last_of_each(self.blocks), self.problems)
        return Extraction(tuple(blocks), tuple(self.refused), tuple(self.problems))


def _last_of_each(blocks: Sequence[Block]) -> list[Block]:
    """One block for each path: of the last turn that has it the last closed one, else the last one."""
    best: dict[str, Block] = {}
    for block in blocks:
        if block.path is None:
            continue
        other = best.get(block.path)
        if other is None or block.turn > other.turn or block.closed or not other.closed:
            best[block.path] = block
    return [block for block in blocks if block.path is None or best[block.path] is block]


def _without_folders(blocks: Sequence[Block], problems: list[Problem]) -> list[Block]:
    """Drops a file that would have to be a folder as well (`a` beside `a/b.yaml`), so that all can be
    written."""
    folders = {folder for block in blocks if block.path for folder in _folders(block.path)}
    kept: list[Block] = []
    for block in blocks:
        if block.path in folders:
            message = f"{block.path} is also the folder of another file; it was not delivered"
            problems.append(Problem(block.turn, block.line, "file and folder", message))
        else:
            kept.append(block)
    return kept


def _folders(path: str) -> Iterator[str]:
    end = path.find("/")
    while end >= 0:
        yield path[:end]
        end = path.find("/", end + 1)


def _pieces(lines: Sequence[str], offset: int = 0, *, opened: bool = False) -> Iterator[Piece]:
    """The pieces of one turn; `offset` is the number of lines before `lines`, `opened` inside a wrapping
    fence."""
    fenced = False
    for fence in scan(lines):
        fenced = True
        yield from _pieces_of(fence, offset, opened=opened)
    if not fenced and not opened:
        for found in unfenced(lines):
            piece = Piece(found.name, found.info, found.lines, found.start + 1, found.closed)
            yield from _files(piece)


def _pieces_of(fence: Fence, offset: int, *, opened: bool) -> Iterator[Piece]:
    info, named = read_info(fence.marker.info)
    first = offset + fence.start + 1
    name = None if info in PATCH else _name(fence, info, named)
    if name is None and not opened and _may_wrap(fence, info):
        inner = list(islice(_pieces(fence.lines, first - 1, opened=True), MAX_BLOCKS + 1))
        if any(piece.name for piece in inner):
            yield from inner
            return
    lines = fence.lines
    if name and len(lines) > 0 and extension_of(name.text) in JSON:
        found = comment_path(lines[:1])
        if found is not None:  # JSON has no comments: the line was there for us
            lines, first = lines[1:], first + 1
    yield from _files(Piece(name, info, lines, first, fence.closed))


def _files(piece: Piece) -> Iterator[Piece]:
    """The piece itself, or the files that it is made of."""
    if piece.info in YAML or piece.info in PLAIN:
        documents = split_documents(piece.lines)
        if documents and (piece.name is None or piece.name == documents[0][1]):
            for start, name, lines in documents:
                closed = piece.closed or lines is not documents[-1][2]
                yield Piece(name, piece.info, lines, piece.line + start, closed)
            return
    yield piece
    if piece.info in SHELL and piece.name is None:
        for body in heredocs(piece.lines):
            manifest = body.target == MANIFEST
            name = None if manifest else read_path(body.target, explicit=True)
            if name or manifest:
                info = extension_of(name.text) if name else "yaml"
                yield Piece(name, info, body.lines, piece.line + body.start, piece.closed or body.ended)


def _may_wrap(fence: Fence, info: str) -> bool:
    """Whether a fence may have been put around the whole answer: Markdown, or a bare fence longer than
    usual."""
    return info in MARKDOWN or (info in PLAIN and (fence.marker.length > 3 or fence.marker.symbol == "~"))


def _name(fence: Fence, info: str, named: PathName | None) -> PathName | None:
    """The path of a fenced block: from the info string, else a firm label, else the first comment, else a
    loose label.

    Where label and comment name the same file and one has more of its folders, that one counts. A loose
    label is never a reason to refuse a block.
    """
    if named is not None:
        return named
    label = fence.label
    if label and not may_name(info, label.name.text, surely=label.firm):
        label = None
    if label and not label.firm and not label.name.accepted:
        label = None
    found = comment_path(fence.lines, document=info in MARKDOWN)
    comment = found[1] if found and may_name(info, found[1].text, surely=info not in SHELL) else None
    if label is None or comment is None:
        return label.name if label else comment
    if comment.accepted and comment.text.endswith("/" + label.name.text):
        return comment
    return label.name if label.firm else comment
