"""What an expression is worth, as far as the files alone decide it. Nothing unknown is ever guessed."""

from __future__ import annotations

import posixpath
from typing import Any, cast

from graders.terraform import functions, references, syntax
from graders.terraform.expressions import template
from graders.terraform.instances import child, instances
from graders.terraform.module import Bound, Name, Scope
from graders.terraform.values import (
    Partial,
    Unknown,
    as_bool,
    as_map,
    as_number,
    as_text,
    bounded,
    is_known,
    joined,
)
from graders.yaml_lines import Unparsable

_MAX_DEPTH = 90
# Attributes whose value the cloud gives, whatever the block says.
_COMPUTED = frozenset({"id", "arn"})


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
            return {_key(evaluate(key, scope)): evaluate(value, scope) for key, value in items}
        case syntax.Call():
            return _call(expression, scope)
        case syntax.Conditional():
            return _conditional(expression, scope)
        case syntax.Binary(operator=operator, left=left, right=right):
            return _binary(operator, evaluate(left, scope), evaluate(right, scope))
        case syntax.Unary(operator=operator, operand=operand):
            return _unary(operator, evaluate(operand, scope))
        case syntax.For():
            return bounded(_for(expression, scope))
        case _:
            base, steps = references.path(expression)
            if isinstance(base, syntax.Variable):
                return _named(base.name, steps, scope)
            return _step(evaluate(base, scope), steps, scope)


def _key(value: Any) -> str:
    if isinstance(value, Partial):
        return "".join(part if isinstance(part, str) else "${…}" for part in value.parts)
    text = as_text(value)
    return "${…}" if text is None else text


def _call(call: syntax.Call, scope: Scope) -> Any:
    if call.name == "try":
        for argument in call.arguments:
            found = evaluate(argument, scope)
            if not isinstance(found, Unknown) or found.about != "missing":
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


def _binary(operator: str, left: Any, right: Any) -> Any:
    if operator in ("&&", "||"):
        sides = (as_bool(left), as_bool(right))
        decisive = operator == "||"
        if decisive in sides:
            return decisive
        return Unknown("a condition") if None in sides else not decisive
    if operator in ("==", "!="):
        if not (is_known(left) and is_known(right)):
            return Unknown("a comparison")
        same = left == right and isinstance(left, bool) == isinstance(right, bool)
        return same if operator == "==" else not same
    a, b = as_number(left), as_number(right)
    if a is None or b is None or (b == 0 and operator in "/%"):
        return Unknown("a calculation")
    if operator in ("<", ">", "<=", ">="):
        return {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[operator]
    found = a + b if operator == "+" else a - b if operator == "-" else a * b if operator == "*" else None
    if found is None:
        found = a / b if operator == "/" else a % b
    return int(found) if found.is_integer() else found


def _unary(operator: str, operand: Any) -> Any:
    if operator == "!":
        truth = as_bool(operand)
        return Unknown("a condition") if truth is None else not truth
    number = as_number(operand)
    return Unknown("a calculation") if number is None else -int(number) if number.is_integer() else -number


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
    for key, item in entries:
        bound = {expression.names[-1]: Name(item, source)} if expression.names else {}
        if len(expression.names) > 1:
            bound[expression.names[0]] = Name(key, source)
        inner = Scope(scope.module, {**scope.names, **bound})
        wanted = True if expression.condition is None else as_bool(evaluate(expression.condition, inner))
        if wanted is None:
            return Unknown("a condition that the files do not decide")
        if wanted:
            new_key = "" if expression.key is None else _key(evaluate(expression.key, inner))
            pairs.append((new_key, evaluate(expression.value, inner)))
    if expression.key is None:
        return [value for _, value in pairs]
    if not expression.groups:
        return dict(pairs)
    grouped: dict[str, list[Any]] = {}
    for key, value in pairs:
        grouped.setdefault(key, []).append(value)
    return grouped


def _named(root: str, steps: list[references.Step], scope: Scope) -> Any:
    if root in scope.names:
        return _step(scope.names[root].value, steps, scope)
    words = [step for step in steps[:2] if isinstance(step, str)]
    if root in ("each", "count", "self") or not words:
        return Unknown(root)
    if root == "var":
        return _step(_variable(words[0], scope), steps[1:], scope)
    if root == "local":
        return _step(_local(words[0], scope), steps[1:], scope)
    if root == "path":
        return scope.module.folder.path or "." if words[0] == "module" else "."
    if root == "module":
        return _module(words[0], steps[1:], scope)
    if root == "terraform":
        return Unknown(f"terraform.{words[0]}")
    if root in ("data", "ephemeral"):
        return _resource(root, words, steps[2:], scope) if len(words) == 2 else Unknown(root)
    return _resource("managed", [root, words[0]], steps[1:], scope)


def _variable(name: str, scope: Scope) -> Any:
    module = scope.module
    if name not in module.known_variables:
        module.known_variables[name] = Unknown(f"var.{name} (a cycle)")
        given = references.variable(name, module)
        declared = module.folder.variables.get(name)
        if given is None:
            found: Any = Unknown(f"var.{name}, which has no value in the files")
        else:
            found = bounded(evaluate(given.expression, given.scope))
            type = declared.block.body.attributes.get("type") if declared else None
            if type is not None:
                found = bounded(_with_optional(type.expression, found, scope))
        module.known_variables[name] = found
    return module.known_variables[name]


def _with_optional(type: syntax.Expression, value: Any, scope: Scope) -> Any:
    """Fill in what `optional(TYPE, DEFAULT)` of a variable's type gives to attributes that were left out."""
    if not isinstance(type, syntax.Call) or not type.arguments:
        return value
    inner = type.arguments[0]
    if type.name in ("list", "set") and isinstance(value, list):
        return [_with_optional(inner, item, scope) for item in cast(list[Any], value)]
    if type.name == "map" and isinstance(value, dict):
        return {key: _with_optional(inner, item, scope) for key, item in as_map(value).items()}
    if type.name != "object" or not isinstance(inner, syntax.Object) or not isinstance(value, dict):
        return value
    filled = dict(as_map(value))
    for key_expression, attribute in inner.items:
        key = _key(evaluate(key_expression, scope))
        optional = isinstance(attribute, syntax.Call) and attribute.name == "optional" and attribute.arguments
        if optional and filled.get(key) is None:
            call = cast(syntax.Call, attribute)
            filled[key] = evaluate(call.arguments[1], scope) if len(call.arguments) > 1 else None
        if key in filled:
            inside = cast(syntax.Call, attribute).arguments[0] if optional else attribute
            filled[key] = _with_optional(inside, filled[key], scope)
    return filled


def _local(name: str, scope: Scope) -> Any:
    module = scope.module
    if name not in module.known_locals:
        module.known_locals[name] = Unknown(f"local.{name} (a cycle)")
        declared = module.folder.locals.get(name)
        module.known_locals[name] = (
            bounded(evaluate(declared[0].expression, Scope(module))) if declared else Unknown(f"local.{name}")
        )
    return module.known_locals[name]


def _module(name: str, steps: list[references.Step], scope: Scope) -> Any:
    key: Any = None
    if steps and isinstance(steps[0], syntax.Index):
        key = evaluate(steps[0].key, scope)
        steps = steps[1:]
    called = child(scope.module, name, key)
    if called is None or not steps or not isinstance(steps[0], str):
        return Unknown(f"module.{name}")
    output = called.folder.outputs.get(steps[0])
    value = output.block.body.attributes.get("value") if output else None
    if value is None:
        return Unknown(f"module.{name}.{steps[0]}")
    return _step(evaluate(value.expression, Scope(called)), steps[1:], scope)


def _resource(mode: str, words: list[str], steps: list[references.Step], scope: Scope) -> Any:
    type, name = words
    address = f"{'' if mode == 'managed' else mode + '.'}{type}.{name}"
    located = scope.module.folder.resources.get((mode, type, name))
    if located is None:
        return Unknown(address)
    body = located.block.body
    inner = Scope(scope.module)
    if "count" in body.attributes or "for_each" in body.attributes:
        if not steps or not isinstance(steps[0], syntax.Index):
            return Unknown(address)
        key = evaluate(steps[0].key, scope)
        steps = steps[1:]
        inner = next((found for at, found in instances(body, inner) if at == key), inner)
    if not steps or not isinstance(steps[0], str):
        return Unknown(address)
    if type == "aws_iam_policy_document" and mode == "data" and steps[0] in ("json", "minified_json"):
        # A document is made of blocks, which are made of expressions: the two modules need each other.
        from graders.terraform.policy import document

        return document(located, inner)
    attribute = body.attributes.get(steps[0])
    if attribute is None or steps[0] in _COMPUTED:
        return Unknown(f"{address}.{steps[0]}")
    return _step(evaluate(attribute.expression, inner), steps[1:], scope)


def _step(value: Any, steps: list[references.Step], scope: Scope) -> Any:
    """Go on from a value along the rest of a reference."""
    for number, step in enumerate(steps):
        if isinstance(value, Unknown):
            return value
        if isinstance(step, syntax.Splat):
            if value is None:
                return []
            rest = steps[number + 1 :]
            if isinstance(value, list):
                return [_step(item, rest, scope) for item in cast(list[Any], value)]
            return [_step(value, rest, scope)]
        key = step if isinstance(step, str) else evaluate(step.key, scope)
        if isinstance(key, Unknown | Partial):
            return Unknown("an index that the files do not decide")
        if isinstance(value, dict):
            value = as_map(value).get(as_text(key) or "", Unknown("missing"))
        elif isinstance(value, list):
            items, at = cast(list[Any], value), as_number(key)
            value = items[int(at)] if at is not None and 0 <= at < len(items) else Unknown("missing")
        else:
            return Unknown("an attribute of a plain value")
    return value
