"""Random series with gaps and resets, and random expressions over them, for the differential tests."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from graders.simulate.alerts.engine.series import Grid, Series

GRID = Grid(0.0, 30.0, 61)

WINDOWS = st.sampled_from(["1m", "2m", "3m", "5m", "11m"])
OFFSETS = st.sampled_from(["", "", "", " offset 1m", " offset 90s", " @ 600", " @ end()", " @ 900 offset 2m"])
_RANGED = [
    "rate", "increase", "delta", "irate", "idelta", "changes", "resets", "deriv", "count_over_time", "present_over_time",
    "last_over_time", "sum_over_time", "avg_over_time", "min_over_time", "max_over_time", "stddev_over_time",
    "stdvar_over_time", "absent_over_time",
]  # fmt: skip
_PLAIN = [
    "abs",
    "ceil",
    "floor",
    "sgn",
    "sqrt",
    "round",
    "absent",
    "timestamp",
    "hour",
    "minute",
    "day_of_week",
    "month",
    "year",
]
_AGGREGATIONS = ["sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"]
_GROUPINGS = st.sampled_from(
    ["", "by (a)", "by (b)", "by (a, b)", "without (a)", "without (b)", "by (le)", "without (le)"]
)
_SELECTORS = st.sampled_from(
    [
        "c",
        "g",
        "h",
        'c{a="x"}',
        'c{a!="x"}',
        'c{a=~"x|y"}',
        'g{b=~".+"}',
        'g{b!~"1.*"}',
        'g{a="none"}',
        '{__name__=~"c|h"}',
        "h_bucket",
    ]
)


@st.composite
def series(draw: st.DrawFn) -> list[Series]:
    """Counters `c` with resets, gauges `g` and `h`, buckets `h_bucket`; all with gaps, some of which end the series."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    found: list[Series] = []
    for name in ("c", "g", "h", "h_bucket"):
        for a in ("x", "y"):
            for b in ("1", "2", "") if name != "h_bucket" else ("1", "2", "+Inf"):
                labels = {"__name__": name, "a": a, ("le" if name == "h_bucket" else "b"): b}
                steps = random.integers(0, 4, GRID.count).astype(float)
                values = np.cumsum(steps)
                if name == "h_bucket":
                    values = np.cumsum(np.full(GRID.count, {"1": 1.0, "2": 3.0, "+Inf": 4.0}[b]))
                elif name == "c":
                    reset = int(random.integers(5, 2 * GRID.count))
                    values[reset:] -= values[reset - 1 : reset].sum()
                else:
                    values = random.integers(-3, 4, GRID.count).astype(float) / 2
                    values[random.integers(0, GRID.count) :] = values[-1]
                for _ in range(int(random.integers(0, 3))):
                    begin = int(random.integers(0, GRID.count))
                    values[begin : begin + int(random.integers(1, 30))] = np.nan
                if not np.isnan(values).all():
                    found.append(Series({k: v for k, v in labels.items() if v}, values))
    return found


@st.composite
def scalars(draw: st.DrawFn, depth: int = 1) -> str:
    """A number: a literal, the time, scalar(...), or arithmetic of those."""
    kind = draw(st.integers(0, 5 if depth else 2))
    if kind <= 2:
        return draw(st.sampled_from(["0", "1", "2.5", "-1", "time()", "0.5"]))
    if kind == 3:
        return f"scalar({draw(vectors(depth - 1))})"
    return f"({draw(scalars(depth - 1))} {draw(st.sampled_from(['+', '-', '*', '/', '^', '%', '> bool', '== bool']))} {draw(scalars(depth - 1))})"


@st.composite
def ranges(draw: st.DrawFn, depth: int) -> str:
    """A range vector: a selector, or a subquery over an expression."""
    window = draw(WINDOWS)
    if depth and draw(st.booleans()):
        step = draw(st.sampled_from(["", "30s", "45s", "2m"]))
        return f"({draw(vectors(depth - 1))})[{window}:{step}]{draw(st.sampled_from(['', ' offset 2m', ' @ 600']))}".replace(
            "@ end()", ""
        )
    return f"{draw(_SELECTORS)}[{window}]{draw(OFFSETS)}"


@st.composite
def vectors(draw: st.DrawFn, depth: int = 3) -> str:
    """An instant vector."""
    if not depth:
        return draw(_SELECTORS) + draw(OFFSETS)
    below = vectors(depth - 1)
    match draw(st.integers(0, 11)):
        case 0:
            return draw(below)
        case 1 | 2:
            return f"{draw(st.sampled_from(_RANGED))}({draw(ranges(depth - 1))})"
        case 3:
            return f"{draw(st.sampled_from(_PLAIN))}({draw(below)})"
        case 4:
            return f"{draw(st.sampled_from(_AGGREGATIONS))} {draw(_GROUPINGS)} ({draw(below)})"
        case 5:
            name, number = draw(
                st.sampled_from([("quantile", "0.3"), ("quantile", "0.75"), ("quantile", "1")])
            )
            return f"{name} {draw(_GROUPINGS)} ({number}, {draw(below)})"
        case 6:
            op = draw(st.sampled_from(["+", "-", "*", "/", "%", ">", "<=", "==", "!=", "> bool", "<"]))
            pair = [draw(below), draw(scalars(depth - 1))]
            return f"({pair[0]} {op} {pair[1]})" if draw(st.booleans()) else f"({pair[1]} {op} {pair[0]})"
        case 7:
            op = draw(st.sampled_from(["+", "-", "*", "/", ">", "<", "== bool", "!="]))
            match = draw(
                st.sampled_from(
                    [
                        "",
                        "on (a, b)",
                        "ignoring (b)",
                        "on (a) group_left",
                        "on (a) group_right",
                        "ignoring (b) group_left (le)",
                        "on ()",
                    ]
                )
            )
            return f"({draw(below)} {op} {match} {draw(below)})"
        case 8:
            op = draw(st.sampled_from(["and", "or", "unless"]))
            return f"({draw(below)} {op} {draw(st.sampled_from(['', 'on (a)', 'ignoring (b)', 'on ()']))} {draw(below)})"
        case 9:
            return draw(
                st.sampled_from(
                    [
                        'label_replace({v}, "b", "$1-${{2}}", "a", "(.)(.*)")',
                        'label_replace({v}, "a", "", "b", "1")',
                        'label_join({v}, "j", "-", "a", "b")',
                        "clamp({v}, -1, 1)",
                        "clamp_min({v}, 0)",
                        "clamp_max({v}, time())",
                        "round({v}, 0.3)",
                        "-({v})",
                        "sort_desc({v})",
                        "histogram_quantile(0.9, {v})",
                        "histogram_quantile(0.3, sum by (le, a) ({v}))",
                    ]
                )
            ).format(v=draw(below))
        case 10:
            return draw(
                st.sampled_from(
                    ["predict_linear({r}, 600)", "quantile_over_time(0.6, {r})", "quantile_over_time(0, {r})"]
                )
            ).format(r=draw(ranges(depth - 1)))
        case _:
            return f"vector({draw(scalars(depth - 1))})"
