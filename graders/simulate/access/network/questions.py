"""The three questions that a case asks of its network: isolation by default, the matrix, and what may leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graders.simulate.access.network.connectivity import Network, Reach, Side
from graders.simulate.access.network.policies import Direction
from graders.simulate.access.network.world import ANYWHERE, Connection, Flow, Pod

# A port that no policy of a case has a reason to name, and those that most clients ask for.
_STRANGE_PORT = 4444
_WEB_PORTS = (80, 443, _STRANGE_PORT)


@dataclass(frozen=True, slots=True)
class Open:
    """A direction in which a pod without known labels of a namespace is not isolated."""

    namespace: str
    side: Side


def open_by_default(network: Network) -> Iterator[Open]:
    """Each namespace and direction that must be closed by default and is not: for a pod without labels or with labels
    that nobody selects by name."""
    directions: tuple[Direction, Direction] = ("Ingress", "Egress")
    for namespace in network.world.closed:
        for direction in directions:
            for labels in ({}, {"drydock.example/probe": "any"}):
                pod = Pod("unknown", namespace, labels)
                ends = (ANYWHERE, pod.key) if direction == "Ingress" else (pod.key, ANYWHERE)
                side = network.side(direction, pod, Connection(*ends, _STRANGE_PORT, "TCP"), None)
                if side.open:
                    yield Open(namespace, side)
                    break


def matrix(network: Network) -> tuple[list[Reach], list[Reach]]:
    """(the flows that must work, the flows that must not), each tried."""

    def tried(flows: tuple[Flow, ...]) -> list[Reach]:
        return [network.reach(connection) for flow in flows for connection in flow.connections()]

    return tried(network.world.allowed), tried(network.world.denied)


def leaks(network: Network) -> Iterator[Reach]:
    """Connections that a confined pod can open and that are neither allowed nor tolerated, as its own egress sees them.

    Tried: every host and pod of the world and a host that no case knows, on the usual web ports, a strange one, and
    each port that any flow names. Port 53 is left out: name resolution is often opened to anywhere.
    """
    world = network.world
    flows = (*world.allowed, *world.denied, *world.tolerated)
    ports = {one.port for flow in flows for one in flow.connections()} | {*_WEB_PORTS}
    known = {one for flow in (*world.allowed, *world.tolerated) for one in flow.connections()}
    for source in world.confined:
        for target in (*world.hosts, ANYWHERE, *network.pods):
            for port in sorted(ports - {53}):
                connection = Connection(source, target, port, "TCP")
                if target == source or connection in known:
                    continue
                reach = network.reach(connection)
                if reach.sides[0].open:
                    yield reach


def trace(network: Network) -> dict[str, Any]:
    """The connectivity matrix for reports: plain values."""
    allowed, denied = matrix(network)
    return {
        "must_work": [reach.trace() for reach in allowed],
        "must_not_work": [reach.trace() for reach in denied],
        "leaks": [reach.trace() for reach in leaks(network)],
        "open_by_default": [
            {"namespace": one.namespace, "direction": one.side.direction} for one in open_by_default(network)
        ],
    }
