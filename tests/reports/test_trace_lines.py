"""Traces on a terminal."""

from __future__ import annotations

from graders import trace
from reports.listing.traces import duration, trace_lines
from tests.reports.page.comparisons import traces


def lines(form: str) -> list[str]:
    return next(list(trace_lines(row)) for row in traces() if row["form"] == form)


def test_a_timeline_has_values_spans_and_an_axis() -> None:
    title, values, incident, page, axis = lines("timeline")
    assert title == "┌ total outage"
    ratio = values.removeprefix("│ error ratio ")
    assert ratio.startswith(" " * 5 + "█" * 25 + " " * 30)
    assert values.endswith("up to 1")
    assert incident.endswith("incident from 10 min to 1 h")
    assert page.count("█") == 50
    assert page.endswith("page from 20 min to the end")
    assert axis.endswith("2 h")


def test_a_small_value_is_never_drawn_as_nothing() -> None:
    row = trace.row(trace.timeline("t", 60, [("x", [0.001, 1.0, 0.0])]))
    assert "▁█ " in list(trace_lines(row))[1]


def test_an_empty_timeline_is_drawn() -> None:
    assert next(trace_lines(trace.row(trace.Timeline("t", 60, ())))) == "┌ t"


def test_a_path_says_what_became_of_each_step() -> None:
    assert lines("path")[1:] == [
        "│   ✕ test: failure (exit 1)  .github/workflows/release.yml:4",
        "│ → ✓ deploy: success",
    ]


def test_a_matrix_marks_what_should_be_otherwise() -> None:
    assert lines("matrix")[1:] == ["│      db:5432   dns", "│ web     yes!   yes"]


def test_permissions_and_changes_are_lists() -> None:
    assert lines("permissions")[1] == "│ ✕ forbidden granted s3:GetObject  statement 2"
    assert lines("changes")[1] == "│ -/+ aws_s3_bucket.a (replace)  tags"


def test_durations_are_in_the_largest_unit() -> None:
    assert [duration(each) for each in (45, 720, 23_400, 259_200)] == ["45 s", "12 min", "6.5 h", "3 d"]
