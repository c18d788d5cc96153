"""The test of a night: a one-sided, stratified permutation test.

The question is «on these cases again»: the panel is fixed, so the only noise is between the samples of one variant.
«Nothing changed» then means that within a variant tonight's samples and the baseline's are exchangeable; every way to
hand the label «tonight» to as many of them is equally likely. The share of such relabellings whose drop is at least the
one seen is the p-value, exact for any distribution of scores (Fisher 1935; Phipson and Smyth 2010 for (b + 1) / (B + 1),
which keeps a Monte Carlo p-value from promising more than it drew). A variant whose samples all agree is the same under
every relabelling and adds no noise; one that changed from one constant to another adds its whole difference. With one
sample on each side a relabelling is an exchange of the two, that is a flip of the sign of their difference.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from reports.regression.strata import Stratum

# Sums of the same numbers in another order differ by less than this; a real difference of scores is far larger.
_EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class Permutation:
    """`drop` is baseline − tonight as a mean over cases, in the unit of the values; above 0 is worse.

    `p` is one-sided. `smallest_p` is the least that these values could have given had the lowest of them all been
    tonight's: above alpha the test could not have raised an alarm. `by_chance` is the drop that relabelling alone
    exceeds with probability alpha. `cases` is how many cases were compared.
    """

    drop: float
    p: float
    smallest_p: float
    by_chance: float
    cases: int


def permutation_test(
    strata: Sequence[Stratum], alpha: float, relabellings: int, seed: int
) -> Permutation | None:
    """Deterministic for the same input. None without strata. Each case weighs the same, and within it each variant."""
    if not strata:
        return None
    variants = Counter(stratum.case for stratum in strata)
    null = np.zeros(relabellings)
    drop, smallest = 0.0, 1.0
    for place, stratum in enumerate(strata):
        weight = 1.0 / (len(variants) * variants[stratum.case])
        values = np.array(stratum.tonight + stratum.baseline)
        size, rest = len(stratum.tonight), len(stratum.baseline)
        drop += weight * float(values[size:].mean() - values[:size].mean())
        if np.ptp(values) < _EQUAL:
            continue
        chosen = values[_relabellings(len(values), size, relabellings, seed, place)].sum(axis=1)
        null += weight * ((float(values.sum()) - chosen) / rest - chosen / size)
        smallest *= _share_of_lowest(sorted(values.tolist()), size)
    reached = int(np.count_nonzero(null >= drop - _EQUAL))
    return Permutation(
        drop=drop,
        p=(reached + 1) / (relabellings + 1),
        smallest_p=max(smallest, 1 / (relabellings + 1)),
        by_chance=float(np.quantile(null, 1 - alpha)),
        cases=len(variants),
    )


@lru_cache(maxsize=1024)
def _relabellings(pool: int, size: int, number: int, seed: int, place: int) -> NDArray[np.int32]:
    """`number` random choices of `size` out of `pool`: row i says which samples of the stratum are «tonight» in i.

    Kept, since the panel has the same shape every night and a simulation asks thousands of times.
    """
    order = np.random.default_rng([seed, place, pool, size]).random((number, pool))
    chosen = order.argsort(axis=1)[:, :size] if size < pool else np.tile(np.arange(pool), (number, 1))
    return chosen.astype(np.int32)


def _share_of_lowest(ordered: Sequence[float], size: int) -> float:
    """The share of the choices of `size` values that have the lowest sum (ties are all lowest)."""
    cut = ordered[size - 1]
    tied = sum(1 for value in ordered if abs(value - cut) < _EQUAL)
    needed = sum(1 for value in ordered[:size] if abs(value - cut) < _EQUAL)
    return math.comb(tied, needed) / math.comb(len(ordered), size)
