"""What a case says of one token: the requests that it makes, that do no harm, that it must not be able to make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graders.simulate.access.vault.mounts import UNDECLARED, Mount, body
from graders.simulate.access.vault.patterns import example, is_exact, matches
from graders.simulate.access.vault.requests import Operation, Request


@dataclass(frozen=True, slots=True)
class Calls:
    """Each of the operations on a path. A path with `+` or a last `*` stands for all that it matches: as a requirement one
    name that nobody knows is tried, and each that another requirement names for more than a list."""

    operations: tuple[Operation, ...]
    path: str
    data: dict[str, Any] = field(default_factory=dict[str, Any])
    wrap_ttl: float | None = None

    def requests(self, mounts: tuple[Mount, ...], named: Iterable[str] = ()) -> Iterator[Request]:
        """Each as a request; a list ends with a slash, as clients send it. `named` are exact paths to try where this one
        is a pattern that fits them."""
        paths = [self.path]
        if not is_exact(self.path):
            paths = [example(self.path, UNDECLARED), *(path for path in named if matches(self.path, path))]
        for path in paths:
            for operation in self.operations:
                whole = f"{path.removesuffix('/')}/" if operation == "list" else path
                request = Request(operation, whole, self.data, self.wrap_ttl)
                yield Request(operation, whole, body(request, mounts), self.wrap_ttl)

    def include(self, request: Request) -> bool:
        """Whether the request is one of these."""
        plain = request.path.removesuffix("/")
        same = matches(self.path, request.path) or matches(self.path.removesuffix("/"), plain)
        return request.operation in self.operations and same


@dataclass(frozen=True, slots=True)
class Needs:
    """One token. `policies` are the names that it is issued with (none: all that the answer delivers), `default` whether it
    has Vault's own default policy beside. `identity` are values for templates (`entity.name: orders`); `exists` are paths
    of others that are there. `forbidden` are hidden probes: one that is allowed fails, whatever else is right."""

    token: str
    mounts: tuple[Mount, ...]
    required: tuple[Calls, ...]
    harmless: tuple[Calls, ...] = ()
    forbidden: tuple[Calls, ...] = ()
    policies: tuple[str, ...] = ()
    identity: dict[str, str] | None = None
    exists: tuple[str, ...] = ()
    default: bool = True

    def excuse(self, request: Request) -> bool:
        """Whether the case has a use for this request."""
        return any(calls.include(request) for calls in (*self.required, *self.harmless))

    def required_requests(self) -> Iterator[Request]:
        """The single requests that must be allowed."""
        # What is only listed is a folder, no name of a key that a pattern stands for.
        keys = (one for one in self.required if set(one.operations) != {"list"})
        named = dict.fromkeys(one.path for one in keys if is_exact(one.path))
        for one in self.required:
            yield from one.requests(self.mounts, named)

    def requests(self, *groups: tuple[Calls, ...]) -> Iterator[Request]:
        """The single requests of some groups of calls."""
        for calls in groups:
            for one in calls:
                yield from one.requests(self.mounts)
