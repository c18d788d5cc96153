"""ALR-04 and ALR-05: do the thresholds of burn-rate alerts make arithmetic sense?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from graders.bundle import Bundle
from graders.facts import Facts
from graders.prometheus.bounds import Threshold, threshold_of, thresholds
from graders.prometheus.catalogue import Catalogue
from graders.prometheus.promql import (
    COMPARISONS,
    SET_OPERATORS,
    Aggregate,
    Binary,
    Expr,
    Recorded,
    Selector,
    Subquery,
    children,
)
from graders.prometheus.reading import KIND, Reading
from graders.rule import Violation, rule

# Shares of the error budget that a page may have cost, SRE workbook "Alerting on SLOs", table 5-8.
_BUDGET_SHARES = (0.02, 0.05, 0.10)
_TOLERANCE = 0.10
_SHORT_TO_LONG = 1 / 12


@rule(
    "ALR-05",
    severity="C",
    constraint="intent",
    source="arithmetic: an error ratio is at most 1, so factor x (1 - SLO) must stay below 1",
    kinds=(KIND,),
)
def thresholds_can_be_reached(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Can every threshold on an error ratio be reached at all?

    Accepted: `ratio > c` with c below 1 however it is written (factor * (1 - SLO), recorded constants,
    percent below 100, burn rate below 1/budget, `good < c` with c above 0, `errors > c * total`). Wrong: a
    ratio above 1 or more, a good ratio below 0 or less; no alert that compares such a ratio.
    """
    reading = Reading(bundle, facts)
    seen = False
    for alert in reading.alerts():
        for threshold in thresholds(alert.expr, reading.catalogue):
            if not threshold.share:
                continue
            seen = True
            if threshold.never() and threshold.within is not None:
                low, high = threshold.within
                yield alert.violation(
                    f"the threshold {threshold.op} {threshold.limit:g} can never be reached: the ratio lies "
                    f"between {low:g} and {high:g}"
                )
    if not seen:
        yield reading.none("no alert compares an error ratio with a number")


@dataclass(frozen=True, slots=True)
class _Burn:
    window: float
    factor: float


@rule(
    "ALR-04",
    severity="H",
    constraint="quiet_alerts",
    source="Google SRE workbook, Alerting on SLOs: multiwindow, multi-burn-rate alerts",
    kinds=(KIND,),
    advisory=True,
)
def pages_follow_the_recipe(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Do the pages use the workbook's pairs: long and short window joined by `and`, factor = share x period /
    long?

    Accepted: shares of 2, 5 or 10 % of the budget, short = long / 12, both within 10 %, the comparisons bare or
    inside aggregations. Any other design may behave as well: the rule is advisory.
    """
    reading = Reading(bundle, facts)
    slo: Any = facts.stated.get("slo")
    budget, period = _slo(cast("Mapping[Any, Any]", slo)) if isinstance(slo, Mapping) else (None, 0.0)
    if budget is None:
        yield reading.none("the case states no SLO to compare with")
        return
    seen = False
    for page in reading.pages():
        for branch in _branches(page.expr, "or"):
            burns = list(_burns(branch, budget, reading.catalogue))
            if not burns:
                continue
            seen = True
            problem = _against_recipe(burns, period)
            if problem is not None:
                yield page.violation(problem)
    if not seen:
        yield reading.none("no page compares a burn rate")


def _slo(slo: Mapping[Any, Any]) -> tuple[float | None, float]:
    """The error budget as a ratio and the period in seconds."""
    target, days = slo.get("target"), slo.get("window_days", 30)
    if not isinstance(target, (int, float)) or not isinstance(days, (int, float)):
        return None, 0.0
    budget = 1 - (target / 100 if target > 1 else target)
    return (budget if budget > 0 else None), days * 86_400


def _branches(expr: Expr, op: str) -> Iterator[Expr]:
    """The operands of a chain of `op` at the top of `expr`, also inside a recording or an aggregation: that is empty
    when what it aggregates is (`max(ratio > 0.01) without (window)`)."""
    waiting = [expr]
    while waiting:
        node = waiting.pop()
        while isinstance(node, (Recorded, Aggregate)) and _is_filter(node.expr):
            node = node.expr
        if isinstance(node, Binary) and node.op == op:
            waiting.extend((node.right, node.left))
        else:
            yield node


def _is_filter(expr: Expr) -> bool:
    if isinstance(expr, (Recorded, Aggregate)):
        return _is_filter(expr.expr)
    return isinstance(expr, Binary) and (expr.op in SET_OPERATORS or expr.op in COMPARISONS)


def _burns(branch: Expr, budget: float, catalogue: Catalogue) -> Iterator[_Burn]:
    for part in _branches(branch, "and"):
        threshold = threshold_of(part, catalogue) if isinstance(part, Binary) else None
        if threshold is None or not threshold.share or threshold.within is None:
            continue
        windows = _outer_windows(threshold.value)
        ratio = _error_ratio(threshold)
        if len(windows) == 1 and ratio is not None:
            yield _Burn(windows.pop(), ratio / budget)


def _error_ratio(threshold: Threshold) -> float | None:
    """The threshold as a ratio of bad events between 0 and 1."""
    low, high = threshold.within or (0.0, 1.0)
    if high <= low:
        return None
    if threshold.op in (">", ">="):
        return (threshold.limit - low) / (high - low)
    if threshold.op in ("<", "<="):
        return (high - threshold.limit) / (high - low)
    return None


def _outer_windows(expr: Expr) -> set[float]:
    """The windows over which `expr` looks back, outermost only (`avg_over_time(ratio:rate5m[1h])` is one
    hour)."""
    found: set[float] = set()
    waiting: list[Expr] = [expr]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (Selector, Subquery)) and node.range:
            found.add(node.range)
        elif isinstance(node, Recorded) and node.selector.range:
            found.add(node.selector.range)
        else:
            waiting.extend(children(node))
    return found


def _against_recipe(burns: list[_Burn], period: float) -> str | None:
    windows = sorted({burn.window for burn in burns})
    if len(windows) < 2:
        return f"only one window ({windows[0]:g}s); the recipe joins a long and a short one by `and`"
    long, short = windows[-1], windows[0]
    if not _near(short, long * _SHORT_TO_LONG):
        return f"the short window is {short:g}s; a twelfth of {long:g}s is {long * _SHORT_TO_LONG:g}s"
    for burn in burns:
        if not any(_near(burn.factor, share * period / long) for share in _BUDGET_SHARES):
            wanted = ", ".join(f"{share * period / long:.3g}" for share in _BUDGET_SHARES)
            return f"factor {burn.factor:.3g} at a long window of {long:g}s; the recipe gives one of {wanted}"
    return None


def _near(value: float, wanted: float) -> bool:
    return abs(value - wanted) <= _TOLERANCE * wanted
