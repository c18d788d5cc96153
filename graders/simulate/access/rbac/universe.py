"""The requests over which permissions are counted.

One permission is (verb, resource, namespace, object): the resources of the API and those that a role names, in the
namespaces of the case, in one that no case declares, and at cluster scope; for each of the objects that a case names and for
any other.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from graders.simulate.access.rbac.authorize import Grant
from graders.simulate.access.rbac.needs import Needs
from graders.simulate.access.rbac.requests import Request

Level = Literal["read", "secret", "write", "permissions"]

OTHER_NAMESPACE = "undeclared-namespace"
OTHER_OBJECT = "undeclared-object"
_VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")
_READS = frozenset({"get", "list", "watch"})
_PERMISSIONS = frozenset({"bind", "escalate", "impersonate", "approve", "sign"})

_Kind = tuple[str, str, str]  # (group, resource, verb)


@lru_cache(1)
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("resources.toml").read_text(encoding="utf-8"))


def _known(scope: str) -> Iterator[_Kind]:
    table = _table()
    for group, resources in table[scope].items():
        yield from ((group, resource, verb) for resource in resources for verb in _VERBS)
    for extra in (table["parts"][scope], table["more"][scope]):
        for group, resources in extra.items():
            yield from ((group, resource, verb) for resource, verbs in resources.items() for verb in verbs)


def _groups() -> set[str]:
    return {*_table()["namespaced"], *_table()["cluster"]}


def level_of(request: Request) -> Level:
    """How much harm a surplus of this request can do."""
    rights = request.group == "rbac.authorization.k8s.io" or request.resource == "serviceaccounts/token"
    if request.verb in _PERMISSIONS or rights:
        return "permissions" if request.verb not in _READS else "read"
    if request.verb in _READS and request.resource in ("pods/exec", "pods/attach", "pods/portforward"):
        return "write"  # a WebSocket client opens a session with get
    if request.verb in _READS:
        return "secret" if request.resource == "secrets" else "read"
    return "write"


def universe(held: Iterable[Grant], needs: Needs) -> Iterator[Request]:
    """Every request to try. Resources that no table knows (custom ones) are those that a rule or the case names."""
    held = tuple(held)
    named = {*_named(held), *((c.group, c.resource) for c in needs.granted_for if c.resource)}
    custom = [(g, r, verb) for g, r in sorted(named) if g not in _groups() for verb in _VERBS]
    namespaced = [*_known("namespaced"), *custom]
    for namespace in (*sorted(needs.namespaces), OTHER_NAMESPACE):
        for group, resource, verb in namespaced:
            for name in _objects(group, resource, verb, needs):
                yield Request(verb, group, resource, namespace, name)
    for group, resource, verb in _known("cluster"):
        for name in _objects(group, resource, verb, needs):
            yield Request(verb, group, resource, None, name)
    for pattern in sorted({url for grant in held if grant.namespace is None for url in grant.rule.urls}):
        yield Request("get", url=f"{pattern[:-1]}undeclared" if pattern.endswith("*") else pattern)


def _named(held: Iterable[Grant]) -> Iterator[tuple[str, str]]:
    for grant in held:
        for group in grant.rule.groups - {"*"}:
            yield from (
                (group, resource) for resource in grant.rule.resources if not resource.startswith("*")
            )


def _objects(group: str, resource: str, verb: str, needs: Needs) -> Iterator[str | None]:
    """The names to try. A create of a whole object and a deletecollection carry none; list and watch may select one."""
    if verb == "deletecollection" or (verb == "create" and "/" not in resource):
        yield None
        return
    for call in needs.granted_for:
        if (call.group, call.resource) == (group, resource):
            yield from call.names
    yield None if verb in ("list", "watch") else OTHER_OBJECT
