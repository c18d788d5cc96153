"""Ports of containers, by number or by name."""

from __future__ import annotations

from typing import Any

from graders.kubernetes.pods import Container, PodSpec
from graders.kubernetes.shapes import integer, text


def declares(container: Container, port: int) -> bool:
    """Whether the container lists the port."""
    return any(integer(entry.get("containerPort")) == port for entry in container.ports)


def resolve(container: Container, port: Any) -> int | None:
    """The number behind a probe's port: itself, or that of the container's own port of this name."""
    number = integer(port)
    if number is not None or not isinstance(port, str):
        return number
    named = (entry for entry in container.ports if text(entry.get("name")) == port)
    return next((integer(entry.get("containerPort")) for entry in named), None)


def serves(pods: PodSpec, port: Any, protocol: str) -> bool:
    """Whether a running container of the pod lists the port (number or name) for the protocol."""
    key = "name" if isinstance(port, str) else "containerPort"
    return any(
        entry.get(key) == port and (text(entry.get("protocol")) or "TCP") == protocol
        for container in pods.containers
        if container.sort == "containers" or container.sidecar
        for entry in container.ports
    )
