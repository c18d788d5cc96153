"""`drydock trend` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.cli import trend
from tests.reports.trend.nights import about, write_night


@pytest.fixture
def nights(tmp_path: Path) -> Path:
    for day in (1, 2):
        for model in ("openai/x", "openai/y"):
            write_night(tmp_path / f"nights/{day}/{model[-1]}", about(f"2026-11-0{day}T02:00:00Z", model))
    return tmp_path / "nights"


def call(*arguments: object) -> Result:
    return CliRunner().invoke(trend.command, [str(argument) for argument in arguments])


def test_the_terminal_shows_each_model_with_its_nights(nights: Path) -> None:
    output = call(nights).output
    assert "openai/x: 2 nights, 2026-11-01 to 2026-11-02" in output
    assert "openai/y: 2 nights" in output
    assert output.count("0.775 [") == 4
    assert "answers to different questions" not in output, "nothing changed"


def test_what_changed_stands_between_the_nights(nights: Path) -> None:
    write_night(nights / "3", about("2026-11-03T02:00:00Z", persona=None))
    lines = call(nights, "--model", "openai/x").output.splitlines()
    mark = next(n for n, line in enumerate(lines) if "── persona: devops-engineer 1.0 → no card" in line)
    assert "2026-11-02" in lines[mark - 1]
    assert "2026-11-03" in lines[mark + 1]
    assert any("answers to different questions" in line for line in lines)


def test_many_nights_are_cut_and_the_cut_is_said(tmp_path: Path) -> None:
    for day in range(1, 18):
        write_night(tmp_path / f"{day}", about(f"2026-11-{day:02}T02:00:00Z"))
    output = call(tmp_path).output
    assert "3 earlier nights: --out FOLDER or --json" in output
    assert "2026-11-03 02:00" not in output
    assert "2026-11-04 02:00" in output


def test_json_is_one_document_and_out_writes_both_files(nights: Path, tmp_path: Path) -> None:
    out = tmp_path / "new/out"
    done = call(nights, "--json", "--out", out)
    assert [series["name"] for series in json.loads(done.stdout)["series"]] == ["openai/x", "openai/y"]
    assert str(out / "trend.svg") in done.stderr
    assert "![" in (out / "trend.md").read_text()
    assert (out / "trend.svg").read_text().startswith("<svg")


def test_a_folder_without_runs_and_one_that_cannot_be_written_are_clear(nights: Path, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    done = call(tmp_path / "none")
    assert done.exit_code == 5
    assert "no run in it or below" in done.output
    (tmp_path / "file").write_text("")
    done = call(nights, "--out", tmp_path / "file/out")
    assert done.exit_code == 5
    assert "--out FOLDER puts it elsewhere" in done.output


def test_hostile_names_do_not_steer_the_terminal(tmp_path: Path) -> None:
    write_night(tmp_path / "a", about("2026-11-01T02:00:00Z", "x\x1b]0;owned\x07[red]"))
    output = call(tmp_path).output
    assert "\x1b" not in output
    assert "x\\x1b]0;owned\\x07[red]" in output
