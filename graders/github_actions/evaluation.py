"""What a `${{ }}` expression gives, as far as it can be known without a run.

Source of operators, truthiness and coercions: GitHub docs, "Evaluate expressions in workflows and actions".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from graders.github_actions.expression import BadExpression, Call, Literal, Node, Path, nodes_of, parse, spans


class Unknown:
    """The value of an expression that only a run could tell."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN = Unknown()

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
    function = _FUNCTIONS.get(name)
    try:
        return function(values) if function else UNKNOWN
    except (TypeError, ValueError, IndexError, KeyError, OverflowError, RecursionError):
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
    return json.loads(value) if isinstance(value, str) else value


def _get(value: Any, index: Any) -> Any:
    return value[int(index)] if isinstance(value, list) else value[index]  # pyright: ignore[reportUnknownVariableType]


def _text(value: Any) -> str:
    return (as_text(value) or "").lower()


_FUNCTIONS: dict[str, Callable[[list[Any]], Any]] = {
    "!": lambda values: not truthy(values[0]),
    "==": lambda values: _equal(values[0], values[1]),
    "!=": lambda values: not _equal(values[0], values[1]),
    "<": lambda values: number(values[0]) < number(values[1]),
    "<=": lambda values: number(values[0]) <= number(values[1]),
    ">": lambda values: number(values[0]) > number(values[1]),
    ">=": lambda values: number(values[0]) >= number(values[1]),
    "contains": lambda values: _contains(values[0], values[1]),
    "startswith": lambda values: _text(values[0]).startswith(_text(values[1])),
    "endswith": lambda values: _text(values[0]).endswith(_text(values[1])),
    "format": lambda values: _format(values[0], *values[1:]),
    "fromjson": lambda values: _from_json(values[0]),
    "[]": lambda values: _get(values[0], values[1]),
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


def _nothing(path: tuple[str, ...]) -> Any:
    del path
    return UNKNOWN


def never(condition: Any, lookup: Lookup = _nothing) -> bool:
    """Is the `if` of a job or step certainly false?"""
    if isinstance(condition, bool):
        return not condition
    values = [evaluate(node, lookup) for node in nodes_of(condition, bare=True)]
    return len(values) == 1 and not isinstance(values[0], Unknown) and not truthy(values[0])


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


def alternatives(text: Any, lookup: Lookup) -> list[Any]:
    """The values that a field may have: both sides of `condition && a || b` where the condition isn't known, else one."""
    found = spans(text) if isinstance(text, str) else []
    if len(found) == 1 and found[0][:2] == (0, len(str(text).strip())):
        try:
            node = parse(found[0][2])
        except (BadExpression, RecursionError):
            return [UNKNOWN]
        return _branches(node, lookup)
    return [value_of(text, lookup)]


def _branches(node: Node, lookup: Lookup) -> list[Any]:
    chosen = node.arguments[0] if isinstance(node, Call) and node.name == "||" else None
    if isinstance(chosen, Call) and chosen.name == "&&" and isinstance(node, Call):
        condition, value = (evaluate(argument, lookup) for argument in chosen.arguments)
        if isinstance(condition, Unknown) and not isinstance(value, Unknown) and truthy(value):
            return [value, *_branches(node.arguments[1], lookup)]
    return [evaluate(node, lookup)]


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
