"""Intervals for a mean over samples that come in clusters.

The unit of analysis is the cluster (docs/scoring.md): samples of one case, and cases that are twins, are not independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Interval(NamedTuple):
    """A mean of values in [0, 1] with its 95 % interval."""

    mean: float
    low: float
    high: float


def clustered_mean(
    values: Sequence[float], clusters: Sequence[str], confidence: float = 0.95
) -> Interval | None:
    """The mean with an interval «on work like this»: the cases are taken as a sample of such cases.

    Standard error clustered over `clusters` with the factor G / (G − 1) (Miller 2024, arXiv 2411.00640, section 2.2;
    Cameron and Miller 2015), Student's t on G − 1 degrees of freedom, cut to [0, 1]. When all clusters agree, or there
    is only one, that formula would claim certainty: then the Wilson score interval with n = G is taken, which treats
    each cluster as one trial, so an interval is never of zero width. None without values.
    """
    if not values:
        return None
    mean = sum(values) / len(values)
    sums: dict[str, float] = {}
    for value, cluster in zip(values, clusters, strict=True):
        sums[cluster] = sums.get(cluster, 0.0) + (value - mean)
    count = len(sums)
    squares = sum(total * total for total in sums.values())
    if count < 2 or squares < 1e-18:
        return Interval(mean, *wilson(mean, count, confidence))
    from scipy.special import stdtrit

    error = (count / (count - 1) * squares) ** 0.5 / len(values)
    reach = float(stdtrit(count - 1, 0.5 + confidence / 2)) * error
    return Interval(mean, max(0.0, mean - reach), min(1.0, mean + reach))


def wilson(share: float, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson (1927): the score interval of a proportion."""
    from scipy.special import ndtri

    z = float(ndtri(0.5 + confidence / 2))
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    reach = z / (1 + z * z / trials) * (share * (1 - share) / trials + z * z / (4 * trials * trials)) ** 0.5
    return max(0.0, min(share, middle - reach)), min(1.0, max(share, middle + reach))
