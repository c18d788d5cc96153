"""Between which values an expression can lie, and which divisions are a share of events (0 to 1)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from graders.prometheus.catalogue import Catalogue
from graders.prometheus.promql import (
    COMPARISONS,
    Aggregate,
    Binary,
    Call,
    Expr,
    Negative,
    Recorded,
    Selector,
    Subquery,
    constant,
    selectors,
    walk,
)

Interval = tuple[float, float]

_FLIPPED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "==": "==", "!=": "!="}
_KEEP = frozenset(
    [
        "avg_over_time",
        "max_over_time",
        "min_over_time",
        "last_over_time",
        "label_replace",
        "label_join",
        "sort",
        "sort_desc",
        "sort_by_label",
        "sort_by_label_desc",
        "scalar",
        "vector",
    ]
)
_CLOCK: dict[str, Interval] = {
    "time": (1e9, math.inf),
    "year": (1970.0, math.inf),
    "month": (1.0, 12.0),
    "day_of_month": (1.0, 31.0),
    "day_of_year": (1.0, 366.0),
    "day_of_week": (0.0, 6.0),
    "hour": (0.0, 23.0),
    "minute": (0.0, 59.0),
}
# What names of counters call a part of all events.
_PARTS = re.compile(
    r"error|fail|bad|slow|reject|timeout|5xx|invalid|exception|denied|drop|abort|success|succeeded|good|(?:_|\b)ok(?:_|\Z)"
)
# Gauges that are 1 or 0: their average over time is a share.
_FLAGS = re.compile(r"up\Z|\w+_(?:up|success)\Z")
_UNITS = re.compile(r"_(seconds|bytes|milliseconds|ms|joules|ratio|percent)(_|\Z)")
_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Threshold:
    """A comparison with a number: `value op limit`, where `value` lies in `within` (None: not known). `share`
    says that it is made from a share of events."""

    op: str
    limit: float
    within: Interval | None
    share: bool
    value: Expr

    def never(self) -> bool:
        """True when no value in `within` fulfils the comparison."""
        if self.within is None:
            return False
        low, high = self.within
        return {
            ">": self.limit >= high - _EPSILON,
            ">=": self.limit > high + _EPSILON,
            "<": self.limit <= low + _EPSILON,
            "<=": self.limit < low - _EPSILON,
            "==": not low - _EPSILON <= self.limit <= high + _EPSILON,
        }.get(self.op, False)

    def always(self) -> bool:
        """True when every value in `within` fulfils the comparison."""
        if (self.limit, self.op[0]) in ((-math.inf, ">"), (math.inf, "<")):
            return True
        if self.within is None:
            return False
        low, high = self.within
        return {
            ">": low > self.limit,
            ">=": low >= self.limit,
            "<": high < self.limit,
            "<=": high <= self.limit,
            "!=": not low <= self.limit <= high,
            "==": low == high == self.limit,
        }.get(self.op, False)


def thresholds(expr: Expr, catalogue: Catalogue) -> Iterator[Threshold]:
    """Every comparison with a number in `expr`; `part > 0.01 * whole` counts as `part / whole > 0.01`."""
    for node in walk(expr):
        if isinstance(node, Binary) and (threshold := threshold_of(node, catalogue)) is not None:
            yield threshold


def threshold_of(node: Binary, catalogue: Catalogue) -> Threshold | None:
    """The comparison `node` with a number, None when it is no comparison or compares two series."""
    if node.op not in COMPARISONS:
        return None
    limit = constant(node.right)
    if limit is not None:
        return Threshold(
            node.op, limit, bounds(node.left, catalogue), has_share(node.left, catalogue), node.left
        )
    limit = constant(node.left)
    if limit is not None:
        op = _FLIPPED[node.op]
        return Threshold(
            op, limit, bounds(node.right, catalogue), has_share(node.right, catalogue), node.right
        )
    (left, part), (right, whole) = scaled(node.left), scaled(node.right)
    if left > 0 and right > 0 and is_share(part, whole, catalogue):
        return Threshold(node.op, right / left, (0.0, 1.0), True, Binary("/", part, whole))
    if left > 0 and right > 0 and is_share(whole, part, catalogue):
        return Threshold(_FLIPPED[node.op], left / right, (0.0, 1.0), True, Binary("/", whole, part))
    return None


def has_share(expr: Expr, catalogue: Catalogue) -> bool:
    """Is `expr` computed from a share of events?"""
    for node in walk(expr):
        if isinstance(node, Call) and node.function == "histogram_fraction":
            return True
        if isinstance(node, Call) and node.function == "avg_over_time":
            read = list(selectors(node))
            if read and all(_is_flag(selector, catalogue) for selector in read):
                return True
        if isinstance(node, Binary) and node.op == "/":
            part, whole = scaled(node.left)[1], scaled(node.right)[1]
            if is_share(part, whole, catalogue):
                return True
    return False


def scaled(expr: Expr) -> tuple[float, Expr]:
    """`expr` as a number times the rest: `100 * x` gives (100, x)."""
    factor = 1.0
    while True:
        if isinstance(expr, Recorded) and not expr.selector.range:
            expr = expr.expr
            continue
        if not isinstance(expr, Binary) or expr.op not in ("*", "/"):
            return factor, expr
        right = constant(expr.right)
        left = constant(expr.left) if expr.op == "*" else None
        if right is not None and right != 0:
            factor, expr = (factor * right if expr.op == "*" else factor / right), expr.left
        elif left is not None:
            factor, expr = factor * left, expr.right
        else:
            return factor, expr


def is_share(part: Expr, whole: Expr, catalogue: Catalogue) -> bool:
    """Does `part / whole` count some of the events that `whole` counts, over the same window?

    So it is when each series of the part is one of the whole with the same or more matchers (`x{code=~"5.."}
    / x`, `(x - good) / x`, `x_bucket / x_count`), or a counter of failures or successes by its name over another counter.
    Not so: one window over another, a sum of seconds or bytes over a count, one series over the average.
    """
    parts, wholes = list(selectors(part)), list(selectors(whole))
    if not parts or not wholes or _windows(part) != _windows(whole):
        return False
    if any(isinstance(n, Aggregate) and n.op not in ("sum", "count") for n in walk(whole)):
        return False
    if any(s.name is None or s.name.endswith("_sum") for s in (*parts, *wholes)):
        return False
    if not all(_is_counted(s, catalogue) for s in (*parts, *wholes)):
        return False
    return all(any(_contains(w, p, catalogue) or _is_part_by_name(p, w) for w in wholes) for p in parts)


def bounds(expr: Expr, catalogue: Catalogue) -> Interval | None:
    """The interval in which every value of `expr` lies, None when nothing is known of it."""
    number = constant(expr)
    if number is not None:
        return number, number
    match expr:
        case Recorded() | Subquery():
            return bounds(expr.expr, catalogue)
        case Negative():
            inner = bounds(expr.expr, catalogue)
            return None if inner is None else (-inner[1], -inner[0])
        case Selector():
            return (0.0, 1.0) if _is_flag(expr, catalogue) else _of_type(catalogue.type_of(expr.name))
        case Aggregate():
            return _of_aggregate(expr, catalogue)
        case Call():
            return _of_call(expr, catalogue)
        case Binary():
            return _of_binary(expr, catalogue)
        case _:
            return None


def _of_type(kind: str | None) -> Interval | None:
    return (0.0, math.inf) if kind == "counter" else None


def _of_aggregate(expr: Aggregate, catalogue: Catalogue) -> Interval | None:
    if expr.op in ("count", "count_values"):
        return 1.0, math.inf
    if expr.op == "group":
        return 1.0, 1.0
    inner = bounds(expr.expr, catalogue)
    if expr.op == "sum" and _is_single(expr.expr):
        return inner
    if expr.op in ("avg", "max", "min", "quantile", "topk", "bottomk", "limitk", "limit_ratio"):
        return inner
    if expr.op == "sum" and inner is not None and inner[0] >= 0:
        return inner[0], math.inf
    return None


def _of_call(expr: Call, catalogue: Catalogue) -> Interval | None:
    function, args = expr.function, expr.args
    if function in ("rate", "irate", "increase", "abs", "changes", "resets"):
        return 0.0, math.inf
    if function == "histogram_fraction":
        return 0.0, 1.0
    if function in ("absent", "absent_over_time", "present_over_time"):
        return 1.0, 1.0
    if function == "count_over_time":
        return 1.0, math.inf
    if function in ("clamp", "clamp_min", "clamp_max"):
        return _of_clamp(expr, catalogue)
    if function == "round" and len(args) == 1:
        inner = bounds(args[0], catalogue)
        return None if inner is None else (_whole(math.floor, inner[0]), _whole(math.ceil, inner[1]))
    if function in _CLOCK:
        return _CLOCK[function]
    if function in _KEEP and args:
        return bounds(args[0], catalogue)
    if function == "quantile_over_time" and len(args) == 2:
        return bounds(args[1], catalogue)
    return None


def _of_clamp(expr: Call, catalogue: Catalogue) -> Interval | None:
    low, high = bounds(expr.args[0], catalogue) or (-math.inf, math.inf)
    limits = [constant(arg) for arg in expr.args[1:]]
    least = limits[0] if expr.function != "clamp_max" else -math.inf
    most = limits[-1] if expr.function != "clamp_min" else math.inf
    if least is None or most is None:
        return None
    return min(max(low, least), most), max(min(high, most), least)


def _whole(towards: Callable[[float], int], value: float) -> float:
    return float(towards(value)) if math.isfinite(value) else value


def _is_single(expr: Expr) -> bool:
    """Is it one series without labels, which an aggregation leaves as it is?"""
    match expr:
        case Recorded():
            return _is_single(expr.expr)
        case Aggregate():
            return not expr.without and not expr.labels and expr.op != "count_values" and expr.op[-1] != "k"
        case Binary():
            sides = [side for side in (expr.left, expr.right) if constant(side) is None]
            return expr.op != "or" and bool(sides) and all(map(_is_single, sides))
        case _:
            return False


def _of_binary(expr: Binary, catalogue: Catalogue) -> Interval | None:
    if expr.op in COMPARISONS:
        if expr.returns_bool:
            return 0.0, 1.0
        return bounds(expr.right if constant(expr.left) is not None else expr.left, catalogue)
    left = bounds(expr.left, catalogue)
    if expr.op in ("and", "unless"):
        return left
    if expr.op == "^" and constant(expr.right) in (2.0, 4.0):
        return 0.0, math.inf
    right = bounds(expr.right, catalogue)
    if expr.op == "/":
        (top, part), (bottom, whole) = scaled(expr.left), scaled(expr.right)
        if is_share(part, whole, catalogue) and top > 0 and bottom > 0:
            return 0.0, top / bottom
    if left is None or right is None:
        return None
    match expr.op:
        case "or":
            return min(left[0], right[0]), max(left[1], right[1])
        case "+":
            return left[0] + right[0], left[1] + right[1]
        case "-":
            return _ordered(left[0] - right[1], left[1] - right[0])
        case "*":
            return _ordered(*(a * b for a in left for b in right))
        case "/":
            divisor = constant(expr.right)
            if divisor is not None and divisor != 0:
                return _ordered(left[0] / divisor, left[1] / divisor)
            return (0.0, math.inf) if left[0] >= 0 and right[0] >= 0 else None
        case _:
            return None


def _ordered(*ends: float) -> Interval | None:
    return None if any(math.isnan(end) for end in ends) else (min(ends), max(ends))


def _windows(expr: Expr) -> set[tuple[float | None, float]]:
    found: set[tuple[float | None, float]] = set()
    for node in walk(expr):
        if isinstance(node, (Selector, Subquery)):
            found.add((node.range, node.offset))
        elif isinstance(node, Recorded):
            found.add((node.selector.range, node.selector.offset))
    # An instant reading of a recorded rate is the same window as the rate itself.
    return found - {(None, 0.0)} or found


def _is_flag(selector: Selector, catalogue: Catalogue) -> bool:
    is_gauge = catalogue.type_of(selector.name) in ("gauge", None)
    return is_gauge and _FLAGS.match(selector.name or "") is not None


def _is_counted(selector: Selector, catalogue: Catalogue) -> bool:
    return catalogue.type_of(selector.name) in ("counter", None)


def _contains(whole: Selector, part: Selector, catalogue: Catalogue) -> bool:
    if whole.name is None or part.name is None:
        return False
    same = whole.name == part.name or _base(whole.name, catalogue) == _base(part.name, catalogue)
    return same and _without_le(whole) <= _without_le(part)


def _base(name: str, catalogue: Catalogue) -> str:
    return re.sub(r"_(bucket|count)\Z", "", catalogue.base_of(name))


def _without_le(selector: Selector) -> set[tuple[str, str, str]]:
    return {(m.label, m.op, m.value) for m in selector.matchers if m.label != "le"}


def _is_part_by_name(part: Selector, whole: Selector) -> bool:
    name = part.name or ""
    return bool(_PARTS.search(name)) and not _UNITS.search(name) and name != whole.name
