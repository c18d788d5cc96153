"""The tree of an HCL file: blocks and attributes with their lines, expressions as small immutable nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal as OneOf


@dataclass(frozen=True, slots=True)
class Literal:
    """A plain value; the text of a `heredoc` starts on the line after `line`."""

    value: str | int | float | bool | None
    line: int
    heredoc: bool = False


@dataclass(frozen=True, slots=True)
class Directive:
    """`%{ if … }`, `%{ for … }` and their ends inside a template: only the expressions are kept."""

    expressions: tuple[Expression, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Template:
    """A string with interpolations; `parts` are literal text and expressions in their order."""

    parts: tuple[str | Expression, ...]
    line: int
    heredoc: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """The first name of a traversal: `var`, `local`, `each`, `aws_s3_bucket` …"""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class GetAttr:
    source: Expression
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Index:
    source: Expression
    key: Expression
    line: int


@dataclass(frozen=True, slots=True)
class Splat:
    """`source[*]` or `source.*`; what follows in the text wraps this node and applies to each element."""

    source: Expression
    line: int


@dataclass(frozen=True, slots=True)
class Tuple:
    items: tuple[Expression, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Object:
    """Keys are expressions too; a bare word is a `Literal`."""

    items: tuple[tuple[Expression, Expression], ...]
    line: int


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple[Expression, ...]
    expands: bool
    line: int


@dataclass(frozen=True, slots=True)
class Conditional:
    condition: Expression
    yes: Expression
    no: Expression
    line: int


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: Expression
    right: Expression
    line: int


@dataclass(frozen=True, slots=True)
class Unary:
    operator: str
    operand: Expression
    line: int


@dataclass(frozen=True, slots=True)
class For:
    """`[for names in collection : value if condition]`; the `{…}` form has a `key`, its `...` is `groups`."""

    names: tuple[str, ...]
    collection: Expression
    key: Expression | None
    value: Expression
    condition: Expression | None
    groups: bool
    line: int


Expression = (
    Literal
    | Directive
    | Template
    | Variable
    | GetAttr
    | Index
    | Splat
    | Tuple
    | Object
    | Call
    | Conditional
    | Binary
    | Unary
    | For
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """`name = expression`; `source` is the text of the expression as it was written."""

    name: str
    expression: Expression
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Body:
    attributes: dict[str, Attribute]
    blocks: tuple[Block, ...]

    def of(self, type: str) -> list[Block]:
        """The nested blocks of this type, `dynamic` ones not included."""
        return [block for block in self.blocks if block.type == type]


@dataclass(frozen=True, slots=True)
class Block:
    """`type "label" … { body }`; `line` is where the type stands."""

    type: str
    labels: tuple[str, ...]
    body: Body
    line: int


@dataclass(frozen=True, slots=True)
class File:
    """A parsed file; `dialect` says whether it was HCL or its JSON form."""

    path: str
    body: Body
    dialect: OneOf["hcl", "json"]


def children(expression: Expression) -> Iterator[Expression]:
    """The expressions directly inside this one."""
    match expression:
        case Literal() | Variable():
            return
        case Directive(expressions=inner) | Tuple(items=inner) | Call(arguments=inner):
            yield from inner
        case Template(parts=parts):
            for part in parts:
                if not isinstance(part, str):
                    yield part
        case GetAttr(source=source) | Splat(source=source):
            yield source
        case Index(source=source, key=key):
            yield from (source, key)
        case Object(items=items):
            for key, value in items:
                yield from (key, value)
        case Conditional(condition=condition, yes=yes, no=no):
            yield from (condition, yes, no)
        case Binary(left=left, right=right):
            yield from (left, right)
        case Unary(operand=operand):
            yield operand
        case For(collection=collection, key=key, value=value, condition=condition):
            yield from (part for part in (collection, key, value, condition) if part is not None)


def walk(expression: Expression) -> Iterator[Expression]:
    """This expression and all inside it, outermost first."""
    waiting = [expression]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(list(children(current))))


def all_attributes(body: Body) -> Iterator[Attribute]:
    """Every attribute of the body and of the blocks in it, at any depth."""
    yield from body.attributes.values()
    for block in body.blocks:
        yield from all_attributes(block.body)
