"""Which nights stand on one line, and where the line is broken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reports.trend.point import read_point
from reports.trend.series import Series, series_of
from tests.reports.trend.nights import CARD, CASES, about, write_night

NEW_CARD = {**CARD, "version": "1.1", "hash": "d" * 64}
NEW_TOOL: dict[str, Any] = {"grader": "bbbbbbbb", "tools": {"promtool": "3.1.0"}}


def lines(folder: Path, *described: dict[str, Any]) -> list[Series]:
    return series_of([read_point(write_night(folder / str(n), row)) for n, row in enumerate(described)])


def night(day: int, **changed: Any) -> dict[str, Any]:
    return about(f"2026-11-{day:02}T0{changed.pop('hour', 2)}:00:00Z", **changed)


def days(series: Series) -> list[int]:
    return [one.point.night.day for one in series.nights]


@pytest.mark.parametrize(
    ("changed", "what", "how"),
    [
        ({"settings": {"temperature": 0.2}}, "model", "temperature not set → 0.2"),
        ({"persona": NEW_CARD}, "persona", "devops-engineer 1.0 → 1.1"),
        ({"persona": {**CARD, "hash": "d" * 64}}, "persona", "the text of devops-engineer 1.0 (cccccccc → dddddddd)"),
        ({"persona": {**CARD, "context_limit": 4096}}, "persona", "context limit 8192 → 4096"),
        ({"persona": None}, "persona", "devops-engineer 1.0 → no card"),
        ({"contract": "2"}, "contract", "delivery contract 1 → 2"),
        ({"seed": 7}, "seed", "seed 1 → 7"),
        (NEW_TOOL, "grader", "promtool 2.42.0 → 3.1.0"),
        ({"grader": "b", "rules": ["GHA-02", "K8S-01"]}, "grader", "K8S-01 added; IAC-03 gone"),
        ({"grader": "bbbbbbbb"}, "grader", "rules in other versions (aaaaaaaa → bbbbbbbb)"),
        ({"without": ["zizmor"]}, "grader", "left out not set → zizmor"),
        ({"corpus": {"hash": "2" * 64, "cases": list(CASES)}}, "corpus", "iac/keys, iac/state, pipelines/deploy and 1 more edited"),
    ],
)  # fmt: skip
def test_each_change_breaks_the_line_and_is_named(
    tmp_path: Path, changed: dict[str, Any], what: str, how: str
) -> None:
    (series,) = lines(tmp_path, night(1), night(2), night(3, **changed), night(4, **changed))
    assert [one.stretch for one in series.nights] == [0, 0, 1, 1]
    (change,) = series.nights[2].changes
    assert (change.what, change.how) == (what, how)


def test_a_corpus_says_which_cases_came_went_and_changed(tmp_path: Path) -> None:
    new = ["iac/state", "iac/keys", "ops/new"]
    corpus = {
        "hash": "2",
        "cases": new,
        "case_hashes": {"iac/state": "other", "iac/keys": "h", "ops/new": "h"},
    }
    (series,) = lines(tmp_path, night(1), night(2, corpus=corpus))
    assert (
        series.nights[1].changes[0].how
        == "ops/new added; pipelines/deploy, pipelines/release gone; iac/state edited"
    )


def test_an_old_run_without_hashes_of_its_cases_still_says_that_they_changed(tmp_path: Path) -> None:
    old = {"hash": "1" * 64, "cases": list(CASES)}
    (series,) = lines(tmp_path, night(1, corpus=old), night(2, corpus={**old, "hash": "2" * 64}))
    assert series.nights[1].changes[0].how == "edited (11111111 → 22222222)"


def test_neither_the_address_nor_more_epochs_break_a_line(tmp_path: Path) -> None:
    (series,) = lines(
        tmp_path, night(1), night(2, settings={"api_base": "http://127.0.0.1:4000"}), night(3, epochs=3)
    )
    assert [one.stretch for one in series.nights] == [0, 0, 0]


def test_another_model_behind_the_same_name_is_a_change(tmp_path: Path) -> None:
    points = [
        read_point(write_night(tmp_path / served, night(day), served=served))
        for day, served in ((1, "x-2026-05"), (2, "x-2026-11"))
    ]
    (series,) = series_of(points)
    assert [change.how for change in series.nights[1].changes] == ["served as x-2026-05 → x-2026-11"]


def test_clock_order_counts_not_the_order_of_folders_or_zones(tmp_path: Path) -> None:
    (series,) = lines(
        tmp_path,
        about("2026-11-03T02:00:00Z"),
        about("2026-11-02T01:00:00+05:00"),  # the evening of the 1st in UTC
        about("2026-11-02T02:00:00"),
    )
    assert days(series) == [1, 2, 3]


def test_the_rotating_panel_is_a_line_of_its_own_that_its_seed_does_not_break(tmp_path: Path) -> None:
    nights = [
        row
        for day in (1, 2, 3)
        for row in (night(day), night(day, hour=3, seed=20261100 + day))
    ]  # fmt: skip
    fixed, rotating = lines(tmp_path, *nights)
    assert (fixed.name, rotating.name) == ("openai/x, seed 1", "openai/x, rotating seed")
    assert days(fixed) == days(rotating) == [1, 2, 3]
    assert not any(one.changes for one in (*fixed.nights, *rotating.nights))


def test_a_single_night_with_both_panels_is_two_lines(tmp_path: Path) -> None:
    assert len(lines(tmp_path, night(1), night(1, hour=3, seed=20261101))) == 2


def test_two_cards_each_night_stand_side_by_side_and_both_see_a_new_tool(tmp_path: Path) -> None:
    nights = [
        night(day, hour=hour, persona=card, **(NEW_TOOL if day > 2 else {}))
        for day in (1, 2, 3, 4)
        for hour, card in ((2, CARD), (3, NEW_CARD))
    ]
    old, new = lines(tmp_path, *nights)
    assert (old.name, new.name) == (
        "openai/x, card devops-engineer 1.0",
        "openai/x, card devops-engineer 1.1",
    )
    for series in (old, new):
        assert days(series) == [1, 2, 3, 4]
        assert [change.what for one in series.nights for change in one.changes] == ["grader"]


def test_a_second_try_in_the_same_night_stays_on_the_line(tmp_path: Path) -> None:
    (series,) = lines(tmp_path, night(1), night(1, hour=4), night(2))
    assert days(series) == [1, 1, 2]
    assert [one.stretch for one in series.nights] == [0, 0, 0]


def test_a_change_within_a_day_goes_on_with_the_line(tmp_path: Path) -> None:
    (series,) = lines(tmp_path, night(1), night(1, hour=4, persona=NEW_CARD))
    assert [one.stretch for one in series.nights] == [0, 1]


def test_lines_that_nothing_tells_apart_are_numbered(tmp_path: Path) -> None:
    warm = {"settings": {"temperature": 1.0}}
    found = lines(tmp_path, night(1), night(1, hour=3, **warm), night(2), night(2, hour=3, **warm))
    assert [series.name for series in found] == ["openai/x (1)", "openai/x (2)"]
