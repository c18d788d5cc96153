"""Which series on the left of `unless` are new: `x unless x offset 5m`.

increase() needs two samples, so it never sees what a series counted before its first one. For a series that did not
exist some time ago the raw value of a counter is just that: what has happened since. This holds as long as the right
side asks for (at least) the same series, further back than the left side looks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from graders.prometheus.promql import (
    SET_OPERATORS,
    Aggregate,
    Binary,
    Call,
    Expr,
    Matcher,
    Number,
    Recorded,
    Selector,
    Subquery,
    children,
    constant,
)
from graders.simulate.alerts.engine.storage import compare
from graders.simulate.alerts.engine.unsupported import Unsupported

# One result for each group of labels, whatever the values are.
_GROUPING = frozenset({"sum", "min", "max", "avg", "count", "group", "stddev", "stdvar", "quantile"})
# Of a counter's samples in a window, a value of that counter.
_ONE_OF_THE_VALUES = frozenset({"min_over_time", "max_over_time", "last_over_time"})
# There is a result where there is a sample.
_ASKS_FOR_SAMPLES = _ONE_OF_THE_VALUES | {
    "avg_over_time",
    "changes",
    "count_over_time",
    "first_over_time",
    "present_over_time",
    "quantile_over_time",
    "resets",
    "sum_over_time",
    "timestamp",
}
# They are above 0 as soon as one of the values is.
_POSITIVE = frozenset(
    {"sum", "max", "avg", "count", "group", "count_over_time", "max_over_time", "last_over_time"}
    | {"avg_over_time", "present_over_time", "sum_over_time", "timestamp"}
)


@dataclass(frozen=True, slots=True)
class _Labels:
    """The labels by which series are told apart: those `named`, or all `but` them."""

    named: frozenset[str]
    but: bool

    def of(self, inner: _Labels) -> _Labels:
        """These, taken of a result that has only the `inner` ones."""
        if self.but:
            named = self.named | inner.named if inner.but else inner.named - self.named
            return _Labels(named, inner.but)
        return _Labels(self.named - inner.named if inner.but else self.named & inner.named, but=False)


@dataclass(frozen=True, slots=True)
class _View:
    """How a series is seen from an operand of `unless`: by which labels, between which times (in seconds before
    the evaluation), restricted by which matchers, and with which labels of recordings."""

    labels: _Labels
    newest: float = 0.0
    oldest: float = 0.0
    matchers: frozenset[Matcher] = frozenset()
    added: tuple[tuple[str, str], ...] = ()

    def at(self, node: Selector | Recorded | Subquery) -> _View | None:
        """The view of (or through) what is read from the database; None with `@`, a time of its own."""
        selector = node.selector if isinstance(node, Recorded) else node
        if selector.at is not None:
            return None
        return replace(
            self,
            newest=self.newest + selector.offset,
            oldest=self.oldest + selector.offset + (selector.range or 0.0),
            matchers=self.matchers | set(() if isinstance(selector, Subquery) else selector.matchers),
            added=self.added + (node.labels if isinstance(node, Recorded) else ()),
        )

    def grouped(self, node: Aggregate) -> _View:
        inner = _Labels(frozenset(node.labels or ()), but=node.without)
        return replace(self, labels=self.labels.of(inner))


@dataclass(frozen=True, slots=True)
class Unseen:
    """The right side of an `unless` that asks for series of the past; `view` is how its left side is seen here."""

    past: tuple[tuple[str, _View], ...]
    view: _View

    def below(self, node: Expr) -> Unseen | None:
        """For the operands of `node`, which stands on the left; None where its values are not those of the series
        below it, or nobody can tell which series they come from."""
        view: _View | None = None
        match node:
            case Recorded() | Subquery():
                view = self.view.at(node)
            case Aggregate() if node.op in _GROUPING:
                view = self.view.grouped(node)
            case Call() if node.function in _ONE_OF_THE_VALUES:
                view = self.view
            case Binary() if node.op in SET_OPERATORS or _other(node) is not None:
                view = self.view
            case _:
                pass
        return None if view is None else replace(self, view=view)

    def excludes_old(self, selector: Selector) -> bool:
        """Is a series of this selector, on the left, only left over when it did not exist in that past?"""
        seen = self.view.at(selector)
        return seen is not None and any(
            name == selector.name
            and seen.labels == view.labels
            and seen.added == view.added
            and seen.newest < view.newest
            and seen.oldest <= view.newest
            and all(_holds(matcher, seen.matchers) for matcher in view.matchers)
            for name, view in self.past
        )


def unseen(node: Binary) -> Unseen | None:
    """What an `unless` leaves out when its right side does nothing but ask for series of the past that are on its left
    too, else None.

    Accepted there: selectors (through recordings), their samples in a window, groups of them, `or` between such, and
    `> 0`: a counter that stood at 0 has counted since all that it shows.
    """
    if node.op != "unless":
        return None
    matched = _Labels(frozenset(node.on if node.on is not None else node.ignoring or ()), but=node.on is None)
    view = _View(matched)
    past = _past(node.right, view, positive=False)
    if past is None or not _excludes_any(found := Unseen(past, view), node.left):
        return None
    return found


def _excludes_any(past: Unseen, left: Expr) -> bool:
    waiting: list[tuple[Expr, Unseen]] = [(left, past)]
    while waiting:
        node, one = waiting.pop()
        if isinstance(node, Selector) and one.excludes_old(node):
            return True
        if (below := one.below(node)) is not None:
            operands = children(node)
            if isinstance(node, Binary) and node.op in ("and", "unless"):
                operands = operands[:1]
            waiting.extend((operand, below) for operand in operands)
    return False


def _past(expr: Expr, view: _View, *, positive: bool) -> tuple[tuple[str, _View], ...] | None:
    """The series for which `expr` has a result (where they are above 0, with `positive`); None if it depends on more."""
    match expr:
        case Selector():
            seen = view.at(expr)
            return None if seen is None or expr.name is None else ((expr.name, seen),)
        case Recorded() | Subquery():
            seen = view.at(expr)
            return None if seen is None else _past(expr.expr, seen, positive=positive)
        case Call() if expr.function in _ASKS_FOR_SAMPLES and expr.args:
            if positive and expr.function not in _POSITIVE:
                return None
            return _past(expr.args[-1], view, positive=positive)
        case Aggregate() if expr.op in _GROUPING:
            if positive and expr.op not in _POSITIVE:
                return None
            return _past(expr.expr, view.grouped(expr), positive=positive)
        case Binary(op="or", on=None, ignoring=None):
            left = _past(expr.left, view, positive=positive)
            right = _past(expr.right, view, positive=positive)
            return None if left is None or right is None else left + right
        case Binary(op=">" | "!=", right=Number(value=0.0), returns_bool=False):
            return _past(expr.left, view, positive=True)
        case Binary(op="<" | "!=", left=Number(value=0.0), returns_bool=False):
            return _past(expr.right, view, positive=True)
        case _:
            return None


def _other(node: Binary) -> float | None:
    """The number with which the other operand is compared or calculated, if that leaves its labels."""
    if node.on is not None or node.ignoring is not None:
        return None
    right = constant(node.right)
    return constant(node.left) if right is None else right


def _holds(matcher: Matcher, given: frozenset[Matcher]) -> bool:
    """Does the matcher hold for all series for which the given ones hold?"""
    if matcher in given:
        return True
    try:
        return any(
            one.op == "=" and one.label == matcher.label and compare(matcher, one.value) for one in given
        )
    except Unsupported:
        return False
