"""Rule K8S-16: autoscalers that can work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered
from graders.kubernetes.objects import Object
from graders.kubernetes.pods import Container, PodSpec, pod_specs
from graders.kubernetes.quantities import quantity
from graders.kubernetes.replicas import autoscalers, targets
from graders.kubernetes.shapes import integer, mapping, sequence, stated, text
from graders.kubernetes.violations import absent, at, once
from graders.rule import Violation, rule

KIND = "kubernetes"


@rule(
    "K8S-16",
    severity="M",
    constraint="intent",
    source="kube-linter dangling-horizontalpodautoscaler",
    kinds=(KIND,),
    parameters={"min_replicas": int, "metrics": list[str] | None},
)
def autoscales(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is there an autoscaler that reaches its workload, keeps the floor and reads metrics that exist?

    Accepted: autoscaling/v2 or v1; scaleTargetRef with the group, kind and name of a delivered workload of its
    namespace; minReplicas at least the floor, maxReplicas above it; utilisation of a resource that every container
    (or the one that is named) requests, also by the API's default metric; other metrics by a name of `metrics`.
    Wrong: a target that isn't delivered, or without its apiVersion; a floor that is missing (the API's is 1) or too
    low; no room to scale, or scaleUp disabled; utilisation without requests; an unknown metric; a target that is no
    positive number of the sort that the metric's type has; two autoscalers on one workload; a
    `replicas` field in the workload, which every apply would set back.
    """
    objects = delivered(bundle)
    found = autoscalers(objects)
    if not found:
        yield absent("HorizontalPodAutoscaler")
    floor = stated(facts.params.get("min_replicas")) or 1
    known = {text(name) for name in sequence(facts.params.get("metrics"))}
    yield from once(v for autoscaler in found for v in _judge(autoscaler, objects, floor, known))


def _judge(autoscaler: Object, objects: Sequence[Object], floor: int, known: set[str]) -> Iterator[Violation]:
    minimum = autoscaler.get("spec", "minReplicas")
    lowest = 1 if minimum is None else integer(minimum) or 0
    if lowest < floor:
        yield at(autoscaler, ("spec", "minReplicas"), f"minReplicas is {lowest}, at least {floor} are needed")
    if (integer(autoscaler.get("spec", "maxReplicas")) or 0) <= lowest:
        yield at(autoscaler, ("spec", "maxReplicas"), "maxReplicas must be above minReplicas")
    policy = ("spec", "behavior", "scaleUp", "selectPolicy")
    if autoscaler.get(*policy) == "Disabled":
        yield at(autoscaler, policy, "scaleUp is disabled: it never adds a pod")
    target = next((f for f in objects if targets(autoscaler, f)), None)
    if target is None:
        yield at(
            autoscaler,
            ("spec", "scaleTargetRef"),
            "scaleTargetRef names no delivered workload of its namespace",
        )
        return
    if target.get("spec", "replicas") is not None:
        message = f"sets replicas although {autoscaler.title} scales it: each apply would undo the scaling"
        yield at(target, ("spec", "replicas"), message)
    first = next(f for f in autoscalers(objects) if targets(f, target))
    if first is not autoscaler:
        yield at(autoscaler, ("spec", "scaleTargetRef"), f"{first.title} already scales {target.title}")
    for line, problem in _metric_problems(autoscaler, _pods_of(target, objects), known):
        yield Violation(autoscaler.file, line, f"{autoscaler.title}: {problem}")


def _pods_of(target: Object, objects: Sequence[Object]) -> PodSpec | None:
    """The pods that a target scales; a Rollout may take them from a Deployment (workloadRef)."""
    reference = mapping(target.get("spec", "workloadRef"))
    for spec in pod_specs(objects):
        owner = spec.owner
        referred = reference.get("name") == owner.name and reference.get("kind") == owner.kind
        if owner is target or (referred and owner.scope == target.scope):
            return spec
    return None


def _metric_problems(autoscaler: Object, pods: PodSpec | None, known: set[str]) -> Iterator[tuple[int, str]]:
    metrics = [mapping(metric) for metric in sequence(autoscaler.get("spec", "metrics"))]
    if not metrics:
        # v1 has its own field; without any metric both versions take 80 % of the requested cpu.
        yield from ((autoscaler.line_of("spec"), p) for p in _unrequested("cpu", _running(pods)))
    for index, metric in enumerate(metrics):
        line = autoscaler.line_of("spec", "metrics", index)
        yield from ((line, problem) for problem in _metric(metric, pods, known))


def _metric(metric: dict[str, Any], pods: PodSpec | None, known: set[str]) -> Iterator[str]:
    match metric.get("type"):
        case "Resource":
            source = mapping(metric.get("resource"))
            containers = _running(pods)
        case "ContainerResource":
            source = mapping(metric.get("containerResource"))
            name = text(source.get("container"))
            containers = [container for container in _running(pods) if container.name == name]
            if not containers:
                yield f"the metric is of the container {name or '(no name)'}, which the workload doesn't have"
        case "Pods" | "Object" | "External" as sort:
            source = mapping(metric.get(sort.lower()))
            name = text(mapping(source.get("metric")).get("name"))
            if name not in known:
                yield f"the metric {name or '(no name)'} is not one that exists here"
            fields = ("averageValue",) if sort == "Pods" else ("averageValue", "value")
            if not any(_positive(mapping(source.get("target")).get(field)) for field in fields):
                yield f"the metric {name or '(no name)'} has no target that is a positive {' or '.join(fields)}"
            return
        case sort:
            yield f"the metric type {sort} is unknown"
            return
    target = mapping(source.get("target"))
    if _positive(target.get("averageUtilization")):
        yield from _unrequested(text(source.get("name")), containers)
    elif not _positive(target.get("averageValue")):
        yield f"the metric of {text(source.get('name')) or 'a resource'} has no averageUtilization or averageValue"


def _positive(value: Any) -> bool:
    amount = quantity(value)
    return amount is not None and amount > 0


def _running(pods: PodSpec | None) -> list[Container]:
    return [] if pods is None else [c for c in pods.containers if c.sort == "containers" or c.sidecar]


def _unrequested(resource: str, containers: Sequence[Container]) -> Iterator[str]:
    for container in containers:
        resources = mapping(container.body.get("resources"))
        amounts = [quantity(mapping(resources.get(sort)).get(resource)) for sort in ("requests", "limits")]
        if not any(amounts):
            yield f"utilisation of {resource or '(no name)'} needs a request of it by {container.title}"


RULES = (autoscales,)
