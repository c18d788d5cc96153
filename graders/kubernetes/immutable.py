"""Which fields the API server refuses to change, by kind.

Source: the update validation of the API (pkg/apis/*/validation): Deployment, ReplicaSet and DaemonSet selector; of a
StatefulSet (in 1.31) all but replicas, ordinals, template, updateStrategy, persistentVolumeClaimRetentionPolicy and
minReadySeconds; Job selector, template, completions and completionMode.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graders.kubernetes.objects import Object
from graders.kubernetes.quantities import quantity
from graders.kubernetes.shapes import mapping, sequence

Path = tuple[str | int, ...]
Change = tuple[Path, str]

_FIELDS: dict[str, tuple[str, ...]] = {
    "Deployment": ("selector",),
    "ReplicaSet": ("selector",),
    "DaemonSet": ("selector",),
    "StatefulSet": (
        "selector",
        "serviceName",
        "volumeClaimTemplates",
        "podManagementPolicy",
        "revisionHistoryLimit",
    ),
    "Job": ("selector", "template", "completions", "completionMode"),
}
# Fields that the server fills in when they are not given: their absence is no difference.
_DEFAULTS: dict[str, Any] = {
    "apiGroup": "rbac.authorization.k8s.io",
    "apiVersion": "v1",
    "completionMode": "NonIndexed",
    "completions": 1,
    "defaultMode": 420,
    "dnsPolicy": "ClusterFirst",
    "failureThreshold": 3,
    "imagePullPolicy": "IfNotPresent",
    "kind": "PersistentVolumeClaim",
    "periodSeconds": 10,
    "podManagementPolicy": "OrderedReady",
    "protocol": "TCP",
    "revisionHistoryLimit": 10,
    "schedulerName": "default-scheduler",
    "successThreshold": 1,
    "terminationGracePeriodSeconds": 30,
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "timeoutSeconds": 1,
    "volumeMode": "Filesystem",
}
# Written by the server; never part of what an author compares.
_SERVER_FIELDS = frozenset({"status", "creationTimestamp"})
_JOB_LABELS = frozenset(
    {"controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"}
)
_STORAGE_CLASS = ("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode")


def changes(old: Object, new: Object) -> Iterator[Change]:
    """Each immutable field that `new` changes of the live `old`: its path in `new`, and what is wrong."""
    for field in _FIELDS.get(new.kind, ()):
        if field in ("selector", "completionMode") and new.kind == "Job" and new.get("spec", field) is None:
            continue  # the server keeps the selector that it generated, and the mode
        if not _same(old.get("spec", field), new.get("spec", field), field):
            yield ("spec", field), f"spec.{field} of the live {new.kind} can't be changed"
    match new.kind:
        case "Service":
            yield from _service(old, new)
        case "PersistentVolumeClaim":
            yield from _claim(old, new)
        case "RoleBinding" | "ClusterRoleBinding":
            if not _same(old.get("roleRef"), new.get("roleRef"), "roleRef"):
                yield ("roleRef",), "roleRef of a live binding can't be changed"
        case "StorageClass":
            for field in _STORAGE_CLASS:
                if new.get(field) is not None and not _same(old.get(field), new.get(field), field):
                    yield (field,), f"{field} of a live StorageClass can't be changed"
        case "ConfigMap" | "Secret":
            yield from _frozen(old, new)
        case _:
            pass


def _service(old: Object, new: Object) -> Iterator[Change]:
    address = new.get("spec", "clusterIP")
    leaves = new.get("spec", "type") == "ExternalName"
    if old.get("spec", "clusterIP") and address and address != old.get("spec", "clusterIP") and not leaves:
        yield ("spec", "clusterIP"), f"clusterIP of the live Service is {old.get('spec', 'clusterIP')}"


def _claim(old: Object, new: Object) -> Iterator[Change]:
    """A claim's spec stays, but for a request that grows and the class of its attributes."""
    for field, value in mapping(new.get("spec")).items():
        if field in ("resources", "volumeAttributesClassName"):
            continue
        if not _same(old.get("spec", field), value, field):
            yield ("spec", field), f"spec.{field} of a live claim can't be changed"
    path = ("spec", "resources", "requests", "storage")
    before, after = quantity(old.get(*path)), quantity(new.get(*path))
    if before is not None and after is not None and after < before:
        yield path, f"a live claim can't shrink from {old.get(*path)} to {new.get(*path)}"


def _frozen(old: Object, new: Object) -> Iterator[Change]:
    if new.kind == "Secret" and new.get("type") and (old.get("type") or "Opaque") != new.get("type"):
        yield ("type",), "the type of a live Secret can't be changed"
    if old.get("immutable") is not True:
        return
    if new.get("immutable") is not True:
        yield ("immutable",), f"the live {new.kind} is immutable and can't be made mutable again"
    for field in ("data", "binaryData", "stringData"):
        if not _same(old.get(field), new.get(field), field):
            yield (
                (field,),
                f"{field} of an immutable {new.kind} can't be changed; deliver it under a new name",
            )


def _same(old: Any, new: Any, field: str) -> bool:
    """Equal as the API compares: defaults filled in, quantities by value, empty like absent."""
    old, new = _filled(old, field), _filled(new, field)
    if isinstance(old, dict) or isinstance(new, dict):
        left, right = mapping(old), mapping(new)
        keys = (left.keys() | right.keys()) - _SERVER_FIELDS - _JOB_LABELS
        return all(_same(left.get(key), right.get(key), key) for key in keys)
    if isinstance(old, list) or isinstance(new, list):
        items, others = sequence(old), sequence(new)
        return len(items) == len(others) and all(_same(a, b, "") for a, b in zip(items, others, strict=True))
    if field in ("storage", "memory", "cpu", "ephemeral-storage") and quantity(old) is not None:
        return quantity(old) == quantity(new)
    return old == new


def _filled(value: Any, field: str) -> Any:
    if value is None or value in ({}, []):
        return _DEFAULTS.get(field)
    return value
