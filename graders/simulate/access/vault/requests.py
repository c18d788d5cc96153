"""One request to Vault as its ACL sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

# HTTP: GET, LIST, POST or PUT to a path that isn't there yet and to one that is, PATCH, DELETE.
Operation = Literal["read", "list", "create", "update", "patch", "delete"]
OPERATIONS: tuple[Operation, ...] = ("read", "list", "create", "update", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Request:
    """`path` is that of the API below `/v1/`; `data` its parameters; `wrap_ttl` in seconds where the client asks for
    a wrapped response."""

    operation: Operation
    path: str
    data: Mapping[str, Any] = field(default_factory=dict[str, Any], compare=False)
    wrap_ttl: float | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.operation} {self.path}"
