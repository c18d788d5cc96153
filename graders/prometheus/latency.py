"""ALR-17: is the latency objective measured by the share of requests below an existing bucket bound?"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace

from graders.bundle import Bundle
from graders.facts import Facts
from graders.prometheus.promql import (
    COMPARISONS,
    Aggregate,
    Binary,
    Call,
    Expr,
    Matcher,
    Recorded,
    Selector,
    children,
    constant,
    selectors,
    walk,
)
from graders.prometheus.reading import KIND, Reading
from graders.rule import Violation, rule


@rule(
    "ALR-17",
    severity="H",
    constraint="intent",
    source="Prometheus documentation: histograms and summaries (Apdex, SLO by bucket)",
    kinds=(KIND,),
    parameters={"metric": str, "threshold_seconds": float},
)
def latency_by_bucket(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is the latency SLI the requests in the bucket of the threshold over all requests, and no page on an
    average?

    Accepted: rate of metric_bucket{le="T"} over rate of metric_count or le="+Inf", T in any spelling
    (`le=~"1|1.0"`), also as (all - good) / all, `good < 0.99 * all` or through recordings;
    histogram_fraction(0, T, ...). Wrong: another bucket, sum / count, only quantiles; a page on sum / count,
    on the average of quantiles or the quantile of averages.
    """
    reading = Reading(bundle, facts)
    metric, threshold = str(facts.params.get("metric")), facts.params.get("threshold_seconds")
    limit = float(threshold) if isinstance(threshold, (int, float)) else math.nan
    bucket = reading.catalogue.find(f"{metric}_bucket")
    if bucket is not None and bucket.buckets and not any(_same(limit, b) for b in bucket.buckets):
        yield reading.none(f"the case's threshold {limit:g} is no bucket of {metric}")
    if not any(_is_sli(node, metric, limit) for rule_ in reading.rules for node in walk(rule_.expr)):
        yield reading.none(
            f'no rate of {metric}_bucket{{le="{limit:g}"}} is divided by the rate of {metric}_count'
        )
    for page in reading.pages():
        if (average := _average(page.expr, metric)) is not None:
            yield page.violation(
                f"pages on {average}, which hides the slow requests; use the share of the bucket"
            )


def _is_sli(node: Expr, metric: str, limit: float) -> bool:
    if isinstance(node, Call) and node.function == "histogram_fraction" and len(node.args) == 3:
        bounds = [constant(arg) for arg in node.args[:2]]
        return any(b is not None and _same(b, limit) for b in bounds) and all(
            s.name == metric for s in selectors(node.args[2])
        )
    if not isinstance(node, Binary):
        return False
    if node.op == "/":
        return _good_over_all(node.left, node.right, metric, limit)
    if node.op in COMPARISONS:
        pairs = ((node.left, node.right), (node.right, node.left))
        return any(_good_over_all(part, whole, metric, limit) for part, whole in pairs)
    return False


def _good_over_all(part: Expr, whole: Expr, metric: str, limit: float) -> bool:
    parts, wholes = list(_bucket_selectors(part)), list(_bucket_selectors(whole))
    # Without a window no rate was taken; over different windows the quotient is no share.
    if not wholes or not all(s.range for s in (*parts, *wholes)):
        return False
    if len({s.range for s in (*parts, *wholes)}) > 1:
        return False
    good = [s for s in parts if _is_bucket(s, metric, limit)]
    rest = [s for s in parts if s not in good]
    return bool(good) and all(_is_all(s, metric) for s in (*wholes, *rest))


def _bucket_selectors(expr: Expr) -> Iterator[Selector]:
    """The selectors with the bucket that is chosen where their recording is read (`lat:rate5m{le="0.3"}`)."""
    waiting: list[tuple[Expr, tuple[Matcher, ...]]] = [(expr, ())]
    while waiting:
        node, chosen = waiting.pop()
        if isinstance(node, Recorded):
            chosen = (*chosen, *(m for m in node.selector.matchers if m.label == "le"))
        if not isinstance(node, Selector):
            waiting.extend((child, chosen) for child in children(node))
        elif chosen and (node.name or "").endswith("_bucket"):
            yield replace(node, matchers=(*node.matchers, *chosen))
        else:
            yield node


def _is_bucket(selector: Selector, metric: str, limit: float) -> bool:
    if selector.name != f"{metric}_bucket":
        return False
    bounds = [_le_values(m) for m in selector.matchers if m.label == "le"]
    return len(bounds) == 1 and bool(bounds[0]) and all(_same(value, limit) for value in bounds[0])


def _is_all(selector: Selector, metric: str) -> bool:
    if selector.name == f"{metric}_count":
        return True
    return _is_bucket(selector, metric, math.inf)


def _le_values(matcher: Matcher) -> list[float]:
    """The bounds that a matcher on `le` selects; empty when they cannot be told."""
    if matcher.op == "=":
        texts = [matcher.value]
    elif matcher.op == "=~":
        texts = [re.sub(r"\\(.)", r"\1", text) for text in matcher.value.strip("^$").strip("()").split("|")]
    else:
        return []
    try:
        return [float(text) for text in texts]
    except ValueError:
        return []


def _same(a: float, b: float) -> bool:
    return a == b or math.isclose(a, b, rel_tol=1e-9)


def _average(expr: Expr, metric: str) -> str | None:
    for node in walk(expr):
        if isinstance(node, Binary) and node.op == "/":
            tops = {s.name for s in selectors(node.left)}
            if tops == {f"{metric}_sum"} and {s.name for s in selectors(node.right)} <= {f"{metric}_count"}:
                return "the average (sum / count)"
        inside: Expr | None = None
        if isinstance(node, Aggregate) and node.op == "avg":
            inside = node.expr
        elif isinstance(node, Call) and node.function == "avg_over_time" and node.args:
            inside = node.args[0]
        elif isinstance(node, Call) and node.function == "histogram_avg":
            return "the average (histogram_avg)"
        if inside is not None and _reads(inside, metric) and _has_quantile(inside):
            return "an average of quantiles"
        if isinstance(node, Call) and node.function == "histogram_quantile" and _reads(node, metric):
            averaged = [n for n in walk(node) if isinstance(n, Aggregate) and n.op == "avg"]
            if averaged:
                return "a quantile of averages"
    return None


def _reads(expr: Expr, metric: str) -> bool:
    return any(s.name in (metric, f"{metric}_bucket") for s in selectors(expr))


def _has_quantile(expr: Expr) -> bool:
    return any(isinstance(n, Call) and n.function == "histogram_quantile" for n in walk(expr))
