"""What a trend gives to the HTML report of a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reports.page.history import History
from reports.trend.chart import draw
from reports.trend.rows import cells
from reports.trend.trend import Trend, read_trend


def history_of(place: Path, models: Sequence[str] = ()) -> History:
    """The history of all runs below `place`, or of these models alone. Raises `RunError` as `read_trend`."""
    return history(read_trend(place, models))


def history(trend: Trend) -> History:
    """The plot, and a row for each night of each line."""
    rows = [{"model": series.name, **cells(night)} for series in trend.series for night in series.nights]
    return History(draw(trend.series), rows, LABEL)


LABEL = "Score over nights, a panel for each line; the table has the same numbers"
