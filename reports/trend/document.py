"""The JSON document of a trend (docs/json.md)."""

from __future__ import annotations

from typing import Any

from reports.statistics.intervals import Interval
from reports.trend.series import Night, Series
from reports.trend.trend import Trend


def trend_document(trend: Trend) -> dict[str, Any]:
    """All lines with all their nights."""
    return {"series": [_series(series) for series in trend.series], "notes": trend.notes}


def _series(series: Series) -> dict[str, Any]:
    return {
        "name": series.name,
        "model": series.last.model,
        "rotating": series.last.rotating,
        "nights": [_night(night) for night in series.nights],
    }


def _night(night: Night) -> dict[str, Any]:
    point = night.point
    return {
        "run": str(point.folder),
        "started": f"{point.moment:%Y-%m-%dT%H:%M:%SZ}",
        "status": point.status,
        "valid": not point.hollow and point.score is not None,
        "score": point.score.mean if point.score else None,
        "score_interval": _bounds(point.score),
        "ship_rate": point.ship_rate.mean if point.ship_rate else None,
        "ship_rate_interval": _bounds(point.ship_rate),
        "cost": point.cost,
        "samples": {"expected": point.expected, "graded": point.graded},
        "stretch": night.stretch,
        "changes": [{"what": change.what, "how": change.how} for change in night.changes],
    }


def _bounds(interval: Interval | None) -> list[float] | None:
    return [interval.low, interval.high] if interval else None
