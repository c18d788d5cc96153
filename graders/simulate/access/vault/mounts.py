"""What is mounted where, and so which requests are served and how much harm each can do."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from graders.simulate.access.unsupported import Unsupported
from graders.simulate.access.vault.patterns import example, matches
from graders.simulate.access.vault.requests import OPERATIONS, Operation, Request

Level = Literal["read", "secret", "write", "permissions"]

UNDECLARED = "undeclared"
# Sub-APIs of a key-value engine of version 2: what follows each is the key.
KV_V2 = ("data", "metadata", "subkeys", "delete", "undelete", "destroy")


@dataclass(frozen=True, slots=True)
class Mount:
    """`path` without slashes around; `type` as `vault secrets list` names it, with `kv-v2` for version 2 of kv."""

    path: str
    type: str

    def __post_init__(self) -> None:
        if self.type not in _table() or self.type == "system":
            raise Unsupported(f"the engine {self.type} is not modelled")

    def within(self, path: str) -> str | None:
        """What follows the mount in the path of a request; None where it is elsewhere."""
        return path[len(self.path) + 1 :] if path.startswith(f"{self.path}/") else None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Some paths below a mount (`path` is a pattern) and what they serve; `sudo` where Vault asks for it besides."""

    path: str
    operations: tuple[Operation, ...]
    reads: Level
    writes: Level
    sudo: bool

    def level(self, operation: Operation) -> Level:
        return self.reads if operation == "read" else "read" if operation == "list" else self.writes


@lru_cache(1)
def _table() -> Mapping[str, tuple[Endpoint, ...]]:
    text = Path(__file__).with_name("endpoints.toml").read_text(encoding="utf-8")
    return {type: tuple(map(_endpoint, rows)) for type, rows in tomllib.loads(text).items()}


def _endpoint(row: Mapping[str, Any]) -> Endpoint:
    return Endpoint(
        row["path"],
        tuple(row["operations"]),
        row.get("reads", "read"),
        row.get("writes", "write"),
        row.get("sudo", False),
    )


_ANYTHING = Endpoint("*", OPERATIONS, "secret", "write", False)


def endpoint(path: str, mounts: Sequence[Mount]) -> Endpoint:
    """The endpoint of a path. Where nothing is mounted anything may be one day."""
    for mount in mounts:
        rest = mount.within(path)
        if rest is not None:
            return _first(_table()[mount.type], rest)
    return _first(_table()["system"], path)


def _first(endpoints: Sequence[Endpoint], path: str) -> Endpoint:
    """A list has a slash at its end that the endpoint's own path may lack."""
    for one in endpoints:
        if matches(one.path, path) or matches(one.path, path.removesuffix("/")):
            return one
    return _ANYTHING


def needs_sudo(request: Request) -> bool:
    """Whether the endpoint is root-protected."""
    return endpoint(request.path, ()).sudo


def system_paths() -> Iterator[str]:
    """One path for each endpoint of the system, of auth methods and of identities."""
    return (example(one.path, UNDECLARED) for one in _table()["system"])


def engine_paths(mount: Mount) -> Iterator[str]:
    """One path for each endpoint of a mount."""
    return (f"{mount.path}/{example(one.path, UNDECLARED)}" for one in _table()[mount.type] if one.operations)


def body(request: Request, mounts: Sequence[Mount]) -> Mapping[str, Any]:
    """The parameters that a client sends: a write to kv-v2 wraps what it writes in `data`."""
    writes = request.operation in ("create", "update", "patch")
    if writes and not request.data:
        for mount in mounts:
            if mount.type == "kv-v2" and (mount.within(request.path) or "").startswith("data/"):
                return {"data": {}, "options": {}}
    return request.data
