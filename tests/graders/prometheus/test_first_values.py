"""ALR-03 and `unless`: what passes as the value of new series must not hang on what old ones have counted so far.

The engine evaluates each expression in two worlds that differ in nothing but the height of the old counters.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from graders.artifact import Artifact
from graders.prometheus.rules_file import parse
from graders.rule import Violation
from graders.simulate.alerts.engine.rules import run
from graders.simulate.alerts.engine.series import Grid, Series
from graders.simulate.alerts.engine.timeline import Timeline

Judge = Callable[..., list[Violation]]

X = "requests_total"
COUNT = 240
# The first half hour is left out: at the beginning everything is new.
ASKED = slice(61, None)
RECORDINGS = {"plain": X, "errors": X + '{code=~"5.."}'}

NEW = [
    f"{X} unless {X} offset 5m",
    f"{X} > 5 unless {X} offset 5m",
    f"{X} unless {X} offset 5m > 0",
    f"({X} unless {X} offset 5m) or increase({X}[5m])",
    f"{X} offset 5m unless {X} offset 10m",
    f"min_over_time({X}[5m]) unless last_over_time({X}[30m] offset 5m)",
    f"sum by (code) ({X}) unless sum by (code) ({X} offset 5m) > 0",
    f"sum by (code) ({X}) unless on (code) {X} offset 5m",
    f'{X}{{code="500"}} unless {X}{{code=~"5.."}} offset 5m',
    "errors unless plain offset 5m",
    f"plain unless ({X} offset 5m or {X} offset 10m)",
]
OLD = [
    f"{X} unless {X} offset 5m > 1e6",
    f'{X} unless {X}{{code="500"}} offset 5m',
    f"{X} offset 10m unless {X}",
    f"max_over_time({X}[10m]) unless {X} offset 1m",
    f"sum by (code) ({X}) unless {X} offset 5m",
    f"sum by (code) ({X}) unless sum by (pod) ({X} offset 5m)",
    f"{X} unless topk(1, {X} offset 5m)",
    f"({X} unless {X} offset 5m) or {X}",
    "plain unless errors offset 5m",
    f"{X} and {X} offset 5m",
]


@cache
def world(old: float) -> Timeline:
    """Pods `a` are there from the start, `b` come later, `c` end, `d` stand at 0 for a while; 503 is a code that comes
    with a new pod only."""
    scrape = np.arange(COUNT)
    counted = 2.0 * scrape
    series: list[Series] = []
    for n, (code, pod) in enumerate([(c, p) for c in ("200", "500") for p in "abcd"] + [("503", "b")]):
        event = 80 + 13 * n
        since = np.maximum(counted - 2 * event + 2, 0)
        from_then = np.where(scrape >= event, since, np.nan)
        until_then = np.where(scrape <= event, old * (n + 1) + counted, np.nan)
        values = {
            "a": old * (n + 1) + counted,
            "b": from_then,
            "c": until_then,
            "d": since,
        }
        series.append(
            Series({"__name__": X, "code": code, "pod": pod}, np.asarray(values[pod], dtype=np.float64))
        )
    rules = "".join(f"  - record: {name}\n    expr: {expr}\n" for name, expr in RECORDINGS.items())
    file = parse(Artifact("r.yml", "prometheus_rules", f"groups:\n- name: g\n  rules:\n{rules}"))
    return run([("r.yml", file)], series, Grid(0.0, 30.0, COUNT), interval=30.0)


def seen(expr: str, old: float) -> dict[frozenset[tuple[str, str]], list[float]]:
    """What the expression gives in the world whose old counters are that high; -1 stands for no value."""
    found = {frozenset(s.labels.items()): s.values[ASKED] for s in world(old).evaluate(expr)}
    return {
        labels: np.nan_to_num(values, nan=-1).tolist()
        for labels, values in found.items()
        if not np.isnan(values).all()
    }


@pytest.mark.parametrize("expr", NEW)
def test_what_passes_does_not_hang_on_old_counts(judge: Judge, expr: str) -> None:
    assert judge("ALR-03", f"sum({expr}) > 5", RECORDINGS) == []
    assert seen(expr, 1000)
    assert seen(expr, 1000) == seen(expr, 9000)


@pytest.mark.parametrize("expr", OLD)
def test_what_hangs_on_old_counts_fails(judge: Judge, expr: str) -> None:
    assert judge("ALR-03", f"sum({expr}) > 5", RECORDINGS)
    assert seen(expr, 1000) != seen(expr, 9000)
