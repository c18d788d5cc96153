"""How many pods a workload can have, with its autoscaler looked up."""

from __future__ import annotations

from collections.abc import Sequence

from graders.kubernetes.objects import Object
from graders.kubernetes.pods import PodSpec
from graders.kubernetes.shapes import integer, mapping, text


def autoscalers(objects: Sequence[Object]) -> list[Object]:
    """The HorizontalPodAutoscalers, of whatever version."""
    return [
        found for found in objects if found.kind == "HorizontalPodAutoscaler" and found.group == "autoscaling"
    ]


def targets(autoscaler: Object, workload: Object) -> bool:
    """Whether scaleTargetRef names this workload. The API's mapper compares group and kind, never the version."""
    target = mapping(autoscaler.get("spec", "scaleTargetRef"))
    return (
        autoscaler.scope == workload.scope
        and text(target.get("kind")) == workload.kind
        and text(target.get("name")) == workload.name
        and text(target.get("apiVersion")).rpartition("/")[0] == workload.group
    )


def _autoscalers_of(workload: Object, objects: Sequence[Object]) -> list[Object]:
    """All of them: a second object of the same name is applied over the first."""
    return [found for found in autoscalers(objects) if targets(found, workload)]


def lowest(pods: PodSpec, objects: Sequence[Object]) -> int:
    """The fewest replicas: minReplicas of its autoscaler (default 1), else `replicas` (default 1)."""
    workload = _scaled_object(pods.owner, objects)
    own = _autoscalers_of(workload, objects)
    if own:
        return min(_count(autoscaler, "minReplicas") for autoscaler in own)
    return _count(workload, "replicas")


def highest(pods: PodSpec, objects: Sequence[Object]) -> int:
    """The most pods at a time: maxReplicas of its autoscaler, else `replicas`; parallelism of a Job.

    A DaemonSet counts once: how many nodes there are, no manifest says. A CronJob counts one of its Jobs.
    """
    owner = pods.owner
    if owner.kind == "Job":
        return _count(owner, "parallelism")
    if owner.kind == "CronJob":
        parallelism = integer(owner.get("spec", "jobTemplate", "spec", "parallelism"))
        return 1 if parallelism is None else max(0, parallelism)
    if not pods.scaled:
        return 1
    workload = _scaled_object(owner, objects)
    own = _autoscalers_of(workload, objects)
    if own:
        return max(_count(autoscaler, key) for autoscaler in own for key in ("minReplicas", "maxReplicas"))
    return _count(workload, "replicas")


def idle(pods: PodSpec, objects: Sequence[Object]) -> bool:
    """Whether the workload is scaled to nothing: the colour of a blue/green pair that waits."""
    return pods.scaled and highest(pods, objects) == 0


def _scaled_object(owner: Object, objects: Sequence[Object]) -> Object:
    """The Rollout that takes over a Deployment (spec.workloadRef), else the owner itself."""
    for found in objects:
        if found.kind == "Rollout" and found.scope == owner.scope:
            reference = mapping(found.get("spec", "workloadRef"))
            if text(reference.get("kind")) == owner.kind and text(reference.get("name")) == owner.name:
                return found
    return owner


def _count(found: Object, key: str) -> int:
    value = integer(found.get("spec", key))
    return 1 if value is None else max(0, value)
