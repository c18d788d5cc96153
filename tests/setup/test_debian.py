"""apt-get and dpkg-deb are scripts here: what they were asked is seen, nothing is fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from setup import debian
from setup.debian import from_debian
from setup.problem import SetupProblem
from setup.tool import DebianPackage, Tool

SHA256 = hashlib.sha256(b"package 2.0\n").hexdigest()

APT = """
case "$*" in
  *update*) exit 0;;
  *newpkg=2.0*) [ -z "$REPLACED" ] || exit 100; echo package 2.0 > newpkg_2.0.deb;;
  *newpkg*) echo package 2.1 > newpkg_2.1.deb;;
esac
echo "$*" >> "$ASKED"
"""
DPKG = """
case "$1" in
  --field) case "$3" in Version) cut -d' ' -f2 "$2";; *) echo amd64;; esac;;
  -x) mkdir -p "$3/usr/bin"; cp "$2" "$3/usr/bin/newtool";;
esac
"""


@pytest.fixture
def _apt(script: Callable[[str, str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script("apt-get", APT)
    script("dpkg-deb", DPKG)
    monkeypatch.setenv("ASKED", str(tmp_path / "asked"))
    monkeypatch.setattr(debian, "DEBIAN", tmp_path / "debian")
    monkeypatch.setattr(debian, "_STATE", tmp_path / "apt")
    debian._update_index.cache_clear()  # pyright: ignore[reportPrivateUsage]


def tool(sha256: str) -> Tool:
    package = DebianPackage("newpkg", "2.0", {"amd64": sha256})
    return Tool("newtool", ("x",), ("debian",), "newtool", "install newtool", ("--version",), ">=2", package)


@pytest.mark.usefixtures("_apt")
def test_the_pinned_version_with_its_checksum(tmp_path: Path) -> None:
    assert from_debian(tool(SHA256)) == tmp_path / "debian" / "newtool"
    assert (tmp_path / "debian" / "newtool").read_text() == "package 2.0\n"
    asked = (tmp_path / "asked").read_text()
    assert "install" not in asked
    assert f"Dir::State::Lists={tmp_path}/apt/lists" in asked


@pytest.mark.usefixtures("_apt")
def test_the_pinned_version_is_fetched_once(tmp_path: Path) -> None:
    from_debian(tool(SHA256))
    asked = (tmp_path / "asked").read_text()
    from_debian(tool(SHA256))
    assert (tmp_path / "asked").read_text() == asked


@pytest.mark.usefixtures("_apt")
def test_another_checksum_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupProblem, match=f"has the checksum {SHA256}, expected is 00"):
        from_debian(tool("00"))
    assert not (tmp_path / "debian").exists()


@pytest.mark.usefixtures("_apt")
def test_a_point_release_gives_the_candidate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REPLACED", "yes")
    from_debian(tool(SHA256))
    assert (tmp_path / "debian" / "newtool").read_text() == "package 2.1\n"
    assert "2.0 is not served here; took newpkg_2.1.deb" in capsys.readouterr().out


def test_no_apt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupProblem, match="there is no apt here"):
        from_debian(tool(SHA256))
