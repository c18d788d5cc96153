from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from setup import vendor as vendor_module
from setup.places import this_platform
from setup.problem import SetupProblem
from setup.programs import bring_program
from setup.tool import Archive, Release, Tool

from .conftest import Vendor


def tool(release: Release | None = None) -> Tool:
    return Tool(
        name="newtool",
        grades=("x",),
        find=("path", "vendor"),
        file="newtool",
        remedy="install newtool",
        version_command=("--version",),
        accept=">=2,<3",
        release=release,
    )


def test_one_on_path_in_an_accepted_version_is_taken(script: Callable[[str, str], Path]) -> None:
    program = script("newtool", "echo newtool 2.5")
    assert bring_program(tool()) == program


def test_every_reason_and_the_remedy_are_named(script: Callable[[str, str], Path]) -> None:
    program = script("newtool", "echo newtool 1.9")
    with pytest.raises(SetupProblem) as caught:
        bring_program(tool())
    assert f"path: {program} is 1.9, needed is >=2,<3" in str(caught.value)
    assert f"vendor: tools.toml names no release for {this_platform()}" in str(caught.value)
    assert "Remedy: install newtool" in str(caught.value)


def test_the_vendors_release_follows_where_path_has_none(
    script: Callable[[str, str], Path], vendor: Vendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script("other", "")
    monkeypatch.setattr(vendor_module, "VENDOR", tmp_path / "vendor")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        info = tarfile.TarInfo("newtool-2.1/newtool")
        content = b"#!/bin/sh\necho newtool 2.1\n"
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    vendor.files["/newtool.tar.gz"] = packed.getvalue()
    sha256 = hashlib.sha256(packed.getvalue()).hexdigest()
    release = Release(
        "2.1", "newtool", {this_platform(): Archive(f"{vendor.address}/newtool.tar.gz", sha256)}
    )
    assert bring_program(tool(release)) == tmp_path / "vendor" / "newtool"
