"""ALR-19: does everything that the rules read exist?"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.prometheus.catalogue import Catalogue
from graders.prometheus.promql import (
    COMPARISONS,
    Aggregate,
    Binary,
    Call,
    Expr,
    Matcher,
    Negative,
    Recorded,
    Selector,
    Subquery,
    Text,
    children,
    constant,
)
from graders.prometheus.reading import KIND, Reading
from graders.rule import Violation, rule

Labels = frozenset[str] | None  # None: any label may be there


@rule(
    "ALR-19",
    severity="C",
    constraint="consistency",
    source="arithmetic of empty results: a selector that matches nothing is silent",
    kinds=(KIND,),
)
def invents_nothing(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does every metric and label that the rules name exist in the case's catalogue?

    Accepted: the catalogue with the parts of its histograms, what Prometheus writes itself (up, ALERTS,
    scrape_*), recorded names, labels of targets and of recording rules, labels made by label_replace. Wrong:
    any other name; a bucket that the histogram has not; a label in a matcher, `by`, `on`, `group_left` or as source of
    label_replace that none of the series read there can have (a recording that summed it away).
    """
    reading = Reading(bundle, facts)
    if not reading.rules:
        yield reading.none("there is no rule to judge")
    names = reading.catalogue.names() | reading.recordings.names()
    for judged in reading.rules:
        for message in dict.fromkeys(_unknown(judged.expr, reading.catalogue, names)):
            yield judged.violation(message)


def _unknown(expr: Expr, catalogue: Catalogue, names: frozenset[str]) -> Iterator[str]:
    waiting: list[Expr] = [expr]
    while waiting:
        node = waiting.pop()
        match node:
            case Selector():
                yield from _unknown_in_selector(node, catalogue, names)
            case Recorded():
                # Its own expression is judged where it is recorded.
                have = _recorded_labels(node, catalogue)
                yield from _missing(node.selector.matchers, have, str(node.selector.name))
                continue
            case Aggregate() if node.labels is not None and not node.without:
                yield from _missing_names(node.labels, _labels(node.expr, catalogue), "by")
            case Binary():
                have = _either(_labels(node.left, catalogue), _labels(node.right, catalogue))
                yield from _missing_names(node.on or (), have, "on")
                one = node.right if node.many == "left" else node.left
                yield from _missing_names(node.include, _labels(one, catalogue), "group_left/right")
            case Call(function="label_replace", args=(of, _, _, Text(value=source), *_)) if source:
                yield from _missing_names((source,), _labels(of, catalogue), "label_replace")
            case _:
                pass
        waiting.extend(children(node))


def _unknown_in_selector(selector: Selector, catalogue: Catalogue, names: frozenset[str]) -> Iterator[str]:
    if selector.name is None:
        patterns = [m for m in selector.matchers if m.label == "__name__" and m.op == "=~"]
        if not patterns:
            yield "a selector without a metric name"
        for pattern in patterns:
            if not _matches_any(pattern.value, names):
                yield f"no metric matches {pattern.value!r}"
        return
    metric = catalogue.find(selector.name)
    if metric is None and selector.name in names:
        return  # a recording that reads itself
    if metric is None:
        yield f"the metric {selector.name} does not exist"
        return
    yield from _missing(selector.matchers, metric.labels, selector.name)
    if selector.name.endswith("_bucket") and metric.buckets:
        yield from _missing_buckets(selector, metric.buckets)


def _missing_buckets(selector: Selector, buckets: tuple[float, ...]) -> Iterator[str]:
    for matcher in selector.matchers:
        if matcher.label != "le" or matcher.op != "=":
            continue
        try:
            bound = float(matcher.value)
        except ValueError:
            bound = math.nan
        if bound != math.inf and not any(math.isclose(bound, b, rel_tol=1e-9) for b in buckets):
            yield f"{selector.name} has no bucket le={matcher.value!r}"


def _matches_any(pattern: str, names: frozenset[str]) -> bool:
    if len(pattern) > 200 or re.search(r"[+*}]\)*[+*{]", pattern):
        return False
    try:
        compiled = re.compile(pattern)
    except re.error:
        return False
    return any(compiled.fullmatch(name) for name in names)


def _missing(matchers: tuple[Matcher, ...], have: Labels, name: str) -> Iterator[str]:
    if have is None:
        return
    for matcher in matchers:
        if matcher.label != "__name__" and matcher.label not in have:
            yield f"{name} has no label {matcher.label}"


def _missing_names(labels: tuple[str, ...], have: Labels, word: str) -> Iterator[str]:
    if have is None:
        return
    for label in labels:
        if label not in have and label != "__name__":
            yield f"{word} ({label}): no series there has the label {label}"


def _labels(expr: Expr, catalogue: Catalogue) -> Labels:
    """The labels that the result of `expr` can have; None when that is not known."""
    match expr:
        case Selector():
            metric = catalogue.find(expr.name)
            return None if metric is None else metric.labels
        case Recorded():
            return _recorded_labels(expr, catalogue)
        case Subquery() | Negative():
            return _labels(expr.expr, catalogue)
        case Aggregate():
            return _of_aggregate(expr, catalogue)
        case Call():
            return _of_call(expr, catalogue)
        case Binary():
            return _of_binary(expr, catalogue)
        case _:
            return frozenset()


def _recorded_labels(node: Recorded, catalogue: Catalogue) -> Labels:
    inner = _labels(node.expr, catalogue)
    return None if inner is None else inner | {name for name, _ in node.labels}


def _of_aggregate(expr: Aggregate, catalogue: Catalogue) -> Labels:
    if expr.op in ("topk", "bottomk", "limitk", "limit_ratio"):
        return _labels(expr.expr, catalogue)
    made: set[str] = (
        {expr.param.value} if isinstance(expr.param, Text) else set()
    )  # count_values("name", ...)
    if expr.without:
        inner = _labels(expr.expr, catalogue)
        return None if inner is None else (inner - set(expr.labels or ())) | made
    return frozenset(expr.labels or ()) | made


def _of_call(expr: Call, catalogue: Catalogue) -> Labels:
    if expr.function in ("absent", "absent_over_time"):
        of = expr.args[0] if expr.args else None
        selector = of.selector if isinstance(of, Recorded) else of
        if isinstance(selector, Selector):
            return frozenset(m.label for m in selector.matchers if m.op == "=")
        return frozenset()
    if expr.function == "info":
        return None
    found: Labels = frozenset()
    for arg in expr.args:
        found = _either(found, _labels(arg, catalogue))
    if found is None:
        return None
    if (
        expr.function in ("label_replace", "label_join")
        and len(expr.args) > 1
        and isinstance(expr.args[1], Text)
    ):
        return found | {expr.args[1].value}
    return found - {"le"} if expr.function == "histogram_quantile" else found


def _is_scalar(expr: Expr) -> bool:
    """A scalar takes part in arithmetic without labels: the other side keeps its own."""
    match expr:
        case Call():
            return expr.function in ("time", "scalar", "pi")
        case Negative():
            return _is_scalar(expr.expr)
        case Binary():
            return _is_scalar(expr.left) and _is_scalar(expr.right)
        case _:
            return constant(expr) is not None


def _of_binary(expr: Binary, catalogue: Catalogue) -> Labels:
    left, right = _labels(expr.left, catalogue), _labels(expr.right, catalogue)
    if expr.op in ("and", "unless"):
        return left
    if expr.op == "or":
        return _either(left, right)
    if _is_scalar(expr.left):
        return right
    if _is_scalar(expr.right):
        return left
    if expr.many is not None:
        many = left if expr.many == "left" else right
        return None if many is None else many | set(expr.include)
    if expr.op in COMPARISONS and not expr.returns_bool:
        return left
    if expr.on is not None:
        return frozenset(expr.on)
    return None if left is None else left - set(expr.ignoring or ())


def _either(left: Labels, right: Labels) -> Labels:
    return None if left is None or right is None else left | right
