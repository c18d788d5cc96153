"""What an expression is worth, as far as the files alone decide it. Nothing unknown is ever guessed."""

from __future__ import annotations

import posixpath
from typing import Any, cast

from graders.terraform.language import functions, syntax
from graders.terraform.language.expressions import template
from graders.terraform.language.operators import binary, unary
from graders.terraform.language.values import (
    MISSING,
    MORE,
    REST,
    Partial,
    Unknown,
    as_bool,
    as_map,
    as_text,
    bounded,
    is_known,
    joined,
)
from graders.terraform.reading import references
from graders.terraform.reading.module import Bound, Name, Scope
from graders.yaml_lines import Unparsable

_MAX_DEPTH = 90


def evaluate(expression: syntax.Expression, scope: Scope) -> Any:
    """The value of `expression` (see `values.py`); `Unknown` where it hangs on something outside the files."""
    tree = scope.module.tree
    tree.steps -= 1
    if tree.steps < 0 or tree.depth > _MAX_DEPTH:
        return Unknown("an expression too deep or too long to follow")
    tree.depth += 1
    try:
        return _value(expression, scope)
    finally:
        tree.depth -= 1


def _value(expression: syntax.Expression, scope: Scope) -> Any:
    match expression:
        case syntax.Literal(value=value):
            return value
        case syntax.Template(parts=parts):
            if len(parts) == 1 and not isinstance(parts[0], str):
                return evaluate(parts[0], scope)
            return joined([part if isinstance(part, str) else evaluate(part, scope) for part in parts])
        case syntax.Directive():
            return Unknown("a template with conditions")
        case syntax.Tuple(items=items):
            return [evaluate(item, scope) for item in items]
        case syntax.Object(items=items):
            return {_key_text(evaluate(key, scope)): evaluate(value, scope) for key, value in items}
        case syntax.Call():
            return _call(expression, scope)
        case syntax.Conditional():
            return _conditional(expression, scope)
        case syntax.Binary(operator=operator, left=left, right=right):
            return binary(operator, evaluate(left, scope), evaluate(right, scope))
        case syntax.Unary(operator=operator, operand=operand):
            return unary(operator, evaluate(operand, scope))
        case syntax.For():
            return bounded(_for(expression, scope))
        case _:
            # A reference leads to other expressions: the two modules need each other.
            from graders.terraform.reading.resolve import named, step_into

            base, steps = references.path(expression)
            if isinstance(base, syntax.Variable):
                return named(base.name, steps, scope)
            return step_into(evaluate(base, scope), steps, scope)


def _key_text(value: Any) -> str:
    if isinstance(value, Partial):
        return "".join(part if isinstance(part, str) else "${…}" for part in value.parts)
    text = as_text(value)
    return "${…}" if text is None else text


def _call(call: syntax.Call, scope: Scope) -> Any:
    if call.name == "try":
        for argument in call.arguments:
            found = evaluate(argument, scope)
            if found != MISSING:
                return found
        return Unknown("try(…)")
    arguments = [evaluate(argument, scope) for argument in call.arguments]
    if call.expands and arguments:
        last = arguments.pop()
        if not isinstance(last, list):
            return Unknown(f"{call.name}(…)")
        arguments.extend(cast(list[Any], last))
    if call.name in ("file", "templatefile") and arguments:
        return _file(arguments, scope)
    return functions.call(call.name, arguments)


def _file(arguments: list[Any], scope: Scope) -> Any:
    """`file` and `templatefile` of a file of the answer."""
    path = as_text(arguments[0])
    text = scope.module.tree.texts.get(posixpath.normpath(path)) if path else None
    if text is None:
        return Unknown("a file that was not delivered")
    if len(arguments) == 1:
        return text
    try:
        parsed = template(text)
    except Unparsable:
        return Unknown("a template that cannot be read")
    return evaluate(
        parsed, Scope(scope.module, {key: Name(value) for key, value in as_map(arguments[1]).items()})
    )


def _conditional(expression: syntax.Conditional, scope: Scope) -> Any:
    condition = as_bool(evaluate(expression.condition, scope))
    if condition is not None:
        return evaluate(expression.yes if condition else expression.no, scope)
    yes, no = evaluate(expression.yes, scope), evaluate(expression.no, scope)
    if is_known(yes) and yes == no and type(yes) is type(no):
        return yes
    return Unknown("a condition that the files do not decide")


def _for(expression: syntax.For, scope: Scope) -> Any:
    collection = evaluate(expression.collection, scope)
    if isinstance(collection, list):
        entries: list[tuple[Any, Any]] = list(enumerate(cast(list[Any], collection)))
    elif isinstance(collection, dict):
        entries = sorted(as_map(collection).items())
    else:
        return Unknown("a collection that the files do not decide")
    source = Bound(expression.collection, scope)
    pairs: list[tuple[str, Any]] = []
    is_open = any(item == MORE if isinstance(collection, list) else key == REST for key, item in entries)
    for key, item in entries:
        if item == MORE or key == REST:
            continue
        bound = {expression.names[-1]: Name(item, source)} if expression.names else {}
        if len(expression.names) > 1:
            bound[expression.names[0]] = Name(key, source)
        inner = Scope(scope.module, {**scope.names, **bound})
        wanted = True if expression.condition is None else as_bool(evaluate(expression.condition, inner))
        if wanted is None:
            return Unknown("a condition that the files do not decide")
        if wanted:
            new_key = "" if expression.key is None else _key_text(evaluate(expression.key, inner))
            pairs.append((new_key, evaluate(expression.value, inner)))
    if expression.key is None:
        return [*(value for _, value in pairs), *([MORE] if is_open else [])]
    if is_open:
        pairs.append((REST, MORE))
    if not expression.groups:
        return dict(pairs)
    grouped: dict[str, list[Any]] = {}
    for key, value in pairs:
        grouped.setdefault(key, []).append(value)
    return grouped
