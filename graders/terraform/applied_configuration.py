"""Configurations whose resources have the values that a simulated apply gave them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from graders.bundle import Bundle
from graders.simulate.terraform.outcome import Root
from graders.terraform import references, syntax
from graders.terraform.changes import without_keys
from graders.terraform.configuration import Configuration, production
from graders.terraform.module import Bound, Module, Scope
from graders.terraform.simulated import roots
from graders.terraform.state_values import applied
from graders.terraform.view import Resource

# Data sources that only compute: what they give is the configuration's own.
_COMPUTED = frozenset({"aws_iam_policy_document", "aws_arn", "aws_partition", "aws_service_principal"})
# By these other resources name one; invented ones resolve such references and are evidence of nothing else.
_NAMES = ("id", "arn", "name")


def as_applied(bundle: Bundle, found: list[Configuration]) -> list[Configuration]:
    """The configurations, with applied values wherever the simulation has any.

    Read as they are written (`configurations`) stay: a root that met a limit of the simulation or could not be
    applied, the variable files that the simulation did not take, and each attribute that hangs on a guessed variable or
    an invented data source. Raises `ToolFailed` when the simulation did not run.
    """
    told = {root.folder: root for root in roots(bundle) if root.limit is None and root.state is not None}
    taken: dict[str, str] = {}
    for one in production(bundle):
        taken.setdefault(one.root.folder.path, one.variables)
    made: list[Configuration] = []
    for one in found:
        folder = one.root.folder.path
        root = told.get(folder) if taken.get(folder) == one.variables else None
        made.append(one if root is None else _applied(one, root))
    return made


def _applied(written: Configuration, root: Root) -> Configuration:
    by_address: dict[str, list[Resource]] = {}
    for resource in written.resources():
        by_address.setdefault(resource.address, []).append(resource)
    planned = _planned(root)
    kept = [
        address for address, (first, *_) in by_address.items() if _invented_instances(first, root.guessed)
    ]
    resources = [one for address in kept for one in by_address[address]]
    for one in applied(root):
        address = without_keys(one.address)
        if address in by_address and address not in kept:
            first = by_address[address][0]
            values = dict(_values(first, one.values, planned.get(one.address, ({}, {})), root.guessed))
            resources.append(replace(first, key=one.address, view=replace(first.view, applied=values)))
    return Configuration(
        written.root, written.variables, [*resources, *written.resources(mode="data")], written.modules()
    )


def _planned(root: Root) -> Mapping[str, tuple[dict[str, Any], dict[str, Any]]]:
    """The planned values of each managed resource, and which of them were not known."""
    document: Mapping[str, Any] = root.first.document if root.first is not None else {}
    return {
        one["address"]: (one["change"].get("after") or {}, one["change"].get("after_unknown") or {})
        for one in document.get("resource_changes") or ()
        if one["mode"] == "managed"
    }


def _values(
    written: Resource,
    state: Mapping[str, Any],
    planned: tuple[dict[str, Any], dict[str, Any]],
    guessed: frozenset[str],
) -> Iterator[tuple[str, Any]]:
    after, unknown = planned
    for name, value in state.items():
        expressions = list(_written(written, name))
        if any(_is_invented(one, written.view.scope, guessed) for one in expressions):
            continue
        if expressions or name in _NAMES:
            yield name, value
        else:
            # Nobody has set it: what the plan already knew is the provider's default, the rest is invented.
            yield name, None if _any_true(unknown.get(name)) else after.get(name)


def _written(resource: Resource, name: str) -> Iterator[syntax.Expression]:
    """The expressions of an attribute, or of the blocks of this name."""
    body = resource.view.body
    if body is None:
        return
    if name in body.attributes:
        yield body.attributes[name].expression
    for block in body.blocks:
        if block.type == name or (block.type == "dynamic" and block.labels == (name,)):
            yield from _inside(block.body)


def _inside(body: syntax.Body) -> Iterator[syntax.Expression]:
    # An empty block is written, too.
    yield syntax.Literal(line=0, value=True)
    for attribute in body.attributes.values():
        yield attribute.expression
    for block in body.blocks:
        yield from _inside(block.body)


def _invented_instances(resource: Resource, guessed: frozenset[str]) -> bool:
    """Does it hang on something invented how many there are of it?"""
    body, module = resource.view.body, resource.module
    while body is not None:
        for name in ("count", "for_each"):
            chosen = body.attributes.get(name)
            if chosen is not None and _is_invented(chosen.expression, Scope(module), guessed):
                return True
        call, parent = module.call, module.parent
        if call is None or parent is None:
            return False
        body, module = call.body, parent
    return False


def _is_invented(expression: syntax.Expression, scope: Scope, guessed: frozenset[str]) -> bool:
    """Does the value hang on a guessed variable or on what a data source invents? Unlike `references.reached` this follows
    conditions and indexes, too: whoever chooses decides."""
    seen: set[tuple[int, int]] = set()
    waiting: list[tuple[syntax.Expression, Scope]] = [(expression, scope)]
    while waiting:
        current, here = waiting.pop()
        if (id(current), id(here.module)) in seen:
            continue
        seen.add((id(current), id(here.module)))
        base, way = references.path(current)
        waiting.extend((step.key, here) for step in way if isinstance(step, syntax.Index))
        if not isinstance(base, syntax.Variable):
            waiting.extend((inner, here) for inner in ([base] if way else syntax.children(base)))
            continue
        for target in references.targets(base.name, way, here):
            if isinstance(target, Bound):
                waiting.append((target.expression, target.scope))
            elif target.mode == "variable":
                if target.module.parent is None and target.name in guessed:
                    return True
            elif target.mode != "managed":
                if target.type not in _COMPUTED:
                    return True
                waiting.extend(_behind(target.module, "data", target.type, target.name, None))
            else:
                waiting.extend(_behind(target.module, "managed", target.type, target.name, target.attribute))
    return False


def _behind(
    module: Module, mode: str, type: str, name: str, attribute: str | None
) -> Iterator[tuple[syntax.Expression, Scope]]:
    """What a reference to a resource hangs on: how many there are, and the attribute (None: all of it)."""
    located = module.folder.resources.get((mode, type, name))
    if located is None:
        return
    body = located.block.body
    if attribute is None:
        yield from ((one, Scope(module)) for one in _inside(body))
        return
    for wanted in {"count", "for_each", attribute} & set(body.attributes):
        yield body.attributes[wanted].expression, Scope(module)


def _any_true(unknown: Any) -> bool:
    if isinstance(unknown, dict):
        return any(map(_any_true, cast("dict[str, Any]", unknown).values()))
    if isinstance(unknown, list):
        return any(map(_any_true, cast("list[Any]", unknown)))
    return bool(unknown)
