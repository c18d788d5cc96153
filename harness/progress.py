"""The progress of a run: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from harness.runs import Row

# Without a terminal: at most one line in this many seconds, so that a CI log stays readable.
SECONDS_BETWEEN_LINES = 10.0


class Progress:
    """Counts stored rows of one run; used as a context manager. `waiting()` may say what the model waits for."""

    def __init__(
        self, model: str, total: int, answered: int, graded: int, waiting: Callable[[], str | None]
    ) -> None:
        self._model, self._total = model, total
        self._answered, self._graded = answered, graded
        self._unanswered = 0
        self._already = answered + graded
        self._waiting = waiting
        self._cost = 0.0
        self._cost_known = True
        self._started = time.monotonic()
        self._last_line = 0.0
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            self._bar = Bar(
                TextColumn("{task.fields[model]}"),
                BarColumn(),
                TextColumn("{task.fields[words]}"),
                TimeElapsedColumn(),
                TextColumn("eta"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            self._bar.start()
            self._task = self._bar.add_task(
                "", total=2 * self._total, completed=self._already, model=self._model, words=self._words()
            )
        else:
            self._line()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        else:
            self._line()

    def stored(self, row: Row) -> None:
        """An answer (it has turns) or a grade was stored."""
        if "turns" in row:
            self._answered += row["status"] != "unanswered"
            self._unanswered += row["status"] == "unanswered"
            costs = [turn["cost"] for turn in row["turns"]]
            self._cost_known = self._cost_known and None not in costs
            self._cost += sum(cost or 0.0 for cost in costs)
        else:
            self._graded += 1
        if self._bar is not None:
            self._bar.update(self._task, completed=self._answered + self._graded, words=self._words())
        elif time.monotonic() - self._last_line > SECONDS_BETWEEN_LINES:
            self._line()

    def _words(self) -> str:
        cost = f"${self._cost:.4f}" if self._cost_known else f"${self._cost:.4f} + unknown"
        waiting = self._waiting()
        void = f"{self._unanswered} unanswered, " if self._unanswered else ""
        return f"{self._answered}/{self._total} answered, {void}{self._graded} graded, {cost}" + (
            f", {waiting}" if waiting else ""
        )

    def _line(self) -> None:
        done = self._answered + self._graded - self._already
        left = 2 * self._total - self._answered - self._graded
        spent = time.monotonic() - self._started
        eta = f", eta {spent / done * left:.0f} s" if done and left else ""
        print(f"{self._model}: {self._words()}, {spent:.0f} s{eta}", file=sys.stderr, flush=True)
        self._last_line = time.monotonic()
