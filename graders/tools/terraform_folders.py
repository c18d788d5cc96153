"""What has to be known of Terraform files before `terraform validate` can judge them: roots, modules,
providers."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from graders.artifact import Artifact


@dataclass(frozen=True, slots=True)
class Requirement:
    """A version constraint for a provider: `source` as in `hashicorp/aws`, on `line` (1-based) of `file`."""

    file: str
    line: int
    source: str
    constraint: str


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """A module of another place than this configuration's own folders."""

    file: str
    line: int
    source: str


@dataclass(slots=True)
class Folders:
    """`roots` are the folders to validate, in order; a folder that another one uses as its module is none."""

    roots: list[str]
    has_modules: bool
    requirements: list[Requirement]
    remote: list[ModuleCall]


def survey(artifacts: Sequence[Artifact]) -> Folders:
    """Read all configuration files of a bundle. A file that is no HCL adds its folder only: validate says
    why."""
    folders: dict[str, None] = {}
    used: set[str] = set()
    found = Folders([], False, [], [])
    for artifact in artifacts:
        folder = posixpath.dirname(artifact.path)
        folders[folder] = None
        body = _body(artifact)
        found.requirements += _requirements(artifact, body)
        for block in _blocks(body.get("module")):
            for call in _blocks(list(block.values())):
                source = call.get("source")
                if not isinstance(source, str):
                    continue
                if source.startswith(("./", "../")):
                    found.has_modules = True
                    used.add(posixpath.normpath(posixpath.join(folder, source)).removeprefix("."))
                else:
                    found.remote.append(ModuleCall(artifact.path, _line(artifact.text, source), source))
    found.roots = [folder for folder in folders if folder not in used] or [*folders]
    return found


def _body(artifact: Artifact) -> dict[str, Any]:
    import pygohcl  # pyright: ignore[reportMissingTypeStubs]

    load: Any = json.loads if artifact.path.endswith(".json") else pygohcl.loads  # pyright: ignore
    try:
        read: Any = load(artifact.text)
    except (pygohcl.HCLParseError, pygohcl.HCLInternalError, ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", read) if isinstance(read, dict) else {}


def _requirements(artifact: Artifact, body: dict[str, Any]) -> Iterator[Requirement]:
    for terraform in _blocks(body.get("terraform")):
        for block in _blocks(terraform.get("required_providers")):
            for name, given in block.items():
                short: dict[str, Any] = {"version": given}
                wanted = cast("dict[str, Any]", given) if isinstance(given, dict) else short
                source, version = wanted.get("source", f"hashicorp/{name}"), wanted.get("version")
                if isinstance(version, str) and isinstance(source, str):
                    source = source.lower().removeprefix("registry.terraform.io/")
                    yield Requirement(artifact.path, _line(artifact.text, version), source, version)


def _blocks(value: Any) -> list[dict[str, Any]]:
    """A block that stands once is a mapping, one that is repeated a list of them."""
    values = cast("list[Any]", value) if isinstance(value, list) else [value]
    return [cast("dict[str, Any]", item) for item in values if isinstance(item, dict)]


def _line(text: str, literal: str) -> int:
    """The line on which a string literal stands first; 1 when it is written in another way."""
    before, found, _ = text.partition(f'"{literal}"')
    return before.count("\n") + 1 if found else 1
