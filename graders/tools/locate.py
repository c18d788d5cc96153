"""Finds the external programs of tools.toml on this machine and says which version each is."""

from __future__ import annotations

import os
import shutil
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graders.tools.version_memory import VersionMemory
from setup import places
from setup.provider_mirror import find_provider
from setup.tool import Tool, known_tools
from setup.version import accepted, ask_version


@dataclass(frozen=True, slots=True)
class Installation:
    """A program that graders may use: `path` is absolute; `version` is dotted and without a leading `v`.

    Of `terraform-provider-aws` it is this platform's folder, `MIRROR/HOST/hashicorp/aws/VERSION/OS_ARCH`; of
    `checkov` it is the Python interpreter of checkov's own environment.
    """

    name: str
    path: Path
    version: str


class ToolMissing(Exception):
    """A program that is not here, or only in a version that graders don't know; `remedy` says what to do."""

    def __init__(self, name: str, reason: str, remedy: str) -> None:
        super().__init__(f"{name}: {reason}; {remedy}")
        self.name = name
        self.reason = reason
        self.remedy = remedy


@cache
def locate(name: str) -> Installation:
    """The first acceptable installation of a tool of tools.toml; raises ToolMissing where there is none."""
    tool = known_tools()[name]
    refusals: list[str] = []
    for place in tool.find:
        path = _PLACES[place](tool)
        if path is None or not path.exists():
            continue
        version = _version(tool, path)
        if version is None:
            refusals.append(f"{path} does not say its version")
        elif not accepted(version, tool.accept):
            refusals.append(f"{path} is {version}, needed is {tool.accept}")
        else:
            return Installation(name, path, version)
    raise ToolMissing(name, ", ".join(refusals) or "not found", tool.remedy)


def every_tool() -> list[Installation | ToolMissing]:
    """What was found of each tool, in the order of tools.toml."""
    return [_located_or_missing(name) for name in known_tools()]


def mirror_root(provider: Installation) -> Path:
    """The mirror that a provider was found in: the folder above HOST/NAMESPACE/TYPE/VERSION/OS_ARCH."""
    return provider.path.parents[4]


def _located_or_missing(name: str) -> Installation | ToolMissing:
    try:
        return locate(name)
    except ToolMissing as missing:
        return missing


def _on_path(tool: Tool) -> Path | None:
    found = shutil.which(tool.file)
    return Path(found).resolve() if found else None


_PLACES: dict[str, Callable[[Tool], Path | None]] = {
    "python": lambda tool: Path(sysconfig.get_path("purelib")) / tool.file,
    "scripts": lambda tool: Path(sysconfig.get_path("scripts")) / tool.file,
    "checkov": lambda tool: places.CHECKOV / tool.file,
    "debian": lambda tool: places.DEBIAN / tool.file,
    "vendor": lambda tool: places.VENDOR / tool.file,
    "path": _on_path,
    "mirror": lambda tool: find_provider(tool.file, os.environ),
}


def _version(tool: Tool, path: Path) -> str | None:
    if not tool.version_command:
        return path.parent.name
    memory = VersionMemory(places.TOOLS / "versions.json")
    known = memory.recall(path)
    if known is not None:
        return known
    version = ask_version(path, tool.version_command)
    if version is not None:
        memory.remember(path, version)
    return version
