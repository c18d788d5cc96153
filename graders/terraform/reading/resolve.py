"""What a reference is worth: variables, locals, module outputs and attributes of resources."""

from __future__ import annotations

from typing import Any, cast

from graders.terraform.language import syntax
from graders.terraform.language.values import (
    MISSING,
    MORE,
    REST,
    Partial,
    Unknown,
    as_map,
    as_number,
    as_text,
    bounded,
)
from graders.terraform.language.variable_types import with_optional
from graders.terraform.reading import references
from graders.terraform.reading.evaluate import evaluate
from graders.terraform.reading.instances import child, instances
from graders.terraform.reading.module import Located, Module, Scope

# Attributes whose value the cloud gives, whatever the block says.
_COMPUTED = ("id", "arn")
_META = frozenset({"count", "for_each", "provider", "depends_on"})


def named(root: str, steps: list[references.Step], scope: Scope) -> Any:
    """The value of the reference that starts with the name `root` and goes on with `steps`."""
    if root in scope.names:
        return step_into(scope.names[root].value, steps, scope)
    words = [step for step in steps[:2] if isinstance(step, str)]
    if root in ("each", "count", "self") or not words:
        return Unknown(root)
    if root == "var":
        return step_into(_variable(words[0], scope), steps[1:], scope)
    if root == "local":
        return step_into(_local(words[0], scope), steps[1:], scope)
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
            attributes = declared.block.body.attributes if declared else {}
            if found is None and "default" in attributes and _is_false(attributes.get("nullable")):
                found = bounded(evaluate(attributes["default"].expression, Scope(module)))
            if "type" in attributes:
                here = Scope(module)
                found = bounded(
                    with_optional(attributes["type"].expression, found, lambda part: evaluate(part, here))
                )
        module.known_variables[name] = found
    return module.known_variables[name]


def _is_false(attribute: syntax.Attribute | None) -> bool:
    return attribute is not None and attribute.expression == syntax.Literal(False, attribute.expression.line)


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
    return step_into(evaluate(value.expression, Scope(called)), steps[1:], scope)


def _resource(mode: str, words: list[str], steps: list[references.Step], scope: Scope) -> Any:
    type, name = words
    address = scope.module.instance_address(mode, type, name)
    located = scope.module.folder.resources.get((mode, type, name))
    if located is None:
        return Unknown(address)
    body = located.block.body
    inner = Scope(scope.module)
    if "count" in body.attributes or "for_each" in body.attributes:
        if not steps or not isinstance(steps[0], syntax.Index):
            return step_into(_all_instances(mode, type, name, scope.module), steps, scope)
        key = evaluate(steps[0].key, scope)
        steps = steps[1:]
        made = [(at, found) for at, found in instances(body, inner) if at == key and at is not None]
        if made:
            at, inner = made[0]
            address = scope.module.instance_address(mode, type, name, at)
    if not steps or not isinstance(steps[0], str):
        return Unknown(address)
    return step_into(_attribute(located, mode, type, steps[0], address, inner), steps[1:], scope)


def _attribute(located: Located, mode: str, type: str, name: str, address: str, scope: Scope) -> Any:
    """One attribute of one instance, found once for each module."""
    known, key = scope.module.known_objects, f"{address}.{name}"
    if key not in known:
        known[key] = Unknown(f"{key} (a cycle)")
        known[key] = bounded(_written(located, mode, type, name, address, scope))
    return known[key]


def _written(located: Located, mode: str, type: str, name: str, address: str, scope: Scope) -> Any:
    body = located.block.body
    if type == "aws_iam_policy_document" and mode == "data" and name in ("json", "minified_json"):
        # A document is made of blocks, which are made of expressions: the two modules need each other.
        from graders.terraform.reading.policy_documents import document

        return document(located, scope)
    attribute = body.attributes.get(name)
    if attribute is None or name in _COMPUTED:
        return Unknown(f"{address}.{name}")
    return evaluate(attribute.expression, scope)


def _all_instances(mode: str, type: str, name: str, module: Module) -> Any:
    """A resource with `count` (a list) or `for_each` (a map) as a whole, once for each module.

    Of each instance only what its block writes is known.
    """
    address = module.instance_address(mode, type, name)
    if address not in module.known_objects:
        module.known_objects[address] = Unknown(address)
        located = module.folder.resources[(mode, type, name)]
        body = located.block.body
        made = instances(body, Scope(module))
        if all(key is not None for key, _ in made):
            attributes = [one for one in body.attributes if one not in _META]
            if type == "aws_iam_policy_document":
                attributes.append("json")
            objects = [
                {
                    one: _attribute(
                        located, mode, type, one, module.instance_address(mode, type, name, key), scope
                    )
                    for one in (*attributes, *_COMPUTED)
                }
                | {REST: Unknown(address)}
                for key, scope in made
            ]
            keys = (as_text(key) or "" for key, _ in made)
            whole = objects if "count" in body.attributes else dict(zip(keys, objects, strict=True))
            module.known_objects[address] = bounded(whole)
    return module.known_objects[address]


def step_into(value: Any, steps: list[references.Step], scope: Scope) -> Any:
    """Go on from a value along the rest of a reference. What is not there is `Unknown("missing")`, an error that
    `try` passes over."""
    for number, step in enumerate(steps):
        if isinstance(value, Unknown):
            return value
        if isinstance(step, syntax.Splat):
            if value is None:
                return []
            rest = steps[number + 1 :]
            if isinstance(value, list):
                return [step_into(item, rest, scope) for item in cast(list[Any], value)]
            return [step_into(value, rest, scope)]
        key = step if isinstance(step, str) else evaluate(step.key, scope)
        if isinstance(key, Unknown | Partial):
            return Unknown("an index that the files do not decide")
        if isinstance(value, dict):
            entries = as_map(value)
            absent = Unknown("a map of which only a part is known") if REST in entries else MISSING
            value = entries.get(as_text(key) or "", absent)
        elif isinstance(value, list):
            items, at = cast(list[Any], value), as_number(key)
            if MORE in items:
                value = Unknown("a list of which only a part is known")
            else:
                value = items[int(at)] if at is not None and 0 <= at < len(items) else MISSING
        else:
            return Unknown("a text with unknown parts") if isinstance(value, Partial) else MISSING
    return value
