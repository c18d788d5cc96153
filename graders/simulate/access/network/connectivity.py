"""Does a connection work? Egress of its source and ingress of its destination must both allow it.

Source: Kubernetes documentation, «Network Policies». A pod that no policy of a direction selects is open in that direction;
replies to an allowed connection are allowed; a pod always reaches itself. An ipBlock speaks of addresses outside:
whether one also matches pods depends on the network plugin, so here it never does.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graders.kubernetes.selectors import matches
from graders.kubernetes.shapes import mapping, sequence
from graders.simulate.access.network.policies import Direction, Entry, NetworkPolicy
from graders.simulate.access.network.world import Connection, Pod, World


@dataclass(frozen=True, slots=True)
class Permit:
    """The rule of a policy that lets a connection through."""

    policy: NetworkPolicy
    line: int


@dataclass(frozen=True, slots=True)
class Side:
    """One end of a connection: the policies that isolate the pod there, and the rule that lets the connection through."""

    direction: Direction
    isolated_by: tuple[NetworkPolicy, ...]
    permit: Permit | None

    @property
    def open(self) -> bool:
        return not self.isolated_by or self.permit is not None


@dataclass(frozen=True, slots=True)
class Reach:
    """A connection and what both ends say of it; an end outside the cluster says nothing."""

    connection: Connection
    sides: tuple[Side, ...]

    @property
    def works(self) -> bool:
        return all(side.open for side in self.sides)


@dataclass(frozen=True, slots=True)
class Network:
    """A world with the policies that are in force in it."""

    world: World
    policies: Sequence[NetworkPolicy]

    @property
    def pods(self) -> Mapping[str, Pod]:
        return {pod.key: pod for pod in self.world.pods}

    def reach(self, connection: Connection) -> Reach:
        """Raises `KeyError` for an end that the world does not hold."""
        pods = self.pods
        source, target = pods.get(connection.source), pods.get(connection.to)
        for end, pod in ((connection.source, source), (connection.to, target)):
            if pod is None:
                self.world.address_of(end)
        if connection.source == connection.to:
            return Reach(connection, ())
        sides: list[Side] = []
        if source is not None:
            sides.append(self.side("Egress", source, connection, target))
        if target is not None:
            sides.append(self.side("Ingress", target, connection, source))
        return Reach(connection, tuple(sides))

    def side(self, direction: Direction, pod: Pod, connection: Connection, other: Pod | None) -> Side:
        """What the policies of one direction say at `pod`, the other end being a pod or (None) a host."""
        isolating = tuple(
            policy
            for policy in self.policies
            if policy.namespace == pod.namespace
            and direction in policy.entries
            and matches(policy.selector, pod.labels)
        )
        return Side(direction, isolating, next(self._permits(direction, isolating, connection, other), None))

    def _permits(
        self,
        direction: Direction,
        isolating: Sequence[NetworkPolicy],
        connection: Connection,
        other: Pod | None,
    ) -> Iterator[Permit]:
        target = self.pods.get(connection.to)
        host = connection.source if direction == "Ingress" else connection.to
        for policy in isolating:
            for entry in policy.entries[direction]:
                if _port_fits(entry, connection, target) and self._peer_fits(entry, policy, other, host):
                    yield Permit(policy, entry.line)

    def _peer_fits(self, entry: Entry, policy: NetworkPolicy, other: Pod | None, host: str) -> bool:
        """No peers are everybody."""
        if not entry.peers:
            return True
        if other is None:
            address = self.world.address_of(host)
            return any(_inside(mapping(peer.get("ipBlock")), address) for peer in entry.peers)
        return any(self._selects(peer, policy, other) for peer in entry.peers)

    def _selects(self, peer: Mapping[str, Any], policy: NetworkPolicy, pod: Pod) -> bool:
        """Both selectors of one peer must fit; without a namespaceSelector only pods of the policy's namespace do."""
        if peer.get("ipBlock") is not None:
            return False
        of_namespace, of_pod = peer.get("namespaceSelector"), peer.get("podSelector")
        here = (
            pod.namespace == policy.namespace
            if of_namespace is None
            else matches(of_namespace, self.world.labels_of(pod.namespace))
        )
        return here and (of_pod is None or matches(of_pod, pod.labels))


def _inside(block: Mapping[str, Any], address: str) -> bool:
    def holds(cidr: Any) -> bool:
        return ipaddress.ip_address(address) in ipaddress.ip_network(cidr, strict=False)

    return bool(block) and holds(block["cidr"]) and not any(map(holds, sequence(block.get("except"))))


def _port_fits(entry: Entry, connection: Connection, target: Pod | None) -> bool:
    """No ports are all. A named port is looked up at the destination pod, so for a host there is none."""
    return not entry.ports or any(_one_port(port, connection, target) for port in entry.ports)


def _one_port(port: Mapping[str, Any], connection: Connection, target: Pod | None) -> bool:
    if port.get("protocol", "TCP") != connection.protocol:
        return False
    first = port.get("port")
    if isinstance(first, str):
        return target is not None and target.number_of(first, connection.protocol) == connection.port
    return first is None or first <= connection.port <= (port.get("endPort") or first)
