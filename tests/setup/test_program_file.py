from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from setup.problem import SetupProblem
from setup.program_file import install_from_archive, install_program, is_from


def make_zip(file: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file


def make_tar(file: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(file, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return file


def test_program_of_a_zip(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"LICENSE": b"text", "terraform": b"program"})
    install_from_archive(archive, "terraform", tmp_path / "vendor" / "terraform", "x 1")
    assert (tmp_path / "vendor" / "terraform").read_bytes() == b"program"
    assert os.access(tmp_path / "vendor" / "terraform", os.X_OK)


def test_program_in_a_folder_of_a_tarball(tmp_path: Path) -> None:
    archive = make_tar(tmp_path / "a.tar.gz", {"x-1/prometheus": b"no", "x-1/promtool": b"program"})
    install_from_archive(archive, "promtool", tmp_path / "promtool", "x 1")
    assert (tmp_path / "promtool").read_bytes() == b"program"


def test_paths_of_an_archive_lead_nowhere(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    archive = make_tar(inner / "a.tar.gz", {"../../promtool": b"x"})
    install_from_archive(archive, "promtool", inner / "promtool", "x 1")
    assert sorted(path.name for path in tmp_path.rglob("*")) == [
        "a.tar.gz",
        "inner",
        "promtool",
        "promtool.origin",
    ]


@pytest.mark.parametrize("members", [{"README": b"x"}, {"a/promtool": b"x", "b/promtool": b"y"}])
def test_exactly_one_member_is_expected(tmp_path: Path, members: dict[str, bytes]) -> None:
    with pytest.raises(SetupProblem, match="expected is one"):
        install_from_archive(make_zip(tmp_path / "a.zip", members), "promtool", tmp_path / "promtool", "x 1")


def test_an_open_program_keeps_its_content(tmp_path: Path) -> None:
    target = tmp_path / "promtool"
    install_program(io.BytesIO(b"old"), target, "x 1")
    with target.open("rb") as running:
        install_program(io.BytesIO(b"new"), target, "x 2")
        assert running.read() == b"old"
    assert target.read_bytes() == b"new"


def test_origin_is_known_until_the_program_is_gone_or_another(tmp_path: Path) -> None:
    target = tmp_path / "promtool"
    assert not is_from(target, "x 1")
    install_program(io.BytesIO(b"old"), target, "x 1")
    assert is_from(target, "x 1")
    assert not is_from(target, "x 2")
    install_program(io.BytesIO(b"new"), target, "x 2")
    assert is_from(target, "x 2")
    target.unlink()
    assert not is_from(target, "x 2")
