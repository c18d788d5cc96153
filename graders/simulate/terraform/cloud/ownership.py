"""Objects that two resources can write (ownership.toml): what each of them reads after the other has written."""

# pyright: basic
# (values of the protocol are of any type)

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graders.simulate.terraform.cloud.schema import Block, Value

_TABLES: dict[str, list[dict[str, Any]]] = tomllib.loads(
    Path(__file__).with_name("ownership.toml").read_text()
)
EXCLUSIVE: dict[str, tuple[str, ...]] = {
    type: tuple(entry["key"]) for entry in _TABLES["exclusive"] for type in entry["types"]
}
_LABELS: dict[str, str] = {
    type: entry["label"] for entry in _TABLES["exclusive"] if "label" in entry for type in entry["types"]
}


@dataclass(frozen=True, slots=True)
class Inline:
    """An attribute of a parent that owns a whole set, whose members are also resources of type `child`. `owner` are the
    parent's attributes by which a child may name it."""

    attribute: str
    child: str
    key: str
    when: dict[str, Any] = field(default_factory=dict[str, Any])
    renamed: dict[str, str] = field(default_factory=dict[str, str])
    owner: tuple[str, ...] = ("id", "name")

    def holds(self, parent: Value, child: Value) -> bool:
        """Whether this child is a member of that parent's set."""
        return child.get(self.key) in [parent.get(name) for name in self.owner] and all(
            child.get(name) == wanted for name, wanted in self.when.items()
        )


INLINE: dict[str, list[Inline]] = {}
for _entry in _TABLES["inline"]:
    _parts = {name: value for name, value in _entry.items() if name != "parent"}
    INLINE.setdefault(_entry["parent"], []).append(Inline(**_parts))
CHILDREN = frozenset(inline.child for inlines in INLINE.values() for inline in inlines)


def exclusive_key(type: str, value: Value) -> tuple[str, ...]:
    """Which of the objects of an exclusive type it is."""
    return (type, *(str(value.get(name)) for name in EXCLUSIVE[type]))


def overwritten(type: str, value: Value, last: Value, block: Block) -> Value:
    """What a resource reads after another one, whose value is `last`, has written the same object."""
    own = {"id", _LABELS.get(type)} | {
        name for name, attribute in block.attributes.items() if attribute.write_only
    }
    return {name: before if name in own else last.get(name, before) for name, before in value.items()}


def with_members(type: str, value: Value, children: Iterable[tuple[str, Value]], block: Block) -> Value:
    """A parent as it is read while there are `children` (type, value): its inline sets, where it uses them, with their
    members."""
    children = list(children)
    for inline in INLINE.get(type, []):
        for child_type, child in children:
            have = value.get(inline.attribute)
            if not have and not _must_be_given(inline.attribute, block):
                break
            if child_type != inline.child or not inline.holds(value, child):
                continue
            member = _member(inline, child, block)
            if isinstance(have, list):
                if member not in have:
                    value = {**value, inline.attribute: [*have, member]}
            elif member != have:
                value = {**value, inline.attribute: member}
    return value


def _must_be_given(name: str, block: Block) -> bool:
    """Is an empty set no unused one, but a set that shall have no members?"""
    attribute = block.attributes.get(name)
    return attribute is not None and not attribute.optional and not attribute.computed


def _member(inline: Inline, child: Value, block: Block) -> Any:
    """The child in the shape of the parent's attribute: a plain value, or an object with empty values for what the
    child does not say."""
    shape = _shape(inline.attribute, block)
    if shape is None:
        return child.get(next(iter(inline.renamed)))
    member: Value = {name: _nothing(type) for name, type in shape.items()}
    for name, value in child.items():
        place = inline.renamed.get(name, name)
        if place in member and value not in (None, [], ""):
            wrapped = isinstance(member[place], list) and not isinstance(value, list)
            member[place] = [value] if wrapped else value
    return member


def _shape(attribute: str, block: Block) -> dict[str, Any] | None:
    """The types of the attributes of a set's members; None where they (or the attribute itself) are plain values."""
    if attribute in block.blocks:
        return {name: inner.type for name, inner in block.blocks[attribute].block.attributes.items()}
    type = block.attributes[attribute].type
    members = type[1] if isinstance(type, list) else None
    return members[1] if isinstance(members, list) else None


def _nothing(type: Any) -> Any:
    if isinstance(type, list):
        return []
    return {"string": "", "number": 0}.get(type, False)
