"""apt-get and sudo are scripts here: what they were asked is seen, nothing is installed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from setup import browser
from setup.places import ROOT

Script = Callable[[str, str], Path]
APT = """
echo "$*" >> "$ASKED"
case "$*" in *install*) printf '#!/bin/sh\\n' > "$BIN/chromium"; chmod +x "$BIN/chromium";; esac
"""


@pytest.fixture(autouse=True)
def _bare(script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PATH with a shell and what the scripts call, and no browser whatever this machine has."""
    folder = tmp_path / "on-path"
    for name in ("sh", "env", "chmod"):
        (folder / name).symlink_to(f"/bin/{name}" if Path(f"/bin/{name}").exists() else f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("BIN", str(folder))
    monkeypatch.setenv("ASKED", str(tmp_path / "asked"))


def asked(folder: Path) -> list[str]:
    file = folder / "asked"
    return file.read_text().splitlines() if file.exists() else []


def be(user: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)


@pytest.mark.parametrize("name", browser.NAMES)
def test_a_browser_on_path_is_taken_and_nothing_said(
    name: str, script: Script, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script("apt-get", APT)
    found = script(name, "")
    assert browser.main() == 0
    assert browser.find_browser() == found
    assert asked(tmp_path) == []
    assert capsys.readouterr().out == ""


def test_root_installs_the_package_and_says_so_before(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    be(0, monkeypatch)
    script("apt-get", APT)
    assert browser.bring_browser().name == "chromium"
    assert asked(tmp_path) == ["-qq update", "-qq install -y --no-install-recommends chromium"]
    assert "apt-get -qq install -y --no-install-recommends chromium" in capsys.readouterr().out


def test_sudo_that_asks_nothing_is_used(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be(1000, monkeypatch)
    script("apt-get", APT)
    script("sudo", '[ "$1" = -n ] || exit 9; shift; [ "$1" = true ] && exit 0; exec "$@"')
    assert browser.main() == 0
    assert len(asked(tmp_path)) == 2


@pytest.mark.parametrize("has_sudo", [True, False])
def test_without_root_nothing_is_tried_and_the_remedy_given(
    has_sudo: bool,
    script: Script,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    be(1000, monkeypatch)
    script("apt-get", APT)
    if has_sudo:
        script("sudo", "exit 1")
    assert browser.main() == 5
    assert asked(tmp_path) == []
    assert "needs root. Remedy: install Chromium" in capsys.readouterr().out


def test_without_apt_the_remedy_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert browser.main() == 5
    assert "no apt here. Remedy: install Chromium" in capsys.readouterr().out


def test_an_apt_that_fails_is_quoted(
    script: Script, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    be(0, monkeypatch)
    script("apt-get", "echo E: no network; exit 100")
    assert browser.main() == 5
    said = capsys.readouterr().out
    assert "E: no network" in said
    assert "Remedy: install Chromium" in said


def test_only_the_tests_bring_a_browser() -> None:
    lines = (ROOT / "Makefile").read_text().splitlines()
    at = [number for number, line in enumerate(lines) if "setup.browser" in line]
    assert len(at) == 1
    assert lines[at[0] - 1].startswith("test:")
