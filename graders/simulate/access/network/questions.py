"""The three questions that a case asks of its network: isolation by default, the matrix, and what may leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from graders.simulate.access.network.connectivity import Network, Reach, Side
from graders.simulate.access.network.policies import Direction
from graders.simulate.access.network.world import ANYWHERE, ANYWHERE_BY_IPV6, Connection, Flow, Pod
from graders.trace import Cell, Matrix

# A port that no policy of a case has a reason to name, and those that most clients ask for.
_STRANGE_PORT = 4444
_WEB_PORTS = (80, 443, _STRANGE_PORT)
_DNS_PORT = 53

# A namespace that no case knows, and a label that nothing selects by.
_STRANGE_NAMESPACE = "undeclared-namespace"
_STRANGE_LABEL = "drydock.example/probe"


@dataclass(frozen=True, slots=True)
class Open:
    """A direction in which a pod without known labels of a namespace is not isolated."""

    namespace: str
    side: Side


def open_by_default(network: Network) -> Iterator[Open]:
    """Each namespace and direction that must be closed by default and is not, for a pod that nobody selects by name: one
    without labels, and one with an unknown value of each label that pods of the world carry.

    Tried with a stranger at the other end: a host and a pod of a namespace that no case knows, on a strange port, the web
    ports and each port that the case or a policy names; name resolution is often opened for all.
    """
    directions: tuple[Direction, Direction] = ("Ingress", "Egress")
    for namespace in network.world.closed:
        for direction in directions:
            side = next(_opened(network, namespace, direction), None)
            if side is not None:
                yield Open(namespace, side)


def _opened(network: Network, namespace: str, direction: Direction) -> Iterator[Side]:
    stranger = Pod("stranger", _STRANGE_NAMESPACE)
    keys = sorted({key for pod in network.world.pods for key in pod.labels} | {_STRANGE_LABEL})
    for labels in ({}, *({key: "undeclared"} for key in keys)):
        pod = Pod("unknown", namespace, labels)
        for other in (None, stranger):
            far = ANYWHERE if other is None else other.key
            ends = (far, pod.key) if direction == "Ingress" else (pod.key, far)
            for port in _ports(network):
                side = network.side(direction, pod, Connection(*ends, port, "TCP"), other)
                if side.open:
                    yield side


def matrix(network: Network) -> tuple[list[Reach], list[Reach]]:
    """(the flows that must work, the flows that must not), each tried. What must not work: the flows that the case denies,
    and strangers in place of the pods that may enter a closed namespace."""

    def tried(flows: tuple[Flow, ...]) -> list[Reach]:
        return [network.reach(connection) for flow in flows for connection in flow.connections()]

    return tried(network.world.allowed), [*tried(network.world.denied), *_strangers(network)]


def _strangers(network: Network) -> Iterator[Reach]:
    """Each connection that a pod may make into a closed namespace, by a pod with the same labels in a namespace that no case
    knows, and by a host."""
    world, pods = network.world, network.pods
    known = {one for flow in (*world.allowed, *world.tolerated) for one in flow.connections()}
    for flow in world.allowed:
        source, target = pods.get(flow.source), pods.get(flow.to)
        if source is None or target is None or target.namespace not in world.closed:
            continue
        twin = replace(source, namespace=_STRANGE_NAMESPACE, workload="")
        for wanted in flow.connections():
            for far, other in ((twin.key, twin), (ANYWHERE, None)):
                connection = replace(wanted, source=far)
                if connection not in known and replace(wanted, source=ANYWHERE) not in known:
                    yield Reach(connection, (network.side("Ingress", target, connection, other),))


def leaks(network: Network) -> Iterator[Reach]:
    """Connections that a confined pod can open and that are neither allowed nor tolerated, as its own egress sees them.

    Tried: every host and pod of the world and hosts that no case knows, on the usual web ports, a strange one, and each
    port that a flow or a policy names. Port 53 is left out: name resolution is often opened to anywhere.
    """
    world = network.world
    known = {one for flow in (*world.allowed, *world.tolerated) for one in flow.connections()}
    for source in world.confined:
        for target in (*world.hosts, ANYWHERE, ANYWHERE_BY_IPV6, *network.pods):
            for port in _ports(network):
                connection = Connection(source, target, port, "TCP")
                tolerated = replace(connection, to=ANYWHERE) if target == ANYWHERE_BY_IPV6 else connection
                if target == source or tolerated in known:
                    continue
                reach = network.reach(connection)
                if reach.sides[0].open:
                    yield reach


def _ports(network: Network) -> list[int]:
    """The ports that are worth a try, all but that of name resolution."""
    world = network.world
    flows = (*world.allowed, *world.denied, *world.tolerated)
    asked = {one.port for flow in flows for one in flow.connections()}
    return sorted(({*_WEB_PORTS} | asked | set(_named(network))) - {_DNS_PORT})


def _named(network: Network) -> Iterator[int]:
    """Each port that a policy names by its number; of a range its ends."""
    for policy in network.policies:
        for entry in (entry for entries in policy.entries.values() for entry in entries):
            for port in entry.ports:
                yield from (end for end in (port.get("port"), port.get("endPort")) if isinstance(end, int))


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
