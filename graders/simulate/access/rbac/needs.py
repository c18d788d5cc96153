"""What a case says of one user: the calls that it makes, that do no harm, that it must not be able to make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graders.simulate.access.rbac.requests import Request, User


@dataclass(frozen=True, slots=True)
class Calls:
    """Some calls at once: each verb, on each of `names` (none: any object of the resource, known or not).

    With list and watch, `names` are those that the client selects by metadata.name. `namespace` is by default that of the
    needs; `everywhere` are calls over all namespaces or on cluster-scoped objects. `urls` are paths that are no resource.
    """

    verbs: tuple[str, ...]
    resource: str = ""
    group: str = ""
    names: tuple[str, ...] = ()
    namespace: str | None = None
    everywhere: bool = False
    urls: tuple[str, ...] = ()

    def requests(self, namespace: str) -> Iterator[Request]:
        """Each call as a request; `namespace` is that of the needs."""
        for verb in self.verbs:
            for url in self.urls:
                yield Request(verb, url=url)
            if self.resource:
                place = None if self.everywhere else self.namespace or namespace
                for name in self.names or (None,):
                    yield Request(verb, self.group, self.resource, place, name)

    def include(self, request: Request, namespace: str) -> bool:
        """Whether the request is one of these calls."""
        if request.verb not in self.verbs:
            return False
        if request.url is not None:
            return request.url in self.urls
        same = (self.group, self.resource) == (request.group, request.resource)
        here = self.everywhere or (self.namespace or namespace) == request.namespace
        return same and here and (not self.names or request.name in self.names)


@dataclass(frozen=True, slots=True)
class Needs:
    """The calls of one user. `forbidden` are hidden probes: one that is allowed fails, whatever else is right."""

    user: str
    namespace: str
    required: tuple[Calls, ...]
    harmless: tuple[Calls, ...] = ()
    forbidden: tuple[Calls, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def who(self) -> User:
        return User(self.user, self.groups)

    @property
    def granted_for(self) -> tuple[Calls, ...]:
        """The calls that are no surplus."""
        return (*self.required, *self.harmless)

    @property
    def namespaces(self) -> frozenset[str]:
        """The namespaces in which the user has anything to do."""
        return frozenset({self.namespace, *(call.namespace for call in self.granted_for if call.namespace)})

    def excuse(self, request: Request) -> bool:
        """Whether a case has a use for this call."""
        return any(call.include(request, self.namespace) for call in self.granted_for)
