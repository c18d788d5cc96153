from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graders.tools import locate as module
from graders.tools.locate import Installation, ToolMissing, every_tool, locate, mirror_root
from setup import places
from setup.places import this_platform
from setup.tool import Tool, known_tools


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], Path]]:
    """A machine that needs one tool, `newtool` >=2,<3; `machine(place, lines)` puts a script there."""
    tool = Tool("newtool", ("x",), ("debian", "path"), "newtool", "install newtool", ("--version",), ">=2,<3")
    monkeypatch.setattr(module, "known_tools", lambda: {"newtool": tool})
    monkeypatch.setattr(places, "TOOLS", tmp_path / "tools")
    monkeypatch.setattr(places, "DEBIAN", tmp_path / "debian")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))

    def put(place: str, lines: str) -> Path:
        file = tmp_path / place / "newtool"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\n{lines}\n")
        file.chmod(0o755)
        locate.cache_clear()
        return file

    locate.cache_clear()
    yield put
    locate.cache_clear()


Machine = Callable[[str, str], Path]


def test_the_first_acceptable_place_wins(machine: Machine) -> None:
    on_path = machine("path", "echo newtool v2.9.0")
    assert locate("newtool") == Installation("newtool", on_path, "2.9.0")
    unpacked = machine("debian", "echo newtool 2.1")
    assert locate("newtool") == Installation("newtool", unpacked, "2.1")


def test_a_version_that_graders_do_not_know_is_passed_over(machine: Machine) -> None:
    machine("debian", "echo newtool 3.0")
    on_path = machine("path", "echo newtool 2.9")
    assert locate("newtool").path == on_path


def test_a_missing_tool_says_what_to_do(machine: Machine) -> None:
    with pytest.raises(ToolMissing) as caught:
        locate("newtool")
    assert (caught.value.name, caught.value.reason, caught.value.remedy) == (
        "newtool",
        "not found",
        "install newtool",
    )
    assert [type(found) for found in every_tool()] == [ToolMissing]


def test_refused_ones_are_named(machine: Machine) -> None:
    old = machine("path", "echo newtool 1.9")
    broken = machine("debian", "exit 1")
    with pytest.raises(ToolMissing) as caught:
        locate("newtool")
    assert caught.value.reason == f"{broken} does not say its version, {old} is 1.9, needed is >=2,<3"


def test_a_version_is_asked_once_until_the_program_changes(machine: Machine, tmp_path: Path) -> None:
    lines = f"echo asked >> {tmp_path}/asked; echo newtool 2.0"
    machine("path", lines)
    for _ in range(3):
        locate.cache_clear()
        assert locate("newtool").version == "2.0"
    assert (tmp_path / "asked").read_text() == "asked\n"
    machine("path", f"{lines}.1")
    assert locate("newtool").version == "2.0.1"
    assert (tmp_path / "asked").read_text() == "asked\nasked\n"


@pytest.mark.parametrize("text", ["", "[1]", "{", "null"])
def test_a_broken_memory_is_an_empty_one(machine: Machine, tmp_path: Path, text: str) -> None:
    machine("path", "echo newtool 2.0")
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "versions.json").write_text(text)
    assert locate("newtool").version == "2.0"
    assert "2.0" in (tmp_path / "tools" / "versions.json").read_text()


def test_an_unknown_name_is_a_bug(machine: Machine) -> None:
    with pytest.raises(KeyError):
        locate("oldtool")


@pytest.mark.parametrize("name", list(known_tools()))
def test_set_up_brought_every_tool(name: str) -> None:
    found = locate(name)
    assert found.path.is_absolute()
    assert found.path.exists()
    assert found.version[0].isdigit()


def test_python_tools_are_the_native_programs() -> None:
    for name in ("actionlint", "zizmor", "shellcheck"):
        assert not locate(name).path.read_bytes().startswith(b"#!"), name


def test_the_provider_lies_in_its_mirror() -> None:
    provider = locate("terraform-provider-aws")
    assert provider.path.name == this_platform()
    below = provider.path.relative_to(mirror_root(provider)).parts
    assert below[1:] == ("hashicorp", "aws", provider.version, this_platform())
