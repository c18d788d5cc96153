"""Stored series: what was scraped and what rules recorded, with the lookups of selectors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from graders.prometheus.promql import Matcher, Selector
from graders.simulate.alerts.engine.expressions import compiled
from graders.simulate.alerts.engine.labels import NAME, Labels
from graders.simulate.alerts.engine.samples import Samples
from graders.simulate.alerts.engine.series import Floats, Integers, Truths
from graders.simulate.alerts.engine.unsupported import Unsupported

SCRAPED = -1
"""The writer of series that no rule records."""


class Block:
    """Series that were written together: all samples of row i stand at `times` (milliseconds) where `present[i]`.

    A missing sample after a present one is a staleness marker. `writer` is the position of the rule that writes it.
    """

    def __init__(
        self,
        labels: Sequence[Labels],
        times: Integers,
        values: Floats,
        present: Truths,
        writer: int = SCRAPED,
    ) -> None:
        self.labels = tuple(labels)
        self.writer = writer
        self._all = Samples(self.labels, times, values, present)
        self._chosen: dict[tuple[int, ...], Samples] = {tuple(range(len(self.labels))): self._all}

    def select(self, selector: Selector) -> Samples | None:
        """The rows that the selector matches, None without any."""
        rows = tuple(i for i, labels in enumerate(self.labels) if matches(selector, dict(labels)))
        if not rows:
            return None
        if rows not in self._chosen:
            self._chosen[rows] = self._all.rows(rows)
        return self._chosen[rows]


class Storage:
    """All blocks of a simulation."""

    def __init__(self, blocks: Iterable[Block] = ()) -> None:
        self._blocks = list(blocks)

    def add(self, block: Block) -> None:
        self._blocks.append(block)

    def select(self, selector: Selector) -> Iterator[tuple[Block, Samples]]:
        """What the selector matches, block by block. Raises Unsupported when a series was written by two rules."""
        seen: set[Labels] = set()
        for block in self._blocks:
            samples = block.select(selector)
            if samples is None:
                continue
            if not seen.isdisjoint(samples.labels):
                raise Unsupported(f"two rules write the same series {selector.name or ''}".rstrip())
            seen.update(samples.labels)
            yield block, samples


def matches(selector: Selector, labels: dict[str, str]) -> bool:
    """Does the selector match the labels (with `__name__`)? A missing label is the empty string."""
    if selector.name is not None and labels.get(NAME) != selector.name:
        return False
    return all(compare(matcher, labels.get(matcher.label, "")) for matcher in selector.matchers)


def compare(matcher: Matcher, value: str) -> bool:
    """Does one matcher hold for a label's value? Expressions (RE2) are anchored at both ends."""
    if matcher.op in ("=~", "!~"):
        return (compiled(matcher.value).fullmatch(value) is not None) is (matcher.op == "=~")
    return (value == matcher.value) is (matcher.op == "=")


def milliseconds(seconds: float) -> int:
    """A duration or time as Prometheus stores it."""
    return int(np.rint(seconds * 1000))
