"""The provider's schema: whole as it comes, cut down to the types that an answer uses, or one type's attributes.

A whole schema costs terraform a second in each command, the few types of an answer some hundredths.
"""

# pyright: basic
# (values of the protocol are of any type)

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from graders.simulate.terraform.cloud.wire import fields, number, part, parts, text

Mode = Literal["resource", "data", "ephemeral"]
Value = dict[str, Any]
# Fields of GetProviderSchema.Response: the provider's own block, then the maps from type to schema.
_PROVIDER = 1
_MAPS: dict[int, Mode] = {2: "resource", 3: "data", 8: "ephemeral"}
# Lists and identities that terraform 1.11 does not ask for.
_LATER = frozenset({9, 10})


@dataclass(frozen=True, slots=True)
class Attribute:
    """`type` is cty's: `"string"`, `["list", TYPE]`, `["object", {NAME: TYPE}]` …"""

    type: Any
    optional: bool
    computed: bool
    write_only: bool


@dataclass(slots=True)
class Nested:
    """A block in a block. Its value is a list, with `single` one value or None, with `by_key` a mapping."""

    block: Block
    nesting: int

    @property
    def single(self) -> bool:
        return self.nesting in (1, 5)

    @property
    def ordered(self) -> bool:
        return self.nesting == 2

    @property
    def by_key(self) -> bool:
        return self.nesting == 4

    def nothing(self) -> Any:
        """The value of a block that is not there."""
        return None if self.single else {} if self.by_key else []


@dataclass(slots=True)
class Block:
    """The attributes and nested blocks of a type."""

    attributes: dict[str, Attribute] = field(default_factory=dict[str, Attribute])
    blocks: dict[str, Nested] = field(default_factory=dict[str, Nested])


def read_block(message: bytes) -> Block:
    """Schema.Block: 2 attributes (1 name, 2 type, 5 optional, 6 computed, 10 write-only), 3 blocks (1 name,
    2 block, 3 nesting)."""
    block = Block()
    for one in parts(message, 2):
        block.attributes[text(one, 1)] = Attribute(
            type=json.loads(part(one, 2) or b'"dynamic"'),
            optional=bool(number(one, 5)),
            computed=bool(number(one, 6)),
            write_only=bool(number(one, 10)),
        )
    for one in parts(message, 3):
        block.blocks[text(one, 1)] = Nested(read_block(part(one, 2)), number(one, 3))
    return block


class Schema:
    """A provider's GetProviderSchema.Response."""

    def __init__(self, message: bytes) -> None:
        self._types: dict[tuple[Mode, str], bytes] = {}
        self._rest = bytearray()
        for one in fields(message):
            if one.number in _MAPS and isinstance(one.value, bytes):
                self._types[_MAPS[one.number], text(one.value, 1)] = one.raw
            elif one.number not in _LATER:
                self._rest += one.raw
        self.block = lru_cache(maxsize=512)(self._block)

    def trimmed(self, types: frozenset[str]) -> bytes:
        """The response with these types only (they must include those of the state)."""
        kept = (raw for (_, name), raw in self._types.items() if name in types)
        return bytes(self._rest) + b"".join(kept)

    def whole(self, mode: Mode) -> list[str]:
        """The names of all types of this mode."""
        return [name for found, name in self._types if found == mode]

    def _block(self, mode: Mode, name: str) -> Block:
        (entry,) = fields(self._types[mode, name])
        assert isinstance(entry.value, bytes)
        return read_block(part(part(entry.value, 2), 2))


def proposed(block: Block, prior: Value | None, config: Value | None) -> Value | None:
    """Terraform's proposed new value: the configuration, with the prior value where a computed attribute is not set
    (after `objchange.ProposedNew`, for the cases that occur over a state that was just planned)."""
    if config is None or prior is None:
        return config
    out: Value = {}
    for name, attribute in block.attributes.items():
        given = config.get(name)
        if attribute.write_only:
            given = None
        elif given is None and attribute.computed:
            given = prior.get(name)
        out[name] = given
    for name, nested in block.blocks.items():
        out[name] = _proposed_nested(nested, prior.get(name), config.get(name))
    return out


def _proposed_nested(nested: Nested, prior: Any, config: Any) -> Any:
    block = nested.block
    if nested.single:
        return proposed(block, prior, config) if config is not None else None
    if nested.by_key:
        return {key: proposed(block, (prior or {}).get(key), one) for key, one in (config or {}).items()}
    if not config and prior:
        return prior  # the provider fills in such a block by itself
    if nested.ordered:
        befores = [*(prior or []), *[None] * len(config or [])]
        return [proposed(block, before, one) for before, one in zip(befores, config or [], strict=False)]
    rest, out = [*(prior or [])], []
    for one in config or []:
        before = next((other for other in rest if _same_member(block, one, other)), None)
        if before is not None:
            rest.remove(before)
        out.append(proposed(block, before, one))
    return out


def _same_member(block: Block, config: Value, prior: Value) -> bool:
    """Members of a set are paired by the attributes that the configuration gives."""
    return all(
        config.get(name) == prior.get(name) or (config.get(name) is None and attribute.computed)
        for name, attribute in block.attributes.items()
    )


def provider_block(message: bytes) -> Block:
    """The block of the provider's own configuration, from GetProviderSchema.Response."""
    return read_block(part(part(message, _PROVIDER), 2))
