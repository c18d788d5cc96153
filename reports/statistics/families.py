"""Many comparisons at once: p-values corrected within their family."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down correction (1979, «A simple sequentially rejective multiple test procedure»), by statsmodels.

    The chance of even one false order within the family stays below the level, however the comparisons depend on each
    other.
    """
    if not p_values:
        return []
    multitest: Any = import_module("statsmodels.stats.multitest")  # untyped
    return [float(p) for p in multitest.multipletests(p_values, method="holm")[1]]
