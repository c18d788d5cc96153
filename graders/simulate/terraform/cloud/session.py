"""What one root folder of an answer has built in the cloud so far."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from typing import Any

from graders.simulate.terraform.cloud.configuration import Configuration
from graders.simulate.terraform.cloud.naming import NAMED
from graders.simulate.terraform.cloud.ownership import (
    CHILDREN,
    EXCLUSIVE,
    exclusive_key,
    overwritten,
    with_members,
)
from graders.simulate.terraform.cloud.schema import Block, Value


class Session:
    """`configurations` are those of terraform's connections, by peer: each alias of a provider has one of its own.

    `unsettled` are the types of objects that the provider would change again and again after they were made,
    `fought` those of objects that a resource reads otherwise than it wrote them, since another one writes them too. `drift`
    maps types to attributes that something outside Terraform has set.
    """

    def __init__(self, types: frozenset[str]) -> None:
        self.types = types
        self.configurations: dict[str, Configuration] = {}
        self.unsettled: set[str] = set()
        self.fought: set[str] = set()
        self.drift: Mapping[str, Mapping[str, Any]] = {}
        self._built: dict[tuple[str, str], Value] = {}
        self._names: set[tuple[str, str]] = set()
        self._seeds: Counter[str] = Counter()
        self._children: dict[tuple[str, str], Value] = {}
        self._last: dict[tuple[str, ...], Value] = {}
        self._lock = threading.Lock()

    def own(self, seed: str) -> str:
        """The seed for a new object: of two with the same configuration each gets names of its own."""
        with self._lock:
            self._seeds[seed] += 1
            return seed if self._seeds[seed] == 1 else f"{seed}#{self._seeds[seed]}"

    def claim(self, type: str, value: Value) -> bool:
        """Take the object's name; False when it is taken."""
        with self._lock:
            name = _name(type, value)
            if type in NAMED and name in self._names:
                return False
            self._names.add(name)
            return True

    def remember(self, type: str, value: Value) -> None:
        """An object was created or updated."""
        with self._lock:
            self._names.add(_name(type, value))
            self._built[type, str(value.get("id"))] = value
            if type in CHILDREN:
                self._children[type, str(value.get("id"))] = value
            if type in EXCLUSIVE:
                self._last[exclusive_key(type, value)] = value

    def forget(self, type: str, value: Value) -> None:
        """An object was deleted."""
        with self._lock:
            self._names.discard(_name(type, value))
            self._built.pop((type, str(value.get("id"))), None)
            self._children.pop((type, str(value.get("id"))), None)
            if type in EXCLUSIVE and self._last.get(exclusive_key(type, value)) == value:
                del self._last[exclusive_key(type, value)]

    def built(self, type: str, id: str) -> Value | None:
        """The object of this id as it was last written, None when nothing here has built it."""
        with self._lock:
            return self._built.get((type, id))

    def read(self, type: str, value: Value, block: Block) -> Value:
        """The object as it stands in the cloud, whoever wrote it last."""
        with self._lock:
            last = self._last.get(exclusive_key(type, value)) if type in EXCLUSIVE else None
            found = value if last is None else overwritten(type, value, last, block)
            children = [(kind, child) for (kind, _), child in self._children.items()]
            found = with_members(type, found, children, block)
            if found != value:
                self.fought.add(type)
            return {**found, **self.drift.get(type, {})}


def _name(type: str, value: Value) -> tuple[str, str]:
    return type, str(value.get("arn") or value.get("id"))
