"""Rule K8S-09: images that stay what they are."""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered
from graders.kubernetes.pods import PodSpec, pod_specs
from graders.kubernetes.references import reference
from graders.kubernetes.shapes import mapping, text
from graders.kubernetes.violations import absent, at, once
from graders.rule import Violation, rule

KIND = "kubernetes"


@rule(
    "K8S-09",
    severity="H",
    constraint="reproducible",
    source="kube-linter latest-tag",
    kinds=(KIND,),
    parameters={"digest": bool | None},
)
def pins_images(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is every image pinned by a tag other than latest, or by digest where the case asks for it?

    Accepted: name:tag, name:tag@sha256:…, name@sha256:… with 64 small hexadecimal digits; the tag or digest may come
    from the `images:` of a kustomization that renders the object. Image volumes count too.
    Wrong: no tag; latest; a placeholder left in the reference (`${TAG}`, `<tag>`); with `digest`, a tag alone.
    """
    pods = list(pod_specs(delivered(bundle)))
    if not pods:
        yield absent("pod spec")
    wants_digest = facts.params.get("digest") is True
    yield from once(violation for spec in pods for violation in _unpinned(spec, wants_digest))


def _unpinned(pods: PodSpec, wants_digest: bool) -> Iterator[Violation]:
    for container in pods.containers:
        fault = _fault(text(container.body.get("image")), wants_digest)
        if fault:
            yield at(container, ("image",), fault)
    for index, volume in pods.volumes:
        if volume.get("image") is not None:
            fault = _fault(text(mapping(volume["image"]).get("reference")), wants_digest)
            if fault:
                yield at(pods, ("volumes", index), fault)


def _fault(image: str, wants_digest: bool) -> str:
    """What is wrong with the reference, "" for nothing."""
    parts = reference(image)
    if not image:
        return "no image is given"
    if not parts.resolved:
        return f"the image {image} is no complete reference"
    if parts.digest:
        return ""
    if wants_digest:
        return f"the image {image} must be given by digest (@sha256:…)"
    if not parts.tag:
        return f"the image {image} has neither tag nor digest"
    if parts.tag == "latest":
        return f"the image {image} follows the moving tag latest"
    return ""


RULES = (pins_images,)
