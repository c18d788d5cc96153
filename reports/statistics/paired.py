"""The paired difference of two models, for both questions that one may ask of it (docs/comparing.md).

«On work like this»: the cases are a sample of such work. «On these cases again»: the cases stay, only the epochs differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.statistics.sign_flip import sign_flip


@dataclass(frozen=True, slots=True)
class Paired:
    """A mean difference in [-1, 1] with its interval, its p-value and its clustered standard error."""

    value: float
    low: float
    high: float
    p: float
    error: float
    clusters: int


def paired_difference(
    differences: Sequence[float], clusters: Sequence[str], confidence: float = 0.95
) -> Paired:
    """The mean of one difference a case, «on work like this».

    Two methods must agree before a difference is told: the clustered standard error (factor G / (G − 1), Student's t on
    G − 1 degrees of freedom; Miller 2024, arXiv 2411.00640, section 4.2), which assumes that the mean is nearly normal,
    and the sign-flip test over clusters, which assumes no such thing. The wider interval and the larger p are reported,
    so the interval holds 0 exactly when p ≥ 1 − confidence.

    Where the sign-flip test has no interval (few clusters) or all clusters show the same difference d (and the standard
    error would claim certainty), the exact bound takes its place: at 95 % at most the share q = 1 − 0.025^(1/G) of such
    clusters is unlike the G that were seen (Clopper and Pearson 1934 for 0 of G), and those may lie anywhere in [-1, 1].
    Raises `ValueError` without differences.
    """
    if not differences:
        raise ValueError("no difference without a case")
    value = sum(differences) / len(differences)
    sums: dict[str, float] = {}
    sizes: dict[str, int] = {}
    for difference, cluster in zip(differences, clusters, strict=True):
        sums[cluster] = sums.get(cluster, 0.0) + difference
        sizes[cluster] = sizes.get(cluster, 0) + 1
    count = len(sums)
    squares = sum((total - sizes[cluster] * value) ** 2 for cluster, total in sums.items())
    unseen = _unseen(value, count, confidence)
    if count < 2 or squares < 1e-18:
        return Paired(value, *unseen, _p_unseen(value, count), 0.0, count)
    error = (count / (count - 1) * squares) ** 0.5 / len(differences)
    p_t, reach = _student(value, error, count - 1, confidence)
    p_flip, flipped = sign_flip(list(sums.values()), list(sizes.values()), confidence)
    low, high = flipped or unseen
    return Paired(
        value,
        max(-1.0, min(value - reach, low)),
        min(1.0, max(value + reach, high)),
        max(p_t, p_flip),
        error,
        count,
    )


def between_epochs(
    first: Sequence[Sequence[float]],
    second: Sequence[Sequence[float]],
    confidence: float = 0.95,
) -> tuple[float, float] | None:
    """The interval of the difference «on these cases again», from the noise between epochs alone.

    `first[i]` and `second[i]` are the epochs' values of variant i; each variant weighs the same. Each model's variance
    within a variant is pooled over its variants, and the two are joined by Welch's formula (Welch 1947; Satterthwaite
    1946). None unless both models have a variant with two epochs. Where no epoch differs from another, the exact bound
    of `paired_difference` is taken, with one trial for each repetition.
    """
    value = _mean([_mean(a) - _mean(b) for a, b in zip(first, second, strict=True)])
    parts: list[tuple[float, int]] = []
    for values in (first, second):
        free = sum(len(epochs) - 1 for epochs in values)
        if free == 0:
            return None
        pooled = sum((x - _mean(epochs)) ** 2 for epochs in values for x in epochs) / free
        spread = sum(1 / len(epochs) for epochs in values) / len(values) ** 2
        parts.append((pooled * spread, free))
    variance = sum(part for part, _ in parts)
    if variance < 1e-18:
        return _unseen(value, sum(free for _, free in parts), confidence)
    degrees = variance**2 / sum(part**2 / free for part, free in parts)
    _, reach = _student(value, variance**0.5, degrees, confidence)
    return max(-1.0, value - reach), min(1.0, value + reach)


def _student(value: float, error: float, degrees: float, confidence: float) -> tuple[float, float]:
    """Two-sided p of value / error, and how far the interval reaches to each side."""
    from scipy.special import stdtr, stdtrit

    p = 2 * float(stdtr(degrees, -abs(value) / error))
    return p, float(stdtrit(degrees, 0.5 + confidence / 2)) * error


def _unseen(value: float, trials: int, confidence: float) -> tuple[float, float]:
    share = 1 - ((1 - confidence) / 2) ** (1 / trials)
    return value - share * (1 + value), value + share * (1 - value)


def _p_unseen(value: float, trials: int) -> float:
    """At which level `_unseen` just reaches 0."""
    return float(min(1.0, 2 * (1 + abs(value)) ** -trials))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
