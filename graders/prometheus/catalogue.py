"""The case's catalogue of metrics (`facts: metrics:`) as a lookup by the name of a series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

# Written by Prometheus itself for each target or alert.
_OF_PROMETHEUS = frozenset(
    {
        "up",
        "scrape_duration_seconds",
        "scrape_samples_scraped",
        "scrape_samples_post_metric_relabeling",
        "scrape_series_added",
    }
)
_ALERT_SERIES = frozenset({"ALERTS", "ALERTS_FOR_STATE"})
_TARGET_LABELS = frozenset({"job", "instance"})
_COUNTER_SUFFIXES = ("_total", "_bucket", "_count", "_sum")


@dataclass(frozen=True, slots=True)
class Metric:
    """One name that can be selected.

    `base` is the name in the catalogue (`x` of `x_bucket`). `type` is `counter`, `gauge` or `histogram` (a
    native one). `labels` is None where any label may stand (the series of alerts). `buckets` are the upper
    bounds of a histogram.
    """

    name: str
    base: str
    type: str
    labels: frozenset[str] | None
    buckets: tuple[float, ...] = ()


class Catalogue:
    """What the case says exists."""

    def __init__(self, stated: Mapping[str, Any]) -> None:
        self._metrics: dict[str, Metric] = {}
        described = [
            cast("Mapping[str, Any]", i) for i in _list(stated.get("metrics")) if isinstance(i, Mapping)
        ]
        common = _TARGET_LABELS | _names(stated.get("common_labels"))
        for item in described:
            self._add(item, common)
        own = [_names(item.get("labels")) for item in described]
        shared = own[0].intersection(*own) if own else frozenset[str]()
        for name in _OF_PROMETHEUS:
            self._metrics.setdefault(name, Metric(name, name, "gauge", common | shared))
        for name in _ALERT_SERIES:
            self._metrics.setdefault(name, Metric(name, name, "gauge", None))
        self.stated = bool(described)

    def find(self, name: str | None) -> Metric | None:
        return self._metrics.get(name) if name is not None else None

    def names(self) -> frozenset[str]:
        return frozenset(self._metrics)

    def type_of(self, name: str | None) -> str | None:
        """The type of a series, None when it is not known. Without a catalogue the naming convention
        decides."""
        metric = self.find(name)
        if metric is not None:
            return metric.type
        if not self.stated and name is not None and name.endswith(_COUNTER_SUFFIXES):
            return "counter"
        return None

    def base_of(self, name: str) -> str:
        metric = self.find(name)
        return metric.base if metric is not None else name

    def _add(self, item: Mapping[str, Any], common: frozenset[str]) -> None:
        base, type_ = item.get("name"), item.get("type")
        if not isinstance(base, str):
            return
        labels = common | _names(item.get("labels"))
        buckets = tuple(float(b) for b in _list(item.get("buckets")) if isinstance(b, (int, float)))

        def put(name: str, kind: str, *more: str) -> None:
            self._metrics[name] = Metric(name, base, kind, labels | set(more), buckets)

        if type_ == "histogram":
            put(f"{base}_bucket", "counter", "le")
            put(f"{base}_sum", "counter")
            put(f"{base}_count", "counter")
            if not buckets:
                put(base, "histogram")
        elif type_ == "summary":
            put(base, "gauge", "quantile")
            put(f"{base}_sum", "counter")
            put(f"{base}_count", "counter")
        else:
            put(base, "counter" if type_ == "counter" else "gauge")


def _list(value: Any) -> list[Any]:
    return list(cast("list[Any]", value)) if isinstance(value, (list, tuple)) else []


def _names(value: Any) -> frozenset[str]:
    """Label names, given as a list or as a mapping from name to values."""
    names = list(cast("Mapping[Any, Any]", value)) if isinstance(value, Mapping) else _list(value)
    return frozenset(name for name in names if isinstance(name, str))
