"""Takes programs out of Debian packages without installing them: no root, no daemon started."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from setup.places import DEBIAN, TOOLS
from setup.problem import SetupProblem
from setup.program_file import install_program, is_from
from setup.run import run
from setup.tool import DebianPackage, Tool

_STATE = TOOLS / "apt"


def from_debian(tool: Tool) -> Path:
    """The tool's program, taken out of its Debian package and put into .tools/debian.

    apt checks a package against the distribution's signed index; the pinned version must have the checksum of
    tools.toml as well. Where that version is no longer served, the candidate is taken.
    """
    if tool.debian is None or not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise SetupProblem("there is no apt here")
    target = DEBIAN / tool.file
    if is_from(target, f"{tool.debian.package} {tool.debian.version}"):
        return target
    _update_index()
    with tempfile.TemporaryDirectory(prefix="drydock-") as folder:
        package = _fetch(tool.debian, Path(folder))
        run(["dpkg-deb", "-x", package, Path(folder) / "content"])
        program = Path(folder) / "content" / "usr" / "bin" / tool.file
        with program.open("rb") as stream:
            install_program(stream, target, f"{tool.debian.package} {_field(package, 'Version')}")
    return target


def _apt(*arguments: str) -> list[str]:
    """An apt-get that keeps its lists in the clone: it needs no root and leaves the machine's own alone."""
    for folder in ("lists/partial", "cache/archives/partial"):
        (_STATE / folder).mkdir(parents=True, exist_ok=True)
    options = [
        f"Dir::State::Lists={_STATE / 'lists'}",
        f"Dir::Cache={_STATE / 'cache'}",
        f"APT::Sandbox::User={_user()}",
        "APT::Get::List-Cleanup=0",
        "Acquire::Languages=none",
        "Acquire::Retries=2",
    ]
    return ["apt-get", "-qq", *(f"-o{option}" for option in options), *arguments]


def _user() -> str:
    # As root, apt would fetch as the user _apt, who can't write into the clone.
    return "root" if os.geteuid() == 0 else ""


@cache
def _update_index() -> None:
    run(_apt("update"))


def _fetch(package: DebianPackage, folder: Path) -> Path:
    try:
        run(_apt("download", f"{package.package}={package.version}"), folder=folder)
        pinned = True
    except SetupProblem:
        run(_apt("download", package.package), folder=folder)
        pinned = False
    (file,) = folder.glob("*.deb")
    if not pinned:
        print(f"    {package.version} is not served here; took {file.name}, checked by apt", flush=True)
    elif (expected := package.sha256.get(_field(file, "Architecture"))) is not None:
        found = hashlib.sha256(file.read_bytes()).hexdigest()
        if found != expected:
            raise SetupProblem(f"{file.name} has the checksum {found}, expected is {expected}")
    return file


def _field(package: Path, name: str) -> str:
    """A field of a package's control file, such as its Version."""
    ask = ["dpkg-deb", "--field", str(package), name]
    return subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
