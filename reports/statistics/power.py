"""What these cases could find out at all."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from reports.statistics.sign_flip import smallest_p

LEVEL, POWER = 0.05, 0.8


def detectable_difference(error: float, clusters: int, comparisons: int) -> float | None:
    """The smallest true difference that is found with 80 % power, for a pair whose clustered standard error is `error`.

    The level is that of Holm's strictest step, 0.05 / comparisons, so the family is paid for; the power is that of the
    paired t-test (noncentral t, by statsmodels). None where nothing below a difference of 1 can be found: too few clusters,
    or too much noise. An error of 0 says nothing of the noise: None as well.
    """
    level = LEVEL / comparisons
    if clusters < 2 or error <= 0 or smallest_p(clusters) > level:
        return None
    power: Any = import_module("statsmodels.stats.power")  # untyped
    test = power.TTestPower()
    effect = float(test.solve_power(effect_size=None, nobs=clusters, alpha=level, power=POWER))
    difference = effect * error * clusters**0.5
    return difference if difference < 1 else None
