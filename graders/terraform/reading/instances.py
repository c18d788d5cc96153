"""`count`, `for_each` and module calls: how many there are of a block, and the names bound in each."""

from __future__ import annotations

from typing import Any, cast

from graders.terraform.language.syntax import Body, Literal
from graders.terraform.language.values import Unknown, as_map, as_number
from graders.terraform.reading.module import Bound, Module, Name, Scope, local_source, written_key

# More instances than this are judged by one that stands for all.
_MAX_INSTANCES = 40
_MAX_LEVEL = 8
_META = frozenset({"source", "version", "count", "for_each", "providers", "depends_on"})


def instances(body: Body, scope: Scope) -> list[tuple[Any, Scope]]:
    """The instances of a resource or module as (key, scope). None at all for `count = 0` or an empty `for_each`.

    Where the files don't decide how many there are, one instance (key None) with unknown `each` and `count` stands
    for them all.
    """
    # Evaluating an expression may ask for instances, so the two modules need each other.
    from graders.terraform.reading.evaluate import evaluate

    count, for_each = body.attributes.get("count"), body.attributes.get("for_each")
    if count is not None:
        source = Bound(count.expression, scope)
        number = as_number(evaluate(count.expression, scope))
        if number is None or number > _MAX_INSTANCES:
            return [(None, scope.with_names(count=Name({"index": Unknown("count.index")}, source)))]
        return [(at, scope.with_names(count=Name({"index": at}, source))) for at in range(int(number))]
    if for_each is not None:
        source = Bound(for_each.expression, scope)
        entries = pairs(evaluate(for_each.expression, scope))
        if entries is None:
            unknown = {"key": Unknown("each.key"), "value": Unknown("each.value")}
            return [(None, scope.with_names(each=Name(unknown, source)))]
        return [
            (key, scope.with_names(each=Name({"key": key, "value": value}, source))) for key, value in entries
        ]
    return [(None, scope)]


def pairs(collection: Any, wide: bool = False) -> list[tuple[Any, Any]] | None:
    """The keys and values that a `for_each` goes through; None where they are not known or too many.

    With `wide` (a `dynamic` block) a list's keys are its positions.
    """
    if isinstance(collection, dict):
        entries: list[tuple[Any, Any]] = list(as_map(collection).items())
    elif isinstance(collection, list):
        items = cast(list[Any], collection)
        entries = list(enumerate(items)) if wide else [(item, item) for item in items]
    else:
        return None
    return entries if len(entries) <= _MAX_INSTANCES else None


def children(module: Module, name: str) -> list[tuple[Any, Module]]:
    """The modules that the `module` block of this name makes; none for a source that was not delivered."""
    if name not in module.children:
        module.children[name] = []
        module.children[name] = _call(module, name)
    return module.children[name]


def _call(module: Module, name: str) -> list[tuple[Any, Module]]:
    located = module.folder.modules.get(name)
    if located is None or module.level >= _MAX_LEVEL:
        return []
    body = located.block.body
    source = body.attributes.get("source")
    path = source.expression.value if source and isinstance(source.expression, Literal) else None
    folder_path = local_source(module.folder.path, path) if isinstance(path, str) else None
    folder = module.tree.folders.get(folder_path) if folder_path is not None else None
    if folder is None or folder is module.folder:
        return []
    made: list[tuple[Any, Module]] = []
    for key, scope in instances(body, Scope(module)):
        module.tree.steps -= 100
        if module.tree.steps < 0:
            break
        arguments = {
            argument.name: Bound(argument.expression, scope)
            for argument in body.attributes.values()
            if argument.name not in _META
        }
        address = f"{module.address}module.{name}."
        instance = f"{module.instance}module.{name}{written_key(key)}."
        level = module.level + 1
        made.append(
            (key, Module(module.tree, folder, arguments, address, instance, level, module, located.block))
        )
    return made


def child(module: Module, name: str, key: Any) -> Module | None:
    """The one module of this key; the only one when the call has no key or the key is not known."""
    made = children(module, name)
    for at, found in made:
        if at == key:
            return found
    return made[0][1] if len(made) == 1 and (key is None or isinstance(key, Unknown)) else None
