"""Functions of instant vectors that treat each value on its own: arithmetic, rounding, calendar (UTC).

Source: Prometheus documentation, «Query functions»; promql/functions.go.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from graders.simulate.alerts.engine.series import Floats


def _round(values: Floats, nearest: Floats) -> Floats:
    inverse = 1.0 / nearest
    return np.floor(values * inverse + 0.5) / inverse


ELEMENTWISE: dict[str, Callable[[Floats], Floats]] = {
    "abs": np.abs,
    "ceil": np.ceil,
    "floor": np.floor,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "ln": np.log,
    "log2": np.log2,
    "log10": np.log10,
    "sgn": np.sign,
    "deg": np.degrees,
    "rad": np.radians,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
}

WITH_NUMBER: dict[str, Callable[[Floats, Floats], Floats]] = {
    "clamp_min": np.maximum,
    "clamp_max": np.minimum,
    "round": _round,
}
"""Functions of a vector and one number; `round` has 1 where none is given."""


def _days(seconds: Floats) -> Floats:
    return np.floor(np.trunc(np.nan_to_num(seconds)) / 86_400)


def _dates(seconds: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.datetime64]]:
    return _days(seconds).astype(np.int64).astype("datetime64[D]")


def _since(seconds: Floats, unit: str) -> Floats:
    """Days since the begin of the month (M) or year (Y), from 1."""
    dates = _dates(seconds)
    return (dates - dates.astype(f"datetime64[{unit}]").astype("datetime64[D]")).astype(np.float64) + 1


def _days_in_month(seconds: Floats) -> Floats:
    months = _dates(seconds).astype("datetime64[M]")
    return ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.float64)


CALENDAR: dict[str, Callable[[Floats], Floats]] = {
    "minute": lambda seconds: np.floor(np.trunc(seconds) / 60) % 60,
    "hour": lambda seconds: np.floor(np.trunc(seconds) / 3600) % 24,
    "day_of_week": lambda seconds: (_days(seconds) + 4) % 7,
    "day_of_month": lambda seconds: _since(seconds, "M"),
    "day_of_year": lambda seconds: _since(seconds, "Y"),
    "days_in_month": _days_in_month,
    "month": lambda seconds: _dates(seconds).astype("datetime64[M]").astype(np.float64) % 12 + 1,
    "year": lambda seconds: _dates(seconds).astype("datetime64[Y]").astype(np.float64) + 1970,
}
"""Functions of a time in seconds since 1970 (cut to whole ones); without an argument of the evaluation time."""
