"""The three questions that a case asks of its network: isolation by default, the matrix, and what may leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graders.simulate.access.network.connectivity import Network, Reach, Side
from graders.simulate.access.network.policies import Direction
from graders.simulate.access.network.world import ANYWHERE, Connection, Flow, Pod
from graders.trace import Cell, Matrix

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


def trace(network: Network) -> Matrix:
    """The connectivity matrix for reports: every source of a flow against every destination and port of one."""
    allowed = {one for flow in network.world.allowed for one in flow.connections()}
    denied = {one for flow in network.world.denied for one in flow.connections()}
    asked = sorted(allowed | denied, key=str)
    sources = tuple(dict.fromkeys(one.source for one in asked))
    targets = tuple(dict.fromkeys((one.to, one.port, one.protocol) for one in asked))

    def cell(connection: Connection) -> Cell:
        expected = None if connection not in allowed | denied else connection in allowed
        return Cell(network.reach(connection).works, expected)

    return Matrix(
        "who reaches whom",
        sources,
        tuple(f"{to} {port}/{protocol}" for to, port, protocol in targets),
        tuple(tuple(cell(Connection(source, *target)) for target in targets) for source in sources),
    )
