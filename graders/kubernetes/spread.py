"""Rule K8S-15: enough replicas, spread over the zones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered
from graders.kubernetes.pods import PodSpec, pod_specs
from graders.kubernetes.replicas import idle, lowest
from graders.kubernetes.selectors import matches
from graders.kubernetes.shapes import mapping, sequence, text
from graders.kubernetes.violations import absent, at, once
from graders.rule import Violation, rule

KIND = "kubernetes"
ZONE = "topology.kubernetes.io/zone"
THREE_FROM = 99.95


@rule(
    "K8S-15",
    severity="M",
    constraint="intent",
    source="kube-linter minimum-three-replicas, no-anti-affinity",
    kinds=(KIND,),
    parameters={"target": float},
)
def spreads_replicas(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Has each workload replicas enough for the target, spread over the zones?

    Accepted: at least 2 replicas (3 from a target of 99.95 %) as `replicas` or minReplicas of its autoscaler; a
    topologySpreadConstraint over topology.kubernetes.io/zone, hard or soft, whose labelSelector selects the workload's
    own pods; or podAntiAffinity over the zone, required or preferred, that does. A workload that is scaled to 0 beside
    another one (the idle colour) is left out.
    Wrong: fewer; spread over hostname only; a selector that selects other pods or none.
    """
    needed = 3 if float(facts.params["target"]) >= THREE_FROM else 2
    objects = delivered(bundle)
    workloads = [spec for spec in pod_specs(objects) if spec.scaled]
    if not workloads:
        yield absent("workload with replicas")
    active = [spec for spec in workloads if not idle(spec, objects)] or workloads
    found: list[Violation] = []
    for spec in active:
        replicas = lowest(spec, objects)
        if replicas < needed:
            found.append(
                at(spec.owner, ("spec", "replicas"), f"may run {replicas} replicas, {needed} are needed")
            )
        if not _spread_over_zones(spec):
            found.append(at(spec, (), f"its pods are not spread over {ZONE}"))
    yield from once(iter(found))


def _spread_over_zones(pods: PodSpec) -> bool:
    constraints = map(mapping, sequence(pods.spec.get("topologySpreadConstraints")))
    return any(_keeps_apart(item, pods) for item in (*constraints, *_anti_affinity(pods)))


def _anti_affinity(pods: PodSpec) -> Iterator[dict[str, Any]]:
    """The terms of podAntiAffinity that speak of the workload's own namespace."""
    affinity = mapping(mapping(pods.spec.get("affinity")).get("podAntiAffinity"))
    terms = [
        mapping(term) for term in sequence(affinity.get("requiredDuringSchedulingIgnoredDuringExecution"))
    ]
    for weighted in sequence(affinity.get("preferredDuringSchedulingIgnoredDuringExecution")):
        terms.append(mapping(mapping(weighted).get("podAffinityTerm")))
    own = pods.owner.scope[1]
    for term in terms:
        namespaces = sequence(term.get("namespaces"))
        if not namespaces or own in namespaces:
            yield term


def _keeps_apart(item: dict[str, Any], pods: PodSpec) -> bool:
    return text(item.get("topologyKey")) == ZONE and matches(item.get("labelSelector"), pods.labels)


RULES = (spreads_replicas,)
