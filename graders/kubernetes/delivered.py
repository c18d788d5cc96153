"""The objects of an answer as they would be applied: kustomizations of the same answer are rendered."""

from __future__ import annotations

import copy
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from graders.bundle import Bundle
from graders.kubernetes.kustomization import Image, Kustomization, LabelSetting
from graders.kubernetes.objects import Object
from graders.kubernetes.references import Reference, reference
from graders.kubernetes.shapes import mapping, sequence, text
from graders.yaml_lines import YamlMap

_MATCH_LABELS = frozenset(
    {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Rollout", "PodDisruptionBudget"}
)
_TEMPLATED = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Rollout", "Job"})


def delivered(bundle: Bundle) -> list[Object]:
    """Every object of the whole manifests, in the order of the answer.

    An object that kustomizations list appears once for each outermost of them (the overlays) with its namespace,
    labels, images and replicas applied, inner before outer, and with `root` set; any other appears as it stands.
    """
    known = kustomizations(bundle)
    chains = {file: _chains(file, known) for file in {found.file for found in _as_written(bundle)}}
    rendered: list[Object] = []
    for found in _as_written(bundle):
        if not chains[found.file]:
            rendered.append(found)
        for chain in chains[found.file]:
            changed = replace(found, body=copy.deepcopy(found.body), root=chain[-1].path)
            for kustomization in chain:
                _apply(kustomization, changed)
            rendered.append(changed)
    return rendered


def _as_written(bundle: Bundle) -> Iterator[Object]:
    for artifact in bundle.of("kubernetes"):
        for found in bundle.parsed.get(artifact.path, ()):
            if isinstance(found, Object):
                yield found


def kustomizations(bundle: Bundle) -> list[Kustomization]:
    """The kustomizations of the answer that could be read."""
    parsed = [bundle.parsed.get(artifact.path) for artifact in bundle.of("kustomization")]
    return [found for found in parsed if isinstance(found, Kustomization)]


def _chains(target: str, known: list[Kustomization]) -> list[list[Kustomization]]:
    """Each way from `target` (a file or a folder) out to a kustomization that no other one lists."""
    found: list[list[Kustomization]] = []
    pending: list[tuple[str, list[Kustomization]]] = [(target, [])]
    while pending and len(found) < 20:
        inner, chain = pending.pop()
        outer = [k for k in known if inner in k.includes and k not in chain]
        if not outer and chain:
            found.append(chain)
        pending.extend((posixpath.normpath(k.folder), [*chain, k]) for k in outer)
    return found


def _apply(kustomization: Kustomization, found: Object) -> None:
    metadata = _submap(found.body, "metadata")
    if kustomization.namespace is not None:
        if found.kind == "Namespace":
            metadata["name"] = kustomization.namespace
        elif found.namespaced:
            metadata["namespace"] = kustomization.namespace
    for setting in kustomization.labels:
        _label(setting, found)
    for container in _containers(found.body):
        container["image"] = _replaced(text(container.get("image")), kustomization.images)
    count = kustomization.replicas.get(found.name)
    if count is not None and found.kind in _MATCH_LABELS - {"PodDisruptionBudget", "DaemonSet"}:
        _submap(found.body, "spec")["replicas"] = count


def _label(setting: LabelSetting, found: Object) -> None:
    _submap(found.body, "metadata", "labels").update(setting.pairs)
    if setting.templates and found.kind in _TEMPLATED:
        _submap(found.body, "spec", "template", "metadata", "labels").update(setting.pairs)
    if setting.templates and found.kind == "CronJob":
        path = ("spec", "jobTemplate", "spec", "template", "metadata", "labels")
        _submap(found.body, *path).update(setting.pairs)
    if setting.selectors and found.kind in _MATCH_LABELS:
        _submap(found.body, "spec", "selector", "matchLabels").update(setting.pairs)
    if setting.selectors and found.kind == "Service" and found.get("spec", "type") != "ExternalName":
        _submap(found.body, "spec", "selector").update(setting.pairs)


def _submap(body: YamlMap, *path: str) -> dict[str, Any]:
    """The mapping at `path`, made where it is missing or no mapping."""
    inner = body
    for key in path:
        value = inner.get(key)
        if not isinstance(value, YamlMap):
            value = YamlMap(inner.lines.get(key, inner.line))
            inner[key] = value
        inner = value
    return inner


def _containers(value: Any) -> Iterator[dict[str, Any]]:
    """Containers with an image, at any depth, as kustomize finds them."""
    if isinstance(value, dict):
        for key, item in mapping(value).items():
            if key in ("containers", "initContainers"):
                yield from (mapping(one) for one in sequence(item) if text(mapping(one).get("image")))
            else:
                yield from _containers(item)


def _replaced(image: str, entries: Iterable[Image]) -> str:
    parts = reference(image)
    for entry in entries:
        if entry.name != parts.name:
            continue
        name = entry.new_name or parts.name
        if entry.digest:
            tag = entry.new_tag or ""
            parts = Reference(name, tag, entry.digest)
        elif entry.new_tag:
            parts = Reference(name, entry.new_tag, "")
        else:
            parts = Reference(name, parts.tag, parts.digest)
    return str(parts)
