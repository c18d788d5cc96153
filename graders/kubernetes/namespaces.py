"""Rule K8S-20: everything in its namespace, under its Pod Security level."""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered
from graders.kubernetes.objects import Object
from graders.kubernetes.shapes import text
from graders.kubernetes.violations import absent, at
from graders.rule import Violation, rule

KIND = "kubernetes"
_ENFORCE = "pod-security.kubernetes.io/enforce"


@rule(
    "K8S-20",
    severity="M",
    constraint="least_privilege",
    source="CIS 5.7.4, 5.2.1",
    kinds=(KIND,),
    parameters={"namespace": str, "level": str | None, "delivered": bool | None},
)
def stays_in_its_namespace(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is every object in the stated namespace, and does that enforce the stated Pod Security level?

    Accepted: metadata.namespace, or the namespace of a kustomization that lists the file (of several overlays, one);
    cluster-scoped objects stay without; a Namespace labelled pod-security.kubernetes.io/enforce with the level
    (restricted unless stated), which `delivered: false` does not ask for.
    Wrong: another namespace or none; no Namespace object; only warn or audit; another level.
    """
    namespace = text(facts.params.get("namespace"))
    level = text(facts.params.get("level")) or "restricted"
    objects = delivered(bundle)
    namespaced = [found for found in objects if found.namespaced]
    if not namespaced:
        yield absent("namespaced object")
    at_home = {_place(found) for found in namespaced if found.namespace == namespace}
    for place, found in {_place(found): found for found in namespaced}.items():
        if place not in at_home:
            where = f"is in the namespace {found.namespace}" if found.namespace else "names no namespace"
            yield at(found, ("metadata", "namespace"), f"{where}; it belongs into {namespace}")
    if facts.params.get("delivered") is not False:
        yield from _enforced(objects, namespace, level)


def _place(found: Object) -> tuple[str, int]:
    return found.file, found.line


def _enforced(objects: list[Object], namespace: str, level: str) -> Iterator[Violation]:
    own = [found for found in objects if found.kind == "Namespace" and found.name == namespace]
    if not own:
        yield absent(f"Namespace {namespace}")
    for found in own:
        if found.labels.get(_ENFORCE) != level:
            yield at(found, ("metadata", "labels", _ENFORCE), f"the label {_ENFORCE} must be {level}")


RULES = (stays_in_its_namespace,)
