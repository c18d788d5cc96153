"""ALR-14 and ALR-16: can an alert be silent, and does it page only for what users notice?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

from graders.bundle import Bundle
from graders.facts import Facts
from graders.prometheus.bounds import threshold_of
from graders.prometheus.catalogue import Catalogue
from graders.prometheus.promql import (
    COMPARISONS,
    Aggregate,
    Binary,
    Call,
    Expr,
    Negative,
    Recorded,
    Selector,
    Subquery,
    children,
    constant,
    selectors,
    walk,
)
from graders.prometheus.reading import KIND, Judged, Reading
from graders.rule import Violation, rule

_SAMPLING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
_ABSENCE = frozenset({"absent", "absent_over_time"})
_DIVIDING = frozenset({"/", "%"})
_EQUAL_HOLDS = frozenset({"==", ">=", "<="})
_ALERT_SERIES = frozenset({"ALERTS", "ALERTS_FOR_STATE"})
_ALWAYS_THERE = frozenset({"scalar", "vector", "time"})
# The one alert that fires always on purpose: its silence is the signal.
_HEARTBEAT = re.compile(r"watchdog|dead.?man|heart.?beat|always.?firing", re.IGNORECASE)
_ACTION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`')
_QUERY_VALUE = re.compile(r"\$value\b|(?:^|[\s(])\$?\.Value\b|(?:^|[\s(|])query\b")


@rule(
    "ALR-14",
    severity="M",
    constraint="quiet_alerts",
    source="pint alerts/comparison, promql/fragile, alerts/template; Prometheus documentation: alerting",
    kinds=(KIND,),
)
def can_be_silent(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Can each alert be silent, without sampled series and without labels that change with the value?

    Accepted: a comparison (below aggregations, in recordings, scaled by a number or joined with an info series
    too), absent(), `unless`, `and on()`, a watchdog that is no page. Wrong: no condition or one that always holds;
    one that only guards a divisor (`a / (b > 0)`, `a / b and b > 0`); `> bool` at the top, `or vector(1)`; topk,
    bottomk, limitk; `{{ $value }}` or a query in a label.
    """
    reading = Reading(bundle, facts)
    if not any(True for _ in reading.alerts()):
        yield reading.none("there is no alert to judge")
    for alert in reading.alerts():
        if not _can_be_empty(alert.expr, reading.catalogue) and not _is_heartbeat(alert, reading):
            yield alert.violation("fires whenever its series exist: it has no condition that can be false")
        sampled = {n.op for n in walk(alert.expr) if isinstance(n, Aggregate) and n.op in _SAMPLING}
        for op in sorted(sampled):
            yield alert.violation(
                f"{op} picks other series at each evaluation, so the alert flaps; compare all of them"
            )
        for label, text in alert.entry.labels.items():
            actions = (_QUOTED.sub('""', action) for action in _ACTION.findall(text))
            if any(_QUERY_VALUE.search(action) for action in actions):
                yield Violation(
                    alert.path,
                    alert.entry.label_lines.get(label, alert.entry.line),
                    f"{alert.entry.name}: the label {label} holds a query's value, so each change is a new "
                    "alert; put it into an annotation",
                )


def _is_heartbeat(alert: Judged, reading: Reading) -> bool:
    return (
        constant(alert.expr) is not None
        and _HEARTBEAT.search(alert.entry.name) is not None
        and not reading.is_page(alert.entry)
    )


def _can_be_empty(expr: Expr, catalogue: Catalogue) -> bool:
    """Can the result be empty while all series that it reads exist?"""
    match expr:
        case Selector():
            return expr.name == "ALERTS"
        case Recorded() | Subquery() | Negative() | Aggregate():
            return _can_be_empty(expr.expr, catalogue)
        case Call():
            if expr.function in _ABSENCE:
                return True
            if expr.function in _ALWAYS_THERE:
                return False
            return any(_can_be_empty(arg, catalogue) for arg in expr.args)
        case Binary():
            return _binary_can_be_empty(expr, catalogue)
        case _:
            return False


def _binary_can_be_empty(expr: Binary, catalogue: Catalogue) -> bool:
    if expr.op == "unless":
        return True
    left = _can_be_empty(expr.left, catalogue)
    if expr.op in _DIVIDING or (expr.op == "and" and _is_guard(expr.right, expr.left)):
        # A divisor that is missing (no traffic) keeps the quotient from being made; it is no condition on it.
        return left
    if expr.op == "and" and (expr.on is not None or expr.ignoring is not None):
        return True
    right = _can_be_empty(expr.right, catalogue)
    if expr.op == "or":
        return left and right
    if left or right:
        return True
    if expr.op not in COMPARISONS or expr.returns_bool:
        return False
    if constant(expr.left) is not None and constant(expr.right) is not None:
        return False
    if expr.op in _EQUAL_HOLDS and expr.left == expr.right:
        return False
    threshold = threshold_of(expr, catalogue)
    return threshold is None or not threshold.always()


def _is_guard(condition: Expr, of: Expr) -> bool:
    """Does `condition` only ask whether a divisor inside `of` is there (`b > 0` beside `a / b`)?"""
    if not isinstance(condition, Binary) or condition.op not in (">", "!="):
        return False
    divisors = [n.right for n in walk(of) if isinstance(n, Binary) and n.op in _DIVIDING]
    return constant(condition.right) == 0 and condition.left in divisors


@rule(
    "ALR-16",
    version=2,
    severity="H",
    constraint="quiet_alerts",
    source="Prometheus documentation: alerting practices (alert on symptoms); Google SRE book, monitoring",
    kinds=(KIND,),
    parameters={"symptoms": list[str]},
)
def pages_on_symptoms(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does each page read what users notice, and nothing else?

    Accepted: pages on the listed metrics, also through recordings; beside them `up` and absence; a page for
    the absence of such a metric or of all targets (`absent(up{...})`, an aggregation of `up`, the absence of a
    standard metric of the process); causes in tickets. Wrong: a page on CPU, restarts, queues and the like, alone or
    mixed in; `up == 0` of one instance alone; no page at all.
    """
    reading = Reading(bundle, facts)
    listed: Any = facts.params.get("symptoms")
    symptoms = set(map(str, cast("list[Any]", listed))) if isinstance(listed, (list, tuple)) else set[str]()
    seen = False
    for page in reading.pages():
        seen = True
        names = {s.name or "a series without a name" for s in _judged_series(page.expr)}
        causes = sorted(n for n in names if n != "up" and not _is_symptom(n, symptoms, reading.catalogue))
        if causes:
            yield page.violation(f"pages on {', '.join(causes)}, which users do not notice; make it a ticket")
        elif names <= {"up"} and not _service_is_gone(page.expr):
            yield page.violation("pages without reading anything that users notice; make it a ticket")
    if not seen:
        yield reading.none("no alert is a page")


def _judged_series(expr: Expr) -> Iterator[Selector]:
    """What the page fires on: every series, save alerts that hold it back (`… unless ALERTS{…}`)."""
    waiting = [expr]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Selector):
            yield node
        elif isinstance(node, Binary) and node.op in ("and", "unless"):
            waiting.append(node.left)
            if not {s.name for s in selectors(node.right)} <= _ALERT_SERIES:
                waiting.append(node.right)
        elif isinstance(node, Call) and node.function in _ABSENCE and _is_of_every_target(node):
            continue
        else:
            waiting.extend(children(node))


def _is_of_every_target(absence: Call) -> bool:
    """Is what is missing a standard metric of the process, which each scrape brings: then the target is gone, as by `up`?

    Source: Prometheus documentation, writing client libraries, «Standard and runtime collectors».
    """
    names = [selector.name or "" for selector in selectors(absence)]
    return bool(names) and all(name.startswith("process_") for name in names)


def _is_symptom(name: str, symptoms: set[str], catalogue: Catalogue) -> bool:
    return name in symptoms or catalogue.base_of(name) in symptoms


def _service_is_gone(expr: Expr) -> bool:
    """Does the expression ask for the absence of `up`, or for `up` of all targets together?"""
    for node in walk(expr):
        if isinstance(node, Call) and node.function in _ABSENCE:
            return True
        if isinstance(node, Aggregate) and not _keeps_instances(node):
            return any(s.name == "up" for s in selectors(node))
    return False


def _keeps_instances(aggregate: Aggregate) -> bool:
    if aggregate.labels is None:
        return False
    return ("instance" in aggregate.labels) != aggregate.without
