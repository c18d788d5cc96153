"""Rules over time: what is seen when, and what becomes of alerts."""

from __future__ import annotations

import numpy as np
import pytest

from graders.artifact import Artifact
from graders.prometheus.rules_file import parse
from graders.simulate.alerts.engine.rules import run
from graders.simulate.alerts.engine.series import Grid, Series
from graders.simulate.alerts.engine.timeline import Timeline
from graders.simulate.alerts.engine.unsupported import Unsupported

GRID = Grid(0.0, 30.0, 121)


def timeline(rules: str, *series: Series, grid: Grid = GRID) -> Timeline:
    file = parse(Artifact("rules.yml", "prometheus_rules", rules))
    assert not file.problems
    return run([("rules.yml", file)], series, grid)


def gauge(values: list[tuple[int, float]], **labels: str) -> Series:
    """A gauge that has each value for a number of scrapes."""
    return Series({"__name__": "g", **labels}, np.concatenate([np.full(n, value) for n, value in values]))


ALERT = """
groups:
  - name: a
    rules:
      - alert: Low
        expr: g < 1
        for: 5m
        keep_firing_for: 3m
        labels: {severity: page, where: "{{ $labels.job }} it is"}
"""


def test_an_alert_waits_fires_and_is_kept_firing():
    (low,) = timeline(ALERT, gauge([(20, 1), (20, 0), (81, 1)], job="shop")).alerts
    assert dict(low.labels) == {
        "alertname": "Low",
        "severity": "page",
        "job": "shop",
        "where": "shop it is",
    }
    # Low from 600 s to 1200 s: pending for 5 minutes, then firing until 3 minutes after.
    assert low.times[low.state == 1].tolist() == list(range(600, 900, 60))
    assert low.times[low.firing].tolist() == list(range(900, 1380, 60))


def test_a_rule_sees_what_earlier_rules_record_now_and_what_later_ones_recorded_before():
    rules = """
groups:
  - name: a
    rules:
      - {record: early, expr: late}
      - {record: late, expr: g}
      - {record: same, expr: late}
"""
    found = timeline(rules, gauge([(61, 0), (60, 1)]))
    late, early, same = (found.series(name)[0].values for name in ("late", "early", "same"))
    assert np.flatnonzero(late == 1)[0] == np.flatnonzero(same == 1)[0] == 62
    assert np.flatnonzero(early == 1)[0] == 64


def test_rules_that_read_themselves_are_not_guessed():
    with pytest.raises(Unsupported, match="line 5: rules that read their own results"):
        timeline(
            "groups:\n  - name: a\n    rules:\n      # a counter of its own\n      - {record: n, expr: n + 1}\n"
        )


def test_a_query_that_fails_leaves_its_alert_as_it_was():
    rules = """
groups:
  - name: a
    rules:
      - {alert: Odd, expr: "g{side='left'} < on(job) g{side='right'}"}
"""
    twins = [gauge([(121, 0)], side="left", job="x"), gauge([(121, 1)], side="right", job="x", n="1")]
    second = gauge([(40, np.nan), (20, 1), (61, np.nan)], side="right", job="x", n="2")
    found = timeline(rules, *twins, second)
    (alert,) = found.alerts
    assert bool(alert.firing.all())
    (breakdown,) = found.breakdowns
    assert breakdown.message.startswith("found duplicate series")
    assert (breakdown.times[0], breakdown.times[-1]) == (1200.0, 1740.0)


def test_hostile_subqueries_end_at_the_bound():
    rules = "groups:\n  - name: a\n    rules:\n      - {record: n, expr: 'sum_over_time(g[30d:1ms])'}\n"
    with pytest.raises(Unsupported, match="more than can be simulated"):
        timeline(rules, gauge([(121, 0)]))
