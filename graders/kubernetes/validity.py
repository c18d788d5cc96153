"""Rule K8S-01: manifests that the API server takes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from graders.bundle import Bundle, ToolFailed
from graders.facts import Facts
from graders.kubernetes.objects import Object
from graders.kubernetes.shapes import sequence
from graders.kubernetes.violations import absent, at
from graders.rule import Violation, rule

KIND = "kubernetes"
TOOL = "kubernetes_schema"
_FOREIGN = "unknown-kind"


@rule(
    "K8S-01",
    severity="C",
    constraint="validity",
    source="JSON schemas of the Kubernetes API",
    kinds=(KIND,),
    tools=(TOOL,),
    parameters={"crds": list[str] | None},
    gate=True,
)
def is_valid(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Would the API server take every object?

    Accepted: objects of the API as its strict schemas have them; custom ones that the case lists (`crds`, as
    apiVersion/Kind). Wrong: unknown or missing fields, wrong types, a removed API, a custom kind that isn't listed, an
    object without a name, no object at all; a patch among the files that are applied, with no kustomization for it.
    """
    report = bundle.report(TOOL)
    manifests = bundle.of(KIND)
    unjudged = {artifact.path for artifact in manifests} - report.judged - set(bundle.broken)
    if unjudged:
        raise ToolFailed(f"{TOOL} did not judge {', '.join(sorted(unjudged))}")
    objects = [found for artifact in manifests for found in bundle.parsed.get(artifact.path, ())]
    if not objects:
        yield absent("Kubernetes object")
    for message in report.messages:
        if message.code != _FOREIGN:
            yield Violation(message.file, message.line, message.text)
    listed = {item for item in sequence(facts.params.get("crds")) if isinstance(item, str)}
    foreign = {(message.file, message.line) for message in report.messages if message.code == _FOREIGN}
    for found in objects:
        yield from _object(found, foreign, listed)
    yield from _loose_patches(bundle)


def _loose_patches(bundle: Bundle) -> Iterator[Violation]:
    """Fragments in the folder of a deliverable: `kubectl apply` would send them as if they were whole."""
    if bundle.of("kustomization"):
        return
    folders = {posixpath.dirname(path) for paths in bundle.deliverables.values() for path in paths}
    manifests = {posixpath.dirname(artifact.path) for artifact in bundle.of(KIND)}
    for artifact in bundle.fragments(KIND):
        if posixpath.dirname(artifact.path) in folders & manifests:
            yield Violation(
                artifact.path, 1, "is a patch and no whole object, and no kustomization applies it"
            )


def _object(found: Object, foreign: set[tuple[str, int | None]], listed: set[str]) -> Iterator[Violation]:
    title = f"{found.api_version}/{found.kind}"
    is_foreign = (found.file, found.line_of("apiVersion")) in foreign
    if is_foreign and title not in listed:
        yield at(found, ("apiVersion",), f"{title} is not an API of this cluster")
    if not found.name and not found.get("metadata", "generateName"):
        yield at(found, ("metadata",), "has no metadata.name")


RULES = (is_valid,)
