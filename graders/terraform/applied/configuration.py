"""Configurations whose resources have the values that a simulated apply gave them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from graders.bundle import Bundle
from graders.simulate.terraform.outcome import Root
from graders.simulate.terraform.state import Applied
from graders.simulate.terraform.workspace import DEFAULT
from graders.terraform.applied.changes import without_keys
from graders.terraform.applied.simulated import roots
from graders.terraform.language import syntax
from graders.terraform.language.values import as_list, as_map
from graders.terraform.reading import references
from graders.terraform.reading.configuration import Configuration, production
from graders.terraform.reading.module import Module, written_key
from graders.terraform.reading.origins import names_inside, of_instances, origins, written
from graders.terraform.reading.view import Resource

Read = Callable[[Configuration, Root], Callable[[Resource, Applied], Mapping[str, Any]]]
"""What is read for a root: the values of a resource that overrule what its block says."""

# This data source gives the provider's own setting, not what the cloud has.
REGION = "aws_region"
# By these other resources name one; invented ones resolve such references and are evidence of nothing else.
_NAMES = ("id", "arn", "name")


def as_applied(bundle: Bundle, found: list[Configuration]) -> list[Configuration]:
    """The configurations, with applied values wherever the simulation has any.

    Read as they are written (`configurations`) stay: a root that met a limit of the simulation or could not be
    applied, the variable files that the simulation did not take, and each attribute that hangs on a guessed variable or
    an invented data source. Raises `ToolFailed` when the simulation did not run.
    """
    return overruled(bundle, found, lambda _, root: _settings(root, invented(bundle, root)))


def all_applied(found: list[Configuration], made: list[Configuration]) -> bool:
    """Has the simulation values for every one of them? Then a tool that reads the text alone knows nothing better."""
    return bool(found) and all(one is not before for one, before in zip(made, found, strict=True))


def overruled(bundle: Bundle, found: list[Configuration], read: Read) -> list[Configuration]:
    """The configurations, those of simulated roots with the resources of the applied state and the values that `read`
    takes; a resource of which it hangs on something invented how many there are stays as written."""
    told = {root.folder: root for root in roots(bundle) if root.limit is None and root.state is not None}
    taken: dict[str, str] = {}
    for one in production(bundle):
        taken.setdefault(one.root.folder.path, one.variables)
    made: list[Configuration] = []
    for one in found:
        folder = one.root.folder.path
        root = told.get(folder) if taken.get(folder) == one.variables else None
        made.append(one if root is None else _applied(one, root, read(one, root), invented(bundle, root)))
    return made


def invented(bundle: Bundle, root: Root) -> Callable[[references.Reached], bool]:
    """Says of an end whether it is a guessed variable, a workspace that the answer does not name, or what a data source
    looks up.

    The region is neither where the answer writes it: the provider's own setting, which aws_region hands on.
    """
    regions = [one.values.get("name") for one in root.applied("data") if one.type == REGION]
    texts = [artifact.text for artifact in bundle.artifacts]
    has_region = not root.guessed and all(any(str(one) in text for text in texts) for one in regions)

    def of(end: references.Reached) -> bool:
        if end.mode == "variable":
            return end.name in root.guessed
        if end.mode == "workspace":
            return root.workspace == DEFAULT
        return end.mode != "managed" and not (end.type == REGION and has_region)

    return of


def _applied(
    written: Configuration,
    root: Root,
    values: Callable[[Resource, Applied], Mapping[str, Any]],
    is_invented: Callable[[references.Reached], bool],
) -> Configuration:
    of_block: dict[str, list[Resource]] = {}
    for resource in written.resources():
        of_block.setdefault(resource.address, []).append(resource)
    kept = {address for address, (first, *_) in of_block.items() if _has_guessed_number(first, is_invented)}
    resources = [one for address in kept for one in of_block[address]]
    for one in root.applied():
        address = without_keys(one.address)
        if address in of_block and address not in kept:
            twin = _twin(of_block[address], one)
            view = replace(twin.view, applied=dict(values(twin, one)))
            resources.append(replace(twin, view=view))
    return Configuration(
        written.root, written.variables, [*resources, *written.resources(mode="data")], written.modules()
    )


def _twin(written: list[Resource], there: Applied) -> Resource:
    """The same instance as it is written; where the files do not decide which there are, the one that stands for all,
    made this one."""
    for one in written:
        if one.instance == there.address:
            return one
    first = written[0]
    around = there.address.removesuffix(f"{there.type}.{there.name}{written_key(there.key)}")
    module = first.module
    if around != module.instance:
        # Of its own, since what is known in a module names the instance.
        module = Module(
            module.tree,
            module.folder,
            module.arguments,
            module.address,
            around,
            module.level,
            module.parent,
            module.call,
        )
        first = replace(first, view=replace(first.view, scope=replace(first.view.scope, module=module)))
    return replace(first, key=there.key, module=module)


def _has_guessed_number(resource: Resource, is_invented: Callable[[references.Reached], bool]) -> bool:
    body = resource.view.body
    return body is not None and any(is_invented(one.end) for one in of_instances(body, resource.module))


def _settings(
    root: Root, is_invented: Callable[[references.Reached], bool]
) -> Callable[[Resource, Applied], Mapping[str, Any]]:
    """Everything that was set or known when it was planned."""
    planned = _planned(root)
    return lambda resource, one: dict(
        _values(resource, one.values, planned.get(one.address, ({}, {})), is_invented)
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
    resource: Resource,
    state: Mapping[str, Any],
    planned: tuple[dict[str, Any], dict[str, Any]],
    is_invented: Callable[[references.Reached], bool],
) -> Iterator[tuple[str, Any]]:
    after, unknown = planned
    body = resource.view.body
    for name, value in state.items():
        expressions: list[syntax.Expression] = [] if body is None else list(written(body, name))
        if any(is_invented(one.end) for one in origins(expressions, resource.view.scope)):
            continue
        if body is not None and expressions and name not in body.attributes:
            yield (
                name,
                _set_inside(value, names_inside(body, name), frozenset(_unknown_names(unknown.get(name)))),
            )
        elif expressions or name in _NAMES:
            yield name, value
        else:
            # Nobody has set it: what the plan already knew is the provider's default, the rest is invented.
            yield name, None if _any_true(unknown.get(name)) else after.get(name)


def _set_inside(blocks: Any, set: frozenset[str], unknown: frozenset[str]) -> Any:
    """Nested blocks without what nobody has set in any of them and the provider did not know: it is invented, or a zero
    that stands for nothing."""
    if isinstance(blocks, list):
        return [_set_inside(one, set, unknown) for one in as_list(blocks)]
    if not isinstance(blocks, dict):
        return blocks
    return {
        name: None
        if name not in set and (name in unknown or value in (0, "", False))
        else _set_inside(value, set, unknown)
        for name, value in as_map(blocks).items()
    }


def _unknown_names(unknown: Any) -> Iterator[str]:
    """The names of the attributes that were not known when it was planned, at any depth."""
    if isinstance(unknown, list):
        for one in as_list(unknown):
            yield from _unknown_names(one)
    for name, inner in as_map(unknown).items():
        if inner is True:
            yield name
        else:
            yield from _unknown_names(inner)


def _any_true(unknown: Any) -> bool:
    if isinstance(unknown, dict):
        return any(map(_any_true, cast("dict[str, Any]", unknown).values()))
    if isinstance(unknown, list):
        return any(map(_any_true, cast("list[Any]", unknown)))
    return bool(unknown)
