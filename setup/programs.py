"""Brings one external program from the first place in tools.toml that has it in an accepted version."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from setup.debian import from_debian
from setup.problem import SetupProblem
from setup.tool import Tool
from setup.vendor import from_vendor
from setup.version import accepted, ask_version


def bring_program(tool: Tool) -> Path:
    """The program from the first place that has an accepted version; else SetupProblem with the reasons."""
    reasons: list[str] = []
    for place in tool.find:
        try:
            program = _PLACES[place](tool)
            version = ask_version(program, tool.version_command)
            if version is None:
                raise SetupProblem(f"{program} does not run here")
            if not accepted(version, tool.accept):
                raise SetupProblem(f"{program} is {version}, needed is {tool.accept}")
        except SetupProblem as problem:
            reasons.append(f"{place}: {problem}")
        else:
            print(f"    {tool.name} {version}: {program}", flush=True)
            return program
    raise SetupProblem("\n    ".join([f"{tool.name} can't be had:", *reasons, f"Remedy: {tool.remedy}"]))


def _from_path(tool: Tool) -> Path:
    found = shutil.which(tool.file)
    if found is None:
        raise SetupProblem(f"no {tool.file} on PATH")
    return Path(found)


_PLACES: dict[str, Callable[[Tool], Path]] = {
    "debian": from_debian,
    "vendor": from_vendor,
    "path": _from_path,
}
