"""The JSON document of a comparison: stable keys, described in docs/json.md."""

from __future__ import annotations

from typing import Any

from reports.comparison.comparison import Comparison, Difference, Entry, Stability
from reports.comparison.differences import told
from reports.statistics.intervals import Interval


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """One comparison as one document."""
    return {
        "verdict": comparison.verdict,
        "notes": comparison.notes,
        "entries": [_entry(entry) for entry in comparison.entries],
        "differences": [_difference(difference) for difference in comparison.differences],
        "stability": [_stability(other) for other in comparison.stability],
        "detectable": comparison.detectable,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "run": str(entry.folder),
        "model": entry.about["model"]["name"],
        "persona": entry.about["persona"],
        "samples": len(entry.grades),
        "rank": list(entry.rank),
        "score": _interval(entry.score),
        "ship_rate": _interval(entry.ship_rate),
        "constraints": {name: _interval(value) for name, value in entry.constraints.items()},
        "areas": {name: _interval(value) for name, value in entry.areas.items()},
        "rules": {
            name: {"passed": passed, "judged": judged} for name, (passed, judged) in entry.rules.items()
        },
        "cases": entry.cases,
        "pass_at": {str(k): share for k, share in entry.pass_at.items()},
        "pass_all": {str(k): share for k, share in entry.pass_all.items()},
        "cost_per_1000": entry.cost_per_1000,
        "tokens": entry.tokens,
        "latency": {"p50": entry.latency[0], "p95": entry.latency[1]} if entry.latency else None,
        "on_front": entry.on_front,
    }


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "first": difference.first,
        "second": difference.second,
        "measure": difference.measure,
        "value": difference.value,
        "like": list(difference.like),
        "again": None if difference.again is None else list(difference.again),
        "p": difference.p,
        "p_holm": difference.p_holm,
        "told": told(difference),
        "family": difference.family,
        "clusters": difference.clusters,
    }


def _stability(other: Stability) -> dict[str, Any]:
    return {
        "weighting": other.weighting,
        "scores": other.scores,
        "order": other.order,
        "kendall_tau": other.kendall_tau,
    }


def _interval(value: Interval | None) -> dict[str, float] | None:
    return None if value is None else {"mean": value.mean, "low": value.low, "high": value.high}
