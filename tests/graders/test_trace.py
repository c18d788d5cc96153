"""Traces: thinned without losing a spike, bounded, and plain JSON."""

from __future__ import annotations

import json
import math

from graders import trace


def test_a_spike_survives_thinning_and_a_gap_stays_a_gap() -> None:
    values = [0.0] * 10_000
    values[4_321] = 1.0
    gap = [math.nan] * 10_000
    drawn = trace.timeline("outage", 15, [("errors", values), ("traffic", gap)])
    errors, traffic = drawn.lines
    assert len(errors.values) <= trace.MOST_POINTS
    at = errors.values.index(1.0)
    assert at * drawn.seconds <= 4_321 * 15 < (at + 1) * drawn.seconds
    assert set(traffic.values) == {None}


def test_a_short_timeline_is_kept_as_it_is() -> None:
    assert trace.timeline("t", 60, [("x", [0.25, 0.5])]).lines[0].values == (0.25, 0.5)


def test_rows_are_json_and_bounded() -> None:
    step = trace.Step("deploy" * 1_000, "success", file="a.yml", line=3)
    row = trace.row(trace.Path("to production", (step,) * 1_000))
    assert row["form"] == "path"
    assert len(row["steps"]) == trace.MOST_POINTS
    assert len(row["steps"][0]["name"]) == trace.MOST_CHARACTERS
    assert json.loads(json.dumps(row)) == row


def test_every_form_has_its_name() -> None:
    cell = trace.Cell(allowed=True, expected=False)
    forms = [
        trace.Timeline("t", 1, ()),
        trace.Path("p", ()),
        trace.Matrix("m", ("a",), ("b",), ((cell,),)),
        trace.Permissions("i", (trace.Permission("s3:GetObject on x", "needed", True),)),
        trace.Changes("c", (trace.Change("aws_s3_bucket.a", "replace"),)),
    ]
    assert [trace.row(each)["form"] for each in forms] == [
        "timeline", "path", "matrix", "permissions", "changes",
    ]  # fmt: skip
