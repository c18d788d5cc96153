"""What selectors and subqueries see: the newest samples, or all in a window, with `offset` and `@`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from graders.prometheus.promql import Expr, Selector, Subquery
from graders.simulate.alerts.engine.bounds import MOST_SUBQUERIES
from graders.simulate.alerts.engine.failures import Failure, failed
from graders.simulate.alerts.engine.samples import Samples, Windows
from graders.simulate.alerts.engine.series import Integers
from graders.simulate.alerts.engine.storage import SCRAPED, Block, milliseconds
from graders.simulate.alerts.engine.unsupported import Unsupported
from graders.simulate.alerts.engine.vector import Scalar, Vector, always, stacked

if TYPE_CHECKING:
    from graders.simulate.alerts.engine.evaluation import Evaluator

LOOKBACK = 300_000
"""How old a sample may be to be an instant value, in milliseconds."""


def instant(evaluator: Evaluator, node: Selector) -> Vector:
    """The instant vector of a selector."""
    return stacked([vector for vector, _ in newest(evaluator, node)], len(evaluator.times))


def newest(evaluator: Evaluator, node: Selector) -> Iterator[tuple[Vector, Integers]]:
    """The newest sample of each series, and when (milliseconds, shape (K,)) it was written; block by block."""
    moments = _moments(evaluator, node)
    for block, samples in evaluator.server.storage.select(node):
        side = "left" if _lagged(evaluator, block) else "right"
        seen = np.searchsorted(samples.times, evaluator.times, side)
        position = np.minimum(np.searchsorted(samples.times, moments, "right"), seen) - 1
        if not len(samples.times):
            continue
        at = np.maximum(position, 0)
        age = moments - samples.times[at]
        fresh = (position >= 0) & ((age < LOOKBACK) if evaluator.server.left_open else (age <= LOOKBACK))
        # Where the newest scrape or evaluation has no sample there is a staleness marker (or there never was one).
        vector = Vector(samples.labels, samples.values[:, at], samples.present[:, at] & fresh)
        yield vector.seen(), samples.times[at]


def windows(evaluator: Evaluator, node: Expr, failures: list[Failure]) -> Iterator[Windows]:
    """The windows of a range selector or subquery, block by block."""
    if isinstance(node, Subquery):
        samples = _steps(evaluator, node, failures)
        if samples is not None:
            ends = _moments(evaluator, node)
            yield _windows(evaluator, samples, ends, node.range, lagged=False, known=ends)
        return
    if not isinstance(node, Selector) or node.range is None:
        raise Unsupported("a range function of something that is no range")
    moments = _moments(evaluator, node)
    for block, samples in evaluator.server.storage.select(node):
        lagged = _lagged(evaluator, block)
        if len(samples.times):
            yield _windows(evaluator, samples, moments, node.range, lagged=lagged, known=evaluator.times)


def _windows(
    evaluator: Evaluator, samples: Samples, ends: Integers, seconds: float, *, lagged: bool, known: Integers
) -> Windows:
    server = evaluator.server
    server.budget.spend(len(samples.labels), len(ends))
    starts = ends - milliseconds(seconds)
    return Windows(samples, starts, ends, known=known, lagged=lagged, left_open=server.left_open)


def _moments(evaluator: Evaluator, node: Selector | Subquery) -> Integers:
    """The times that a selector looks at: those of the evaluation, with `@` and `offset`."""
    times = evaluator.times
    if isinstance(node.at, float):
        times = np.full(len(times), milliseconds(node.at), np.int64)
    elif node.at is not None and evaluator.depth:
        # Of a rule's query the evaluation time is start() as well as end(); inside a subquery it is another time.
        raise Unsupported(f"@ {node.at}() inside a subquery")
    moments = times - milliseconds(node.offset)
    if (evaluator.depth or isinstance(node, Subquery)) and bool((moments > evaluator.times).any()):
        # What is there at that later time depends on when the whole query is evaluated.
        raise Unsupported("a subquery that looks ahead")
    return moments


def _lagged(evaluator: Evaluator, block: Block) -> bool:
    """Is the block written later than the reader reads, at the same time?"""
    lagged = block.writer != SCRAPED and block.writer >= evaluator.reader
    if lagged and evaluator.depth:
        raise Unsupported("a subquery over a rule that is evaluated later")
    return lagged


def _steps(evaluator: Evaluator, node: Subquery, failures: list[Failure]) -> Samples | None:
    """The inner expression at all multiples of the step that lie in any of the windows."""
    if evaluator.depth >= MOST_SUBQUERIES:
        raise Unsupported(f"subqueries more than {MOST_SUBQUERIES} deep")
    server = evaluator.server
    step = milliseconds(node.step) if node.step else server.interval
    span = milliseconds(node.range)
    ends = _moments(evaluator, node)
    if step <= 0:
        raise Unsupported("a subquery without a step")
    first, last = -(-(int(ends.min()) - span) // step), int(ends.max()) // step
    server.budget.spend(1, max(0, last - first + 1))
    times = np.arange(first, last + 1, dtype=np.int64) * step
    if not len(times):
        return None
    value, found = evaluator.inside(times).evaluate(node.expr)
    if found:
        # One failed step fails all queries whose windows hold it.
        up_to = np.concatenate([[0], np.cumsum(failed(found, len(times)))])
        low = np.searchsorted(times, ends - span, "right" if server.left_open else "left")
        bad = up_to[np.searchsorted(times, ends, "right")] > up_to[low]
        failures += [Failure(found[0].message, bad)] if bad.any() else []
    vector = always(value.values) if isinstance(value, Scalar) else value
    return Samples(vector.labels, times, vector.values, vector.present) if vector.labels else None
