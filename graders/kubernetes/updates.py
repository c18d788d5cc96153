"""Rule K8S-21: an update that the API server takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from graders.artifact import Artifact
from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered
from graders.kubernetes.immutable import changes
from graders.kubernetes.objects import DEFAULT_NAMESPACE, Object, read
from graders.kubernetes.shapes import mapping, sequence, text
from graders.kubernetes.violations import absent, at, once
from graders.rule import Violation, rule
from graders.yaml_lines import YamlMap

KIND = "kubernetes"


@rule(
    "K8S-21",
    severity="H",
    constraint="rollback_dr",
    source="Kubernetes API validation of updates",
    kinds=(KIND,),
    parameters={"live": list[Any], "stay": list[str] | None},
)
def updates_in_place(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Can the delivered objects be applied over the live ones?

    `live` are the objects in the cluster, as mappings or YAML; `stay` lists those that must still be delivered, as
    Kind/name. Accepted: any change of what may change. Wrong: another selector, serviceName, volumeClaimTemplates,
    podManagementPolicy, clusterIP, Job template, claim spec (but for growing), roleRef, StorageClass, data of an
    immutable ConfigMap or Secret; one of `stay` missing (from its namespace), scaled to nothing, or made an ExternalName;
    none of the live objects delivered at all.
    """
    live = [found for item in sequence(facts.params.get("live")) for found in _live(item)]
    objects = delivered(bundle)
    pairs = [(old, new) for old in live for new in objects if _key(old) == _key(new)]
    if not pairs:
        yield absent("object that is live, so nothing is updated")
    yield from once(_rejections(pairs))
    yield from once(_gone(live, objects, [text(wanted) for wanted in sequence(facts.params.get("stay"))]))


def _gone(live: Sequence[Object], objects: Sequence[Object], stay: Sequence[str]) -> Iterator[Violation]:
    for wanted in stay:
        keys = {_key(found) for found in live if found.title == wanted}
        kept = [found for found in objects if found.title == wanted and (not keys or _key(found) in keys)]
        if not kept:
            yield Violation("", None, f"{wanted} is live and must stay, but is not delivered")
        for found in kept:
            if found.get("spec", "replicas") == 0:
                yield at(found, ("spec", "replicas"), "is live and must stay, but is scaled to nothing")
            if found.kind == "Service" and found.get("spec", "type") == "ExternalName":
                yield at(
                    found, ("spec", "type"), "is live and must stay, but gives up its address and its pods"
                )


def _rejections(pairs: Sequence[tuple[Object, Object]]) -> Iterator[Violation]:
    for old, new in pairs:
        for path, message in changes(old, new):
            yield at(new, path, message)


def _live(item: Any) -> tuple[Object, ...]:
    """A live object of the case: YAML text, or a plain mapping. It has no lines that anyone asks for."""
    if isinstance(item, list):
        return tuple(found for one in sequence(item) for found in _live(one))
    if isinstance(item, str):
        return read(Artifact("live", KIND, item))
    body = YamlMap(1)
    body.update(mapping(item))
    return (Object("live", 1, str(body.get("apiVersion")), str(body.get("kind")), body),)


def _key(found: Object) -> tuple[str, str, str, str]:
    return found.group, found.kind, found.namespace or DEFAULT_NAMESPACE, found.name


RULES = (updates_in_place,)
