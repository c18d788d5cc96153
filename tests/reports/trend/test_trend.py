"""A folder of runs as a trend: what is left out, and said; what is void, and shown."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

from harness.runs import RunError
from reports.page.svg import clean
from reports.trend.chart import draw
from reports.trend.document import trend_document
from reports.trend.history import history_of
from reports.trend.markdown import report
from reports.trend.rows import cells, sentence, sparkline
from reports.trend.standalone import standalone
from reports.trend.trend import Trend, read_trend
from tests.reports.trend.nights import CARD, CASES, about, write_night


def five_nights(folder: Path) -> Trend:
    """Two nights, an invalid one, one without grades, and one under another card."""
    for day, scores in enumerate(
        [(0.5, 0.7, 0.9, 1.0), (0.6, 0.7, 0.9, 1.0), (0.1, None, 0.9, 1.0), (), (0.9, 0.9, 0.9, 1.0)], start=1
    ):
        card = {**CARD, "version": "1.1", "hash": "d" * 64} if day == 5 else CARD
        write_night(folder / f"deep/er/{day}", about(f"2026-11-0{day}T02:00:00Z", persona=card), scores)
    return read_trend(folder)


def test_void_nights_are_shown_and_never_counted(tmp_path: Path) -> None:
    trend = five_nights(tmp_path)
    (series,) = trend.series
    assert [night.point.status for night in series.nights] == [
        "valid",
        "valid",
        "invalid",
        "no grades",
        "valid",
    ]
    assert [night.point.hollow for night in series.nights] == [False, False, True, True, False]
    assert sparkline(series, trend.series) == "▄▅○·│█"
    assert cells(series.nights[2])["graded"] == "3 of 4, invalid"
    assert cells(series.nights[3])["score"] == "-"
    assert cells(series.nights[4])["changed since the night before"] == "persona: devops-engineer 1.0 → 1.1"
    assert [note for note in trend.notes if "no score" in note]
    assert sentence(series) == (
        "openai/x: 5 nights, 2026-11-01 to 2026-11-05; 2 of them count for nothing (more than 1 % void); last score 92.5 "
        "points; nothing to compare it with since 2026-11-05 (persona: devops-engineer 1.0 → 1.1)."
    )


def test_the_last_night_stands_beside_those_under_its_conditions(tmp_path: Path) -> None:
    for day, score in ((1, 0.5), (2, 0.7), (3, 0.6)):
        write_night(tmp_path / str(day), about(f"2026-11-0{day}T02:00:00Z"), [score] * 4)
    (series,) = read_trend(tmp_path).series
    assert sentence(series).endswith(
        "last score 60.0 points; the 2 nights before it under the same conditions: 50.0 to 70.0."
    )


def test_an_unfinished_run_says_so(tmp_path: Path) -> None:
    write_night(tmp_path / "a", about("2026-11-01T02:00:00Z"), [0.5, 0.5])
    (series,) = read_trend(tmp_path).series
    assert series.last.status == "unfinished"
    assert cells(series.nights[0])["graded"] == "2 of 4, unfinished"


def test_what_cannot_be_read_is_named_and_left_out(tmp_path: Path) -> None:
    write_night(tmp_path / "good", about("2026-11-01T02:00:00Z"))
    write_night(tmp_path / "timeless", about("yesterday"))
    write_night(tmp_path / "nameless", {**about("2026-11-01T02:00:00Z"), "model": "x"})
    torn = write_night(tmp_path / "torn", about("2026-11-01T03:00:00Z"))
    (torn / "grades.jsonl").write_text('{"sample": 1\n')
    for name, text in (("garbage", "{"), ("list", "[]"), ("number", "3"), ("empty", "{}")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text(text)
    trend = read_trend(tmp_path)
    assert [night.point.folder.name for series in trend.series for night in series.nights] == ["good"]
    assert len(trend.notes) == 7
    for name in ("timeless", "nameless", "torn", "garbage", "list", "number", "empty"):
        assert any(name in note for note in trend.notes), name


def test_nothing_to_read_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no such folder"):
        read_trend(tmp_path / "nowhere")
    with pytest.raises(RunError, match="no run in it or below"):
        read_trend(tmp_path)


def test_copies_of_a_run_are_one_night_and_the_most_graded_counts(tmp_path: Path) -> None:
    whole = write_night(tmp_path / "b", about("2026-11-01T02:00:00Z"))
    shutil.copytree(whole, tmp_path / "c")
    write_night(tmp_path / "a", about("2026-11-01T02:00:00Z"), [0.5])
    trend = read_trend(tmp_path)
    assert [night.point.folder.name for night in trend.series[0].nights] == ["b"]
    assert sorted(trend.notes) == [
        f"left out: {tmp_path / 'a'} is the same run as {whole}, with 1 of its 4 grades",
        f"left out: {tmp_path / 'c'} is the same run as {whole}",
    ]


def test_a_night_that_is_still_to_come_is_noted(tmp_path: Path) -> None:
    write_night(tmp_path / "a", about("2999-01-01T02:00:00Z"))
    assert "a clock was wrong" in read_trend(tmp_path).notes[0]


def test_models_are_picked_and_a_wrong_name_gets_near_ones(tmp_path: Path) -> None:
    for model in ("openai/gpt-x", "anthropic/y"):
        write_night(tmp_path / model, about("2026-11-01T02:00:00Z", model))
    assert [series.name for series in read_trend(tmp_path, ["anthropic/y"]).series] == ["anthropic/y"]
    with pytest.raises(RunError, match="no run of the model 'openai/gpt'; there is openai/gpt-x"):
        read_trend(tmp_path, ["openai/gpt"])


def test_the_document_has_every_night(tmp_path: Path) -> None:
    (series,) = trend_document(five_nights(tmp_path))["series"]
    assert [night["valid"] for night in series["nights"]] == [True, True, False, False, True]
    assert series["nights"][0]["score"] == pytest.approx(0.775)
    assert series["nights"][3]["score"] is None
    assert series["nights"][4]["changes"] == [{"what": "persona", "how": "devops-engineer 1.0 → 1.1"}]


def test_the_plot_shows_points_hollow_points_and_the_mark(tmp_path: Path) -> None:
    svg = draw(five_nights(tmp_path).series)
    root = ElementTree.fromstring(svg)
    texts = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"persona", "no score", "openai/x"} <= texts
    labels = [
        element.get("aria-label") or ""
        for element in root.iter()
        if element.get("aria-roledescription") == "point"
    ]
    hollow = [
        e
        for e in root.iter()
        if e.get("aria-roledescription") == "point" and e.get("fill") in (None, "none", "transparent")
    ]
    assert len(labels) == 4
    assert len(hollow) == 1


def test_a_plot_of_one_night_and_of_none_with_a_score_is_drawn(tmp_path: Path) -> None:
    write_night(tmp_path / "a", about("2026-11-01T02:00:00Z", "openai/a"), [])
    assert "no score" in draw(read_trend(tmp_path).series)
    write_night(tmp_path / "b", about("2026-11-01T02:00:00Z", "openai/b"))
    assert "openai/b" in draw(read_trend(tmp_path).series)


def test_the_file_of_the_plot_is_whole_and_follows_light_and_dark(tmp_path: Path) -> None:
    svg = standalone(draw(five_nights(tmp_path).series), "Score <over> nights")
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("aria-label") == "Score <over> nights"
    assert "prefers-color-scheme:dark" in svg
    assert "<script" not in svg
    assert "href" not in svg
    classes = {name for e in root.iter() for name in (e.get("class") or "").split() if name != "plot"}
    assert all(f".{name}{{" in svg for name in classes), classes


def test_hostile_names_are_text_everywhere(tmp_path: Path) -> None:
    name = "<script>alert(1)</script>[x](javascript:1)\x1b[2J\u202e|"
    write_night(tmp_path / "a", about("2026-11-01T02:00:00Z", name, persona={**CARD, "name": name}))
    write_night(tmp_path / "b", about("2026-11-02T02:00:00Z", name, persona=None))
    trend = read_trend(tmp_path)
    html = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(report(trend, None))
    assert "<script" not in html
    assert "<a " not in html
    svg = str(clean(draw(trend.series), "x"))
    assert "<script" not in svg
    assert "\x1b" not in svg
    assert "\u202e" not in svg


def test_history_for_the_page_has_a_row_a_night_with_the_same_headings(tmp_path: Path) -> None:
    five_nights(tmp_path)
    history = history_of(tmp_path)
    assert len(history.rows) == 5
    assert {tuple(row) for row in history.rows} == {tuple(history.rows[0])}
    assert all(heading for heading in history.rows[0])
    assert clean(history.svg, history.label)


def test_cases_of_another_night_do_not_hide_a_night(tmp_path: Path) -> None:
    few = {"hash": "2" * 64, "cases": list(CASES[:2])}
    write_night(tmp_path / "a", about("2026-11-01T02:00:00Z"))
    write_night(
        tmp_path / "b", about("2026-11-02T02:00:00Z", corpus=few, samples=[f"{c}@1#1" for c in CASES[:2]])
    )
    (series,) = read_trend(tmp_path).series
    assert [night.stretch for night in series.nights] == [0, 1]
