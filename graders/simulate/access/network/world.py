"""What a case says of its cluster: namespaces, pods, addresses outside, and the connections between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

NAME_LABEL = "kubernetes.io/metadata.name"
# Hosts that no case knows, one of each address family; their addresses are for documentation (RFC 5737, RFC 3849).
ANYWHERE = "anywhere"
ANYWHERE_BY_IPV6 = "anywhere (IPv6)"
_STRANGERS = {ANYWHERE: "203.0.113.250", ANYWHERE_BY_IPV6: "2001:db8::250"}


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod by its labels and its named ports ("8080" or "53/UDP"). `workload` ("Deployment/api") takes both from what
    the answer delivers as well."""

    name: str
    namespace: str
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    ports: Mapping[str, str | int] = field(default_factory=dict[str, str | int])
    workload: str = ""

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.name}"

    def number_of(self, port: str, protocol: str) -> int | None:
        """The number of a named port; None where the pod has none of that name and protocol."""
        number, _, own = str(self.ports.get(port, "")).partition("/")
        return int(number) if number and (own or "TCP") == protocol else None


@dataclass(frozen=True, slots=True)
class Connection:
    """One attempt: `source` and `to` are pods (namespace/name) or hosts of the world; the port is the pod's own, as seen
    after the translation of a Service."""

    source: str
    to: str
    port: int
    protocol: str

    def __str__(self) -> str:
        return f"{self.source} to {self.to} on {self.port}/{self.protocol}"


@dataclass(frozen=True, slots=True)
class Flow:
    """Connections at once, to each of `ports` ("5432" or "53/UDP")."""

    source: str
    to: str
    ports: tuple[str | int, ...]

    def connections(self) -> Iterator[Connection]:
        for port in self.ports:
            number, _, protocol = str(port).partition("/")
            yield Connection(self.source, self.to, int(number), protocol or "TCP")


@dataclass(frozen=True, slots=True)
class World:
    """A cluster and what is asked of it.

    `hosts` are addresses outside by name; one more is `anywhere`. `allowed` and `denied` are the flows that must and must
    not work, `tolerated` those that may. A pod that no label tells apart must be isolated in the namespaces `closed`; the
    pods `confined` may only open connections that are allowed or tolerated.
    """

    namespaces: Mapping[str, Mapping[str, str] | None]
    pods: tuple[Pod, ...]
    hosts: Mapping[str, str] = field(default_factory=dict[str, str])
    allowed: tuple[Flow, ...] = ()
    denied: tuple[Flow, ...] = ()
    tolerated: tuple[Flow, ...] = ()
    closed: tuple[str, ...] = ()
    confined: tuple[str, ...] = ()

    def address_of(self, host: str) -> str:
        """Raises `KeyError` where the world holds no such host."""
        return _STRANGERS.get(host) or self.hosts[host]

    def labels_of(self, namespace: str) -> dict[str, str]:
        """The labels of a namespace; the API server sets that of its name by itself."""
        return {**(self.namespaces.get(namespace) or {}), NAME_LABEL: namespace}
