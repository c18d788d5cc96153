from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from graders.tools.locate import Installation, ToolMissing
from harness.cli import doctor
from setup.places import ROOT

MISSING = ToolMissing("promtool", "not found", "install the package prometheus")


def sandbox(folder: Path, lines: str) -> Installation:
    program = folder / "bwrap"
    program.write_text(f"#!/bin/sh\n{lines}\n")
    program.chmod(0o755)
    return Installation("bwrap", program, "0.8.0")


def found(monkeypatch: pytest.MonkeyPatch, *tools: Installation | ToolMissing) -> None:
    monkeypatch.setattr(doctor, "every_tool", lambda: list(tools))


def test_all_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found(monkeypatch, sandbox(tmp_path, ""), Installation("actionlint", ROOT / ".venv/bin/x", "1.17.0"))
    result = CliRunner().invoke(doctor.command)
    assert result.exit_code == 0
    assert "All 2 tools are here" in result.output
    (line,) = (line for line in result.output.splitlines() if "actionlint" in line)
    assert line.split() == ["actionlint", "1.17.0", "github_actions", ".venv/bin/x"]


def test_a_missing_tool_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, MISSING)
    result = CliRunner().invoke(doctor.command)
    assert result.exit_code == 5
    assert "promtool: not found." in result.output
    assert "Remedy: install the package prometheus." in result.output


def test_one_json_document_with_stable_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bwrap = sandbox(tmp_path, "")
    found(monkeypatch, bwrap, MISSING)
    result = CliRunner().invoke(doctor.command, ["--json"])
    assert result.exit_code == 5
    document = json.loads(result.output)
    assert document["complete"] is False
    assert document["tools"] == [
        {
            "name": "bwrap",
            "version": "0.8.0",
            "path": str(bwrap.path),
            "grades": ["all"],
            "problem": None,
            "remedy": None,
        },
        {
            "name": "promtool",
            "version": None,
            "path": None,
            "grades": ["prometheus_rules"],
            "problem": "not found",
            "remedy": "install the package prometheus",
        },
    ]


def test_a_kernel_that_forbids_the_sandbox_is_a_problem(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found(monkeypatch, sandbox(tmp_path, 'echo "bwrap: No permissions to create new namespace" >&2; exit 1'))
    result = CliRunner().invoke(doctor.command)
    assert result.exit_code == 5
    assert "makes no sandbox here (bwrap: No permissions to create new namespace)" in result.output
    assert "docs/setup.md" in result.output


@pytest.mark.parametrize("arguments", [["--help"], ["doctor", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys; from harness.cli.main import main; main(sys.argv[1:], standalone_mode=False); "
        "print([m for m in ('rich', 'litellm', 'pandas', 'datasets', 'scipy', 'numpy') if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines()[-1] == "[]"


def test_the_group_lists_every_command_and_refuses_others() -> None:
    from harness.cli.main import main

    listing = CliRunner().invoke(main, ["--help"]).output
    for name in ("eval", "grade", "show", "cases", "doctor"):
        assert f"  {name} " in listing
    unknown = CliRunner().invoke(main, ["sail"])
    assert unknown.exit_code == 2
    assert "No such command 'sail'" in unknown.output
