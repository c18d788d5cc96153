"""Functions of a range vector with a number beside it: regression lines and quantiles over time.

Source: Prometheus documentation, «Query functions»; promql/functions.go.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from graders.simulate.alerts.engine.folding import fold
from graders.simulate.alerts.engine.quantiles import of_sorted
from graders.simulate.alerts.engine.range_functions import FUNCTIONS, Result
from graders.simulate.alerts.engine.samples import Windows
from graders.simulate.alerts.engine.series import Floats
from graders.simulate.alerts.engine.unsupported import Unsupported

_MOST_SORTED = 200_000_000
_CHUNK = 2_000_000


def slope(windows: Windows) -> Result:
    """The slope, per second, of the least squares line through each window."""
    found, _ = _line(windows, windows.ends / 1000)
    return found, windows.count >= 2


def predicted(windows: Windows, at: Floats) -> Result:
    """The value of that line at `at` (seconds, shape (K,))."""
    _, value = _line(windows, at)
    return value, windows.count >= 2


def _line(windows: Windows, at: Floats) -> tuple[Floats, Floats]:
    """Slope, and value at `at`."""
    samples = windows.samples
    origin = samples.times[0]
    x = np.broadcast_to((samples.times - origin) / 1000, samples.values.shape)

    def total(values: Floats) -> Floats:
        return fold(np.where(samples.present, values, 0.0), windows.low, windows.high, np.add, 0.0)

    count = np.maximum(windows.count, 1)
    mean_x, mean_y = total(x) / count, total(samples.values) / count
    covariance = total(x * samples.values) / count - mean_x * mean_y
    slope: Floats = covariance / (total(x * x) / count - mean_x * mean_x)
    # A flat window is exactly flat, as it is in Prometheus.
    lowest, highest = FUNCTIONS["min_over_time"](windows)[0], FUNCTIONS["max_over_time"](windows)[0]
    flat = (lowest == highest) & np.isfinite(lowest)
    slope = np.where(flat, 0.0, slope)
    value = np.where(flat, lowest, mean_y + slope * (at - origin / 1000 - mean_x))
    return slope, value


def quantile(windows: Windows, share: Floats) -> Result:
    """The quantile `share` (shape (K,)) of each window's samples."""
    samples = windows.samples
    length = int((windows.high - windows.low).max(initial=0))
    rows, times = windows.count.shape
    result = np.full((rows, times), np.nan)
    if length == 0:
        return result, windows.count > 0
    if rows * times * length > _MOST_SORTED:
        raise Unsupported("quantile_over_time over more samples than can be simulated")
    # NaN sorts last, so it can stand for absent samples.
    table = np.concatenate(
        [np.full((rows, length), np.nan), np.where(samples.present, samples.values, np.nan)], axis=1
    )
    if bool(np.isnan(samples.values[samples.present]).any()):
        raise Unsupported("quantile_over_time of values that are not a number")
    views = sliding_window_view(table, length, axis=1)
    position = np.arange(length)
    for begin in range(0, times, max(1, _CHUNK // (length * rows))):
        part = slice(begin, begin + max(1, _CHUNK // (length * rows)))
        high, low = windows.high[part], windows.low[part]
        window = np.array(views[:, high, :])
        window[:, position[None, :] < (length - (high - low))[:, None]] = np.nan
        window.sort(axis=2)
        result[:, part] = of_sorted(window, windows.count[:, part], share[part])
    return result, windows.count > 0
