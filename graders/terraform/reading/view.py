"""A block as rules look at it: values resolved, `dynamic` blocks expanded, lines kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graders.terraform.language import syntax
from graders.terraform.language.values import Unknown, as_list, as_map, bounded
from graders.terraform.reading import references
from graders.terraform.reading.evaluate import evaluate
from graders.terraform.reading.instances import pairs
from graders.terraform.reading.module import Bound, Module, Name, Scope


@dataclass(frozen=True, slots=True)
class View:
    """The inside of a block (`body` in `scope`), or a map that was given where a block could stand (`given`).

    `bound` is the expression that `given` came from. `applied` are values that overrule what the body says.
    """

    path: str
    line: int
    scope: Scope
    body: syntax.Body | None = None
    given: dict[str, Any] | None = None
    bound: syntax.Expression | None = None
    applied: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def has(self, name: str) -> bool:
        """Is the attribute written here, whatever its value?"""
        return name in self.names()

    def names(self) -> list[str]:
        """The names of the attributes that are written here."""
        if self.body is not None:
            return list(self.body.attributes)
        return list(self.given or {})

    def value(self, name: str) -> Any:
        """The attribute's value (see `values.py`); None when it is absent or null, as Terraform has it."""
        if name in self.applied:
            return self.applied[name]
        if self.body is None:
            return (self.given or {}).get(name)
        attribute = self.body.attributes.get(name)
        return None if attribute is None else bounded(evaluate(attribute.expression, self.scope))

    def expression(self, name: str) -> syntax.Expression | None:
        if self.body is None:
            return self.bound if name in (self.given or {}) else None
        attribute = self.body.attributes.get(name)
        return None if attribute is None else attribute.expression

    def line_of(self, name: str) -> int:
        """The line of the attribute, else of the block."""
        attribute = self.body.attributes.get(name) if self.body is not None else None
        return self.line if attribute is None else attribute.line

    def reached(self, *names: str) -> list[references.Reached]:
        """What the values of these attributes may hang on."""
        found: list[references.Reached] = []
        for name in names:
            expression = self.expression(name)
            if expression is not None:
                found.extend(references.reached(expression, self.scope))
        return found

    def blocks(self, type: str) -> list[View]:
        """The nested blocks of this type, with those of `dynamic` blocks and of attributes written as blocks.

        A `dynamic` block whose `for_each` is not known counts as one block with unknown iterator.
        """
        if type in self.applied:
            return self._applied_blocks(type)
        if self.body is None:
            return self._from_value(type, (self.given or {}).get(type))
        found = [View(self.path, block.line, self.scope, block.body) for block in self.body.of(type)]
        for block in self.body.of("dynamic"):
            if block.labels == (type,):
                found.extend(self._dynamic(block))
        if type in self.body.attributes:
            found.extend(self._from_value(type, self.value(type)))
        return found

    def block(self, type: str) -> View | None:
        """The first nested block of this type."""
        return next(iter(self.blocks(type)), None)

    def at(self, *path: str) -> Any:
        """The value behind the first blocks along `path` (its last word is the attribute); None when absent."""
        view: View | None = self
        for type in path[:-1]:
            view = view.block(type) if view is not None else None
        return view.value(path[-1]) if view is not None else None

    def _dynamic(self, block: syntax.Block) -> list[View]:
        content = next(iter(block.body.of("content")), None)
        for_each = block.body.attributes.get("for_each")
        if content is None or for_each is None:
            return []
        chosen = block.body.attributes.get("iterator")
        base = chosen.expression if chosen else None
        iterator = base.name if isinstance(base, syntax.Variable) else block.labels[0]
        source = Bound(for_each.expression, self.scope)
        entries = pairs(evaluate(for_each.expression, self.scope), wide=True)
        if entries is None:
            entries = [(Unknown(f"{iterator}.key"), Unknown(f"{iterator}.value"))]
        return [
            View(
                self.path,
                content.line,
                self.scope.with_names(**{iterator: Name({"key": key, "value": value}, source)}),
                content.body,
            )
            for key, value in entries
        ]

    def _applied_blocks(self, type: str) -> list[View]:
        """The applied blocks, each at its own line where they are written one by one."""
        found = self._from_value(type, self.applied[type])
        lines = [] if self.body is None else [block.line for block in self.body.of(type)]
        if len(lines) != len(found):
            return found
        return [replace(one, line=line) for one, line in zip(found, lines, strict=True)]

    def _from_value(self, type: str, value: Any) -> list[View]:
        expression = self.expression(type)
        line = self.line_of(type)
        items: list[Any] = [value] if isinstance(value, dict) else as_list(value)
        return [
            View(self.path, line, self.scope, None, given, expression)
            for given in (as_map(item) for item in items if isinstance(item, dict))
        ]


@dataclass(frozen=True, slots=True)
class Resource:
    """One instance of a resource or data source. `address` has the module but no instance key.

    `key` is that of `count` or `for_each`, None for a resource without, and where one stands for all.
    """

    mode: str
    type: str
    name: str
    address: str
    key: Any
    view: View
    module: Module

    @property
    def instance(self) -> str:
        """The address as Terraform writes it, with all keys."""
        return self.module.instance_address(self.mode, self.type, self.name, self.key)

    @property
    def unkeyed(self) -> str:
        """The same without its own key: what a reference names when the files do not decide which instance."""
        return self.module.instance_address(self.mode, self.type, self.name)

    def refers_to(self, other: Resource, *attributes: str) -> bool:
        """Does one of these attributes name the other resource, by reference or by the same literal name?

        Of a resource with several instances it must be this one, as far as the files decide it.
        """
        return any(self._refers(other, attribute) for attribute in attributes)

    def _refers(self, other: Resource, attribute: str) -> bool:
        value = self.view.value(attribute)
        values = as_list(value) if isinstance(value, list) else [value]
        names = {name for name in map(other.view.value, _NAMING) if isinstance(name, str)}
        if any(isinstance(one, str) and one in names for one in values):
            return True
        if other.key is not None or other.view.applied:
            chosen = [one.about for one in values if isinstance(one, Unknown)]
            chosen = [about for about in chosen if about.startswith(other.unkeyed + "[")]
            if chosen:
                return any(about.startswith(other.instance) for about in chosen)
            if names and values and all(isinstance(one, str) for one in values):
                return False
        return any(target.address == other.address for target in self.view.reached(attribute))


# The attributes by which another block may name a resource literally.
_NAMING = ("bucket", "name", "identifier", "cluster_identifier", "id", "arn")
