"""Markdown documents (runbooks, recovery plans): headings, anchors, lists, tables, code, each with its
line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath

from markdown_it import MarkdownIt
from markdown_it.token import Token

from graders import limits
from graders.artifact import Artifact
from graders.rule import Rule
from graders.yaml_lines import Unparsable

KIND = "markdown"

_SUFFIXES = (".md", ".markdown")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_HTML_ANCHOR = re.compile(r"<[a-zA-Z][^<>]*?\s(?:id|name)\s*=\s*[\"']?([^\s\"'<>]+)")
_ATTRIBUTE_ANCHOR = re.compile(r"\{:?[^{}]*#([\w:.-]+)[^{}]*\}\s*\Z")
_NOT_IN_SLUG = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class Heading:
    """`slug` is the anchor that GitHub gives it (repeated ones numbered). `line` is 1-based."""

    level: int
    text: str
    slug: str
    line: int


@dataclass(frozen=True, slots=True)
class ListItem:
    """`text` is the item's own text with that of what is nested in it, code blocks included."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class OrderedList:
    """A numbered list that is not part of another numbered list."""

    items: tuple[ListItem, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Fence:
    """A code block; `line` is the line of its opening mark, its text starts on the next."""

    info: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, header rows included."""

    cells: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Document:
    """A Markdown document. `explicit` are the anchors set by HTML or by `{#name}`, `paragraphs` the text
    outside headings, tables and code as (line, text)."""

    headings: tuple[Heading, ...]
    explicit: frozenset[str]
    ordered_lists: tuple[OrderedList, ...]
    fences: tuple[Fence, ...]
    rows: tuple[Row, ...]
    paragraphs: tuple[tuple[int, str], ...]

    def anchors(self) -> frozenset[str]:
        """Every anchor that a link into the document can name."""
        return self.explicit | {heading.slug for heading in self.headings}


def recognises(path: str | None, info: str, text: str) -> bool:
    if path is not None:
        return PurePosixPath(path.lower()).suffix in _SUFFIXES
    return info.lower() in ("markdown", "md")


def parse(artifact: Artifact) -> Document:
    """Raises `Unparsable` only for a text outside the limits: any other text is Markdown."""
    try:
        limits.check(artifact.text)
    except limits.OutsideLimits as broken:
        raise Unparsable(broken.line, broken.message) from None
    tokens = MarkdownIt("commonmark").enable("table").parse(_without_front_matter(artifact.text))
    return Document(
        headings=tuple(_headings(tokens)),
        explicit=frozenset(_explicit_anchors(tokens)),
        ordered_lists=tuple(_ordered_lists(tokens)),
        fences=tuple(
            Fence(token.info.strip(), token.content, _line(token))
            for token in tokens
            if token.type in ("fence", "code_block")
        ),
        rows=tuple(_rows(tokens)),
        paragraphs=tuple(_paragraphs(tokens)),
    )


def slug(text: str) -> str:
    """The anchor of a heading with this text, as GitHub makes it."""
    return _NOT_IN_SLUG.sub("", text.strip().lower()).replace(" ", "-")


def _without_front_matter(text: str) -> str:
    found = _FRONT_MATTER.match(text)
    return "\n" * found[0].count("\n") + text[found.end() :] if found else text


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _plain(token: Token) -> str:
    """The text of an inline token as a reader sees it."""
    parts: list[str] = []
    for child in token.children or []:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
    return "".join(parts)


def _headings(tokens: Sequence[Token]) -> Iterator[Heading]:
    taken: dict[str, int] = {}
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        text = _plain(inline)
        wanted = slug(text)
        given = wanted
        while given in taken:
            taken[wanted] += 1
            given = f"{wanted}-{taken[wanted]}"
        taken[given] = 0
        yield Heading(int(opening.tag[1:]), text, given, _line(opening))


def _explicit_anchors(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "html_block":
            yield from _HTML_ANCHOR.findall(token.content)
        elif token.type == "inline":
            for child in token.children or []:
                if child.type == "html_inline":
                    yield from _HTML_ANCHOR.findall(child.content)
            yield from _ATTRIBUTE_ANCHOR.findall(_plain(token))


def _ordered_lists(tokens: Sequence[Token]) -> Iterator[OrderedList]:
    depth = 0
    items: list[ListItem] = []
    start = start_level = item_line = 0
    texts: list[str] = []
    for token in tokens:
        if token.type == "ordered_list_open":
            depth += 1
            if depth == 1:
                items, start, start_level = [], _line(token), token.level
        elif token.type == "ordered_list_close":
            depth -= 1
            if depth == 0:
                yield OrderedList(tuple(items), start)
        elif depth and token.level == start_level + 1 and token.type == "list_item_open":
            texts, item_line = [], _line(token)
        elif depth and token.level == start_level + 1 and token.type == "list_item_close":
            items.append(ListItem("\n".join(texts), item_line))
        elif depth and token.type == "inline":
            texts.append(_plain(token))
        elif depth and token.type in ("fence", "code_block"):
            texts.append(token.content)


def _rows(tokens: Sequence[Token]) -> Iterator[Row]:
    cells: list[str] = []
    line = 1
    in_cell = False
    for token in tokens:
        if token.type == "tr_open":
            cells, line = [], _line(token)
        elif token.type in ("td_open", "th_open"):
            in_cell = True
        elif token.type == "inline" and in_cell:
            cells.append(_plain(token))
            in_cell = False
        elif token.type == "tr_close":
            yield Row(tuple(cells), line)


def _paragraphs(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    for opening, inline in pairwise(tokens):
        if opening.type == "paragraph_open":
            yield _line(opening), _plain(inline)


RULES: tuple[Rule, ...] = ()
