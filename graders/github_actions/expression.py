"""GitHub's `${{ }}` expressions: where they stand in a text, what they refer to, and what they give when it is known.

Source of the grammar and of truthiness: GitHub docs, "Evaluate expressions in workflows and actions".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


class Unknown:
    """The value of an expression that only a run could tell."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN = Unknown()


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
    """The parsed expressions of a text; `bare` for an `if:`, which needs no `${{ }}`. What can't be parsed is left out."""
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


Lookup = Callable[[tuple[str, ...]], Any]
"""Gives the value of a path of lower-case names, or `UNKNOWN`."""


def evaluate(node: Node, lookup: Lookup) -> Any:
    """The value of an expression, `UNKNOWN` where it depends on what `lookup` doesn't know."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Path):
        names = [part if isinstance(part, str) else as_text(evaluate(part, lookup)) for part in node.parts]
        if any(name is None or name == "*" for name in names):
            return UNKNOWN
        return lookup(tuple(name.lower() for name in names if name is not None))
    if node.name in ("&&", "||"):
        left = evaluate(node.arguments[0], lookup)
        right = evaluate(node.arguments[1], lookup)
        if isinstance(left, Unknown):
            # `unknown && false` is false-like whatever the left side is, when both are conditions.
            decided = not isinstance(right, Unknown) and isinstance(right, bool)
            return right if decided and right is (node.name == "||") else UNKNOWN
        return right if truthy(left) == (node.name == "&&") else left
    return _apply(node.name, [evaluate(argument, lookup) for argument in node.arguments])


def _apply(name: str, values: list[Any]) -> Any:
    if any(isinstance(value, Unknown) for value in values):
        return UNKNOWN
    function = _FUNCTIONS.get((name, len(values))) or _FUNCTIONS.get((name, -1))
    try:
        return function(*values) if function else UNKNOWN
    except (TypeError, ValueError, IndexError, KeyError):
        return UNKNOWN


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    if type(left) is type(right):
        return bool(left == right)
    return number(left) == number(right)


def _contains(where: Any, what: Any) -> bool:
    if isinstance(where, list):
        return any(_equal(item, what) for item in where)  # pyright: ignore[reportUnknownVariableType]
    return (as_text(what) or "").lower() in (as_text(where) or "").lower()


def _format(pattern: Any, *values: Any) -> str:
    texts = [as_text(value) or "" for value in values]
    return (
        re.sub(r"\{(\d+)\}", lambda match: texts[int(match[1])], str(pattern))
        .replace("{{", "{")
        .replace("}}", "}")
    )


def _from_json(value: Any) -> Any:
    import json

    return json.loads(value) if isinstance(value, str) else value


def _get(value: Any, index: Any) -> Any:
    return value[int(index)] if isinstance(value, list) else value[index]  # pyright: ignore[reportUnknownVariableType]


_FUNCTIONS: Mapping[tuple[str, int], Callable[..., Any]] = {
    ("!", 1): lambda value: not truthy(value),
    ("==", 2): _equal,
    ("!=", 2): lambda left, right: not _equal(left, right),
    ("<", 2): lambda left, right: number(left) < number(right),
    ("<=", 2): lambda left, right: number(left) <= number(right),
    (">", 2): lambda left, right: number(left) > number(right),
    (">=", 2): lambda left, right: number(left) >= number(right),
    ("contains", 2): _contains,
    ("startswith", 2): lambda text, start: (
        (as_text(text) or "").lower().startswith((as_text(start) or "").lower())
    ),
    ("endswith", 2): lambda text, end: (as_text(text) or "").lower().endswith((as_text(end) or "").lower()),
    ("format", -1): _format,
    ("fromjson", 1): _from_json,
    ("[]", 2): _get,
}


def truthy(value: Any) -> bool:
    """GitHub's idea of true: false, 0, '' and null are not."""
    return value not in (False, 0, "", None)


def number(value: Any) -> float:
    """GitHub's coercion to a number; what is none becomes NaN."""
    if value is None or value == "":
        return 0.0
    if isinstance(value, bool | int | float):
        return float(value)
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def as_text(value: Any) -> str | None:
    """A scalar as GitHub would print it; None for what is unknown or no scalar."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if value is None:
        return ""
    return str(value) if isinstance(value, str | int | float) else None


def substitute(text: Any, lookup: Lookup) -> str:
    """`text` with each expression replaced by its value; one that isn't known stays as it was written."""
    if not isinstance(text, str):
        return as_text(text) or ""
    pieces: list[str] = []
    done = 0
    for start, end, inside in spans(text):
        try:
            value = as_text(evaluate(parse(inside), lookup))
        except (BadExpression, RecursionError):
            value = None
        pieces += [text[done:start], text[start:end] if value is None else value]
        done = end
    return "".join(pieces) + text[done:]


def value_of(text: Any, lookup: Lookup) -> Any:
    """The value of a field: a whole `${{ }}` keeps its type, mixed text becomes text; `UNKNOWN` if any part is."""
    if not isinstance(text, str):
        return text
    found = spans(text)
    if not found:
        return text
    try:
        if len(found) == 1 and found[0][:2] == (0, len(text.strip())):
            return evaluate(parse(found[0][2]), lookup)
    except (BadExpression, RecursionError):
        return UNKNOWN
    replaced = substitute(text, lookup)
    return UNKNOWN if spans(replaced) else replaced
