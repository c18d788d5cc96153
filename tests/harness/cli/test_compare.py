"""`drydock compare` over stored runs: what is joined, what is refused, what is said and written."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner, Result

from harness.cli.compare import command


def _nights() -> ModuleType:
    place = Path(__file__).parents[2] / "reports" / "trend" / "nights.py"
    spec = importlib.util.spec_from_file_location("nights_of_tests", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


nights = _nights()
STARTED = "2026-11-20T02:00:00+00:00"
CASES = [f"area/case-{number}" for number in range(12)]


def run(folder: Path, model: str, scores: Sequence[float | None], **changed: Any) -> Path:
    seed = changed.get("seed", 1)
    corpus = {"hash": "1" * 64, "cases": CASES, "case_hashes": dict.fromkeys(CASES, "h")}
    about = nights.about(
        STARTED,
        model,
        **{
            "revision": "abcdef0",
            "litellm": "1.0",
            "python": "3.11",
            "corpus": corpus,
            "samples": [f"{case}@{seed}#1" for case in CASES],
            **changed,
        },
    )
    return nights.write_night(folder / re.sub(r"\W", "-", model), about, scores)


def compare(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, list(map(str, arguments)))


def test_a_clear_difference_is_told_and_written(tmp_path: Path) -> None:
    good = run(tmp_path, "x/good", [0.9 + 0.005 * n for n in range(12)])
    bad = run(tmp_path, "x/bad", [0.3 + 0.02 * n for n in range(12)])
    done = compare(bad, good, "--out", tmp_path / "out", "--json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["verdict"][0].startswith("x/good is ahead of x/bad by ")
    text = (tmp_path / "out/comparison.md").read_text()
    assert "x/good is ahead of x/bad" in text
    page = (tmp_path / "out/report.html").read_text()
    assert "Content-Security-Policy" in page
    assert "x/good is ahead of x/bad" in page


def test_a_tie_is_said_as_a_tie(tmp_path: Path) -> None:
    one = run(tmp_path, "x/one", [0.5 + 0.03 * (n % 4) for n in range(12)])
    two = run(tmp_path, "x/two", [0.5 + 0.03 * ((n + 1) % 4) for n in range(12)])
    document = json.loads(compare(one, two, "--out", tmp_path / "out", "--json").stdout)
    assert "can't be told apart" in document["verdict"][0]
    assert not any("ahead" in sentence for sentence in document["verdict"])


def test_one_run_alone_has_its_report(tmp_path: Path) -> None:
    alone = run(tmp_path, "x/alone", [0.5] * 12)
    done = compare(alone, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out/report.html").is_file()


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    bad = run(tmp_path, "x/<img src=x onerror=alert(1)>|`", [0.5] * 12)
    assert compare(bad, "--out", tmp_path / "out").exit_code == 0
    assert "<img" not in (tmp_path / "out/report.html").read_text()
    assert "<img" not in (tmp_path / "out/comparison.md").read_text().replace("\\<img", "")


@pytest.mark.parametrize(
    ("changed", "scores", "says"),
    [
        ({"seed": 2}, [0.5] * 12, "share no variant"),
        ({}, [None, *[0.5] * 11], "is invalid"),
        ({"contract": "2"}, [0.5] * 12, "delivery contract"),
        ({"persona": None}, [0.5] * 12, "--across persona"),
        ({"tools": {"promtool": "3.0.0"}, "grader": "bbbbbbbb"}, [0.5] * 12, "drydock grade"),
        ({}, [], "no graded sample"),
        (
            {"corpus": {"hash": "2" * 64, "cases": CASES, "case_hashes": dict.fromkeys(CASES, "other")}},
            [0.5] * 12,
            "share no case",
        ),
    ],
)
def test_what_would_mislead_is_refused(
    tmp_path: Path, changed: dict[str, Any], scores: list[float | None], says: str
) -> None:
    done = compare(
        run(tmp_path, "x/a", [0.5] * 12), run(tmp_path, "x/b", scores, **changed), "--out", tmp_path / "out"
    )
    assert done.exit_code == 5
    assert says in done.output
    assert "Traceback" not in done.output


def test_two_cards_are_compared_where_that_is_asked(tmp_path: Path) -> None:
    with_card = run(tmp_path / "a", "x/a", [0.9 - 0.01 * (n % 3) for n in range(12)])
    without = run(tmp_path / "b", "x/a", [0.5 + 0.01 * (n % 3) for n in range(12)], persona=None)
    done = compare(with_card, without, "--across", "persona", "--out", tmp_path / "out", "--json")
    assert done.exit_code == 0, done.output
    assert any("no card" in sentence or "none" in sentence for sentence in json.loads(done.stdout)["verdict"])


def test_runs_are_joined_on_what_they_share(tmp_path: Path) -> None:
    fewer = {"hash": "2" * 64, "cases": CASES, "case_hashes": {**dict.fromkeys(CASES, "h"), CASES[0]: "new"}}
    done = compare(
        run(tmp_path, "x/a", [0.5 + 0.01 * n for n in range(12)]),
        run(tmp_path, "x/b", [0.5] * 12, corpus=fewer),
        "--out", tmp_path / "out", "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    notes = " ".join(json.loads(done.stdout)["notes"])
    assert "11" in notes
    assert CASES[0] in notes


def test_bad_input_is_one_clear_line(tmp_path: Path) -> None:
    same = run(tmp_path, "x/a", [0.5] * 12)
    for arguments, says in (([same, same], "given twice"), ([tmp_path / "none"], "no such run")):
        done = compare(*arguments)
        assert done.exit_code == 5
        assert says in done.output
    assert compare().exit_code == 2
