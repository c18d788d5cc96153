"""PromQL as a small tree of our own: parsed by promql-parser behind limits, then free of its opaque types.

promql-parser (the grammar of Prometheus 3) recurses in native code and takes the process with it on deep
input, so a scan of brackets and operators comes first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import promql_parser

MAX_LENGTH = 10_000
MAX_NESTING = 50
MAX_OPERATORS = 150

COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})
SET_OPERATORS = frozenset({"and", "or", "unless"})


class BadExpression(Exception):
    """The text is no PromQL expression (or one outside the limits); the message says why."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """`label op value` of a selector; `op` is one of `=`, `!=`, `=~`, `!~`."""

    label: str
    op: str
    value: str


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Text:
    value: str


@dataclass(frozen=True, slots=True)
class Selector:
    """A series selector. `name` is None when no single name is given; `range` is in seconds for `[5m]`;
    `offset` is in seconds into the past; `at` is what stands behind `@`: seconds since 1970, `start` or `end`."""

    name: str | None
    matchers: tuple[Matcher, ...]
    range: float | None = None
    offset: float = 0.0
    at: float | str | None = None


@dataclass(frozen=True, slots=True)
class Subquery:
    """`expr[range:step]` in seconds; `step` is None where the server's evaluation interval holds."""

    expr: Expr
    range: float
    offset: float = 0.0
    step: float | None = None
    at: float | str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`labels` are those of `by` (or of `without`); None without either."""

    op: str
    expr: Expr
    param: Expr | None
    labels: tuple[str, ...] | None
    without: bool


@dataclass(frozen=True, slots=True)
class Binary:
    """`on` are the labels of `on(...)`, `ignoring` of `ignoring(...)`; None when the word is not there.
    `many` is the side that `group_left`/`group_right` names, `include` the labels in its brackets. `fills` says that
    `fill(...)` gives values where a side has none."""

    op: str
    left: Expr
    right: Expr
    returns_bool: bool = False
    on: tuple[str, ...] | None = None
    ignoring: tuple[str, ...] | None = None
    many: str | None = None
    include: tuple[str, ...] = ()
    fills: bool = False


@dataclass(frozen=True, slots=True)
class Negative:
    expr: Expr


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording rule of the same bundle in place of its name: `expr` is what it records, `labels` what it
    adds."""

    selector: Selector
    expr: Expr
    labels: tuple[tuple[str, str], ...] = ()


Expr = Number | Text | Selector | Subquery | Call | Aggregate | Binary | Negative | Recorded

_TOKEN = re.compile(
    r"""(?P<skip>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|\#[^\n]*)"""
    r"""|(?P<word>[A-Za-z_:][A-Za-z0-9_:]*)"""
    r"""|(?P<operator>==|!=|>=|<=|=~|!~|[-+*/%^<>])|(?P<open>[(\[{])|(?P<close>[)\]}])""",
    re.DOTALL,
)
_WORD_OPERATORS = frozenset({"and", "or", "unless", "atan2", "offset", "bool"})


def parse(text: str) -> Expr:
    """The tree of `text`; raises `BadExpression`."""
    _check_limits(text)
    try:
        parsed = promql_parser.parse(text)
    except ValueError as error:
        raise BadExpression(_why(text, str(error))) from None
    except BaseException as error:
        # A panic of the native parser is a BaseException of its own class; anything else is not ours to keep.
        if type(error).__name__ != "PanicException":
            raise
        raise BadExpression("the parser gives up on it") from None
    return _convert(parsed)


def children(expr: Expr) -> tuple[Expr, ...]:
    """The operands of a node, left to right."""
    match expr:
        case Subquery() | Negative() | Recorded():
            return (expr.expr,)
        case Call():
            return expr.args
        case Aggregate():
            return (expr.expr,) if expr.param is None else (expr.param, expr.expr)
        case Binary():
            return (expr.left, expr.right)
        case _:
            return ()


def walk(expr: Expr) -> Iterator[Expr]:
    """Every node below and including `expr`, from the left."""
    waiting = [expr]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def selectors(expr: Expr) -> Iterator[Selector]:
    """Every series selector that is read from the database (recorded names are followed, not yielded)."""
    return (node for node in walk(expr) if isinstance(node, Selector))


def constant(expr: Expr) -> float | None:
    """The value of an expression of numbers only (`14.4 * (1 - 0.999)`, `vector(2)`, a recorded constant)."""
    match expr:
        case Number():
            return expr.value
        case Negative():
            inner = constant(expr.expr)
            return None if inner is None else -inner
        case Recorded() if not expr.selector.range:
            return constant(expr.expr)
        case Call(function="vector" | "scalar") if len(expr.args) == 1:
            return constant(expr.args[0])
        case Aggregate(op="sum" | "max" | "min" | "avg" | "group") if expr.labels is None:
            return constant(expr.expr)
        case Binary():
            left, right = constant(expr.left), constant(expr.right)
            return None if left is None or right is None else _calculate(expr.op, left, right)
        case _:
            return None


def _calculate(op: str, left: float, right: float) -> float | None:
    try:
        match op:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "/":
                return left / right
            case "%":
                return math.fmod(left, right)
            case "^":
                return math.pow(left, right)
            case _:
                return None
    except (ArithmeticError, ValueError):
        return None


def _check_limits(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise BadExpression(f"the expression is longer than {MAX_LENGTH} characters")
    depth = operators = 0
    for token in _TOKEN.finditer(text):
        if token["open"]:
            depth += 1
            operators += token["open"] == "["
        elif token["close"]:
            depth = max(0, depth - 1)
        elif token["operator"] or (token["word"] or "").lower() in _WORD_OPERATORS:
            operators += 1
        if depth > MAX_NESTING:
            raise BadExpression(f"brackets are nested deeper than {MAX_NESTING}")
        if operators > MAX_OPERATORS:
            raise BadExpression(f"there are more than {MAX_OPERATORS} operators in one expression")


def _why(text: str, said: str) -> str:
    variable = re.search(r"\$\w+|\$\{\w+\}", text)
    if variable and "$" in said:
        return f"{variable[0]} is a dashboard variable, a rule file needs a fixed window or value"
    return " ".join(said.split())


_MATCH_OPS = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}


def _convert(node: Any) -> Expr:
    # The stubs of promql-parser leave operands untyped; each class is told by its name.
    match type(node).__name__:
        case "NumberLiteral":
            return Number(float(node.val))
        case "StringLiteral":
            return Text(str(node.val))
        case "ParenExpr":
            return _convert(node.expr)
        case "UnaryExpr":
            return Negative(_convert(node.expr))
        case "VectorSelector":
            return _selector(node, None)
        case "MatrixSelector":
            return _selector(node.vector_selector, node.range.total_seconds())
        case "SubqueryExpr":
            step = None if node.step is None else float(node.step.total_seconds())
            return Subquery(_convert(node.expr), node.range.total_seconds(), _offset(node), step, _at(node))
        case "Call":
            return Call(str(node.func.name), tuple(map(_convert, node.args)))
        case "AggregateExpr":
            return _aggregate(node)
        case "BinaryExpr":
            return _binary(node)
        case other:
            raise BadExpression(f"{other} is not PromQL of a rule file")


def _selector(node: Any, range_seconds: float | None) -> Selector:
    if node.matchers.or_matchers:
        raise BadExpression("`or` between label matchers is not PromQL")
    name: str | None = node.name
    matchers: list[Matcher] = []
    for matcher in node.matchers.matchers:
        op = _MATCH_OPS[str(matcher.op).rpartition(".")[2]]
        if matcher.name == "__name__" and op == "=":
            name = matcher.value
        else:
            matchers.append(Matcher(matcher.name, op, matcher.value))
    return Selector(name, tuple(matchers), range_seconds, _offset(node), _at(node))


def _offset(node: Any) -> float:
    return 0.0 if node.offset is None else float(node.offset.total_seconds())


def _at(node: Any) -> float | str | None:
    if node.at is None:
        return None
    kind = str(node.at.type).rpartition(".")[2]
    return float(node.at.at.timestamp()) if kind == "At" else kind.lower()


def _aggregate(node: Any) -> Aggregate:
    modifier = node.modifier
    return Aggregate(
        op=str(node.op),
        expr=_convert(node.expr),
        param=None if node.param is None else _convert(node.param),
        labels=None if modifier is None else tuple(modifier.labels),
        without=modifier is not None and str(modifier.type).endswith("Without"),
    )


def _binary(node: Any) -> Binary:
    modifier = node.modifier
    on = ignoring = many = None
    include: tuple[str, ...] = ()
    fills = False
    if modifier is not None:
        if modifier.matching is not None:
            labels = tuple(modifier.matching.labels)
            on, ignoring = (
                (labels, None) if str(modifier.matching.type).endswith("Include") else (None, labels)
            )
        card = str(modifier.card).rpartition(".")[2]
        many = {"ManyToOne": "left", "OneToMany": "right"}.get(card)
        include = tuple(modifier.group_labels or ())
        fill = modifier.fill_values
        fills = fill.lhs is not None or fill.rhs is not None
    return Binary(
        op=str(node.op),
        left=_convert(node.lhs),
        right=_convert(node.rhs),
        returns_bool=modifier is not None and bool(modifier.return_bool),
        on=on,
        ignoring=ignoring,
        many=many,
        include=include,
        fills=fills,
    )
