"""Brings the Terraform provider: from a mirror on this machine, else into a mirror of our own."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import tempfile
import zipfile
from pathlib import Path

from setup.places import MIRROR, this_platform
from setup.problem import SetupProblem
from setup.provider_mirror import find_provider
from setup.run import run
from setup.tool import Tool


def bring_provider(tool: Tool, terraform: Path | None) -> Path:
    """The provider's folder for this platform, checked against its hash where tools.toml has one.

    `terraform` is the program that fetches the provider where no mirror has it, None if there is none.
    """
    folder = find_provider(tool.file, os.environ)
    try:
        if folder is None:
            folder = _mirrored(tool, terraform)
        _check(tool, folder)
    except SetupProblem as problem:
        raise SetupProblem(f"{tool.name} can't be had: {problem}\n    Remedy: {tool.remedy}") from problem
    print(f"    {tool.name} {folder.parent.name}: {folder}", flush=True)
    return folder


def directory_hash(folder: Path) -> str:
    """The directory hash `h1` of Go modules, as Terraform's lock files record it, without its prefix.

    It is the base64 of the SHA-256 over one line `HEX  NAME` for each file, sorted by name.
    """
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        with file.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()
        digest.update(f"{content}  {file.relative_to(folder).as_posix()}\n".encode())
    return base64.b64encode(digest.digest()).decode()


def _check(tool: Tool, folder: Path) -> None:
    expected = tool.h1.get(this_platform())
    if expected is not None and (found := directory_hash(folder)) != expected:
        raise SetupProblem(f"{folder} has the hash h1:{found}, expected is h1:{expected}")


def _mirrored(tool: Tool, terraform: Path | None) -> Path:
    """Lets Terraform fetch the provider, signature checked by Terraform, and unpacks it into .tools."""
    if terraform is None:
        raise SetupProblem("no mirror here has it, and there is no terraform to fetch it")
    namespace, name, version = tool.file.split("/")
    with tempfile.TemporaryDirectory(prefix="drydock-") as folder:
        work = Path(folder)
        wanted = f'{name} = {{ source = "{namespace}/{name}", version = "{version}" }}'
        (work / "main.tf").write_text(f"terraform {{\n  required_providers {{\n    {wanted}\n  }}\n}}\n")
        (work / "terraform.rc").write_text("disable_checkpoint = true\n")
        settings = {"TF_CLI_CONFIG_FILE": str(work / "terraform.rc"), "CHECKPOINT_DISABLE": "1"}
        mirror = [terraform, "providers", "mirror", f"-platform={this_platform()}", work / "mirror"]
        run(mirror, folder=work, settings=settings)
        packed = list((work / "mirror").glob(f"*.*/{namespace}/{name}/*_{version}_{this_platform()}.zip"))
        if len(packed) != 1:
            raise SetupProblem(f"terraform mirrored {len(packed)} packages of {tool.file}, expected is one")
        host = packed[0].relative_to(work / "mirror").parts[0]
        target = MIRROR / host / tool.file / this_platform()
        shutil.rmtree(target, ignore_errors=True)
        _unpack(packed[0], target)
    return target


def _unpack(packed: Path, target: Path) -> None:
    with zipfile.ZipFile(packed) as content:
        content.extractall(target)
    for program in target.glob("terraform-provider-*"):
        program.chmod(0o755)
