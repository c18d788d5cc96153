from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from setup import __main__ as command
from setup import places
from setup.places import ROOT
from setup.problem import SetupProblem
from setup.steps import Step, all_steps


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "TOOLS", tmp_path / "tools")
    monkeypatch.setattr("setup.steps._STAMPS", tmp_path / "stamps")
    monkeypatch.setattr(places, "ENVIRONMENT", tmp_path / "venv")
    doctor = tmp_path / "venv" / "bin" / "drydock"
    doctor.parent.mkdir(parents=True)
    doctor.write_text(f'#!/bin/sh\necho "$1" >> {tmp_path}/doctor\n')
    doctor.chmod(0o755)


class Act:
    """A step's work that counts its calls and fails on demand."""

    def __init__(self, problem: str = "") -> None:
        self.calls = 0
        self.problem = problem

    def __call__(self) -> Sequence[Path]:
        self.calls += 1
        if self.problem:
            raise SetupProblem(self.problem)
        return []


def plan(monkeypatch: pytest.MonkeyPatch, **acts: Act) -> None:
    steps = [Step(name, f"bring {name}", act, ()) for name, act in acts.items()]
    monkeypatch.setattr(command, "all_steps", lambda: steps)


def test_says_what_it_will_do_does_it_once_and_ends_with_the_doctor(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    first, second = Act(), Act()
    plan(monkeypatch, first=first, second=second)
    assert command.main() == 0
    assert capsys.readouterr().out.index("bring second") > 0
    assert (tmp_path / "doctor").read_text() == "doctor\n"
    assert command.main() == 0
    assert "nothing has changed" in capsys.readouterr().out
    assert (first.calls, second.calls) == (1, 1)


def test_goes_on_after_a_tool_that_cannot_be_had_and_tries_it_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, third = Act(), Act("no network. Remedy: get one"), Act()
    plan(monkeypatch, first=first, second=second, third=third)
    assert command.main() == 5
    assert "not done: no network. Remedy: get one" in capsys.readouterr().out
    second.problem = ""
    assert command.main() == 0
    assert (first.calls, second.calls, third.calls) == (1, 2, 1)


def test_a_full_disk_is_reported_like_any_other_problem(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full() -> Sequence[Path]:
        raise OSError(28, "No space left on device")

    last = Act()
    steps = [Step("a", "bring a", Act(), ()), Step("b", "bring b", full, ()), Step("c", "bring c", last, ())]
    monkeypatch.setattr(command, "all_steps", lambda: steps)
    assert command.main() == 5
    assert "No space left on device" in capsys.readouterr().out
    assert last.calls == 1


def test_without_an_environment_there_is_no_doctor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plan(monkeypatch, first=Act("no Python headers"), second=Act())
    assert command.main() == 1
    assert not (tmp_path / "doctor").exists()


def test_every_tool_that_no_lock_brings_has_a_step() -> None:
    names = [step.name for step in all_steps()]
    assert names[:2] == ["environment", "checkov"]
    assert names[2] == "workflow-simulator"
    assert set(names[3:]) == {"terraform", "promtool", "amtool", "bwrap", "terraform-provider-aws"}


def test_needs_nothing_but_the_standard_library() -> None:
    code = "import sys, setup.__main__; print([m for m in ('click', 'rich', 'graders') if m in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
