"""Which files hold Kubernetes objects, and which of those are only fragments (patches)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath

from graders.artifact import Artifact
from graders.kubernetes.objects import Object, read
from graders.kubernetes.shapes import mapping, sequence
from graders.yaml_lines import Unparsable

_SUFFIXES = frozenset({".yaml", ".yml", ".json"})
_INFOS = frozenset({"", "yaml", "yml", "json", "k8s", "kubernetes", "manifest"})
_KEY = r"(?:(?<=\n)|\A)(?:- )?[\"']?{}[\"']?[ \t]*:[ \t]*[\"']?([A-Za-z][\w./-]*)"
_API_VERSION = re.compile(_KEY.format("apiVersion"))
_KIND = re.compile(_KEY.format("kind"))
_JSON_API_VERSION = re.compile(r'"apiVersion"\s*:\s*"([^"]+)"')
_JSON_KIND = re.compile(r'"kind"\s*:\s*"([^"]+)"')
_HELM = re.compile(r"\{\{-?\s*(?:\$?\.(?:Values|Release|Chart|Capabilities|Files|Template)\b|include\s+\")")
# Files with apiVersion and kind that configure a program and are never sent to an API server.
_CLIENT_GROUPS = (
    "kustomize.config.k8s.io/",
    "kind.x-k8s.io/",
    "kubeadm.k8s.io/",
    "kubelet.config.k8s.io/",
    "audit.k8s.io/",
    "apiserver.config.k8s.io/",
    "pod-security.admission.config.k8s.io/",
    "eksctl.io/",
    "skaffold/",
    "client.authentication.k8s.io/",
)


def recognises(path: str | None, info: str, text: str) -> bool:
    """Whether the text has apiVersion and kind at the top of a YAML document or in JSON.

    Not Helm templates, and not the files of clients (kubeconfig, kustomization, kind, eksctl, skaffold, kubeadm).
    """
    if path is None and info.lower() not in _INFOS:
        return False
    if path is not None and PurePosixPath(path).suffix.lower() not in _SUFFIXES:
        return False
    as_json = text.lstrip().startswith(("{", "["))
    version = (_JSON_API_VERSION if as_json else _API_VERSION).search(text)
    kind = (_JSON_KIND if as_json else _KIND).search(text)
    if version is None or kind is None or _HELM.search(text):
        return False
    kubeconfig = kind[1] == "Config" and version[1] == "v1"
    return not kubeconfig and not version[1].startswith(_CLIENT_GROUPS)


def is_whole(text: str) -> bool:
    """False where every object of the text is only a patch: what its kind can't be without is missing.

    A text that cannot be parsed counts as whole: its author meant a file.
    """
    try:
        objects = read(Artifact("manifest", "kubernetes", text))
    except Unparsable:
        return True
    return not all(_is_patch(found) for found in objects)


def _is_patch(found: Object) -> bool:
    if found.get("$patch") is not None:
        return True
    lacks = _LACKS.get(found.kind)
    return lacks is not None and lacks(found)


def _lacks_template(found: Object) -> bool:
    """A workload without selector is a patch unless its pods are complete (then it is a whole file that is wrong)."""
    if found.get("spec", "workloadRef") is not None or found.get("spec", "selector") is not None:
        return False
    labelled = bool(mapping(found.get("spec", "template", "metadata", "labels")))
    return not (labelled and _has_images(found, "spec", "template", "spec"))


def _has_images(found: Object, *pod: str) -> bool:
    containers = sequence(found.get(*pod, "containers"))
    return bool(containers) and all(mapping(container).get("image") for container in containers)


def _lacks(*path: str) -> Callable[[Object], bool]:
    return lambda found: found.get(*path) is None


_LACKS: dict[str, Callable[[Object], bool]] = {
    "Deployment": _lacks_template,
    "StatefulSet": _lacks_template,
    "DaemonSet": _lacks_template,
    "ReplicaSet": _lacks_template,
    "Rollout": _lacks_template,
    "Job": lambda found: not _has_images(found, "spec", "template", "spec"),
    "CronJob": lambda found: (
        found.get("spec", "schedule") is None
        and not _has_images(found, "spec", "jobTemplate", "spec", "template", "spec")
    ),
    "Service": lambda found: all(
        found.get("spec", key) is None for key in ("ports", "selector", "externalName")
    ),
    "Ingress": lambda found: all(
        found.get("spec", key) is None for key in ("rules", "defaultBackend", "backend")
    ),
    "HorizontalPodAutoscaler": _lacks("spec", "scaleTargetRef"),
    "PodDisruptionBudget": _lacks("spec", "selector"),
}
