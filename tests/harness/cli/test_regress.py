"""`drydock regress` over stored nights: verdicts, exit codes, files for CI, bad input."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from harness.cli.regress import command


def _nights() -> ModuleType:
    place = Path(__file__).parents[2] / "reports" / "trend" / "nights.py"
    spec = importlib.util.spec_from_file_location("nights_of_tests", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


nights = _nights()
GOOD = (0.9, 0.8, 1.0, 0.9)


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    for day in range(1, 8):
        scores = tuple(score - 0.01 * (day % 3) for score in GOOD)
        nights.write_night(
            tmp_path / f"baseline/{day}", nights.about(f"2026-11-0{day}T02:00:00+00:00"), scores
        )
    return tmp_path / "baseline"


def tonight(folder: Path, scores: tuple[float | None, ...], **changed: object) -> Path:
    return nights.write_night(
        folder / "tonight", nights.about("2026-11-20T02:00:00+00:00", **changed), scores
    )


def regress(run: Path, baseline: Path, *options: str) -> Result:
    return CliRunner().invoke(command, [str(run), "--baseline", str(baseline), *options])


def test_a_night_like_the_others_is_no_regression(tmp_path: Path, baseline: Path) -> None:
    done = regress(tonight(tmp_path, GOOD), baseline, "--summary", str(tmp_path / "summary.md"))
    assert done.exit_code == 0, done.output
    assert "No regression" in (tmp_path / "summary.md").read_text()


def test_a_fall_everywhere_is_a_regression_and_says_where(tmp_path: Path, baseline: Path) -> None:
    run = tonight(tmp_path, (0.3, 0.2, 0.4, 0.1))
    done = regress(run, baseline, "--json", "--failures", "all", "--junit", str(tmp_path / "new.xml"))
    assert done.exit_code == 6, done.output
    document = json.loads(done.stdout)
    assert document["exit_code"] == 6
    assert document["verdict"] == "regression"
    failed = ElementTree.parse(tmp_path / "new.xml").findall(".//testcase/failure")
    assert failed
    assert "the state has no lock" in (failed[0].get("message") or "") + (failed[0].text or "")


def test_an_invalid_night_decides_nothing(tmp_path: Path, baseline: Path) -> None:
    done = regress(tonight(tmp_path, (None, 0.8, 1.0, 0.9)), baseline)
    assert done.exit_code == 4
    assert "ungraded" in done.output


@pytest.mark.parametrize("changed", [{"model": "openai/other"}, {"seed": 2}])
def test_a_baseline_of_something_else_is_refused(
    tmp_path: Path, baseline: Path, changed: dict[str, object]
) -> None:
    done = regress(tonight(tmp_path, GOOD, **changed), baseline)
    assert done.exit_code in (4, 5)
    assert "Traceback" not in done.output
    assert str(baseline) in done.output.replace("\n", "") or "baseline" in done.output


def test_what_is_not_there_is_one_clear_line(tmp_path: Path, baseline: Path) -> None:
    assert "is no run" in regress(tmp_path / "none", baseline).output
    assert regress(tmp_path / "none", baseline).exit_code == 5
    assert regress(tonight(tmp_path, GOOD), tmp_path / "nowhere").exit_code in (4, 5)
