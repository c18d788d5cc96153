"""NetworkPolicies as the API server keeps them: defaults filled in, what it refuses left out.

Sources: pkg/apis/networking/v1/defaults.go and pkg/apis/networking/validation/validation.go of Kubernetes.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from graders.kubernetes.objects import DEFAULT_NAMESPACE, Object
from graders.kubernetes.shapes import integer, mapping, sequence, text
from graders.simulate.access.unsupported import Unsupported

Direction = Literal["Ingress", "Egress"]

# Policies of network plugins and of the admin API: they would change the answer, and are not modelled.
_FOREIGN_GROUPS = ("cilium.io", "crd.projectcalico.org", "projectcalico.org", "policy.networking.k8s.io")
_PEERS: dict[Direction, str] = {"Ingress": "from", "Egress": "to"}
_OPERATORS = {"In": True, "NotIn": True, "Exists": False, "DoesNotExist": False}


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule of a policy: no `peers` are everybody, no `ports` are all."""

    peers: tuple[Mapping[str, Any], ...]
    ports: tuple[Mapping[str, Any], ...]
    line: int


@dataclass(frozen=True, slots=True)
class NetworkPolicy:
    """A policy of its namespace. A direction missing in `entries` is not touched by it; one without entries is closed."""

    title: str
    namespace: str
    selector: Mapping[str, Any]
    entries: Mapping[Direction, tuple[Entry, ...]]
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A policy that the API server does not take."""

    file: str
    line: int
    message: str


def read_policies(objects: Sequence[Object]) -> tuple[tuple[NetworkPolicy, ...], tuple[Refused, ...]]:
    """The NetworkPolicies among the objects, and those that would be refused. Raises `Unsupported` where there are
    policies of another API."""
    kept: dict[tuple[str, str], NetworkPolicy] = {}
    refused: list[Refused] = []
    for found in objects:
        if found.group in _FOREIGN_GROUPS and found.kind.endswith("Policy"):
            raise Unsupported(f"{found.title}: policies of {found.group} are not modelled")
        if (found.group, found.kind) != ("networking.k8s.io", "NetworkPolicy"):
            continue
        reason = next(_refusals(found), "")
        if reason:
            refused.append(Refused(found.file, found.line, f"{found.title}: {reason}"))
        else:
            policy = _policy(found)
            kept[policy.namespace, policy.title] = policy
    return tuple(kept.values()), tuple(refused)


def _policy(found: Object) -> NetworkPolicy:
    types = [one for one in sequence(found.get("spec", "policyTypes")) if one in _PEERS]
    if not types:
        types = ["Ingress", *(["Egress"] if found.get("spec", "egress") else [])]
    return NetworkPolicy(
        found.title,
        found.namespace or DEFAULT_NAMESPACE,
        mapping(found.get("spec", "podSelector")),
        {direction: tuple(_entries(found, direction)) for direction in _PEERS if direction in types},
        found.file,
        found.line,
    )


def _entries(found: Object, direction: Direction) -> Iterator[Entry]:
    key = direction.lower()
    for index, item in enumerate(sequence(found.get("spec", key))):
        yield Entry(
            tuple(map(mapping, sequence(mapping(item).get(_PEERS[direction])))),
            tuple(map(mapping, sequence(mapping(item).get("ports")))),
            found.line_of("spec", key, index),
        )


def _refusals(found: Object) -> Iterator[str]:
    yield from _selector(found.get("spec", "podSelector"), "podSelector")
    for direction, key in _PEERS.items():
        for item in map(mapping, sequence(found.get("spec", direction.lower()))):
            for peer in map(mapping, sequence(item.get(key))):
                yield from _peer(peer)
            for port in map(mapping, sequence(item.get("ports"))):
                yield from _port(port)


def _peer(peer: dict[str, Any]) -> Iterator[str]:
    given = [key for key in ("podSelector", "namespaceSelector", "ipBlock") if peer.get(key) is not None]
    if not given:
        yield "a peer without podSelector, namespaceSelector or ipBlock is refused"
    if "ipBlock" in given and len(given) > 1:
        yield "ipBlock beside a selector in one peer is refused"
    for key in given:
        yield from _block(mapping(peer[key])) if key == "ipBlock" else _selector(peer[key], key)


def _block(block: dict[str, Any]) -> Iterator[str]:
    try:
        inside = ipaddress.ip_network(text(block.get("cidr")), strict=False)
        for item in sequence(block.get("except")):
            part = ipaddress.ip_network(text(item), strict=False)
            if part.version != inside.version or not part.subnet_of(inside):  # pyright: ignore[reportArgumentType]
                yield f"except {part} lies outside the block {inside}"
            elif part == inside:
                yield f"except {part} takes out the whole block"
    except ValueError:
        yield "an ipBlock must be written as a CIDR"


def _selector(value: Any, where: str) -> Iterator[str]:
    for expression in map(mapping, sequence(mapping(value).get("matchExpressions"))):
        operator = text(expression.get("operator"))
        if operator not in _OPERATORS:
            yield f"{where}: there is no operator {operator or '(none)'}"
        elif bool(sequence(expression.get("values"))) != _OPERATORS[operator]:
            yield f"{where}: {operator} {'needs' if _OPERATORS[operator] else 'takes no'} values"


def _port(port: dict[str, Any]) -> Iterator[str]:
    number, last = integer(port.get("port")), port.get("endPort")
    if port.get("protocol", "TCP") not in ("TCP", "UDP", "SCTP"):
        yield f"there is no protocol {port.get('protocol')}"
    if port.get("port") is not None and number is None and not isinstance(port["port"], str):
        yield f"{port['port']} is no port"
    if number is not None and not 1 <= number <= 65535:
        yield f"there is no port {number}"
    if isinstance(port.get("port"), str) and port["port"].isdigit():
        yield f'the port "{port["port"]}" in quotes is no name'
    if last is not None and (number is None or integer(last) is None or not number <= last <= 65535):
        yield "endPort needs a port that is a number and not above it"
