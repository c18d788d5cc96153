"""Rule K8S-10: requests and limits, and the quota that they share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered
from graders.kubernetes.objects import Object
from graders.kubernetes.pods import Container, PodSpec, pod_specs
from graders.kubernetes.quantities import quantity
from graders.kubernetes.replicas import highest
from graders.kubernetes.shapes import mapping
from graders.kubernetes.violations import absent, at, once
from graders.rule import Violation, rule

KIND = "kubernetes"
_REQUIRED = (("requests", "cpu"), ("requests", "memory"), ("limits", "memory"))
# What a quota's names count.
_COUNTED = {
    "cpu": ("requests", "cpu"),
    "memory": ("requests", "memory"),
    "limits.memory": ("limits", "memory"),
}


@rule(
    "K8S-10",
    severity="M",
    version=2,
    constraint="cost",
    source="kube-linter unset-cpu-requirements, unset-memory-requirements",
    kinds=(KIND,),
    parameters={"quota": dict[str, Any] | None},
)
def bounds_resources(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does every container request cpu and memory and limit memory, within the quota?

    Accepted: requests.cpu, requests.memory, limits.memory above zero on every plain and init container; a missing
    request with a limit counts as the limit (the API sets it so); or all three for the pod as a whole
    (spec.resources). No limit for cpu is asked. Wrong: one of them missing, no quantity, or zero; a request above its
    limit; requests × the most replicas (HPA maxReplicas) above the quota, summed over each namespace, and limits of memory
    likewise where the quota states `limits.memory`.
    Ephemeral containers can't have resources. A LimitRange is no answer: it is not the container's own number.
    """
    objects = delivered(bundle)
    pods = list(pod_specs(objects))
    if not pods:
        yield absent("pod spec")
    yield from once(violation for spec in pods for violation in _unbounded(spec))
    yield from once(_over_quota(pods, objects, mapping(facts.params.get("quota"))))


def _unbounded(pods: PodSpec) -> Iterator[Violation]:
    of_pod = all(_amount(pods.spec, *needed) for needed in _REQUIRED)
    if of_pod:
        yield from _contradictions(pods, pods.spec)
    for container in _with_resources(pods):
        for sort, resource in () if of_pod else _REQUIRED:
            if not _amount(container.body, sort, resource):
                given = mapping(mapping(container.body.get("resources")).get(sort)).get(resource)
                fault = "is missing" if given is None else f"is {given}, which is no usable amount"
                yield at(container, ("resources", sort, resource), f"resources.{sort}.{resource} {fault}")
        yield from _contradictions(container, container.body)


def _contradictions(place: PodSpec | Container, body: dict[str, Any]) -> Iterator[Violation]:
    resources = mapping(body.get("resources"))
    for resource, limit in mapping(resources.get("limits")).items():
        request = quantity(mapping(resources.get("requests")).get(resource))
        most = quantity(limit)
        if most is None:
            yield at(
                place,
                ("resources", "limits", resource),
                f"resources.limits.{resource}: {limit} is no quantity",
            )
        elif request is not None and request > most:
            yield at(
                place, ("resources", "requests", resource), f"requests more {resource} than its limit allows"
            )


def _with_resources(pods: PodSpec) -> list[Container]:
    return [container for container in pods.containers if container.sort != "ephemeralContainers"]


def _amount(body: dict[str, Any], sort: str, resource: str) -> Decimal:
    """The amount, 0 where there is none that counts; a request falls back to the limit."""
    resources = mapping(body.get("resources"))
    given = mapping(resources.get(sort)).get(resource)
    if given is None and sort == "requests":
        given = mapping(resources.get("limits")).get(resource)
    amount = quantity(given)
    return amount if amount is not None and amount > 0 else Decimal(0)


def _counted(pods: PodSpec, sort: str, resource: str) -> Decimal:
    """What a quota counts for one pod: the larger of its running containers and its largest init step."""
    if of_pod := _amount(pods.spec, sort, resource):
        return of_pod
    sidecars = Decimal(0)
    largest_step = Decimal(0)
    for container in (c for c in pods.containers if c.sort == "initContainers"):
        amount = _amount(container.body, sort, resource)
        if container.sidecar:
            sidecars += amount
        else:
            largest_step = max(largest_step, sidecars + amount)
    running = sum((_amount(c.body, sort, resource) for c in pods.main_containers), sidecars)
    overhead = quantity(mapping(pods.spec.get("overhead")).get(resource)) or Decimal(0)
    return max(running, largest_step) + overhead


def _over_quota(
    pods: Sequence[PodSpec], objects: Sequence[Object], quota: dict[str, Any]
) -> Iterator[Violation]:
    for name, (sort, resource) in _COUNTED.items():
        allowed = quantity(quota.get(name))
        if allowed is None:
            continue
        for scope in dict.fromkeys(spec.owner.scope for spec in pods):
            shares = [
                (_counted(spec, sort, resource) * highest(spec, objects), spec)
                for spec in pods
                if spec.owner.scope == scope
            ]
            total = sum((share for share, _ in shares), Decimal(0))
            if total > allowed:
                _, largest = max(shares, key=lambda pair: pair[0])
                verb = "request" if sort == "requests" else "are limited to"
                message = (
                    f"with the most replicas all pods {verb} {total.normalize():f} {resource} together, "
                    f"the quota is {allowed.normalize():f}"
                )
                yield at(largest, (), message)


RULES = (bounds_resources,)
