"""Rules NET-01 to NET-03: what NetworkPolicies let through, judged by connections and never by their text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pydantic import TypeAdapter

from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered
from graders.kubernetes.objects import Object
from graders.kubernetes.pods import PodSpec, pod_specs
from graders.kubernetes.shapes import integer, text
from graders.kubernetes.violations import absent, once
from graders.rule import Violation, rule, traced
from graders.simulate.access.network.connectivity import Network, Reach, Side
from graders.simulate.access.network.policies import Refused, read_policies
from graders.simulate.access.network.questions import leaks, matrix, open_by_default, trace
from graders.simulate.access.network.world import Pod, World

KIND = "kubernetes"
_PARAMETERS = {"world": list[World]}
_SOURCE = "Kubernetes documentation: Network Policies"


@rule(
    "NET-01",
    severity="H",
    version=2,
    constraint="least_privilege",
    source=f"CIS 5.3.2; {_SOURCE}",
    kinds=(KIND,),
    parameters=_PARAMETERS,
)
def closed_by_default(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is a pod that no policy names isolated in both directions, in each namespace that must be closed?

    Asked of a pod without labels and of those with unknown values of the usual labels, strangers being at the other end.
    Accepted: one policy or two, an expression that such a pod
    satisfies, and name resolution opened for all. Wrong: only one direction, only known labels, a policy that opens what it
    isolates, another namespace.
    """
    for network, refused in _networks(bundle, facts):
        found = list(open_by_default(network))
        for one in found:
            way = "be reached" if one.side.direction == "Ingress" else "connect"
            message = f"in {one.namespace} a pod without known labels can {way} freely ({one.side.direction})"
            yield _opened(one.side, message)
        if found:
            yield from _refused(refused)
    yield from _nothing(bundle)


@rule(
    "NET-02", severity="H", version=2, constraint="intent", source=_SOURCE, kinds=(KIND,), parameters=_PARAMETERS
)  # fmt: skip
def connects_what_must_connect(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does every connection work that must, and none that must not?

    Each flow of the case is tried against all delivered policies: egress of its source and ingress of its destination must
    both allow it. Strangers are tried in place of each pod that may enter a closed namespace.
    Accepted: any split into policies and any selectors with that effect.
    """
    for network, refused in _networks(bundle, facts):
        allowed, denied = matrix(network)
        blocked = [reach for reach in allowed if not reach.works]
        wrong = [
            *once(_blocked(reach) for reach in blocked),
            *(
                _let_through(reach, f"{reach.connection} works and must not")
                for reach in denied
                if reach.works
            ),
        ]
        yield from traced(wrong, lambda network=network: trace(network))
        if blocked:
            yield from _refused(refused)
    yield from _nothing(bundle)


@rule(
    "NET-03", severity="M", version=2, constraint="least_privilege", source=_SOURCE, kinds=(KIND,), parameters=_PARAMETERS
)  # fmt: skip
def lets_nothing_else_out(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Can the confined pods open no connection beyond those of the case: not to the metadata address, not to strangers?

    Judged by the egress of the pod alone, over every pod and host of the case and strangers of both address families, on
    each port that the case or a policy names.
    """
    for network, refused in _networks(bundle, facts):
        found = list(leaks(network))
        yield from _leaks(found)
        if found:
            yield from _refused(refused)
    yield from _nothing(bundle)


def _networks(bundle: Bundle, facts: Facts) -> Iterator[tuple[Network, tuple[Refused, ...]]]:
    objects = delivered(bundle)
    policies, refused = read_policies(objects)
    for world in TypeAdapter(list[World]).validate_python(facts.params["world"]):
        yield Network(_with_delivered(world, bundle, objects), policies), refused


def _with_delivered(world: World, bundle: Bundle, objects: list[Object]) -> World:
    """The world with the labels of delivered namespaces, and with the labels and ports of delivered workloads."""
    namespaces = dict(world.namespaces)
    for found in objects:
        if found.kind == "Namespace" and found.name in namespaces:
            namespaces[found.name] = {**(namespaces[found.name] or {}), **found.labels}
    specs = list(pod_specs(objects))
    return replace(world, namespaces=namespaces, pods=tuple(_pod(pod, specs) for pod in world.pods))


def _pod(pod: Pod, specs: list[PodSpec]) -> Pod:
    for found in specs if pod.workload else ():
        if found.title == pod.workload and found.owner.namespace in (None, pod.namespace):
            return replace(pod, labels={**pod.labels, **found.labels}, ports={**pod.ports, **_ports(found)})
    return pod


def _ports(found: PodSpec) -> dict[str, str]:
    """The named ports of all containers, as "8080/TCP"."""
    return {
        text(
            port.get("name")
        ): f"{integer(port.get('containerPort')) or 0}/{text(port.get('protocol')) or 'TCP'}"
        for container in found.containers
        for port in container.ports
        if port.get("name")
    }


def _nothing(bundle: Bundle) -> Iterator[Violation]:
    if not any(found.kind == "NetworkPolicy" for found in delivered(bundle)):
        yield absent("NetworkPolicy")


def _opened(side: Side, message: str) -> Violation:
    if side.permit is None:
        return Violation("", None, f"{message}: no policy isolates it")
    policy = side.permit.policy
    return Violation(policy.file, side.permit.line, f"{policy.title}: {message}")


def _let_through(reach: Reach, message: str) -> Violation:
    """Points to the rule that allows it, if any does."""
    side = next((side for side in reach.sides if side.permit is not None), reach.sides[0])
    return _opened(side, message)


def _leaks(found: list[Reach]) -> Iterator[Violation]:
    """One violation for each source and rule that lets it out, with some of the places that it reaches."""
    by_rule: dict[tuple[str, str, int], list[Reach]] = {}
    for reach in found:
        permit = reach.sides[0].permit
        file, line = ("", 0) if permit is None else (permit.policy.file, permit.line)
        by_rule.setdefault((reach.connection.source, file, line), []).append(reach)
    for (source, _, _), reaches in by_rule.items():
        ports: dict[str, list[str]] = {}
        for reach in reaches:
            ports.setdefault(reach.connection.to, []).append(str(reach.connection.port))
        places = [f"{to} on {_some(numbers, ' and others')}" for to, numbers in ports.items()]
        message = (
            f"{source} may open connections that nothing needs: to {_some(places, ' and other places', '; ')}"
        )
        yield _let_through(reaches[0], message)


def _some(words: list[str], others: str, separator: str = ", ") -> str:
    return separator.join(words[:3]) + (others if len(words) > 3 else "")


def _blocked(reach: Reach) -> Violation:
    side = next(side for side in reach.sides if not side.open)
    policy = side.isolated_by[0]
    end = reach.connection.source if side.direction == "Egress" else reach.connection.to
    message = f"{reach.connection} must work, but the {side.direction.lower()} of {end} allows it nowhere"
    return Violation(policy.file, policy.line, f"{policy.title}: {message}")


def _refused(refused: tuple[Refused, ...]) -> Iterator[Violation]:
    for one in refused:
        yield Violation(one.file, one.line, f"the API server refuses {one.message}")


RULES = (closed_by_default, connects_what_must_connect, lets_nothing_else_out)
