"""Kubernetes manifests against the strict schemas of one version. Codes: `syntax`, `schema`, `removed-api` (a
built-in API that this version does not serve) and, of level `info`, `unknown-kind` (an API of somebody
else's)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from graders import limits
from graders.artifact import Artifact
from graders.report import Message, Report
from graders.tools.batch import OUTSIDE_LIMITS
from graders.yaml_lines import Unparsable, YamlList, YamlMap, load_all

NAME = "kubernetes_schema"
KINDS = frozenset({"kubernetes"})
KUBERNETES = "1.31"

_PACKAGE = "kubernetes-validate"
_MAX_ERRORS = 50
_MAX_TEXT = 300
# Built-in groups that no version in the package has any more.
_FORMER_GROUPS = frozenset({"extensions", "settings.k8s.io", "auditregistration.k8s.io"})


class SchemasMissing(Exception):
    """The schemas can't be read; the text says why."""


@dataclass(frozen=True, slots=True)
class _Schemas:
    names: dict[tuple[str, str], str]
    """Definition names by (apiVersion, kind)."""
    groups: frozenset[str]
    registry: Any
    address: str


def run(bundles: Sequence[Sequence[Artifact]], kubernetes: str = KUBERNETES) -> list[Report]:
    """Validate every document of every manifest as Kubernetes `kubernetes` (`1.31`) would read it."""
    reports: list[Report] = []
    for bundle in bundles:
        manifests = [artifact for artifact in bundle if artifact.kind in KINDS and artifact.whole]
        if not manifests:
            reports.append(Report(NAME, ""))
            continue
        try:
            installed = f"{version(_PACKAGE)} for Kubernetes {kubernetes}"
            _prove(kubernetes)
            messages = [message for artifact in manifests for message in _judged(artifact, kubernetes)]
            judged = frozenset(artifact.path for artifact in manifests)
            reports.append(Report(NAME, installed, tuple(messages), judged))
        except PackageNotFoundError:
            reports.append(Report(NAME, "", failure=f"the package {_PACKAGE} is missing; run `make setup`"))
        except Exception as error:  # noqa: BLE001 (trouble of the validator, of whatever type)
            reports.append(Report(NAME, "", failure=f"{type(error).__name__}: {error}"[:_MAX_TEXT]))
    return reports


def _judged(artifact: Artifact, kubernetes: str) -> Iterator[Message]:
    try:
        limits.check(artifact.text)
        documents = load_all(artifact.text, "1.1")
    except limits.OutsideLimits as broken:
        yield Message(artifact.path, broken.line, OUTSIDE_LIMITS, broken.message)
    except Unparsable as broken:
        yield Message(artifact.path, broken.line, "syntax", broken.message)
    else:
        for document in documents:
            if document is not None:
                yield from _document(artifact.path, document, kubernetes)


def _document(path: str, document: Any, kubernetes: str) -> Iterator[Message]:
    if not isinstance(document, YamlMap):
        line = document.line if isinstance(document, YamlList) else 1
        yield Message(path, line, "schema", "a manifest must be a mapping")
        return
    api, kind = document.get("apiVersion"), document.get("kind")
    if not isinstance(api, str) or not isinstance(kind, str):
        yield Message(path, document.line, "schema", "a manifest needs apiVersion and kind, both text")
        return
    items = document.get("items")
    if (api, kind) == ("v1", "List") and isinstance(items, YamlList):
        for item in items:
            yield from _document(path, item, kubernetes)
        return
    schemas = _schemas(kubernetes)
    group = api.rpartition("/")[0]
    name = schemas.names.get((api, kind))
    line = document.lines["apiVersion"]
    if name is not None:
        yield from _errors(path, document, name, schemas)
    elif group not in schemas.groups | _FORMER_GROUPS:
        text = f"{api} {kind} is no built-in API: its fields are not checked"
        yield Message(path, line, "unknown-kind", text, "info")
    elif any(api == known for known, _ in schemas.names):
        yield Message(path, document.lines["kind"], "schema", f"{api} has no kind {kind}")
    else:
        yield Message(path, line, "removed-api", f"Kubernetes {kubernetes} does not serve {api} {kind}")


def _errors(path: str, document: YamlMap, name: str, schemas: _Schemas) -> Iterator[Message]:
    from jsonschema import Draft202012Validator

    schema = {"$ref": f"{schemas.address}#/$defs/{name}"}
    validator: Any = Draft202012Validator(schema, registry=schemas.registry)
    for number, error in enumerate(validator.iter_errors(document)):
        if number == _MAX_ERRORS:
            return
        place = ".".join(str(step) for step in error.absolute_path) or "the manifest"
        extra = _unexpected(error)
        for key in extra:
            yield Message(path, error.instance.lines[key], "schema", f"{place}: there is no field {key!r}")
        if not extra:
            text = f"{place}: {error.message}"[:_MAX_TEXT]
            yield Message(path, _line(document, error.absolute_path), "schema", text)


def _unexpected(error: Any) -> list[str]:
    """The keys that an error about additional properties speaks of."""
    if error.validator != "additionalProperties" or not isinstance(error.instance, YamlMap):
        return []
    return [key for key in error.instance if key not in error.schema.get("properties", {})]


def _line(document: YamlMap, steps: Sequence[str | int]) -> int:
    line, value = document.line, document
    for step in steps:
        container: Any = value
        line, value = container.lines[step], container[step]
    return line


@cache
def _schemas(kubernetes: str) -> _Schemas:
    from referencing import Registry, Resource

    found = find_spec("kubernetes_validate")
    if found is None or found.origin is None:
        raise SchemasMissing(f"the package {_PACKAGE} is missing")
    folder = Path(found.origin).parent / "kubernetes-json-schema" / f"v{kubernetes}.0-local-strict"
    contents: dict[str, Any] = json.loads((folder / "_definitions.json").read_text())
    names: dict[tuple[str, str], str] = {}
    for name, definition in contents["$defs"].items():
        served = definition.get("x-kubernetes-group-version-kind", [])
        if len(served) == 1:  # several: not an object of its own, such as DeleteOptions
            group, number, kind = (served[0][key] for key in ("group", "version", "kind"))
            names[f"{group}/{number}" if group else number, kind] = name
    resource: Any = Resource.from_contents(contents)  # pyright: ignore[reportUnknownMemberType]
    registry: Any = Registry().with_resource(contents["$id"], resource)  # pyright: ignore
    groups = frozenset(api.rpartition("/")[0] for api, _ in names)
    return _Schemas(names, groups, registry, contents["$id"])


_GOOD = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n"
_BAD = _GOOD.replace("ports", "portz")


@cache
def _prove(kubernetes: str) -> None:
    """Raise unless these schemas tell a bad manifest from a good one."""
    found = [[*_judged(Artifact("canary", "kubernetes", text), kubernetes)] for text in (_GOOD, _BAD)]
    if found[0] or [(message.line, message.code) for message in found[1]] != [(4, "schema")]:
        raise SchemasMissing(f"the schemas of Kubernetes {kubernetes} do not find an unknown field")
