"""Rule K8S-17: Services reach pods, routes reach Services, and TLS is on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered
from graders.kubernetes.objects import DEFAULT_NAMESPACE, Object
from graders.kubernetes.pods import PodSpec, pod_specs
from graders.kubernetes.ports import serves
from graders.kubernetes.selectors import equal, matches
from graders.kubernetes.shapes import integer, labels, mapping, sequence, text
from graders.kubernetes.violations import absent, at, once
from graders.rule import Violation, rule

KIND = "kubernetes"
_ROUTES = frozenset({"HTTPRoute", "GRPCRoute"})
# Annotations by which a load balancer's controller is given its certificate instead of spec.tls.
_CERTIFICATE_ANNOTATIONS = (
    "alb.ingress.kubernetes.io/certificate-arn",
    "networking.gke.io/managed-certificates",
    "networking.gke.io/certmap",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
)
_ENTRANCES = _ROUTES | {"Ingress", "Gateway", "TLSRoute"}
_NGINX = "nginx.ingress.kubernetes.io/"
_ALB_ACTION = "alb.ingress.kubernetes.io/actions."


@rule(
    "K8S-17",
    severity="C",
    constraint="consistency",
    source="kube-linter dangling-service, dangling-ingress, mismatching-selector",
    kinds=(KIND,),
    parameters={"tls": bool | None},
)
def wires_services(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does each Service reach delivered pods, each route a delivered Service, under TLS?

    Accepted: every pair of the selector among the labels of a pod template of the namespace; targetPort by number or
    name (without one: port) among the container ports of each long-running workload it selects, for its protocol;
    ExternalName; no selector with Endpoints or an EndpointSlice of its own; a headless Service without ports. Ingress
    and HTTPRoute backends by Service and port of the namespace. TLS: spec.tls over every host, or the annotation by
    which a cloud's load balancer gets its certificate; a delivered Gateway has an HTTPS or TLS listener. Where the case
    says `tls: true`, there is an Ingress, route or Gateway at all.
    Wrong: a workload whose selector misses its own template; a Service's selector that nothing matches; an unknown
    port, backend or backend port; a host outside spec.tls; with ingress-nginx, a tls entry without secretName (it then
    serves a certificate of its own making) or a redirect to HTTPS that is switched off; with `tls: true`, a Service
    of type LoadBalancer that lets callers in beside the Ingress without TLS.
    """
    objects = delivered(bundle)
    services = [found for found in objects if found.kind == "Service" and found.group == ""]
    pods = list(pod_specs(objects))
    if not services:
        yield absent("Service")
    yield from once(violation for spec in pods for violation in _own_selector(spec))
    yield from once(violation for service in services for violation in _service(service, pods, objects))
    yield from once(violation for found in objects for violation in _backends(found, services))
    if facts.params.get("tls") is not False:
        yield from once(violation for found in objects for violation in _tls(found))
    if facts.params.get("tls") is True and not any(found.kind in _ENTRANCES for found in objects):
        yield absent("Ingress or route by which callers come in over TLS")
    if facts.params.get("tls") is True:
        yield from once(violation for service in services for violation in _side_door(service))


def _own_selector(pods: PodSpec) -> Iterator[Violation]:
    selector = pods.owner.get("spec", "selector")
    if pods.scaled and selector is not None and not matches(selector, pods.labels):
        yield at(
            pods.owner, ("spec", "selector"), "its selector doesn't match the labels of its own pod template"
        )


def _service(service: Object, pods: Sequence[PodSpec], objects: Sequence[Object]) -> Iterator[Violation]:
    if service.get("spec", "type") == "ExternalName":
        return
    selector = mapping(service.get("spec", "selector"))
    if not selector:
        if not any(_endpoints_of(found, service) for found in objects):
            yield at(service, ("spec",), "has no selector and no endpoints of its own")
        return
    selected = [s for s in pods if s.owner.scope == service.scope and equal(selector, s.labels)]
    if not selected:
        yield at(service, ("spec", "selector"), "its selector matches no delivered pods of its namespace")
        return
    ports = [mapping(port) for port in sequence(service.get("spec", "ports"))]
    if not ports and service.get("spec", "clusterIP") != "None":
        yield at(service, ("spec", "ports"), "has no ports")
    for index, port in enumerate(ports):
        target = port.get("targetPort") if port.get("targetPort") is not None else port.get("port")
        protocol = text(port.get("protocol")) or "TCP"
        for spec in [s for s in selected if s.long_running] or selected:
            if not serves(spec, target, protocol):
                message = f"targetPort {target!r} ({protocol}) is no container port of {spec.title}"
                yield at(service, ("spec", "ports", index), message)


def _endpoints_of(found: Object, service: Object) -> bool:
    if found.scope != service.scope:
        return False
    slice_of = labels(found.get("metadata", "labels")).get("kubernetes.io/service-name")
    return (found.kind == "Endpoints" and found.name == service.name) or (
        found.kind == "EndpointSlice" and slice_of == service.name
    )


def _backends(found: Object, services: Sequence[Object]) -> Iterator[Violation]:
    if found.kind == "Ingress":
        yield from _ingress_backends(found, services)
    elif found.kind in _ROUTES:
        for rule_index, route_rule in enumerate(sequence(found.get("spec", "rules"))):
            for index, item in enumerate(sequence(mapping(route_rule).get("backendRefs"))):
                backend = mapping(item)
                if (text(backend.get("kind")) or "Service") != "Service" or text(backend.get("group")):
                    continue
                scope = (found.root, text(backend.get("namespace")) or found.scope[1])
                fault = _fault(text(backend.get("name")), backend.get("port"), scope, services)
                if fault:
                    yield at(found, ("spec", "rules", rule_index, "backendRefs", index), fault)


def _ingress_backends(ingress: Object, services: Sequence[Object]) -> Iterator[Violation]:
    places: list[tuple[str | int, ...]] = []
    if ingress.get("spec", "defaultBackend") is not None:
        places.append(("spec", "defaultBackend"))
    for rule_index, item in enumerate(sequence(ingress.get("spec", "rules"))):
        for index, _ in enumerate(sequence(mapping(mapping(item).get("http")).get("paths"))):
            places.append(("spec", "rules", rule_index, "http", "paths", index, "backend"))
    if not places:
        yield at(ingress, ("spec",), "has no backend")
    for place in places:
        backend = mapping(ingress.get(*place))
        service = mapping(backend.get("service"))
        port = mapping(service.get("port"))
        name = text(service.get("name"))
        if backend.get("resource") is not None or _is_alb_action(ingress, name, port):
            continue
        wanted = port.get("number") if port.get("number") is not None else port.get("name")
        fault = _fault(name, wanted, ingress.scope, services)
        if fault:
            yield at(ingress, place, fault)


def _is_alb_action(ingress: Object, name: str, port: dict[str, Any]) -> bool:
    return port.get("name") == "use-annotation" and _ALB_ACTION + name in ingress.annotations


def _fault(name: str, port: Any, scope: tuple[str, str], services: Sequence[Object]) -> str:
    """What is wrong with a backend, "" for nothing."""
    if not name:
        return "a backend names no service"
    service = next((s for s in services if s.name == name and s.scope == scope), None)
    if service is None:
        where = "" if scope[1] == DEFAULT_NAMESPACE else f" in the namespace {scope[1]}"
        return f"the backend's Service {name} is not delivered{where}"
    key = "port" if integer(port) is not None else "name"
    ports = [mapping(entry) for entry in sequence(service.get("spec", "ports"))]
    if port is None or not any(entry.get(key) == port for entry in ports):
        return f"the Service {name} has no port {port!r}"
    return ""


def _tls(found: Object) -> Iterator[Violation]:
    if found.kind == "Gateway" and found.group == "gateway.networking.k8s.io":
        listeners = [mapping(listener) for listener in sequence(found.get("spec", "listeners"))]
        if not any(text(listener.get("protocol")) in ("HTTPS", "TLS") for listener in listeners):
            yield at(found, ("spec", "listeners"), "has no HTTPS listener")
    if found.kind != "Ingress" or any(found.annotations.get(key) for key in _CERTIFICATE_ANNOTATIONS):
        return
    entries = [mapping(entry) for entry in sequence(found.get("spec", "tls"))]
    if not entries:
        yield at(found, ("spec",), "spec.tls is missing")
        return
    if _class(found) == "nginx":
        for index, entry in enumerate(entries):
            if not text(entry.get("secretName")):
                yield at(found, ("spec", "tls", index), "names no Secret with the certificate")
        forced = found.annotations.get(_NGINX + "force-ssl-redirect") == "true"
        if found.annotations.get(_NGINX + "ssl-redirect") == "false" and not forced:
            yield at(found, ("metadata", "annotations"), "switches the redirect to HTTPS off")
    if any(not sequence(entry.get("hosts")) for entry in entries):
        return
    covered = [text(host) for entry in entries for host in sequence(entry.get("hosts"))]
    for index, item in enumerate(sequence(found.get("spec", "rules"))):
        host = text(mapping(item).get("host"))
        wildcard = "*." + host.partition(".")[2]
        if host and host not in covered and wildcard not in covered:
            yield at(found, ("spec", "rules", index), f"the host {host} is not among the hosts of spec.tls")


def _side_door(service: Object) -> Iterator[Violation]:
    ports = [mapping(port) for port in sequence(service.get("spec", "ports"))]
    has_certificate = any("cert" in key for key in service.annotations)
    is_open = service.get("spec", "type") == "LoadBalancer" and not has_certificate
    if is_open and any(port.get("port") != 443 for port in ports):
        yield at(service, ("spec", "type"), "lets callers in from outside without TLS")


def _class(ingress: Object) -> str:
    return text(ingress.get("spec", "ingressClassName")) or ingress.annotations.get(
        "kubernetes.io/ingress.class", ""
    )


RULES = (wires_services,)
