"""How far back rules look, and how closely: this decides how much history a simulation needs, and how fine it must be."""

from __future__ import annotations

from collections.abc import Iterable

from graders.prometheus.promql import Expr, Recorded, Selector, Subquery, children, walk
from graders.simulate.alerts.service import DAY

# Nothing that watches a window of a month looks back further.
_LONGEST = 31 * DAY
_SHORTEST = 3600.0
# Samples a minute are enough for a window that holds four of them.
_COARSE = 60.0
_SAMPLES = 4


def history(exprs: Iterable[Expr]) -> float:
    """Seconds that must have passed before all windows of these expressions (recordings resolved) are full."""
    return min(_LONGEST, max((_lookback(expr) for expr in exprs), default=0.0) + _SHORTEST)


def step(exprs: Iterable[Expr], scrape: float) -> float:
    """Seconds between samples: a minute, or the scrape interval where a window is too short for that."""
    shortest = min((window for expr in exprs for window in _windows(expr)), default=_COARSE * _SAMPLES)
    return scrape if shortest < _COARSE * _SAMPLES else max(scrape, _COARSE)


def _lookback(expr: Expr) -> float:
    below = max((_lookback(child) for child in children(expr)), default=0.0)
    match expr:
        case Selector() | Subquery():
            return (expr.range or 0.0) + max(0.0, expr.offset) + below
        case Recorded():
            return (expr.selector.range or 0.0) + max(0.0, expr.selector.offset) + below
        case _:
            return below


def _windows(expr: Expr) -> Iterable[float]:
    for node in walk(expr):
        window = node.selector.range if isinstance(node, Recorded) else getattr(node, "range", None)
        if window:
            yield window
