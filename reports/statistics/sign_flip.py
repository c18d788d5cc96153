"""The sign-flip test of a paired difference over clusters, and the interval that belongs to it.

When two models answer equally well, which of them comes first is a toss in each cluster, so every pattern of signs of the
differences is equally likely: no normal distribution is assumed, which matters for few clusters and for scores that are
0 or 1. The p-value is that of `scipy.stats.permutation_test(…, permutation_type="samples")`; scipy has no interval.

Flipping the signs of the clusters S makes the sum at least as large exactly when the mean over S is at most the
difference that is tested. So the means over all subsets of clusters say which differences the test rejects (Hartigan
1969, «Using subsample values as typical values», JASA 64): p and interval come from one list and agree.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

# Up to here every subset is looked at; beyond, so many are drawn at random with a fixed seed.
ALL_SUBSETS_UP_TO = 16
DRAWN = 2**15 - 1
_TOLERANCE = 1e-12


def smallest_p(clusters: int) -> float:
    """The smallest p that so many clusters allow: that of differences which all have the same sign."""
    patterns = 2**clusters if clusters <= ALL_SUBSETS_UP_TO else DRAWN + 1
    return min(1.0, 2 / patterns)


def sign_flip(
    sums: Sequence[float], sizes: Sequence[int], confidence: float = 0.95
) -> tuple[float, tuple[float, float] | None]:
    """p for «no difference», and the interval of the mean difference.

    `sums` are the summed differences of each cluster, `sizes` its cases. The interval is None where no difference at all
    could be rejected (at 95 %: five clusters or fewer).
    """
    import numpy as np

    subsets = _subsets(len(sums))
    means: Any = (subsets @ np.asarray(sums, dtype=np.float64)) / _cases(tuple(sizes))
    patterns = len(means) + 1  # and the one that was observed, which is as extreme as itself
    below = int((means <= _TOLERANCE).sum()) + 1
    above = int((means >= -_TOLERANCE).sum()) + 1
    p = min(1.0, 2 * min(below, above) / patterns)
    needed = math.ceil((1 - confidence) / 2 * patterns) - 1
    if needed < 1:
        return p, None
    ordered: Any = np.partition(means, (needed - 1, len(means) - needed))
    return p, (float(ordered[needed - 1]), float(ordered[len(means) - needed]))


@functools.cache
def _subsets(clusters: int) -> Any:
    """One row a subset that is not empty, one column a cluster: 1 where the cluster belongs to it."""
    import numpy as np

    if clusters <= ALL_SUBSETS_UP_TO:
        numbers = np.arange(1, 2**clusters, dtype=np.int64)
        return ((numbers[:, None] >> np.arange(clusters)) & 1).astype(np.float64)
    drawn = np.random.default_rng(1969).integers(0, 2, (DRAWN, clusters)).astype(np.float64)
    return drawn[drawn.any(axis=1)]


@functools.lru_cache(maxsize=32)
def _cases(sizes: tuple[int, ...]) -> Any:
    """How many cases each subset has. Many pairs of models ask this of the same clusters."""
    import numpy as np

    return _subsets(len(sizes)) @ np.asarray(sizes, dtype=np.float64)
