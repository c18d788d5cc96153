"""GitHub's `${{ }}` expressions: where they stand in a text and what they refer to.

Source of the grammar: GitHub docs, "Evaluate expressions in workflows and actions".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, string, boolean or null."""

    value: Any


@dataclass(frozen=True, slots=True)
class Path:
    """`needs.build.outputs.digest` or `secrets['X']`: parts are lower-case text, or a node for a computed index."""

    parts: tuple[str | Node, ...]

    @property
    def root(self) -> str:
        first = self.parts[0]
        return first if isinstance(first, str) else ""

    def names(self) -> tuple[str, ...]:
        """The parts as text; a computed index is `*`."""
        return tuple(part if isinstance(part, str) else "*" for part in self.parts)


@dataclass(frozen=True, slots=True)
class Call:
    """A function (lower-case) or an operator (`&&`, `==`, `!`) with its operands; `[]` indexes any other value."""

    name: str
    arguments: tuple[Node, ...] = field(default=())


Node = Literal | Path | Call


MAX_TOKENS = 500  # far above what people write; deeper trees would exhaust the stack


class BadExpression(ValueError):
    """The text is no expression."""


_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')"
    r"|(?P<number>0x[0-9a-fA-F]+|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_-]*)"
    r"|(?P<op>&&|\|\||==|!=|<=|>=|[!<>()\[\].,*]))"
)
_PRECEDENCE = (("||",), ("&&",), ("==", "!="), ("<", "<=", ">", ">="))
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None}


def parse(source: str) -> Node:
    """Parse the inside of one `${{ }}`; raises `BadExpression`."""
    return _Parser(source).whole()


class _Parser:
    def __init__(self, source: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        position, end = 0, len(source.rstrip())
        while position < end:
            match = _TOKEN.match(source, position)
            if match is None:
                raise BadExpression(f"unexpected character {source[position : position + 5]!r}")
            self._tokens.append((match.lastgroup or "", match.group(match.lastgroup or 0)))
            position = match.end()
        if len(self._tokens) > MAX_TOKENS:
            raise BadExpression(f"more than {MAX_TOKENS} tokens")
        self._next = 0

    def whole(self) -> Node:
        node = self._binary(0)
        if self._next < len(self._tokens):
            raise BadExpression(f"unexpected {self._tokens[self._next][1]!r}")
        return node

    def _peek(self) -> str:
        if self._next < len(self._tokens) and self._tokens[self._next][0] == "op":
            return self._tokens[self._next][1]
        return ""

    def _take(self, wanted: str) -> None:
        if self._peek() != wanted:
            raise BadExpression(f"{wanted!r} is missing")
        self._next += 1

    def _binary(self, level: int) -> Node:
        if level == len(_PRECEDENCE):
            return self._unary()
        node = self._binary(level + 1)
        while (operator := self._peek()) in _PRECEDENCE[level]:
            self._next += 1
            node = Call(operator, (node, self._binary(level + 1)))
        return node

    def _unary(self) -> Node:
        if self._peek() == "!":
            self._next += 1
            return Call("!", (self._unary(),))
        return self._postfix(self._primary())

    def _primary(self) -> Node:
        if self._peek() == "(":
            self._next += 1
            node = self._binary(0)
            self._take(")")
            return node
        if self._next >= len(self._tokens):
            raise BadExpression("the expression ends too early")
        kind, text = self._tokens[self._next]
        self._next += 1
        if kind == "string":
            return Literal(text[1:-1].replace("''", "'"))
        if kind == "number":
            return Literal(int(text, 16) if text.startswith("0x") else float(text))
        if kind != "name":
            raise BadExpression(f"unexpected {text!r}")
        if self._peek() == "(":
            return Call(text.lower(), self._arguments())
        return Literal(_CONSTANTS[text]) if text in _CONSTANTS else Path((text.lower(),))

    def _arguments(self) -> tuple[Node, ...]:
        self._take("(")
        arguments: list[Node] = []
        while self._peek() != ")":
            if arguments:
                self._take(",")
            arguments.append(self._binary(0))
        self._take(")")
        return tuple(arguments)

    def _postfix(self, node: Node) -> Node:
        while (operator := self._peek()) in (".", "["):
            self._next += 1
            index: str | Node
            if operator == "[":
                index = Literal("*") if self._peek() == "*" else self._binary(0)
                if self._peek() == "*":
                    self._next += 1
                self._take("]")
                if isinstance(index, Literal) and isinstance(index.value, str):
                    index = index.value.lower()
            elif self._peek() == "*":
                self._next += 1
                index = "*"
            elif self._next < len(self._tokens) and self._tokens[self._next][0] == "name":
                index = self._tokens[self._next][1].lower()
                self._next += 1
            else:
                raise BadExpression("a name is missing after the dot")
            node = _index(node, index)
        return node


def _index(node: Node, index: str | Node) -> Node:
    if isinstance(node, Path):
        return Path((*node.parts, index))
    return Call("[]", (node, Literal(index) if isinstance(index, str) else index))


def spans(text: str) -> list[tuple[int, int, str]]:
    """(start, end, inside) of each `${{ inside }}` in `text`; a `}}` within a string literal does not end it."""
    found: list[tuple[int, int, str]] = []
    start = text.find("${{")
    while start >= 0:
        end = expression_end(text, start)
        found.append((start, end, text[start + 3 : end - 2]))
        start = text.find("${{", end)
    return found


def expression_end(text: str, start: int) -> int:
    """The index behind the `}}` that closes the `${{` at `start`; the end of `text` when nothing closes it."""
    position, quoted = start + 3, False
    while position < len(text):
        if text[position] == "'":
            quoted = not quoted
        elif not quoted and text.startswith("}}", position):
            return position + 2
        position += 1
    return len(text)


def nodes_of(value: Any, *, bare: bool = False) -> Iterator[Node]:
    """The parsed expressions of a text (`bare`: of an `if:`, which needs no `${{ }}`), as far as they parse."""
    if not isinstance(value, str):
        return
    sources = [inside for _, _, inside in spans(value)]
    if bare and not sources:
        sources = [value]
    for source in sources:
        try:
            yield parse(source)
        except (BadExpression, RecursionError):
            continue


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, computed indexes included."""
    yield node
    below = node.arguments if isinstance(node, Call) else node.parts if isinstance(node, Path) else ()
    for child in below:
        if not isinstance(child, str):
            yield from walk(child)


def paths_in(value: Any, *, bare: bool = False) -> list[Path]:
    """Every context reference in the expressions of a text."""
    return [each for node in nodes_of(value, bare=bare) for each in walk(node) if isinstance(each, Path)]


def secret_names(value: Any) -> list[str]:
    """The names of the secrets that a text refers to, upper-case; `*` for the whole context or a computed name."""
    return [
        path.names()[1].upper() if len(path.parts) > 1 else "*"
        for path in paths_in(value)
        if path.root == "secrets"
    ]
