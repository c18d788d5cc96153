"""Takes a program out of its vendor's release."""

from __future__ import annotations

import tempfile
from pathlib import Path

from setup.download import download
from setup.places import VENDOR, this_platform
from setup.problem import SetupProblem
from setup.program_file import install_from_archive, is_from
from setup.tool import Tool


def from_vendor(tool: Tool) -> Path:
    """The tool's program, out of the release in tools.toml for this platform, put into .tools/vendor."""
    archive = tool.release.archives.get(this_platform()) if tool.release else None
    if tool.release is None or archive is None:
        raise SetupProblem(f"tools.toml names no release for {this_platform()}")
    target = VENDOR / tool.file
    origin = f"{archive.url} {archive.sha256}"
    if is_from(target, origin):
        return target
    with tempfile.TemporaryDirectory(prefix="drydock-") as folder:
        file = Path(folder) / archive.url.rsplit("/", 1)[-1]
        download(archive.url, archive.sha256, file)
        install_from_archive(file, tool.release.member, target, origin)
    return target
