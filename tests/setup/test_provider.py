from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from setup import provider
from setup.places import this_platform
from setup.problem import SetupProblem
from setup.provider import bring_provider, directory_hash
from setup.tool import Tool

TOOL = Tool("terraform-provider-aws", ("terraform",), ("mirror",), "hashicorp/aws/5.100.0", "set the mirror")


def no_mirror(*_: object) -> None:
    """A machine on which no mirror is found."""


def sums(files: dict[str, bytes]) -> str:
    lines = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())
    )
    return base64.b64encode(hashlib.sha256(lines.encode()).digest()).decode()


def test_directory_hash_is_that_of_go_modules(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "b").write_bytes(b"2")
    (tmp_path / "sub" / "a").write_bytes(b"1")
    assert directory_hash(tmp_path) == sums({"b": b"2", "sub/a": b"1"})


def test_a_found_provider_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "5.100.0" / this_platform()
    folder.mkdir(parents=True)
    (folder / "plugin").write_bytes(b"x")

    def found(*_: object) -> Path:
        return folder

    monkeypatch.setattr(provider, "find_provider", found)
    assert bring_provider(replace(TOOL, h1={this_platform(): sums({"plugin": b"x"})}), None) == folder
    with pytest.raises(SetupProblem, match=r"has the hash h1:.*\n    Remedy: set the mirror"):
        bring_provider(replace(TOOL, h1={this_platform(): "other"}), None)


def test_terraform_fills_a_mirror_of_our_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: Callable[[str, str], Path]
) -> None:
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("terraform-provider-aws_v5.100.0_x5", b"plugin")
    name = f"terraform-provider-aws_5.100.0_{this_platform()}.zip"
    terraform = script(
        "terraform",
        'grep -q "source = .hashicorp/aws., version = .5.100.0." main.tf || exit 1\n'
        'target="$4/registry.example/hashicorp/aws"\n'
        f'mkdir -p "$target" && cp {packed} "$target/{name}"',
    )
    monkeypatch.setattr(provider, "find_provider", no_mirror)
    monkeypatch.setattr(provider, "MIRROR", tmp_path / "own")
    folder = bring_provider(TOOL, terraform)
    assert folder == tmp_path / "own/registry.example/hashicorp/aws/5.100.0" / this_platform()
    assert (folder / "terraform-provider-aws_v5.100.0_x5").stat().st_mode & 0o111


def test_without_mirror_and_terraform_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider, "find_provider", no_mirror)
    with pytest.raises(SetupProblem, match=r"no terraform to fetch it\n    Remedy: set the mirror"):
        bring_provider(TOOL, None)
