"""One violation for one place: several configurations of one folder would repeat it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graders.rule import Violation


def once(found: Iterable[Violation]) -> Iterator[Violation]:
    """The violations without repetition, in their order."""
    yield from dict.fromkeys(found)
