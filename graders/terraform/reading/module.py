"""Folders of Terraform files, and modules: a folder with the arguments that it was called with."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graders.terraform.language.syntax import Attribute, Block, Expression, File

_MODES = {"resource": "managed", "data": "data", "ephemeral": "ephemeral"}


@dataclass(frozen=True, slots=True)
class Located:
    """A block and the file that it stands in."""

    block: Block
    path: str


@dataclass(frozen=True, slots=True)
class Folder:
    """What one folder declares. Terraform reads all files of a folder as one."""

    path: str
    resources: dict[tuple[str, str, str], Located] = field(
        default_factory=dict[tuple[str, str, str], Located]
    )
    variables: dict[str, Located] = field(default_factory=dict[str, Located])
    outputs: dict[str, Located] = field(default_factory=dict[str, Located])
    modules: dict[str, Located] = field(default_factory=dict[str, Located])
    locals: dict[str, tuple[Attribute, str]] = field(default_factory=dict[str, tuple[Attribute, str]])
    providers: list[Located] = field(default_factory=list[Located])
    settings: list[Located] = field(default_factory=list[Located])

    def add(self, file: File) -> None:
        for block in file.body.blocks:
            located = Located(block, file.path)
            labels = block.labels
            if block.type in _MODES and len(labels) == 2:
                self.resources[(_MODES[block.type], labels[0], labels[1])] = located
            elif block.type in ("variable", "output", "module") and len(labels) == 1:
                {"variable": self.variables, "output": self.outputs, "module": self.modules}[block.type][
                    labels[0]
                ] = located
            elif block.type == "provider" and len(labels) == 1:
                self.providers.append(located)
            elif block.type == "terraform":
                self.settings.append(located)
            elif block.type == "locals":
                for attribute in block.body.attributes.values():
                    self.locals[attribute.name] = (attribute, file.path)


def folders(files: Iterable[File]) -> dict[str, Folder]:
    """The folders of these files by path ("" is the answer's own top)."""
    found: dict[str, Folder] = {}
    for file in files:
        path = posixpath.dirname(file.path)
        found.setdefault(path, Folder(path)).add(file)
    return found


def local_source(folder: str, source: str) -> str | None:
    """The folder that a `source` beside `folder` names, None for a source that is not on this disk."""
    if not source.startswith(("./", "../")):
        return None
    path = posixpath.normpath(posixpath.join(folder, source))
    return "" if path == "." else path


@dataclass(slots=True)
class Tree:
    """What all modules of one configuration share, and how much work may still be spent on evaluating it."""

    folders: Mapping[str, Folder]
    texts: Mapping[str, str]
    steps: int = 400_000
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Bound:
    """An expression with the scope in which it means something."""

    expression: Expression
    scope: Scope


@dataclass(eq=False, slots=True)
class Module:
    """One instance of a folder: the root, or what a `module` block made of it.

    `address` is `module.a.` without keys, `instance` the same with them (`module.a["x"].`).
    """

    tree: Tree
    folder: Folder
    arguments: Mapping[str, Bound] = field(default_factory=dict[str, Bound])
    address: str = ""
    instance: str = ""
    level: int = 0
    parent: Module | None = None
    call: Block | None = None
    known_locals: dict[str, Any] = field(default_factory=dict[str, Any])
    known_variables: dict[str, Any] = field(default_factory=dict[str, Any])
    known_objects: dict[str, Any] = field(default_factory=dict[str, Any])
    children: dict[str, list[tuple[Any, Module]]] = field(
        default_factory=dict[str, "list[tuple[Any, Module]]"]
    )

    def local_address(self, mode: str, type: str, name: str) -> str:
        """The address of a resource of this module, instance keys left out."""
        return self.address + _local(mode, type, name)

    def instance_address(self, mode: str, type: str, name: str, key: Any = None) -> str:
        """The address of one instance of a resource, as Terraform writes it; without its own key for None. What is not
        known of it (`Unknown.about`) starts with it."""
        return self.instance + _local(mode, type, name) + written_key(key)


def written_key(key: Any) -> str:
    """An instance key as Terraform writes it in addresses; "" for None."""
    if key is None:
        return ""
    if not isinstance(key, str):
        return f"[{key}]"
    return f"[{json.dumps(key, ensure_ascii=False).replace('${', '$${').replace('%{', '%%{')}]"


def _local(mode: str, type: str, name: str) -> str:
    return f"{'' if mode == 'managed' else mode + '.'}{type}.{name}"


@dataclass(frozen=True, slots=True)
class Name:
    """What a name that is bound in a scope (`each`, `count`, an iterator, a name of a `for`) stands for.

    `source` is the expression that it was taken from.
    """

    value: Any
    source: Bound | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression is read: its module and the names bound around it."""

    module: Module
    names: Mapping[str, Name] = field(default_factory=dict[str, Name])

    def with_names(self, **names: Name) -> Scope:
        return Scope(self.module, {**self.names, **names})
