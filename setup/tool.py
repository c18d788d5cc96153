"""An entry of tools.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from setup.places import ROOT


@dataclass(frozen=True, slots=True)
class DebianPackage:
    """A Debian package: pinned version, and its checksum by Debian architecture (hex)."""

    package: str
    version: str
    sha256: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Archive:
    """A vendor's archive for one platform: address and checksum (hex)."""

    url: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Release:
    """A vendor's release: its archives by platform (`linux_amd64`), and the program's file name in them."""

    version: str
    member: str
    archives: Mapping[str, Archive]


@dataclass(frozen=True, slots=True)
class Tool:
    """An external program, as the head of tools.toml explains its keys."""

    name: str
    grades: tuple[str, ...]
    find: tuple[str, ...]
    file: str
    remedy: str
    version_command: tuple[str, ...] = ()
    accept: str = ""
    debian: DebianPackage | None = None
    release: Release | None = None
    h1: Mapping[str, str] = field(default_factory=dict[str, str])


def read_tools(path: Path) -> dict[str, Tool]:
    """All tools of a tools.toml, by name, in the order of the file."""
    entries: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: _tool(name, entry) for name, entry in entries.items()}


@cache
def known_tools() -> dict[str, Tool]:
    """The tools of this clone's tools.toml."""
    return read_tools(ROOT / "tools.toml")


def _tool(name: str, entry: dict[str, Any]) -> Tool:
    return Tool(
        name=name,
        grades=tuple(entry["grades"]),
        find=tuple(entry["find"]),
        file=entry["file"],
        remedy=entry["remedy"],
        version_command=tuple(entry.get("version_command", ())),
        accept=entry.get("accept", ""),
        debian=DebianPackage(**entry["debian"]) if "debian" in entry else None,
        release=_release(entry["release"]) if "release" in entry else None,
        h1=entry.get("h1", {}),
    )


def _release(entry: dict[str, Any]) -> Release:
    archives = {
        name: Archive(url=value["url"], sha256=value["sha256"])
        for name, value in entry.items()
        if name not in ("version", "member")
    }
    return Release(version=entry["version"], member=entry["member"], archives=archives)
