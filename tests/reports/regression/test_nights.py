"""Which nights are a baseline, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.runs import RunError
from reports.regression.nights import baseline_of, read_night
from reports.regression.spread import nights_differ
from reports.regression.threshold import load_threshold
from tests.reports.trend.nights import about, write_night


def test_the_last_nights_before_tonight_of_the_same_panel(tmp_path: Path) -> None:
    runs = tmp_path / "nights"
    for day in range(1, 10):
        write_night(runs / f"{day}" / "a", about(f"2026-11-0{day}T02:00:00Z"))
    write_night(runs / "b", about("2026-11-09T03:00:00Z", "openai/other"))
    write_night(runs / "c", about("2026-11-09T03:00:00Z", seed=2))
    write_night(runs / "d", about("2026-11-09T04:00:00Z"), (None, 0.7, 0.9, 1.0))
    write_night(runs / "e", about("2026-11-11T04:00:00Z"))
    write_night(runs / "f", about("2026-11-09T03:00:00Z", settings={"temperature": 1.0}))
    tonight = read_night(write_night(runs / "tonight", about("2026-11-10T02:00:00Z")))
    nights, notes = baseline_of(tonight, runs, 7)
    assert [night.started[9:10] for night in nights] == ["9", "8", "7", "6", "5", "4", "3"]
    told = "\n".join(notes)
    for why in ("is invalid", "not before tonight", "another temperature"):
        assert why in told
    assert "openai/other" not in told
    assert "its seed is 2" not in told
    other = read_night(write_night(tmp_path / "seed", about("2026-11-10T02:00:00Z", seed=3)))
    with pytest.raises(RunError, match="its seed is 2, tonight's is 3"):
        baseline_of(other, runs, 7)


def test_no_night_is_one_clear_error(tmp_path: Path) -> None:
    tonight = read_night(write_night(tmp_path / "nights" / "tonight", about("2026-11-10T02:00:00Z")))
    with pytest.raises(RunError, match="make baseline RUN="):
        baseline_of(tonight, tmp_path / "nights", 7)
    with pytest.raises(RunError, match="no such run or folder"):
        baseline_of(tonight, tmp_path / "nowhere", 7)


@pytest.mark.parametrize("text", ["{", "{}", '{"model": {}}'])
def test_a_broken_run_names_its_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(RunError, match=r"run\.json"):
        read_night(tmp_path)


def test_a_torn_row_is_dropped_and_a_broken_one_named(tmp_path: Path) -> None:
    folder = write_night(tmp_path / "run", about("2026-11-10T02:00:00Z"))
    rows = (folder / "grades.jsonl").read_text()
    (folder / "grades.jsonl").write_text(rows[:-20])
    assert len(read_night(folder).grades) == 3
    (folder / "grades.jsonl").write_text("{\n" + rows)
    with pytest.raises(RunError, match=r"grades\.jsonl:1"):
        read_night(folder)


def test_nights_that_differ_by_more_than_their_samples_are_seen(tmp_path: Path) -> None:
    alike = [read_night(write_night(tmp_path / f"a{n}", about("x"))).grades * 3 for n in range(4)]
    assert nights_differ(alike, lambda row: row["score"], 1) == 1.0
    moody = [
        read_night(write_night(tmp_path / f"b{n}", about("x"), (0.2 * n, 0.2 * n, 0.2 * n, 0.2 * n))).grades
        * 3
        for n in range(4)
    ]
    p = nights_differ(moody, lambda row: row["score"], 1)
    assert p is not None
    assert p < 0.01
    assert nights_differ(alike[:1], lambda row: row["score"], 1) is None


def test_a_threshold_that_promises_what_it_cannot_keep_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "threshold.toml"
    committed = (Path(__file__).parents[3] / "nightly" / "threshold.toml").read_text()
    file.write_text(committed.replace("alpha = 0.01", "alpha = 0.001").replace("9999", "99"))
    with pytest.raises(RunError, match="never reach alpha"):
        load_threshold(file)
    file.write_text(committed.replace("alpha = 0.01", "alfa = 0.01"))
    with pytest.raises(RunError, match="alfa"):
        load_threshold(file)
