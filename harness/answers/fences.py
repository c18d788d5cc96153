"""Fenced blocks in the lines of an answer.

A scanner of our own, because what a CommonMark parser (markdown-it-py was tried) gives is not enough here: it
knows no label, does not tell a block that was cut off from a closed one, and reads by the letter what models
write by habit (a Markdown document in three backticks with blocks of three backticks inside, a forgotten closing
fence, a fence indented deeper than its list allows). All of the charity below would have to work around it. This
one goes over each line once.

Read by the letter: a fence is at least three backticks or tildes, closes only on its own marker, at least
as long, with nothing behind it, indented at most three columns more. Read with charity:
- A fence may be indented by any amount, follow list markers and stand in quotes. The content is dedented by
  the fence's indentation, or by that of its least indented line where that is smaller, so that no line
  moves against another.
- In a Markdown document (info `markdown`, or a label that ends in `.md`) a marker of the same length with
  an info word opens an inner block and the next bare one closes that. A bare marker opens an inner block
  when the next line is not blank and another bare marker follows before any with an info word; else it
  closes the document.
- In a block of configuration or shell, where a line of backticks can't stand, the same marker with a
  language word at the block's own indentation closes it and opens the next block. A heredoc into a `.md`
  file is passed over whole.
- `Here it is: ```yaml` at the end of a line opens a block when the word is a language.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.answers.heredocs import heredoc_of
from harness.answers.labels import Label, find_label, read_info, read_label
from harness.answers.languages import CONFIGURATION, KNOWN, MARKDOWN, PLAIN, SHELL

_TAB = 4
_PLAINEST = ("```", "~~~")


@dataclass(frozen=True, slots=True)
class Marker:
    """A line that may open or close a fence. `indent` is in columns after the last quote mark."""

    symbol: str
    length: int
    info: str
    indent: int
    quotes: int
    listed: bool
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block: its marker, the label before it, its dedented lines; `start` is the index of the
    first."""

    marker: Marker
    label: Label | None
    start: int
    lines: tuple[str, ...]
    closed: bool


def read_marker(line: str) -> Marker | None:
    """The fence marker of a line, or None."""
    if "```" not in line and "~~~" not in line:
        return None
    if line in _PLAINEST:
        return Marker(line[0], 3, "", 0, 0, listed=False)
    place, indent, quotes, listed = 0, 0, 0, False
    end = len(line)
    while place < end:
        char = line[place]
        if char == " ":
            indent += 1
        elif char == "\t":
            indent += _TAB - indent % _TAB
        elif char == ">":
            quotes, indent = quotes + 1, 0
            if line[place + 1 : place + 2] == " ":
                place += 1
        elif (width := _list_marker(line, place)) > 0:
            listed, indent, place = True, indent + width, place + width - 1
        else:
            break
        place += 1
    rest = line[place:]
    symbol = rest[:1]
    length = len(rest) - len(rest.lstrip(symbol)) if symbol in ("`", "~") else 0
    info = rest[length:].strip()
    if length < 3 or (symbol == "`" and "`" in info):
        return _marker_at_end(rest, indent, quotes)
    return Marker(symbol, length, info, indent, quotes, listed)


def _list_marker(line: str, place: int) -> int:
    """The width of the list marker at `place` when a space follows it, else 0."""
    width = 1 if line[place] in "-*+" else 0
    if not width:
        while width < 9 and line[place + width : place + width + 1].isdecimal():
            width += 1
        if not width or line[place + width : place + width + 1] not in (".", ")"):
            return 0
        width += 1
    return width if line[place + width : place + width + 1] in (" ", "\t") else 0


def _marker_at_end(text: str, indent: int, quotes: int) -> Marker | None:
    lead, ticks, info = text.rstrip().rpartition("```")
    if not ticks or "```" in lead or lead.endswith("`") or info.lower() not in KNOWN:
        return None
    lead = lead.strip()
    if not lead.endswith(":") and read_label(lead) is None:
        return None
    return Marker("`", 3, info, indent, quotes, listed=False, lead=lead)


def scan(lines: Sequence[str]) -> Iterator[Fence]:
    """The fences of `lines`, outermost only, in order."""
    rows = _Rows(lines)
    at, after = 0, 0
    while at < len(lines):
        marker = read_marker(lines[at])
        if marker is None:
            at += 1
            continue
        label = read_label(marker.lead) if marker.lead else find_label(lines, after, at)
        end, after, closed = _end_of(rows, at, marker, label)
        yield Fence(marker, label, at + 1, _content(lines[at + 1 : end], marker), closed)
        at = after


class _Rows:
    """The lines of an answer with look-ups that are made once, when first needed."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self._places: dict[str, list[int]] | None = None
        self._bare_ahead: dict[int, int] | None = None

    def next_equal(self, text: str, after: int) -> int | None:
        """The index of the first line after `after` that is `text` but for blanks around it."""
        if self._places is None:
            self._places = defaultdict(list)
            for index, line in enumerate(self.lines):
                if len(line) < 200:
                    self._places[line.strip()].append(index)
        places = self._places.get(text, [])
        place = bisect_right(places, after)
        return places[place] if place < len(places) else None

    def bare_ahead(self, at: int) -> int:
        """How many bare markers like the one at `at`, itself included, come before one with an info word."""
        if self._bare_ahead is None:
            self._bare_ahead = {}
            counts: dict[tuple[str, int], int] = {}
            for index in range(len(self.lines) - 1, -1, -1):
                marker = read_marker(self.lines[index])
                if marker is None or marker.listed or marker.lead:
                    continue
                key = marker.symbol, marker.length
                counts[key] = 0 if marker.info else counts.get(key, 0) + 1
                self._bare_ahead[index] = counts[key]
        return self._bare_ahead.get(at, 0)


def _end_of(rows: _Rows, opener: int, outer: Marker, label: Label | None) -> tuple[int, int, bool]:
    """Index past the last line of content, index of the first line after the block, and whether it was
    closed."""
    lines = rows.lines
    info, named = read_info(outer.info)
    name = named or (label.name if label else None)
    document = info in MARKDOWN or (
        info in PLAIN and name is not None and name.text.endswith((".md", ".markdown"))
    )
    strict = info in CONFIGURATION or info in SHELL or info == ""
    inner: Marker | None = None
    at = opener + 1
    while at < len(lines):
        if outer.quotes and _unquoted(lines[at], outer.quotes) is None:
            return at, at, True
        if info in SHELL and (heredoc := heredoc_of(lines[at])) and heredoc.target.endswith(".md"):
            at = (rows.next_equal(heredoc.word, at) or at) + 1
            continue
        marker = read_marker(lines[at])
        if marker is None or marker.lead or marker.quotes != outer.quotes or marker.symbol != outer.symbol:
            at += 1
            continue
        closes = not marker.info and not marker.listed
        if inner is not None:
            if closes and marker.length >= inner.length:
                inner = None
        elif closes and marker.length >= outer.length and marker.indent <= outer.indent + 3:
            opens = document and marker.length == outer.length and rows.bare_ahead(at) > 1
            if not (opens and at + 1 < len(lines) and lines[at + 1].strip("> \t")):
                return at, at + 1, True
            inner = marker
        elif document and marker.info and marker.length >= outer.length:
            inner = marker
        elif strict and not document and _starts_over(outer, marker):
            end = _without_label(lines, opener + 1, at)
            return end, end, True
        at += 1
    return len(lines), len(lines), False


def _starts_over(outer: Marker, marker: Marker) -> bool:
    """Whether `marker` opens the next block although `outer` was never closed."""
    same = marker.length == outer.length and marker.indent <= outer.indent and not marker.listed
    return same and read_info(marker.info)[0] in KNOWN


def _without_label(lines: Sequence[str], start: int, opener: int) -> int:
    """Where the content of a block ends that was never closed before the next `opener`, whose label isn't
    its own."""
    end = opener
    while end > start and not lines[end - 1].strip():
        end -= 1
    if end > start and (label := read_label(lines[end - 1])) and label.firm:
        return end - 1
    return opener


def _content(lines: Sequence[str], marker: Marker) -> tuple[str, ...]:
    """Content without the quote marks and the indentation of its fence."""
    if marker.quotes:
        lines = [_unquoted(line, marker.quotes) or "" for line in lines]
    if not marker.indent:
        return tuple(lines)
    columns = min([marker.indent, *(_indentation(line) for line in lines if line.strip())])
    return tuple(_dedented(line, columns) for line in lines)


def _indentation(line: str) -> int:
    columns = 0
    for char in line:
        if char == " ":
            columns += 1
        elif char == "\t":
            columns += _TAB - columns % _TAB
        else:
            break
    return columns


def _dedented(line: str, columns: int) -> str:
    """`line` without its first `columns` columns of blanks; a tab that reaches beyond them stays."""
    taken = place = 0
    while place < len(line) and taken < columns and line[place] in " \t":
        width = 1 if line[place] == " " else _TAB - taken % _TAB
        if taken + width > columns:
            break
        taken, place = taken + width, place + 1
    return line[place:]


def _unquoted(line: str, quotes: int) -> str | None:
    """`line` without `quotes` quote marks, or None when it has fewer."""
    place = 0
    for _ in range(quotes):
        while line[place : place + 1] in (" ", "\t"):
            place += 1
        if line[place : place + 1] != ">":
            return None
        place += 1
    return line[place + 1 :] if line[place : place + 1] == " " else line[place:]
