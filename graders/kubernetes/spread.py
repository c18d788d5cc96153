"""Rule K8S-15: enough replicas, spread over the zones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered
from graders.kubernetes.pods import PodSpec, pod_specs
from graders.kubernetes.replicas import idle, lowest
from graders.kubernetes.selectors import matches
from graders.kubernetes.shapes import integer, mapping, sequence, text
from graders.kubernetes.violations import absent, at, once
from graders.rule import Violation, rule

KIND = "kubernetes"
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
ZONE = "topology.kubernetes.io/zone"
THREE_FROM = 99.95
ZONES = 3


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
    Wrong: fewer; spread over hostname only; a selector that selects other pods or none; a maxSkew that all replicas in
    one zone would keep; required anti-affinity with more replicas than there are zones (the rest is never scheduled);
    a nodeSelector or required nodeAffinity that leaves one zone.
    """
    needed = 3 if float(facts.params.get("target") or 0) >= THREE_FROM else 2
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
        if not _spread_over_zones(spec, replicas):
            found.append(at(spec, (), f"its pods are not spread over {ZONE}"))
        elif _in_one_zone(spec):
            found.append(at(spec, (), "its pods may run in one zone only"))
        elif replicas > ZONES and any(_keeps_apart(term, spec) for term in _required_terms(spec)):
            message = f"required anti-affinity over zones leaves pods beyond the {ZONES}rd without a node"
            found.append(at(spec, ("affinity", "podAntiAffinity"), message))
    yield from once(iter(found))


def _spread_over_zones(pods: PodSpec, replicas: int) -> bool:
    constraints = [
        item
        for item in map(mapping, sequence(pods.spec.get("topologySpreadConstraints")))
        if (integer(item.get("maxSkew")) or 1) < max(replicas, 2)
    ]
    terms = (*constraints, *_required_terms(pods), *_preferred_terms(pods))
    return any(_keeps_apart(item, pods) for item in terms)


def _in_one_zone(pods: PodSpec) -> bool:
    if mapping(pods.spec.get("nodeSelector")).get(ZONE) is not None:
        return True
    affinity = mapping(mapping(pods.spec.get("affinity")).get("nodeAffinity"))
    terms = sequence(mapping(affinity.get(_REQUIRED)).get("nodeSelectorTerms"))
    zones: list[str] = []
    for term in terms:
        named = [
            [text(zone) for zone in sequence(item.get("values"))]
            for item in map(mapping, sequence(mapping(term).get("matchExpressions")))
            if item.get("key") == ZONE and item.get("operator") == "In"
        ]
        if not named:
            return False
        zones.extend(zone for zone in named[0] if all(zone in others for others in named))
    return bool(terms) and len(set(zones)) <= 1


def _required_terms(pods: PodSpec) -> list[dict[str, Any]]:
    return _of_own_namespace(map(mapping, sequence(_anti_affinity(pods).get(_REQUIRED))), pods)


def _preferred_terms(pods: PodSpec) -> list[dict[str, Any]]:
    weighted = sequence(_anti_affinity(pods).get("preferredDuringSchedulingIgnoredDuringExecution"))
    return _of_own_namespace((mapping(mapping(item).get("podAffinityTerm")) for item in weighted), pods)


def _anti_affinity(pods: PodSpec) -> dict[str, Any]:
    return mapping(mapping(pods.spec.get("affinity")).get("podAntiAffinity"))


def _of_own_namespace(terms: Iterable[dict[str, Any]], pods: PodSpec) -> list[dict[str, Any]]:
    own = pods.owner.scope[1]
    return [term for term in terms if own in (sequence(term.get("namespaces")) or [own])]


def _keeps_apart(item: dict[str, Any], pods: PodSpec) -> bool:
    return text(item.get("topologyKey")) == ZONE and matches(item.get("labelSelector"), pods.labels)


RULES = (spreads_replicas,)
