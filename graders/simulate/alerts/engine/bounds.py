"""How much an expression may ask for: answers are a stranger's data."""

from __future__ import annotations

from graders.simulate.alerts.engine.unsupported import Unsupported

MOST_CELLS = 20_000_000
"""Rows × times of one intermediate result (160 MB of values)."""
MOST_WORK = 1_500_000_000
"""Cells of all intermediate results of one run together."""
MOST_SUBQUERIES = 3
"""Subqueries inside each other."""


class Budget:
    """Counts cells of results; one for each run."""

    def __init__(self) -> None:
        self._left = MOST_WORK

    def spend(self, rows: int, times: int) -> None:
        """Raises Unsupported when a result of `rows` × `times` is too large, or all together are."""
        cells = rows * times
        self._left -= cells
        if cells > MOST_CELLS or self._left < 0:
            raise Unsupported(
                f"the rules ask for more than can be simulated ({rows} series at {times} times)"
            )
