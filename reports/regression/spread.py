"""Does the baseline keep the assumption of the nightly test: that nights differ only by the noise of their samples?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from harness.runs import Row
from reports.regression.strata import Measure, variant_of

_RELABELLINGS = 1999


def nights_differ(nights: Sequence[Sequence[Row]], measure: Measure, seed: int) -> float | None:
    """A p-value for «the nights of the baseline are alike»; None with fewer than two nights.

    A permutation test as of the night itself: the statistic is the variance of the nights' means, and within each
    variant samples are handed to other nights. Only variants with the same nights as the panel are asked.
    """
    values: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, night in enumerate(nights):
        for row in night:
            value = measure(row)
            if value is not None:
                values[variant_of(row)].append((number, float(value)))
    whole = [found for found in values.values() if len({number for number, _ in found}) == len(nights)]
    if len(nights) < 2 or not whole:
        return None
    random = np.random.default_rng(seed)
    means = np.zeros((_RELABELLINGS + 1, len(nights)))
    for found in whole:
        share = np.zeros((len(found), len(nights)))
        for place, (number, _) in enumerate(found):
            share[place, number] = 1.0
        share /= share.sum(axis=0)
        # Row 0 is the order as it was.
        order = np.tile(np.arange(len(found)), (_RELABELLINGS + 1, 1))
        order[1:] = random.permuted(order[1:], axis=1)
        means += np.array([value for _, value in found])[order] @ share
    spread = means.var(axis=1)
    return float(np.count_nonzero(spread >= spread[0] - 1e-12)) / (_RELABELLINGS + 1)
