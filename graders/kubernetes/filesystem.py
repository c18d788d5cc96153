"""Rule K8S-08: a read-only root file system, with room for what the application writes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered
from graders.kubernetes.pods import Container, PodSpec, pod_specs
from graders.kubernetes.references import reference
from graders.kubernetes.shapes import mapping, sequence, text
from graders.kubernetes.violations import absent, at, once
from graders.rule import Violation, rule
from graders.second_opinion import with_checkov

KIND = "kubernetes"
_READ_ONLY_TYPES = frozenset({"configMap", "downwardAPI", "image", "projected", "secret"})
_PROBES = ("readinessProbe", "livenessProbe", "startupProbe")


@rule(
    "K8S-08",
    version=2,
    severity="M",
    constraint="least_privilege",
    source="kube-linter no-read-only-root-fs",
    kinds=(KIND,),
    tools=("checkov",),
    parameters={"write_paths": list[str]},
)
def keeps_root_file_system_read_only(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is every root file system read-only, and can the application still write where it must?

    Accepted: readOnlyRootFilesystem true on every container; each write path lies in or under a mount of an emptyDir,
    claim, ephemeral or other writable volume (also a volumeClaimTemplate) of the application's container.
    Wrong: one container without it; a path that no mount covers, or whose nearest mount is readOnly or a configMap,
    secret, projected, downwardAPI or image volume; a mount below the path only.
    The application is each workload of which a container mounts all the paths, and every other one of the same image;
    where none does, the first workload (Jobs only where there is nothing else). A container beside one that lists
    ports or has probes is a helper: what it mounts is no help to the application.
    """
    return with_checkov(_read_only_but_where_it_writes(bundle, facts), bundle, "K8S-08")


def _read_only_but_where_it_writes(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    pods = list(pod_specs(delivered(bundle)))
    if not pods:
        yield absent("pod spec")
        return
    paths = [text(path) for path in sequence(facts.params.get("write_paths"))]
    yield from once(violation for spec in pods for violation in _writable_roots(spec))
    yield from once(violation for spec in _application(pods, paths) for violation in _uncovered(spec, paths))


def _writable_roots(pods: PodSpec) -> Iterator[Violation]:
    for container in pods.containers:
        if container.security.get("readOnlyRootFilesystem") is not True:
            path = ("securityContext", "readOnlyRootFilesystem")
            yield at(container, path, "securityContext.readOnlyRootFilesystem must be true")


def _application(pods: Sequence[PodSpec], paths: Sequence[str]) -> list[PodSpec]:
    candidates = [spec for spec in pods if spec.long_running] or list(pods)
    covering = [(spec, c) for spec in candidates for c in _serving(spec) if not _open_paths(spec, c, paths)]
    if not covering:
        return candidates[:1]
    images = {_image_name(container) for _, container in covering}
    return [spec for spec in candidates if images & {_image_name(c) for c in _serving(spec)}]


def _serving(pods: PodSpec) -> list[Container]:
    """The plain containers that list ports or have probes, all of them where none does."""
    mains = pods.main_containers
    return [c for c in mains if c.ports or any(c.body.get(key) for key in _PROBES)] or mains


def _image_name(container: Container) -> str:
    return reference(text(container.body.get("image"))).name


def _uncovered(pods: PodSpec, paths: Sequence[str]) -> Iterator[Violation]:
    """What the container with the fewest uncovered paths lacks."""
    open_paths = [(container, _open_paths(pods, container, paths)) for container in _serving(pods)]
    if not open_paths:
        yield at(pods, (), "there is no container that could write")
        return
    container, missing = min(open_paths, key=lambda pair: len(pair[1]))
    for path in missing:
        yield at(container, ("volumeMounts",), f"writes to {path}, which no writable volume mount covers")


def _open_paths(pods: PodSpec, container: Container, paths: Sequence[str]) -> list[str]:
    mounts = [mapping(mount) for mount in sequence(container.body.get("volumeMounts"))]
    return [path for path in paths if not _covered(path, mounts, pods)]


def _covered(path: str, mounts: Sequence[dict[str, Any]], pods: PodSpec) -> bool:
    """Whether the nearest mount at or above `path` can be written."""
    above = [
        (place, mount)
        for mount in mounts
        if _contains(place := _normal(mount.get("mountPath")), _normal(path))
    ]
    if not above:
        return False
    _, nearest = max(above, key=lambda pair: len(pair[0]))
    return nearest.get("readOnly") is not True and _writable(text(nearest.get("name")), pods)


def _normal(path: Any) -> str:
    return posixpath.normpath(text(path)) if text(path) else ""


def _contains(outer: str, inner: str) -> bool:
    return bool(outer) and (inner == outer or inner.startswith(outer.rstrip("/") + "/"))


def _writable(name: str, pods: PodSpec) -> bool:
    templates = sequence(pods.owner.get("spec", "volumeClaimTemplates"))
    if any(mapping(mapping(claim).get("metadata")).get("name") == name for claim in templates):
        return True
    for _, volume in pods.volumes:
        if volume.get("name") == name:
            sorts = {key for key, value in volume.items() if key != "name" and value is not None}
            source_is_read_only = any(mapping(volume[sort]).get("readOnly") is True for sort in sorts)
            return not sorts & _READ_ONLY_TYPES and not source_is_read_only
    return False


RULES = (keeps_root_file_system_read_only,)
