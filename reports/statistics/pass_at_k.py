"""Several tries at the same task: does one of k succeed, do all of k?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import comb

# Beyond these, only the number of samples itself.
SHOWN = (1, 2, 3, 4, 5, 10, 20, 50, 100)


def pass_at(k: int, samples: int, passed: int) -> float:
    """At least one of k passes: 1 − C(n − c, k) / C(n, k), unbiased (Chen et al. 2021, arXiv 2107.03374, section 2.1)."""
    return 1 - comb(samples - passed, k) / comb(samples, k)


def pass_all(k: int, samples: int, passed: int) -> float:
    """All k pass, pass^k: C(c, k) / C(n, k), unbiased (Yao et al. 2024, «τ-bench», arXiv 2406.12045, section 3)."""
    return comb(passed, k) / comb(samples, k)


def over_cases(
    variants: Sequence[tuple[str, Sequence[bool]]],
) -> tuple[Mapping[int, float], Mapping[int, float]]:
    """pass@k and pass^k for each k that every variant has samples for; each case counts once.

    `variants` are (case, whether each of its samples passed).
    """
    fewest = min((len(passed) for _, passed in variants), default=0)
    sizes = sorted({k for k in (*SHOWN, fewest) if 1 <= k <= fewest})
    return (
        {k: _mean_over_cases([(case, pass_at(k, len(p), sum(p))) for case, p in variants]) for k in sizes},
        {k: _mean_over_cases([(case, pass_all(k, len(p), sum(p))) for case, p in variants]) for k in sizes},
    )


def _mean_over_cases(values: Sequence[tuple[str, float]]) -> float:
    by_case: dict[str, list[float]] = {}
    for case, value in values:
        by_case.setdefault(case, []).append(value)
    return sum(sum(own) / len(own) for own in by_case.values()) / len(by_case)
