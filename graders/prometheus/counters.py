"""ALR-03: are counters read as counters?"""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.prometheus.catalogue import Catalogue
from graders.prometheus.first_values import Unseen, unseen
from graders.prometheus.promql import (
    Aggregate,
    Binary,
    Call,
    Expr,
    Negative,
    Recorded,
    Selector,
    Subquery,
    children,
    walk,
)
from graders.prometheus.reading import KIND, Judged, Reading
from graders.rule import Violation, rule

_RATES = frozenset({"rate", "irate", "increase"})
# They ask whether, when or how often a series has samples, not what its value is.
_NOT_THE_VALUE = frozenset(
    {"absent", "absent_over_time", "present_over_time", "count_over_time", "timestamp", "changes", "resets"}
)
_COUNTING = frozenset({"count", "group"})
_SAME_SERIES = frozenset({"label_replace", "label_join", "last_over_time"})


@rule(
    "ALR-03",
    severity="H",
    constraint="intent",
    source="Prometheus documentation: metric types, rate(); pint promql/counter and promql/rate",
    kinds=(KIND,),
    version=2,
)
def reads_counters_as_counters(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is every counter read through a rate over a wide enough window, and a rate taken of counters only?

    Accepted: rate/irate/increase of a counter or of a subquery or recording that is the plain counter, window
    at least twice the scrape interval; absent, count, changes, resets, timestamp of a raw counter; a raw
    counter on the right of `and`/`unless`. Wrong: rate of a gauge, of an aggregation or of what is a rate
    already; a counter that is compared, summed or divided raw in an alert (through recordings too).

    The raw value of series that did not exist a while ago (`x unless x offset 5m`) is what they have counted
    since and what increase() does not see of them: accepted, summed and compared as well, when the right side
    asks for the same series or more, further back than the left side looks. Wrong: another metric or other
    matchers there, two raw values compared (`x > 9 unless x offset 5m > 9`), series that ended, raw differences.
    """
    reading = Reading(bundle, facts)
    if not any(True for _ in reading.alerts()):
        yield reading.none("there is no alert to judge")
    scrape = facts.stated.get("scrape_interval")
    for judged in reading.rules:
        shallow = _rates(judged, reading.catalogue, scrape if isinstance(scrape, (int, float)) else 0)
        yield from (judged.violation(message) for message in dict.fromkeys(shallow))
    for alert in reading.alerts():
        for name in dict.fromkeys(_raw(alert.expr, reading.catalogue, value_matters=False)):
            yield alert.violation(
                f"the counter {name} is used raw; it only grows and restarts at 0: use rate()"
            )


def _rates(judged: Judged, catalogue: Catalogue, scrape: float) -> Iterator[str]:
    # What stands inside a recording is that rule's own violation.
    waiting: list[Expr] = [judged.expr]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Call) and node.function in _RATES and node.args:
            yield from _rate(node.function, node.args[0], catalogue, scrape)
        if not isinstance(node, Recorded):
            waiting.extend(children(node))


def _rate(function: str, of: Expr, catalogue: Catalogue, scrape: float) -> Iterator[str]:
    match of:
        case Selector():
            kind = catalogue.type_of(of.name)
            if kind == "gauge":
                yield f"{function}() of {of.name}, which is a gauge; use delta(), deriv() or its value"
            if of.range is not None and of.range < 2 * scrape:
                yield (
                    f"{function}() over {of.range:g}s can see fewer than two samples when the targets are "
                    f"scraped every {scrape:g}s; at least {2 * scrape:g}s"
                )
        case Recorded():
            if (wrong := _no_counter(of.expr, catalogue)) is not None:
                yield f"{function}() of {of.selector.name}, which is recorded from {wrong}; take the rate first"
        case Subquery():
            if (wrong := _no_counter(of.expr, catalogue)) is not None:
                yield f"{function}() of {wrong}; take the rate of the counter itself first"
        case _:
            pass


def _no_counter(expr: Expr, catalogue: Catalogue) -> str | None:
    """What `expr` is when it is not a plain counter."""
    match expr:
        case Selector():
            return "a gauge" if catalogue.type_of(expr.name) == "gauge" else None
        case Recorded():
            return _no_counter(expr.expr, catalogue)
        case Call() if expr.function in _SAME_SERIES and expr.args:
            return _no_counter(expr.args[0], catalogue)
        case Subquery():
            return _no_counter(expr.expr, catalogue)
        case Binary(op="or"):
            return _no_counter(expr.left, catalogue) or _no_counter(expr.right, catalogue)
        case _:
            pass
    if any(isinstance(node, Call) and node.function in _RATES for node in walk(expr)):
        return "a rate already"
    if isinstance(expr, Aggregate):
        return "an aggregation, in which the restart of one counter is lost"
    return "no counter"


def _raw(expr: Expr, catalogue: Catalogue, *, value_matters: bool) -> Iterator[str]:
    """Names of the counters whose raw value, of series that are not new, reaches the result (or a comparison, sum,
    quotient on the way)."""
    waiting: list[tuple[Expr, bool, tuple[Unseen, ...]]] = [(expr, value_matters, ())]
    while waiting:
        node, matters, pasts = waiting.pop()
        below = tuple(past for one in pasts if (past := one.below(node)) is not None)
        match node:
            case Selector():
                counts = node.name is not None and catalogue.type_of(node.name) == "counter"
                if matters and counts and not any(past.excludes_old(node) for past in pasts):
                    yield str(node.name)
            case Recorded() | Subquery():
                waiting.append((node.expr, matters, below))
            case Negative():
                waiting.append((node.expr, True, ()))
            case Aggregate():
                waiting.append((node.expr, node.op not in _COUNTING, below))
            case Call():
                if node.function not in _RATES:
                    keeps = node.function in _SAME_SERIES
                    matters = matters if keeps else node.function not in _NOT_THE_VALUE
                    waiting.extend((arg, matters, below) for arg in node.args)
            case Binary(op="unless"):
                past = unseen(node)
                if past is None:
                    waiting.append((node.right, False, ()))
                waiting.append((node.left, matters, below if past is None else (*below, past)))
            case Binary(op="and"):
                waiting.append((node.right, False, ()))
                waiting.append((node.left, matters, below))
            case Binary():
                matters = matters or node.op != "or"
                waiting.extend(((node.right, matters, below), (node.left, matters, below)))
            case _:
                pass
