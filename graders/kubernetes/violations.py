"""Violations that point into objects, without repetition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graders.kubernetes.objects import Object
from graders.kubernetes.pods import Container, PodSpec
from graders.rule import Absent, Violation


def at(place: Object | PodSpec | Container, path: Sequence[str | int], message: str) -> Violation:
    """A violation at `path` of an object, pod spec or container: "Deployment/api: <message>"."""
    owner = place if isinstance(place, Object) else place.owner
    return Violation(owner.file, place.line_of(*path), f"{place.title}: {message}")


def absent(what: str) -> Violation:
    """The subject of the rule is missing from the whole answer."""
    return Absent("", None, f"the manifests hold no {what}")


def once(violations: Iterator[Violation]) -> Iterator[Violation]:
    """Each violation once: an object that two overlays render is still one object in one file."""
    return iter(dict.fromkeys(violations))
