"""What a value hangs on in the end, through variables, locals, modules, computed data and written attributes.

Unlike `references.reached` this follows conditions, indexes and the number of instances, too: whoever chooses decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from graders.terraform.language import syntax
from graders.terraform.reading import references
from graders.terraform.reading.module import Bound, Located, Module, Scope

Part = Literal["flows", "decides", "counts"]
_Waiting = tuple[syntax.Expression, Scope, Part]

# Data sources that only compute: what they give is the configuration's own.
_COMPUTED = frozenset({"aws_iam_policy_document", "aws_arn", "aws_partition", "aws_service_principal"})
# Of these only this one holds what it was given as it was given.
_HOLDS = "aws_iam_policy_document"
# Functions that hand on what they are given: a text inside stays in one piece.
_PASSING = frozenset(
    {
        "jsonencode",
        "templatefile",
        "templatestring",
        "format",
        "formatlist",
        "join",
        "concat",
        "flatten",
        "distinct",
        "setproduct",
        "reverse",
    }
    | {"sort", "setunion", "compact", "merge", "zipmap", "values", "tolist", "toset", "tomap", "tostring"}
    | {"sensitive", "nonsensitive", "try", "coalesce", "one", "element"}
)
_INSTANCES = ("count", "for_each")


@dataclass(frozen=True, slots=True)
class Origin:
    """A variable of the root, an attribute that the cloud gives to a resource, a data source that looks something up, or
    the workspace (`end.mode`), which whoever applies has chosen.

    `part` says what it does: `flows` (its text is in the value as it is), `decides` (it chooses, or something was made
    of it), `counts` (how many there are of something hangs on it).
    """

    end: references.Reached
    part: Part


def origins(expressions: Iterable[syntax.Expression], scope: Scope) -> Iterator[Origin]:
    """Every end of these expressions, each part that it has in them once."""
    seen: set[tuple[int, int, Part]] = set()
    waiting: list[_Waiting] = [(one, scope, "flows") for one in expressions]
    while waiting:
        current, here, part = waiting.pop()
        if (id(current), id(here.module), part) in seen:
            continue
        seen.add((id(current), id(here.module), part))
        base, way = references.path(current)
        waiting.extend(
            (step.key, here, least(part, "decides")) for step in way if isinstance(step, syntax.Index)
        )
        if not isinstance(base, syntax.Variable):
            waiting.extend([(base, here, part)] if way else _inner(base, here, part))
            continue
        if base.name == "terraform" and way[:1] == ["workspace"]:
            yield Origin(
                references.Reached("workspace", "", "", "", "terraform.workspace", here.module), part
            )
        for target in references.targets(base.name, way, here):
            if isinstance(target, Bound):
                waiting.append((target.expression, target.scope, part))
            elif target.mode == "variable":
                if target.module.parent is None:
                    yield Origin(target, part)
            else:
                if _is_end(target):
                    yield Origin(target, part)
                waiting.extend(_behind(target, part))


def of_instances(body: syntax.Body, module: Module) -> Iterator[Origin]:
    """What it hangs on how many there are of a block, the modules around it included."""
    inner: syntax.Body | None = body
    while inner is not None:
        chosen = [inner.attributes[name].expression for name in _INSTANCES if name in inner.attributes]
        yield from origins(chosen, Scope(module))
        call, parent = module.call, module.parent
        inner = None if call is None else call.body
        module = module if parent is None else parent


def written(body: syntax.Body, name: str) -> Iterator[syntax.Expression]:
    """The expressions of an attribute, or of the blocks of this name."""
    if name in body.attributes:
        yield body.attributes[name].expression
    for block in body.blocks:
        if block.type == name or (block.type == "dynamic" and block.labels == (name,)):
            yield from _inside(block.body)


def names_inside(body: syntax.Body, name: str) -> frozenset[str]:
    """The names of all attributes and blocks in the blocks of this name."""
    found: set[str] = set()
    waiting = [one.body for one in body.blocks if one.type == name or one.labels == (name,)]
    while waiting:
        current = waiting.pop()
        found.update(current.attributes)
        for block in current.blocks:
            found.add(block.labels[0] if block.type == "dynamic" and block.labels else block.type)
            waiting.append(block.body)
    return frozenset(found)


def _inside(body: syntax.Body) -> Iterator[syntax.Expression]:
    # An empty block is written, too.
    yield syntax.Literal(line=0, value=True)
    for attribute in body.attributes.values():
        yield attribute.expression
    for block in body.blocks:
        yield from _inside(block.body)


def _inner(expression: syntax.Expression, scope: Scope, part: Part) -> Iterator[_Waiting]:
    """The parts of an expression that is no reference."""
    for child in syntax.children(expression):
        kept = part
        match expression:
            case syntax.Call(name=name):
                passes = name.removeprefix("core::") in _PASSING
                kept = part if passes else least(part, "decides")
            case syntax.Binary() | syntax.Unary() | syntax.Directive():
                kept = least(part, "decides")
            case syntax.Conditional(condition=condition) | syntax.For(condition=condition):
                kept = least(part, "decides") if child is condition else part
            case _:
                pass
        yield child, scope, kept


def least(one: Part, other: Part) -> Part:
    """The part of what has both: what only counts never becomes more than that."""
    return "counts" if "counts" in (one, other) else "decides" if "decides" in (one, other) else "flows"


def _is_end(target: references.Reached) -> bool:
    """Does the cloud give this attribute (or some of the object), or does a data source look it up?"""
    located = _declared(target)
    if target.mode == "managed":
        return located is not None and target.attribute not in located.block.body.attributes
    return target.type not in _COMPUTED or located is None


def _behind(target: references.Reached, part: Part) -> Iterator[_Waiting]:
    """What the files write there: of the attribute, of the whole object where none is named, of all that a data source
    computes from; and how many there are."""
    located = _declared(target)
    if located is None:
        return
    body, scope = located.block.body, Scope(target.module)
    computes = target.mode == "data" and target.type in _COMPUTED
    if computes and target.type != _HOLDS:
        part = least(part, "decides")
    for name, attribute in body.attributes.items():
        if name in _INSTANCES:
            yield attribute.expression, scope, "counts"
        elif computes or target.attribute in ("", name):
            yield attribute.expression, scope, part
    if computes or not target.attribute:
        for block in body.blocks:
            for one in _inside(block.body):
                yield one, scope, part


def _declared(target: references.Reached) -> Located | None:
    return target.module.folder.resources.get((target.mode, target.type, target.name))
