"""Rule K8S-11: probes that ask the right thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered
from graders.kubernetes.objects import Object
from graders.kubernetes.pods import Container, PodSpec, pod_specs
from graders.kubernetes.ports import declares, resolve
from graders.kubernetes.references import reference
from graders.kubernetes.selectors import equal
from graders.kubernetes.shapes import integer, mapping, sequence, stated, text
from graders.kubernetes.violations import absent, at, once
from graders.rule import Violation, rule

KIND = "kubernetes"
_PROBES = ("readinessProbe", "livenessProbe", "startupProbe")
# Defaults of the API (core/v1 Probe).
_PERIOD = 10
_FAILURES = 3


@dataclass(frozen=True, slots=True)
class _Wanted:
    port: int
    readiness: str
    liveness: str
    dependency_paths: tuple[str, ...]
    startup_seconds: int | None


@rule(
    "K8S-11",
    severity="H",
    constraint="intent",
    source="kube-linter no-liveness-probe, no-readiness-probe, liveness-port, readiness-port",
    kinds=(KIND,),
    parameters={
        "port": int,
        "readiness": str,
        "liveness": str,
        "dependency_paths": list[str] | None,
        "startup_seconds": int | None,
    },
)
def probes_the_application(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Do readiness and liveness probes ask the stated port and paths, with time enough to start?

    Accepted: httpGet on the port by number or by the name of the container's own port, path equal (a query is
    ignored); where the stated path is "", also exec, tcpSocket and grpc. startup_seconds are covered by
    initialDelaySeconds + failureThreshold × periodSeconds of the startupProbe, without one of the livenessProbe.
    Wrong: a probe missing; another port, an unknown port name, a number in quotes; another path; liveness on a path
    that asks dependencies; a probe of another host or over HTTPS, which no case's application speaks; too short a start.
    Judged: in each long-running workload that serves (it lists or probes the port, runs the image of one that does, or
    lists no port though a delivered Service selects it; all of them where none does), the container that lists the port,
    else the one that probes it, else the first.
    """
    objects = delivered(bundle)
    wanted = _Wanted(
        port=stated(facts.params.get("port")) or 0,
        readiness=text(facts.params.get("readiness")),
        liveness=text(facts.params.get("liveness")),
        dependency_paths=tuple(_path(item) for item in sequence(facts.params.get("dependency_paths"))),
        startup_seconds=stated(facts.params.get("startup_seconds")),
    )
    serving = _serving(objects, wanted.port)
    if not serving:
        yield absent("long-running workload that could be probed")
    yield from once(
        violation
        for spec in serving
        for container in _application(spec, wanted.port)
        for violation in _judge(container, wanted)
    )


def _serving(objects: Sequence[Object], port: int) -> list[PodSpec]:
    pods = [spec for spec in pod_specs(objects) if spec.long_running]
    images = {
        _image_name(c) for spec in pods for c in spec.main_containers if declares(c, port) or _probes(c, port)
    }
    return [
        spec
        for spec in pods
        if images & set(map(_image_name, spec.main_containers)) or _selected(spec, objects)
    ] or pods


def _image_name(container: Container) -> str:
    return reference(text(container.body.get("image"))).name


def _selected(pods: PodSpec, objects: Sequence[Object]) -> bool:
    """Whether a Service selects pods that list no port at all."""
    return not any(c.ports for c in pods.main_containers) and any(
        found.kind == "Service"
        and found.scope == pods.owner.scope
        and mapping(found.get("spec", "selector"))
        and equal(found.get("spec", "selector"), pods.labels)
        for found in objects
    )


def _application(pods: PodSpec, port: int) -> list[Container]:
    mains = pods.main_containers
    return (
        [container for container in mains if declares(container, port)]
        or [container for container in mains if _probes(container, port)]
        or mains[:1]
    )


def _probes(container: Container, port: int) -> bool:
    return any(_port(container, mapping(container.body.get(key))) == port for key in _PROBES)


def _port(container: Container, probe: dict[str, Any]) -> int | None:
    for action in ("httpGet", "tcpSocket", "grpc"):
        if probe.get(action) is not None:
            return resolve(container, mapping(probe[action]).get("port"))
    return None


def _judge(container: Container, wanted: _Wanted) -> Iterator[Violation]:
    yield from _probe(container, "readinessProbe", wanted.readiness, wanted)
    yield from _probe(container, "livenessProbe", wanted.liveness, wanted)
    if container.body.get("startupProbe") is not None:
        yield from _target(container, "startupProbe", wanted)
    liveness = mapping(container.body.get("livenessProbe"))
    path = _path(mapping(liveness.get("httpGet")).get("path"))
    if liveness.get("httpGet") is not None and path in wanted.dependency_paths:
        message = f"liveness asks {path}, which asks dependencies: their outage restarts every pod"
        yield at(container, ("livenessProbe",), message)
    if wanted.startup_seconds is not None:
        yield from _startup(container, wanted.startup_seconds)


def _probe(container: Container, key: str, wanted_path: str, wanted: _Wanted) -> Iterator[Violation]:
    probe = mapping(container.body.get(key))
    if not probe:
        yield at(container, (key,), f"has no {key}")
        return
    yield from _target(container, key, wanted)
    if wanted_path and probe.get("httpGet") is None:
        yield at(container, (key,), f"{key} must ask {wanted_path} over HTTP")
    elif wanted_path and _path(mapping(probe["httpGet"]).get("path")) != _path(wanted_path):
        yield at(container, (key, "httpGet", "path"), f"{key} must ask {wanted_path}")


def _target(container: Container, key: str, wanted: _Wanted) -> Iterator[Violation]:
    """Is the probe's own port the stated one, in the container itself?"""
    probe = mapping(container.body.get(key))
    actions = [action for action in ("httpGet", "tcpSocket", "grpc", "exec") if probe.get(action) is not None]
    if len(actions) != 1:
        yield at(container, (key,), f"{key} needs exactly one of httpGet, tcpSocket, grpc, exec")
        return
    action = actions[0]
    if action == "exec":
        return
    if _port(container, probe) != wanted.port:
        given = mapping(probe[action]).get("port")
        yield at(
            container,
            (key, action, "port"),
            f"{key} asks port {given!r}, the application listens on {wanted.port}",
        )
    if text(mapping(probe[action]).get("host")):
        yield at(container, (key, action, "host"), f"{key} asks another host than its own pod")
    if text(mapping(probe[action]).get("scheme")) not in ("", "HTTP"):
        yield at(
            container, (key, action, "scheme"), f"{key} asks over HTTPS, the application speaks plain HTTP"
        )


def _startup(container: Container, seconds: int) -> Iterator[Violation]:
    key = "startupProbe" if container.body.get("startupProbe") is not None else "livenessProbe"
    probe = mapping(container.body.get(key))
    if not probe:
        return
    delay = integer(probe.get("initialDelaySeconds")) or 0
    period = integer(probe.get("periodSeconds")) or _PERIOD
    failures = integer(probe.get("failureThreshold")) or _FAILURES
    patience = delay + failures * period
    if patience < seconds:
        yield at(
            container,
            (key,),
            f"{key} gives up after {patience} s, the application takes up to {seconds} s to start",
        )


def _path(value: Any) -> str:
    """An HTTP path as the kubelet asks for it, without the query; nothing is "/"."""
    return "/" + text(value).split("#")[0].split("?")[0].lstrip("/")


RULES = (probes_the_application,)
