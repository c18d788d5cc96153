"""Rules that are evaluated only from when they matter say the same from then on as over the whole time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graders.artifact import Artifact
from graders.prometheus.rules_file import parse
from graders.simulate.alerts.engine.rules import run
from graders.simulate.alerts.engine.series import Grid, Series
from graders.simulate.alerts.engine.timeline import Timeline

GRID = Grid(0.0, 30.0, 1200)

Rule = dict[str, Any]

REACHING_BACK: dict[str, list[Rule]] = {
    "for and keep_firing_for": [{"alert": "A", "expr": "g > 3", "for": "20m", "keep_firing_for": "45m"}],
    "kept firing for a short time": [
        {"alert": "A", "expr": "g > 4.5", "for": "2m", "keep_firing_for": "10m"}
    ],
    "a window over a recording of a window": [
        {"record": "five", "expr": "avg_over_time(g[5m])"},
        {"record": "hour", "expr": "avg_over_time(five[1h] offset 30m)"},
        {"alert": "A", "expr": "hour > 2.5", "for": "5m"},
    ],
    "a reader before its writer": [
        {"alert": "A", "expr": "sum_over_time(late[30m]) > 70"},
        {"record": "late", "expr": "g"},
    ],
    "a subquery of a recording": [
        {"record": "now", "expr": "g"},
        {"alert": "A", "expr": "max_over_time(avg_over_time(now[10m])[90m:7m]) > 4"},
    ],
    "the time of another alert": [
        {"alert": "First", "expr": "g > 3", "for": "30m"},
        {
            "alert": "A",
            "expr": 'count_over_time(ALERTS{alertname="First", alertstate="firing"}[2h]) > 3',
        },
    ],
    "since when another alert is there": [
        {"alert": "First", "expr": "g >= 0"},
        {"alert": "A", "expr": 'time() - ALERTS_FOR_STATE{alertname="First"} > 20000'},
    ],
    "a time at which all stood still": [
        {"record": "now", "expr": "g"},
        {"alert": "A", "expr": "g > now @ 600"},
    ],
    "a label that prints the value": [
        {"alert": "A", "expr": "floor(g) > 2", "for": "3m", "labels": {"v": "{{ $value }}"}}
    ],
}


def whole(rules: list[Rule]) -> Timeline:
    return over(rules, None)


def over(rules: list[Rule], since: float | None) -> Timeline:
    file = parse(
        Artifact("rules.yml", "prometheus_rules", f"groups:\n  - name: a\n    rules:\n      {rules}\n")
    )
    assert not file.problems
    random = np.random.default_rng(5)
    values = np.clip(np.cumsum(random.normal(0, 0.4, GRID.count)) % 6, 0, 5)
    series = [
        Series({"__name__": "g", "pod": name}, np.roll(values, shift))
        for name, shift in (("a", 0), ("b", 211))
    ]
    return run([("rules.yml", file)], series, GRID, since=since)


def told(timeline: Timeline, since: float) -> dict[object, list[tuple[float, int]]]:
    """When each alert that fires from `since` on is pending or firing, and when it is another alert."""
    found: dict[object, list[tuple[float, int]]] = {}
    for alert in timeline.alerts:
        later = (alert.times >= since) & (alert.state > 0)
        if later.any():
            found[alert.labels] = list(
                zip(alert.times[later].tolist(), alert.state[later].tolist(), strict=True)
            )
    return found


@pytest.mark.parametrize("name", REACHING_BACK)
@pytest.mark.parametrize("since", [7200.0, 15000.0, 29000.0])
def test_alerts_are_the_same_from_then_on(name: str, since: float) -> None:
    rules = REACHING_BACK[name]
    expected = told(whole(rules), since)
    assert told(over(rules, since), since) == expected


def test_each_of_these_rules_fires_at_some_time() -> None:
    assert all(told(whole(rules), 0.0) for rules in REACHING_BACK.values())


def test_what_only_lies_before_is_not_evaluated() -> None:
    rules = REACHING_BACK["a window over a recording of a window"]
    (alert,) = over(rules, 29000.0).alerts[:1]
    assert alert.times[0] >= 29000 - 300 - 60


def test_an_alert_that_old_firings_may_keep_alive_is_followed_from_the_start() -> None:
    (kept, *_) = over(REACHING_BACK["for and keep_firing_for"], 29000.0).alerts
    assert kept.times[0] == 0
    (short, *_) = over(REACHING_BACK["kept firing for a short time"], 29000.0).alerts
    assert short.times[0] > 27000
