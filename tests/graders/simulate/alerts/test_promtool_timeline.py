"""The engine against promtool: values of random expressions, states of alerts, and what fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graders.artifact import Artifact
from graders.bundle import ToolFailed
from graders.prometheus.rules_file import RulesFile, parse
from graders.simulate.alerts import promtool_timeline
from graders.simulate.alerts.engine import rules
from graders.simulate.alerts.engine.series import Floats, Grid, Series
from graders.simulate.alerts.engine.timeline import Timeline
from graders.simulate.alerts.engine.unsupported import Unsupported
from graders.simulate.alerts.samples_text import samples_text
from graders.tools.locate import locate
from tests.graders.simulate.alerts.expressions import GRID, series, vectors

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)
LEFT_OPEN = locate("promtool").version.startswith("3.")
DESIGNS = sorted((Path(__file__).parent / "engine" / "designs").glob("*.yml"))


def rules_file(written: list[dict[str, Any]]) -> RulesFile:
    text = json.dumps({"groups": [{"name": "all", "rules": written}]})
    return parse(Artifact("rules.yml", "prometheus_rules", text))


def engine(file: RulesFile, given_series: list[Series], grid: Grid = GRID) -> Timeline:
    return rules.run([("rules.yml", file)], given_series, grid, left_open=LEFT_OPEN)


def promtool(file: RulesFile, given_series: list[Series], grid: Grid = GRID) -> Timeline:
    return promtool_timeline.run([("rules.yml", file)], given_series, grid)


def recorded(timeline: Timeline) -> dict[tuple[tuple[str, str], ...], Floats]:
    found = timeline.evaluate('{__name__=~"(?:value|count):.+"}')
    return {
        tuple(sorted(each.labels.items())): each.values for each in found if not np.isnan(each.values).all()
    }


def recordings(expressions: list[str]) -> RulesFile:
    # The count tells values that are not a number from values that are not there.
    return rules_file(
        [
            {"record": f"{kind}:{number}", "expr": text.format(expression)}
            for number, expression in enumerate(expressions)
            for kind, text in (("value", "{}"), ("count", "count({})"))
        ]
    )


def can_be_compared(expression: str, given_series: list[Series]) -> bool:
    file = recordings([expression])
    try:
        return not file.problems and not engine(file, given_series).breakdowns
    except Unsupported:
        return False


@settings(derandomize=True, max_examples=3, deadline=None, suppress_health_check=SLOW)
@given(series(), st.lists(vectors(), min_size=25, max_size=25))
def test_random_expressions_have_the_values_that_promtool_prints(
    given_series: list[Series], expressions: list[str]
):
    compared = [expression for expression in expressions if can_be_compared(expression, given_series)]
    file = recordings(compared)
    ours, theirs = recorded(engine(file, given_series)), recorded(promtool(file, given_series))
    assert ours.keys() == theirs.keys(), compared
    for labels, values in ours.items():
        number = int(dict(labels)["__name__"].split(":")[1])
        np.testing.assert_allclose(
            values, theirs[labels], rtol=1e-9, atol=1e-9, err_msg=f"{compared[number]} {labels}"
        )


def states(timeline: Timeline) -> dict[tuple[Any, ...], list[int]]:
    return {
        (alert.entry.name, alert.entry.line, alert.labels): alert.state.tolist()
        for alert in timeline.alerts
        if alert.state.any()
    }


ALERTS: list[dict[str, Any]] = [
    {"alert": "Plain", "expr": "g > 0"},
    {"alert": "Waits", "expr": "g > 0", "for": "2m"},
    {"alert": "Stays", "expr": "g > 0", "keep_firing_for": "3m"},
    {
        "alert": "Both",
        "expr": "sum by (a) (g) > 0",
        "for": "1m",
        "keep_firing_for": "150s",
        "labels": {"b": ""},
    },
    {"alert": "Named", "expr": "g > 0 or h > 0.5", "labels": {"of": "{{ $labels.a }}/{{ $labels.nothing }}"}},
    {"alert": "Absent", "expr": 'absent(g{a="x",b="1"})', "for": "90s"},
    {"alert": "Number", "expr": "vector(time() % 420 > bool 200) > 0", "for": "1m"},
]


@settings(derandomize=True, max_examples=6, deadline=None, suppress_health_check=SLOW)
@given(series())
def test_alerts_are_pending_and_firing_when_promtool_says_so(given_series: list[Series]):
    # `g or h` of the same labels fails, as it should: Named is compared only where it does not.
    chosen = [rule for rule in ALERTS if not engine(rules_file([rule]), given_series).breakdowns]
    file = rules_file(chosen)
    assert states(engine(file, given_series)) == states(promtool(file, given_series))


def test_rules_that_read_other_alerts():
    written = [
        {"alert": "Early", "expr": 'sum by (job) (ALERTS{alertname="Low",alertstate="firing"})'},
        {"alert": "Low", "expr": "g < 1", "for": "2m"},
        {"alert": "Late", "expr": 'count(ALERTS{alertname="Low"}) > 0'},
        {"alert": "Old", "expr": "time() - ALERTS_FOR_STATE{alertname='Low'} > 300"},
    ]
    low = Series({"__name__": "g", "job": "shop"}, np.concatenate([np.ones(10), np.zeros(30), np.ones(21)]))
    file = rules_file(written)
    ours = states(engine(file, [low]))
    assert {name for name, *_ in ours} == {"Early", "Low", "Late", "Old"}
    assert ours == states(promtool(file, [low]))


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        ("c + on () g", "found duplicate series"),
        ("c / on (a) group_left () g", "found duplicate series"),
        ("c * on (a) sum by (a) (g)", "many-to-one matching must be explicit"),
        ('label_replace(g, "b", "", "", "") * 2', "same labelset"),
        ('rate({__name__=~"c|g"}[5m])', "same labelset"),
    ],
)
def test_queries_that_fail_here_fail_there(expr: str, message: str):
    both = [Series({"__name__": name, "a": "x", "b": b}, np.ones(GRID.count)) for name in "cg" for b in "12"]
    file = rules_file([{"record": "n", "expr": expr}])
    (breakdown,) = engine(file, both).breakdowns
    assert message in breakdown.message
    with pytest.raises(ToolFailed, match=message.split()[0]):
        promtool(file, both)


@pytest.mark.parametrize("path", DESIGNS, ids=lambda path: path.stem)
def test_designs_page_at_the_minute_at_which_they_page_in_promtool(path: Path):
    grid = Grid(0.0, 60.0, 330)
    bad = np.where((np.arange(grid.count) >= 90) & (np.arange(grid.count) < 130), 0.25, 1 / 1024)
    given_series = [
        Series(
            {"__name__": "http_requests_total", "job": "checkout", "instance": instance, "code": code},
            np.floor(np.cumsum(share * 600 * (1 + (instance == "b:1")))),
        )
        for instance in ("a:1", "b:1")
        for code, share in (("500", bad), ("200", 1 - bad))
    ]
    file = parse(Artifact(path.name, "prometheus_rules", path.read_text()))
    ours = states(engine(file, given_series, grid))
    assert ours
    assert ours == states(promtool(file, given_series, grid))


def test_a_series_is_written_so_that_promtool_adds_it_up_to_the_same_values():
    tenths = [0.1, 0.2, 0.3]
    text = samples_text(
        np.concatenate([[np.nan, np.nan, 1, 1, 1, 3, 2, 1, np.nan, np.nan], tenths, [np.inf]])
    )
    assert text == "_x2 1.0+0.0x2 3.0-1.0x2 stale _x1 0.1+0.1x1 0.3 inf"
