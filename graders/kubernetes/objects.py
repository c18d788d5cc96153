"""Kubernetes objects out of a manifest file, with the line of everything in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graders.artifact import Artifact
from graders.kubernetes.shapes import labels, mapping, sequence, text
from graders.yaml_lines import Unparsable, YamlList, YamlMap, load_all

DEFAULT_NAMESPACE = "default"

# Cluster-scoped kinds of the API itself and of add-ons that manifests often hold; a custom kind that starts with
# "Cluster" (ClusterIssuer, ClusterSecretStore, ClusterPolicy) follows the custom and is cluster-scoped too.
_CLUSTER_SCOPED = frozenset(
    {
        "APIService",
        "CSIDriver",
        "CSINode",
        "CertificateSigningRequest",
        "ComponentStatus",
        "CustomResourceDefinition",
        "FlowSchema",
        "GatewayClass",
        "IngressClass",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "RuntimeClass",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
        "VolumeAttributesClass",
        "VolumeSnapshotClass",
    }
)


@dataclass(frozen=True, slots=True)
class Object:
    """One object as a manifest gives it.

    `file` and `line` say where it starts. `root` is the path of the kustomization that it was rendered through, ""
    for an object that is applied as it stands: only objects of one root are applied together.
    """

    file: str
    line: int
    api_version: str
    kind: str
    body: YamlMap
    root: str = ""

    @property
    def group(self) -> str:
        """The API group: "apps" of apps/v1, "" of v1."""
        return self.api_version.rpartition("/")[0]

    @property
    def name(self) -> str:
        return text(self.get("metadata", "name"))

    @property
    def namespace(self) -> str | None:
        """metadata.namespace, or None where the manifest leaves it to whoever applies it."""
        return text(self.get("metadata", "namespace")) or None

    @property
    def namespaced(self) -> bool:
        return self.kind not in _CLUSTER_SCOPED and not self.kind.startswith("Cluster")

    @property
    def scope(self) -> tuple[str, str]:
        """What joins compare: the kustomization and the namespace, where none counts as `default`."""
        return self.root, self.namespace or DEFAULT_NAMESPACE

    @property
    def labels(self) -> dict[str, str]:
        return labels(self.get("metadata", "labels"))

    @property
    def annotations(self) -> dict[str, str]:
        return labels(self.get("metadata", "annotations"))

    @property
    def title(self) -> str:
        """How a message names the object: Deployment/api."""
        return f"{self.kind}/{self.name or '(no name)'}"

    def get(self, *path: str | int) -> Any:
        """The value at `path`, None where there is nothing."""
        value: Any = self.body
        for key in path:
            if isinstance(key, int):
                items = sequence(value)
                value = items[key] if key < len(items) else None
            else:
                value = mapping(value).get(key)
        return value

    def line_of(self, *path: str | int) -> int:
        """The line of the key or item at `path`; of the deepest part of it that is there."""
        value: Any = self.body
        line = self.line
        for key in path:
            if isinstance(key, int) and isinstance(value, YamlList) and key < len(value):
                line = value.lines[key] if key < len(value.lines) else line
                value = value[key]
            elif isinstance(key, str) and isinstance(value, YamlMap) and key in value:
                line = value.lines.get(key, line)
                value = value[key]
            else:
                break
        return line


def read(artifact: Artifact) -> tuple[Object, ...]:
    """Every object of a manifest file; the items of a `List` stand for themselves.

    Raises `Unparsable` where the text is no YAML or JSON, or a document is no object (apiVersion and kind are text).
    """
    return tuple(
        found
        for document in load_all(_without_tabs(artifact.text), scalars="1.1")
        if document is not None
        for found in _objects(document, artifact.path)
    ) or _nothing(artifact)


def _nothing(artifact: Artifact) -> tuple[Object, ...]:
    raise Unparsable(1, f"there is no Kubernetes object in {artifact.path}")


def _objects(document: Any, file: str) -> Iterator[Object]:
    line: int = getattr(document, "line", 1)
    if not isinstance(document, YamlMap):
        raise Unparsable(line, "the document is no Kubernetes object: it is no mapping")
    for key in ("apiVersion", "kind"):
        if not text(document.get(key)):
            raise Unparsable(line, f"the document is no Kubernetes object: it has no {key}")
    kind: str = document["kind"]
    if kind.endswith("List") and isinstance(document.get("items"), YamlList):
        for item in document["items"]:
            yield from _objects(item, file)
    else:
        yield Object(file, line, document["apiVersion"], kind, document)


def _without_tabs(content: str) -> str:
    """JSON may be indented with tabs, which YAML refuses. Inside a JSON string a bare tab is illegal anyway."""
    if "\t" not in content or not content.lstrip().startswith(("{", "[")):
        return content
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return content
    return content.replace("\t", " ")
