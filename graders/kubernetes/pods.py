"""Pod specs wherever they stand, and the containers in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from graders.kubernetes.objects import Object
from graders.kubernetes.shapes import labels, mapping, sequence, text

# (API group, kind) to where the pod template stands; a Pod is its own template.
_TEMPLATES: dict[tuple[str, str], tuple[str, ...]] = {
    ("", "Pod"): (),
    ("", "ReplicationController"): ("spec", "template"),
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "StatefulSet"): ("spec", "template"),
    ("apps", "DaemonSet"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("extensions", "Deployment"): ("spec", "template"),
    ("batch", "Job"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("argoproj.io", "Rollout"): ("spec", "template"),
}
_RUN_TO_COMPLETION = frozenset({"Job", "CronJob"})
_SCALED = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "Rollout"})
_SORTS = ("containers", "initContainers", "ephemeralContainers")


@dataclass(frozen=True, slots=True)
class Container:
    """A container of any sort. `place` is its path in the owner; `sort` the list in which it stands."""

    name: str
    sort: str
    body: dict[str, Any]
    owner: Object
    place: tuple[str | int, ...]

    @property
    def title(self) -> str:
        return f"container {self.name or '(no name)'!r} of {self.owner.title}"

    @property
    def sidecar(self) -> bool:
        """An init container that goes on running (restartPolicy: Always)."""
        return self.sort == "initContainers" and self.body.get("restartPolicy") == "Always"

    @property
    def security(self) -> dict[str, Any]:
        return mapping(self.body.get("securityContext"))

    @property
    def ports(self) -> list[dict[str, Any]]:
        return [mapping(port) for port in sequence(self.body.get("ports"))]

    def line_of(self, *path: str | int) -> int:
        return self.owner.line_of(*self.place, *path)


@dataclass(frozen=True, slots=True)
class PodSpec:
    """The pods of one object: `labels` are those of its template, `place` is the path of the spec in the owner."""

    owner: Object
    labels: dict[str, str]
    spec: dict[str, Any]
    place: tuple[str, ...]

    @property
    def title(self) -> str:
        return self.owner.title

    @property
    def security(self) -> dict[str, Any]:
        return mapping(self.spec.get("securityContext"))

    @property
    def long_running(self) -> bool:
        return self.owner.kind not in _RUN_TO_COMPLETION

    @property
    def scaled(self) -> bool:
        """Whether its number of pods is the owner's `replicas`."""
        return self.owner.kind in _SCALED

    @property
    def containers(self) -> list[Container]:
        """Every container: plain, init and ephemeral."""
        return [
            Container(
                text(mapping(body).get("name")), sort, mapping(body), self.owner, (*self.place, sort, index)
            )
            for sort in _SORTS
            for index, body in enumerate(sequence(self.spec.get(sort)))
        ]

    @property
    def main_containers(self) -> list[Container]:
        return [container for container in self.containers if container.sort == "containers"]

    @property
    def volumes(self) -> list[tuple[int, dict[str, Any]]]:
        return [(index, mapping(volume)) for index, volume in enumerate(sequence(self.spec.get("volumes")))]

    def line_of(self, *path: str | int) -> int:
        return self.owner.line_of(*self.place, *path)


def pod_specs(objects: Iterable[Object]) -> Iterator[PodSpec]:
    """The pod spec of each object that has one, in the order of the objects.

    A Rollout that takes its template from a Deployment (workloadRef) has none of its own: the Deployment's counts.
    """
    for found in objects:
        template = _TEMPLATES.get((found.group, found.kind))
        if template is None or (found.kind == "Rollout" and found.get("spec", "workloadRef") is not None):
            continue
        place = (*template, "spec")
        yield PodSpec(
            owner=found,
            labels=labels(found.get(*template, "metadata", "labels")),
            spec=mapping(found.get(*place)),
            place=place,
        )
