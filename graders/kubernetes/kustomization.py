"""Kustomization files: recognised as a kind of their own, and read for what changes the objects that they list.

What is read: resources, bases and components, namespace, images, labels and commonLabels, replicas, and the
generators' literals. Patches, name prefixes and remote resources are not: an object counts as its own file gives it.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from graders.artifact import Artifact
from graders.kubernetes.shapes import labels, mapping, sequence, text
from graders.yaml_lines import Unparsable, YamlMap, load

KIND = "kustomization"
_NAMES = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
# Flux has a custom resource of the same kind in kustomize.toolkit.fluxcd.io, which is an ordinary object.
_GROUP = re.compile(r"^apiVersion:\s*[\"']?kustomize\.config\.k8s\.io/", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class LabelSetting:
    """Labels that are added to every object: `selectors` also to selectors (and templates), `templates` to pods."""

    pairs: dict[str, str]
    selectors: bool
    templates: bool


@dataclass(frozen=True, slots=True)
class Image:
    """An `images:` entry: what replaces the name, tag and digest of images of that name."""

    name: str
    new_name: str
    new_tag: str
    digest: str


@dataclass(frozen=True, slots=True)
class Literal:
    """One KEY=value pair of a generator."""

    generator: str
    key: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Kustomization:
    """One kustomization file; `includes` are the normalised paths of the files and folders that it lists."""

    path: str
    includes: tuple[str, ...]
    namespace: str | None
    images: tuple[Image, ...]
    labels: tuple[LabelSetting, ...]
    replicas: dict[str, int]
    secrets: tuple[Literal, ...]
    config: tuple[Literal, ...]

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path)


def recognises(path: str | None, info: str, text: str) -> bool:
    """By its fixed name, else by its API group."""
    if path is not None and PurePosixPath(path).name in _NAMES:
        return True
    suffix_fits = path is None or PurePosixPath(path).suffix in (".yaml", ".yml")
    return suffix_fits and _GROUP.search(text) is not None


def parse(artifact: Artifact) -> Kustomization:
    """Raises `Unparsable` where the text is no single mapping."""
    body = load(artifact.text, scalars="1.1")
    if not isinstance(body, YamlMap):
        raise Unparsable(1, "a kustomization is a mapping")
    folder = posixpath.dirname(artifact.path)
    listed = [text(item) for key in ("resources", "bases", "components") for item in sequence(body.get(key))]
    return Kustomization(
        path=artifact.path,
        includes=tuple(posixpath.normpath(posixpath.join(folder, item)) for item in listed if item),
        namespace=text(body.get("namespace")) or None,
        images=tuple(_image(mapping(item)) for item in sequence(body.get("images"))),
        labels=tuple(_label_settings(body)),
        replicas={
            text(item.get("name")): count
            for item in map(mapping, sequence(body.get("replicas")))
            if isinstance(count := item.get("count"), int)
        },
        secrets=tuple(_literals(body, "secretGenerator")),
        config=tuple(_literals(body, "configMapGenerator")),
    )


def _image(item: dict[str, Any]) -> Image:
    tag = item.get("newTag")
    return Image(
        name=text(item.get("name")),
        new_name=text(item.get("newName")),
        new_tag="" if tag is None else str(tag),
        digest=text(item.get("digest")),
    )


def _label_settings(body: YamlMap) -> list[LabelSetting]:
    settings = [
        LabelSetting(
            labels(item.get("pairs")),
            selectors=item.get("includeSelectors") is True,
            templates=item.get("includeSelectors") is True or item.get("includeTemplates") is True,
        )
        for item in map(mapping, sequence(body.get("labels")))
    ]
    if common := labels(body.get("commonLabels")):
        settings.append(LabelSetting(common, selectors=True, templates=True))
    return settings


def _literals(body: YamlMap, generator: str) -> list[Literal]:
    found: list[Literal] = []
    for item in map(mapping, sequence(body.get(generator))):
        literals = item.get("literals")
        lines: list[int] = getattr(literals, "lines", [])
        for index, literal in enumerate(sequence(literals)):
            key, _, value = text(literal).partition("=")
            line = lines[index] if index < len(lines) else 1
            found.append(Literal(generator, key, value.strip("\"'"), line))
    return found
