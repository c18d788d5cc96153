"""What an expression refers to, through variables, locals, module arguments and outputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graders.terraform.language import syntax
from graders.terraform.reading.module import Bound, Module, Scope

# A step of a reference: a name, an index, or a splat.
Step = str | syntax.Index | syntax.Splat

_MAX_STEPS = 20_000
_NOT_RESOURCES = frozenset({"path", "terraform", "each", "count", "self"})


@dataclass(frozen=True, slots=True)
class Reached:
    """The end of a reference.

    `mode` is managed, data, ephemeral or variable; `address` has the module but no instance keys; `attribute` is
    the first name behind it ("" for the whole object). `module` declares it.
    """

    mode: str
    type: str
    name: str
    attribute: str
    address: str
    module: Module


def path(expression: syntax.Expression) -> tuple[syntax.Expression, list[Step]]:
    """What a reference starts from and its steps in order."""
    steps: list[Step] = []
    while True:
        match expression:
            case syntax.GetAttr(source=source, name=name):
                steps.append(name)
            case syntax.Index(source=source) | syntax.Splat(source=source):
                steps.append(expression)
            case _:
                return expression, steps[::-1]
        expression = source


def variable(name: str, module: Module) -> Bound | None:
    """The expression that gives a variable its value: the argument, else the default."""
    given = module.arguments.get(name)
    if given is not None:
        return given
    declared = module.folder.variables.get(name)
    default = declared.block.body.attributes.get("default") if declared else None
    return Bound(default.expression, Scope(module)) if default is not None else None


def reached(
    expression: syntax.Expression, scope: Scope, opaque: frozenset[str] = frozenset()
) -> list[Reached]:
    """Every resource, data source and variable whose value may flow into `expression`.

    The arguments of functions named in `opaque` do not count (`length` of a secret is no secret). Conditions and
    indexes choose a value, so they are not in it; nor is a collection of which only the keys are taken.
    """
    found: dict[tuple[str, str], Reached] = {}
    seen: set[tuple[int, int]] = set()
    waiting: list[tuple[syntax.Expression, Scope]] = [(expression, scope)]
    steps = 0
    while waiting and steps < _MAX_STEPS:
        steps += 1
        current, here = waiting.pop()
        if (id(current), id(here.module)) in seen:
            continue
        seen.add((id(current), id(here.module)))
        base, way = path(current)
        if not isinstance(base, syntax.Variable):
            waiting.extend((inner, here) for inner in ([base] if way else _flowing(base, opaque)))
            continue
        if opaque and base.name == "each" and way[:1] == ["key"]:
            # Terraform takes no secret for a key.
            continue
        for target in targets(base.name, way, here):
            if isinstance(target, Reached):
                found[(target.address, target.attribute)] = target
            else:
                waiting.append((target.expression, target.scope))
    return list(found.values())


def _flowing(expression: syntax.Expression, opaque: frozenset[str]) -> Iterator[syntax.Expression]:
    match expression:
        case syntax.Conditional(yes=yes, no=no):
            yield from (yes, no)
        case syntax.Call(name=name) if name in opaque:
            return
        case syntax.Binary(operator=operator) if operator in ("==", "!=", "<", ">", "<=", ">=", "&&", "||"):
            return
        case syntax.For(names=(first, _), key=None, value=syntax.Variable(name=name)) if (
            name == first and opaque
        ):
            return
        case syntax.For(collection=collection, key=key, value=value):
            yield from (part for part in (collection, key, value) if part is not None)
        case _:
            yield from syntax.children(expression)


def _narrowed(expression: syntax.Expression, way: list[Step]) -> syntax.Expression:
    """The part of a written-out object that the steps choose, as far as they do."""
    for step in way:
        key = step.key if isinstance(step, syntax.Index) else step
        name = key.value if isinstance(key, syntax.Literal) else key
        if not isinstance(expression, syntax.Object) or not isinstance(name, str):
            break
        entries = [
            value for key, value in expression.items if isinstance(key, syntax.Literal) and key.value == name
        ]
        if not entries:
            break
        expression = entries[-1]
    return expression


def _behind(way: list[Step], name: str) -> list[Step]:
    return way[way.index(name) + 1 :] if name in way else []


def targets(root: str, way: list[Step], scope: Scope) -> Iterator[Reached | Bound]:
    """What a reference names: its end, or the expression that it stands for (a variable gives both)."""
    # Calling a module evaluates expressions, which are made of references: the modules need each other.
    from graders.terraform.reading.instances import children

    module = scope.module
    names = [step for step in way if isinstance(step, str)]
    if root in scope.names:
        source = scope.names[root].source
        if source is not None and root != "count":
            yield source
    elif root in _NOT_RESOURCES or not names:
        return
    elif root == "var":
        attribute = names[1] if len(names) > 1 else ""
        yield Reached("variable", "var", names[0], attribute, f"{module.address}var.{names[0]}", module)
        given = variable(names[0], module)
        if given is not None:
            yield Bound(_narrowed(given.expression, way[1:]), given.scope)
    elif root == "local":
        declared = module.folder.locals.get(names[0])
        if declared is not None:
            yield Bound(_narrowed(declared[0].expression, way[1:]), Scope(module))
    elif root == "module":
        for _, child in children(module, names[0]):
            for name, output in child.folder.outputs.items():
                value = output.block.body.attributes.get("value")
                if value is not None and (len(names) < 2 or names[1] == name):
                    yield Bound(_narrowed(value.expression, _behind(way, name)), Scope(child))
    else:
        mode = root if root in ("data", "ephemeral") else "managed"
        words = names if mode != "managed" else [root, *names]
        if len(words) > 1:
            type, name, *rest = words
            address = module.local_address(mode, type, name)
            yield Reached(mode, type, name, rest[0] if rest else "", address, module)
