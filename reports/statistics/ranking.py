"""Orders that the numbers allow: ranks with ties, the Pareto front, agreement of two rankings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from math import isnan
from typing import Any


def rank_ranges(names: Sequence[str], ahead: Sequence[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """Best and worst rank of each name, given who is certainly ahead of whom: (1, 2) is a tie for the first place."""
    return {
        name: (
            1 + sum(1 for _, loser in ahead if loser == name),
            len(names) - sum(1 for winner, _ in ahead if winner == name),
        )
        for name in names
    }


def pareto_front(points: Mapping[str, tuple[float, float]]) -> set[str]:
    """The names whose (score, cost) no other beats: no other has at least the score for at most the cost, and one of both
    better."""
    return {
        name
        for name, (score, cost) in points.items()
        if not any(
            other_score >= score and other_cost <= cost and (other_score, other_cost) != (score, cost)
            for other_score, other_cost in points.values()
        )
    }


def kendall(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Kendall's tau-b of two scorings of the same names (1: the same order), by scipy; None where all are equal."""
    if len(first) < 2:
        return None
    stats: Any = import_module("scipy.stats")  # untyped
    tau = float(stats.kendalltau(first, second).statistic)
    return None if isnan(tau) else tau
